"""`callcoach source check`: what call records and a folder of recordings make, without changing either."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from review.telephony.asterisk_layouts import KNOWN
from tests.unit.review.telephony.cdr_files import DAY, write
from workers.cli.main import main

ALL = dict(KNOWN)["Master.csv with all columns"]


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "Master.csv"
    path.write_text(write(DAY, ALL), encoding="utf-8")
    return path


@pytest.fixture
def monitor(tmp_path: Path) -> Path:
    folder = tmp_path / "monitor" / "2024" / "07" / "01"
    folder.mkdir(parents=True)
    (folder / "out-84951234567-201-20240701-130000-1719828000.1.wav").write_bytes(b"RIFF")
    (folder / "stray.wav").write_bytes(b"RIFF")
    return tmp_path / "monitor"


def test_it_says_which_calls_and_recordings_there_are(
    records: Path, monitor: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["source", "check", "asterisk", "--cdr", str(records), "--monitor", str(monitor)]) == 0
    out = capsys.readouterr().out
    assert "records: 5 lines, Master.csv with all columns (21 columns), 0 passed over" in out
    assert "calls: 4 (answered 2, not answered 1, among colleagues 1)" in out
    assert "recordings: 1 belong to a call, 1 to none; 1 answered calls with clients have none" in out


def test_broken_lines_are_named_and_the_rest_is_read(records: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records.write_text(records.read_text(encoding="utf-8") + "half a li", encoding="utf-8")
    assert main(["source", "check", "asterisk", "--cdr", str(records)]) == 3
    said = capsys.readouterr()
    assert "Master.csv line 6 passed over: it has 1 columns, the others have 21" in said.err
    assert "calls: 4" in said.out


def test_as_json_every_call_has_its_lines_and_recordings(
    records: Path, monitor: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["source", "check", "asterisk", "--cdr", str(records), "--monitor", str(monitor), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["calls"][0]["recordings"] == ["2024/07/01/out-84951234567-201-20240701-130000-1719828000.1.wav"]
    assert [call["lines"] for call in told["calls"]] == [[1], [2, 3], [4], [5]]
    assert told["recordings_of_no_call"] == ["2024/07/01/stray.wav"]


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (["--timezone", "Mars/Base"], "time zone"),
        (["--columns", "src,dst"], "start, disposition"),
        (["--monitor", "/nowhere/at/all"], "no folder"),
    ],
)
def test_arguments_that_cannot_be_used_get_one_sentence(
    records: Path, extra: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["source", "check", "asterisk", "--cdr", str(records), *extra]) == 2
    assert said in capsys.readouterr().err
