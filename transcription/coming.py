"""Speech handed over while a call is still being listened to: an engine can begin before all of it is known."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from transcription.speech import Span

TALKING: Final = 2
"""Channels on which somebody must speak before anything is handed over: where only one does, both people may be on it,
and they are told apart first."""


class ComingSpeech:
    """The spans of a call's channels, in order of time on each; put in by the threads that listen, taken by one other.

    `paths[n]` is the decoded sound of channel n. A span that was put in is final.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        self._changed = threading.Condition()
        self._spans: deque[tuple[int, Span | None]] = deque()
        self._talking: set[int] = set()
        self._complete = False
        self._closed = False
        self._fault: BaseException | None = None

    def put(self, channel: int, span: Span | None) -> None:
        """One more span of a channel, or None after its last one."""
        with self._changed:
            self._spans.append((channel, span))
            if span is not None:
                self._talking.add(channel)
            self._changed.notify_all()

    def end(self, fault: BaseException | None = None) -> None:
        """All channels are done; with a fault, whoever takes the spans gets that raised."""
        with self._changed:
            self._complete, self._fault = True, fault
            self._changed.notify_all()

    def close(self) -> None:
        """Nobody takes spans any more; whoever waits for one is let go."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def complete(self) -> bool:
        """True when every span is known."""
        return self._complete

    @property
    def closed(self) -> bool:
        """True when nobody takes spans any more."""
        return self._closed

    def begins(self) -> bool:
        """Wait until two channels speak (True), or until all is known and they do not (False)."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._talking) >= TALKING or self._complete or self._closed)
            return len(self._talking) >= TALKING and self._fault is None

    def __iter__(self) -> Iterator[tuple[int, Span | None]]:
        """(channel, span) as they come, (channel, None) behind a channel's last. Raises what listening failed with."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._spans or self._complete or self._closed)
                if self._fault is not None:
                    raise self._fault
                if self._closed or not self._spans:
                    return
                found = self._spans.popleft()
            yield found
