"""Every word that a pack's phrases know as one character, so that a turn is a short string and a phrase a short search.

Words that no phrase knows share one character. A syllable or Chinese character stands for itself. The ends of sentences
are "|". Numbers, the kinds of what redaction took out, and words each have a range of characters of their own, so that
"a number" and "one word that can be a name" are ranges too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from scoring.languages.base import Language, Token

BOUNDARY: Final = "|"
"""What stands before the first and behind the last token of a sentence."""

FAMILY_MARK: Final = "~"
"""What the key of a family of syllables ends in (`Language.families`)."""

FINALS: Final = 28
"""Syllables of a family: one for each final consonant, and one without."""

NUMBER_KEY: Final = "#digit"
"""The key of any number in digits."""

ANY_WORD: Final = r"[^|]"
HEAD: Final = 0x20000
"""Added to the character of a syllable that begins a written word, on lines that tell (`Codes.marked`)."""

WORD_ENDS: Final = rf"(?=[|{chr(HEAD)}-{chr(2 * HEAD - 1)}])"
"""On marked lines: the expression of the end of a written word."""

_NUMBER: Final = 0xE000  # a number no phrase knows; those they know follow
_LAST_NUMBER: Final = 0xE0FF
_MASKS: Final = {"#name": "\uf8f0", "#org": "\uf8f1", "#money": "\uf8f2", "#date": "\uf8f3", "#mask": "\uf8f4"}
_OTHER_MASK: Final = "\uf8ff"
_JOINED: Final = (0xE100, 0xF8EF)  # the range of written words of several letters among syllables
_WORDS: Final = (0x4E00, 0x9FFF)  # the range of words where no word is written in these characters
_FAMILY: Final = 0x30000  # added to a syllable without final consonant: what stands for its family
ANY_NUMBER: Final = "\U0003ffff"
"""What stands for any number in `Codes.kinds`."""

_KINDS_OF_NUMBERS: Final = dict.fromkeys(range(_NUMBER, _LAST_NUMBER + 1), ANY_NUMBER)


_stem_of: Final = itemgetter(0)
_surface_of: Final = itemgetter(1)


class AlphabetFull(ValueError):
    """A pack's phrases know more words or numbers than there are characters for; carries `most`."""

    def __init__(self, what: str, most: int) -> None:
        super().__init__(f"the pack's phrases know more than {most} {what}")
        self.most = most


class Alphabet(dict[str, str]):
    """The character of each word met so far, by its stem."""

    def __init__(self, codes: Codes) -> None:
        super().__init__()
        self._codes = codes

    def __missing__(self, stem: str) -> str:
        if len(self) >= _MOST:
            self.clear()
        found = self[stem] = self._codes.unmarked(stem)
        return found


_MOST: Final = 65536


class Kinds(dict[str, str]):
    """What each character of a line is one of: a number, or the family of a syllable; others are themselves."""

    def __init__(self, families: Mapping[str, str]) -> None:
        super().__init__()
        self._families = families

    def __missing__(self, character: str) -> str:
        if len(self) >= _MOST:
            self.clear()
        if _NUMBER <= ord(character) <= _LAST_NUMBER:
            found = ANY_NUMBER
        else:
            family = self._families[character]
            found = character if family == character else chr(_FAMILY + ord(family[0]))
        self[character] = found
        return found


class Codes:
    """The characters of a pack's words. `exact`: the forms its phrases ask for exactly."""

    def __init__(self, language: Language, exact: Iterable[str] = ()) -> None:
        self._joined, self._marks = language.joined, language.marks_words
        self._first, self._last = _JOINED if self._joined else _WORDS
        self._next, self._next_number = self._first, _NUMBER + 1
        self._known: dict[str, str] = dict(_MASKS)
        self._forms: dict[tuple[str, str], str] = {}
        self._forms_of: dict[str, str] = {}
        self._kinds = None if language.families is None else Kinds(language.families)
        self._exact = frozenset(exact)
        self._exact_stems = frozenset(language.stem(form) for form in self._exact)
        self._met = Alphabet(self)
        if not self._joined:
            for form in sorted(self._exact):
                for token in language.tokens(form):
                    self.form(token.stem, token.surface)

    def word(self, stem: str) -> str:
        """The characters a phrase's word may stand as, in any form."""
        if stem not in self._known:
            self._known[stem] = self._new(stem)
            self._met.clear()
        plain = self._known[stem]
        return plain + self._forms_of.get(stem, "") if stem in self._exact_stems else plain

    def form(self, stem: str, surface: str) -> str:
        """The character of a word in exactly this form."""
        found = self._forms.get((stem, surface))
        if found is None:
            found = self._forms[stem, surface] = self._new(stem)
            self._forms_of[stem] = self._forms_of.get(stem, "") + found
        return found

    def forms(self, stem: str) -> str:
        """The characters of a word in each form that phrases ask for exactly."""
        return self._forms_of.get(stem, "")

    def line(self, tokens: Sequence[Token]) -> str:
        """The tokens of a sentence, a character each."""
        met = self._met
        if self._joined or self._exact.isdisjoint(map(_surface_of, tokens)):
            return "".join(map(met.__getitem__, map(_stem_of, tokens)))
        exact = self._exact
        return "".join([self._formed(token) if token[1] in exact else met[token[0]] for token in tokens])

    def marked(self, tokens: Sequence[Token]) -> str:
        """The same where it can be told which syllables begin a written word."""
        met = self._met
        return "".join([head_of(met[token[0]]) if token[4] else met[token[0]] for token in tokens])

    def kinds(self, text: str) -> str | None:
        """The line with numbers, and syllables of one family, as one character each; None where there are none."""
        if self._kinds is not None:
            return "".join(map(self._kinds.__getitem__, text))
        if max(text) < chr(_NUMBER):
            return None
        kinds = text.translate(_KINDS_OF_NUMBERS)
        return None if kinds == text else kinds

    def family_kind(self, key: str) -> str:
        """What stands in `kinds` for the family of that key (`Language.families`); empty for any other key."""
        return chr(_FAMILY + ord(key[0])) if self._kinds is not None and key[1:] == FAMILY_MARK else ""

    def characters(self, keys: Iterable[str], *, marked: bool) -> set[str]:
        """The characters of lines that stand for stems of those keys."""
        found: set[str] = set()
        for key in keys:
            if key == NUMBER_KEY:
                found.update(map(chr, range(_NUMBER, _LAST_NUMBER + 1)))
            elif self.family_kind(key):
                found.update(map(chr, range(ord(key[0]), ord(key[0]) + FINALS)))
            else:
                found.update(self.word(key))
        return found.union(map(head_of, found)) if marked else found

    def unmarked(self, stem: str) -> str:
        """The character of a word as said."""
        known = self._known.get(stem)
        if known is not None:
            return known
        if stem[0].isdecimal():
            return chr(_NUMBER)
        if stem[0] == "#":
            return _OTHER_MASK
        return stem if self._joined and len(stem) == 1 else chr(self._last)

    def _formed(self, token: Token) -> str:
        found = self._forms.get((token.stem, token.surface))
        if found is not None:
            return found
        return self._met[token.stem] if token.stem in self._exact_stems else chr(self._last)

    def _new(self, stem: str) -> str:
        if stem[0].isdecimal():
            self._next_number += 1
            if self._next_number > _LAST_NUMBER + 1:
                raise AlphabetFull("numbers", _LAST_NUMBER - _NUMBER)
            return chr(self._next_number - 1)
        if self._joined and len(stem) == 1:
            return stem
        self._next += 1
        if self._next > self._last:
            raise AlphabetFull("words", self._last - self._first)
        return chr(self._next - 1)


def head_of(character: str) -> str:
    """The character of a syllable that begins a written word."""
    return chr(ord(character) + HEAD) if ord(character) < HEAD // 2 else character


def any_of(characters: Iterable[str]) -> str:
    """The expression of one of the characters."""
    places = sorted(set(map(ord, characters)))
    if len(places) == 1:
        return chr(places[0])
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return "[" + "".join(chr(low) if low == high else f"{chr(low)}-{chr(high)}" for low, high in runs) + "]"


def a_number(*, marked: bool) -> str:
    """The expression of a number in digits."""
    return "[" + _range(_NUMBER, _LAST_NUMBER, marked=marked) + "]"


def a_name(codes: Codes, not_names: Iterable[str]) -> str:
    """The expression of one word that can be a name, none of `not_names`."""
    denied = "".join(sorted({c for stem in not_names for c in codes.word(stem) + codes.forms(stem)}))
    return f"[^|{_range(_NUMBER, _LAST_NUMBER, marked=False)}{_MASKS['#money']}-{_OTHER_MASK}{denied}]"


def a_joined_name(*, marked: bool) -> str:
    """The expression of a name among syllables: two to four of them in a row, or one taken out by redaction."""
    out = _MASKS["#name"] + _MASKS["#org"]
    if marked:
        out += "".join(map(head_of, out))
    return f"(?:[{out}]|[^|{_range(_NUMBER, ord(_OTHER_MASK), marked=marked)}]{{2,4}}?)"


def _range(low: int, high: int, *, marked: bool) -> str:
    plain = f"{chr(low)}-{chr(high)}"
    return f"{plain}{chr(low + HEAD)}-{chr(high + HEAD)}" if marked else plain
