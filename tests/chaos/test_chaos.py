"""Nothing lost and nothing twice while everything is killed, frozen and forgotten; and the two controls that must fail.

`pytest -m chaos tests/chaos` runs 60 calls, `make chaos` 1,000. The figures are in docs/reliability.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.chaos.harness import EVERY_FAULT, FREEZES, Chaos
from tests.workers.installation import Installation

pytestmark = pytest.mark.chaos

KINDS = {"worker killed", "horse killed", "freeze", "FLUSHALL", "Redis killed", "sweep killed"}
SEED = 20261122
CONTROL_CALLS = 12
STUCK_SECONDS = 15.0  # how long the control without the sweep may go on
TWICE_SECONDS = 120.0  # how long the control without the fence may take until it shows
ENDLESS = 10_000


@contextmanager
def chaos(installation: Installation, *, sweep: bool = True, fenced: bool = True) -> Iterator[Chaos]:
    """One round of chaos, everything ended with the block."""
    made = Chaos(installation, SEED, sweep=sweep, fenced=fenced)
    made.mend()  # nothing runs yet: this starts all of it
    try:
        yield made
    finally:
        made.end()


def report(title: str, made: Chaos, seconds: float, lost: int, twice: int) -> None:
    """The figures of a round, for docs/reliability.md."""
    faults = ", ".join(f"{count} {what}" for what, count in sorted(made.done.items()))
    print(
        f"\n{title}: {len(made.accepted)} calls in {seconds:.0f} s; {faults}; Retry pressed {made.retried} times; "
        f"{lost} lost, {twice} twice"
    )


def lost_and_twice(installation: Installation, made: Chaos) -> tuple[int, int]:
    """Calls that are not through, and effects beyond one transcript and one assessment for each call."""
    effects = installation.effects()
    lost = sum(1 for call_id in made.accepted if installation.state(call_id) != "scored" or 0 in effects[call_id])
    twice = sum(max(0, count - 1) for counts in effects.values() for count in counts)
    return lost, twice


def test_nothing_is_lost_and_nothing_done_twice(installation: Installation, calls: int) -> None:
    with chaos(installation) as made:
        seconds = made.run(calls, EVERY_FAULT)
        lost, twice = lost_and_twice(installation, made)
        report("all faults", made, seconds, lost, twice)
        assert len(made.accepted) == calls
        assert sorted(installation.effects()) == sorted(made.accepted), "a call was taken in twice or forgotten"
        assert (lost, twice) == (0, 0)
        missing = sorted(KINDS - set(made.done))
        assert not missing, f"these faults were never done, so the run shows nothing about them: {missing}"


def test_without_the_reconciler_calls_are_stuck(installation: Installation) -> None:
    """Control: the same without the sweep must lose calls, or the run above shows nothing."""
    with chaos(installation, sweep=False) as made:
        seconds = made.run(CONTROL_CALLS, EVERY_FAULT[:-1], give_up_after=STUCK_SECONDS)
        lost, twice = lost_and_twice(installation, made)
        report("without the reconciler", made, seconds, lost, twice)
        assert lost > 0, "calls came through without anybody ringing again: the faults do nothing"
        assert twice == 0


def test_without_the_fence_work_is_done_twice(installation: Installation) -> None:
    """Control: the same without the fence must store twice, or the run above shows nothing."""
    with chaos(installation, fenced=False) as made:
        seconds = made.run(
            ENDLESS,  # the workers must be at work when they are frozen
            FREEZES,
            until=lambda: lost_and_twice(installation, made)[1] > 0,
            give_up_after=TWICE_SECONDS,
        )
        lost, twice = lost_and_twice(installation, made)
        report("without the fence", made, seconds, lost, twice)
        assert twice > 0, "nothing was stored twice without the fence: the freezes do nothing"
