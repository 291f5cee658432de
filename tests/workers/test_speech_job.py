"""The speech job with real sound and an engine of the test: masked and muted, loaded once, progress, stop."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from review import states
from review.bodies import unpack_body
from review.models import SealedOriginal, StoredTranscript, WebAudio
from review.queries.corrections import read_layer
from review.services.corrections import correct_turn
from review.services.intake import CallFacts, IncomingFile, accept_recording
from review.services.retranscribe import transcribe_again
from review.services.sources import change_source
from tests.factories import make_user
from tests.workers.installation import Installation
from transcription.engines import Engine, EngineChoice, EngineRequest
from transcription.errors import Cancelled, NeedsModel
from transcription.speech import Recognition, SpokenChannel, Utterance
from transcription.transcript import Word
from workers import jobs
from workers.demo.manifest import sample_calls
from workers.runtime import Runtime
from workers.steps import run_step


@dataclass
class YesEngine:
    """Hears the word "yes" in every span, and remembers what it was asked and what was there at that time."""

    installation: Installation
    stop: Callable[[], None] | None = None
    heard: list[int] = field(default_factory=list)
    playable: list[bool] = field(default_factory=list)
    says: tuple[str, ...] = ("yes",)
    asked: list[dict[str, object]] = field(default_factory=list)
    name: str = "test"
    model: str = "yes"
    draft: bool = True

    def recognise(
        self,
        channels: Sequence[SpokenChannel],
        language: str | None,
        *,
        on_progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        **more: object,
    ) -> Recognition:
        """The engine's words in each span, with progress after each."""
        self.asked.append(more)
        spans = sum(len(channel.spans) for channel in channels)
        with self.installation.database.read() as session:
            self.playable.append(session.scalar(select(WebAudio.call_id)) is not None)
        if self.stop is not None:
            self.stop()
        done = 0
        lanes = []
        for channel in channels:
            utterances = []
            for span in channel.spans:
                if cancelled is not None and cancelled():
                    raise Cancelled
                step = (span.end - span.start) / len(self.says)
                words = tuple(
                    Word(text, span.start + n * step, span.start + (n + 1) * step, 0.9)
                    for n, text in enumerate(self.says)
                )
                utterances.append(Utterance(span, words))
                done += 1
                if on_progress is not None:
                    on_progress(done / spans)
            lanes.append(tuple(utterances))
        self.heard.append(done)
        return Recognition(tuple(lanes), language)


@pytest.fixture(scope="module")
def recording() -> bytes:
    """The shortest English sample call that came as one file."""
    english = [call for call in sample_calls() if call.language == "en" and len(call.files) == 1]
    return Path(english[0].files[0]).read_bytes()


def runtime_with(installation: Installation, engine: YesEngine, loads: list[EngineChoice]) -> Runtime:
    """A runtime whose only engine is the test's."""

    def choose(_request: EngineRequest) -> EngineChoice:
        return EngineChoice("test", "yes", "the test says so")

    def load(choice: EngineChoice) -> Engine:
        loads.append(choice)
        return engine

    return dataclasses.replace(installation.runtime(), choose=choose, load=load)


def test_sound_becomes_a_transcript_and_can_be_heard_after(installation: Installation, recording: bytes) -> None:
    call_id = installation.accept_audio("sound", recording).call_id
    engine, loads = YesEngine(installation), []
    worker = runtime_with(installation, engine, loads)
    assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "done"
    assert engine.playable == [False], "the recording could be played before anybody knew what must be silenced"
    call = installation.call(call_id)
    assert call.state == "transcribed"
    assert call.duration is not None
    assert call.duration > 10
    folder = installation.store.derived(call_id)
    assert (folder / "audio.webm").is_file()
    assert (folder / "peaks.json").is_file()
    with installation.database.read() as session:
        stored = session.scalars(select(StoredTranscript)).one()
    assert (stored.engine, stored.draft, stored.reason) == ("test", True, "the test says so")
    assert not list(installation.settings.work.iterdir()), "temporary files were left"


def test_the_engine_is_loaded_once_for_many_calls(installation: Installation, recording: bytes) -> None:
    engine, loads = YesEngine(installation), []
    worker = runtime_with(installation, engine, loads)
    for name in ("first", "second"):
        call_id = installation.accept_audio(name, recording + name.encode()).call_id
        assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "done"
    assert len(engine.heard) == 2
    assert len(loads) == 1


def test_a_stop_in_the_middle_stores_nothing_and_gives_the_call_back(
    installation: Installation, recording: bytes
) -> None:
    call_id = installation.accept_audio("stopped", recording).call_id
    engine, loads = YesEngine(installation), []
    worker = runtime_with(installation, engine, loads)
    engine.stop = worker.request_stop
    assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "stopped"
    assert installation.effects()[call_id] == (0, 0)
    assert installation.state(call_id) == "received"
    assert not list(installation.settings.work.iterdir()), "temporary files were left"


def test_a_call_without_an_engine_cannot_be_heard_unchecked(installation: Installation, recording: bytes) -> None:
    call_id = installation.accept_audio("unheard", recording, language="ru").call_id

    def none(_request: EngineRequest) -> EngineChoice:
        raise NeedsModel("No engine knows Russian here.", "Provide a Whisper model.")

    worker = dataclasses.replace(installation.runtime(), choose=none)
    assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "parked"
    assert installation.state(call_id) == "needs_model"
    with installation.database.read() as session:
        assert session.scalar(select(WebAudio.call_id)) is None
    assert not list(installation.store.derived(call_id).glob("*.webm"))


def test_the_choice_of_an_engine_is_remembered_for_a_while(installation: Installation) -> None:
    asked: list[EngineRequest] = []

    def choose(request: EngineRequest) -> EngineChoice:
        asked.append(request)
        return EngineChoice("test", "yes", "the test says so")

    worker = dataclasses.replace(installation.runtime(), choose=choose, load=lambda _choice: YesEngine(installation))
    for language in ("en", "en", "ru"):
        worker.engine_for(EngineRequest(language=language))
    assert [request.language for request in asked] == ["en", "ru"]


def test_private_numbers_are_masked_sealed_and_silent(installation: Installation, recording: bytes) -> None:
    call_id = installation.accept_audio("private", recording).call_id
    engine = YesEngine(installation, says=("my", "card", "number", "is", "5105", "1051", "0510", "5100"))
    worker = runtime_with(installation, engine, [])
    assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "done"
    with installation.database.read() as session:
        stored = session.scalars(select(StoredTranscript)).one()
        sealed = session.scalars(select(SealedOriginal)).one()
    said = str(unpack_body(stored.body))
    assert "[card]" in said
    assert "5105" not in said
    assert sealed.pieces == len(unpack_body(stored.body)["redactions"])
    originals = worker.seal.open(call_id, sealed.body)
    assert "5105" in originals[0].text
    peaks = json.loads((installation.store.derived(call_id) / "peaks.json").read_text(encoding="ascii"))
    assert len(peaks["muted"]) >= 1


def test_what_a_person_masks_is_silenced_in_the_sound_and_stays_silent(
    installation: Installation, recording: bytes
) -> None:
    call_id = installation.accept_audio("by hand", recording).call_id
    worker = runtime_with(installation, YesEngine(installation, says=("maybe",)), [])
    assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "done"
    assert run_step(worker, call_id, "score", jobs.score_work) == "done"
    peaks = installation.store.derived(call_id) / "peaks.json"
    before = json.loads(peaks.read_text(encoding="ascii"))
    assert "muted" not in before
    with installation.database.session() as session:
        user = make_user(session, "reviewer")
        layer = read_layer(session, call_id)
        assert layer is not None
        correct_turn(session, call_id, user.id, layer.items[1].key, text="my card is 5105 1051 0510 5100")
        edited = layer.items[1].turn
    assert run_step(worker, call_id, "score", jobs.score_work) == "done"
    after = json.loads(peaks.read_text(encoding="ascii"))
    ((channel, start, end),) = after["muted"]
    assert channel is None
    assert edited.start is not None
    assert edited.end is not None
    assert edited.start - 0.5 <= start < end <= edited.end + 0.5
    middle = int((start + end) / 2 * after["per_second"])
    assert [lane[middle] for lane in after["channels"]] == [0.0] * len(after["channels"])
    made = peaks.stat().st_mtime_ns
    with installation.database.session() as session:
        states.make_ready(session, call_id, "score", when=("scored",))
    assert run_step(worker, call_id, "score", jobs.score_work) == "done"
    assert peaks.stat().st_mtime_ns == made, "nothing new to silence, and yet the sound was made again"
    with installation.database.session() as session:
        assert transcribe_again(session, call_id, engine="auto", offered_only=False)
    assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "done"
    assert [None, start, end] in json.loads(peaks.read_text(encoding="ascii"))["muted"]


def test_where_a_number_without_a_time_was_said_nothing_is_heard(installation: Installation, recording: bytes) -> None:
    with installation.database.session() as session:
        call_id = accept_recording(
            session,
            installation.store,
            [IncomingFile("talk.ogg", io.BytesIO(recording))],
            CallFacts(source="test", external_id="no times", language="en"),
            door="import",
            transcript=IncomingFile("talk.json", io.BytesIO(b'{"turns":[{"role":"rep","text":"good day to you"}]}')),
        ).call_id
    worker = installation.runtime()
    assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "done"
    assert run_step(worker, call_id, "score", jobs.score_work) == "done"
    peaks = installation.store.derived(call_id) / "peaks.json"
    assert max(map(max, json.loads(peaks.read_text(encoding="ascii"))["channels"])) > 0
    with installation.database.session() as session:
        user = make_user(session, "reviewer")
        layer = read_layer(session, call_id)
        assert layer is not None
        correct_turn(session, call_id, user.id, layer.items[0].key, text="my card is 5105 1051 0510 5100")
    assert run_step(worker, call_id, "score", jobs.score_work) == "done"
    assert max(map(max, json.loads(peaks.read_text(encoding="ascii"))["channels"])) == 0


def test_the_engine_is_told_what_is_known(installation: Installation, recording: bytes) -> None:
    call_id = installation.accept_audio("hints", recording).call_id
    with installation.database.session() as session:
        change_source(
            session,
            "test",
            language="en",
            rep_channel=0,
            standard=None,
            company_names=["Green Bridge"],
            products=["Nordhem desk"],
            accuracy="high",
        )
    engine = YesEngine(installation)
    worker = runtime_with(installation, engine, [])
    assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "done"
    assert engine.asked[0]["accuracy"] == "high"
    assert "Nordhem desk" in engine.asked[0]["hotwords"]  # type: ignore[operator]


def test_a_call_is_transcribed_again_beside_what_it_had(installation: Installation, recording: bytes) -> None:
    call_id = installation.accept_audio("again", recording).call_id
    draft = runtime_with(installation, YesEngine(installation, says=("maybe",)), [])
    assert run_step(draft, call_id, "transcribe", jobs.transcribe_work) == "done"
    assert run_step(draft, call_id, "score", jobs.score_work) == "done"
    first = (installation.store.derived(call_id) / "audio.webm").stat().st_mtime_ns
    with installation.database.session() as session:
        assert transcribe_again(session, call_id, engine="auto", offered_only=False)
    whisper = runtime_with(
        installation, YesEngine(installation, name="whisper", model="small", draft=False, says=("certainly",)), []
    )
    assert run_step(whisper, call_id, "transcribe", jobs.transcribe_work) == "done"
    assert run_step(whisper, call_id, "score", jobs.score_work) == "done"
    assert installation.effects()[call_id] == (2, 2)
    call = installation.call(call_id)
    assert (call.state, call.draft, call.speech_rank) == ("scored", False, 30)
    assert (installation.store.derived(call_id) / "audio.webm").stat().st_mtime_ns > first, (
        "the sound was not made anew"
    )
    with installation.database.read() as session:
        bodies = [unpack_body(row.body) for row in session.scalars(select(StoredTranscript).order_by("number"))]
    assert ["maybe" in str(body) for body in bodies] == [True, False]


def test_an_engine_that_fails_the_second_time_costs_nothing(installation: Installation, recording: bytes) -> None:
    call_id = installation.accept_audio("kept", recording).call_id
    worker = runtime_with(installation, YesEngine(installation), [])
    assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "done"
    assert run_step(worker, call_id, "score", jobs.score_work) == "done"
    with installation.database.session() as session:
        transcribe_again(session, call_id, engine="auto", offered_only=False)

    def none(_request: EngineRequest) -> EngineChoice:
        raise NeedsModel("No model.", "Copy one.")

    assert run_step(dataclasses.replace(worker, choose=none, _choices={}), call_id, "transcribe", jobs.transcribe_work)
    call = installation.call(call_id)
    assert (call.state, call.engine_wait) == ("scored", None)
    assert call.failure is not None
    assert call.failure["message"] == "No model."
    assert installation.effects()[call_id] == (1, 1)
