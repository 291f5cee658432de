"""The demo: one command to a running installation, the same calls however often it is started, nothing left behind."""

from __future__ import annotations

import dataclasses
import http.client
import shutil
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from review.db import open_database
from review.models import Call, Client, ClientPhone, User, UserRole
from review.queries.viewer import load_viewer
from review.services.intake import Accepted
from review.services.users import create_user
from review.settings import Settings
from review.storage import AudioStore, open_store
from tests.waiting import wait_until
from tests.workers.installation import Installation, children_of, is_running
from workers.cli.errors import CommandRefused
from workers.cli.main import main
from workers.demo.manifest import SampleCall, crm_folder, sample_calls
from workers.demo_history import read_lines
from workers.demo_lock import demo_lock
from workers.demo_run import Progress, demo_settings, progress_line
from workers.demo_setup import SIGN_IN_FILE, DemoUser, SignIns, bring_samples, demo_passphrase, prepare
from workers.supervisor import Supervisor

DEMO_ROLES = {"rep", "manager", "reviewer", "quality_lead", "head_of_sales", "admin"}


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def counted(installation: Installation) -> tuple[int, int, int]:
    """Calls, people and clients in the database."""
    with installation.database.read() as session:
        calls, people, clients = (
            session.scalar(select(func.count()).select_from(table)) or 0 for table in (Call, User, Client)
        )
    return calls, people, clients


def test_a_second_run_duplicates_nothing(installation: Installation) -> None:
    first = prepare(installation.database, installation.settings)
    created = [accepted.created for _sample, accepted in bring(installation)]
    assert all(created)
    before = counted(installation)
    assert before[0] == len(sample_calls()) + len(list(read_lines("calls")))  # and those nobody answered
    assert before[2] > 0, "the demo CRM brought no clients"
    again = prepare(installation.database, installation.settings)
    assert not any(accepted.created for _sample, accepted in bring(installation))
    assert counted(installation) == before
    assert again == first


def test_there_is_a_sign_in_for_each_role_and_the_rep_has_calls(installation: Installation) -> None:
    sign_ins = prepare(installation.database, installation.settings)
    list(bring(installation))
    assert {user.role for user in sign_ins.users} == DEMO_ROLES
    with installation.database.read() as session:
        rows = session.execute(select(User.id, UserRole.role).join(UserRole, UserRole.user_id == User.id)).all()
        by_role = {row.role: load_viewer(session, row.id) for row in rows}
        rep, manager = by_role["rep"], by_role["manager"]
        assert rep is not None
        assert manager is not None
        assert session.scalar(select(func.count()).where(Call.rep_id.in_(rep.rep_ids)))
        assert manager.managed_team_ids


def test_sample_calls_find_their_reps_and_clients(installation: Installation) -> None:
    prepare(installation.database, installation.settings)
    list(bring(installation))
    with installation.database.read() as session:
        lonely = session.scalars(select(Call.external_id).where(Call.rep_id.is_(None) | Call.client_id.is_(None))).all()
    assert lonely == []


def test_numbers_of_the_demo_crm_are_read_as_those_of_the_installation(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm = tmp_path / "crm"
    shutil.copytree(crm_folder(), crm)
    with (crm / "clients.csv").open("a", encoding="utf-8") as file:
        file.write("C-9001,Una Reed,Northgate,,020 7946 0018,,,,,\n")
    monkeypatch.setattr("workers.demo_setup.crm_folder", lambda: crm)
    prepare(installation.database, dataclasses.replace(installation.settings, region="GB"))
    with installation.database.read() as session:
        numbers = session.scalars(select(ClientPhone.e164)).all()
    assert "+442079460018" in numbers


def test_a_call_without_a_score_is_not_the_first_scored_call(installation: Installation) -> None:
    said: list[str] = []
    sign_ins = SignIns((DemoUser("head@demo.example", "Ingrid", "head_of_sales"),), "a long enough phrase")
    progress = Progress(installation.settings, installation.database, said.append, 0.0, sign_ins)
    nobody = Supervisor(installation.settings, (), {}, said.append)
    progress._calls = [installation.accept_words(name).call_id for name in ("ru", "en")]

    def look(call_id: int, score_state: str) -> str:
        with installation.database.session() as session:
            call = session.get_one(Call, call_id)
            call.state, call.score_state = "scored", score_state
        progress._looked = 0.0
        progress.look(nobody)
        return "\n".join(said)

    assert "first scored call" not in look(progress._calls[0], "not_scored")
    assert f"/calls/{progress._calls[1]}" in look(progress._calls[1], "scored")


def test_the_sign_ins_are_for_the_owner_alone(installation: Installation) -> None:
    sign_ins = prepare(installation.database, installation.settings)
    path = installation.settings.data / SIGN_IN_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert demo_passphrase(path) == sign_ins.passphrase
    assert len(sign_ins.passphrase) >= 15


def test_an_installation_of_ones_own_is_left_alone(installation: Installation) -> None:
    with installation.database.session() as session:
        create_user(session, email="ann@example.com", name="Ann", password="a long enough phrase 9", roles=["admin"])
    with pytest.raises(CommandRefused, match="an installation of your own"):
        prepare(installation.database, installation.settings)
    assert counted(installation) == (0, 1, 0)


def test_the_demo_takes_the_small_model_unless_one_is_named(settings: Settings) -> None:
    assert demo_settings(settings).whisper_model == "base"
    named = dataclasses.replace(settings, whisper_model="/srv/models/own")
    assert demo_settings(named).whisper_model == "/srv/models/own"


def test_progress_is_told_in_the_words_of_the_pages() -> None:
    counts = {"scored": 3, "transcribing": 1, "received": 4, "transcribed": 1, "scoring": 1, "dead": 0}
    assert progress_line(counts, [0.42]) == "calls: 3 ready, 1 transcribing (42 %), 2 scoring, 4 queued"
    assert progress_line({}, []) == "calls: none yet"


def test_a_second_demo_on_the_same_data_is_sent_to_the_first(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.demo_run.run_demo", lambda *_arguments, **_more: 0)
    words = ["demo", "--data", str(settings.data), "--port", str(free_port())]
    with demo_lock(settings.data, "http://127.0.0.1:8017"):
        assert main(words) == 2
        said = capsys.readouterr().err
        assert "a demo runs on" in said
        assert "at http://127.0.0.1:8017/" in said
        assert said.count("\n") == 1
    assert main(words) == 0


@pytest.fixture
def demo_data(tmp_path: Path) -> Path:
    """A data folder for a whole demo."""
    return tmp_path / "demo"


@pytest.fixture
def alone(tmp_path: Path, settings: Settings) -> Iterator[Installation]:
    """What starts processes for a data folder of their own, without a Redis of the test's."""
    made = Installation(settings, open_database(settings), AudioStore(settings.data, floor=0, reserve=0))
    yield made
    made.close()


@pytest.mark.slow
def test_one_command_starts_everything_and_ctrl_c_ends_it(alone: Installation, demo_data: Path) -> None:
    start_and_end(alone, demo_data, repeated=False)
    start_and_end(alone, demo_data, repeated=True)


def start_and_end(alone: Installation, data: Path, *, repeated: bool) -> None:
    """Start the demo, see it answer, end it as Ctrl-C does, and see that nothing is left."""
    port = free_port()
    process = alone.callcoach("demo", "--port", str(port), "--data", str(data))
    assert process.stdout is not None
    heard: list[str] = []
    for line in process.stdout:
        heard.append(line)
        if "sample calls taken in" in line:
            break
    said = "".join(heard)
    assert "sample calls taken in" in said, said
    assert ("were here already" in said) == repeated
    wait_until(lambda: healthy(port), seconds=60, what=f"the web server to answer\n{said}")
    children = children_of(process.pid)
    assert len(children) >= 5, "fewer processes than Redis, web, speech, score and sweep"
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    assert process.wait(45) == 0, rest
    assert "demo has ended" in rest
    assert not any(map(is_running, children)), "a process was left behind"
    assert "Traceback" not in said + rest


def healthy(port: int, path: str = "/healthz") -> bool:
    """Whether the web server of that port says it is well."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def bring(installation: Installation) -> Iterator[tuple[SampleCall, Accepted]]:
    """Bring the sample calls in as the demo does."""
    return bring_samples(installation.database, installation.settings, open_store(installation.settings))
