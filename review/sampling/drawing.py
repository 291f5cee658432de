"""Drawing for real: each period of a rule once, whoever asks how often, and every call to one reviewer at most."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from review.bodies import pack_body
from review.models import Assignment, SamplingDraw, utc_now
from review.sampling.draw import Pick, Stratum
from review.sampling.handing import put, tell_assigned
from review.sampling.periods import closed_period
from review.sampling.planning import RUNNING, Planned, find_draw, plan_closed, plan_next
from review.sampling.reviewers import open_loads, who_may
from review.sampling.risk import MOST_REASONS
from review.sampling.rules import RuleRow, get_rule, list_rules
from review.sampling.sharing import share_out, share_seconds
from review.services import audit
from review.upsert import insert_new

LOCK: Final = 4_217_020_984  # one draw at a time on PostgreSQL; on SQLite writers wait for each other anyway


@dataclass(frozen=True, slots=True)
class Made:
    """A draw: its number, whether it was made now or found made, and how many calls it gave out."""

    draw_id: int
    now: bool
    taken: int


def draw_rule(
    session: Session,
    rule_id: int,
    *,
    by: int | None,
    key: str | None = None,
    now: datetime | None = None,
    seed: str | None = None,
) -> Made | None:
    """Draw for a rule: its last period that is over, or else the running one so far. None when there was nothing.

    `key` is the draw the person was shown: when it was made meanwhile (a second click, somebody else, the night) that
    one is answered instead of another. Raises NoSuchRule.
    """
    _one_at_a_time(session)
    rule = get_rule(session, rule_id, hold=True)
    there = None if key is None else _made(session, rule_id, key)
    if there is not None:
        return there
    now = now or utc_now()
    seed = seed or secrets.token_hex(8)
    return _store(session, rule, plan_next(session, rule.terms, now, rule_id, seed), seed, by, now)


def draw_due(session: Session, now: datetime | None = None) -> tuple[Made, ...]:
    """Draw for every active rule whose last period is over and not drawn: what runs daily. Twice does no harm."""
    now = now or utc_now()
    _one_at_a_time(session)
    made = []
    for rule in list_rules(session, active=True):
        closed = closed_period(rule.terms.period, now)
        if find_draw(session, rule.id, closed.key) is None:
            seed = secrets.token_hex(8)
            done = _store(session, rule, plan_closed(session, rule.terms, closed, rule.id, seed), seed, None, now)
            made += [done] if done else []
    return tuple(made)


def is_due(session: Session, now: datetime) -> bool:
    """Whether any active rule has a period to draw for."""
    return any(
        find_draw(session, rule.id, closed_period(rule.terms.period, now).key) is None
        for rule in list_rules(session, active=True)
    )


def _store(session: Session, rule: RuleRow, planned: Planned, seed: str, by: int | None, now: datetime) -> Made | None:
    """Keep the draw and give its calls out. A period that is over is kept though it gave nothing: it was drawn."""
    drawn = planned.drawn
    if planned.which == RUNNING and not drawn.picks:
        return None
    draw_id = insert_new(
        session,
        SamplingDraw,
        ("rule_id", "period_key"),
        rule_id=rule.id,
        period_key=planned.key,
        starts_at=planned.period.start,
        ends_at=min(now, planned.period.end),
        seed=seed,
        population=drawn.population,
        taken=0,
        by_lot=sum(stratum.by_lot for stratum in drawn.strata),
        by_risk=sum(stratum.by_risk for stratum in drawn.strata),
        body={},
        frame=pack_body({_name(stratum): list(stratum.call_ids) for stratum in drawn.strata}),
        user_id=by,
        created_at=now,
    )
    if draw_id is None:  # another transaction drew it between our look and now
        return _made(session, rule.id, planned.key)
    given, shared = _give_out(session, rule, planned, int(draw_id), seed, by, now)
    session.execute(
        update(SamplingDraw)
        .where(SamplingDraw.id == int(draw_id))
        .values(
            taken=sum(given.values()),
            body={
                "strata": [_counts(stratum) for stratum in drawn.strata],
                "shared": shared,
                "left_out": planned.left_out,
                "late": planned.late,
                "reviewers": {str(user): count for user, count in sorted(given.items())},
                "terms": rule.terms.to_json(),
            },
        )
    )
    audit.record(
        session,
        by,
        "sampling_draw.made",
        "sampling_rule",
        rule.id,
        draw=int(draw_id),
        key=planned.key,
        population=drawn.population,
        taken=sum(given.values()),
    )
    tell_assigned(session, given, by=by, rule=rule.terms.name)
    return Made(int(draw_id), True, sum(given.values()))


def _give_out(
    session: Session, rule: RuleRow, planned: Planned, draw_id: int, seed: str, by: int | None, now: datetime
) -> tuple[Counter[int], list[dict[str, Any]]]:
    """Assign the new picks; how many each reviewer got, and the lots that fell on calls that are somebody's already."""
    terms = rule.terms
    may, load = who_may(session, terms.reviewers), open_loads(session, terms.reviewers)
    shared_out = share_out(
        planned.drawn.new,
        terms.reviewers,
        may,
        sharing=terms.sharing,
        load=load,
        last=session.scalar(
            select(Assignment.user_id).where(Assignment.rule_id == rule.id).order_by(Assignment.id.desc()).limit(1)
        ),
    )
    lots = [pick for pick in planned.drawn.new if pick.part == "random" and pick.call_id in shared_out]
    seconds = share_seconds(
        {pick.call_id: shared_out[pick.call_id] for pick in lots},
        {pick.call_id: pick.rep_id for pick in lots},
        terms.reviewers,
        may,
        percent=terms.second_percent,
        seed=seed,
        load={user: load.get(user, 0) + count for user, count in Counter(shared_out.values()).items()},
    )
    given: Counter[int] = Counter()
    shared: list[dict[str, Any]] = []
    for pick in planned.drawn.picks:
        why = _why(pick, planned, terms.per_rep is not None)
        user, second = shared_out.get(pick.call_id), seconds.get(pick.call_id)
        if second is not None:
            why = [*why, {"kind": "second"}]
        made = None
        if user is not None:
            values = {
                "call_id": pick.call_id,
                "user_id": user,
                "rule_id": rule.id,
                "draw_id": draw_id,
                "part": pick.part,
                "probability": pick.probability,
                "why": why,
                "blind": terms.blind or second is not None,  # two people agree by chance alone, or by the call
                "standard": terms.standard,
                "due_at": _end_of_day(now, terms.due_days),
                "assigned_by": by,
                "created_at": now,
            }
            made = put(session, values)
            if made is not None and second is not None:
                beside = {**values, "user_id": second, "part": "calibration", "probability": None}
                given[second] += put(session, beside) is not None
        if made is not None and user is not None:
            given[user] += 1
        elif pick.part == "random":
            shared.append({"call_id": pick.call_id, "probability": pick.probability})
            _note_lot(session, pick.call_id, why)
    return given, shared


def _why(pick: Pick, planned: Planned, per_rep: bool) -> list[dict[str, Any]]:
    """Why this call. A call drawn by lot keeps silent about its risk: the lot did not know of it."""
    if pick.part == "random":
        return [
            {
                "kind": "random",
                "drawn": pick.drawn,
                "population": pick.population,
                "among": "rep" if per_rep else "all",
                "key": planned.key,
            }
        ]
    found: Sequence[Mapping[str, Any]] = planned.found.reasons.get(pick.call_id, ())
    return [{"kind": "filler"}] if pick.filler else [dict(reason) for reason in found[:MOST_REASONS]]


def _note_lot(session: Session, call_id: int, why: list[dict[str, Any]]) -> None:
    """The lot fell on a call that is somebody's: their assignment says so, and its answers count as drawn by lot."""
    held = session.scalar(
        select(Assignment)
        .where(Assignment.call_id == call_id, Assignment.state.in_(("open", "done")))
        .order_by(Assignment.id)
        .limit(1)
    )
    if held is not None and not any(reason.get("kind") == "random" for reason in held.why):
        held.why = [*held.why, *why]


def _made(session: Session, rule_id: int, key: str) -> Made | None:
    draw_id = find_draw(session, rule_id, key)
    return None if draw_id is None else Made(draw_id, False, 0)


def _name(stratum: Stratum) -> str:
    return "all" if stratum.rep_id is None else str(stratum.rep_id)


def _counts(stratum: Stratum) -> dict[str, Any]:
    return {
        "rep_id": stratum.rep_id,
        "population": stratum.population,
        "by_lot": stratum.by_lot,
        "by_risk": stratum.by_risk,
        "already": stratum.already,
    }


def _one_at_a_time(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _end_of_day(now: datetime, days: int) -> datetime:
    """The last minute of the day so many days on, as for calls that people hand out: no call is overdue on its day."""
    return (now + timedelta(days=days)).replace(hour=23, minute=59, second=0, microsecond=0)
