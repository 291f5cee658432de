"""The one way a finished transcript is made fit to be stored, searched, printed and logged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transcription.redaction import Redacted
    from transcription.transcript import Transcript


def make_private(transcript: Transcript) -> Redacted:
    """The transcript with private numbers masked in its turns and in what clean-up took out, and what the masks hide.

    Pieces that clean-up removed were invented by the engine or said by nobody: their originals are not kept.
    """
    from transcription.redaction import redact, redact_text  # rules of four languages: only who needs them pays

    redacted = redact(transcript)
    masked = redacted.transcript
    removed = tuple(replace(piece, text=redact_text(piece.text, masked.language)) for piece in masked.removed)
    return replace(redacted, transcript=replace(masked, removed=removed))
