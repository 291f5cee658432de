"""Scores of calls by week: of every call, and apart from them of those that people scored by lot and by risk.

What is drawn by lot speaks for all calls that could be drawn, so each counts with the inverse of its chance
(review.sampling.estimate). What was picked because something spoke for a look says nothing of the others: it stands
beside, never in the same mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.evaluations.counted import counts
from review.models import Assignment, Call, Evaluation, SamplingDraw
from review.performance.estimate import Mean, Sums, add, mean_of, sums_of
from review.performance.period import Period
from review.performance.sums import week_number
from review.performance.whose import Whose, whose
from review.sampling.estimate import Sampled, weighted_mean
from review.sampling.rules import RuleTerms

SEEN: tuple[str, ...] = ("shown", "acknowledged", "disputed", "final")
"""Of people's scorecards only those the rep can read as well."""


@dataclass(frozen=True, slots=True)
class ScoreBucket:
    """The scores (0..1 of the full 100) of one rep's calls in one week."""

    rep_id: int
    week: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class ByPeople:
    """One call a person scored: `part` is random, risk or chosen; `chance` that the lot fell on it, where it did."""

    call_id: int
    rep_id: int
    week: int
    part: str
    score: float  # 0..1 of the full 100
    chance: float | None
    draw_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTrend:
    """Scores 0..1 by week, None where there was none; `whole` are the same three over the whole period."""

    weeks: tuple[Mean | None, ...]
    random: tuple[Mean | None, ...]
    risk: tuple[Mean | None, ...]
    whole: tuple[Mean | None, Mean | None, Mean | None]

    @property
    def empty(self) -> bool:
        """Whether no call has a score."""
        return self.whole[0] is None


def read_scores(session: Session, reps: Whose | Collection[int], period: Period) -> tuple[ScoreBucket, ...]:
    """The shown scores of all calls of the reps, added up by rep and week. One statement."""
    of = whose(reps)
    if not of.rep_ids:
        return ()
    score = case((Call.score_final > 100, 1.0), (Call.score_final < 0, 0.0), else_=Call.score_final / 100.0)
    week = week_number(period, Call.happened_at).label("week")
    one = (
        select(Call.rep_id, week, score.label("score"))
        .where(
            of.holds(Call.rep_id, Call.happened_at),
            Call.happened_at >= period.since,
            Call.happened_at < period.until,
            Call.score_final.is_not(None),
        )
        .subquery("one")
    )
    keys = (one.c.rep_id, one.c.week)
    rows = session.execute(
        select(*keys, func.count(), func.sum(one.c.score), func.sum(one.c.score * one.c.score))
        .group_by(*keys)
        .order_by(*keys)
    )
    return tuple(
        ScoreBucket(rep_id, int(number), Sums(int(calls), float(total), float(squares)))
        for rep_id, number, calls, total, squares in rows
    )


def read_by_people(session: Session, reps: Whose | Collection[int], period: Period) -> tuple[ByPeople, ...]:
    """The calls that people scored, each with the newest evaluation that counts. One statement."""
    of = whose(reps)
    if not of.rep_ids:
        return ()
    rows = session.execute(
        select(
            Call.id,
            Call.rep_id,
            Call.happened_at,
            Assignment.part,
            Evaluation.final,
            Assignment.probability,
            Assignment.draw_id,
        )
        .select_from(Call)
        .join(Evaluation, Evaluation.call_id == Call.id)
        .outerjoin(Assignment, Assignment.id == Evaluation.assignment_id)
        .where(
            of.holds(Call.rep_id, Call.happened_at),
            Call.happened_at >= period.since,
            Call.happened_at < period.until,
            Evaluation.state.in_(SEEN),
            Evaluation.final.is_not(None),
            counts(),
        )
        .order_by(Evaluation.submitted_at, Evaluation.id)
    )
    newest: dict[int, ByPeople] = {}
    for call_id, rep_id, at, part, final, chance, draw_id in rows:
        drawn = part if part in ("random", "risk") else "chosen"
        week = period.week_of(at)
        if week is not None and rep_id is not None and final is not None:
            newest[call_id] = ByPeople(call_id, rep_id, week, drawn, min(1.0, max(0.0, final / 100)), chance, draw_id)
    return tuple(newest[call_id] for call_id in sorted(newest))


def read_frames(session: Session, found: Iterable[ByPeople]) -> dict[int, int]:
    """How many draws could have fallen on each call drawn by lot: it counts once among them. One statement at most.

    Draws of rules that pick by how a call went are left out: what they draw does not speak for all calls.
    """
    wanted = {one.call_id: one.draw_id for one in found if one.part == "random" and one.draw_id is not None}
    frames: dict[int, int] = defaultdict(int)
    if not wanted:
        return frames
    for draw in session.scalars(select(SamplingDraw).where(SamplingDraw.id.in_(sorted(set(wanted.values()))))):
        if RuleTerms.from_json(draw.body["terms"]).conditions.by_result:
            continue
        for ids in unpack_body(draw.frame).values():
            for call_id in wanted.keys() & set(ids):
                frames[call_id] += 1
    return frames


def score_trend(
    scores: Collection[ScoreBucket], by_people: Collection[ByPeople], frames: dict[int, int], period: Period
) -> ScoreTrend:
    """The three lines by week. Pure."""
    every = [_mean([one.sums for one in scores if one.week == week]) for week in range(period.weeks)]
    lot = [one for one in by_people if one.part == "random" and one.chance and frames.get(one.call_id)]
    risk = [one for one in by_people if one.part == "risk"]
    return ScoreTrend(
        weeks=tuple(every),
        random=tuple(_by_lot([one for one in lot if one.week == week], frames) for week in range(period.weeks)),
        risk=tuple(_plain([one for one in risk if one.week == week]) for week in range(period.weeks)),
        whole=(_mean([one.sums for one in scores]), _by_lot(lot, frames), _plain(risk)),
    )


def _mean(sums: list[Sums]) -> Mean | None:
    return mean_of(add(*sums)) if sums else None


def _plain(found: list[ByPeople]) -> Mean | None:
    return mean_of(sums_of(one.score for one in found))


def _by_lot(found: list[ByPeople], frames: dict[int, int]) -> Mean | None:
    """Weighted by the inverse of the chances; the interval as few calls need it, whichever of the two is wider."""
    plain = _plain(found)
    sampled = [Sampled(100 * one.score, one.chance or 1.0, frames[one.call_id]) for one in found]
    weighted = weighted_mean(sampled)
    if plain is None or weighted is None:
        return None
    mean = min(1.0, max(0.0, weighted.mean / 100))
    if plain.low is None or plain.high is None or weighted.low is None or weighted.high is None:
        return Mean(mean, None, None, plain.calls)
    half = max(weighted.high - weighted.low, 0.0) / 200, (plain.high - plain.low) / 2
    return Mean(mean, max(0.0, mean - max(half)), min(1.0, mean + max(half)), plain.calls)
