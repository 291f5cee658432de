"""Where sound was lost: silence of the same length goes in its place, so that all that follows keeps its time.

Without it the words after a damaged place would come too early, and the two legs of a call would drift apart.
"""

from __future__ import annotations

from typing import Final

_SMALLEST: Final = 0.05
"""Seconds under which a gap between two frames is rounding (WebM counts whole milliseconds)."""

_RESTART: Final = -1.0
"""Seconds by which time must run back for a second recording to begin in the same file (chained Ogg)."""

_PAUSE: Final = 1.0
"""A recorder that leaves silence out (DTX) still writes a packet at least every 0.4 s; a longer hole is a loss."""

_LONGEST_UNKNOWN: Final = 600.0
"""The longest hole believed in a file that does not say how long it is, in seconds."""


class Timeline:
    """Finds the holes in one stream of packets; all times in seconds.

    `timed`: the container gives every packet its time (Ogg, WebM, M4A, FLAC). Elsewhere the bytes that could not be
    decoded tell how much is missing. `sure`: no hole is ever meant as silence. `length` is what the file claims.
    """

    def __init__(self, *, timed: bool, sure: bool, length: float | None) -> None:
        self._timed = timed
        self._sure = sure
        self._length = length
        self._base: float | None = None
        self._lost_bytes = 0
        self._damage = False
        self._good_bytes = 0
        self._good_seconds = 0.0
        self.missing = 0.0
        """Seconds of what was to be filled that were lost; the rest is silence the recorder left out."""

    def lose(self, size: int) -> None:
        """A packet of `size` bytes could not be decoded."""
        self._lost_bytes += size
        self._damage = True

    def hole_before(self, frame_time: float | None, written: float) -> float:
        """Seconds of silence to write before a frame, when `written` seconds are there already."""
        hole = self._by_time(frame_time, written) if self._timed else self._by_bytes()
        if hole and (self._sure or self._damage or hole >= _PAUSE):
            self.missing += hole
        self._lost_bytes = 0 if hole else self._lost_bytes
        self._damage = False
        return hole

    def take(self, size: int, seconds: float) -> None:
        """A packet of `size` bytes gave so many seconds."""
        self._good_bytes += size
        self._good_seconds += seconds

    def _by_time(self, frame_time: float | None, written: float) -> float:
        if frame_time is None:
            return 0.0
        if self._base is None:
            self._base = frame_time - written
        hole = frame_time - self._base - written
        most = _LONGEST_UNKNOWN if self._length is None else self._length + _PAUSE - written
        if hole <= _RESTART or hole > most:
            self._base = frame_time - written  # a new count of time, or a damaged one
            return 0.0
        return hole if hole >= _SMALLEST else 0.0

    def _by_bytes(self) -> float:
        if not self._lost_bytes or not self._good_bytes:
            return 0.0
        hole = self._lost_bytes * self._good_seconds / self._good_bytes
        return hole if hole >= _SMALLEST else 0.0
