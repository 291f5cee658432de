"""A team with a coach and reps, and calls whose answers to one criterion are known: what coaching tests measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from review.coaching.moves import move_session
from review.coaching.sessions import make_session
from review.coaching.terms import SessionTerms
from review.models import Call, CoachingSession, Rep, User, utc_now
from review.performance.results import keep_machine
from review.queries.viewer import Viewer, load_viewer
from scoring.standards import default_standard_name, load_standard
from tests.factories import make_call, make_rep, make_team, make_user, store_score
from tests.web.scores import assessment_of

STANDARD = default_standard_name()
CRITERION = next(
    criterion
    for section in load_standard(STANDARD).sections
    for criterion in section.criteria
    if len(criterion.options) >= 2 and criterion.kind == "options"
)
BEST = max(CRITERION.options, key=lambda option: option.points)
WORST = min(CRITERION.options, key=lambda option: option.points)


@dataclass(frozen=True)
class World:
    """Two reps of one team, one of another, and the people who look."""

    rep: int
    colleague: int
    stranger: int
    team: int
    coach: int
    rep_user: int
    users: dict[str, int]

    def viewer(self, session: Session, name: str) -> Viewer:
        """One of: coach, rep, colleague, stranger_coach, reviewer, quality_lead, head_of_sales, admin."""
        found = load_viewer(session, self.users[name])
        assert found is not None
        return found


def settle(session: Session) -> World:
    """Make everybody."""
    coach = make_user(session, "manager", name="Helen Coach")
    other = make_user(session, "manager", name="Otto Other")
    team = make_team(session, "North", managers=[coach])
    south = make_team(session, "South", managers=[other])
    people: dict[str, User] = {
        "coach": coach,
        "stranger_coach": other,
        "rep": make_user(session, "rep", name="Rita Rep"),
        "colleague": make_user(session, "rep", name="Tom Team"),
        **{
            role: make_user(session, role)
            for role in ("reviewer", "quality_lead", "head_of_sales", "external_reviewer", "admin")
        },
    }
    reps = (
        make_rep(session, "Rita Rep", team=team, user_id=people["rep"].id),
        make_rep(session, "Tom Team", team=team, user_id=people["colleague"].id),
        make_rep(session, "Olga Other", team=south),
    )
    return World(
        rep=reps[0].id,
        colleague=reps[1].id,
        stranger=reps[2].id,
        team=team.id,
        coach=coach.id,
        rep_user=people["rep"].id,
        users={name: user.id for name, user in people.items()},
    )


def answer_calls(
    session: Session, rep_id: int, begin: datetime, answers: Sequence[bool], *, every: timedelta = timedelta(hours=6)
) -> list[int]:
    """Scored calls from `begin` on whose criterion is answered with the best (True) or the worst option."""
    made = []
    for number, good in enumerate(answers):
        at = begin + number * every
        call = make_call(session, rep_id=rep_id, started_at=at, happened_at=at)
        store_score(session, call, judged(good))
        keep_machine(session, call, judged(good))
        made.append(call.id)
    return made


def judged(good: bool) -> dict[str, Any]:
    """An assessment with this answer to the criterion."""
    found = assessment_of()
    for row in found["criteria"]:
        if row["id"] == CRITERION.id:
            row["answer"] = (BEST if good else WORST).id
    return found


def terms(**changes: Any) -> SessionTerms:
    """A session as a coach writes it."""
    plain: dict[str, Any] = {
        "went_well": "You greet every client by name.",
        "standard": STANDARD,
        "criterion": CRITERION.id,
        "cause": "knowledge",
        "action": "Rita asks one open question before the price.",
        "due_at": utc_now() + timedelta(days=7),
        "private_notes": "Was tired.",
        "notes": "We listened to two calls.",
    }
    return SessionTerms(**{**plain, **changes})


def held_long_ago(session: Session, world: World, *, weeks: int = 8, days_ago: int = 30, **more: Any) -> int:
    """A session whose talk and action lie back, as the rows of an older one: nothing else sets times in the past."""
    session_id = make_session(session, world.viewer(session, "coach"), world.rep, terms(weeks_before=weeks, **more))
    move_session(session, world.viewer(session, "coach"), session_id, "hold")
    move_session(session, world.viewer(session, "rep"), session_id, "done", word="I ask on each call now.")
    row = session.get_one(CoachingSession, session_id)
    row.held_at = utc_now() - timedelta(days=days_ago)
    row.due_at = row.finished_at = row.held_at + timedelta(days=2)
    session.flush()
    return session_id


def delete_rows(session: Session, table: type[Call] | type[Rep], row_id: int) -> None:
    """Take a row out as retention does."""
    session.delete(session.get_one(table, row_id))
    session.flush()
