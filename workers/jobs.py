"""The queue's jobs, thin: each names a step and its work; claims, leases and errors are handled in workers.steps."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from review.learning.in_use import judge_aside, read_in_use, store_aside
from review.privacy import make_private
from review.services.steps import (
    ScoreWork,
    TranscribeWork,
    load_for_score,
    load_for_transcribe,
    note_web_audio,
    store_assessment,
    store_transcript,
)
from review.states import Step
from scoring.engine import score
from transcription.audio import decode_call
from transcription.engines import EngineRequest
from transcription.engines.imported import read_transcript
from transcription.errors import Cancelled, UnreadableAudio
from transcription.redaction import MuteSpan, Redacted, mute_spans
from transcription.transcript import Transcript
from transcription.web_audio import WebAudio, find_web_audio, make_web_audio, make_web_audio_from, read_muted
from transcription.work_folders import work_folder
from workers.leftovers import WORK_PREFIX
from workers.runtime import Runtime
from workers.steps import LeaseLost, Run, Store, run_step

if TYPE_CHECKING:
    from scoring.assessment import Assessment

log = logging.getLogger("workers")

IMPORTED_REASON = "the transcript came with the call"


def transcribe_call(call_id: int) -> str:
    """Queue job: write a call's recording down. The answer (for the queue's log) is how it went."""
    return run_step(Runtime.get(), call_id, "transcribe", transcribe_work)


def score_call(call_id: int) -> str:
    """Queue job: judge a call's transcript. The answer (for the queue's log) is how it went."""
    return run_step(Runtime.get(), call_id, "score", score_work)


def transcribe_work(run: Run) -> Store:
    """The transcript with private numbers masked, and the playable audio with the same places silenced.

    The audio comes after the words: until they are known, nobody knows what must not be heard. What the masks hide
    leaves this process only sealed.
    """
    runtime = run.runtime
    with runtime.database.read() as session:
        work = load_for_transcribe(
            session,
            run.claim.call_id,
            default_language=runtime.settings.language,
            company_names=runtime.settings.company_names,
        )
    paths = [runtime.store.path(leg.sha256) for leg in work.legs]
    # What came with the call is listened to by an engine only when a person asked for it.
    imported = work.imported is not None and not (work.again and paths)
    redacted, reason = _read_imported(run, work, paths) if imported else _recognise(run, work, paths)
    sealed = runtime.seal.close(work.call_id, redacted.originals)

    def store(session: Session) -> Step | None:
        stored = store_transcript(session, run.claim, redacted.transcript, reason, sealed)
        if stored is None:
            raise LeaseLost
        return stored.next

    return store


def score_work(run: Run) -> Store:
    """Judge the newest transcript by the standard of its source."""
    settings = run.runtime.settings
    with run.runtime.database.read() as session:
        work = load_for_score(
            session,
            run.claim.call_id,
            default_standard=settings.standard,
            company_names=settings.company_names,
        )
        models = read_in_use(session, settings.data)
    _keep_silent(run, work)
    standard = work.judge_by
    assessment: Assessment = score(work.transcript, standard, work.facts, models.judges, models.closed_leads)
    aside = judge_aside(models, work.transcript, standard, work.facts, assessment)

    def store(session: Session) -> Step | None:
        stored = store_assessment(session, run.claim, assessment, standard.source_text)
        if stored is None:
            raise LeaseLost
        store_aside(session, work.call_id, aside)
        return stored.next

    return store


def _recognise(run: Run, work: TranscribeWork, paths: list[Path]) -> tuple[Redacted, str]:
    """Listen to the recording, decoded once for the engine and for the player."""
    from transcription.pipeline import TranscribeOptions, transcribe_decoded  # only a speech worker pays for it

    runtime, settings = run.runtime, run.runtime.settings
    request = EngineRequest(
        engine=work.engine or settings.engine,  # type: ignore[arg-type]  # both are one of the engines' names
        model=settings.whisper_model,
        language=work.language,
        models_dir=settings.models,
    )
    options = TranscribeOptions(
        language=work.language,
        direction=work.direction,
        channel_roles=work.channel_roles,
        company_names=work.hints.company_names,
        rep_names=work.hints.rep_names,
        hotwords=work.hints.hotwords,
        accuracy=work.accuracy,
        models_dir=settings.models,
    )
    settings.work.mkdir(parents=True, exist_ok=True)
    with work_folder(settings.work, WORK_PREFIX) as folder:
        decoded = decode_call(paths, folder, names=[leg.name for leg in work.legs], echo_later=True)
        if run.cancelled():
            raise Cancelled
        if len(decoded.channels) > 2:
            options = replace(options, channel_roles=None)  # the source's setting is about two sides
        engine, choice = runtime.engine_for(request)
        transcript = transcribe_decoded(decoded, engine, options, on_progress=run.progress, cancelled=run.cancelled)
        redacted = make_private(transcript)
        muted = (*_silent(redacted.transcript, min(2, len(decoded.channels))), *work.muted)
        playable = make_web_audio_from(decoded, runtime.store.derived(work.call_id), mute=muted, remake=work.again)
    _note_playable(run, playable)
    return redacted, choice.reason


def _read_imported(run: Run, work: TranscribeWork, paths: list[Path]) -> tuple[Redacted, str]:
    """Read the transcript that came with the call; a recording that cannot be played does not spoil it."""
    from transcription.roles import RoleHints, tell_given_roles  # as above

    runtime, imported = run.runtime, work.imported
    if imported is None:
        raise ValueError(f"call {work.call_id} came without a transcript")
    data = runtime.store.path(imported.sha256).read_bytes()
    given = read_transcript(data, name=imported.name, language=work.language, channel_roles=work.channel_roles)
    hints = RoleHints(work.direction, work.hints.company_names, work.hints.rep_names, work.language)
    redacted = make_private(tell_given_roles(given, hints))
    if paths and can_be_silenced(redacted.transcript):
        # A provider counts channels its own way, so that all of them are silent at these times.
        names, muted = [leg.name for leg in work.legs], (*_silent(redacted.transcript, 0), *work.muted)
        try:
            folder = runtime.store.derived(work.call_id)
            _note_playable(run, make_web_audio(paths, folder, mute=muted, names=names))
        except UnreadableAudio as error:
            log.warning("the recording cannot be played, its transcript is used all the same: %s", error)
    elif paths:
        log.warning("the recording is not made playable: its transcript has no times to silence private numbers at")
    return redacted, IMPORTED_REASON


def _keep_silent(run: Run, work: ScoreWork) -> None:
    """Make the playable audio again when people's corrections mask what can still be heard in it."""
    runtime = run.runtime
    folder = runtime.store.derived(work.call_id)
    if not work.muted or find_web_audio(folder) is None:
        return
    paths = [runtime.store.path(leg.sha256) for leg in work.legs]
    mute = (*read_muted(folder), *work.muted)  # what is silent now stays so
    _note_playable(run, make_web_audio(paths, folder, mute=mute, names=[leg.name for leg in work.legs]))


def _silent(transcript: Transcript, lanes: int) -> tuple[MuteSpan, ...]:
    """What to mute in the player's `lanes`; a channel that is none of them means all of them."""
    return tuple(
        (channel if channel is not None and channel < lanes else None, span) for channel, span in mute_spans(transcript)
    )


def can_be_silenced(transcript: Transcript) -> bool:
    """Whether every masked place has a time, its own or its turn's, at which the sound can be muted."""
    return all(
        redaction.start is not None or transcript.turns[redaction.turn].start is not None
        for redaction in transcript.redactions
        if 0 <= redaction.turn < len(transcript.turns)
    )


def _note_playable(run: Run, made: WebAudio) -> None:
    runtime, call_id = run.runtime, run.claim.call_id
    with runtime.database.session() as session:
        note_web_audio(session, call_id, runtime.store.derived_name(call_id), made.duration)
