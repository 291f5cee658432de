"""Phone numbers: read any usual spelling into E.164, and show E.164 as people write it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import phonenumbers

FEWEST_DIGITS: Final = 6  # fewer is an extension or a service number
LONGEST_SPELLING: Final = 60  # characters


def read_phone(text: str, region: str) -> str | None:
    """E.164 of the number in `text`, e.g. `+4930901820`; None when it is no possible number.

    `region` is the two-letter country whose local spelling is assumed when the number has no international prefix.
    """
    text = text.strip()
    if len(text) > LONGEST_SPELLING or sum(character.isdigit() for character in text) < FEWEST_DIGITS:
        return None
    try:
        number = phonenumbers.parse(text, region.upper())
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None  # too short, too long, or only local: 201 is somebody's extension
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@lru_cache(maxsize=4096)
def display_phone(text: str | None) -> str:
    """A number as people write it abroad, e.g. `+49 30 901820`; anything that is no E.164 comes back as it is."""
    if not text:
        return ""
    if not text.startswith("+"):
        return text
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return text
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
