"""How a plan goes: its weeks with what is done and late, who is behind, and each criterion against the weeks before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from review.coaching.criteria import machine_answers, say
from review.coaching.days import begin_of_plan
from review.coaching.effect import compare
from review.coaching.given import quiz_of
from review.coaching.refusals import NoSuchCoaching
from review.coaching.rights import is_rep, may_coach, visible_plans
from review.coaching.telling import rep_user
from review.coaching.without_coach import working_coaches
from review.models import CoachingPlan, CoachingSession, CoachingStep, PlaylistTask, QuizTask, Rep
from review.performance.answers import answers_of
from review.performance.estimate import Difference
from review.queries.paging import Place, beyond
from review.queries.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step; `done_at` follows from the session, playlist or quiz it names, or from a person's word."""

    id: int
    week: int
    kind: str
    words: str
    session_id: int | None
    session_state: str | None
    playlist_id: int | None
    link: str
    due_at: datetime
    done_at: datetime | None
    done_by: str | None
    by_itself: bool  # done because what it names is done: nobody has to say so
    word: str

    def late(self, now: datetime) -> bool:
        """True when it is not done and its week is over."""
        return self.done_at is None and self.due_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """One plan in a list."""

    id: int
    rep_id: int | None
    rep_name: str
    coach_id: int | None
    coach_name: str
    coach_left: bool  # it is under way, and their account is gone or disabled
    goal: str
    standard: str
    criteria: tuple[tuple[str, str], ...]  # (id, words)
    starts_on: date
    weeks: int
    state: str
    outcome: str
    done: int
    steps: int
    late: int  # steps behind
    revision: int
    created_at: datetime
    ended_at: datetime | None

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return self.starts_on + timedelta(days=7 * self.weeks - 1)

    def week_now(self, today: date) -> int:
        """The week it is in: 0 before it began, `weeks` + 1 after it ended."""
        return max(0, min(self.weeks + 1, (today - self.starts_on).days // 7 + 1)) if today >= self.starts_on else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDetail:
    """One plan with its steps by week and the change of each criterion since it began."""

    line: PlanLine
    weeks: tuple[tuple[int, date, tuple[StepLine, ...]], ...]  # (week, its first day, steps)
    changes: tuple[tuple[str, str, Difference], ...]  # (criterion, words, change)
    sessions: tuple[int, ...]
    is_rep: bool
    may_coach: bool
    leads: bool  # this viewer is its coach
    rep_left: bool


def list_plans(
    session: Session,
    viewer: Viewer,
    now: datetime,
    *,
    state: str | None = None,
    rep_id: int | None = None,
    after: Place | None = None,
    limit: int = 100,
) -> tuple[PlanLine, ...]:
    """Plans this viewer may see, the newest first, with how many steps are behind."""
    conditions: list[ColumnElement[bool]] = [visible_plans(viewer)]
    if state is not None:
        conditions.append(CoachingPlan.state == state)
    if rep_id is not None:
        conditions.append(CoachingPlan.rep_id == rep_id)
    if after is not None:
        conditions.append(beyond(CoachingPlan.created_at, CoachingPlan.id, after))
    rows = session.scalars(
        select(CoachingPlan)
        .where(and_(*conditions))
        .order_by(CoachingPlan.created_at.desc(), CoachingPlan.id.desc())
        .limit(limit)
    ).all()
    steps = read_steps(session, rows)
    coaches = working_coaches(session, (row.coach_id for row in rows))
    return tuple(_line(row, steps[row.id], coaches, viewer.language, now) for row in rows)


def read_plan(session: Session, viewer: Viewer, plan_id: int, now: datetime) -> PlanDetail:
    """One plan. Raises NoSuchCoaching."""
    row = session.scalar(select(CoachingPlan).where(CoachingPlan.id == plan_id, visible_plans(viewer)))
    if row is None:
        raise NoSuchCoaching("plan", plan_id)
    steps = read_steps(session, [row])[row.id]
    rep = is_rep(viewer, row.rep_id)
    return PlanDetail(
        line=_line(row, steps, working_coaches(session, [row.coach_id]), viewer.language, now),
        weeks=tuple(
            (
                week,
                row.starts_on + timedelta(days=7 * (week - 1)),
                tuple(one for one in steps if one.week == week),
            )
            for week in range(1, row.weeks + 1)
        ),
        changes=_changes(session, row, viewer.language, now),
        sessions=tuple(session.scalars(select(CoachingSession.id).where(CoachingSession.plan_id == row.id))),
        is_rep=rep,
        may_coach=not rep and may_coach(session, viewer, row.rep_id),
        leads=row.coach_id == viewer.user_id,
        rep_left=session.scalar(select(Rep.id).where(Rep.id == row.rep_id, Rep.active)) is None,
    )


def read_steps(session: Session, plans: Sequence[CoachingPlan]) -> dict[int, tuple[StepLine, ...]]:
    """The steps of these plans by plan, in their order; a fixed number of statements."""
    found: dict[int, list[StepLine]] = defaultdict(list)
    if not plans:
        return found  # type: ignore[return-value]
    users = {row.id: rep_user(session, row.rep_id) for row in plans}
    rows = session.execute(
        select(CoachingStep, CoachingSession.state, CoachingSession.held_at)
        .outerjoin(CoachingSession, CoachingSession.id == CoachingStep.session_id)
        .where(CoachingStep.plan_id.in_([row.id for row in plans]))
        .order_by(CoachingStep.week, CoachingStep.position, CoachingStep.id)
    ).all()
    heard, answered = _tasks(session, (step for step, *_rest in rows), users)
    for step, state, held_at in rows:
        user_id = users[step.plan_id]
        quiz = quiz_of(step)
        own = (
            held_at
            if step.kind == "session"
            else heard.get((step.playlist_id, user_id))
            if step.kind == "playlist"
            else answered.get((quiz, user_id))
        )
        found[step.plan_id].append(
            StepLine(
                id=step.id,
                week=step.week,
                kind=step.kind,
                words=step.words,
                session_id=step.session_id,
                session_state=state,
                playlist_id=step.playlist_id,
                link=step.link,
                due_at=step.due_at,
                done_at=step.done_at or own,
                done_by=step.done_by,
                by_itself=step.done_at is None and own is not None,
                word=step.word,
            )
        )
    return {row.id: tuple(found.get(row.id, ())) for row in plans}


def _tasks(
    session: Session, steps: Iterable[CoachingStep], users: dict[int, int | None]
) -> tuple[dict[tuple[int | None, int | None], datetime], dict[tuple[int | None, int | None], datetime]]:
    """When each person finished a playlist and a quiz that these steps name."""
    steps = list(steps)
    people = sorted({user_id for user_id in users.values() if user_id is not None})
    playlists = sorted({step.playlist_id for step in steps if step.playlist_id is not None})
    quizzes = sorted({quiz for step in steps if (quiz := quiz_of(step)) is not None})
    heard = session.execute(
        select(PlaylistTask.playlist_id, PlaylistTask.user_id, PlaylistTask.done_at).where(
            PlaylistTask.playlist_id.in_(playlists), PlaylistTask.user_id.in_(people), PlaylistTask.done_at.is_not(None)
        )
    )
    answered = session.execute(
        select(QuizTask.quiz_id, QuizTask.user_id, QuizTask.done_at).where(
            QuizTask.quiz_id.in_(quizzes), QuizTask.user_id.in_(people), QuizTask.done_at.is_not(None)
        )
    )
    return (
        {(one, user_id): at for one, user_id, at in heard if at is not None},
        {(one, user_id): at for one, user_id, at in answered if at is not None},
    )


def _line(
    row: CoachingPlan, steps: Sequence[StepLine], coaches: Collection[int], language: str, now: datetime
) -> PlanLine:
    return PlanLine(
        id=row.id,
        rep_id=row.rep_id,
        rep_name=row.rep_name,
        coach_id=row.coach_id,
        coach_name=row.coach_name,
        coach_left=row.state == "active" and row.coach_id not in coaches,
        goal=row.goal,
        standard=row.standard,
        criteria=tuple((name, say(row.questions.get(name) or {}, name, language)) for name in row.criteria),
        starts_on=row.starts_on,
        weeks=row.weeks,
        state=row.state,
        outcome=row.outcome,
        done=sum(step.done_at is not None for step in steps),
        steps=len(steps),
        late=sum(step.late(now) for step in steps) if row.state == "active" else 0,
        revision=row.revision,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )


def _changes(
    session: Session, row: CoachingPlan, language: str, now: datetime
) -> tuple[tuple[str, str, Difference], ...]:
    """Each criterion since the plan began, against as many weeks before; the calls that count as in a follow-up."""
    begin = begin_of_plan(session, row)
    span = timedelta(weeks=row.weeks)
    reps = [] if row.rep_id is None else [row.rep_id]
    until = min(now, row.ended_at or now)
    answers = answers_of(session, rep_ids=reps, since=begin - span, until=until, standard=row.standard)
    found = []
    for name in row.criteria:
        mine = [one for one in answers if one.criterion == name and one.fraction is not None]
        change = compare(
            [one for one in mine if one.happened_at < begin],
            [one for one in mine if one.happened_at >= begin],
            machine=machine_answers(session, row.standard, name),
        )
        found.append((name, say(row.questions.get(name) or {}, name, language), change.own))
    return tuple(found)
