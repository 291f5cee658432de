"""From calls to what is worth trying: discovered on earlier calls, confirmed on later calls and on reps not yet seen.

Only what survives both is published, each with lift, interval, reps, clips, and how many candidates survive the same
procedure when the outcomes are shuffled. "Associated with", never "works": a trial tells that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.mining.calls import MinedCall, Place
from scoring.mining.candidates import Candidate, find_candidates, place_of
from scoring.mining.effect import Lift, lift, log_odds
from scoring.mining.testing import agreeing_reps, benjamini_hochberg, probabilities, residuals

FEWEST_CALLS: Final = 1000
FEWEST_REPS: Final = 8
Q: Final = 0.1
EARLIER: Final = 0.6
UNSEEN_REPS: Final = 0.25
SHUFFLES: Final = 20
CLIPS: Final = 5
FEWEST_REPS_EACH: Final = 3


class TooFewCalls(ValueError):
    """Mining would find chance: carries `calls` and `reps` there are."""

    def __init__(self, calls: int, reps: int) -> None:
        super().__init__(
            f"There are {calls} calls of {reps} reps with a known outcome. Below {FEWEST_CALLS} calls or {FEWEST_REPS} "
            "reps what stands out is mostly chance, so nothing is mined yet; calls keep being collected."
        )
        self.calls = calls
        self.reps = reps


@dataclass(frozen=True, slots=True)
class Clip:
    """Where a call has the candidate."""

    call: str
    place: Place


@dataclass(frozen=True, slots=True)
class Mined:
    """One survivor. `lift` is of the confirming calls; `q` the false-discovery rates of discovery and confirmation."""

    candidate: Candidate
    lift: Lift
    calls: int
    reps: int
    q_discovery: float
    q_confirmation: float
    log_odds: float
    clips: tuple[Clip, ...]


@dataclass(frozen=True, slots=True)
class Mining:
    """What mining found, and how many survived at most in `shuffles` runs on shuffled outcomes."""

    calls: int
    reps: int
    candidates: int
    discovered: int
    survivors: tuple[Mined, ...]
    shuffles: int
    shuffled_survivors: int


def mine(calls: Sequence[MinedCall], *, limit: bool = True, seed: int = 0, shuffles: int = SHUFFLES) -> Mining:
    """The survivors among all candidates, by log-odds. Raises TooFewCalls unless `limit` is off (for benchmarks)."""
    ordered = sorted(calls, key=lambda call: (call.when, call.id))
    known = {call.rep for call in ordered if call.rep}
    if limit and (len(ordered) < FEWEST_CALLS or len(known) < FEWEST_REPS):
        raise TooFewCalls(len(ordered), len(known))
    won = np.array([call.won for call in ordered], dtype=bool)
    table = _Table(ordered)
    found, q_discovery, q_confirmation, discovered = table.survivors(won, seed)
    random = np.random.default_rng(seed + 1)
    most = 0
    for number in range(shuffles):
        shuffled = _shuffle(won, table.reps, random)
        most = max(most, len(table.survivors(shuffled, seed + 2 + number)[0]))
    odds = log_odds(table.presence.matrix, won)
    mined = [
        table.describe(at, won, float(q_discovery[at]), float(q_confirmation[at]), float(odds[at])) for at in found
    ]
    mined.sort(key=lambda item: (-item.log_odds, item.candidate.kind, item.candidate.text))
    return Mining(len(ordered), len(known), len(table.presence.candidates), discovered, tuple(mined), shuffles, most)


class _Table:
    """The calls in time order with everything that does not depend on their outcomes."""

    def __init__(self, calls: Sequence[MinedCall]) -> None:
        self.calls = calls
        self.presence = find_candidates(calls)
        self.reps = _numbers([call.rep for call in calls])
        self.known = {call.rep for call in calls if call.rep}
        self.strata = _strata(calls)
        count = len(calls)
        earlier = np.arange(count) < int(count * EARLIER)
        unseen = np.array([bool(call.rep) and _drawn(call.rep) for call in calls], dtype=bool)
        self.discovery = np.flatnonzero(earlier & ~unseen)
        self.later = np.flatnonzero(~earlier)
        self.unseen = np.flatnonzero(unseen)
        self.confirmation = np.flatnonzero(~earlier | unseen)

    def survivors(
        self, won: NDArray[np.bool_], seed: int
    ) -> tuple[list[int], NDArray[np.float64], NDArray[np.float64], int]:
        """Candidates that survive, the q-values of both steps, and how many the first step found."""
        matrix = self.presence.matrix
        q_discovery = benjamini_hochberg(self._p(matrix, won, self.discovery, seed))
        first = np.flatnonzero(q_discovery <= Q)
        q_confirmation = np.ones(len(matrix))
        if not len(first):
            return [], q_discovery, q_confirmation, 0
        p = self._p(matrix[first], won, self.later, seed)
        if len(self.unseen):
            p = np.maximum(p, self._p(matrix[first], won, self.unseen, seed))
        q_confirmation[first] = benjamini_hochberg(p)
        kept = [int(at) for at in first if q_confirmation[at] <= Q and self._shared(int(at), won)]
        return kept, q_discovery, q_confirmation, len(first)

    def describe(
        self, at: int, won: NDArray[np.bool_], q_discovery: float, q_confirmation: float, odds: float
    ) -> Mined:
        row = self.presence.matrix[at]
        candidate = self.presence.candidates[at]
        having = [self.calls[int(number)] for number in np.flatnonzero(row & won)]
        clips = [Clip(call.id, place) for call in having[-CLIPS:] if (place := place_of(call, candidate)) is not None]
        there = self.confirmation
        return Mined(
            candidate,
            lift(row[there], won[there], self.strata[there]),
            int(row.sum()),
            len({self.calls[int(number)].rep for number in np.flatnonzero(row)} - {""}),
            q_discovery,
            q_confirmation,
            odds,
            tuple(reversed(clips)),
        )

    def _p(
        self, matrix: NDArray[np.bool_], won: NDArray[np.bool_], calls: NDArray[np.int64], seed: int
    ) -> NDArray[np.float64]:
        return probabilities(residuals(matrix[:, calls], won[calls], self.strata[calls], self.reps[calls]), seed)

    def _shared(self, at: int, won: NDArray[np.bool_]) -> bool:
        """Whether it helps more reps than it hurts, three more at least; one nameless group cannot tell that."""
        if len(self.known) < FEWEST_REPS_EACH:
            return True
        left = residuals(self.presence.matrix[[at]], won, self.strata, self.reps)
        return bool(agreeing_reps(left)[0] >= FEWEST_REPS_EACH)


def _shuffle(won: NDArray[np.bool_], reps: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.bool_]:
    shuffled = won.copy()
    for rep in np.unique(reps):
        here = np.flatnonzero(reps == rep)
        shuffled[here] = won[random.permutation(here)]
    return shuffled


def _strata(calls: Sequence[MinedCall]) -> NDArray[np.int64]:
    """Queue, lead source and third of length."""
    lengths = np.array([call.length() for call in calls])
    thirds = np.searchsorted(np.quantile(lengths, [1 / 3, 2 / 3]), lengths) if len(calls) else lengths
    return _numbers([f"{call.queue}\n{call.source}\n{third}" for call, third in zip(calls, thirds, strict=True)])


def _numbers(names: Sequence[str]) -> NDArray[np.int64]:
    place = {name: number for number, name in enumerate(sorted(set(names)))}
    return np.array([place[name] for name in names], dtype=np.int64)


def _drawn(rep: str) -> bool:
    """Whether a rep is kept unseen: by a hash of the name, so that the same reps are kept in every run."""
    return int.from_bytes(hashlib.sha256(rep.encode()).digest()[:4], "big") / 2**32 < UNSEEN_REPS
