"""Several windows heard at the same time: lines of work shared among threads, answers taken one by one as they come.

The words of a window do not depend on what the other threads do, so the answer is the same with any number of them.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Generic, TypeVar

from transcription.engines.protocol import Cancelled as CancelledCheck
from transcription.errors import Cancelled

LOOK_SECONDS: Final = 0.2
"""Between two looks at whether to stop, while windows are being heard."""

MOST_AT_ONCE: Final = 4
"""Windows heard at the same time on a processor: each needs memory of its own beside the model (about 60 MB for tiny,
250 MB for small)."""

_LEAST_USED: Final = 0.8

_Answer = TypeVar("_Answer")


def share_threads(threads: int) -> tuple[int, int]:
    """(windows at once, threads for each) on a processor with so many threads to use.

    One thread per window wastes least: the decoder's steps are too small to share. Measured with the small size on 2
    cores, two windows with one thread each took 6.4 s where one after the other with two threads took 10.2 s.
    """
    for crew in range(min(MOST_AT_ONCE, threads), 1, -1):
        if crew * (threads // crew) >= _LEAST_USED * threads:
            return crew, threads // crew
    return 1, max(1, threads)


def work_through(
    lines: Sequence[Iterator[_Answer]],
    crew: int,
    take: Callable[[_Answer], None],
    cancelled: CancelledCheck | None = None,
) -> None:
    """Run the lines to their ends with `crew` threads, each line in one thread; `take` gets every answer, here.

    A fault in a line ends the work and is raised. Cancelled is raised as soon as the answers being made are made.
    """
    work = _Work(lines)
    threads = [threading.Thread(target=work.run, name="whisper-window") for _ in range(min(crew, len(lines)))]
    try:
        for thread in threads:
            thread.start()
        left = len(lines)
        while left:
            if cancelled is not None and cancelled():
                raise Cancelled
            try:
                made = work.made.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                continue
            if isinstance(made, _Ended):
                left -= 1
                if made.fault is not None:
                    raise made.fault
            else:
                take(made.answer)
    finally:
        work.stop.set()
        for thread in threads:
            if thread.ident is not None:
                thread.join()


class _Ended:
    def __init__(self, fault: BaseException | None = None) -> None:
        self.fault = fault


class _Made(Generic[_Answer]):
    def __init__(self, answer: _Answer) -> None:
        self.answer = answer


class _Work(Generic[_Answer]):
    """The lines not begun yet and the answers not taken yet."""

    def __init__(self, lines: Sequence[Iterator[_Answer]]) -> None:
        self._waiting = list(reversed(lines))
        self._lock = threading.Lock()
        self.made: queue.SimpleQueue[_Made[_Answer] | _Ended] = queue.SimpleQueue()
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.is_set():
            with self._lock:
                if not self._waiting:
                    return
                line = self._waiting.pop()
            try:
                for answer in line:
                    self.made.put(_Made(answer))
                    if self.stop.is_set():
                        return
            except BaseException as fault:  # noqa: BLE001 - kept for the thread that waits, which raises it
                self.made.put(_Ended(fault))
                return
            self.made.put(_Ended())
