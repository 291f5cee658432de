"""`callcoach import`: files, folders, a table of facts; a line for each call, and refusals that name the file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from review.models import Call, CallLeg
from tests.factories import transcript_bytes, wav_bytes
from tests.workers.installation import TURNS, Installation
from transcription.engines.imported import read_transcript
from workers.bundles import BadFactsFile
from workers.cli.main import main
from workers.import_files import plan_import, read_table


@pytest.fixture
def command(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The installation as the one that commands in this process work with."""
    for name, value in installation.environment().items():
        if name.startswith("CALLCOACH_"):
            monkeypatch.setenv(name, value)
    return installation


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """A folder with two recordings, one of them deeper."""
    folder = tmp_path / "recordings"
    (folder / "march").mkdir(parents=True)
    (folder / "1.wav").write_bytes(wav_bytes())
    (folder / "march" / "2.wav").write_bytes(wav_bytes())
    (folder / "readme.txt").write_text("nothing to hear", encoding="utf-8")
    return folder


def test_a_folder_is_taken_in_once(command: Installation, recordings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(recordings), "--source", "march", "--language", "en"]) == 0
    assert capsys.readouterr().out.count("taken in  ") == 2
    assert command.redis.llen("rq:queue:speech") == 2
    assert (command.call(1).source, command.call(1).language) == ("march", "en")
    assert main(["import", str(recordings), "--source", "march", "--language", "en"]) == 0
    assert "2 were here already" in capsys.readouterr().out
    assert command.states() == {"received": 2}


def test_a_different_recording_of_a_known_call_is_said(
    command: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("1.wav", "2.wav"):
        (tmp_path / name).write_bytes(wav_bytes())
    table = tmp_path / "facts.csv"
    table.write_text("file,external_id\n1.wav,A1\n2.wav,A1\n1.wav,A1\n", encoding="utf-8")
    assert main(["import", str(tmp_path), "--facts", str(table)]) == 0
    first, second, third, closing = capsys.readouterr().out.splitlines()
    assert "different recording" not in first + third
    assert second.startswith("call 1 ")
    assert "was here with a different recording" in second
    assert "2 were here already (1 of them with a different recording" in closing


def test_a_refused_file_is_named_and_the_others_are_taken(
    command: Installation, recordings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (recordings / "empty.wav").write_bytes(b"")
    assert main(["import", str(recordings), str(recordings / "gone.wav")]) == 3
    said = capsys.readouterr()
    assert "empty.wav" in said.err
    assert "0 bytes" in said.err
    assert "gone.wav" in said.err
    assert "2 calls taken in, 2 refused" in said.out


def test_a_name_this_terminal_cannot_show_is_taken_and_named(command: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    with open(os.fsencode(folder) + b"/\xe7\xe2.wav", "wb") as file:
        file.write(wav_bytes())
    words = [sys.executable, "-m", "workers.cli.main", "import", str(folder)]
    strict = command.environment() | {"PYTHONIOENCODING": "utf-8:strict"}
    done = subprocess.run(words, env=strict, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 call taken in" in done.stdout


def test_an_import_while_nobody_works_says_so_once(
    command: Installation, recordings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CALLCOACH_REDIS_URL", "redis://127.0.0.1:1/0")
    assert main(["import", str(recordings)]) == 0
    said = capsys.readouterr()
    assert said.out.count("nobody is at work") == 1
    assert "doorbell" not in said.out + said.err
    assert command.states() == {"received": 2}


def test_nothing_but_refusals_is_bad_input(
    command: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(tmp_path / "gone.wav")]) == 2
    assert main(["import", str(tmp_path)]) == 2
    assert "no recordings were found" in capsys.readouterr().out


def test_a_table_brings_facts_legs_and_transcripts(
    command: Installation, recordings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (recordings / "3.vtt").write_bytes(transcript_bytes(*TURNS))
    (recordings / "3.vtt").rename(recordings / "3.json")
    table = recordings / "facts.csv"
    table.write_text(
        "\ufefffile;second_leg;transcript;external_id;direction;started_at;rep\n"
        "1.wav;march/2.wav;;A1;inbound;2026-11-17T10:00:00+01:00;Daniel Miller\n"
        ";;3.json;A2;outbound;;\n"
        "absent.wav;;;A3;;;\n"
        "1.wav;;;A4;sideways;;\n",
        encoding="utf-8",
    )
    assert main(["import", str(recordings), "--facts", str(table)]) == 3
    said = capsys.readouterr()
    assert "2 calls taken in, 2 refused" in said.out
    assert "absent.wav" in said.err
    assert "sideways" in said.err
    with command.database.read() as session:
        by_id = {call.external_id: call for call in session.scalars(select(Call))}
        legs = session.scalars(select(CallLeg).where(CallLeg.call_id == by_id["A1"].id)).all()
    assert len(legs) == 2
    assert by_id["A1"].rep_name == "Daniel Miller"
    assert by_id["A1"].started_at is not None
    assert by_id["A2"].transcript_sha256 is not None


def test_a_table_without_a_file_column_is_refused_in_one_sentence(tmp_path: Path) -> None:
    table = tmp_path / "facts.csv"
    table.write_text("name,when\n", encoding="utf-8")
    with pytest.raises(BadFactsFile, match="no column 'file'"):
        read_table(table)
    table.write_bytes(b"file\n\xff\xfe\n")
    with pytest.raises(BadFactsFile, match="not UTF-8"):
        read_table(table)


def test_quoted_cells_may_hold_separators_and_line_ends(tmp_path: Path) -> None:
    table = tmp_path / "facts.csv"
    table.write_text('file,queue\n"1.wav","sales, north\nand south"\n', encoding="utf-8")
    assert read_table(table) == [{"file": "1.wav", "queue": "sales, north\nand south"}]


def test_files_beside_each_other_are_planned_as_one_call(tmp_path: Path) -> None:
    for name in ("7.rep.wav", "7.client.wav", "8.wav"):
        (tmp_path / name).write_bytes(wav_bytes())
    planned = list(plan_import([tmp_path], None))
    assert [[leg.name for leg in plan.bundle.legs] for plan in planned] == [["7.rep.wav", "7.client.wav"], ["8.wav"]]


def test_words_in_ctm_with_their_speakers_beside_them(command: Installation, tmp_path: Path) -> None:
    (tmp_path / "7.wav").write_bytes(wav_bytes())
    (tmp_path / "7.ctm").write_text("c 1 0.1 0.3 hello 0.9\nc 1 1.0 0.3 hi 0.9\n", encoding="utf-8")
    (tmp_path / "7.rttm").write_text(
        "SPEAKER c 1 0.0 0.5 <NA> <NA> agent <NA> <NA>\nSPEAKER c 1 0.9 0.5 <NA> <NA> customer <NA> <NA>\n",
        encoding="utf-8",
    )
    (planned,) = plan_import([tmp_path], None)
    assert [path.name for path in planned.bundle.files] == ["7.wav", "7.ctm", "7.rttm"]
    assert main(["import", str(tmp_path), "--language", "en"]) == 0
    kept = command.store.path(command.call(1).transcript_sha256 or "").read_bytes()
    assert [(turn.role, turn.text) for turn in read_transcript(kept).turns] == [("rep", "hello"), ("client", "hi")]
