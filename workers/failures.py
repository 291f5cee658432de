"""What a failed step says to people: from an exception to what happened, what was kept and what to do."""

from __future__ import annotations

from review.errors import ReviewError, StorageFull
from review.states import Failure, Step
from transcription.errors import (
    NO_ROOM,
    AudioLimits,
    AudioTooLong,
    EngineFailed,
    MachineLimit,
    NotATranscript,
    TranscriptionError,
    UnreadableAudio,
)

ADVICE: dict[type[Exception], str] = {
    UnreadableAudio: "Export the recording again from the telephone system and upload it anew.",
    AudioTooLong: "Cut the recording and upload the parts.",
    AudioLimits: "Export the recording in an ordinary format (WAV, MP3, Opus) and upload it anew.",
    NotATranscript: "Send the transcript as JSON, VTT or SRT, or upload the recording without it.",
    EngineFailed: "Press Retry; if it happens again, ask your administrator to look at the log.",
    StorageFull: "Free some space, then press Retry.",
}
GOES_ON: dict[str, str] = {
    "disk": "Free some space on this disk: the call goes on by itself within five minutes.",
    "file": "Raise the limit on the size of files (ulimit -f) and start the workers again: the call goes on by itself.",
}
"""What to do about a machine that has too little for any call; until then no call is counted as failed."""

LATER_SECONDS = 300.0
"""How long a call waits for such a machine."""

KEPT = "The original recording is kept."
KEPT_WITH_TRANSCRIPT = "The original recording and its transcript are kept."


def is_permanent(error: Exception) -> bool:
    """Whether trying the same input again cannot help."""
    return isinstance(error, TranscriptionError) and error.permanent


def waits_for_machine(error: Exception) -> bool:
    """Whether any call would fail here now, so that this one waits without an attempt being counted."""
    limit = machine_limit(error)
    return limit is not None and limit.limit in GOES_ON


def machine_limit(error: Exception) -> MachineLimit | None:
    """What the machine has too little of, where that is what went wrong."""
    if isinstance(error, MachineLimit):
        return error
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return MachineLimit("disk", str(error.filename) if error.filename else None)
    return None


def describe(error: Exception, step: Step) -> Failure:
    """The failure as the call's page shows it; details of our own faults stay in the log."""
    error = machine_limit(error) or error
    kept = KEPT if step == "transcribe" else KEPT_WITH_TRANSCRIPT
    advice = next((text for kind, text in ADVICE.items() if isinstance(error, kind)), None)
    if isinstance(error, MachineLimit):
        reason = MachineLimit(error.limit).reason  # where, only the log says
        return Failure(error.code, reason, kept, GOES_ON.get(error.limit, error.advice))
    if isinstance(error, (TranscriptionError, ReviewError)):
        return Failure(error.code, str(error), kept, advice or "Press Retry to try again.")
    if isinstance(error, MemoryError):
        return Failure(
            "out_of_memory",
            "There was not enough memory for this step.",
            kept,
            "Press Retry when less is going on, or give the machine more memory.",
        )
    doing = "transcribing" if step == "transcribe" else "scoring"
    return Failure(
        "internal_error",
        f"Something went wrong on our side while {doing} ({type(error).__name__}).",
        kept,
        "Press Retry; if it happens again, ask your administrator to look at the log.",
    )
