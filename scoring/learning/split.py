"""The frozen test set: which labelled calls a model is promoted by; by call, rep and time, never by row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

REPS_HELD: Final = 0.3  # share of the labelled calls that the held-out reps make at least
FEWEST_REPS: Final = 4  # under which nobody can be held out: the newest calls are the test
NEWEST: Final = 0.25  # of the calls, where the test is by time alone
FEWEST: Final = 30  # labelled calls in a test set


@dataclass(frozen=True, slots=True)
class LabelledCall:
    """A labelled call as the split sees it; `called_at` sorts as text (ISO, UTC), `rep` "" where unknown."""

    call: str
    rep: str
    called_at: str


@dataclass(frozen=True, slots=True)
class TestSet:
    """A frozen test set. No call of `reps`, and none of `calls`, is ever trained on; `how` names the split."""

    how: str  # rep_and_time, rep, time
    calls: frozenset[str]
    reps: frozenset[str]

    __test__ = False  # for pytest, which would take it for a class of tests by its name

    def holds(self, call: str) -> bool:
        """Whether a call is in the test."""
        return call in self.calls

    def keeps_from_training(self, call: LabelledCall) -> bool:
        """Whether a call must not be trained on."""
        return call.call in self.calls or (bool(call.rep) and call.rep in self.reps)

    def to_json(self) -> dict[str, Any]:
        return {"how": self.how, "calls": sorted(self.calls), "reps": sorted(self.reps)}


def read_test_set(data: Mapping[str, Any]) -> TestSet:
    """A test set from its JSON form."""
    return TestSet(str(data["how"]), frozenset(data["calls"]), frozenset(data["reps"]))


def freeze(calls: Sequence[LabelledCall], seed: str = "") -> TestSet | None:
    """The test set for these labelled calls, or None while there are too few of them.

    Reps are held out whole, in an order drawn from `seed`; of their calls the newer half is the test where that leaves
    enough, else all of them. With few reps, the newest quarter of the calls is.
    """
    by_call = {call.call: call for call in calls}
    ordered = sorted(by_call.values(), key=lambda call: (call.called_at, call.call))
    if len(ordered) < 2 * FEWEST:
        return None
    held = _held_reps(ordered, seed)
    theirs = [call for call in ordered if call.rep in held]
    if held and len(theirs) >= FEWEST and len(ordered) - len(theirs) >= FEWEST:
        middle = ordered[len(ordered) // 2].called_at
        newer = [call for call in theirs if call.called_at >= middle]
        timed = bool(middle) and len(newer) >= FEWEST
        chosen = newer if timed else theirs
        return TestSet("rep_and_time" if timed else "rep", frozenset(call.call for call in chosen), held)
    newest = ordered[-max(FEWEST, int(len(ordered) * NEWEST)) :]
    return TestSet("time", frozenset(call.call for call in newest), frozenset())


def _held_reps(calls: Sequence[LabelledCall], seed: str) -> frozenset[str]:
    counts: dict[str, int] = {}
    for call in calls:
        if call.rep:
            counts[call.rep] = counts.get(call.rep, 0) + 1
    if len(counts) < FEWEST_REPS:
        return frozenset()
    lots = sorted(counts, key=lambda rep: hashlib.sha256(f"{seed}\n{rep}".encode()).hexdigest())
    held: set[str] = set()
    total = 0
    for rep in lots:
        if total >= max(FEWEST, REPS_HELD * len(calls)):
            break
        if total + counts[rep] > len(calls) / 2:  # one busy rep must not become the whole test
            continue
        held.add(rep)
        total += counts[rep]
    return frozenset(held)
