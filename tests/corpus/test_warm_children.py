"""Children forked by a process with the decoder loaded: the same limits, nothing inherited, nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.corpus.sounds import tone, wav
from tests.waiting import wait_until
from transcription import children, warm_children
from transcription.audio import decode_call
from transcription.children import ChildLimits
from transcription.errors import AudioLimits, EngineFailed
from transcription.warm_children import ChildServer, ServerGone

GREEDY = "tests.corpus.greedy_child"


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChildServer]:
    """A server of the test's own; what `run_child` asks goes to it for the greedy child too."""
    fresh = ChildServer([sys.executable, "-m", "transcription.child_server"], children._ENVIRONMENT)
    monkeypatch.setattr(children, "_SERVER", fresh)
    monkeypatch.setattr(children, "WARM", (*children.WARM, GREEDY))
    yield fresh
    fresh._close()


def ask(what: str, **more: object) -> dict[str, object]:
    return children.run_child(GREEDY, {"what": what, **more}, ChildLimits(cpu=1, wall=60))


def is_there(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("what", ["memory", "cpu"])
def test_a_forked_child_has_the_limits_of_any_other(what: str) -> None:
    with pytest.raises(AudioLimits) as caught:
        ask(what)
    assert caught.value.limit == what


def test_a_child_that_takes_too_long_is_gone_when_the_error_is_raised(tmp_path: Path) -> None:
    with pytest.raises(AudioLimits) as caught:
        children.run_child(GREEDY, {"what": "process", "path": str(tmp_path / "pid")}, ChildLimits(wall=2.0))
    assert caught.value.limit == "wall"
    assert not is_there(int((tmp_path / "pid").read_text(encoding="ascii")))


def test_a_child_sees_no_file_of_the_server_and_no_setting_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCOACH_SECRET", "not for children")
    found = ask("look")
    assert found["files"] == []
    # The last is set by the package itself, for a library that would report its use.
    assert set(found["names"]) <= {*children._ENVIRONMENT, "LC_CTYPE", "ORT_DISABLE_TELEMETRY"}  # type: ignore[call-overload]


def test_every_file_gets_a_process_of_its_own_and_a_crash_gets_the_next_one_a_new_server(server: ChildServer) -> None:
    assert ask("look")["is"] != ask("look")["is"]
    first = server._process
    with pytest.raises(Exception, match="so damaged that the decoder broke down"):
        ask("crash")
    ask("look")
    assert first is not None
    assert server._process is not None
    assert server._process.pid != first.pid
    wait_until(lambda: not is_there(first.pid), what="the first server to end")


def test_a_server_is_replaced_after_so_many_children(server: ChildServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_children, "FORKS", 2)
    used = []
    for _ in range(5):
        ask("look")
        assert server._process is not None
        used.append(server._process.pid)
    assert len(set(used)) == 3


def test_a_fault_of_ours_is_told_in_its_last_line() -> None:
    with pytest.raises(EngineFailed, match="RuntimeError: it did not work"):
        ask("fail")


def test_many_threads_get_each_their_own_answer(tmp_path: Path) -> None:
    lengths: dict[int, float] = {}

    def work(number: int) -> None:
        path = tmp_path / f"{number}.wav"
        path.write_bytes(wav(tone(number + 1)))
        lengths[number] = decode_call([path], tmp_path / f"out{number}").duration

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lengths == {n: pytest.approx(n + 1, abs=0.01) for n in range(6)}


def test_a_server_that_ends_under_a_child_costs_nothing_but_time(server: ChildServer, tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav(tone(3)))
    ask("look")
    assert server._process is not None
    os.kill(server._process.pid, signal.SIGKILL)
    server._process.wait()
    assert decode_call([path], tmp_path / "one").duration == pytest.approx(3, abs=0.01)
    assert decode_call([path], tmp_path / "two").duration == pytest.approx(3, abs=0.01)


def test_a_server_that_cannot_be_started_says_so(tmp_path: Path) -> None:
    nothing = ChildServer([str(tmp_path / "no-such-program")], {})
    with pytest.raises(ServerGone):
        nothing.run(GREEDY, json.dumps({"limits": asdict(ChildLimits()), "what": "look"}).encode(), 5.0)


def test_all_end_with_their_owner(tmp_path: Path) -> None:
    program = f"""
import os
from transcription import children
children.WARM += ({GREEDY!r},)
print(os.getpid(), flush=True)
children.run_child({GREEDY!r}, {{"what": "process", "path": {str(tmp_path / "pid")!r}}}, children.ChildLimits())
"""
    root = str(Path(__file__).resolve().parents[2])
    with subprocess.Popen([sys.executable, "-c", program], cwd=root, env={**os.environ, "PYTHONPATH": root}) as owner:
        text = wait_until(
            lambda: (tmp_path / "pid").is_file() and (tmp_path / "pid").read_text(encoding="ascii"),
            seconds=60,
            what="the child to begin",
        )
        child = int(str(text))
        server = int(Path(f"/proc/{child}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])
        owner.kill()
    wait_until(lambda: not is_there(child) and not is_there(server), what="server and child to end")
