"""Numbers that give themselves away with nothing announced: a card by its digits, a mobile, a Chinese identity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from transcription.redaction.checks import is_chinese_id, is_phone, passes_luhn
from transcription.redaction.dictation import Segment

_CODE: Final = 4
_DICTATED: Final = 6


def gives_away(said: Sequence[str], segment: Segment, regions: Sequence[str]) -> tuple[float, str]:
    """Numbers that give themselves away: a card by its check digit and shape, a mobile, a Chinese identity."""
    sizes = [len(n.atom.digits) for n in segment.numbers]
    dictated = max(sizes) <= _DICTATED or len(sizes) == 1
    for digits in said:
        if is_chinese_id(digits):
            return 1.0, "document:zh_id"
        if passes_luhn(digits) and dictated and _issued(digits):
            return 0.7, "card"
        if len(digits) in (15, 16) and _issued(digits) and sizes[:4] == [4, 4, 4, 4]:
            return 0.6, "card"
    # Prices named one after another ("19000", "18500") may make a phone's digits, but not in a phone's groups.
    grouped = len(sizes) == 1 or max(sizes) <= 4 or said[0].startswith("0")
    if dictated and grouped and any(is_phone(digits, regions, mobile=True) for digits in said):
        return 0.55, "phone"
    return 0.0, ""


def _issued(digits: str) -> bool:
    """Begins as cards do: 3 to 6, or 2200 to 2720 (Mir, Mastercard), and not as a row of years."""
    return digits[0] in "3456" or "2200" <= digits[:4] <= "2720"


def card_beside_more(segment: Segment) -> tuple[float, str]:
    """A whole card by its check digit with its date or code beside it ("4242 4242 4242 4242, 12/27, 123")."""
    atoms = [number.atom for number in segment.numbers]
    for first in range(len(atoms)):
        if first and atoms[first - 1].sort != "dated":
            continue
        digits = ""
        for last in range(first, len(atoms)):
            if atoms[last].sort not in ("plain", "loose") or len(digits) > 16:
                break
            digits += atoms[last].digits
            rest = atoms[last + 1 : last + 2 + _CODE]
            near = not rest or rest[0].sort == "dated" or sum(len(atom.digits) for atom in rest) <= _CODE
            alone = first == last or all(len(atom.digits) <= _DICTATED for atom in atoms[first : last + 1])
            if len(digits) in (15, 16) and near and alone and _issued(digits) and passes_luhn(digits):
                return 0.7, "card"
    return 0.0, ""
