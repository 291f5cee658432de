"""The channels of a call worked on side by side: what one needs, the other need not wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

_Answer = TypeVar("_Answer")


def abreast(works: Sequence[Callable[[], _Answer]]) -> list[_Answer]:
    """The answers of all works in their order; the first runs in this thread and each other in one of its own.

    When works fail, the first one's error is raised, after all have ended. An interrupt of this thread waits for none.
    """
    answers: dict[int, _Answer] = {}
    faults: dict[int, BaseException] = {}

    def run(number: int) -> None:
        try:
            answers[number] = works[number]()
        except BaseException as fault:  # noqa: BLE001 - kept for the thread that waits, which raises it
            faults[number] = fault

    others = [threading.Thread(target=run, args=(n,), daemon=True, name="channel") for n in range(1, len(works))]
    for other in others:
        other.start()
    if works:
        run(0)
    interrupt = faults.get(0)
    if interrupt is not None and not isinstance(interrupt, Exception):
        raise interrupt
    for other in others:
        other.join()
    for number in sorted(faults):
        raise faults[number]
    return [answers[number] for number in range(len(works))]
