"""The queue's jobs, thin: each names a step and its work; claims, leases and errors are handled in workers.steps."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from review.services.steps import (
    TranscribeWork,
    load_for_score,
    load_for_transcribe,
    note_web_audio,
    store_assessment,
    store_transcript,
)
from review.states import Step
from scoring.engine import score
from scoring.standards import load_standard
from transcription.engines import EngineRequest
from transcription.engines.imported import read_transcript
from transcription.errors import Cancelled, UnreadableAudio
from transcription.transcript import Transcript
from transcription.web_audio import find_web_audio, make_web_audio
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
    """Make the playable audio, then the transcript (or read the one that came with the call)."""
    runtime = run.runtime
    with runtime.database.read() as session:
        work = load_for_transcribe(session, run.claim.call_id, default_language=runtime.settings.language)
    paths = [runtime.store.path(leg.sha256) for leg in work.legs]
    # People can listen while the words are still being found.
    _make_playable(run, paths, needed=work.imported is None)
    if run.cancelled():
        raise Cancelled
    transcript, reason = _read_imported(runtime, work) if work.imported else _recognise(run, work, paths)

    def store(session: Session) -> Step | None:
        stored = store_transcript(session, run.claim, transcript, reason)
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
    standard = load_standard(work.standard)
    assessment: Assessment = score(work.transcript, standard, work.facts)

    def store(session: Session) -> Step | None:
        stored = store_assessment(session, run.claim, assessment, standard.source_text)
        if stored is None:
            raise LeaseLost
        return stored.next

    return store


def _recognise(run: Run, work: TranscribeWork, paths: list[Path]) -> tuple[Transcript, str]:
    from transcription.pipeline import TranscribeOptions, transcribe  # only a speech worker pays for it

    runtime, settings = run.runtime, run.runtime.settings
    request = EngineRequest(
        engine=settings.engine,  # type: ignore[arg-type]  # the settings allow only an engine's name
        model=settings.whisper_model,
        language=work.language,
        models_dir=settings.models,
    )
    engine, choice = runtime.engine_for(request)
    options = TranscribeOptions(
        language=work.language,
        direction=work.direction,
        channel_roles=work.channel_roles,
    )
    with _workdir(run) as workdir:
        transcript = transcribe(
            paths, engine, options, workdir=workdir, on_progress=run.progress, cancelled=run.cancelled
        )
    return transcript, choice.reason


def _read_imported(runtime: Runtime, work: TranscribeWork) -> tuple[Transcript, str]:
    if work.imported is None:
        raise ValueError(f"call {work.call_id} came without a transcript")
    data = runtime.store.path(work.imported.sha256).read_bytes()
    transcript = read_transcript(
        data, name=work.imported.name, language=work.language, channel_roles=work.channel_roles
    )
    return transcript, IMPORTED_REASON


def _make_playable(run: Run, paths: list[Path], *, needed: bool) -> None:
    """Make the audio for the browser, once. A recording that cannot be read ends the call only if it is `needed`."""
    if not paths:
        return
    runtime, call_id = run.runtime, run.claim.call_id
    folder = runtime.store.derived(call_id)
    there = find_web_audio(folder)
    try:
        made = there or make_web_audio(paths, folder)
    except UnreadableAudio as error:
        if needed:
            raise
        log.warning("the recording cannot be played, its transcript is used all the same: %s", error)
        return
    with runtime.database.session() as session:
        note_web_audio(session, call_id, runtime.store.derived_name(call_id), made.duration)


@contextmanager
def _workdir(run: Run) -> Iterator[Path]:
    """A folder for this run's temporary files, gone afterwards."""
    path = run.runtime.settings.work / f"call-{run.claim.call_id}-{run.claim.token[:12]}"
    path.mkdir(parents=True, exist_ok=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
