"""What was drawn: the draws of a rule with their chances, and per rep how many calls people looked at and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.models import Assignment, Call, Rep, SamplingDraw, SamplingRule, Team, User


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawRow:
    """One draw as a line; `by` is None for the daily ones. `done` and `skipped` of the calls it gave out."""

    id: int
    rule_id: int
    rule: str
    key: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    by: str | None
    population: int
    taken: int
    by_lot: int
    by_risk: int
    done: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumRow:
    """The calls a draw chose among together; `rep` is None for all calls, or calls whose rep is not known."""

    rep_id: int | None
    rep: str | None
    population: int
    by_lot: int
    by_risk: int
    already: int  # of those drawn by lot, calls that were somebody's

    @property
    def probability(self) -> float:
        """The chance of each call to be drawn by lot, 0..1."""
        return self.by_lot / self.population


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawDetail:
    """A draw and its strata."""

    draw: DrawRow
    strata: tuple[StratumRow, ...]
    each_rep: bool  # drawn for each rep apart
    seed: str
    left_out: int
    late: int
    reviewers: tuple[tuple[str, int], ...]  # name, calls given


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many of a rep's calls people were given, by part, and how many are done."""

    rep_id: int | None
    rep: str | None
    team: str | None
    calls: int  # scored calls of the time
    parts: Counter[str]
    done: int

    @property
    def given(self) -> int:
        """Calls given to people."""
        return sum(self.parts.values())

    @property
    def share(self) -> float:
        """Of the rep's calls, 0..1."""
        return min(1.0, self.given / self.calls) if self.calls else 0.0


def list_draws(session: Session, rule_id: int | None = None, limit: int = 20) -> tuple[DrawRow, ...]:
    """The newest draws, of one rule or of all. Two statements."""
    query = (
        select(SamplingDraw, SamplingRule.name, User.name)
        .join(SamplingRule, SamplingRule.id == SamplingDraw.rule_id)
        .outerjoin(User, User.id == SamplingDraw.user_id)
        .order_by(SamplingDraw.id.desc())
        .limit(limit)
    )
    if rule_id is not None:
        query = query.where(SamplingDraw.rule_id == rule_id)
    rows = session.execute(query).all()
    states = _states(session, [draw.id for draw, _rule, _by in rows])
    return tuple(_row(draw, rule, by, states[draw.id]) for draw, rule, by in rows)


def get_draw(session: Session, draw_id: int) -> DrawDetail | None:
    """One draw with its strata; None when there is none."""
    found = session.execute(
        select(SamplingDraw, SamplingRule.name, User.name)
        .join(SamplingRule, SamplingRule.id == SamplingDraw.rule_id)
        .outerjoin(User, User.id == SamplingDraw.user_id)
        .where(SamplingDraw.id == draw_id)
    ).one_or_none()
    if found is None:
        return None
    draw, rule, by = found
    body = draw.body
    names = {row[0]: row[1] for row in session.execute(select(Rep.id, Rep.name))}
    users = {row[0]: row[1] for row in session.execute(select(User.id, User.name))}
    strata = [
        StratumRow(
            rep_id=item["rep_id"],
            rep=names.get(item["rep_id"]),
            population=item["population"],
            by_lot=item["by_lot"],
            by_risk=item["by_risk"],
            already=item["already"],
        )
        for item in body["strata"]
    ]
    given = [(users.get(int(user), ""), count) for user, count in body["reviewers"].items()]
    return DrawDetail(
        draw=_row(draw, rule, by, _states(session, [draw_id])[draw_id]),
        strata=tuple(sorted(strata, key=lambda line: (line.rep is None, line.rep or ""))),
        each_rep=body["terms"]["per_rep"] is not None,
        seed=draw.seed,
        left_out=body["left_out"],
        late=body["late"],
        reviewers=tuple(sorted(given)),
    )


def read_coverage(session: Session, since: datetime, until: datetime) -> tuple[Coverage, ...]:
    """Every rep with scored calls of [since, until), those looked at least first. Two statements."""
    rows = session.execute(
        select(Call.rep_id, Rep.name, Team.name, func.count())
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .outerjoin(Team, Team.id == Rep.team_id)
        .where(Call.state == "scored", Call.happened_at >= since, Call.happened_at < until)
        .group_by(Call.rep_id, Rep.name, Team.name)
    ).all()
    parts: dict[int | None, Counter[str]] = defaultdict(Counter)
    done: Counter[int | None] = Counter()
    given = session.execute(
        select(Call.rep_id, Assignment.part, Assignment.state, func.count())
        .join(Call, Call.id == Assignment.call_id)
        .where(Call.happened_at >= since, Call.happened_at < until, Assignment.state != "withdrawn")
        .group_by(Call.rep_id, Assignment.part, Assignment.state)
    )
    for rep_id, part, state, count in given:
        parts[rep_id][part] += count
        done[rep_id] += count if state == "done" else 0
    lines = [
        Coverage(rep_id=rep_id, rep=name, team=team, calls=calls, parts=parts[rep_id], done=done[rep_id])
        for rep_id, name, team, calls in rows
    ]
    return tuple(sorted(lines, key=lambda line: (line.rep_id is None, line.share, line.rep or "")))


def _states(session: Session, draw_ids: Sequence[int]) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = {draw_id: Counter() for draw_id in draw_ids}
    rows = session.execute(
        select(Assignment.draw_id, Assignment.state, func.count())
        .where(Assignment.draw_id.in_(draw_ids))
        .group_by(Assignment.draw_id, Assignment.state)
    )
    for draw_id, state, count in rows:
        if draw_id is not None:
            found[draw_id][state] = count
    return found


def _row(draw: SamplingDraw, rule: str, by: str | None, states: Counter[str]) -> DrawRow:
    return DrawRow(
        id=draw.id,
        rule_id=draw.rule_id,
        rule=rule,
        key=draw.period_key,
        starts_at=draw.starts_at,
        ends_at=draw.ends_at,
        created_at=draw.created_at,
        by=by,
        population=draw.population,
        taken=draw.taken,
        by_lot=draw.by_lot,
        by_risk=draw.by_risk,
        done=states["done"],
        skipped=states["skipped"] + states["withdrawn"],
    )
