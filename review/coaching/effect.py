"""What later calls show of a coaching session: before and after, the team's change beside it, and what is left.

A rep who was picked after a bad call does better afterwards by itself (regression to the mean), and a whole team may
change for other reasons. So the call a session was picked for never counts, and the change of the rest of the team over
the same weeks is taken off (difference in differences). Nothing is said under five calls on a side.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any, Final, Protocol

from review.performance.estimate import FEWEST, Difference, Mean, difference, mean_of, sums_of

SIDE_95: Final = NormalDist().inv_cdf(0.975)
"""Half a 95 % interval in standard errors."""


class Answered(Protocol):
    """One call's answer to the criterion, as review.performance.answers gives it."""

    @property
    def call_id(self) -> int: ...
    @property
    def fraction(self) -> float | None: ...
    @property
    def source(self) -> str: ...
    @property
    def part(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a comparison: (call id, fraction 0..1) of each call that counts, and what was left out and why."""

    values: tuple[tuple[int, float], ...]
    by_people: int  # of those that count, answered by a person
    picked: int  # left out: picked for review because something looked wrong, or by hand
    started_it: int  # left out: the call the session was picked for

    @property
    def mean(self) -> Mean | None:
        """The mean with its interval; None without a call."""
        return mean_of(sums_of(value for _call, value in self.values))

    @property
    def missing(self) -> int:
        """How many more calls are needed before anything is said."""
        return max(0, FEWEST - len(self.values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """The rep's change less the team's, in shares of the criterion's points, with its 95 % interval."""

    change: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """better, worse or no_change_seen: what the interval allows to say."""
        return "better" if self.low > 0 else "worse" if self.high < 0 else "no_change_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The whole comparison. `rule` is all (every call counts) or lot (only calls drawn by lot do)."""

    own: Difference
    before: Side
    after: Side
    rule: str
    team: Difference | None  # the same weeks of the rest of the team; None where there is nobody else
    team_means: tuple[Mean | None, Mean | None]  # of the team before and after, with their intervals
    gain: Gain | None  # None while either side is too early to say

    @property
    def too_early(self) -> bool:
        """True while one side has too few calls."""
        return self.own.verdict == "too_early"

    def to_json(self) -> dict[str, Any]:
        """As it is stored with a session that is followed up."""
        return {
            "own": _difference_json(self.own),
            "team": None if self.team is None else _difference_json(self.team),
            "team_means": [None if one is None else _mean_json(one) for one in self.team_means],
            "gain": None if self.gain is None else asdict(self.gain),
            "rule": self.rule,
            "before": _side_json(self.before),
            "after": _side_json(self.after),
        }


def compare(
    before: Sequence[Answered],
    after: Sequence[Answered],
    *,
    team_before: Sequence[Answered] = (),
    team_after: Sequence[Answered] = (),
    started_by: Collection[int] = (),
    machine: bool = False,
) -> Effect:
    """Compare the calls of two stretches. `started_by`: the calls the session was picked for, which never count.

    Where the machine answers the criterion (`machine`), every call is answered whoever picked it, and all count. Where
    only people answer it, calls picked because something looked wrong would stand for all: then only calls drawn by lot
    count.
    """
    rule = "all" if machine or any(one.source == "machine" for one in (*before, *after)) else "lot"
    sides = [take_side(part, rule=rule, started_by=started_by) for part in (before, after)]
    own = difference(sides[0].values, sides[1].values)
    others = [take_side(part, rule=rule, started_by=()) for part in (team_before, team_after)]
    team = difference(others[0].values, others[1].values) if team_before or team_after else None
    return Effect(
        own=own,
        before=sides[0],
        after=sides[1],
        rule=rule,
        team=team,
        team_means=(others[0].mean, others[1].mean),
        gain=gain_over(own, team),
    )


def take_side(answers: Iterable[Answered], *, rule: str, started_by: Collection[int]) -> Side:
    """Which calls count, and how many were left out for which reason."""
    values: list[tuple[int, float]] = []
    people = picked = started = 0
    for one in answers:
        if one.fraction is None:
            continue
        if one.call_id in started_by:
            started += 1
        elif rule == "lot" and one.part != "random":
            picked += 1
        else:
            values.append((one.call_id, float(one.fraction)))
            people += one.source == "person"
    return Side(values=tuple(sorted(values)), by_people=people, picked=picked, started_it=started)


def gain_over(own: Difference, team: Difference | None) -> Gain | None:
    """The change less the team's: the two are independent, so their squared standard errors add up.

    Half a Student interval counts as 1.96 errors, which with few calls is more than it is: the interval is too wide
    rather than too narrow.
    """
    if team is None or "too_early" in (own.verdict, team.verdict):
        return None
    numbers = [own.change, own.low, own.high, team.change, team.low, team.high]
    if any(number is None for number in numbers):
        return None
    change, low, high, other, other_low, other_high = (float(number) for number in numbers if number is not None)
    error = math.hypot((high - low) / (2 * SIDE_95), (other_high - other_low) / (2 * SIDE_95))
    middle = change - other
    return Gain(change=middle, low=max(-1.0, middle - SIDE_95 * error), high=min(1.0, middle + SIDE_95 * error))


def read_effect(stored: Mapping[str, Any] | None) -> Effect | None:
    """The comparison as it was stored; None where none is, or one of another shape."""
    if not stored or "own" not in stored:
        return None
    team, gain = stored.get("team"), stored.get("gain")
    return Effect(
        own=Difference(**stored["own"]),
        before=_read_side(stored["before"]),
        after=_read_side(stored["after"]),
        rule=str(stored["rule"]),
        team=None if team is None else Difference(**team),
        team_means=(_read_mean(stored["team_means"][0]), _read_mean(stored["team_means"][1])),
        gain=None if gain is None else Gain(**gain),
    )


def _difference_json(found: Difference) -> dict[str, Any]:
    names = ("mean_before", "mean_after", "change", "low", "high", "calls_before", "calls_after", "verdict")
    return {name: getattr(found, name) for name in names}


def _mean_json(found: Mean) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("mean", "low", "high", "calls")}


def _read_mean(stored: Mapping[str, Any] | None) -> Mean | None:
    return None if stored is None else Mean(**stored)


def _side_json(side: Side) -> dict[str, Any]:
    return {
        "values": [[call_id, round(value, 6)] for call_id, value in side.values],
        "by_people": side.by_people,
        "picked": side.picked,
        "started_it": side.started_it,
    }


def _read_side(stored: Mapping[str, Any]) -> Side:
    return Side(
        values=tuple((int(call_id), float(value)) for call_id, value in stored["values"]),
        by_people=int(stored["by_people"]),
        picked=int(stored["picked"]),
        started_it=int(stored["started_it"]),
    )
