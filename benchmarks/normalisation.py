"""Words for comparing two transcripts of one call, per language: what is said alike is made to be written alike.

Compatibility forms are folded (NFKC), case and punctuation dropped, numbers written out, and per language: English
contractions kept as they are said and hyphens read as spaces, Russian ё read as е, Korean and Chinese compared by
characters because their spaces (Korean) are free and (Chinese) absent.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

BY_CHARACTERS: Final = frozenset({"zh", "ja", "ko"})
"""Languages whose figure is the character error rate; the others' is the word error rate."""

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d{3})*(?:[.,]\d+)?")
_NOT_SPOKEN: Final = re.compile(r"[^\w' ]+")
_HESITATION: Final = {
    "en": frozenset(("uh", "um", "uhm", "er", "erm", "hm", "hmm", "mm", "mhm", "ah", "eh", "oh")),
    "ru": frozenset(("э", "ээ", "эээ", "эм", "мм", "ммм", "гм", "хм")),
    "ko": frozenset(("어", "음")),
    "zh": frozenset(("嗯", "呃", "啊", "哦")),
}


def said_words(text: str, language: str | None) -> list[str]:
    """The words said, or the characters in languages compared by characters; hesitations are left out."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("ё", "е")
    text = _NUMBER.sub(lambda match: f" {_spoken(match.group(), language)} ", text)
    text = _NOT_SPOKEN.sub(" ", text.replace("-", " ").replace("_", " "))
    words = [word.strip("'") for word in text.split()]
    silent = _HESITATION.get(language or "", frozenset())
    words = [word for word in words if word and word not in silent]
    return [c for word in words for c in word] if language in BY_CHARACTERS else words


def _spoken(number: str, language: str | None) -> str:
    """A number in words; one with a leading zero, or too long to be an amount, digit by digit."""
    plain = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", number).replace(",", ".")
    digits = re.sub(r"\D", "", number)
    if (len(plain) > 1 and plain.startswith("0") and "." not in plain) or len(digits) > 9:
        return " ".join(_name(digit, language) for digit in digits)
    return _name(plain, language)


def _name(number: str, language: str | None) -> str:
    if language == "zh":
        import cn2an

        return str(cn2an.an2cn(number))
    from num2words import num2words

    try:
        return str(num2words(number, lang=language or "en"))
    except NotImplementedError:
        return " ".join(number)  # a language without number names here: digits, the same on both sides
