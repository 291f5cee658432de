"""What languages written in words share: how a turn is cut into words, without stammers and false starts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from scoring.languages.base import PIECE, Language, Sentence, Token, ends_sentence, folded, mask_tokens, new_token

_FIGURES: Final = tuple("#0123456789")


class _Written(NamedTuple):
    """What is written between two spaces: stem, surface, first and last character of each word, and a mark behind.

    `plain` is False where its reading depends on more than itself.
    """

    words: tuple[tuple[str, str, int, int], ...]
    ends: bool
    asks: bool
    plain: bool


_CARE: Final = _Written((), ends=False, asks=False, plain=False)
_REMEMBERED: Final = 65536
_WRITTEN: Final[dict[str, dict[str, _Written]]] = {}
"""What was written before, by language: a call says few words that no call before it said."""


class Words(Language):
    """A language of words: a token is a word in its stem, and one short form may stand for several words."""

    abbreviations: frozenset[str] = frozenset()
    """Words behind which a full stop ends no sentence."""

    may_repeat: frozenset[str] = frozenset()
    """Words that are said twice for sense ("bye bye"); any other repeat is a stammer."""

    currency: Mapping[str, str] = MappingProxyType({})
    percent: str = ""

    after_number: frozenset[str] = frozenset()
    """Endings written behind a number ("5th"), which are no words."""

    compounds: Mapping[str, tuple[str, str]] = MappingProxyType({})
    """A word that belongs to the one before it: {"mail": ("e", "email")}."""

    saying: tuple[str, str] = ("", "")
    """Two words that are often said for nothing, inside a sentence ("you know")."""

    saying_means_after: frozenset[str] = frozenset()
    saying_means_before: frozenset[str] = frozenset()
    """The words around it that make sense of it: "do you know", "you know what"."""

    @abstractmethod
    def words(self, raw: str) -> tuple[tuple[str, str], ...]:
        """The stem and surface of each word that a written word stands for; none for a hesitation."""

    def split(self, text: str) -> tuple[Sentence, ...]:
        """The sentences of a turn. Without punctuation the whole turn is one."""
        sentences = self._split_plain(text)
        if sentences is None:
            sentences = self._split_with_care(text)
        if f" {self.saying[1]} " in text:
            return tuple(Sentence(self._without_saying(s.tokens), s.asks, s.ended) for s in sentences)
        return tuple(sentences)

    def _split_plain(self, text: str) -> list[Sentence] | None:
        """The sentences of a text of known written words; None where something in it depends on what is around it."""
        sentences: list[Sentence] = []
        tokens: list[Token] = []
        add = tokens.append
        known, read = _WRITTEN.setdefault(self.code, {}), self._read_written
        at = 0
        one = two = three = ""
        for written in text.split(" "):
            if written:
                found = known.get(written)
                if found is None:
                    if len(known) >= _REMEMBERED:
                        known.clear()
                    known[written] = found = read(written)
                if not found.plain:
                    return None
                for stem, surface, start, end in found.words:
                    if surface == one or (surface == two and one == three):
                        return None  # perhaps said again for nothing
                    three, two, one = two, one, surface
                    add(new_token(Token, (stem, surface, at + start, at + end, True)))
                if found.ends:
                    sentences.append(new_token(Sentence, (tuple(tokens), found.asks, True)))
                    tokens.clear()
                    one = two = three = ""
                at += len(written)
            at += 1
        if tokens:
            sentences.append(new_token(Sentence, (tuple(tokens), False, False)))
        return sentences

    def _read_written(self, written: str) -> _Written:
        """What stands between two spaces, where that is told without looking around."""
        words: list[tuple[str, str, int, int]] = []
        mark = ""
        end = 0
        for match in PIECE.finditer(written):
            kind = match.lastgroup
            start, end = match.span()
            if mark:
                return _CARE  # something stands behind the mark
            if kind == "end":
                mark = match.group()
            elif kind == "word":
                read = self._words_at(written, start, match.group())
                if any(surface in self.compounds or surface[0] == "#" for _, surface in read):
                    return _CARE
                words += [(stem, surface, start, end) for stem, surface in read]
            elif kind == "number":
                number = folded(match.group())
                words.append((number, number, start, end))
            else:
                read = self.words(self.currency.get(match.group(), self.percent))
                words += [(stem, surface, start, end) for stem, surface in read]
        if mark and not words:
            return _CARE
        ends = bool(mark) and ends_sentence(written, end, mark, words[-1][1], self.abbreviations)
        return _Written(tuple(words), ends, ends and ("?" in mark or "？" in mark), plain=True)

    def _split_with_care(self, text: str) -> list[Sentence]:
        sentences: list[Sentence] = []
        tokens: list[Token] = []
        words, may_repeat, compounds = self.words, self.may_repeat, self.compounds
        for match in PIECE.finditer(text):
            kind = match.lastgroup
            start, end = match.span()
            if kind == "word":
                raw = match.group()
                # What stands right before a word changes it only where that is a bracket or a figure.
                spaced = not start or text[start - 1] == " "
                for stem, surface in words(raw) if spaced else self._words_at(text, start, raw):
                    if tokens:
                        last = tokens[-1].surface
                        if last == surface and surface not in may_repeat and surface[0] != "#":
                            continue
                        if surface in compounds and last == compounds[surface][0]:
                            start, whole = tokens.pop().start, compounds[surface][1]
                            tokens.append(Token(whole, whole, start, end))
                            continue
                    tokens.append(new_token(Token, (stem, surface, start, end, True)))
                    if len(tokens) > 3 and surface == tokens[-3].surface and _said_again(tokens):
                        del tokens[-2:]
            elif kind == "end":
                mark = match.group()
                before = tokens[-1].surface if tokens else ""
                if ends_sentence(text, end, mark, before, self.abbreviations) and tokens:
                    sentences.append(Sentence(tuple(tokens), "?" in mark or "？" in mark, ended=True))
                    tokens = []
            elif kind == "number":
                number = folded(match.group())
                tokens.append(Token(number, number, start, end))
            else:
                for stem, surface in self.words(self.currency.get(match.group(), self.percent)):
                    tokens.append(Token(stem, surface, start, end))
        if tokens:
            sentences.append(Sentence(tuple(tokens), asks=False, ended=False))
        return sentences

    def _without_saying(self, tokens: tuple[Token, ...]) -> tuple[Token, ...]:
        """The tokens without the saying where it stands between words that make no sense of it."""
        said = [token.surface for token in tokens]
        kept: list[Token] = []
        at = 0
        while at < len(tokens):
            if (
                0 < at < len(tokens) - 2
                and (said[at], said[at + 1]) == self.saying
                and said[at - 1] not in self.saying_means_after
                and said[at + 2] not in self.saying_means_before
            ):
                at += 2
                continue
            kept.append(tokens[at])
            at += 1
        return tuple(kept)

    def _words_at(self, text: str, start: int, raw: str) -> tuple[tuple[str, str], ...]:
        """What stands at a place: the kind of a part taken out ([PERSON_NAME]), nothing, or words."""
        if start:
            before = text[start - 1]
            if before == "[" and raw.isupper():
                return mask_tokens(raw)
            if before.isdigit() and raw.lower() in self.after_number:
                return ()
        return self.words(raw)


def _said_again(tokens: list[Token]) -> bool:
    """Whether two words were just said again ("I was, I was"); contractions count as the words they stand for."""
    if tokens[-1].surface != tokens[-3].surface or tokens[-2].surface != tokens[-4].surface:
        return False
    return not tokens[-1].surface.startswith(_FIGURES)
