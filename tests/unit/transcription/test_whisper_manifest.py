"""Models of this machine: listed, fetched from a hub of the test's own, and checked by the checksums they came with."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.model_hub import BASE, Hub
from tests.whisper_model import build_whisper_model
from transcription.engines import whisper_hub, whisper_models
from transcription.engines.whisper_manifest import MANIFEST, read_manifest, sum_up
from workers.cli.main import main

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_whisper_model(tmp_path_factory.mktemp("whisper") / "whole")


@pytest.fixture
def hub(whole: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub(whole)
    monkeypatch.setattr(whisper_models, "hub_address", lambda: hub.address)
    thread = Thread(target=hub.server.serve_forever, daemon=True)
    thread.start()
    whisper_hub.forget_answers()
    yield hub
    whisper_hub.forget_answers()
    hub.server.shutdown()
    hub.server.server_close()
    thread.join()


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CALLCOACH_DATA", str(tmp_path / "data"))
    folder = tmp_path / "models"
    monkeypatch.setenv("CALLCOACH_MODELS", str(folder))
    folder.mkdir()
    return folder


@pytest.fixture
def command(models: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*args: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["models", *args])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_fetching_notes_every_files_checksum_and_check_compares_them(command: Command, hub: Hub) -> None:
    code, out, err = command("fetch", "base", "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told["fetched"] is True
    assert (told["state"], told["licence"], told["repository"]) == ("here", "MIT", BASE)
    folder = Path(told["folder"])
    manifest = read_manifest(folder)
    assert manifest is not None
    assert told["sha256"] == manifest.sha256 == sum_up(folder / "model.bin")
    assert {file.name for file in manifest.files} == {p.name for p in folder.iterdir()} - {MANIFEST}
    asked = len(hub.asked)
    assert command("check")[0] == 0
    assert "base: whole, 5 files" in command("check", "base")[1]
    assert len(hub.asked) == asked
    code, out, _ = command("fetch", "base")
    assert code == 0
    assert "was here already" in out


def test_a_bar_shows_how_far_fetching_is(command: Command, hub: Hub) -> None:
    code, out, err = command("fetch", "base")
    assert code == 0
    assert "The model base is here now" in out
    assert "%" in err


@pytest.mark.parametrize("how", ["cut", "changed", "gone"])
def test_a_damaged_or_missing_file_is_named(
    command: Command, models: Path, whole: Path, how: str, request: pytest.FixtureRequest
) -> None:
    folder = models / "base"
    shutil.copytree(whole, folder)
    assert "no checksums" in command("check", "base")[1]
    assert command("check", "--record")[0] == 0
    path = folder / "vocabulary.json"
    if how == "gone":
        path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes(data[:-10] if how == "cut" else data.replace(b"offer", b"0ffer"))
    code, _, err = command("check")
    assert code == 2
    assert "base: vocabulary.json is " + ("missing" if how == "gone" else "damaged") in err
    answer = json.loads(command("check", "base", "--json")[1])
    assert answer["ok"] is False
    assert "vocabulary.json" in answer["models"][0]["problems"][0]


def test_a_file_that_came_damaged_is_refused_and_fetched_anew(
    command: Command, hub: Hub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch = whisper_models.fetch_model

    def damaged(*args: object, **kwargs: object) -> Path:
        folder = fetch(*args, **kwargs)  # type: ignore[arg-type]
        stored = (folder / "config.json").resolve()
        stored.write_bytes(stored.read_bytes() + b" ")
        return folder

    monkeypatch.setattr(whisper_models, "fetch_model", damaged)
    code, _, err = command("fetch", "base")
    assert code == 1
    assert "config.json of the model base came damaged" in err
    monkeypatch.setattr(whisper_models, "fetch_model", fetch)
    assert command("fetch", "base")[0] == 0


def test_no_hub_is_said_plainly(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    monkeypatch.setattr(whisper_models, "hub_address", lambda: f"http://127.0.0.1:{port}")
    whisper_hub.forget_answers()
    code, out, err = command("fetch", "base")
    assert (code, out) == (2, "")
    assert "the model hub does not answer" in err
    assert err.count("\n") == 1


def test_a_download_that_breaks_off_is_a_fault_and_goes_on_next_time(command: Command, hub: Hub) -> None:
    hub.broken = True
    code, _, err = command("fetch", "base", "--json")
    assert code == 1
    assert "could not be fetched" in err
    hub.broken = False
    whisper_hub.forget_answers()
    assert command("fetch", "base", "--json")[0] == 0


def test_the_list_shows_what_is_here_what_is_broken_and_what_can_be_had(
    command: Command, models: Path, whole: Path
) -> None:
    shutil.copytree(whole, models / "tiny")
    shutil.copytree(whole, models / "own-model")
    (models / "own-model" / "config.json").unlink()
    code, out, _ = command("list", "--json")
    assert code == 0
    listed = {model["name"]: model for model in json.loads(out)["models"]}
    assert listed["tiny"]["state"] == "here"
    assert listed["tiny"]["bytes"] == sum(path.stat().st_size for path in whole.iterdir())
    assert listed["own-model"]["state"] == "broken"
    assert "config.json is missing" in listed["own-model"]["problem"]
    assert (listed["small"]["state"], listed["small"]["chosen"]) == ("not_here", True)
    assert "turbo" not in listed  # another name of large-v3-turbo
    lines = command("list")[1].splitlines()
    assert any(line.startswith("* small") and "not here" in line for line in lines)


def test_a_name_nobody_knows_is_refused(command: Command) -> None:
    for action in ("fetch", "check"):
        code, _, err = command(action, "enormous")
        assert code == 2
        assert "no Whisper model called 'enormous'" in err
