"""How the people who score calls get on: what waits for them, how fast they are, and how often they were overruled."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.evaluations.counted import counts
from review.models import Assignment, Dispute, DisputeItem, Evaluation, utc_now
from review.performance.feedback import FeedbackTime, by_reviewer, read_waited, summed_up
from review.performance.period import Period
from review.performance.sums import quantile
from review.sampling.reviewers import ReviewerRow, list_reviewers
from scoring.intervals import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerLine:
    """One person. Hours are of the assignments finished in the period: from being given to being submitted.

    `disputed` counts the answers of this person that were disputed and decided in the period, `changed` those of them
    that did not stand; `changed_interval` is its 95 % interval.
    """

    id: int
    name: str
    roles: tuple[str, ...]
    open: int
    overdue: int
    done: int  # scorecards submitted in the period, assigned or not
    late: int  # of the assignments finished, those after their date
    weeks: tuple[int, ...]  # scorecards submitted, by week
    hours: float | None  # median
    hours_slow: float | None  # nine of ten were faster
    feedback: FeedbackTime | None
    disputed: int
    changed: int
    changed_interval: tuple[float, float] | None

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing was done."""
        return not self.open and not self.done


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewers:
    """Everybody who can be given calls, those with most to do first, and the time to feedback of all together."""

    lines: tuple[ReviewerLine, ...]
    feedback: FeedbackTime


def read_reviewers(session: Session, period: Period, target: float, *, now: datetime | None = None) -> Reviewers:
    """The figures of a period. Seven statements, however many people there are."""
    now = now or utc_now()
    people = list_reviewers(session)
    waiting = _overdue(session, now)
    finished = _finished(session, period)
    submitted = _submitted(session, period)
    waited = read_waited(session, None, period)
    feedback = by_reviewer(waited, target)
    disputes = _disputes(session, period)
    lines = [
        _line(
            person,
            overdue=waiting.get(person.id, 0),
            finished=finished.get(person.id, []),
            submitted=submitted.get(person.id, Counter()),
            feedback=feedback.get(person.id),
            disputes=disputes.get(person.id, (0, 0)),
            weeks=period.weeks,
        )
        for person in people
    ]
    lines.sort(key=lambda line: (line.idle, -line.overdue, -line.open, -line.done, line.name.casefold(), line.id))
    return Reviewers(lines=tuple(lines), feedback=summed_up(waited, target))


def _line(
    person: ReviewerRow,
    *,
    overdue: int,
    finished: Iterable[tuple[float, bool]],
    submitted: Counter[int],
    feedback: FeedbackTime | None,
    disputes: tuple[int, int],
    weeks: int,
) -> ReviewerLine:
    took = list(finished)
    hours = [hours for hours, _late in took]
    return ReviewerLine(
        id=person.id,
        name=person.name,
        roles=person.roles,
        open=person.open,
        overdue=overdue,
        done=submitted.total(),
        late=sum(1 for _hours, late in took if late),
        weeks=tuple(submitted[week] for week in range(weeks)),
        hours=quantile(hours, 0.5),
        hours_slow=quantile(hours, 0.9),
        feedback=feedback,
        disputed=disputes[0],
        changed=disputes[1],
        changed_interval=wilson(disputes[1], disputes[0]),
    )


def _overdue(session: Session, now: datetime) -> dict[int, int]:
    rows = session.execute(
        select(Assignment.user_id, func.count())
        .where(Assignment.state == "open", Assignment.due_at < now, Assignment.user_id.is_not(None))
        .group_by(Assignment.user_id)
    )
    return {user_id: int(count) for user_id, count in rows if user_id is not None}


def _finished(session: Session, period: Period) -> dict[int, list[tuple[float, bool]]]:
    """(hours taken, after its date) of the assignments finished in the period, by person; calibrations are left out."""
    rows = session.execute(
        select(Assignment.user_id, Assignment.created_at, Assignment.finished_at, Assignment.due_at).where(
            Assignment.state == "done",
            Assignment.part != "calibration",
            Assignment.finished_at >= period.since,
            Assignment.finished_at < period.until,
        )
    )
    found: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for user_id, given, finished, due in rows:
        if user_id is not None and finished is not None:
            hours = max(0.0, (finished - given).total_seconds() / 3600)
            found[user_id].append((hours, due is not None and finished > due))
    return found


def _submitted(session: Session, period: Period) -> dict[int, Counter[int]]:
    """How many scorecards each person submitted for the first time, by week."""
    rows = session.execute(
        select(Evaluation.user_id, Evaluation.first_submitted_at).where(
            counts(),
            Evaluation.state != "void",
            Evaluation.first_submitted_at >= period.since,
            Evaluation.first_submitted_at < period.until,
        )
    )
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for user_id, at in rows:
        week = None if at is None else period.week_of(at)
        if user_id is not None and week is not None:
            found[user_id][week] += 1
    return found


def _disputes(session: Session, period: Period) -> dict[int, tuple[int, int]]:
    """(answers decided, answers changed) of each scorer."""
    rows = session.execute(
        select(Dispute.scorer_id, DisputeItem.decision, func.count())
        .join(DisputeItem, DisputeItem.dispute_id == Dispute.id)
        .where(
            DisputeItem.decision != "",
            DisputeItem.decided_at >= period.since,
            DisputeItem.decided_at < period.until,
            Dispute.state.not_in(("withdrawn", "void")),
        )
        .group_by(Dispute.scorer_id, DisputeItem.decision)
    )
    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for scorer_id, decision, count in rows:
        if scorer_id is not None:
            decided, changed = found[scorer_id]
            found[scorer_id] = (decided + int(count), changed + (int(count) if decision != "rejected" else 0))
    return dict(found)
