"""After the engine: what was heard is cleaned up, given to people, put into turns, and becomes the transcript."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from transcription.audio import DecodedCall
from transcription.cleanup import clean_utterances
from transcription.diarization import Stretch, speaker_confidence
from transcription.engines.protocol import Engine
from transcription.errors import Cancelled
from transcription.listening import Listened, give_to_people, without_recordings
from transcription.roles import RoleHints, RolesTold, settle_people
from transcription.sounds import Announced, find_announcements
from transcription.speech import Recognition, Utterance
from transcription.transcript import Removal, Role, RolesNote, Transcript, Turn, seconds, share
from transcription.turns import merge_channels

SURE: Final = 0.7
"""Confidence under which a turn on a shared channel is speaker A's or B's and nobody's by role (contract)."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is left of each channel after the clean-up, and what was taken out."""

    channels: tuple[tuple[Utterance, ...], ...]
    removed: tuple[Removal, ...]


def build_transcript(
    call: DecodedCall,
    listened: Listened,
    recognition: Recognition,
    engine: Engine,
    hints: RoleHints,
    *,
    models_dir: Path | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Transcript:
    """The transcript of a call that was listened to and recognised: clean-up, recordings, bleed, roles, turns.

    Raises Cancelled.
    """
    language = recognition.language
    cleaned = clean_all(listened, recognition)
    _check(cancelled)
    announced, listened = take_recordings(cleaned, listened, language, models_dir=models_dir, cancelled=cancelled)
    marks = tuple(sorted((*listened.marks, *announced.marks), key=lambda m: (m.start, m.end, m.channel or 0, m.kind)))
    kept = [_with_confidence(channel, listened.stretches) for channel in announced.channels]
    _check(cancelled)
    people = settle_people(
        kept, listened.voices, replace(hints, language=language), decoded=listened.channels, marks=marks
    )
    _check(cancelled)
    sides = [(side.voice, side.utterances) for side in people.sides] + list(announced.systems)
    turns = merge_channels([utterances for _, utterances in sides], [voice for voice, _ in sides], language)
    if listened.stretches:
        turns = _honest(turns, [side.voice.role for side in people.sides])
    confidences = [w.confidence for turn in turns for w in turn.words if w.confidence is not None]
    quality = replace(
        call.quality,
        word_confidence=share(sum(confidences) / len(confidences)) if confidences else None,
        speech_seconds=seconds(sum(channel.speech_seconds for channel in listened.channels)),
    )
    removed = (*cleaned.removed, *people.removals)
    return Transcript(
        turns=turns,
        language=language,
        engine=engine.name,
        model=engine.model,
        duration=seconds(call.duration),
        draft=engine.draft,
        quality=quality,
        removed=tuple(sorted(removed, key=lambda r: (r.start or 0.0, r.end or 0.0, r.text, r.reason))),
        language_probability=share(recognition.language_probability),
        marks=marks,
        roles=_note(people.told),
    )


def clean_all(listened: Listened, recognition: Recognition) -> Cleaned:
    """Every channel without text that nobody said."""
    kept: list[tuple[Utterance, ...]] = []
    removed: list[Removal] = []
    for channel, utterances in zip(listened.channels, recognition.channels, strict=True):
        clean, gone = clean_utterances(utterances, channel.spans, recognition.language, channel=channel)
        kept.append(clean)
        removed += gone
    return Cleaned(tuple(kept), tuple(removed))


def take_recordings(
    cleaned: Cleaned,
    listened: Listened,
    language: str | None,
    *,
    models_dir: Path | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Announced, Listened]:
    """Recorded announcements apart from what people say. On a shared channel the people are told apart anew."""
    sources = [voice.channel or 0 for voice in listened.voices]
    announced = find_announcements(cleaned.channels, sources, language, listened.marks)
    if not announced.marks or not listened.stretches:
        return announced, listened
    listened = without_recordings(listened, announced.marks, models_dir=models_dir, cancelled=cancelled)
    spoken = sorted((u for channel in announced.channels for u in channel), key=lambda u: u.words[0].start or 0.0)
    return replace(announced, channels=give_to_people(spoken, listened)), listened


def _check(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled


def _note(told: RolesTold) -> RolesNote:
    return RolesNote(round(told.confidence, 3), told.swapped, told.doubt, told.reasons)


def _with_confidence(utterances: Sequence[Utterance], stretches: Sequence[Stretch]) -> tuple[Utterance, ...]:
    """The utterances of a shared channel with how sure it is that this person said them."""
    if not stretches:
        return tuple(utterances)
    return tuple(
        replace(u, facts={**u.facts, "speaker_confidence": speaker_confidence(stretches, u.span)}) for u in utterances
    )


def _honest(turns: Sequence[Turn], roles: Sequence[Role]) -> tuple[Turn, ...]:
    """Turns of a shared channel: whose person is too unsure goes by letter, always the same one for one person."""
    letters: dict[str, Role] = {}
    free: list[Role] = ["speaker_a", "speaker_b"]
    for role in roles:
        if role in ("rep", "client") and role not in letters and free:
            letters[role] = free.pop(0)
    return tuple(
        replace(turn, role=letters[turn.role])
        if turn.role in letters and (turn.role_confidence or 0.0) < SURE
        else turn
        for turn in turns
    )
