"""What can go wrong between audio and transcript: named errors that carry facts, each one plain sentence for a user."""

from __future__ import annotations

import errno
from typing import ClassVar, Final

NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)
"""What the system answers when the disk is full, or this user's share of it."""


class TranscriptionError(Exception):
    """Base of every error here; `permanent` says that trying the same input again cannot help."""

    permanent: ClassVar[bool] = True
    code: ClassVar[str] = "transcription_failed"


class UnreadableAudio(TranscriptionError):
    """The bytes are not audio we can read; `looks_like` names what they seem to be, when that is known."""

    code = "unreadable_audio"

    def __init__(self, why: str, *, looks_like: str | None = None) -> None:
        super().__init__(f"This recording cannot be read: {why}.")
        self.why = why
        self.looks_like = looks_like


class AudioTooLong(TranscriptionError):
    """The recording holds more than `limit` seconds of sound."""

    code = "audio_too_long"

    def __init__(self, limit: float) -> None:
        super().__init__(
            f"This recording is longer than {limit / 3600:g} hours, the most one call may hold: "
            "cut it and send the parts."
        )
        self.limit = limit


class AudioLimits(TranscriptionError):
    """Reading the file went over a safety limit; `limit` is memory, cpu, wall or disk."""

    code = "audio_limits"

    def __init__(self, limit: str) -> None:
        words = {"memory": "memory", "cpu": "computing time", "wall": "time", "disk": "disk space"}
        super().__init__(
            f"Reading this recording took more {words.get(limit, limit)} than any real call needs, so it was stopped."
        )
        self.limit = limit


class MachineLimit(TranscriptionError):
    """The machine has too little for any recording like this one, or lets its programs have too little.

    `limit` is disk (no room), file (no file may be that large), memory or cpu; `where` names the folder without room.
    The recording is not at fault, so it is tried again when there is more.
    """

    permanent = False
    code = "machine_limit"

    def __init__(self, limit: str, where: str | None = None) -> None:
        place = f" ({where})" if where else ""
        reasons = {
            "disk": f"There is no room on the disk to unpack this recording{place}.",
            "file": f"This machine lets no program write files as large as this recording's sound{place}.",
            "memory": "This machine had too little memory to unpack this recording.",
            "cpu": "This machine gives its programs too little computing time to unpack this recording.",
        }
        advice = {
            "disk": "Free some space, or set TMPDIR to a folder with room for temporary files.",
            "file": "Raise its limit on the size of files (ulimit -f).",
            "memory": "Try again when less is going on, or raise its limit on memory (ulimit -v).",
            "cpu": "Raise its limit on computing time (ulimit -t).",
        }
        self.reason = reasons[limit]
        self.advice = advice[limit]
        super().__init__(f"{self.reason} The recording is as it was. {self.advice}")
        self.limit = limit
        self.where = where


class NeedsModel(TranscriptionError):
    """No speech engine can write this call down honestly; `advice` says what to do about it."""

    permanent = False
    code = "needs_model"

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(f"{reason} {advice}")
        self.reason = reason
        self.advice = advice


class EngineFailed(TranscriptionError):
    """The speech engine broke off; the recording is fine, so another attempt may succeed."""

    permanent = False
    code = "engine_failed"

    def __init__(self, engine: str, why: str) -> None:
        super().__init__(f"The speech engine {engine} stopped before it was done: {why}.")
        self.engine = engine
        self.why = why


class Cancelled(TranscriptionError):
    """The caller asked to stop; nothing was stored."""

    permanent = False
    code = "cancelled"

    def __init__(self) -> None:
        super().__init__("Transcribing was stopped on request.")


class NotATranscript(TranscriptionError, ValueError):
    """The data is not a transcript in a shape we know; `where` names the part that is wrong."""

    code = "not_a_transcript"

    def __init__(self, why: str, *, where: str = "") -> None:
        super().__init__(f"not a transcript: {why}" + (f" (at {where})" if where else ""))
        self.why = why
        self.where = where


class WrongChannels(TranscriptionError):
    """The roles given for the channels do not fit the recording or the call's facts."""

    code = "wrong_channels"


class NoTimes(TranscriptionError):
    """The transcript has turns without times, so it cannot be written as subtitles."""

    code = "no_times"

    def __init__(self, turn: int) -> None:
        super().__init__(f"Turn {turn + 1} has no times, so this transcript cannot become subtitles: write it as text.")
        self.turn = turn
