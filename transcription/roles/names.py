"""Company and rep names heard in noisy text: who introduces himself with them, and who only mentions them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from transcription.roles.cues import plain_text
from transcription.roles.sides import RoleHints

ALIKE: Final = 85.0
"""Least likeness (RapidFuzz partial ratio, 0..100) at which a garbled name of five letters or more is that name."""

FUZZY_FROM: Final = 5
"""Letters from which a name is matched fuzzily; shorter ones must be there exactly."""

GREETING_SAYINGS: Final = 3
"""A voice that names the company in its first sayings introduces itself."""

COMPANY_IN_GREETING: Final = 1.8
COMPANY_LATER: Final = 0.5
OWN_NAME: Final = 2.2
ADDRESSES_REP: Final = -1.0

_SELF: Final = {
    "en": ("my name is", "this is", "i am", "im", "name is", "speaking with", "speaking to"),
    "ru": ("меня зовут", "это", "зовут", "я"),
    "ko": ("저는", "제 이름은", "저"),
    "zh": ("我是", "我叫", "我姓", "叫我"),
}
_SELF_AFTER: Final = {
    "en": (" speaking", " calling", " here"),
    "ru": (" слушает", " слушаю", " у телефона"),
    "ko": ("입니다", " 입니다", "이라고", "라고", "인데", "이에요", "예요", "이고요"),
    "zh": ("为您服务", "为你服务"),
}
_NEAR: Final = 24
"""Characters before a name in which "my name is" makes it the speaker's own."""


def name_cues(sayings: Sequence[str], hints: RoleHints) -> Iterator[tuple[str, float]]:
    """Cues from the names in the hints; `sayings` are one side's, as `plain_text` makes them."""
    spaced = hints.language not in ("zh", "ko")
    companies = [plain_text(name, hints.language) for name in hints.company_names]
    reps = [part for name in hints.rep_names for part in _forms(name, hints.language)]
    if any(
        find_name(text, name, spaced=spaced) is not None for text in sayings[:GREETING_SAYINGS] for name in companies
    ):
        yield "company_name", COMPANY_IN_GREETING
    elif any(find_name(text, name, spaced=spaced) is not None for text in sayings for name in companies):
        yield "company_name", COMPANY_LATER
    own = other = False
    for text in sayings:
        for name in reps:
            at = find_name(text, name, spaced=spaced)
            if at is None:
                continue
            before = text[max(0, at - _NEAR) : at]
            after = text[at + len(name) : at + len(name) + _NEAR]
            introduced = any(phrase in before for phrase in _SELF.get(hints.language or "", ())) or after.startswith(
                _SELF_AFTER.get(hints.language or "", ())
            )
            own, other = own or introduced, other or not introduced
    if own:
        yield "own_name", OWN_NAME
    elif other:
        yield "rep_addressed", ADDRESSES_REP


def find_name(text: str, name: str, *, spaced: bool = True) -> int | None:
    """Where a name stands in the text, None if it does not: exactly, or nearly for names of FUZZY_FROM letters.

    With `spaced` it must stand as a word; Chinese and Korean endings join on to names.
    """
    if not name or not text:
        return None
    at = f" {text} ".find(f" {name} ") if spaced else text.find(name)
    if at >= 0:
        return at
    if len(name) < FUZZY_FROM or len(text) < len(name):
        return None
    from rapidfuzz.fuzz import partial_ratio_alignment

    found = partial_ratio_alignment(name, text, score_cutoff=ALIKE)
    return None if found is None else found.dest_start


def _forms(name: str, language: str | None) -> list[str]:
    """A rep is called by his whole name or its first part."""
    whole = plain_text(name, language)
    parts = whole.split()
    return [whole, parts[0]] if len(parts) > 1 and len(parts[0]) > 1 else [whole]
