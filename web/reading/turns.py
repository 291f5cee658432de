"""The transcript cut for the page: turns, words that can be clicked, marks under quoted words, silences between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from web.reading.evidence import EvidenceRow, Tone

UNSURE = 0.5
"""Words the speech engine was less sure of than this (0..1) are shown as uncertain: the threshold of "cannot judge"."""

_LOOK_AHEAD = 60  # characters; a word is looked for no further than this behind the one before it
_RANK: Mapping[Tone | None, int] = {None: 0, "good": 1, "warn": 2, "bad": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A quote to mark in the transcript, in the tone of the judgement it stands for."""

    evidence: EvidenceRow
    tone: Tone


@dataclass(frozen=True, slots=True)
class Piece:
    """A word (with `start` seconds when known) or what stands between words (`word` is False)."""

    text: str
    word: bool
    start: float | None = None
    end: float | None = None
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring pieces of one tone."""

    tone: Tone | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRow:
    """One turn; `index` is its place in the transcript, `silence_before` the dead air (start, end) ahead of it."""

    index: int
    role: str
    start: float | None
    end: float | None
    runs: tuple[Run, ...]
    silence_before: tuple[float, float] | None = None


def read_turns(
    transcript: Mapping[str, Any], marks: Sequence[Mark] = (), silences: Iterable[Mapping[str, Any]] = ()
) -> tuple[TurnRow, ...]:
    """The turns of a transcript (the contract's JSON) with `marks` under their quotes, in time order."""
    turns = transcript.get("turns") or []
    order = sorted(range(len(turns)), key=lambda n: (_start_key(turns, n), n))
    gaps = sorted(((float(s["start"]), float(s["end"])) for s in silences), reverse=True)
    rows = []
    for index in order:
        turn = turns[index]
        own = [mark for mark in marks if _belongs(mark.evidence, index, turn)]
        gap = None
        while gaps and turn.get("start") is not None and gaps[-1][0] < turn["start"] + 0.01:
            gap = gaps.pop()
        rows.append(
            TurnRow(
                index=index,
                role=str(turn.get("role") or "speaker_a"),
                start=turn.get("start"),
                end=turn.get("end"),
                runs=_runs(turn, own),
                silence_before=gap,
            )
        )
    return tuple(rows)


def sure_share(transcript: Mapping[str, Any]) -> float | None:
    """The share (0..1) of words the speech engine was sure of; None when it did not say."""
    known = [
        word["confidence"]
        for turn in transcript.get("turns") or []
        for word in turn.get("words") or []
        if word.get("confidence") is not None
    ]
    return sum(c >= UNSURE for c in known) / len(known) if known else None


def _start_key(turns: Sequence[Mapping[str, Any]], index: int) -> float:
    """The turn's start; a turn without one keeps its place behind the last that has one."""
    for n in range(index, -1, -1):
        if turns[n].get("start") is not None:
            return float(turns[n]["start"])
    return -1.0


def _belongs(evidence: EvidenceRow, index: int, turn: Mapping[str, Any]) -> bool:
    if evidence.turn is not None:
        return evidence.turn == index
    return evidence.quote in str(turn.get("text") or "")


def _runs(turn: Mapping[str, Any], marks: Sequence[Mark]) -> tuple[Run, ...]:
    text = str(turn.get("text") or "")
    spans = _word_spans(text, turn.get("words") or [])
    paint: list[Tone | None] = [None] * len(text)
    for mark in marks:
        found = _find_quote(text, spans, mark.evidence)
        if found:
            for n in range(*found):
                if _RANK[mark.tone] > _RANK[paint[n]]:
                    paint[n] = mark.tone
    toned = [item for first, last, piece in _pieces(text, spans) for item in _toned(paint[first:last], piece)]
    return tuple(
        Run(tone, tuple(piece for _, piece in pieces)) for tone, pieces in groupby(toned, key=lambda item: item[0])
    )


def _toned(paint: Sequence[Tone | None], piece: Piece) -> Iterator[tuple[Tone | None, Piece]]:
    """A word in the tone of its middle; text without words is cut where its tone changes."""
    if piece.word:
        yield paint[len(paint) // 2], piece
        return
    at = 0
    for tone, letters in groupby(paint):
        until = at + len(list(letters))
        yield tone, Piece(piece.text[at:until], word=False)
        at = until


_Span = tuple[int, int, Mapping[str, Any]]


def _word_spans(text: str, words: Sequence[Mapping[str, Any]]) -> list[_Span]:
    """Where each word stands in the turn's text. A word that is not there is left out; no text is ever lost."""
    spans: list[_Span] = []
    cursor = 0
    folded = text.casefold() if len(text.casefold()) == len(text) else text
    for word in words:
        wanted = str(word.get("text") or "").strip()
        if not wanted:
            continue
        at = folded.find(wanted.casefold(), cursor, cursor + _LOOK_AHEAD + len(wanted))
        if at < 0:
            continue
        spans.append((at, at + len(wanted), word))
        cursor = at + len(wanted)
    return spans


def _find_quote(text: str, spans: Sequence[_Span], evidence: EvidenceRow) -> tuple[int, int] | None:
    """The quote's place in the text: at its time when it is said more than once, else by its words, else by time."""
    places = []
    at = text.find(evidence.quote)
    while at >= 0:
        places.append(at)
        at = text.find(evidence.quote, at + 1)
    if evidence.start is not None and evidence.end is not None:
        timed = [
            (first, last)
            for first, last, word in spans
            if word.get("start") is not None
            and word["start"] >= evidence.start - 0.05
            and (word.get("end") or word["start"]) <= evidence.end + 0.05
        ]
        if timed and places:
            near = min(places, key=lambda place: abs(place - timed[0][0]))
            return near, near + len(evidence.quote)
        if timed:
            return timed[0][0], timed[-1][1]
    return (places[0], places[0] + len(evidence.quote)) if places else None


def _pieces(text: str, spans: Sequence[_Span]) -> Iterable[tuple[int, int, Piece]]:
    cursor = 0
    for first, last, word in spans:
        if first > cursor:
            yield cursor, first, Piece(text[cursor:first], word=False)
        sure = word.get("confidence")
        yield (
            first,
            last,
            Piece(
                text[first:last],
                word=True,
                start=word.get("start"),
                end=word.get("end"),
                unsure=sure is not None and sure < UNSURE,
            ),
        )
        cursor = last
    if cursor < len(text):
        yield cursor, len(text), Piece(text[cursor:], word=False)
