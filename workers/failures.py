"""What a failed step says to people: from an exception to what happened, what was kept and what to do."""

from __future__ import annotations

from review.errors import ReviewError, StorageFull
from review.states import Failure, Step
from transcription.errors import (
    AudioLimits,
    AudioTooLong,
    EngineFailed,
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
KEPT = "The original recording is kept."
KEPT_WITH_TRANSCRIPT = "The original recording and its transcript are kept."


def is_permanent(error: Exception) -> bool:
    """Whether trying the same input again cannot help."""
    return isinstance(error, TranscriptionError) and error.permanent


def describe(error: Exception, step: Step) -> Failure:
    """The failure as the call's page shows it; details of our own faults stay in the log."""
    kept = KEPT if step == "transcribe" else KEPT_WITH_TRANSCRIPT
    advice = next((text for kind, text in ADVICE.items() if isinstance(error, kind)), None)
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
