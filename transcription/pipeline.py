"""A recording in, a transcript out: decode, find speech, recognise, clean up, merge the channels into turns."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from transcription.audio import DecodedCall, DecodeLimits, decode_call
from transcription.channels import name_voices
from transcription.cleanup import clean_utterances
from transcription.engines.protocol import Engine
from transcription.errors import Cancelled
from transcription.speech import Recognition, SpokenChannel, primary_language
from transcription.transcript import Removal, Transcript, seconds, share
from transcription.turns import Voice, merge_channels
from transcription.vad import VadOptions, find_speech

DECODED: Final = 0.05
HEARD: Final = 0.10
"""Progress when the sound is decoded, and when speech is found; the engine takes the rest."""


@dataclass(frozen=True, slots=True)
class TranscribeOptions:
    """What is known about a call beforehand; None means unknown.

    `channel_roles` names the channels in order (rep, client, caller, callee, ...); see `channels.name_voices`.
    `company_names` and `rep_names` help to tell who is the rep; `hotwords` (products, the client's name) help the
    engine spell them; `accuracy` chooses between speed and care; `models_dir` holds local models.
    """

    language: str | None = None
    direction: str | None = None
    channel_roles: tuple[str, ...] | None = None
    vad: VadOptions | None = None
    limits: DecodeLimits | None = None
    company_names: tuple[str, ...] = ()
    rep_names: tuple[str, ...] = ()
    hotwords: tuple[str, ...] = ()
    accuracy: Literal["normal", "high"] = "normal"
    models_dir: Path | None = None


def transcribe(
    paths: Sequence[Path],
    engine: Engine,
    options: TranscribeOptions,
    *,
    workdir: Path,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Transcript:
    """The transcript of a call recorded in one file or in two (one leg each).

    `on_progress` gets the share 0..1 done, rising; `cancelled` is asked between pieces of work. Temporary files go to
    a folder of their own under `workdir` and are gone at the end. Raises the errors of `transcription.errors`.
    """
    workdir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="transcribe-", dir=workdir) as folder:
        _check(cancelled)
        call = decode_call(paths, Path(folder), options.limits)
        return transcribe_decoded(call, engine, options, on_progress=on_progress, cancelled=cancelled)


def transcribe_decoded(
    call: DecodedCall,
    engine: Engine,
    options: TranscribeOptions,
    *,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Transcript:
    """The same from a call that is decoded already."""
    report = on_progress or (lambda _share: None)
    voices = name_voices(len(call.channels), options.channel_roles, options.direction)
    report(DECODED)
    channels = find_spoken(call, options.vad, cancelled)
    report(HEARD)
    _check(cancelled)
    language = primary_language(options.language)
    if any(channel.spans for channel in channels):
        recognition = engine.recognise(
            channels, language, on_progress=lambda done: report(HEARD + (1 - HEARD) * done), cancelled=cancelled
        )
    else:
        recognition = Recognition(((),) * len(channels), language)
    report(1.0)
    return build_transcript(call, channels, recognition, voices, engine)


def find_spoken(
    call: DecodedCall, options: VadOptions | None, cancelled: Callable[[], bool] | None
) -> tuple[SpokenChannel, ...]:
    """Every channel with the spans in which somebody speaks."""
    return tuple(
        SpokenChannel(channel.path, find_speech(channel.path, options, cancelled=cancelled))
        for channel in call.channels
    )


def build_transcript(
    call: DecodedCall,
    channels: Sequence[SpokenChannel],
    recognition: Recognition,
    voices: Sequence[Voice],
    engine: Engine,
) -> Transcript:
    """Clean-up and merging: what was heard becomes turns in time order."""
    language = recognition.language
    removed: list[Removal] = []
    kept = []
    for channel, utterances in zip(channels, recognition.channels, strict=True):
        clean, gone = clean_utterances(utterances, channel.spans, language)
        kept.append(clean)
        removed += gone
    turns = merge_channels(kept, voices, language)
    confidences = [w.confidence for turn in turns for w in turn.words if w.confidence is not None]
    quality = replace(
        call.quality,
        word_confidence=share(sum(confidences) / len(confidences)) if confidences else None,
        speech_seconds=seconds(sum(channel.speech_seconds for channel in channels)),
    )
    return Transcript(
        turns=turns,
        language=language,
        engine=engine.name,
        model=engine.model,
        duration=seconds(call.duration),
        draft=engine.draft,
        quality=quality,
        removed=tuple(sorted(removed, key=lambda r: (r.start or 0.0, r.end or 0.0, r.text))),
    )


def _check(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled
