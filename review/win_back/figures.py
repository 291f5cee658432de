"""Figures of the win-back: how many worked leads come back, by reason and by who closed them, and the lift."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from review.models import Deal, Rep, WinBackLead, utc_now
from review.win_back.rates import Lift, Rate, Watched, come_back_by

COMPARED: Final = ("high", "middle")
"""Bands whose leads are compared between the arms, as they stood at the draw: the others are hardly worked."""

_COLUMNS: Final = (
    WinBackLead.arm,
    WinBackLead.found_at,
    WinBackLead.watch_until,
    WinBackLead.found_band,
    WinBackLead.found_excluded,
    WinBackLead.closed_by_id,
    WinBackLead.reasons,
    WinBackLead.currency,
    WinBackLead.verdict,
    WinBackLead.reopened_at,
    WinBackLead.returned_at,
    WinBackLead.outcome,
    WinBackLead.outcome_by,
    WinBackLead.outcome_sum,
)

FEWEST_WRONG: Final = 3  # of one rep, before anything is suggested


@dataclass(frozen=True, slots=True)
class Tiles:
    """The two shares over the list: worked leads that came back, and those left alone that did."""

    worked: Rate
    control: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Worked leads of one reason, or closed by one rep (`name`)."""

    id: int | None
    name: str
    rate: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What to train, by the reason people confirmed most, for whom, and in how many of whose leads it was confirmed."""

    reason: str
    reps: tuple[tuple[str, int], ...]  # name, leads; in the order of the alphabet
    leads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All of them. `queue` and `control` are the arms as drawn, whoever was worked; `curves` by day since the draw."""

    worked: Rate
    won: int
    sums: tuple[tuple[str, float], ...]
    queue: Rate
    control: Rate
    by_reason: tuple[Line, ...]
    by_rep: tuple[Line, ...]
    training: tuple[Training, ...]
    curves: dict[str, tuple[tuple[float, float], ...]]
    watch_days: int

    @property
    def lift(self) -> Lift:
        """Of the queue over the control."""
        return Lift(self.queue, self.control)

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "worked": self.worked.to_json(),
            "queue": self.queue.to_json(),
            "control": self.control.to_json(),
            "lift": self.lift.to_json(),
            "won": self.won,
            "sums": {currency: round(amount, 2) for currency, amount in self.sums},
        }


def read_figures(session: Session, scope: ColumnElement[bool] | None = None, now: datetime | None = None) -> Figures:
    """The figures of the leads in `scope` (all of them without one). One statement."""
    now = now or utc_now()
    rows = session.execute(
        select(*_COLUMNS, Rep.name, Deal.status.label("deal_status"))  # not whole leads: their judgements are long
        .outerjoin(Rep, Rep.id == WinBackLead.closed_by_id)
        .outerjoin(Deal, Deal.id == WinBackLead.deal_id)
        .where(true() if scope is None else scope)
        .order_by(WinBackLead.id)
    ).all()
    worked = [lead for lead in rows if lead.reopened_at is not None]
    sums: dict[str, float] = defaultdict(float)
    for lead in worked:
        if lead.outcome == "won" and lead.outcome_sum is not None:
            sums[lead.currency or ""] += float(lead.outcome_sum)
    by_reason: dict[str, list[bool]] = defaultdict(list)
    by_rep: dict[tuple[int | None, str], list[bool]] = defaultdict(list)
    for lead in worked:
        back = lead.returned_at is not None
        by_rep[(lead.closed_by_id, lead.name or "")].append(back)
        for reason in filter(None, lead.reasons.split("|")):
            by_reason[reason].append(back)
    compared = [lead for lead in rows if lead.found_excluded is None and lead.found_band in COMPARED]
    arms = {arm: [_watched(lead, now) for lead in compared if lead.arm == arm] for arm in ("queue", "control")}
    return Figures(
        worked=Rate(sum(lead.returned_at is not None for lead in worked), len(worked)),
        won=sum(lead.outcome == "won" for lead in worked),
        sums=tuple(sorted(sums.items())),
        queue=_rate(arms["queue"]),
        control=_rate(arms["control"]),
        by_reason=_lines({(None, reason): found for reason, found in by_reason.items()}),
        by_rep=_lines(by_rep),
        training=_training(rows),
        curves={arm: come_back_by(leads) for arm, leads in arms.items()},
        watch_days=max((_days(lead.watch_until, lead.found_at) for lead in compared), default=90),
    )


def read_tiles(session: Session, scope: ColumnElement[bool]) -> Tiles:
    """The same two shares as in `read_figures`, counted by the database. One statement."""
    worked = WinBackLead.reopened_at.is_not(None)
    control = and_(
        WinBackLead.arm == "control", WinBackLead.found_excluded.is_(None), WinBackLead.found_band.in_(COMPARED)
    )
    in_time = WinBackLead.returned_at <= WinBackLead.watch_until
    conditions = (and_(worked, WinBackLead.returned_at.is_not(None)), worked, and_(control, in_time), control)
    counts = session.execute(select(*(func.count().filter(one) for one in conditions)).where(scope)).one()
    return Tiles(Rate(counts[0], counts[1]), Rate(counts[2], counts[3]))


def _watched(lead: Any, now: datetime) -> Watched:
    """A return counts within the days every lead is watched, in both arms alike.

    What a person only said counts once the lead's own deal is won: nobody says such things of leads left alone.
    """
    shown = lead.outcome_by != "hand" or lead.deal_status == "won"
    if shown and lead.returned_at is not None and lead.returned_at <= lead.watch_until:
        return Watched(max(0.0, (lead.returned_at - lead.found_at).total_seconds() / 86400), True)
    return Watched(max(0.0, (min(now, lead.watch_until) - lead.found_at).total_seconds() / 86400), False)


def _rate(leads: list[Watched]) -> Rate:
    return Rate(sum(lead.returned for lead in leads), len(leads))


def _lines(found: dict[tuple[int | None, str], list[bool]]) -> tuple[Line, ...]:
    lines = [Line(id=key, name=name, rate=Rate(sum(back), len(back))) for (key, name), back in found.items()]
    return tuple(sorted(lines, key=lambda line: (-line.rate.count, line.name)))


def _training(rows: Any) -> tuple[Training, ...]:
    """By the reason confirmed most often in a rep's leads, where people confirmed several and at least every second."""
    confirmed: dict[str, list[Any]] = defaultdict(list)
    decided: dict[str, int] = defaultdict(int)
    for lead in rows:
        if lead.name and lead.verdict in ("wrong", "right"):
            decided[lead.name] += 1
            if lead.verdict == "wrong":
                confirmed[lead.name].append(lead)
    topics: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for name, leads in confirmed.items():
        if len(leads) < FEWEST_WRONG or 2 * len(leads) < decided[name]:
            continue
        counts: dict[str, int] = defaultdict(int)
        for lead in leads:
            for reason in filter(None, lead.reasons.split("|")):
                counts[reason] += 1
        if counts:
            most = min(counts, key=lambda reason: (-counts[reason], reason))
            topics[most].append((name, counts[most]))
    made = [
        Training(reason=reason, reps=tuple(sorted(reps)), leads=sum(n for _name, n in reps))
        for reason, reps in topics.items()
    ]
    return tuple(sorted(made, key=lambda one: (-one.leads, one.reason)))


def _days(end: datetime, begin: datetime) -> int:
    return round((end - begin).total_seconds() / 86400)
