"""Korean: matched by syllables, endings and particles left open, so that 비싸 finds 비싸요, 비쌉니다 and 비싼데요.

A phrase's last syllable without a final consonant stands for it with any final consonant: 비싸 finds 비쌉니다.
하다 and 되다 are matched in their contracted forms too (해 as 하, 돼 as 되): 생각하 finds 생각해 볼게요.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from operator import eq
from types import MappingProxyType
from typing import Final

from scoring.languages.base import Filled, Sentence, Token, WordPattern, new_token
from scoring.languages.codes import FAMILY_MARK, FINALS, WORD_ENDS, Codes, head_of
from scoring.languages.joined import Joined, is_syllable
from scoring.languages.korean_dates import korean_date
from scoring.languages.korean_questions import korean_is_open, korean_questions

_FIRST: Final = 0xAC00
_LAST: Final = 0xD7A3
_FINALS: Final = FINALS
_VOWELS: Final = 21
# (initial, vowel) pairs that are one verb's contracted and full form: ㅎㅐ as ㅎㅏ, ㄷㅙ as ㄷㅚ.
_CONTRACTED: Final = {(18, 1): (18, 0), (3, 10): (3, 11)}


@lru_cache(maxsize=16384)
def _written_out(syllable: str) -> str:
    code = ord(syllable) - _FIRST if len(syllable) == 1 else -1
    if not 0 <= code <= _LAST - _FIRST:
        return syllable
    initial, rest = divmod(code, _VOWELS * _FINALS)
    vowel, final = divmod(rest, _FINALS)
    initial, vowel = _CONTRACTED.get((initial, vowel), (initial, vowel))
    return chr(_FIRST + (initial * _VOWELS + vowel) * _FINALS + final)


_Written = tuple[tuple[Token, ...], bool, bool, bool]
"""What is written between two spaces: its tokens, whether a sentence ends behind it and asks, and whether that is all
that can be told of it without looking around."""

_REMEMBERED: Final = 65536
_WRITTEN: Final[dict[str, _Written]] = {}
"""What was read before: a call says few written words that no call before it said."""

_MARKS: Final = re.compile(r"[.!?。？！]+")


def _family(stem: str) -> str:
    """The key of a syllable with any final consonant; other stems are families of their own."""
    code = ord(stem) - _FIRST if len(stem) == 1 else -1
    return f"{chr(ord(stem) - code % _FINALS)}{FAMILY_MARK}" if 0 <= code <= _LAST - _FIRST else stem


class Korean(Joined):
    """See `Language`."""

    code = "ko"
    families: Filled | None = Filled(_family)
    marks_words = True
    gap = 8
    fillers = frozenset(
        ("음", "어", "에", "으음", "어어", "음음", "저기", "그", "막", "아", "으", "흠", "이제", "인제")
    )
    currency = MappingProxyType({"$": "달러", "€": "유로", "£": "파운드", "¥": "엔", "₽": "루블", "₩": "원"})
    percent = "퍼센트"
    common = frozenset("이가는은을를에의도로고다요네그저아지하시니면서거게한데있없수나라자들만기어인")
    joining = frozenset()

    @classmethod
    def normal(cls, syllable: str) -> str:
        """Contracted forms of 하다 and 되다 are matched as the full ones."""
        return _written_out(syllable)

    def keys(self, stems: frozenset[str]) -> frozenset[str]:
        """A syllable with any final consonant is looked for by the one key of all twenty-eight."""
        families = frozenset(map(_family, stems))
        return families if len(stems) == _FINALS and len(families) == 1 else stems

    def split(self, text: str) -> tuple[Sentence, ...]:
        """The sentences of a turn, without stammers: "비 비싸네요" is read as "비싸네요"."""
        sentences = self._split_plain(text)
        if sentences is None:
            sentences = super().split(text)
        return tuple(
            [
                Sentence(_without_stammers(sentence.tokens), sentence.asks, sentence.ended)
                if _may_stammer(sentence.tokens)
                else sentence
                for sentence in sentences
            ]
        )

    def _split_plain(self, text: str) -> Sequence[Sentence] | None:
        """The sentences of a text of known written words; None where a mark in one belongs to the words before it."""
        sentences: list[Sentence] = []
        tokens: list[Token] = []
        add = tokens.append
        at = 0
        for written in text.split(" "):
            if written:
                found = _WRITTEN.get(written)
                if found is None:
                    if len(_WRITTEN) >= _REMEMBERED:
                        _WRITTEN.clear()
                    _WRITTEN[written] = found = self._read_written(written)
                said, ends, asks, plain = found
                if not plain:
                    return None
                for stem, surface, start, end, head in said:
                    add(new_token(Token, (stem, surface, at + start, at + end, head)))
                if ends:
                    sentences.append(new_token(Sentence, (tuple(tokens), asks, True)))
                    tokens.clear()
                at += len(written)
            at += 1
        if tokens:
            sentences.append(new_token(Sentence, (tuple(tokens), False, False)))
        return sentences

    def _read_written(self, written: str) -> _Written:
        """What stands between two spaces."""
        read = super().split(written)
        begins = read[0].tokens[0].start if read else len(written)
        if len(read) > 1 or any(mark.start() < begins for mark in _MARKS.finditer(written)):
            return (), False, False, False
        if not read:
            return (), False, False, True
        return read[0].tokens, read[0].ended, read[0].asks, True

    def patterns(self, word: str, codes: Codes, *, exact: bool, marked: bool) -> tuple[WordPattern, ...]:
        """A phrase's word, syllable by syllable; `=네` is the whole written word 네 and nothing more."""
        # A word said as a hesitation is dropped from speech when it stands alone; in a phrase it is a particle.
        tokens = self.tokens(word) or tuple(Token(self.normal(c), c, n, n + 1, head=n == 0) for n, c in enumerate(word))
        found: list[WordPattern] = []
        for number, token in enumerate(tokens):
            last = number == len(tokens) - 1
            if exact:
                character = codes.word(token.stem)
                begun = head_of(character) if number == 0 else character
                found.append(WordPattern(begun, frozenset((token.stem,)), WORD_ENDS if last else ""))
                continue
            forms = [token.stem]
            if last and _is_open_syllable(token.stem):
                forms = [chr(code) for code in range(ord(token.stem), ord(token.stem) + _FINALS)]
            characters = "".join([codes.word(form) for form in forms])
            if marked:
                characters += "".join(map(head_of, characters))
            found.append(WordPattern(characters, frozenset(forms)))
        return tuple(found)

    def questions(self, sentence: Sentence, *, punctuated: bool) -> Iterator[tuple[int, int]]:
        return korean_questions(sentence, punctuated=punctuated)

    def is_open(self, tokens: Sequence[Token]) -> bool:
        return korean_is_open("".join(token.surface for token in tokens))

    def resolve_date(self, words: Sequence[str], day: date) -> date | None:
        return korean_date("".join(words), day)


def _may_stammer(tokens: tuple[Token, ...]) -> bool:
    """Whether a written word's first syllable is that of the next word, one or two syllables on."""
    begun = [token[1] if token[4] else number for number, token in enumerate(tokens)]
    return any(map(eq, begun, begun[1:])) or any(map(eq, begun, begun[2:]))


def _without_stammers(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The tokens without a written word of one or two syllables that the next word begins with again."""
    said = [token.surface for token in tokens]
    said += ["", ""]
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        again = token.head and (said[at] == said[at + 1] or said[at] == said[at + 2])
        length = _stammer(tokens, at) if again else 0
        if length == 0:
            kept.append(token)
        at += length or 1
    return tuple(kept)


def _stammer(tokens: tuple[Token, ...], at: int) -> int:
    """How many syllables (1 or 2) from a written word's first are said again right behind; 0 when none are."""
    for length in (1, 2):
        begun, again = tokens[at : at + length], tokens[at + length : at + 2 * length]
        if [(t.surface, t.head) for t in begun] == [(t.surface, t.head) for t in again]:
            return length if is_syllable(tokens[at].surface) else 0
    return 0


def _is_open_syllable(text: str) -> bool:
    return is_syllable(text) and _FIRST <= ord(text) <= _LAST and (ord(text) - _FIRST) % _FINALS == 0
