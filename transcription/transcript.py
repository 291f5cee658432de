"""The transcript: frozen types for turns, words and audio facts, and their JSON form (schema 1).

The JSON form is a contract with other programs: keys in a fixed order, seconds rounded to 0.01, probabilities
and confidences to 0.001. `from_json` accepts the smallest valid input, `{"turns":[{"role":"rep","text":"..."}]}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast, get_args

from transcription.errors import NotATranscript as NotATranscript

SCHEMA: Final = 1

Role = Literal["rep", "client", "speaker_a", "speaker_b", "system"]
ROLES: Final[tuple[str, ...]] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Word:
    """One word; `start` and `end` in seconds from the call's beginning (None when unknown), `confidence` 0..1."""

    text: str
    start: float | None = None
    end: float | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What one role says until the other speaks; times in seconds, None when the source had none."""

    role: Role
    text: str
    start: float | None = None
    end: float | None = None
    role_confidence: float | None = None
    channel: int | None = None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Removal:
    """A piece of text taken out of the transcript, and why (`reason` is a short code)."""

    start: float | None
    end: float | None
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class AudioQuality:
    """Measured facts about the audio; levels in dBFS, band width in Hz, None when there was no audio to measure."""

    channels: int | None = None
    dual_mono: bool = False
    partial: bool = False
    declared: float | None = None
    decoded: float | None = None
    word_confidence: float | None = None
    codec: str | None = None
    rate: int | None = None
    peak_dbfs: float | None = None
    rms_dbfs: float | None = None
    clipping: float | None = None
    noise_floor_dbfs: float | None = None
    bandwidth_hz: float | None = None
    echo: float | None = None
    speech_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """A whole call in words. `draft` means the engine is a stand-in and its words need care."""

    turns: tuple[Turn, ...]
    language: str | None = None
    engine: str | None = None
    model: str | None = None
    duration: float | None = None
    draft: bool = False
    quality: AudioQuality = field(default_factory=AudioQuality)
    removed: tuple[Removal, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The contract's JSON object, keys in the contract's order."""
        return {
            "schema": SCHEMA,
            "language": self.language,
            "engine": self.engine,
            "model": self.model,
            "duration": seconds(self.duration),
            "draft": self.draft,
            "quality": _quality_json(self.quality),
            "removed": [
                {"start": seconds(r.start), "end": seconds(r.end), "text": r.text, "reason": r.reason}
                for r in self.removed
            ],
            "turns": [_turn_json(turn) for turn in self.turns],
        }

    @classmethod
    def from_json(cls, data: object) -> Transcript:
        """Read the contract's JSON. Raises NotATranscript naming the part that is wrong."""
        top = _mapping(data, "the top level")
        schema = top.get("schema", SCHEMA)
        if schema != SCHEMA:
            raise NotATranscript(f"schema {schema!r} is not {SCHEMA}", where="schema")
        turns = top.get("turns")
        if not isinstance(turns, list):
            raise NotATranscript("it has no list of turns", where="turns")
        removed = top.get("removed") or []
        if not isinstance(removed, list):
            raise NotATranscript("'removed' is not a list", where="removed")
        return cls(
            turns=tuple(_read_turn(item, f"turns[{n}]") for n, item in enumerate(turns)),
            language=_text_or_none(top, "language", "language"),
            engine=_text_or_none(top, "engine", "engine"),
            model=_text_or_none(top, "model", "model"),
            duration=_number(top, "duration", "duration"),
            draft=bool(top.get("draft", False)),
            quality=_read_quality(top.get("quality") or {}),
            removed=tuple(_read_removal(item, f"removed[{n}]") for n, item in enumerate(removed)),
        )


def seconds(value: float | None) -> float | None:
    """A time in seconds as the contract writes it: rounded to 0.01."""
    return None if value is None else round(float(value), 2)


def share(value: float | None) -> float | None:
    """A probability or confidence as the contract writes it: rounded to 0.001."""
    return None if value is None else round(float(value), 3)


def _turn_json(turn: Turn) -> dict[str, Any]:
    return {
        "role": turn.role,
        "role_confidence": share(turn.role_confidence),
        "channel": turn.channel,
        "start": seconds(turn.start),
        "end": seconds(turn.end),
        "text": turn.text,
        "words": [
            {
                "text": w.text,
                "start": seconds(w.start),
                "end": seconds(w.end),
                "confidence": share(w.confidence),
            }
            for w in turn.words
        ],
    }


def _quality_json(quality: AudioQuality) -> dict[str, Any]:
    return {
        "channels": quality.channels,
        "dual_mono": quality.dual_mono,
        "partial": quality.partial,
        "declared": seconds(quality.declared),
        "decoded": seconds(quality.decoded),
        "word_confidence": share(quality.word_confidence),
        "codec": quality.codec,
        "rate": quality.rate,
        "peak_dbfs": _tenth(quality.peak_dbfs),
        "rms_dbfs": _tenth(quality.rms_dbfs),
        "clipping": share(quality.clipping),
        "noise_floor_dbfs": _tenth(quality.noise_floor_dbfs),
        "bandwidth_hz": None if quality.bandwidth_hz is None else round(quality.bandwidth_hz),
        "echo": share(quality.echo),
        "speech_seconds": seconds(quality.speech_seconds),
    }


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _read_turn(data: object, where: str) -> Turn:
    item = _mapping(data, where)
    role = item.get("role")
    if role not in ROLES:
        raise NotATranscript(f"role {role!r} is none of {', '.join(ROLES)}", where=where)
    text = item.get("text")
    if not isinstance(text, str):
        raise NotATranscript("the turn has no text", where=where)
    words = item.get("words") or []
    if not isinstance(words, list):
        raise NotATranscript("'words' is not a list", where=where)
    channel = item.get("channel")
    if channel is not None and (isinstance(channel, bool) or not isinstance(channel, int)):
        raise NotATranscript("'channel' is not a whole number", where=where)
    return Turn(
        role=cast(Role, role),
        text=text,
        start=_number(item, "start", where),
        end=_number(item, "end", where),
        role_confidence=_number(item, "role_confidence", where),
        channel=channel,
        words=tuple(_read_word(word, f"{where}.words[{n}]") for n, word in enumerate(words)),
    )


def _read_word(data: object, where: str) -> Word:
    item = _mapping(data, where)
    text = item.get("text")
    if not isinstance(text, str):
        raise NotATranscript("the word has no text", where=where)
    return Word(
        text,
        _number(item, "start", where),
        _number(item, "end", where),
        _number(item, "confidence", where),
    )


def _read_removal(data: object, where: str) -> Removal:
    item = _mapping(data, where)
    return Removal(
        _number(item, "start", where),
        _number(item, "end", where),
        str(item.get("text", "")),
        str(item.get("reason", "")),
    )


def _read_quality(data: object) -> AudioQuality:
    item = _mapping(data, "quality")
    numbers = {
        name: _number(item, name, "quality")
        for name in (
            "declared",
            "decoded",
            "word_confidence",
            "peak_dbfs",
            "rms_dbfs",
            "clipping",
            "noise_floor_dbfs",
            "bandwidth_hz",
            "echo",
            "speech_seconds",
        )
    }
    channels, rate = _number(item, "channels", "quality"), _number(item, "rate", "quality")
    return AudioQuality(
        channels=None if channels is None else int(channels),
        rate=None if rate is None else int(rate),
        dual_mono=bool(item.get("dual_mono", False)),
        partial=bool(item.get("partial", False)),
        codec=_text_or_none(item, "codec", "quality"),
        **numbers,
    )


def _mapping(data: object, where: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise NotATranscript("expected a JSON object", where=where)
    return data


def _number(item: Mapping[str, Any], key: str, where: str) -> float | None:
    value = item.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotATranscript(f"{key!r} is not a number", where=where)
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        raise NotATranscript(f"{key!r} is not a finite number", where=where)
    return number


def _text_or_none(item: Mapping[str, Any], key: str, where: str) -> str | None:
    value = item.get(key)
    if value is not None and not isinstance(value, str):
        raise NotATranscript(f"{key!r} is not text", where=where)
    return value
