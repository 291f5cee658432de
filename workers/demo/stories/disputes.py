"""The demo's disputes: evaluations of the demo rep's calls, objected to and decided as people would on the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from review.disputes.deciding import decide
from review.disputes.raising import raise_dispute
from review.disputes.types import DisputeView, Point, Ruling
from review.errors import ReviewError
from review.evaluations import open_evaluation, submit
from review.evaluations.sheet import criteria_of
from review.evaluations.types import EvaluationView
from review.models import Call, Dispute, Evaluation, Rep, User
from review.queries.viewer import Viewer, load_viewer
from review.queries.visibility import visible_calls
from scoring.standards import Criterion

WRONG: Final = 2  # answers of each evaluation that the rep objects to
MOST: Final = 20  # calls looked at
COMMENTS: Final = (
    "It is said, only in other words: please listen to this place.",
    "The client answered this by themselves before I could ask.",
)


@dataclass(frozen=True, slots=True)
class _Cast:
    rep: Viewer
    manager: Viewer
    reviewer: Viewer
    lead: Viewer


def tell(session: Session) -> int:
    """Disputes in several stages, on calls that nobody has evaluated; how many were raised. Again it tells nothing."""
    cast = _find_cast(session)
    if cast is None or session.scalar(select(Dispute.id).limit(1)) is not None:
        return 0
    raised = _play(session, cast, cast.rep, (_waits,))
    return raised + _play(session, cast, cast.manager, (_waits, _accepted))


def _play(session: Session, cast: _Cast, raiser: Viewer, stages: Sequence[Stage]) -> int:
    """One dispute for each stage, on the newest calls that lend themselves to it."""
    calls, raised = iter(_calls(session, raiser)), 0
    for stage in stages:
        for call_id in calls:
            attempt = session.begin_nested()
            try:
                found = _object(session, call_id, cast, raiser)
                if found is not None:
                    stage(session, found, cast)
            except ReviewError:
                found = None
            if found is not None:
                attempt.commit()
                raised += 1
                break
            attempt.rollback()  # the call is left as it was
    return raised


def _find_cast(session: Session) -> _Cast | None:
    def person(email: str) -> Viewer | None:
        user_id = session.scalar(select(User.id).where(User.email == email))
        return None if user_id is None else load_viewer(session, user_id)

    seller = session.scalar(select(Rep.user_id).where(Rep.user_id.is_not(None)).order_by(Rep.id).limit(1))
    rep = None if seller is None else load_viewer(session, seller)
    manager, reviewer, lead = (person(f"{name}@demo.example") for name in ("manager", "reviewer", "lead"))
    if rep is None or manager is None or reviewer is None or lead is None:
        return None
    return _Cast(rep, manager, reviewer, lead)


def _calls(session: Session, raiser: Viewer) -> Sequence[int]:
    judged = exists().where(Evaluation.call_id == Call.id)
    own = Call.rep_id.in_(sorted(raiser.rep_ids))
    return session.scalars(
        select(Call.id)
        .where(own if raiser.rep_ids else visible_calls(raiser), Call.rep_id.is_not(None))
        .where(Call.state == "scored", Call.language == "en", ~judged)
        .order_by(Call.happened_at.desc(), Call.id)
        .limit(MOST)
    ).all()


def _object(session: Session, call_id: int, cast: _Cast, raiser: Viewer) -> DisputeView | None:
    """The reviewer takes the machine's answers but for a few, and somebody objects to these."""
    draft = open_evaluation(session, call_id, cast.reviewer)
    criteria = criteria_of(draft.sheet)
    said = {name: answer for name, answer in draft.seen_answers.items() if answer and criteria[name].kind != "text"}
    strict = {name: _worst(criteria[name]) for name, answer in said.items() if answer == _best(criteria[name])}
    changed = dict(list(strict.items())[:WRONG])
    if len(changed) < WRONG:
        return None
    answers = {
        name: {"answer": changed.get(name, answer), "reason": _why(name, changed), "confirmed": name not in changed}
        for name, answer in said.items()
    }
    done = submit(session, call_id, draft.id, cast.reviewer, revision=draft.revision, answers=answers)
    points = [
        Point(name, comment, said[name], _second(draft, name)) for name, comment in zip(changed, COMMENTS, strict=False)
    ]
    return raise_dispute(session, call_id, done.id, raiser, points=points)


def _best(criterion: Criterion) -> str:
    return max(criterion.options, key=lambda option: option.points).id if criterion.options else ""


def _worst(criterion: Criterion) -> str:
    return min(criterion.options, key=lambda option: option.points).id


def _why(name: str, changed: dict[str, str]) -> str:
    return "I did not hear this in the call." if name in changed else ""


def _second(draft: EvaluationView, name: str) -> float | None:
    evidence = draft.machine.get(name, {}).get("evidence") or []
    start = evidence[0].get("start") if evidence else None
    return float(start) if isinstance(start, int | float) else None


def _waits(session: Session, found: DisputeView, cast: _Cast) -> DisputeView:
    """Nothing more yet: it waits for who decides."""
    del session, cast
    return found


def _accepted(session: Session, found: DisputeView, cast: _Cast) -> DisputeView:
    """The quality lead grants one answer and not the other."""
    first, *rest = found.open_items
    rulings = [Ruling(first, "accept", "Right: it is there.")]
    rulings += [Ruling(name, "reject", "This is too little for what the scorecard asks.") for name in rest]
    return decide(session, found.id, cast.lead, revision=found.revision, rulings=rulings)


Stage = Callable[[Session, DisputeView, _Cast], DisputeView]
