"""The transcript cut for the page: turns, words that can be clicked, marks under quoted words, silences between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from types import MappingProxyType
from typing import Any

from web.reading.evidence import EvidenceRow, Tone
from web.reading.hands import Hand
from web.reading.masks import MASK
from web.reading.pieces import Piece, Run

UNSURE = 0.5
"""Words the speech engine was less sure of than this (0..1) are shown as uncertain: the threshold of "cannot judge"."""

ROLE_UNSURE = 0.7
"""Who speaks is shown as uncertain below this (0..1): the threshold under which nothing of a turn is judged."""

_LOOK_AHEAD = 60  # characters; a word is looked for no further than this behind the one before it
_NOBODY: Mapping[int, Hand] = MappingProxyType({})
_RANK: Mapping[Tone | None, int] = {None: 0, "good": 1, "warn": 2, "bad": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A quote to mark in the transcript, in the tone of the judgement it stands for."""

    evidence: EvidenceRow
    tone: Tone


@dataclass(frozen=True, slots=True)
class SoundRow:
    """Sound that is nobody's speech, from `start` to `end` seconds: hold music, ring-back tone, an announcement."""

    kind: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRow:
    """One turn; `index` is its place in the transcript, `silence_before` the dead air (start, end) ahead of it.

    `key` names the turn as it stands now, for whoever edits it; `speaker` is its role, or the label of a second person.
    """

    index: int
    key: str
    role: str
    speaker: str
    start: float | None
    end: float | None
    runs: tuple[Run, ...]
    silence_before: tuple[float, float] | None = None
    sounds_before: tuple[SoundRow, ...] = ()
    unsure_who: bool = False
    language: str | None = None  # where it differs from the call's
    hand: Hand | None = None  # what a person changed


def read_turns(
    transcript: Mapping[str, Any],
    marks: Sequence[Mark] = (),
    silences: Iterable[Mapping[str, Any]] = (),
    *,
    keys: Sequence[str] = (),
    hands: Mapping[int, Hand] = _NOBODY,
) -> tuple[TurnRow, ...]:
    """The turns of a transcript (the contract's JSON) with `marks` under their quotes, in time order.

    `keys` are the turns' names and `hands` what people changed, both by the turn's place in the transcript.
    """
    turns = transcript.get("turns") or []
    order = sorted(range(len(turns)), key=lambda n: (_start_key(turns, n), n))
    gaps = sorted(((float(s["start"]), float(s["end"])) for s in silences), reverse=True)
    sounds = sorted(read_sounds(transcript), key=lambda sound: sound.start, reverse=True)
    rows = []
    for index in order:
        turn = turns[index]
        own = [mark for mark in marks if _belongs(mark.evidence, index, turn)]
        gap = None
        while gaps and turn.get("start") is not None and gaps[-1][0] < turn["start"] + 0.01:
            gap = gaps.pop()
        ahead = []
        while sounds and turn.get("start") is not None and sounds[-1].start < turn["start"] + 0.01:
            ahead.append(sounds.pop())
        hand = hands.get(index)
        rows.append(
            TurnRow(
                index=index,
                key=keys[index] if index < len(keys) else "",
                role=str(turn.get("role") or "speaker_a"),
                speaker=_speaker(turn),
                start=turn.get("start"),
                end=turn.get("end"),
                runs=_runs(turn, own, hand.spans if hand else ()),
                silence_before=None if _covered(gap, ahead) else gap,
                sounds_before=tuple(ahead),
                unsure_who=_unsure_who(turn),
                language=turn.get("language") if turn.get("language") != transcript.get("language") else None,
                hand=hand,
            )
        )
    return tuple(rows)


def read_sounds(transcript: Mapping[str, Any]) -> list[SoundRow]:
    """The marks of a transcript: one row for the same sound on both channels."""
    rows: list[SoundRow] = []
    for item in sorted(transcript.get("marks") or [], key=lambda m: (str(m["kind"]), m["start"])):
        kind, start, end = str(item["kind"]), float(item["start"]), float(item["end"])
        if rows and rows[-1].kind == kind and start <= rows[-1].end + 0.5:
            rows[-1] = SoundRow(kind, rows[-1].start, max(end, rows[-1].end))
        elif kind != "noise":
            rows.append(SoundRow(kind, start, end))
    return sorted(rows, key=lambda row: row.start)


def _speaker(turn: Mapping[str, Any]) -> str:
    role, label = str(turn.get("role") or "speaker_a"), str(turn.get("speaker") or "")
    return label if label == "unknown" or label.startswith(f"{role}_") else role


def _unsure_who(turn: Mapping[str, Any]) -> bool:
    sure = turn.get("role_confidence")
    return turn.get("role") != "system" and sure is not None and sure < ROLE_UNSURE


def _covered(gap: tuple[float, float] | None, sounds: Sequence[SoundRow]) -> bool:
    """Whether a silence between turns is no silence: most of it sounds."""
    if gap is None:
        return False
    heard = sum(max(0.0, min(gap[1], sound.end) - max(gap[0], sound.start)) for sound in sounds)
    return heard > (gap[1] - gap[0]) / 2


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


def _runs(turn: Mapping[str, Any], marks: Sequence[Mark], by_hand: Sequence[tuple[int, int]]) -> tuple[Run, ...]:
    text = str(turn.get("text") or "")
    spans = _word_spans(text, turn.get("words") or [])
    paint: list[Tone | None] = [None] * len(text)
    for mark in marks:
        found = _find_quote(text, spans, mark.evidence)
        if found:
            for n in range(*found):
                if _RANK[mark.tone] > _RANK[paint[n]]:
                    paint[n] = mark.tone
    toned = [item for first, last, piece in _pieces(text, spans, by_hand) for item in _toned(paint[first:last], piece)]
    return tuple(
        Run(tone, tuple(piece for _, piece in pieces)) for tone, pieces in groupby(toned, key=lambda item: item[0])
    )


def _toned(paint: Sequence[Tone | None], piece: Piece) -> Iterator[tuple[Tone | None, Piece]]:
    """A word or a mask in the tone of its middle; text without words is cut where its tone changes."""
    if piece.word or piece.mask:
        yield paint[len(paint) // 2], piece
        return
    if all(tone == paint[0] for tone in paint):
        yield paint[0], piece
        return
    at = 0
    for tone, letters in groupby(paint):
        until = at + len(list(letters))
        yield tone, replace(piece, text=piece.text[at:until])
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


def _pieces(text: str, spans: Sequence[_Span], by_hand: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, Piece]]:
    cursor = 0
    for first, last, word in spans:
        yield from _between(text, cursor, first, by_hand)
        sure, mask = word.get("confidence"), MASK.search(text, first, last) if "[" in text else None
        piece = Piece(
            text[first:last],
            word=True,
            start=word.get("start"),
            end=word.get("end"),
            unsure=sure is not None and sure < UNSURE,
            by_hand=_touches(first, last, by_hand),
            mask=mask.group(1) if mask else "",
        )
        yield first, last, piece
        cursor = last
    yield from _between(text, cursor, len(text), by_hand)


def _between(text: str, first: int, last: int, by_hand: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, Piece]]:
    """What stands between words, cut where a mask or something written by hand begins or ends."""
    if "[" not in text and not by_hand:
        if first < last:
            yield first, last, Piece(text[first:last], word=False)
        return
    masks = {match.start(): match for match in MASK.finditer(text, first, last)}
    cuts = {first, last, *masks, *(match.end() for match in masks.values())}
    cuts |= {at for span in by_hand for at in span if first < at < last}
    places = sorted(cuts)
    for begin, end in pairwise(places):
        mask = next((m for m in masks.values() if m.start() <= begin < m.end()), None)
        hand = _touches(begin, end, by_hand) and not text[begin:end].isspace()
        yield begin, end, Piece(text[begin:end], word=False, by_hand=hand, mask=mask.group(1) if mask else "")


def _touches(first: int, last: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(first < end and begin < last for begin, end in spans)
