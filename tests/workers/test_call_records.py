"""A watched folder with the telephone system's records: facts for recordings, missed calls, calls among colleagues."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from review.models import Call, Delivery
from review.telephony.asterisk_layouts import KNOWN
from tests.factories import wav_bytes
from tests.unit.review.telephony.cdr_files import DAY, INTERNAL, MISSED, OUTBOUND, RUNG, TAKEN, write
from tests.workers.installation import Installation
from workers.call_records import CallRecords
from workers.unrecorded import take_unrecorded
from workers.watch import FolderWatcher

ALL = dict(KNOWN)["Master.csv with all columns"]
NEXT_DAY = datetime(2024, 7, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def monitor(tmp_path: Path) -> Path:
    """The PBX's own folder of recordings."""
    path = tmp_path / "monitor"
    path.mkdir()
    return path


@pytest.fixture
def records(tmp_path: Path) -> CallRecords:
    """The PBX's records of one day."""
    path = tmp_path / "Master.csv"
    path.write_text(write(DAY, ALL), encoding="utf-8")
    made = CallRecords(path)
    assert made.look()
    return made


def watcher(installation: Installation, folder: Path, records: CallRecords | None) -> FolderWatcher:
    made = FolderWatcher(
        folder, "pbx", installation.database, installation.store, installation.redis, installation.settings, leave=True
    )
    made.stable_seconds = made.other_leg_seconds = 0.0
    made.records = records
    return made


def take(installation: Installation, records: CallRecords, now: datetime = NEXT_DAY) -> int:
    return take_unrecorded(records, installation.database, installation.redis, installation.settings, "pbx", now=now)


def kept(installation: Installation) -> list[tuple[str, str | None, str | None, str]]:
    with installation.database.read() as session:
        found = session.scalars(select(Call).order_by(Call.happened_at))
        return [(call.external_id, call.direction, call.rep_name, call.state) for call in found]


def test_a_recording_gets_the_facts_of_its_record(
    installation: Installation, monitor: Path, records: CallRecords
) -> None:
    (monitor / "q-400-84957654321-20240701-140000-1719831600.3.wav").write_bytes(wav_bytes())
    assert watcher(installation, monitor, records).look() == 1
    assert kept(installation) == [("1719831600.3", "inbound", "203", "received")]
    call = installation.call(1)
    assert (call.started_at, call.queue) == (datetime(2024, 7, 1, 11, 0, tzinfo=UTC), "400")
    assert (monitor / "q-400-84957654321-20240701-140000-1719831600.3.wav").is_file()  # left untouched


def test_without_records_the_name_tells(installation: Installation, monitor: Path) -> None:
    (monitor / "out-84951234567-201-20240701-130000-1719828000.1.wav").write_bytes(wav_bytes())
    assert watcher(installation, monitor, None).look() == 1
    assert kept(installation) == [("1719828000.1", "outbound", "201", "received")]


def test_a_recording_waits_for_its_line_and_not_for_ever(
    installation: Installation, monitor: Path, tmp_path: Path
) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(write([OUTBOUND], ALL), encoding="utf-8")
    records = CallRecords(path)
    (monitor / "x-1719831600.3.wav").write_bytes(wav_bytes())
    waiting = watcher(installation, monitor, records)
    assert waiting.look() == 0
    waiting.record_seconds = 0.0
    assert waiting.look() == 1


def test_missed_calls_are_kept_once_and_colleagues_left_out(installation: Installation, records: CallRecords) -> None:
    assert take(installation, records) == 3
    assert kept(installation) == [
        ("1719828000.1", "outbound", "201", "no_audio"),
        ("1719831600.3", "inbound", "203", "no_audio"),
        ("1719835200.6", "inbound", "202", "no_audio"),
    ]
    assert take(installation, records) == 0
    again = CallRecords(records.path)  # after a restart
    again.look()
    assert take(installation, again) == 0
    with installation.database.read() as session:
        assert len(session.scalars(select(Delivery)).all()) == 3


def test_a_missed_call_waits_until_no_more_lines_can_come(installation: Installation, tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(write([RUNG], ALL), encoding="utf-8")
    records = CallRecords(path)
    records.look()
    start = datetime(2024, 7, 1, 11, 0, tzinfo=UTC)
    assert take(installation, records, start + timedelta(seconds=60)) == 0
    path.write_text(write([RUNG, TAKEN], ALL), encoding="utf-8")
    assert records.look()
    assert take(installation, records, start + timedelta(minutes=10)) == 0  # answered: its recording may come
    assert take(installation, records, start + timedelta(minutes=30)) == 1


def test_a_recording_that_comes_late_joins_its_call(
    installation: Installation, monitor: Path, records: CallRecords
) -> None:
    take(installation, records)
    (monitor / "q-400-84957654321-20240701-140000-1719831600.3.wav").write_bytes(wav_bytes())
    watcher(installation, monitor, records).look()
    assert [state for _, _, _, state in kept(installation)] == ["no_audio", "received", "no_audio"]


def test_years_of_old_records_are_not_brought_in(installation: Installation, records: CallRecords) -> None:
    assert take(installation, records, NEXT_DAY + timedelta(days=30)) == 0


def test_a_recording_among_colleagues_is_not_taken(
    installation: Installation, monitor: Path, records: CallRecords
) -> None:
    (monitor / "internal-202-201-20240701-160000-1719838800.8.wav").write_bytes(wav_bytes())
    looking = watcher(installation, monitor, records)
    assert looking.look() == 0
    assert looking.look() == 0
    assert kept(installation) == []


def test_half_a_line_waits_for_its_rest(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    whole = write([OUTBOUND, MISSED], ALL)
    path.write_text(whole[: whole.index("\n") + 40], encoding="utf-8")
    records = CallRecords(path)
    assert records.look()
    assert records.find("x-1719835200.6.wav") is None
    path.write_text(whole, encoding="utf-8")
    assert records.look()
    assert records.find("x-1719835200.6.wav") is not None
    assert not records.look()


def test_of_long_records_the_end_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "Master.csv"
    path.write_text(write([OUTBOUND, RUNG, TAKEN, INTERNAL, MISSED], ALL, heading=True), encoding="utf-8")
    monkeypatch.setattr("workers.call_records.TAIL", 700)
    records = CallRecords(path)
    assert records.look()
    assert records.find("x-1719835200.6.wav") is not None
    assert records.find("x-1719828000.1.wav") is None


def test_records_that_cannot_be_read_are_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    records = CallRecords(tmp_path / "none.csv")
    assert not records.look()
    assert not records.look()
    assert len([line for line in caplog.records if "cannot be used" in line.message]) == 1
