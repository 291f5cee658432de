"""Masks private numbers in transcripts: cards and their codes, phones, e-mails, passports and other documents.

Pure and deterministic, in English, Russian, Korean and Chinese: the same transcript gives the same masks. Nothing is
learned from or kept of what is masked; the caller stores `Redacted.originals` sealed or drops them.
"""

from __future__ import annotations

from transcription.redaction.masking import mask, mask_text, restore
from transcription.redaction.muting import MuteSpan, mute_spans
from transcription.redaction.types import MASKS, Original, Place, Redacted
from transcription.transcript import Transcript, Turn

__all__ = ["MASKS", "MuteSpan", "Original", "Place", "Redacted", "mute_spans", "redact", "redact_text", "restore"]


def redact(transcript: Transcript) -> Redacted:
    """The transcript with private numbers masked, and what the masks hide.

    Masked text is left as it is, so redacting twice changes nothing. `restore` brings the transcript back exactly.
    """
    from transcription.redaction.detection import find_private

    return mask(transcript, find_private(transcript.turns, transcript.language))


def redact_text(text: str, language: str | None = None) -> str:
    """Free text (a note, a comment, a log line, a title) with private numbers masked."""
    from transcription.redaction.detection import find_private

    return mask_text(text, find_private((Turn("system", text),), language))
