"""The transcript: frozen types for turns, words and audio facts, and their JSON form (schema 1).

The JSON form is a contract with other programs: keys in a fixed order, seconds rounded to 0.01, probabilities
and confidences to 0.001. `from_json` accepts the smallest valid input, `{"turns":[{"role":"rep","text":"..."}]}`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from transcription.errors import NotATranscript as NotATranscript

SCHEMA: Final = 1

Role = Literal["rep", "client", "speaker_a", "speaker_b", "system"]
ROLES: Final[tuple[str, ...]] = get_args(Role)

MarkKind = Literal["music", "ringback", "announcement", "tone", "noise"]
MARK_KINDS: Final[tuple[str, ...]] = get_args(MarkKind)

RedactionKind = Literal["card", "card_code", "phone", "email", "document", "name", "address"]
REDACTION_KINDS: Final[tuple[str, ...]] = get_args(RedactionKind)


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
    speaker: str | None = None
    """Tells people of one role apart when several speak: "rep", "rep_2", "client_2"; None while it is one person."""

    language: str | None = None
    """The turn's own language where it differs from the call's."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A piece of text taken out of the transcript, and why (`reason` is a short code)."""

    start: float | None
    end: float | None
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Sound that is nobody's speech in the call, in seconds: hold music, ring-back tone, a recorded announcement."""

    start: float
    end: float
    kind: MarkKind
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class Redaction:
    """Where something private was masked: its kind, its turn's index and its time (None when the turn has none)."""

    kind: RedactionKind
    turn: int
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class RolesNote:
    """How it was told who is the rep: `confidence` 0..1, and the words that weighed most as short codes."""

    confidence: float
    swapped: bool = False
    """The words turned the usual order of the channels round."""

    doubt: bool = False
    """The words speak against the order of the channels without being sure: the two may be the other way round."""

    reasons: tuple[str, ...] = ()


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
    silent_channels: tuple[int, ...] = ()
    """Channels (of two or more) that hold nothing but the line's noise: nobody was recorded there."""


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
    language_probability: float | None = None
    """How sure the engine was of a language it detected; None when the language was given."""

    marks: tuple[Mark, ...] = ()
    redactions: tuple[Redaction, ...] = ()
    roles: RolesNote | None = None

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
            "language_probability": share(self.language_probability),
            "marks": [
                {"start": seconds(m.start), "end": seconds(m.end), "kind": m.kind, "channel": m.channel}
                for m in self.marks
            ],
            "redactions": [
                {"kind": r.kind, "turn": r.turn, "start": seconds(r.start), "end": seconds(r.end)}
                for r in self.redactions
            ],
            "roles": None if self.roles is None else _roles_json(self.roles),
        }

    @classmethod
    def from_json(cls, data: object) -> Transcript:
        """Read the contract's JSON. Raises NotATranscript naming the part that is wrong."""
        from transcription.transcript_reading import read_transcript_json

        return read_transcript_json(data)


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
        "speaker": turn.speaker,
        "language": turn.language,
    }


def _roles_json(roles: RolesNote) -> dict[str, Any]:
    return {
        "confidence": share(roles.confidence),
        "swapped": roles.swapped,
        "doubt": roles.doubt,
        "reasons": list(roles.reasons),
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
        "silent_channels": list(quality.silent_channels),
    }


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
