"""Turns: what was heard on each channel, put in time order and cut where the other side speaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transcription.speech import Utterance, primary_language
from transcription.transcript import Role, Turn, Word

PIECE_GAP = 0.25
"""Seconds without a word after which the other side may have a turn in between."""

TURN_GAP = 2.0
"""Seconds of silence that end a turn even when the same role goes on, so that dead air stays visible."""

_UNSPACED = frozenset({"zh", "ja", "yue", "th", "lo", "my", "km", "bo"})
_SPACED_EDGE = re.compile(r"[A-Za-z0-9À-ӿ가-힣]")


@dataclass(frozen=True, slots=True)
class Voice:
    """Whose voice a piece of speech is; `channel` is None when the source had none."""

    role: Role
    confidence: float | None = None
    channel: int | None = None
    speaker: str | None = None
    """"rep", "rep_2" and so on where several people share a role."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of one voice with no longer pause inside; times in seconds, None when unknown."""

    voice: Voice
    text: str
    start: float | None
    end: float | None
    words: tuple[Word, ...] = ()
    confidence: float | None = None
    """That this voice said it, where that is known better than the voice's own confidence."""

    language: str | None = None
    """The piece's own language where it differs from the call's."""


def merge_channels(
    channels: Sequence[Sequence[Utterance]], voices: Sequence[Voice], language: str | None
) -> tuple[Turn, ...]:
    """Turns of all channels in time order; `voices[n]` says who speaks on channel n, and an utterance's facts may say
    how sure that is (`speaker_confidence`) and which `language` it is in.

    A channel's words are cut at pauses of PIECE_GAP, the pieces of all channels sorted by their start, and neighbours
    of one voice joined again, so a turn ends exactly where somebody else begins. A short word of the other side
    inside an unbroken stretch keeps its own time and follows that stretch.
    """
    pieces = [
        piece for utterances, voice in zip(channels, voices, strict=True) for piece in _cut(utterances, voice, language)
    ]
    # At the same moment the lower channel first, and within a channel the order in which it was heard.
    pieces.sort(key=lambda p: (p.start or 0.0, p.voice.channel or 0))
    return join_pieces(pieces, language)


def join_pieces(pieces: Iterable[Piece], language: str | None) -> tuple[Turn, ...]:
    """Turns from pieces already in order: neighbours of one voice become one turn unless TURN_GAP lies between.

    A turn's confidence is the mean of its pieces', weighted by how long they are.
    """
    turns: list[list[Piece]] = []
    reached: float | None = None
    for piece in pieces:
        last = turns[-1][-1] if turns else None
        if last is not None and _who(last) == _who(piece) and not _apart(reached, piece):
            turns[-1].append(piece)
        else:
            turns.append([piece])
            reached = None
        if piece.end is not None:
            reached = piece.end if reached is None else max(reached, piece.end)
    return tuple(_turn(group, language) for group in turns)


def join_words(texts: Iterable[str], language: str | None) -> str:
    """Words as running text: with spaces, or without them in languages written without (Chinese, Japanese, Thai)."""
    texts = [text for text in (t.strip() for t in texts) if text]
    if primary_language(language) not in _UNSPACED:
        return " ".join(texts)
    joined = ""
    for text in texts:
        spaced = bool(joined) and bool(_SPACED_EDGE.match(joined[-1])) and bool(_SPACED_EDGE.match(text[0]))
        joined += (" " if spaced else "") + text
    return joined


def _who(piece: Piece) -> tuple[object, ...]:
    return piece.voice.role, piece.voice.speaker, piece.voice.channel, piece.language


def _cut(utterances: Sequence[Utterance], voice: Voice, language: str | None) -> list[Piece]:
    pieces: list[Piece] = []
    for utterance in utterances:
        group: list[Word] = []
        for word in utterance.words:
            if group and _pause(group[-1], word) > PIECE_GAP:
                pieces.append(_piece(group, voice, language, utterance))
                group = []
            group.append(word)
        if group:
            pieces.append(_piece(group, voice, language, utterance))
    return pieces


def _pause(before: Word, after: Word) -> float:
    if before.end is None or after.start is None:
        return 0.0
    return after.start - before.end


def _piece(words: Sequence[Word], voice: Voice, language: str | None, utterance: Utterance) -> Piece:
    own = primary_language(utterance.facts.get("language"))
    sure = utterance.facts.get("speaker_confidence")
    starts = [w.start for w in words if w.start is not None]
    ends = [w.end for w in words if w.end is not None]
    return Piece(
        voice,
        join_words((w.text for w in words), own or language),
        min(starts, default=None),
        max(ends, default=None),
        tuple(words),
        None if sure is None or voice.confidence is None else round(sure * voice.confidence, 4),
        own if own != primary_language(language) else None,
    )


def _apart(reached: float | None, after: Piece) -> bool:
    return reached is not None and after.start is not None and after.start - reached > TURN_GAP


def _turn(group: Sequence[Piece], language: str | None) -> Turn:
    voice = group[0].voice
    starts = [p.start for p in group if p.start is not None]
    ends = [p.end for p in group if p.end is not None]
    return Turn(
        role=voice.role,
        text=join_words((p.text for p in group), group[0].language or language),
        start=min(starts, default=None),
        end=max(ends, default=None),
        role_confidence=_confidence(group),
        channel=voice.channel,
        words=tuple(word for piece in group for word in piece.words),
        speaker=voice.speaker,
        language=group[0].language,
    )


def _confidence(group: Sequence[Piece]) -> float | None:
    """Mean over the pieces by length; a piece without times counts as a tenth of a second."""
    weighed = [
        (max(0.1, (p.end or 0.0) - (p.start or 0.0)), p.voice.confidence if p.confidence is None else p.confidence)
        for p in group
    ]
    known = [(length, sure) for length, sure in weighed if sure is not None]
    if len({sure for _, sure in known}) <= 1:
        return known[0][1] if known else None
    return round(sum(length * sure for length, sure in known) / sum(length for length, _ in known), 4)
