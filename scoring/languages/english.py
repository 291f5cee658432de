"""English: words matched by their Snowball stem."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from scoring.languages.base import Language, Sentence, Token
from scoring.languages.english_dates import english_date
from scoring.languages.english_questions import english_is_open, english_questions
from scoring.languages.english_words import split_sentences, stem_word
from scoring.wordlists import word_set


class English(Language):
    """See `Language`."""

    code = "en"
    common = word_set(
        "i you it is am are be the a an to of in on at for and or but we that this do not have so my your me what "
        "with will would can could just if was there they he she us our get got go no yes as by from"
    )
    joining = frozenset(("and", "then", "so", "but"))

    def split(self, text: str) -> tuple[Sentence, ...]:
        return split_sentences(text)

    def stem(self, word: str) -> str:
        return stem_word(word)

    def questions(self, sentence: Sentence, *, punctuated: bool) -> Iterator[tuple[int, int]]:
        return english_questions(sentence, punctuated=punctuated)

    def is_open(self, tokens: Sequence[Token]) -> bool:
        return english_is_open(tokens)

    def resolve_date(self, words: Sequence[str], day: date) -> date | None:
        return english_date(words, day)
