"""Errors of the application: each carries its facts, and its text says what happened, what was kept, what to do."""

from __future__ import annotations

from typing import ClassVar


class ReviewError(Exception):
    """Base of all of them; `code` is a short name for logs and programs."""

    code: ClassVar[str] = "error"


class StorageFull(ReviewError):
    """Too little room for recordings: `free` bytes are left and `floor` must stay free."""

    code = "storage_full"

    def __init__(self, free: int, floor: int) -> None:
        super().__init__(
            f"The disk is almost full ({_megabytes(free)} free, {_megabytes(floor)} must stay free): nothing was "
            "stored. Free some space and send the recording again."
        )
        self.free = free
        self.floor = floor


class NoSuchCall(ReviewError):
    """There is no call with this id."""

    code = "no_such_call"

    def __init__(self, call_id: int) -> None:
        super().__init__(f"There is no call {call_id}.")
        self.call_id = call_id


class NotRetried(ReviewError):
    """A call cannot be started again from the state it is in."""

    code = "not_retried"

    def __init__(self, call_id: int, state: str) -> None:
        super().__init__(
            f"Call {call_id} is in the state '{state}' and was left as it is: only a call that failed or waits for a "
            "speech model can be started again."
        )
        self.call_id = call_id
        self.state = state


class IntakeRefused(ReviewError):
    """What was sent cannot become a call; nothing of it was kept."""

    code = "refused"


class NothingSent(IntakeRefused):
    """Neither a recording nor a transcript came."""

    code = "nothing_sent"

    def __init__(self) -> None:
        super().__init__("No recording was sent: choose one audio file, or one for each side of the call.")


class EmptyFile(IntakeRefused):
    """A file of zero bytes."""

    code = "empty_file"

    def __init__(self, name: str) -> None:
        super().__init__(f"'{name}' is empty (0 bytes), so nothing was kept: export it again and send it anew.")
        self.name = name


class NotAudio(IntakeRefused):
    """A file that is no recording; `looks_like` says what it seems to be."""

    code = "not_audio"

    def __init__(self, name: str, looks_like: str) -> None:
        super().__init__(
            f"'{name}' is not a recording: it looks like {looks_like}. Nothing was kept. "
            "Send WAV, MP3, Ogg, FLAC, M4A, WebM or AMR."
        )
        self.name = name
        self.looks_like = looks_like


class NotATranscriptFile(IntakeRefused):
    """A transcript that came with a call and is none; `why` says what is wrong with it."""

    code = "not_a_transcript"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"'{name}' cannot be used as a transcript ({why}). Nothing was kept. Send JSON, VTT or SRT.")
        self.name = name
        self.why = why


class TooLarge(IntakeRefused):
    """A file over the limit of `limit` bytes."""

    code = "too_large"

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(
            f"'{name}' is larger than {_megabytes(limit)}, the most one file may have. Nothing was kept. "
            "Send it compressed (Opus, MP3) or raise CALLCOACH_MAX_UPLOAD_MB."
        )
        self.name = name
        self.limit = limit


class TooManyLegs(IntakeRefused):
    """More files than a call has sides."""

    code = "too_many_legs"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} files came for one call, but a call has one recording or one for each side. Nothing was kept: "
            "send every call by itself."
        )
        self.count = count


class BadFacts(IntakeRefused):
    """A call fact that cannot be read: `field`, the `value` as delivered, and the `fix`."""

    code = "bad_facts"

    def __init__(self, field: str, value: str, fix: str) -> None:
        super().__init__(f"The fact '{field}' cannot be '{value}': {fix}. Nothing was kept.")
        self.field = field
        self.value = value
        self.fix = fix


def _megabytes(size: int) -> str:
    return f"{size / 1024**3:.1f} GB" if size >= 1024**3 else f"{size / 1024**2:.0f} MB"
