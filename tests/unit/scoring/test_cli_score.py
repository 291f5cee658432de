"""`callcoach score` as other programs run it: formats, standard input, and one sentence for bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.scoring.calls import GOOD, call, timed

ROOT = Path(__file__).parents[3]


def run(*args: str, data: bytes = b"", seed: str = "0") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "workers.cli.main", "score", *args],
        input=data,
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "LC_ALL": "C"},
    )


@pytest.fixture(scope="module")
def transcript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("calls") / "call.json"
    path.write_text(json.dumps(timed(call(GOOD)).to_json()))
    return path


def test_json_from_a_file_and_from_standard_input_are_the_same_bytes(transcript: Path) -> None:
    one = run(str(transcript), seed="1")
    other = run("-", data=transcript.read_bytes(), seed="2")
    assert one.returncode == other.returncode == 0
    assert one.stdout == other.stdout
    assert json.loads(one.stdout)["standard"] == "cold-call"


def test_text_is_a_report_for_people(transcript: Path) -> None:
    done = run(str(transcript), "--format", "text", "--standard", "inbound-lead")
    text = done.stdout.decode()
    assert done.returncode == 0
    assert "Inbound lead" in text
    assert "coverage" in text
    assert "Nadia" in text


def test_facts_are_read(transcript: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text(
        json.dumps({"company_names": ["Clearwater Coolers"], "attempts": [{"at": "2026-11-17T10:00:00Z"}]})
    )
    done = run(str(transcript), "--facts", str(facts))
    company = next(item for item in json.loads(done.stdout)["criteria"] if item["id"] == "company")
    assert company["evidence"][0]["source"] == "rule:facts.company"


def test_the_smallest_valid_input() -> None:
    done = run("-", data=b'{"turns":[{"role":"rep","text":"Hello, my name is Ada."}]}')
    assert done.returncode == 0
    assert json.loads(done.stdout)["metrics"]["talk_ratio"] is None


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"[]", "expected a JSON object"),
        (b"{}", "no list of turns"),
        (b'{"turns":[{"role":"boss","text":"x"}]}', "'boss'"),
        (b'{"turns":[{"role":"rep"}]}', "no text"),
        (b'{"turns":[{"role":"rep","text":"x","start":NaN}]}', "finite"),
        (b'{"schema":9,"turns":[]}', "schema"),
        (b"[" * 200_000, "nested"),
    ],
)
def test_bad_transcripts_are_one_sentence_and_exit_2(data: bytes, says: str) -> None:
    done = run("-", data=data)
    error = done.stderr.decode()
    assert done.returncode == 2
    assert done.stdout == b""
    assert says in error
    assert error.count("\n") == 1
    assert "Traceback" not in error


def test_bad_arguments_are_one_sentence_and_exit_2(transcript: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text('{"disposition": "maybe"}')
    for args, says in (
        ((str(tmp_path / "missing.json"),), "cannot be read"),
        ((str(tmp_path),), "cannot be read"),
        ((str(transcript), "--standard", "nothing"), "there is no standard 'nothing'"),
        ((str(transcript), "--facts", str(facts)), "disposition"),
    ):
        done = run(*args)
        assert done.returncode == 2, args
        assert says in done.stderr.decode()
        assert done.stderr.decode().count("\n") == 1


def test_half_a_surrogate_pair_does_not_break_the_output() -> None:
    done = run("-", data=b'{"turns":[{"role":"rep","text":"hello my name is \\ud83d Ada and so on"}]}')
    assert done.returncode == 0
    json.loads(done.stdout)
