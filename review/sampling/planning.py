"""What the next draw of a rule would take: which period, which calls could be drawn, and the draw itself, unstored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.models import Call, SamplingDraw
from review.sampling.candidates import Found, read_candidates
from review.sampling.draw import Drawn, draw
from review.sampling.periods import Period, closed_period, quota_by_now, running_period
from review.sampling.reviewers import who_may
from review.sampling.rules import RuleTerms

CLOSED, RUNNING = "closed", "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a draw takes. `which`: a period that is over, or the one still running, as far as it has gone."""

    period: Period
    which: str
    key: str
    drawn: Drawn
    found: Found
    left_out: int  # calls that none of the reviewers may score
    late: int  # calls of the period before, scored too late for its draw

    @property
    def by_lot(self) -> int:
        """New calls drawn by lot. A preview only counts them: a lot looked at before it falls is none."""
        return sum(pick.part == "random" for pick in self.drawn.new)

    @property
    def by_risk(self) -> int:
        """New calls taken by risk."""
        return sum(pick.part == "risk" for pick in self.drawn.new)


def plan_next(session: Session, terms: RuleTerms, now: datetime, rule_id: int | None = None, seed: str = "") -> Planned:
    """The next draw: of the last period that is over, or else of the running one. A rule not made yet has no number."""
    closed = closed_period(terms.period, now)
    if find_draw(session, rule_id, closed.key) is None:
        return plan_closed(session, terms, closed, rule_id, seed)
    running = running_period(terms.period, now)
    number = 1
    while find_draw(session, rule_id, f"{running.key}/{number}") is not None:
        number += 1
    return _plan(session, terms, running, f"{running.key}/{number}", now, rule_id, seed)


def plan_closed(session: Session, terms: RuleTerms, closed: Period, rule_id: int | None, seed: str = "") -> Planned:
    """The draw of a period that is over."""
    return _plan(session, terms, closed, closed.key, closed.end, rule_id, seed)


def find_draw(session: Session, rule_id: int | None, key: str) -> int | None:
    """The number of the rule's draw of that key; None when it was not made."""
    if rule_id is None:
        return None
    return session.scalar(
        select(SamplingDraw.id).where(SamplingDraw.rule_id == rule_id, SamplingDraw.period_key == key)
    )


def _plan(
    session: Session, terms: RuleTerms, period: Period, key: str, end: datetime, rule_id: int | None, seed: str
) -> Planned:
    length = period.end - period.start
    earlier = _earlier(session, rule_id, period.start - length)
    # Calls scored only after their own period was drawn would never be drawn: the next draw has them.
    start = period.start - length if any(row.starts_at < period.start for row in earlier) else period.start
    drawn_from = {call_id for row in earlier for ids in unpack_body(row.frame).values() for call_id in ids}
    found = read_candidates(session, terms.conditions, start, end, terms.risks, without=drawn_from)
    may = who_may(session, terms.reviewers)
    able = [c for c in found.candidates if any(may(user, c.rep_id) for user in terms.reviewers)]
    had: Counter[int | None] = Counter()
    if terms.per_rep is not None:
        for row in earlier:
            if row.starts_at == period.start:
                had.update({item["rep_id"]: item["by_lot"] + item["by_risk"] for item in row.body["strata"]})
        later = terms.per_rep - quota_by_now(terms.per_rep, period, end)  # kept for the rest of the period
        had.update(dict.fromkeys({candidate.rep_id for candidate in able}, later))
    return Planned(
        period=period,
        which=CLOSED if end >= period.end else RUNNING,
        key=key,
        drawn=draw(able, terms.amount(), seed, had),
        found=found,
        left_out=len(found.candidates) - len(able),
        late=_count_before(session, [c.call_id for c in able], start, period.start),
    )


def _earlier(session: Session, rule_id: int | None, since: datetime) -> Sequence[SamplingDraw]:
    if rule_id is None:
        return ()
    return session.scalars(
        select(SamplingDraw)
        .where(SamplingDraw.rule_id == rule_id, SamplingDraw.ends_at > since)
        .order_by(SamplingDraw.id)
    ).all()


def _count_before(session: Session, call_ids: Sequence[int], start: datetime, before: datetime) -> int:
    if start >= before:
        return 0
    wanted = set(call_ids)
    earlier = session.scalars(select(Call.id).where(Call.happened_at >= start, Call.happened_at < before))
    return sum(call_id in wanted for call_id in earlier)


def count_scored(session: Session, start: datetime, end: datetime) -> int:
    """All scored calls of a period, whatever the rules say."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Call)
            .where(Call.state == "scored", Call.happened_at >= start, Call.happened_at < end)
        )
        or 0
    )
