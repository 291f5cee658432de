"""The languages calls are judged in: how each is cut into tokens, asks questions and names days."""

from __future__ import annotations

from functools import lru_cache

from scoring.languages.base import Language as Language
from scoring.languages.base import Sentence as Sentence
from scoring.languages.base import Token as Token
from scoring.languages.base import read_text as read_text


@lru_cache(maxsize=16)
def language_of(code: str | None) -> Language:
    """The language of a tag ("ru-RU" is served by "ru"); text in any other is read as English words are."""
    short = (code or "").replace("_", "-").split("-")[0].lower()
    if short == "ru":
        from scoring.languages.russian import Russian

        return Russian()
    if short == "ko":
        from scoring.languages.korean import Korean

        return Korean()
    if short == "zh":
        from scoring.languages.chinese import Chinese

        return Chinese()
    from scoring.languages.english import English

    return English()
