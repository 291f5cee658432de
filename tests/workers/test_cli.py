"""The command line: exit codes of the contract, one sentence for a person's mistake, never a traceback."""

from __future__ import annotations

import json
import socket
import stat
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from review.models import User
from tests.factories import make_user, wav_bytes
from tests.workers.installation import Installation
from workers import checks
from workers.checks import check_data_folder, check_disk, check_port, check_python, override
from workers.cli import errors
from workers.cli.errors import CommandRefused
from workers.cli.main import COMMANDS, build_parser, load_commands, main
from workers.cli.opening import opened

STATES = ["received", "transcribing", "transcribed", "scoring", "scored", "dead", "needs_model", "no_audio"]


@pytest.fixture
def command(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The installation as the one that commands in this process work with."""
    for name, value in installation.environment().items():
        if name.startswith("CALLCOACH_"):
            monkeypatch.setenv(name, value)
    return installation


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that is not there yet."""
    path = tmp_path / "fresh"
    monkeypatch.setenv("CALLCOACH_DATA", str(path))
    return path


def test_every_command_says_what_it_is() -> None:
    modules = load_commands()
    assert len(modules) == len(COMMANDS)
    assert len({module.NAME for module in modules}) == len(COMMANDS)
    text = build_parser(modules).format_help()
    for module in modules:
        assert module.NAME in text
        assert module.HELP


def test_the_commands_of_the_contract_are_there() -> None:
    named = {module.NAME for module in load_commands()}
    wanted = {"serve", "worker", "watch", "import", "demo", "migrate", "user", "doctor", "status"}
    wanted |= {"transcribe", "score"}
    assert named.issuperset(wanted), f"missing: {sorted(set(wanted) - named)}"


def test_help_and_no_command_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    assert main([]) == 2
    said = capsys.readouterr().err
    assert "name a command" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["--model", "/nowhere/to/be/found", "--language", "en"], "no Whisper model folder /nowhere/to/be/found"),
        (["--language", "klingon"], "not 'klingon'"),
    ],
)
def test_what_transcribe_cannot_do_is_refused_and_nothing_stands_in_for_it(
    asked: list[str], says: str, nowhere: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = tmp_path / "call.wav"
    sound.write_bytes(wav_bytes())
    assert main(["transcribe", str(sound), *asked]) == 2
    told = capsys.readouterr()
    assert says in told.err
    assert told.out == ""


def test_the_errors_a_person_can_act_on_exist() -> None:
    assert errors.missing_names() == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["status"], "run `callcoach migrate`"),
        (["user", "list"], "run `callcoach migrate`"),
        (["import", "x.wav"], "run `callcoach migrate`"),
        (["watch"], "name a folder to watch"),
        (["watch", "pbx"], "names no source"),
        (["watch", "pbx=/nowhere/at/all"], "there is no folder"),
        (["demo", "--port", "70000"], "1 to 65535"),
        (["serve", "--host", "no.such.host.invalid"], "not an address"),
        (["serve", "--threads", "0"], "1 to 250"),
        (["serve", "--processes", "-1"], "1 to 64"),
    ],
)
def test_a_mistake_is_one_sentence_and_code_2(
    nowhere: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "Traceback" not in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["demo", "--port", "abc"], "callcoach demo: --port takes a whole number, not 'abc'"),
        (["serve", "--port", "8000\n9"], "callcoach serve: --port takes a whole number"),
        (["serve", "--port"], "callcoach serve: argument --port: expected one argument"),
        (["worker", "loud"], "callcoach worker: argument"),
        (["token", "add"], "callcoach token add: the following arguments are required"),
        (["user"], "callcoach user: the following arguments are required"),
        (["status", "--colour"], "unrecognized arguments: --colour"),
        (["sing"], "invalid choice: 'sing'"),
    ],
)
def test_arguments_that_cannot_be_used_are_one_sentence_without_usage(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert says in said
    assert "usage:" not in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CALLCOACH_PORT", "http"),
        ("CALLCOACH_ENGINE", "magic"),
        ("CALLCOACH_LEASE_SECONDS", "-1"),
        ("CALLCOACH_WATCH", "folder"),
        ("CALLCOACH_REDIS_URL", "localhost"),
        ("CALLCOACH_DATABASE_URL", "mysql://anna@db/calls"),
    ],
)
def test_a_bad_setting_is_named_by_every_command(
    nowhere: Path, name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    for words in (["status"], ["doctor"], ["serve"], ["worker", "speech"], ["migrate"], ["demo"], ["run"]):
        assert main(words) == 2, words
        said = capsys.readouterr().err
        assert name in said
        assert "Traceback" not in said


def test_a_database_that_cannot_be_used_is_one_sentence(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for url in ("nonsense", "postgresql://nobody@127.0.0.1:1/none", "sqlite:////proc/none/x.sqlite"):
        monkeypatch.setenv("CALLCOACH_DATABASE_URL", url)
        assert main(["status"]) == 2, url
        said = capsys.readouterr().err
        assert said.startswith("callcoach: ")
        assert said.count("\n") == 1


def test_a_fault_of_ours_gets_an_id_and_its_details_a_file(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("inner details")

    monkeypatch.setattr("workers.cli.status.queue_figures", broken)
    assert main(["migrate"]) == 0
    assert main(["status"]) == 1
    said = capsys.readouterr().err
    assert "fault" in said
    assert "inner details" not in said
    assert "inner details" in (nowhere / "logs" / "faults.log").read_text(encoding="utf-8")


def test_status_is_as_the_contract_fixes_it(command: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    command.accept_words("waiting")
    assert main(["status", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == ["calls", "queues", "oldest_waiting_seconds"]
    assert list(figures["calls"]) == STATES
    assert figures["calls"]["received"] == 1
    assert figures["queues"] == {"speech": 0, "score": 0, "light": 0}
    assert figures["oldest_waiting_seconds"] >= 0
    command.redis.shutdown(nosave=True)
    assert main(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["queues"] == {"speech": None, "score": None, "light": None}
    assert main(["status"]) == 0
    assert "Redis does not answer" in capsys.readouterr().out


def test_people_and_tokens(command: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "add", "pbx"]) == 2
    assert "no administrator" in capsys.readouterr().err
    assert main(["user", "add", "Ann@Example.com", "--name", "Ann Lee", "--role", "admin", "--generate"]) == 0
    passphrase = capsys.readouterr().out.rpartition(": ")[2].strip()
    assert len(passphrase) >= 20
    assert main(["user", "add", "ann@example.com", "--role", "manager"]) == 2
    assert "last admin" in capsys.readouterr().err
    with opened(command.settings) as database, database.session() as session:
        make_user(session, "admin", email="bob@example.com")
    assert main(["user", "add", "ann@example.com", "--role", "manager"]) == 0
    assert "was there already" in capsys.readouterr().out
    assert main(["user", "list"]) == 0
    assert "manager" in capsys.readouterr().out
    assert main(["token", "add", "pbx", "--user", "ann@example.com", "--scope", "calls:write"]) == 0
    assert capsys.readouterr().out.strip().splitlines()[-1].startswith("cc_")
    assert main(["user", "disable", "ann@example.com"]) == 0
    capsys.readouterr()
    assert main(["user", "enable", "ann@example.com"]) == 0
    assert "can sign in again" in capsys.readouterr().out
    assert main(["user", "list"]) == 0
    assert "shut out" not in capsys.readouterr().out
    assert main(["user", "disable", "nobody@example.com"]) == 2
    assert "nobody@example.com" in capsys.readouterr().err


def test_a_weak_password_from_standard_input_is_refused(
    command: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    assert main(["user", "add", "ann@example.com", "--role", "admin"]) == 2
    assert "15" in capsys.readouterr().err


def test_doctor_says_what_would_run_and_why(command: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor", "--json"])
    answer = json.loads(capsys.readouterr().out)
    by_name = {finding["what"]: finding for finding in answer["findings"]}
    assert {"python", "disk", "database", "redis", "data folder", "port", "speech"} <= set(by_name)
    assert by_name["database"]["verdict"] == "ok"
    assert by_name["redis"]["says"].startswith("answers at")
    assert code == (0 if answer["ok"] else 1)
    assert main(["doctor"]) == code


def test_a_taken_port_is_one_sentence_with_a_way_out(nowhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for words in (["demo"], ["serve"], ["run"]):
            assert main([*words, "--port", str(port)]) == 2
            said = capsys.readouterr().err
            assert f"port {port} on 127.0.0.1 is taken" in said
            assert "PORT=" in said
    check_port("127.0.0.1", port)


def test_a_full_disk_is_one_sentence_with_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "free_bytes", lambda _folder: 300_000_000)
    with pytest.raises(CommandRefused, match=r"only 0\.3 GB are free .*DATA="):
        check_disk(tmp_path)


def test_an_old_python_is_one_sentence() -> None:
    with pytest.raises(CommandRefused, match=r"this is Python 3\.9, and callcoach needs 3\.11"):
        check_python((3, 9))
    check_python()


def test_a_data_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("", encoding="utf-8")
    with pytest.raises(CommandRefused, match="cannot be written"):
        check_data_folder(in_the_way / "data")


def test_another_data_folder_moves_what_lies_in_it(command: Installation, tmp_path: Path) -> None:
    changed = override(command.settings, port=8123, data=tmp_path / "other")
    assert changed.port == 8123
    assert changed.database_url == f"sqlite:///{tmp_path / 'other' / 'callcoach.sqlite'}"
    assert changed.models == tmp_path / "other" / "models"


def test_a_new_data_folder_is_for_its_owner_alone(nowhere: Path) -> None:
    assert main(["migrate"]) == 0
    assert stat.S_IMODE(nowhere.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "words", [["status"], ["user", "list"], ["import", "x.wav"], ["user", "disable", "a@b.example"]]
)
@pytest.mark.parametrize("folder_there", [False, True])
def test_a_mistyped_data_folder_is_said_and_not_made(
    nowhere: Path, words: list[str], folder_there: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if folder_there:
        nowhere.mkdir()
    assert main(words) == 2
    assert f"there is no installation in {nowhere}: correct CALLCOACH_DATA" in capsys.readouterr().err
    assert list(nowhere.iterdir()) == [] if folder_there else not nowhere.exists()


@pytest.mark.parametrize("folder_there", [False, True])
def test_doctor_finds_that_there_is_no_installation_and_makes_none(
    nowhere: Path, folder_there: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    if folder_there:
        nowhere.mkdir()
    main(["doctor", "--json"])
    by_name = {finding["what"]: finding for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert by_name["database"]["verdict"] == "warning"
    assert by_name["database"]["says"] == f"there is no installation in {nowhere}"
    assert by_name["data folder"]["verdict"] == ("ok" if folder_there else "warning")
    assert list(nowhere.iterdir()) == [] if folder_there else not nowhere.exists()


def test_only_languages_of_the_pages_can_be_given(command: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["user", "add", "ann@example.com", "--role", "admin", "--generate", "--language"]
    with pytest.raises(SystemExit) as end:
        main([*words, "xx"])
    assert end.value.code == 2
    assert "'en', 'ru'" in capsys.readouterr().err
    assert main([*words, "ru"]) == 0
    with command.database.read() as session:
        assert session.scalars(select(User.language)).all() == ["ru"]


def test_a_data_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    check_data_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750


def test_a_secret_file_is_for_its_owner_alone(nowhere: Path) -> None:
    from review.settings import read_settings

    read_settings().secret_key()
    assert stat.S_IMODE((nowhere / "secret.key").stat().st_mode) == 0o600
