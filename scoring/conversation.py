"""A transcript made ready for judging: merged turns whose every character can be quoted and played.

A turn here is everything one role says until the other speaks. `system` is left out. Hits are found on merged text and
handed out as evidence in terms of the transcript as delivered: its turn's index and a quote verbatim in that turn.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum, inf
from typing import Final, NamedTuple

from scoring.assessment import Evidence, Nearest
from scoring.language import guess_language
from scoring.languages import Language, Sentence, language_of, read_text
from transcription.transcript import Transcript, Turn, Word

UNSURE_ROLES = ("speaker_a", "speaker_b")


class Piece(NamedTuple):
    """A delivered turn inside a merged one: characters `start`..`end` of the merged text."""

    turn: int
    start: int
    end: int
    begins: float | None
    ends: float | None


PlacedWord = tuple[int, int, float | None, float | None, float | None]
"""A word by its first and last character in the merged text, its first and last second, and its confidence."""


class MergedTurn(NamedTuple):
    """One role's talk until the other speaks.

    `role_confidence` is the mean over its words, None where not given; `clearness` the mean confidence of the words;
    `begins` and `ends` are seconds, None where no piece has a time; `size` counts tokens.
    """

    index: int  # type: ignore[assignment]  # a turn is never searched as the tuple it is
    role: str
    text: str
    pieces: tuple[Piece, ...]
    words: tuple[PlacedWord, ...]
    role_confidence: float | None
    sentences: tuple[Sentence, ...] = ()
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
        if first and words[first - 1][1] > start:
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
        begins = [at for _, _, at, _, _ in words if at is not None]
        ends = [at for _, _, _, at, _ in words if at is not None]
        return Evidence(
            self.text[start:end],
            min(begins) if begins else piece.begins,
            max(ends) if ends else piece.ends,
            piece.turn,
            self.role,
            source,
            mean_confidence(words),
        )

    def nearest(self, start: int, end: int) -> Nearest:
        """The characters as a nearest miss."""
        found = self.evidence(start, end, "")
        return Nearest(found.quote, found.start, found.end)

    def _within_piece(self, start: int, end: int) -> tuple[Piece, int, int]:
        best = self.pieces[0]
        if len(self.pieces) > 1:
            best = _largest(self.pieces, start, end)
        _, first, last, _, _ = best
        start, end = start if start > first else first, end if end < last else last
        text = self.text
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        return best, start, end


def _largest(pieces: tuple[Piece, ...], start: int, end: int) -> Piece:
    """The piece with most of the characters `start`..`end`, the first of several."""
    return max(pieces, key=lambda piece: (min(end, piece[2]) - max(start, piece[1]), -piece[1]))


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


_new: Final = tuple.__new__
"""Makes a named tuple from all its fields in half the time its own constructor takes: a call has hundreds."""


def prepare(transcript: Transcript) -> Conversation:
    """The conversation in a transcript."""
    groups: list[list[_Said]] = []
    before: str | None = None
    for index, turn in enumerate(transcript.turns):
        text = _text_of(turn)
        if not text or turn.role == "system":
            continue
        if turn.role == before:
            groups[-1].append((index, turn, text))
        else:
            groups.append([(index, turn, text)])
            before = turn.role
    language = transcript.language or guess_language(text for group in groups for _, _, text in group)
    reading = language_of(language)
    return Conversation(
        turns=tuple([_merge(n, group, reading) for n, group in enumerate(groups)]),
        language=language,
        duration=transcript.duration,
        draft=transcript.draft,
        partial=transcript.quality.partial,
    )


def mean_confidence(words: Iterable[PlacedWord]) -> float | None:
    """Mean confidence of the words that carry one.

    `fsum`, here and wherever seconds and confidences are added: `sum` rounds otherwise from Python 3.12 on.
    """
    values = [sure for _, _, _, _, sure in words if sure is not None]
    return fsum(values) / len(values) if values else None


_Said = tuple[int, Turn, str]
"""A delivered turn with its number and what is said in it."""


def _text_of(turn: Turn) -> str:
    """What is said in a turn; empty where nothing is."""
    text = turn.text
    if not text or text.isspace():
        text = " ".join([word.text for word in turn.words])
        return "" if text.isspace() else text
    return text


def _merge(index: int, group: list[_Said], language: Language) -> MergedTurn:
    text = ""
    pieces: list[Piece] = []
    words: list[PlacedWord] = []
    weighed = 0.0
    weight = 0
    for number, turn, said in group:
        start = len(text)
        if start:
            start += 1
            text = f"{text} {said}"
        else:
            text = said
        pieces.append(_piece(number, turn, start, start + len(said)))
        if turn.words:
            _place_words(turn.words, said, start, words)
        if turn.role_confidence is not None:
            length = max(1, len(turn.text.split()))
            weighed += turn.role_confidence * length
            weight += length
    begins, ends = pieces[0].begins, pieces[0].ends
    if len(pieces) > 1:
        begins = min((piece.begins for piece in pieces if piece.begins is not None), default=None)
        ends = max((piece.ends for piece in pieces if piece.ends is not None), default=None)
    sentences = read_text(language, text)
    return MergedTurn(
        index,
        group[0][1].role,
        text,
        tuple(pieces),
        tuple(words),
        weighed / weight if weight else None,
        sentences,
        mean_confidence(words),
        begins,
        ends,
        sum([len(sentence.tokens) for sentence in sentences]),
    )


def _piece(number: int, turn: Turn, start: int, end: int) -> Piece:
    begins, ends = turn.start, turn.end
    if begins is None:
        begins = next((word.start for word in turn.words if word.start is not None), None)
    if ends is None:
        ends = next((word.end for word in reversed(turn.words) if word.end is not None), None)
    if begins is not None and ends is not None and ends < begins:
        begins, ends = ends, begins
    return _new(Piece, (number, start, end, begins, ends))


def _gap_between(words: list[str], text: str) -> int | None:
    """Characters between neighbouring words where the text is nothing but the words, with or without spaces."""
    said = text.split()
    if said == words:
        return 1 if " ".join(words) == text else None
    return 0 if len(said) == 1 and said[0] == text == "".join(words) and all(words) else None


def _place_words(words: Sequence[Word], text: str, offset: int, placed: list[PlacedWord]) -> None:
    """Add each word with its characters in the text, searched forward; a word that is not in the text is left out."""
    place = placed.append
    texts = [word.text for word in words]
    gap = _gap_between(texts, text)
    if gap is not None:
        at = offset
        for word, said in zip(words, texts, strict=True):
            end = at + len(said)
            begins, ends = word.start, word.end
            if begins is not None and ends is not None and ends < begins:
                begins, ends = ends, begins
            place((at, end, begins, ends, word.confidence))
            at = end + gap
        return
    find = text.find
    at = 0
    lowered = ""
    for word in words:
        wanted = word.text.strip()
        length = len(wanted)
        if not wanted:
            continue
        found = find(wanted, at, at + length + 80)
        if found < 0:
            lowered = lowered or text.lower()
            wanted = wanted.strip(".,!?:;…\"'()[]-–—").lower()
            length = len(wanted)
            found = lowered.find(wanted, at, at + length + 80) if wanted and len(lowered) == len(text) else -1
        if found < 0:
            continue
        at = found + length
        begins, ends = word.start, word.end
        if begins is not None and ends is not None and ends < begins:
            begins, ends = ends, begins
        place((offset + found, offset + at, begins, ends, word.confidence))
