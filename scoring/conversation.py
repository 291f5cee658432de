"""A transcript made ready for judging: merged turns whose every character can be quoted and played.

A turn here is everything one role says until the other speaks. `system` is left out. Hits are found on merged text and
handed out as evidence in terms of the transcript as delivered: its turn's index and a quote verbatim in that turn.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import fsum, inf
from typing import Final, NamedTuple

from scoring.assessment import Evidence, Nearest
from scoring.language import guess_language
from scoring.languages import Language, Sentence, language_of, read_text
from transcription.transcript import Transcript, Turn

UNSURE_ROLES = ("speaker_a", "speaker_b")


@dataclass(frozen=True, slots=True)
class Piece:
    """A delivered turn inside a merged one: characters `start`..`end` of the merged text."""

    turn: int
    start: int
    end: int
    begins: float | None
    ends: float | None


class PlacedWord(NamedTuple):
    """A word with its characters in the merged text, its seconds and its confidence."""

    start: int
    end: int
    begins: float | None
    ends: float | None
    confidence: float | None


@dataclass(frozen=True, slots=True)
class MergedTurn:
    """One role's talk until the other speaks.

    `role_confidence` is the mean over its words, None where not given; `clearness` the mean confidence of the words;
    `begins` and `ends` are seconds, None where no piece has a time; `size` counts tokens.
    """

    index: int
    role: str
    text: str
    pieces: tuple[Piece, ...]
    words: tuple[PlacedWord, ...]
    role_confidence: float | None
    sentences: tuple[Sentence, ...] = field(repr=False, default=())
    clearness: float | None = None
    begins: float | None = None
    ends: float | None = None
    size: int = 0

    def length(self) -> int:
        """How many tokens the turn has."""
        return self.size

    def words_in(self, start: int, end: int) -> Sequence[PlacedWord]:
        """The words overlapping characters `start`..`end`."""
        words = self.words
        if not words:
            return ()
        first = bisect_right(words, (start, inf))
        if first and words[first - 1].end > start:
            first -= 1
        return words[first : bisect_left(words, (end,), first)]

    def speech_confidence(self, start: int = 0, end: int | None = None) -> float | None:
        """Mean confidence of the words in the span; None where none carries one."""
        if start == 0 and end is None:
            return self.clearness
        return mean_confidence(self.words_in(start, len(self.text) if end is None else end))

    def evidence(self, start: int, end: int, source: str) -> Evidence:
        """The characters `start`..`end` as evidence, kept within one delivered turn (its largest part)."""
        piece, start, end = self._within_piece(start, end)
        words = self.words_in(start, end)
        begins = [word.begins for word in words if word.begins is not None]
        ends = [word.ends for word in words if word.ends is not None]
        return Evidence(
            quote=self.text[start:end],
            start=min(begins) if begins else piece.begins,
            end=max(ends) if ends else piece.ends,
            turn=piece.turn,
            role=self.role,
            source=source,
            speech_confidence=mean_confidence(words),
        )

    def nearest(self, start: int, end: int) -> Nearest:
        """The characters as a nearest miss."""
        found = self.evidence(start, end, "")
        return Nearest(found.quote, found.start, found.end)

    def _within_piece(self, start: int, end: int) -> tuple[Piece, int, int]:
        best = max(self.pieces, key=lambda piece: (min(end, piece.end) - max(start, piece.start), -piece.start))
        start, end = max(start, best.start), min(end, best.end)
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return best, start, end


@dataclass(frozen=True, slots=True)
class Conversation:
    """The merged turns of a call with what is known of the whole."""

    turns: tuple[MergedTurn, ...]
    language: str | None
    duration: float | None
    draft: bool
    partial: bool

    def of(self, role: str) -> tuple[MergedTurn, ...]:
        """The turns of one role."""
        return tuple(turn for turn in self.turns if turn.role == role)

    def next_turn(self, index: int, role: str, within: int = 2) -> MergedTurn | None:
        """The first turn of `role` after turn `index`, at most `within` turns on."""
        for turn in self.turns[index + 1 : index + 1 + within]:
            if turn.role == role:
                return turn
        return None

    @property
    def roles_known(self) -> bool:
        """Whether any turn is said to be the rep's or the client's."""
        return any(turn.role not in UNSURE_ROLES for turn in self.turns)


_new_word: Final = tuple.__new__
"""Makes a `PlacedWord` in half the time its own constructor takes: a call has hundreds."""


def prepare(transcript: Transcript) -> Conversation:
    """The conversation in a transcript."""
    groups: list[list[tuple[int, Turn]]] = []
    for index, turn in enumerate(transcript.turns):
        if turn.role == "system" or not _text_of(turn).strip():
            continue
        if groups and groups[-1][0][1].role == turn.role:
            groups[-1].append((index, turn))
        else:
            groups.append([(index, turn)])
    language = transcript.language or guess_language(_text_of(turn) for group in groups for _, turn in group)
    reading = language_of(language)
    return Conversation(
        turns=tuple(_merge(n, group, reading) for n, group in enumerate(groups)),
        language=language,
        duration=transcript.duration,
        draft=transcript.draft,
        partial=transcript.quality.partial,
    )


def mean_confidence(words: Iterable[PlacedWord]) -> float | None:
    """Mean confidence of the words that carry one.

    `fsum`, here and wherever seconds and confidences are added: `sum` rounds otherwise from Python 3.12 on.
    """
    values = [word.confidence for word in words if word.confidence is not None]
    return fsum(values) / len(values) if values else None


def _text_of(turn: Turn) -> str:
    return turn.text if turn.text.strip() else " ".join(word.text for word in turn.words)


def _merge(index: int, group: list[tuple[int, Turn]], language: Language) -> MergedTurn:
    text = ""
    pieces: list[Piece] = []
    words: list[PlacedWord] = []
    weighed = 0.0
    weight = 0
    for number, turn in group:
        if text:
            text += " "
        start = len(text)
        text += _text_of(turn)
        pieces.append(_piece(number, turn, start, len(text)))
        words.extend(_place_words(turn, _text_of(turn), start))
        if turn.role_confidence is not None:
            length = max(1, len(turn.text.split()))
            weighed += turn.role_confidence * length
            weight += length
    sentences = read_text(language, text)
    return MergedTurn(
        index=index,
        role=group[0][1].role,
        text=text,
        pieces=tuple(pieces),
        words=tuple(words),
        role_confidence=weighed / weight if weight else None,
        sentences=sentences,
        clearness=mean_confidence(words),
        begins=min((piece.begins for piece in pieces if piece.begins is not None), default=None),
        ends=max((piece.ends for piece in pieces if piece.ends is not None), default=None),
        size=sum(len(sentence.tokens) for sentence in sentences),
    )


def _piece(number: int, turn: Turn, start: int, end: int) -> Piece:
    begins, ends = turn.start, turn.end
    if begins is None:
        begins = next((word.start for word in turn.words if word.start is not None), None)
    if ends is None:
        ends = next((word.end for word in reversed(turn.words) if word.end is not None), None)
    if begins is not None and ends is not None and ends < begins:
        begins, ends = ends, begins
    return Piece(number, start, end, begins, ends)


def _place_words(turn: Turn, text: str, offset: int) -> list[PlacedWord]:
    """Each word's characters in the text, searched forward; a word that is not in the text is left out."""
    placed: list[PlacedWord] = []
    place = placed.append
    at = 0
    lowered = ""
    for word in turn.words:
        wanted = word.text.strip()
        length = len(wanted)
        if not wanted:
            continue
        found = text.find(wanted, at, at + length + 80)
        if found < 0:
            lowered = lowered or text.lower()
            wanted = wanted.strip(".,!?;:…\"'()[]-–—").lower()
            length = len(wanted)
            found = lowered.find(wanted, at, at + length + 80) if wanted and len(lowered) == len(text) else -1
        if found < 0:
            continue
        at = found + length
        begins, ends = word.start, word.end
        if begins is not None and ends is not None and ends < begins:
            begins, ends = ends, begins
        place(_new_word(PlacedWord, (offset + found, offset + at, begins, ends, word.confidence)))
    return placed
