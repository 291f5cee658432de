"""Where a Whisper model is found: folders, the models folder, the hub's cache, a hub on this machine, or nowhere."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from faster_whisper.utils import _MODELS

from tests.model_hub import BASE, REVISION, Hub
from tests.whisper_model import build_whisper_model
from transcription.engines import whisper_hub
from transcription.engines.whisper_models import KNOWN_MODELS, bring_model, find_model
from transcription.errors import EngineFailed, NeedsModel


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_whisper_model(tmp_path_factory.mktemp("whisper") / "whole")


@pytest.fixture(autouse=True)
def asked_afresh() -> Iterator[None]:
    whisper_hub.forget_answers()
    yield
    whisper_hub.forget_answers()


@pytest.fixture
def closed_hub() -> str:
    """An address of this machine on which nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def hub(whole: Path) -> Iterator[Hub]:
    hub = Hub(whole)
    thread = Thread(target=hub.server.serve_forever, daemon=True)
    thread.start()
    yield hub
    hub.server.shutdown()
    hub.server.server_close()
    thread.join()


def put_into_cache(models: Path, whole: Path, *, without: str = "") -> Path:
    """Lay a model out as the hub's library does after fetching it."""
    cache = models / f"models--{BASE.replace('/', '--')}"
    snapshot = cache / "snapshots" / REVISION
    snapshot.mkdir(parents=True)
    (cache / "refs").mkdir()
    (cache / "refs" / "main").write_text(REVISION)
    for file in whole.iterdir():
        if file.name != without:
            (snapshot / file.name).symlink_to(file)
    return snapshot


def test_the_table_of_names_is_faster_whispers_own() -> None:
    assert {name: model.repository for name, model in KNOWN_MODELS.items()} == _MODELS


def test_a_folder_is_found_and_no_hub_is_asked(whole: Path, hub: Hub) -> None:
    found = find_model(str(whole), hub=hub.address)
    assert (found.name, found.folder) == ("whole", whole)
    assert "folder whole" in found.why
    assert str(whole.parent) not in found.why
    assert hub.asked == []


def test_a_path_to_nothing_is_never_taken_for_a_name(tmp_path: Path, hub: Hub) -> None:
    with pytest.raises(NeedsModel, match="no Whisper model folder"):
        find_model(str(tmp_path / "gone"), hub=hub.address)
    assert hub.asked == []


@pytest.mark.parametrize("name", ["base", "faster-whisper-base"])
def test_a_model_copied_into_the_models_folder_is_found_by_name(tmp_path: Path, whole: Path, name: str) -> None:
    (tmp_path / name).symlink_to(whole)
    found = find_model("base", models_dir=tmp_path, hub="http://127.0.0.1:1")
    assert found.folder == tmp_path / name
    assert bring_model("base", models_dir=tmp_path) == ("base", tmp_path / name)


def test_a_model_fetched_before_is_found_by_name_with_no_hub(tmp_path: Path, whole: Path, closed_hub: str) -> None:
    snapshot = put_into_cache(tmp_path, whole)
    for name in ("base", BASE):
        assert find_model(name, models_dir=tmp_path, hub=closed_hub).folder == snapshot
    assert bring_model("base", models_dir=tmp_path, hub=closed_hub) == ("base", snapshot)


def test_a_model_fetched_in_part_is_not_here_yet(tmp_path: Path, whole: Path, hub: Hub) -> None:
    put_into_cache(tmp_path, whole, without="tokenizer.json")
    assert find_model("base", models_dir=tmp_path, hub=hub.address).folder is None


@pytest.mark.parametrize("name", ["huge", "", "a b", "org/na me"])
def test_an_impossible_name_is_refused_with_the_known_ones(name: str, hub: Hub) -> None:
    with pytest.raises(NeedsModel, match="no Whisper model called") as caught:
        find_model(name, hub=hub.address)
    assert "large-v3-turbo" in caught.value.advice
    assert hub.asked == []


def test_no_hub_is_said_plainly_with_what_to_do(tmp_path: Path, closed_hub: str) -> None:
    with pytest.raises(NeedsModel) as caught:
        find_model("base", models_dir=tmp_path, hub_timeout=2.0, hub=closed_hub)
    assert caught.value.reason.startswith("The Whisper model base is not on this machine and the model hub does not")
    assert str(tmp_path / "base") in caught.value.advice


def test_a_hub_whose_name_nobody_knows_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(NeedsModel, match="hub does not answer"):
        find_model("base", models_dir=tmp_path, hub_timeout=2.0, hub="http://no-such-hub.invalid")


def test_a_silent_hub_costs_the_time_allowed_once_a_minute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as deaf:  # takes connections and never answers
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        hub = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        took = []
        for model in ("base", "base", "small"):
            begun = time.monotonic()
            with pytest.raises(NeedsModel):
                find_model(model, models_dir=tmp_path, hub_timeout=0.5, hub=hub)
            took.append(time.monotonic() - begun)
        assert 0.4 < took[0] < 2.0
        assert max(took[1:]) < 0.3
        monkeypatch.setattr(whisper_hub, "REMEMBERED_SECONDS", 0.0)
        begun = time.monotonic()
        with pytest.raises(NeedsModel):
            find_model("base", models_dir=tmp_path, hub_timeout=0.5, hub=hub)
        assert time.monotonic() - begun > 0.4


def test_looking_up_a_name_for_ever_costs_only_the_time_allowed() -> None:
    never = Event()
    begun = time.monotonic()
    assert whisper_hub.within(lambda: never.wait(30), 0.2) is None
    assert time.monotonic() - begun < 5
    never.set()


def test_a_model_the_hub_does_not_have_is_said_so(tmp_path: Path, hub: Hub) -> None:
    with pytest.raises(NeedsModel, match="has no model 'org/other'"):
        find_model("org/other", models_dir=tmp_path, hub=hub.address)


def test_a_model_of_the_hub_is_found_without_fetching_and_fetched_when_brought(tmp_path: Path, hub: Hub) -> None:
    found = find_model("base", models_dir=tmp_path, hub=hub.address)
    assert found.folder is None
    assert "145 MB" in found.why
    assert list(tmp_path.iterdir()) == []
    name, folder = bring_model("base", models_dir=tmp_path, hub=hub.address)
    assert name == "base"
    assert folder.is_relative_to(tmp_path)
    assert not (folder / "README.md").exists()
    asked = len(hub.asked)
    assert find_model("base", models_dir=tmp_path, hub=hub.address).folder == folder
    assert len(hub.asked) == asked


def test_a_download_that_breaks_off_may_be_tried_again(tmp_path: Path, hub: Hub) -> None:
    hub.broken = True
    with pytest.raises(EngineFailed, match="could not be fetched") as caught:
        bring_model("base", models_dir=tmp_path, hub=hub.address)
    assert not caught.value.permanent
    hub.broken = False
    assert bring_model("base", models_dir=tmp_path, hub=hub.address)[1].is_dir()


def test_a_models_folder_that_cannot_be_written_is_said_so(tmp_path: Path, hub: Hub) -> None:
    taken = tmp_path / "models"
    taken.write_text("a file, not a folder")
    with pytest.raises(EngineFailed, match="could not be stored"):
        bring_model("base", models_dir=taken, hub=hub.address)
