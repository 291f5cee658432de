"""Several windows heard at the same time: lines of work shared among threads, answers taken one by one as they come.

The words of a window do not depend on what the other threads do, so the answer is the same with any number of them.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import Final, Generic, TypeVar

from transcription.engines.protocol import Cancelled as CancelledCheck
from transcription.errors import Cancelled

LOOK_SECONDS: Final = 0.2
"""Between two looks at whether to stop, while windows are being heard."""

MOST_AT_ONCE: Final = 4

NARROW: Final = 512
"""A model up to this width (tiny, base) hears a window with one thread: its steps are too small to share."""

MIDDLE: Final = 768
MIDDLE_CREW: Final = 2
"""A model up to this width (small) writes a window down no faster with two threads than with one, so two windows are
heard side by side; each needs 180 MB, and with more of them the memory is no longer a part of what a batch takes."""

WIDE_THREADS: Final = 4
"""A wider one (medium, large) needs 400 to 700 MB for each window, so that a window gets four threads."""

_LEAST_USED: Final = 0.8

_Answer = TypeVar("_Answer")


def share_threads(threads: int, width: int) -> tuple[int, int]:
    """(windows at once, threads for each) on a processor with so many threads to use, for a model so wide.

    Measured on 2 quiet cores, 60 tokens: a window of the small size is written down in 1.5 s by one thread and in 1.8 s
    by two, which only wait for each other; it is encoded in 1.0 and 0.6 s.
    """
    if width > NARROW:
        crew = max(1, min(MOST_AT_ONCE, threads // WIDE_THREADS))
        if width <= MIDDLE:
            crew = max(crew, min(MIDDLE_CREW, threads))
        return crew, max(1, threads // crew)
    for crew in range(min(MOST_AT_ONCE, threads), 1, -1):
        if crew * (threads // crew) >= _LEAST_USED * threads:
            return crew, threads // crew
    return 1, max(1, threads)


def work_through(
    lines: Iterable[Iterator[_Answer]],
    crew: int,
    take: Callable[[_Answer], None],
    cancelled: CancelledCheck | None = None,
    let_go: Callable[[], None] | None = None,
) -> None:
    """Run the lines to their ends with `crew` threads, each line in one thread; `take` gets every answer, here.

    Lines may come one by one, while others are worked on; when the work ends early, `let_go` must end that waiting.
    A fault in a line ends the work and is raised. Cancelled is raised as soon as the answers being made are made.
    """
    work = _Work(lines)
    count = min(crew, len(lines)) if isinstance(lines, Sized) else crew
    threads = [threading.Thread(target=work.run, name="whisper-window") for _ in range(count)]
    done = False
    try:
        for thread in threads:
            thread.start()
        left = count
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
        done = True
    finally:
        work.stop.set()
        if let_go is not None and not done:
            let_go()
        for thread in threads:
            if thread.ident is not None:
                thread.join()


class _Ended:
    """A thread has ended."""

    def __init__(self, fault: BaseException | None = None) -> None:
        self.fault = fault


class _Made(Generic[_Answer]):
    def __init__(self, answer: _Answer) -> None:
        self.answer = answer


class _Work(Generic[_Answer]):
    """The lines not begun yet and the answers not taken yet."""

    def __init__(self, lines: Iterable[Iterator[_Answer]]) -> None:
        self._waiting = iter(lines)
        self._lock = threading.Lock()
        self.made: queue.SimpleQueue[_Made[_Answer] | _Ended] = queue.SimpleQueue()
        self.stop = threading.Event()

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                with self._lock:
                    line = next(self._waiting, None)
                if line is None:
                    break
                for answer in line:
                    self.made.put(_Made(answer))
                    if self.stop.is_set():
                        return
        except BaseException as fault:  # noqa: BLE001 - kept for the thread that waits, which raises it
            self.made.put(_Ended(fault))
        else:
            self.made.put(_Ended())
