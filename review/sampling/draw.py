"""One draw, pure: which calls of a period are taken by lot and which by risk, with the chance the lot gave each.

The lot comes first and falls on everything that could be drawn, also on calls that are somebody's already: nothing
about a call changes its chance, and so the calls drawn by lot speak for all of them. Only then are the places left
filled by risk. The same candidates, terms and seed give the same draw in whatever order they come.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

LEAST_SHARE: Final = 0.2
"""The least share of a draw that the lot decides: learning from reviewers asks for as much (scoring.md)."""

Part = Literal["random", "risk"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call that could be drawn. `risk` is what speaks for looking at it, from 0; `taken`: somebody has it already."""

    call_id: int
    rep_id: int | None
    risk: float = 0.0
    taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How many: either `per_rep` calls of each rep or `percent` of all (0..100); `random_share` of them by lot."""

    per_rep: int | None = None
    percent: float | None = None
    random_share: float = LEAST_SHARE

    def __post_init__(self) -> None:
        if (self.per_rep is None) == (self.percent is None):
            raise ValueError("either so many calls per rep or a percentage of all")
        if self.per_rep is not None and self.per_rep < 1:
            raise ValueError("a draw takes at least one call per rep")
        if self.percent is not None and not 0 < self.percent <= 100:
            raise ValueError("a percentage is above 0 and at most 100")
        if not LEAST_SHARE <= self.random_share <= 1:
            raise ValueError(f"the share drawn by lot is {LEAST_SHARE} to 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A call the draw fell on. By lot: `drawn` of `population` calls of its stratum were, `probability` is their share.

    `taken` picks were somebody's already: they count for the lot, and nobody gets them again. `filler` marks a risk
    pick that nothing speaks against: it only completes the number.
    """

    call_id: int
    rep_id: int | None
    part: Part
    probability: float | None
    drawn: int
    population: int
    taken: bool = False
    filler: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """The calls drawn among together: one rep's, or (percentage) all. `rep_id` is None for all and for no known rep."""

    rep_id: int | None
    population: int
    by_lot: int
    by_risk: int
    already: int  # of those drawn by lot, calls that were somebody's
    call_ids: tuple[int, ...]  # everything that could be drawn, in order

    @property
    def probability(self) -> float:
        """The chance of each of its calls to be drawn by lot, 0..1."""
        return self.by_lot / self.population


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a draw gives: the picks in the order they are handed out, and what each stratum held."""

    picks: tuple[Pick, ...]
    strata: tuple[Stratum, ...]

    @property
    def new(self) -> tuple[Pick, ...]:
        """The picks to be assigned."""
        return tuple(pick for pick in self.picks if not pick.taken)

    @property
    def population(self) -> int:
        """How many calls could be drawn."""
        return sum(stratum.population for stratum in self.strata)


def draw(
    candidates: Iterable[Candidate], terms: Terms, seed: str, had: Mapping[int | None, int] | None = None
) -> Drawn:
    """Draw from the candidates. `had`: calls of each rep that the same period gave already (per rep only).

    A stratum without room takes no part: its calls are in no frame, rather than in one with no chance.
    """
    by_id = {candidate.call_id: candidate for candidate in candidates}
    picks: list[Pick] = []
    strata: list[Stratum] = []
    for rep_id, members in _strata([by_id[call_id] for call_id in sorted(by_id)], terms):
        room = min(_room(terms, rep_id, len(members), had or {}), len(members))
        if room < 1:
            continue
        found = _draw_stratum(members, room, terms.random_share, seed)
        lots = [pick for pick in found if pick.part == "random"]
        strata.append(
            Stratum(
                rep_id=rep_id,
                population=len(members),
                by_lot=len(lots),
                by_risk=len(found) - len(lots),
                already=sum(pick.taken for pick in lots),
                call_ids=tuple(candidate.call_id for candidate in members),
            )
        )
        picks += found
    # Handed out by lot as well, so that no reviewer gets all the risky ones or all of one rep's.
    return Drawn(picks=tuple(sorted(picks, key=lambda pick: lot(seed, pick.call_id))), strata=tuple(strata))


def fall(call_ids: Iterable[int], count: int, seed: str) -> tuple[int, ...]:
    """The `count` calls the lot falls on: what a stored draw can be checked by."""
    return tuple(sorted(set(call_ids), key=lambda call_id: lot(seed, call_id))[:count])


def lot(seed: str, call_id: int) -> str:
    """The call's lot: a hash, so that it depends on the seed and the call alone."""
    return hashlib.sha256(f"{seed}\n{call_id}".encode()).hexdigest()


def _strata(candidates: Sequence[Candidate], terms: Terms) -> list[tuple[int | None, list[Candidate]]]:
    if terms.per_rep is None:
        return [(None, list(candidates))] if candidates else []
    by_rep: dict[int | None, list[Candidate]] = {}
    for candidate in candidates:
        by_rep.setdefault(candidate.rep_id, []).append(candidate)
    return sorted(by_rep.items(), key=lambda item: (item[0] is None, item[0] or 0))


def _room(terms: Terms, rep_id: int | None, population: int, had: Mapping[int | None, int]) -> int:
    if terms.per_rep is not None:
        return terms.per_rep - had.get(rep_id, 0)
    assert terms.percent is not None  # noqa: S101 (Terms holds one of the two)
    return max(1, math.floor(population * terms.percent / 100 + 0.5))


def _draw_stratum(members: Sequence[Candidate], room: int, share: float, seed: str) -> list[Pick]:
    """The lot, then the riskiest of the rest, then what completes the number."""
    population = len(members)
    risky = sum(1 for candidate in members if candidate.risk > 0 and not candidate.taken)
    # Places that no risk could fill go to the lot: known before it falls, or it would not be the same for all.
    count = min(room, max(math.ceil(round(room * share, 9)), room - risky))
    fallen = set(fall((candidate.call_id for candidate in members), count, seed))
    picks = [
        Pick(
            call_id=candidate.call_id,
            rep_id=candidate.rep_id,
            part="random",
            probability=count / population,
            drawn=count,
            population=population,
            taken=candidate.taken,
        )
        for candidate in members
        if candidate.call_id in fallen
    ]
    rest = [candidate for candidate in members if candidate.call_id not in fallen and not candidate.taken]
    rest.sort(key=lambda candidate: (-candidate.risk, lot(seed, candidate.call_id)))
    picks += [
        Pick(
            call_id=candidate.call_id,
            rep_id=candidate.rep_id,
            part="risk",
            probability=None,
            drawn=room - count,
            population=population,
            filler=candidate.risk <= 0,
        )
        for candidate in rest[: room - count]
    ]
    return picks
