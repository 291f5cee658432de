"""Watched folders: what is taken when, what is moved where, and what happens when it cannot be taken."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from review.errors import StorageFull
from review.models import Call, CallLeg, Delivery
from tests.factories import transcript_bytes, wav_bytes
from tests.waiting import wait_until
from tests.workers.installation import TURNS, Installation
from workers import watch
from workers.bundles import BadFactsFile, Bundle
from workers.watch import FolderWatcher


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to watch."""
    path = tmp_path / "pbx"
    path.mkdir()
    return path


def watcher(installation: Installation, folder: Path, **changes: object) -> FolderWatcher:
    """A watcher that takes files at their second look."""
    made = FolderWatcher(
        folder, "pbx", installation.database, installation.store, installation.redis, installation.settings
    )
    made.stable_seconds = 0.0
    made.other_leg_seconds = 0.0
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def calls(installation: Installation) -> int:
    """How many calls there are."""
    with installation.database.read() as session:
        return session.scalar(select(func.count()).select_from(Call)) or 0


def test_a_recording_is_taken_in_and_moved_to_done(installation: Installation, folder: Path) -> None:
    (folder / "7.wav").write_bytes(wav_bytes())
    assert watcher(installation, folder).look() == 1
    assert (folder / "done" / "7.wav").is_file()
    assert not (folder / "7.wav").exists()
    assert installation.call(1).source == "pbx"
    assert installation.redis.llen("rq:queue:speech") == 1


def test_a_different_recording_of_a_known_call_is_logged(
    installation: Installation, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    looking = watcher(installation, folder)
    for said in ("taken in", "was here with a different recording"):
        caplog.clear()
        (folder / "7.wav").write_bytes(wav_bytes())
        (folder / "7.facts.json").write_text('{"external_id": "A7"}', encoding="utf-8")
        with caplog.at_level("INFO", logger="workers"):
            assert looking.look() == 1
        assert f"call 1 {said}" in caplog.text


def test_a_file_is_taken_only_when_it_has_come_to_rest(installation: Installation, folder: Path) -> None:
    (folder / "7.wav").write_bytes(wav_bytes(1.0))
    looking = watcher(installation, folder, stable_seconds=0.3)
    assert looking.look() == 0
    (folder / "7.wav").write_bytes(wav_bytes(2.0))
    assert looking.look() == 0, "a file that still grows was taken"
    wait_until(looking.look, seconds=5, what="the file to be taken once it rests")


def test_unfinished_and_hidden_names_are_left_alone(installation: Installation, folder: Path) -> None:
    for name in ("7.wav.part", ".7.wav", "7.wav.tmp", "notes.txt"):
        (folder / name).write_bytes(wav_bytes())
    assert watcher(installation, folder).look() == 0


def test_what_is_no_recording_goes_to_failed_with_the_reason(installation: Installation, folder: Path) -> None:
    (folder / "page.wav").write_text("<html>not found</html>", encoding="utf-8")
    (folder / "empty.wav").write_bytes(b"")
    (folder / "good.wav").write_bytes(wav_bytes())
    assert watcher(installation, folder).look() == 3
    assert "not a recording" in (folder / "failed" / "page.wav.txt").read_text(encoding="utf-8")
    assert "empty" in (folder / "failed" / "empty.wav.txt").read_text(encoding="utf-8")
    assert (folder / "done" / "good.wav").is_file()
    assert calls(installation) == 1


def test_two_legs_facts_and_transcript_beside_each_other_are_one_call(installation: Installation, folder: Path) -> None:
    (folder / "9.rep.wav").write_bytes(wav_bytes())
    (folder / "9.client.wav").write_bytes(wav_bytes())
    (folder / "9.json").write_bytes(transcript_bytes(*TURNS))
    facts = {"external_id": "pbx-9", "direction": "inbound", "client_phone": "+49 30 901820", "language": "en"}
    (folder / "9.facts.json").write_text(json.dumps(facts), encoding="utf-8")
    assert watcher(installation, folder).look() == 1
    call = installation.call(1)
    assert (call.external_id, call.direction, call.client_phone) == ("pbx-9", "inbound", "+4930901820")
    assert call.transcript_sha256 is not None
    with installation.database.read() as session:
        names = session.scalars(select(CallLeg.original_name).order_by(CallLeg.position)).all()
    assert names == ["9.rep.wav", "9.client.wav"]
    assert sorted(path.name for path in (folder / "done").iterdir()) == [
        "9.client.wav",
        "9.facts.json",
        "9.json",
        "9.rep.wav",
    ]


def test_one_leg_waits_for_the_other(installation: Installation, folder: Path) -> None:
    looking = watcher(installation, folder, other_leg_seconds=60.0)
    (folder / "9-in.wav").write_bytes(wav_bytes())
    assert looking.look() == 0
    (folder / "9-out.wav").write_bytes(wav_bytes())
    assert looking.look() == 1
    with installation.database.read() as session:
        names = session.scalars(select(CallLeg.original_name).order_by(CallLeg.position)).all()
    assert names == ["9-out.wav", "9-in.wav"], "what our side said comes first"


def test_a_folder_left_as_it_is_is_remembered(installation: Installation, folder: Path) -> None:
    (folder / "7.wav").write_bytes(wav_bytes())
    assert watcher(installation, folder, leave=True).look() == 1
    assert (folder / "7.wav").is_file()
    assert watcher(installation, folder, leave=True).look() == 0, "a new process forgot what was taken"
    (folder / "7.wav").write_bytes(wav_bytes())
    assert watcher(installation, folder, leave=True).look() == 1, "a new recording under the old name was passed over"
    assert calls(installation) == 2


def test_a_crash_between_taking_in_and_moving_repeats_harmlessly(
    installation: Installation, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "7.wav").write_bytes(wav_bytes())
    first = watcher(installation, folder)
    monkeypatch.setattr(first, "_finish", lambda *_arguments, **_facts: None)
    assert first.look() == 1
    assert watcher(installation, folder).look() == 1
    assert calls(installation) == 1
    assert (folder / "done" / "7.wav").is_file()


def test_a_full_disk_leaves_the_file_where_it_is(
    installation: Installation, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "7.wav").write_bytes(wav_bytes())

    def full(*_arguments: object, **_facts: object) -> None:
        raise StorageFull(1000, 2000)

    monkeypatch.setattr(watch, "bring_in", full)
    assert watcher(installation, folder).look() == 0
    assert (folder / "7.wav").is_file()
    monkeypatch.undo()
    assert watcher(installation, folder).look() == 1


def test_a_file_that_cannot_be_read_does_not_keep_the_others_waiting(
    installation: Installation, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("1.wav", "2.wav"):
        (folder / name).write_bytes(wav_bytes())
    really = watch.bring_in

    def bring(
        database: object, store: object, settings: object, bundle: object, *rest: object, **more: object
    ) -> object:
        if bundle.legs[0].name == "1.wav":  # type: ignore[attr-defined]
            raise PermissionError(13, "Permission denied", str(folder / "1.wav"))
        return really(database, store, settings, bundle, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(watch, "bring_in", bring)
    looking = watcher(installation, folder)
    looking.look()
    assert (folder / "1.wav").is_file()
    assert (folder / "done" / "2.wav").is_file()
    assert looking.look() == 0, "it is not tried at every look"


def test_what_cannot_be_moved_is_delivered_once(
    installation: Installation, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied", str(folder / "done"))

    monkeypatch.setattr(watch.shutil, "move", refuse)
    (folder / "7.wav").write_bytes(wav_bytes())
    looking = watcher(installation, folder)
    assert [looking.look(), looking.look(), looking.look()] == [1, 0, 0]
    with installation.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 1


def test_facts_that_are_still_being_written_are_waited_for(installation: Installation, folder: Path) -> None:
    looking = watcher(installation, folder, stable_seconds=0.3)
    (folder / "7.wav").write_bytes(wav_bytes())
    assert looking.look() == 0
    wait_until(
        lambda: looking._settled(folder / "7.wav", watch.time.monotonic()), seconds=5, what="the recording to rest"
    )
    (folder / "7.facts.json").write_text('{"external', encoding="utf-8")
    assert looking.look() == 0
    (folder / "7.facts.json").write_text('{"external_id": "pbx-7"}', encoding="utf-8")
    assert looking.look() == 0
    wait_until(looking.look, seconds=5, what="the call to be taken once its facts rest")
    assert installation.call(1).external_id == "pbx-7"


def test_numbers_beside_a_recording_stay_as_they_were_written(installation: Installation, folder: Path) -> None:
    (folder / "7.wav").write_bytes(wav_bytes())
    (folder / "7.facts.json").write_text('{"external_id": 20261117001.10}', encoding="utf-8")
    assert watcher(installation, folder).look() == 1
    assert installation.call(1).external_id == "20261117001.10"
    (folder / "8.facts.json").write_text('{"external_id": 1e999}', encoding="utf-8")
    with pytest.raises(BadFactsFile, match="external_id as a number"):
        Bundle((), facts_file=folder / "8.facts.json").facts()


@pytest.mark.parametrize("leave", [True, False])
def test_a_name_in_another_character_set_is_taken(installation: Installation, folder: Path, leave: bool) -> None:
    path = os.fsencode(folder) + b"/\xe7\xe2\xee\xed\xee\xea.wav"
    with open(path, "wb") as file:
        file.write(wav_bytes())
    assert watcher(installation, folder, leave=leave).look() == 1
    assert watcher(installation, folder, leave=leave).look() == 0
    assert calls(installation) == 1


def test_names_that_were_taken_before_do_not_overwrite(installation: Installation, folder: Path) -> None:
    for _round in range(2):
        (folder / "7.wav").write_bytes(wav_bytes())
        assert watcher(installation, folder).look() == 1
    assert sorted(path.name for path in (folder / "done").iterdir()) == ["7-2.wav", "7.wav"]


def test_the_command_watches_until_it_is_asked_to_end(installation: Installation, folder: Path) -> None:
    process = installation.callcoach("watch", f"pbx={folder}")
    (folder / "7.wav").write_bytes(wav_bytes())
    wait_until((folder / "done" / "7.wav").is_file, seconds=30, what="the recording to be taken")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
