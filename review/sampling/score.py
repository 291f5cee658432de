"""The score of a team by people: without bias from the calls drawn by lot; those taken by risk stand beside it."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.models import Assignment, Call, Evaluation, Rep, SamplingDraw, Team
from review.queries.counted import counts
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.sampling.estimate import Estimate, Sampled, weighted_mean
from review.sampling.planning import count_scored
from review.sampling.rules import RuleTerms

COUNTED_STATES = ("submitted", "shown", "acknowledged", "disputed", "final")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreLine:
    """A team's score, or everybody's (`team_id` and `name` None).

    `by_lot` is the estimate for all calls that could be drawn, `drawn` how many the lot fell on. `risk_mean` is the
    plain mean of the `risk_calls` scored because something spoke for a look: it says nothing of the team.
    """

    team_id: int | None
    name: str | None
    by_lot: Estimate | None
    drawn: int
    population: int
    risk_mean: float | None
    risk_calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomScore:
    """The scores of a stretch of time; `covered` of `calls` scored calls could be drawn by lot by some rule."""

    whole: ScoreLine
    teams: tuple[ScoreLine, ...]
    covered: int
    calls: int


@dataclass(frozen=True, slots=True)
class _Place:
    team_id: int | None
    name: str | None


def random_score(session: Session, viewer: Viewer, since: datetime, until: datetime) -> RandomScore:
    """Scores from the draws of periods that began in [since, until), of calls the viewer may see.

    Rules with conditions on how a call went (its score, flags, disposition) are left out: their calls are not the
    team's. A call that several draws could have fallen on counts once among them (multiplicity, Sirken 1970).
    """
    draws = session.scalars(
        select(SamplingDraw)
        .where(SamplingDraw.starts_at >= since, SamplingDraw.starts_at < until)
        .order_by(SamplingDraw.id)
    ).all()
    draws = [draw for draw in draws if not RuleTerms.from_json(draw.body["terms"]).conditions.by_result]
    frames: dict[int, int] = defaultdict(int)
    for draw in draws:
        for ids in unpack_body(draw.frame).values():
            for call_id in ids:
                frames[call_id] += 1
    places = _places(session, viewer, since, until, set(frames))
    lots = _lots(session, {draw.id: draw for draw in draws})
    scores = _scores(session, {call_id for call_id, _chance in lots})
    risky = _risk_scores(session, viewer, since, until)

    def line(place: _Place | None) -> ScoreLine:
        inside = {call_id for call_id, at in places.items() if place is None or at == place}
        mine = [(call_id, chance) for call_id, chance in lots if call_id in inside]
        of_risk = [score for at, score in risky if place is None or at == place]
        return ScoreLine(
            team_id=place.team_id if place else None,
            name=place.name if place else None,
            by_lot=weighted_mean(
                [Sampled(scores[call_id], chance, frames[call_id]) for call_id, chance in mine if call_id in scores]
            ),
            drawn=len({call_id for call_id, _chance in mine}),
            population=len(inside),
            risk_mean=math.fsum(of_risk) / len(of_risk) if of_risk else None,
            risk_calls=len(of_risk),
        )

    teams = sorted({*places.values(), *(at for at, _score in risky)}, key=lambda at: (at.name is None, at.name or ""))
    return RandomScore(
        whole=line(None),
        teams=tuple(line(place) for place in teams),
        covered=len(places),
        calls=count_scored(session, since, until),
    )


def _places(session: Session, viewer: Viewer, since: datetime, until: datetime, wanted: set[int]) -> dict[int, _Place]:
    """The team of each of the calls that the viewer may see. A late call may be a period older than its draw."""
    if not wanted:
        return {}
    rows = session.execute(
        select(Call.id, Rep.team_id, Team.name)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .outerjoin(Team, Team.id == Rep.team_id)
        .where(visible_calls(viewer), Call.id >= min(wanted), Call.id <= max(wanted))
    )
    return {row[0]: _Place(row[1], row[2]) for row in rows if row[0] in wanted}


def _lots(session: Session, draws: dict[int, SamplingDraw]) -> list[tuple[int, float]]:
    """Every call the lot fell on, with its chance: those assigned by it, and those that were somebody's already."""
    rows = session.execute(
        select(Assignment.call_id, Assignment.probability)
        .where(Assignment.draw_id.in_(sorted(draws)), Assignment.part == "random")
        .order_by(Assignment.id)
    )
    found = [(row[0], row[1]) for row in rows if row[1] is not None]
    for draw in draws.values():
        found += [(item["call_id"], item["probability"]) for item in draw.body["shared"]]
    return found


def _scores(session: Session, wanted: set[int]) -> dict[int, float]:
    """A person's newest score of each call."""
    if not wanted:
        return {}
    rows = session.execute(
        select(Evaluation.call_id, Evaluation.final)
        .where(
            Evaluation.state.in_(COUNTED_STATES),
            Evaluation.final.is_not(None),
            Evaluation.call_id >= min(wanted),
            Evaluation.call_id <= max(wanted),
            counts(),
        )
        .order_by(Evaluation.submitted_at, Evaluation.id)
    )
    return {row[0]: row[1] for row in rows if row[0] in wanted and row[1] is not None}


def _risk_scores(session: Session, viewer: Viewer, since: datetime, until: datetime) -> list[tuple[_Place, float]]:
    rows = session.execute(
        select(Rep.team_id, Team.name, Evaluation.final)
        .select_from(Assignment)
        .join(Call, Call.id == Assignment.call_id)
        .join(SamplingDraw, SamplingDraw.id == Assignment.draw_id)
        .join(Evaluation, Evaluation.id == Assignment.evaluation_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .outerjoin(Team, Team.id == Rep.team_id)
        .where(
            Assignment.part == "risk",
            Evaluation.state.in_(COUNTED_STATES),
            Evaluation.final.is_not(None),
            counts(),
            SamplingDraw.starts_at >= since,
            SamplingDraw.starts_at < until,
            visible_calls(viewer),
        )
        .order_by(Assignment.id)
    )
    return [(_Place(row[0], row[1]), row[2]) for row in rows if row[2] is not None]
