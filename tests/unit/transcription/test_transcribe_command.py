"""`callcoach transcribe`: output, exit codes and one sentence on standard error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.corpus.sounds import tone, wav
from workers.cli.main import main


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCOACH_DATA", str(tmp_path / "data"))
    for name in ("CALLCOACH_ENGINE", "CALLCOACH_LANGUAGE", "CALLCOACH_WHISPER_MODEL", "CALLCOACH_MODELS"):
        monkeypatch.delenv(name, raising=False)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["transcribe", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out, err


SPHINX = ("--engine", "sphinx", "--language", "en")


def test_two_legs_give_the_contracts_json_and_the_same_bytes_again(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    legs = [shared_data / "audio" / name for name in ("child_dog.wav", "pbx_prompt_8k.wav")]
    code, out, err = run(capsys, *legs, *SPHINX)
    assert (code, err) == (0, "")
    data = json.loads(out)
    fixed = "schema language engine model duration draft quality removed turns".split()  # noqa: SIM905
    assert list(data) == [*fixed, "language_probability", "marks", "redactions", "roles"]
    assert (data["schema"], data["engine"], data["draft"], data["language"]) == (1, "sphinx", True, "en")
    assert {turn["role"] for turn in data["turns"]} == {"rep", "client"}
    assert run(capsys, *legs, *SPHINX)[1] == out
    swapped = json.loads(run(capsys, *legs, *SPHINX, "--channels", "client,rep")[1])
    assert swapped["turns"][0]["role"] != data["turns"][0]["role"]


@pytest.mark.parametrize(("form", "begins"), [("vtt", "WEBVTT\n"), ("srt", "1\n00:00:0"), ("txt", "[0:0")])
def test_other_forms(shared_data: Path, capsys: pytest.CaptureFixture[str], form: str, begins: str) -> None:
    code, out, _ = run(capsys, shared_data / "audio" / "child_dog.wav", *SPHINX, "--format", form)
    assert code == 0
    assert out.startswith(begins)
    assert "speaker_a" in out


def test_a_partial_recording_is_written_down_and_said_to_be_partial(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cut.wav"
    path.write_bytes(wav(tone(10))[:80_000])
    code, out, err = run(capsys, path, *SPHINX)
    assert code == 3
    assert json.loads(out)["quality"]["partial"] is True
    assert "5.0 of 10.0 seconds" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("data", "arguments", "says"),
    [
        (b"", SPHINX, "empty"),
        (b"hello\n", SPHINX, "text"),
        (b"ffconcat version 1.0\nfile a.wav", SPHINX, "list of other files"),
        (None, SPHINX, "no such file"),
        (wav(), ("--engine", "sphinx"), "not known"),
        (wav(), ("--engine", "sphinx", "--language", "ru"), "only English"),
        (wav(), ("--engine", "whisper", "--model", "/no/such/folder", "--language", "en"), "model folder"),
        (wav(), (*SPHINX, "--channels", "rep,boss"), "'boss'"),
        (wav(), (*SPHINX, "--channels", "caller,callee"), "direction"),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes | None, arguments: tuple[str, ...], says: str
) -> None:
    path = tmp_path / "call.wav"
    if data is not None:
        path.write_bytes(data)
    code, out, err = run(capsys, path, *arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


def test_the_end_of_the_line_gets_its_role_from_the_direction(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    legs = [shared_data / "audio" / name for name in ("child_dog.wav", "near_silence.wav")]
    given = ("--channels", "caller,callee", "--direction", "inbound", "--format", "txt")
    assert "client: " in run(capsys, *legs, *SPHINX, *given)[1]
