"""A recording in, a transcript out: decode, mark and find speech, tell people apart, recognise, assemble the turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from transcription.assembly import build_transcript
from transcription.audio import DecodedCall, DecodeLimits, decode_call
from transcription.channels import name_voices
from transcription.engines.protocol import ComingEngine, Engine
from transcription.errors import Cancelled
from transcription.listening import Listened, listen_to_call
from transcription.overlap import listen_while
from transcription.roles import RoleHints
from transcription.speech import Recognition, primary_language
from transcription.transcript import Transcript
from transcription.turns import Voice
from transcription.vad import VadOptions
from transcription.work_folders import work_folder

DECODED: Final = 0.05
HEARD: Final = 0.10
RECOGNISED: Final = 0.98
"""Progress when the sound is decoded, when it is known who speaks where, and when the words are there."""


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
    with work_folder(workdir, "transcribe-") as folder:
        _check(cancelled)
        call = decode_call(paths, folder, options.limits, echo_later=True)
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
    call, listened, recognition = _hear(call, voices, engine, options, report, cancelled)
    _check(cancelled)
    transcript = build_transcript(
        call,
        listened,
        recognition,
        engine,
        role_hints(options, voices),
        models_dir=options.models_dir,
        cancelled=cancelled,
    )
    report(1.0)
    return transcript


def _hear(
    call: DecodedCall,
    voices: Sequence[Voice],
    engine: Engine,
    options: TranscribeOptions,
    report: Callable[[float], None],
    cancelled: Callable[[], bool] | None,
) -> tuple[DecodedCall, Listened, Recognition]:
    """Listening and recognising: at the same time where the engine can and each person has a channel.

    What was put off of measuring the call is done as well.
    """

    def heard(done: float) -> None:
        report(HEARD + (RECOGNISED - HEARD) * done)

    recognition = None
    if isinstance(engine, ComingEngine) and len(voices) > 1 and engine.can_begin(options.language, options.accuracy):
        call, listened, recognition = listen_while(
            lambda coming: engine.recognise_coming(
                coming, options.language or "", on_progress=heard, cancelled=cancelled, hotwords=options.hotwords
            ),
            call,
            voices,
            options.vad,
            models_dir=options.models_dir,
            begun=lambda: report(HEARD),
            cancelled=cancelled,
        )
    else:
        listened = listen_to_call(
            call,
            voices,
            options.vad,
            models_dir=options.models_dir,
            on_progress=lambda done: report(DECODED + (HEARD - DECODED) * done),
            cancelled=cancelled,
        )
    if recognition is None:
        _check(cancelled)
        recognition = recognise(listened, engine, options, on_progress=heard, cancelled=cancelled)
    return call.settled(), listened, recognition


def recognise(
    listened: Listened,
    engine: Engine,
    options: TranscribeOptions,
    *,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Recognition:
    """What the engine hears in the spans; it is not asked when nobody speaks."""
    language = primary_language(options.language)
    if not listened.anyone:
        return Recognition(((),) * len(listened.channels), language)
    return engine.recognise(
        listened.channels,
        language,
        on_progress=on_progress,
        cancelled=cancelled,
        hotwords=options.hotwords,
        accuracy=options.accuracy,
    )


def role_hints(options: TranscribeOptions, voices: Sequence[Voice]) -> RoleHints:
    """What is known beforehand about who the rep is; `named` when somebody said who is on which channel."""
    return RoleHints(
        direction=options.direction,
        company_names=options.company_names,
        rep_names=options.rep_names,
        language=primary_language(options.language),
        named=options.channel_roles is not None and len(options.channel_roles) == len(voices),
    )


def _check(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled
