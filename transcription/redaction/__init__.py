"""Masks private numbers in transcripts: cards and their codes, phones, e-mails, passports and other documents.

Pure and deterministic, in English, Russian, Korean and Chinese: the same transcript gives the same masks. Nothing is
learned from or kept of what is masked; the caller stores `Redacted.originals` sealed or drops them.
"""

from __future__ import annotations

from transcription.redaction.masking import mask, mask_removed, mask_text, restore
from transcription.redaction.muting import MuteSpan, mute_spans
from transcription.redaction.types import MASKS, Original, Place, Redacted
from transcription.transcript import Transcript, Turn

__all__ = ["MASKS", "MuteSpan", "Original", "Place", "Redacted", "mute_spans", "redact", "redact_text", "restore"]


def redact(transcript: Transcript) -> Redacted:
    """The transcript with private numbers masked, in its turns and in what was removed from it, and what they hide.

    Masked text is left as it is, so redacting twice changes nothing. `restore` brings the transcript back exactly.
    """
    from transcription.redaction.detection import find_private
    from transcription.redaction.removals import find_removed

    masked = mask(transcript, find_private(transcript.turns, transcript.language))
    redactions = masked.transcript.redactions
    found = [find_removed(removed, redactions, transcript.language) for removed in transcript.removed]
    rest = mask_removed(masked.transcript, found)
    return Redacted(rest.transcript, masked.originals + rest.originals)


def redact_text(text: str, language: str | None = None) -> str:
    """Free text (a note, a comment, a log line, a title) with private numbers masked."""
    from transcription.redaction.detection import find_private

    return mask_text(text, find_private((Turn("system", text),), language))
