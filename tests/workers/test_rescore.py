"""Scoring calls again from the command line and by the workers' job, with the bell that wakes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from review.db import Database, open_database
from review.doorbell import QUEUES, open_queue, ring_rescore
from review.services.rescore import get_run, start_run
from review.settings import Settings
from tests.db.rescoring import GREETS, assessments, scored_call, shown
from tests.workers.installation import Installation
from workers import rescoring
from workers.cli.main import main
from workers.runtime import Runtime, open_runtime
from workers.sweep import sweep_once


@pytest.fixture
def database(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An installation in a folder of its own, which commands find by the environment."""
    monkeypatch.setenv("CALLCOACH_DATA", str(settings.data))
    opened = open_database(settings)
    yield opened
    opened.dispose()


def test_all_calls_of_a_source_by_another_standard(database: Database, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["rescore"]) == 0
    assert "no call was scored again yet" in capfd.readouterr().out
    assert main(["rescore", "--all"]) == 2
    assert "No scored call" in capfd.readouterr().err
    mine, other = scored_call(database, *GREETS, source="pbx"), scored_call(database, *GREETS)
    assert main(["rescore", "--source", "pbx", "--standard", "closing"]) == 0
    said = capfd.readouterr().out
    assert "run 1 by closing version" in said
    assert "done, 1 of 1 call scored again, 1 changed" in said
    assert shown(database, mine)[0] == "closing"
    assert len(assessments(database, other)) == 1
    assert main(["rescore"]) == 0
    assert capfd.readouterr().out == said.splitlines()[-1] + "\n"


def test_one_call_only_to_compare(database: Database, capfd: pytest.CaptureFixture[str]) -> None:
    call_id = scored_call(database, *GREETS)
    assert main(["rescore", "--call", str(call_id), "--standard", "closing", "--compare"]) == 0
    assert "only to compare" in capfd.readouterr().out
    assert shown(database, call_id)[0] == "cold-call"
    assert len(assessments(database, call_id)) == 2


def test_what_cannot_be_done_is_one_sentence(database: Database, capfd: pytest.CaptureFixture[str]) -> None:
    scored_call(database, *GREETS)
    for arguments, says in (
        (["--all", "--standard", "nothing"], "there is no standard 'nothing'"),
        (["--all", "--standard", "closing", "--version", "99"], "no version 99"),
        (["--all", "--version", "1"], "--standard"),
        (["--source", "nowhere"], "no source"),
        (["--cancel", "7"], "There is no run 7"),
    ):
        assert main(["rescore", *arguments]) == 2
        assert says in capfd.readouterr().err


def test_the_job_does_a_slice_and_rings_for_the_rest(
    installation: Installation, database: Database, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    calls = [scored_call(database, *GREETS) for _ in range(2)]
    runtime = open_runtime(installation.settings)
    Runtime.use(runtime)
    queue = open_queue(QUEUES["score"], runtime.redis)
    assert main(["rescore", "--all", "--standard", "closing", "--background"]) == 0
    assert "in the background" in capfd.readouterr().out
    assert ring_rescore(runtime.redis, [1]) == 0  # its bell still waits
    assert [job.func_name for job in queue.jobs] == ["workers.rescoring.rescore_calls"]
    queue.empty()
    sweep_once(database, runtime.redis, rehint=60)  # what a lost Redis forgot
    assert queue.count == 1
    queue.empty()
    monkeypatch.setattr(rescoring, "SLICE_SECONDS", -1.0)
    assert rescoring.rescore_calls(1) == "waiting"
    assert queue.count == 1
    monkeypatch.setattr(rescoring, "SLICE_SECONDS", 60.0)
    assert rescoring.rescore_calls(1) == "done"
    assert rescoring.rescore_calls(1) == "done"
    assert [shown(database, call_id)[0] for call_id in calls] == ["closing", "closing"]
    assert main(["rescore", "--cancel", "1"]) == 0
    assert "had ended already" in capfd.readouterr().out


def test_a_cancelled_run_is_not_gone_on_with(database: Database, capfd: pytest.CaptureFixture[str]) -> None:
    call_id = scored_call(database, *GREETS)
    with database.session() as session:
        run_id = start_run(session, standard="closing")
    assert main(["rescore", "--all"]) == 2
    assert f"Run {run_id} is still scoring" in capfd.readouterr().err
    assert main(["rescore", "--cancel", str(run_id)]) == 0
    assert main(["rescore", "--resume", str(run_id)]) == 0
    assert "cancelled, 0 of 1 call" in capfd.readouterr().out
    assert len(assessments(database, call_id)) == 1
    with database.read() as session:
        assert get_run(session, run_id).state == "cancelled"
