"""Check digits and number ranges: cards, phones, Chinese identity numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

_CHINESE_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHINESE_CHECKS: Final = "10X98765432"


def passes_luhn(digits: str) -> bool:
    """13 to 19 digits whose check digit is right (ISO/IEC 7812-1)."""
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_chinese_id(digits: str) -> bool:
    """18 digits with a possible birth date and the right check digit (GB 11643); one that ends in X has 17."""
    if len(digits) not in (17, 18) or digits[6:8] not in ("19", "20"):
        return False
    if not (1 <= int(digits[10:12]) <= 12 and 1 <= int(digits[12:14]) <= 31 and digits[0] in "123456"):
        return False
    check = _CHINESE_CHECKS[sum(int(d) * w for d, w in zip(digits, _CHINESE_WEIGHTS, strict=False)) % 11]
    return check == (digits[17] if len(digits) == 18 else "X")


def is_phone(digits: str, regions: Sequence[str], mobile: bool = False) -> bool:
    """A valid number of one of the regions, local or with the country's code; `mobile` asks for an unmistakable one."""
    if not 7 <= len(digits) <= 13:
        return False
    return any(_valid(digits, region, mobile) for region in regions)


@lru_cache(maxsize=4096)
def _valid(digits: str, region: str, mobile: bool) -> bool:
    phonenumbers: Any = __import__("phonenumbers")
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return False
    if not phonenumbers.is_valid_number_for_region(number, region):
        return False
    if not mobile:
        return True
    sort = phonenumbers.number_type(number)
    sorts = phonenumbers.PhoneNumberType
    return len(digits) >= 10 and sort in (sorts.MOBILE, sorts.FIXED_LINE_OR_MOBILE)
