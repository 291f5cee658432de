"""The JSON that whisper.cpp writes (`--output-json` and `--output-json-full`).

Shape: github.com/ggerganov/whisper.cpp, examples/cli (output_json): `transcription[]` with offsets in milliseconds, the
tokens of each segment in the full form, and `speaker` "0", "1" or "?" where a stereo file was told apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from transcription.engines.json_values import read_label, read_list, read_millis, read_number, read_object, read_text
from transcription.engines.speakers import Speakers
from transcription.transcript import Transcript, Turn, Word
from transcription.turns import Piece, Voice, join_pieces

_MARK: Final = re.compile(r"\[_[A-Z]+[_0-9]*\]|<\|[^|]*\|>")
"""Tokens that are no text."""

_UNDECIDED: Final = "?"
_CHANNELS: Final = ("0", "1")


def is_whispercpp(data: Mapping[str, Any]) -> bool:
    """True when there is a list under `transcription`."""
    return isinstance(data.get("transcription"), list)


def read_whispercpp(data: Mapping[str, Any], language: str | None, speakers: Speakers) -> Transcript:
    """Its segments; told apart, they are the left and the right channel. Raises NotATranscript."""
    result = data.get("result")
    if isinstance(result, Mapping):
        language = read_text(result, "language") or language
    segments = [read_object(item, f"transcription[{n}]") for n, item in enumerate(data["transcription"])]
    told = any(read_label(segment, "speaker") in _CHANNELS for segment in segments)
    turns: list[Turn] = []
    pieces: list[Piece] = []
    for n, segment in enumerate(segments):
        where = f"transcription[{n}]"
        offsets = read_object(segment.get("offsets", {}), f"{where}.offsets")
        said = (read_text(segment, "text") or "").strip()
        if not said:
            continue
        start, end = read_millis(offsets, "from", where), read_millis(offsets, "to", where)
        pieces.append(Piece(_voice(segment, speakers), said, start, end, _words(segment, said, where)))
    if told:
        turns += join_pieces(pieces, language)
    else:
        # Nobody is named: the speaker may change from one segment to the next, so they stay apart.
        turns += [turn for piece in pieces for turn in join_pieces([piece], language)]
    return Transcript(turns=tuple(turns), language=language, engine="imported", model="whisper.cpp")


def _voice(segment: Mapping[str, Any], speakers: Speakers) -> Voice:
    label = read_label(segment, "speaker")
    if label in _CHANNELS:
        return speakers.channel(int(label), len(_CHANNELS))
    return speakers.speaker(None if label == _UNDECIDED else label)


def _words(segment: Mapping[str, Any], said: str, where: str) -> tuple[Word, ...]:
    """The tokens joined to words; none where they do not add up to the text (letters split between tokens)."""
    words: list[Word] = []
    joined = ""
    for n, item in enumerate(read_list(segment, "tokens")):
        token = read_object(item, f"{where}.tokens[{n}]")
        text = read_text(token, "text") or ""
        if not text or _MARK.fullmatch(text.strip()):
            continue
        joined += text
        offsets = read_object(token.get("offsets", {}), f"{where}.tokens[{n}].offsets")
        start, end = read_millis(offsets, "from", where), read_millis(offsets, "to", where)
        sure = read_number(token, "p", where)
        if words and not text.startswith(" "):
            last = words[-1]
            lowest = min((p for p in (last.confidence, sure) if p is not None), default=None)
            words[-1] = Word(last.text + text, last.start, end if end is not None else last.end, lowest)
        else:
            words.append(Word(text.strip(), start, end, sure))
    return tuple(word for word in words if word.text) if joined.strip() == said else ()
