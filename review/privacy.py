"""The one way a finished transcript is made fit to be stored, searched, printed and logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transcription.redaction import Redacted
    from transcription.transcript import Transcript


def make_private(transcript: Transcript) -> Redacted:
    """The transcript with private numbers masked, in its turns and in what clean-up took out, and what they hide."""
    from transcription.redaction import redact  # rules of four languages: only who needs them pays

    return redact(transcript)
