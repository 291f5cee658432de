"""Transcripts made elsewhere, read as they come: JSON of Whisper (OpenAI's, whisper.cpp's, WhisperX), AWS Transcribe,
Deepgram and Google, VTT, SRT, CTM with RTTM, our own JSON and plain text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NoReturn

from transcription.engines.imported_deepgram import is_deepgram, read_deepgram
from transcription.engines.imported_google import is_google, read_google
from transcription.engines.imported_json import read_aws, read_aws_analytics, read_whisper, segments_of_words
from transcription.engines.imported_text import read_srt, read_vtt
from transcription.engines.imported_whispercpp import is_whispercpp, read_whispercpp
from transcription.engines.imported_words import (
    looks_like_ctm,
    looks_like_txt,
    read_ctm,
    read_rttm,
    read_txt,
    with_speakers,
)
from transcription.engines.speakers import Speakers
from transcription.errors import NotATranscript
from transcription.speech import primary_language
from transcription.transcript import Transcript, Turn

_TIMING = re.compile(r"^\s*\d+:\d\d(:\d\d)?[.,]\s?\d{1,3}\s*-->", re.MULTILINE)
_LONGEST = 24 * 3600.0
"""Seconds: no call is longer, so a later time is a fault of the file, as a negative one is."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")


def read_transcript(
    data: bytes,
    *,
    name: str = "",
    language: str | None = None,
    channel_roles: Sequence[str] | None = None,
    rttm: bytes | None = None,
) -> Transcript:
    """The transcript in `data`, whatever shape it has; the shape is found by content, `name` only words the error.

    `language` is used where the file names none; `channel_roles` name the roles of its channels in order (two
    channels are the rep and then the client unless told otherwise). `rttm` says who speaks when, for a transcript that
    does not. Raises NotATranscript.
    """
    try:
        times = read_rttm(_text(rttm)) if rttm is not None else ()
        text = _text(data)
        if text.lstrip()[:1] in ("{", "[") and not looks_like_txt(text):
            transcript = _read_json(text, language, channel_roles)
        elif text.startswith("WEBVTT"):
            transcript = read_vtt(text, language, Speakers(channel_roles))
        elif _TIMING.search(text):
            transcript = read_srt(text, language, Speakers(channel_roles))
        elif looks_like_ctm(text):
            transcript = read_ctm(text, language, Speakers(channel_roles), times)
        elif looks_like_txt(text):
            transcript = read_txt(text, language, Speakers(channel_roles))
        else:
            raise NotATranscript("it is none of the shapes we read (JSON, VTT, SRT, CTM, plain text with speakers)")
    except NotATranscript as error:
        raise NotATranscript(error.why, where=error.where or name) from None
    return _clean(with_speakers(transcript, times) if times else transcript)


def _text(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise NotATranscript("it is not text in UTF-8") from None
    if not text.strip():
        raise NotATranscript("it is empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_json(text: str, language: str | None, channel_roles: Sequence[str] | None) -> Transcript:
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise NotATranscript("its JSON is nested too deeply") from None
    except ValueError as error:
        raise NotATranscript(f"its JSON is broken ({str(error)[:120]})") from None
    if isinstance(data, list):
        data = {"segments": data}
    return _by_shape(data, language, Speakers(channel_roles))


def _by_shape(data: dict[str, Any], language: str | None, speakers: Speakers) -> Transcript:
    if "turns" in data:
        own = Transcript.from_json(data)
        return replace(own, language=own.language or language, engine=own.engine or "imported")
    if is_deepgram(data):
        return read_deepgram(data, language, speakers)
    if is_google(data):
        return read_google(data, language, speakers)
    if isinstance(data.get("results"), dict):
        return read_aws(data, language, speakers)
    if isinstance(data.get("Transcript"), list):
        return read_aws_analytics(data, language, speakers)
    if is_whispercpp(data):
        return read_whispercpp(data, language, speakers)
    if isinstance(data.get("segments"), list):
        return read_whisper(data, language, speakers)
    if isinstance(data.get("words"), list) and isinstance(data.get("text"), str):
        return read_whisper({**data, "segments": segments_of_words(data)}, language, speakers)
    if isinstance(data.get("text"), str) and data["text"].strip() and "segments" not in data:
        return read_whisper({**data, "segments": []}, language, speakers)  # OpenAI's answer in its shortest form
    raise NotATranscript("its JSON has none of turns, segments, words, transcription, results, response or Transcript")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _clean(transcript: Transcript) -> Transcript:
    """Without control characters and broken surrogates, which no database or page can hold, and without empty turns."""
    turns = tuple(_clean_turn(turn) for turn in transcript.turns)
    turns = tuple(turn for turn in turns if turn.text)
    ends = [turn.end for turn in turns if turn.end is not None]
    confidences = [w.confidence for t in turns for w in t.words if w.confidence is not None]
    quality = transcript.quality
    if quality.word_confidence is None and confidences:
        quality = replace(quality, word_confidence=sum(confidences) / len(confidences))
    return replace(
        transcript,
        turns=turns,
        language=primary_language(transcript.language),
        duration=_time(transcript.duration) if transcript.duration is not None else max(ends, default=None),
        quality=quality,
    )


def _clean_turn(turn: Turn) -> Turn:
    words = tuple(
        replace(word, text=_clean_text(word.text), start=_time(word.start), end=_time(word.end)) for word in turn.words
    )
    return replace(
        turn,
        text=_clean_text(turn.text),
        start=_time(turn.start),
        end=_time(turn.end),
        words=tuple(word for word in words if word.text),
    )


def _time(seconds: float | None) -> float | None:
    """The time, or None for one that no call can have: the words are kept, and what needs times is not available."""
    return seconds if seconds is not None and 0 <= seconds <= _LONGEST else None


def _clean_text(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())
