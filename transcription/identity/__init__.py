"""Hides who is spoken of: names of people and companies, and postal addresses, for those who may not know them.

Pure and deterministic, in English, Russian, Korean and Chinese. Beside the private numbers that nobody reads, this is
for people from outside who judge calls: they hear how somebody sells, and need not know who the client is.
"""

from __future__ import annotations

from collections.abc import Sequence

from transcription.redaction import Redacted
from transcription.redaction.masking import mask, mask_text
from transcription.redaction.types import Place
from transcription.transcript import Transcript, Turn

__all__ = ["find_identity", "hide_identity", "hide_identity_in_text", "names_of"]


def find_identity(
    turns: Sequence[Turn], language: str | None, people: Sequence[str] = (), companies: Sequence[str] = ()
) -> list[Place]:
    """Names and addresses in the turns, sorted and apart. `people` and `companies` are those known beforehand."""
    from transcription.identity.addresses import find_addresses
    from transcription.identity.companies import find_companies
    from transcription.identity.names import find_names

    named = find_companies(turns, companies)
    found = [*find_addresses(turns), *named, *find_names(turns, people, named)]
    return _apart(found, turns)


def hide_identity(transcript: Transcript, people: Sequence[str] = (), companies: Sequence[str] = ()) -> Redacted:
    """The transcript with names and addresses masked, beside what is masked already, and what they hide."""
    return mask(transcript, find_identity(transcript.turns, transcript.language, people, companies))


def hide_identity_in_text(
    text: str, language: str | None, people: Sequence[str] = (), companies: Sequence[str] = ()
) -> str:
    """A quote, a comment or a title with names and addresses masked."""
    return mask_text(text, find_identity((Turn("system", text),), language, people, companies))


def names_of(hidden: Redacted, companies: Sequence[str] = ()) -> tuple[str, ...]:
    """The names a transcript hid, as they were said: what its quotes must hide as well.

    Not those of the companies known beforehand: they are found in quotes as they are in transcripts, and a company
    of one everyday word would hide that word wherever it is said.
    """
    from transcription.identity.companies import is_company

    said = {original.text for original in hidden.originals if original.kind == "name"}
    return tuple(sorted(name for name in said if not is_company(name, companies)))


def _apart(found: Sequence[Place], turns: Sequence[Turn]) -> list[Place]:
    """Without what lies inside a mask, and joined where two overlap."""
    from transcription.redaction.tokens import MASK_PATTERN

    masks = {n: [match.span() for match in MASK_PATTERN.finditer(turn.text)] for n, turn in enumerate(turns)}
    kept: list[Place] = []
    for place in sorted(found, key=lambda p: (p.turn, p.start, -p.end)):
        if any(place.start < end and start < place.end for start, end in masks[place.turn]):
            continue
        last = kept[-1] if kept else None
        if last is not None and last.turn == place.turn and place.start < last.end:
            if place.end > last.end:
                kept[-1] = Place(last.turn, last.start, place.end, last.kind)
            continue
        kept.append(place)
    return kept
