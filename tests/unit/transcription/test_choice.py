"""Which engine is chosen: whisper if a model can be had, sphinx for known English, else an honest refusal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from huggingface_hub import constants

from transcription.engines import EngineRequest, choose_engine, describe_engines
from transcription.engines.whisper_models import within
from transcription.errors import NeedsModel


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub address at which nothing listens."""
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A hub that knows every model but those called nothing; the paths asked for."""
    asked: list[str] = []

    class Hub(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            asked.append(self.path)
            self.send_response(404 if "nothing" in self.path else 200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    yield asked
    server.shutdown()
    server.server_close()
    thread.join()


def request(engine: str, tmp_path: Path, language: str | None = None, model: str | None = "base") -> EngineRequest:
    return EngineRequest(engine, model=model, language=language, models_dir=tmp_path, hub_timeout=2.0)  # type: ignore[arg-type]


@pytest.mark.usefixtures("no_hub")
@pytest.mark.parametrize("language", ["en", "en-US", "EN_gb"])
def test_known_english_without_a_model_goes_to_the_stand_in(tmp_path: Path, language: str) -> None:
    choice = choose_engine(request("auto", tmp_path, language))
    assert choice.name == "sphinx"
    assert "hub does not answer" in choice.reason


@pytest.mark.usefixtures("no_hub")
@pytest.mark.parametrize("language", [None, "", "ru", "ko", "eng"])
def test_without_a_model_no_other_language_is_ever_guessed_at(tmp_path: Path, language: str | None) -> None:
    with pytest.raises(NeedsModel) as caught:
        choose_engine(request("auto", tmp_path, language))
    assert "--model" in caught.value.advice


def test_a_model_on_the_hub_is_enough_for_whisper(tmp_path: Path, hub: list[str]) -> None:
    assert choose_engine(request("auto", tmp_path, "en")).name == "whisper"
    assert hub == ["/api/models/Systran/faster-whisper-base"]


@pytest.mark.usefixtures("hub")
def test_a_model_the_hub_does_not_have_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NeedsModel, match="no model 'org/nothing'"):
        choose_engine(request("whisper", tmp_path, model="org/nothing"))


def test_an_offline_machine_does_not_ask(tmp_path: Path, hub: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(NeedsModel, match="stay offline"):
        choose_engine(request("whisper", tmp_path))
    assert hub == []


def test_a_hub_that_never_answers_costs_only_the_time_allowed() -> None:
    never = Event()
    begun = time.monotonic()
    assert within(lambda: 200 if never.wait(30) else None, 0.2) is None
    assert time.monotonic() - begun < 5
    never.set()


@pytest.mark.parametrize("model", ["no-such-size", "/no/such/folder", "./no-such-folder", "a/b/c d"])
def test_a_model_that_cannot_be_is_refused(tmp_path: Path, no_hub: None, model: str) -> None:
    with pytest.raises(NeedsModel):
        choose_engine(request("whisper", tmp_path, "en", model=model))


def test_the_stand_in_by_name_still_wants_known_english(tmp_path: Path) -> None:
    with pytest.raises(NeedsModel, match="not known"):
        choose_engine(request("sphinx", tmp_path))
    assert choose_engine(request("sphinx", tmp_path, "en")).name == "sphinx"


@pytest.mark.usefixtures("no_hub")
def test_doctor_is_told_what_each_engine_would_do(tmp_path: Path) -> None:
    states = {state.name: state for state in describe_engines(request("auto", tmp_path, "en"))}
    assert not states["whisper"].available
    assert "does not answer" in states["whisper"].why
    assert states["sphinx"].available
