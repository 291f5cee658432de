"""What the model of client turns reads in a turn: its words, words of like meaning, and what the rep said before.

Every sign is a short text, so that a weight can be named. Words are stems and pairs of neighbours, in Korean and
Chinese runs of syllables; the pack's `turn_words.txt` puts words of like meaning into classes, and classes are signs
as words are. A long turn is read in pieces of about the length the model was trained on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import chain, pairwise
from math import sqrt
from operator import add
from typing import Final

from scoring.case import Case
from scoring.conversation import MergedTurn
from scoring.hits import Hit
from scoring.languages import Language, Token
from scoring.quotes import clauses

PIECE: Final = 8
"""Times the language's gap (24 words, 64 Korean or 48 Chinese syllables): the length of a piece of a turn."""

BEGIN: Final = "^"
END: Final = "$"
VOTE: Final = "v:"
CUED: Final = "v!"
_WORD: Final = "_"
_RUNS: Final = {"ko": (2, 3, 4), "zh": (1, 2, 3)}
_FEWEST: Final = 8
"""Signs a piece counts as having at least: a word of a short turn does not say everything."""

OFFERED: Final = frozenset({"c:price_given", "c:next_step", "c:asks_decision", "c:proposal", "c:upsell_offer"})
"""The rep's turn before offered something: there a client objects or takes it up, elsewhere most turns inform.

A benefit named in passing and a request ("may I text you") are no offers: on real calls replies to them were objections
no oftener than other turns.
"""

Classes = Mapping[str, tuple[tuple[int, ...], Mapping[tuple[str, ...], tuple[str, ...]]]]
"""By the first token of a word: how long the words are that begin with it, longest first, and the classes of each."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a turn: its tokens, and the number of the sentence it begins in."""

    sentence: int
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Signs:
    """What is read in a piece, by kind; each sign once."""

    words: frozenset[str]
    classes: frozenset[str]
    context: frozenset[str]


def strength(signs: int) -> float:
    """How much each of so many signs of a kind counts: many weak ones do not outdo a few strong ones."""
    return 4 / sqrt(max(_FEWEST, signs))


def pieces(turn: MergedTurn, language: Language) -> list[Part]:
    """The turn in pieces: short sentences together, long ones cut at their clauses."""
    most = PIECE * language.gap
    if turn.size <= most:
        tokens = tuple(token for sentence in turn.sentences for token in sentence.tokens)
        return [Part(0, tokens)] if tokens else []
    found: list[Part] = []
    number, held = 0, list[Token]()
    for sentence, part in _clauses(turn, language):
        if held and len(held) + len(part) > most:
            found.append(Part(number, tuple(held)))
            held = []
        if not held:
            number = sentence
        held.extend(part)
    if held:
        found.append(Part(number, tuple(held)))
    return found


def _clauses(turn: MergedTurn, language: Language) -> Iterator[tuple[int, Sequence[Token]]]:
    most = PIECE * language.gap
    for number, sentence in enumerate(turn.sentences):
        if len(sentence.tokens) <= most:
            yield number, sentence.tokens
            continue
        for part in clauses(turn.text, sentence.tokens, language):
            for start in range(0, len(part), most):
                yield number, part[start : start + most]


def word_runs(tokens: Sequence[Token], language: Language) -> Iterator[tuple[str, int, int]]:
    """Every sign made of words with its first and last token."""
    last = len(tokens) - 1
    if not language.joined:
        stems = [BEGIN, *(token[0] for token in tokens), END]
        for place, token in enumerate(tokens):
            yield token[0], place, place
        for place, (one, other) in enumerate(pairwise(stems)):
            yield f"{one} {other}", max(0, place - 1), min(last, place)
        return
    marked, places = [BEGIN], [0]
    for place, token in enumerate(tokens):
        if language.marks_words and token.head:
            marked.append(_WORD)
            places.append(place)
        marked.append(token[0])
        places.append(place)
    marked.append(END)
    places.append(last)
    for size in _RUNS[language.code]:
        for at in range(len(marked) - size + 1):
            yield "".join(marked[at : at + size]), places[at], places[at + size - 1]


def class_places(tokens: Sequence[Token], classes: Classes) -> list[tuple[tuple[str, ...], int, int]]:
    """The classes met, in order, each with the first and last token of its word; the longest word wins."""
    found = []
    stems = [token[0] for token in tokens]
    skip = 0
    for place, words in enumerate(map(classes.get, stems)):
        if words is None or place < skip:
            continue
        for long in words[0]:
            word = tuple(stems[place : place + long])
            names = words[1].get(word)
            if names is not None:
                skip = place + len(word)
                found.append((names, place, skip - 1))
                break
    return found


def class_runs(tokens: Sequence[Token], classes: Classes) -> Iterator[tuple[str, int, int]]:
    """Every class met with the first and last token of its word."""
    for names, first, last in class_places(tokens, classes):
        for name in names:
            yield f"#{name}", first, last


def context_signs(case: Case, turn: int) -> frozenset[str]:
    """What the rep's turn before holds: its groups, and whether it asks."""
    if turn < 1:
        return frozenset({"c:first"})
    said = {f"c:{_kind(group)}" for group in case.groups_in(turn - 1)}
    questions = case.asked.get(turn - 1, ())
    if questions:
        said.add("c:question")
    if any(question.open for question in questions):
        said.add("c:open")
    return frozenset(said)


def vote_signs(case: Case, cues: Iterable[Hit], turn: int, start: int, end: int) -> frozenset[str]:
    """What the pack's phrases find in a piece of a turn, and which of it are cues of an objection by the rules."""
    found = {f"{VOTE}{hit.group}" for hit in case.overlapping(turn, start, end)}
    for hit in cues:
        if hit.start < end and start < hit.end:
            found.update((CUED, f"{CUED}{hit.group}"))
    return frozenset(found)


def _kind(group: str) -> str:
    return group if group.startswith("asks.") else group.split(".", 1)[0]


def read_signs(tokens: Sequence[Token], language: Language, classes: Classes, context: frozenset[str]) -> Signs:
    """The signs of a piece said after that context."""
    return Signs(
        frozenset(word_signs(tokens, language)),
        frozenset([f"#{name}" for names, _, _ in class_places(tokens, classes) for name in names]),
        context,
    )


def word_signs(tokens: Sequence[Token], language: Language) -> Iterator[str]:
    """The signs of `word_runs` without their places, each of one size put together at once."""
    stems = [token[0] for token in tokens]
    if not language.joined:
        return chain(stems, map(" ".join, pairwise([BEGIN, *stems, END])))
    marked = [BEGIN]
    if language.marks_words:
        for token in tokens:
            if token[4]:
                marked.append(_WORD)
            marked.append(token[0])
    else:
        marked += stems
    marked.append(END)
    runs: list[Iterable[str]] = [marked]
    for size in range(2, max(_RUNS[language.code]) + 1):
        runs.append(list(map(add, runs[-1], marked[size - 1 :])))
    return chain.from_iterable([runs[size - 1] for size in _RUNS[language.code]])


@lru_cache(maxsize=8)
def read_classes(language: Language) -> Classes:
    """The pack's words of like meaning (`turn_words.txt`: a class, a colon, its words); empty where it has none."""
    file = resources.files("scoring").joinpath("packs", language.code, "turn_words.txt")
    if not file.is_file():
        return {}
    by_word: dict[tuple[str, ...], list[str]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, words = line.split(":", 1)
        for word in words.split():
            stems = tuple(token.stem for token in language.tokens(word))
            names = by_word.setdefault(stems, [])
            if name not in names:
                names.append(name)
    by_first: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {}
    for stems in sorted(stems for stems in by_word if stems):
        by_first.setdefault(stems[0], {})[stems] = tuple(by_word[stems])
    return {
        first: (tuple(sorted({len(word) for word in words}, reverse=True)), words) for first, words in by_first.items()
    }
