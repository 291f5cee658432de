"""`callcoach learn` and the night: from verdicts to a model in charge and back, by the commands a lead would type."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from review.db import Database, open_database
from review.models import Call, DriftReading, LabelRequest, LearnedModel, ShadowAnswer, Source, StandardVersion
from review.settings import Settings
from tests.db.learned import review_calls
from tests.db.learned_leads import lead_call, review_leads
from tests.unit.scoring.learning.telling import UNKNOWN, make_call
from tests.waiting import wait_until
from tests.workers.installation import Installation
from workers import jobs, own_process
from workers.cli.main import main
from workers.learning import learn_nightly
from workers.nights import Nights
from workers.steps import run_step

NIGHT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
def database(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The installation's database, found by commands."""
    monkeypatch.setenv("CALLCOACH_DATA", str(settings.data))
    made = open_database(settings)
    yield made
    made.dispose()


@pytest.fixture
def reviewed(database: Database) -> Database:
    """160 calls with a verdict each; the standard is the installation's own."""
    review_calls(database)
    with database.session() as session:
        session.execute(update(StandardVersion).values(imported_at=datetime(2026, 1, 1, tzinfo=UTC)))
    return database


def state_of(database: Database, version: int = 1) -> str | None:
    """The state of a version of the model."""
    with database.read() as session:
        return session.scalar(select(LearnedModel.state).where(LearnedModel.version == version))


def test_without_verdicts_the_commands_say_what_to_do(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", "status"]) == 0
    assert "No verdicts yet" in capsys.readouterr().out
    assert main(["learn", "train"]) == 0
    assert "No verdicts" in capsys.readouterr().out
    assert main(["learn", "evaluate"]) == 0
    said = capsys.readouterr().out
    assert "There is no model to measure" in said
    assert "callcoach learn train" in said
    assert main(["learn", "shadow", "greeting.en"]) == 2
    assert "there is no such model" in capsys.readouterr().err


def test_from_labels_to_a_model_in_charge_and_back(
    reviewed: Database, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["learn", "train"]) == 0
    assert "recap.en version 1: trained" in capsys.readouterr().out
    assert main(["learn", "promote", "recap.en"]) == 2
    assert "recap.en@1 (candidate)" in capsys.readouterr().err
    file = next(settings.data.rglob("*.skops"))
    whole = file.read_bytes()
    file.write_bytes(whole + b"x")
    assert main(["learn", "shadow", "recap.en"]) == 2
    assert "not those that were stored" in capsys.readouterr().err
    file.write_bytes(whole)
    assert main(["learn", "shadow", "recap.en"]) == 0
    assert main(["learn", "promote", "recap.en@1"]) == 2
    assert "fewer than 20 calls in the shadow" in capsys.readouterr().err

    with reviewed.session() as session:
        for call_id in session.scalars(select(Call.id).limit(20)):
            session.add(ShadowAnswer(model_id=1, call_id=call_id, answer="yes", shown="no"))
    assert main(["learn", "promote", "recap.en"]) == 0
    assert state_of(reviewed) == "promoted"
    assert main(["learn", "evaluate"]) == 0
    assert "recap.en@1 promoted: model kappa" in capsys.readouterr().out

    call = tmp_path / "call.json"
    call.write_text(json.dumps(make_call(random.Random(5), "unknown").transcript.to_json()))
    score = ["score", str(call), "--data", str(settings.data), "--standard", "sums-up"]
    assert main(score) == 0
    learned = json.loads(capsys.readouterr().out)
    assert learned["models"] == {"recap.en": "1"}
    assert learned["criteria"][0]["answer"] == "yes"
    assert learned["criteria"][0]["evidence"][0]["quote"] in UNKNOWN

    assert main(["learn", "roll-back", "recap.en"]) == 0
    assert "the rules judge from now on" in capsys.readouterr().out
    assert main(score) == 0
    plain = json.loads(capsys.readouterr().out)
    assert (plain["models"], plain["criteria"][0]["answer"]) == ({}, "no")


def test_without_data_only_what_ships_takes_part(
    reviewed: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = tmp_path / "call.json"
    call.write_text(json.dumps(make_call(random.Random(5), "unknown").transcript.to_json()))
    assert main(["score", str(call), "--standard", "sums-up"]) == 2
    assert "sums-up" in capsys.readouterr().err
    assert main(["score", str(call), "--data", str(tmp_path / "nowhere")]) == 2
    assert "no installation" in capsys.readouterr().err


def test_a_worker_judges_with_the_model_in_charge_and_keeps_what_shadows_say(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workers.learning import train_candidates

    database, settings = installation.database, installation.settings
    review_calls(database)
    train_candidates(database, settings)
    with database.session() as session:
        session.execute(update(StandardVersion).values(imported_at=datetime(2026, 1, 1, tzinfo=UTC)))
        session.execute(update(LearnedModel).values(state="shadow"))
    turns = [(turn.role, turn.text) for turn in make_call(random.Random(5), "unknown").transcript.turns]
    worker = installation.runtime()

    def judge(name: str) -> dict[str, object]:
        call_id = installation.accept_words(name, turns).call_id  # type: ignore[arg-type]
        with database.session() as session:
            session.execute(update(Source).where(Source.name == "test").values(standard="sums-up"))
        assert run_step(worker, call_id, "transcribe", jobs.transcribe_work) == "done"
        assert run_step(worker, call_id, "score", jobs.score_work) == "done"
        with database.read() as session:
            aside = session.scalars(select(ShadowAnswer).where(ShadowAnswer.call_id == call_id)).one()
            return {
                "score": session.get_one(Call, call_id).score_final,
                "model": aside.answer,
                "other": aside.shown,
            }

    assert judge("in the shadow") == {"score": 0.0, "model": "yes", "other": "no"}
    with database.session() as session:
        session.execute(update(LearnedModel).values(state="promoted"))
    assert judge("in charge") == {"score": 100.0, "model": "yes", "other": "no"}


def test_a_night_trains_asks_and_reads_drift_but_promotes_nothing(reviewed: Database, settings: Settings) -> None:
    with reviewed.session() as session:  # the nights of tests have a clock of their own
        newest = session.scalar(select(func.max(Call.happened_at)))
        assert newest is not None
        move = datetime.now(UTC) - newest
        for call in session.scalars(select(Call)):
            call.happened_at += move
    done = learn_nightly(reviewed, settings)
    assert [report.outcome for report in done.reports] == ["trained"]
    assert state_of(reviewed) == "candidate"
    with reviewed.read() as session:
        assert session.scalar(select(func.count()).select_from(DriftReading)) == 1
        before = session.scalar(select(func.count()).select_from(LabelRequest))
    again = learn_nightly(reviewed, settings)
    assert [report.outcome for report in again.reports] == ["unchanged"]
    assert again.asked == 0
    with reviewed.read() as session:
        assert session.scalar(select(func.count()).select_from(LabelRequest)) == before


def test_the_sweep_starts_one_night_a_day(reviewed: Database, settings: Settings) -> None:
    watch = Nights(reviewed)
    assert not watch.is_due(NIGHT.replace(hour=1))
    assert watch.is_due(NIGHT)
    with reviewed.session() as session:
        today = NIGHT.date().isoformat()
        session.add(DriftReading(criterion="recap", language="en", day=today, judge="rules", calls=1, alarms=[]))
    assert not watch.is_due(NIGHT), "another machine did it"
    assert watch.is_due(NIGHT + timedelta(days=1))


def test_a_night_is_a_process_of_its_own(
    reviewed: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_process, "own_command", lambda *words: ["true"])
    watch = Nights(reviewed)
    assert watch.tick(settings, NIGHT)
    assert watch.process.runs
    wait_until(lambda: not watch.process.runs, seconds=20)
    assert not watch.tick(settings, NIGHT)
    assert not watch.process.runs
    assert not watch.is_due(NIGHT), "once a day is enough, whatever came of it"
    watch.stop()


def test_labels_out_and_in(reviewed: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "labels.jsonl"
    assert main(["learn", "export", "--out", str(file)]) == 0
    assert len(file.read_text().splitlines()) == 160
    assert main(["learn", "import", str(file)]) == 0
    assert "known already: 160" in capsys.readouterr().out
    file.write_text(file.read_text().replace("synthetic-0-0", "elsewhere"))
    assert main(["learn", "import", str(file)]) == 3
    assert "pbx/elsewhere" in capsys.readouterr().err
    file.write_text("{")
    assert main(["learn", "import", str(file)]) == 2
    assert "line 1" in capsys.readouterr().err
    assert main(["learn", "import", str(tmp_path / "gone")]) == 2


def test_status_for_people_and_programs(reviewed: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", "status"]) == 0
    text = capsys.readouterr().out
    assert "recap.en: 160 labels, 80 of 50 on the rarer side; judged by rules" in text
    assert "gate too_few_pairs: 0 calls were answered by two people" in text
    assert main(["learn", "status", "--json"]) == 0
    (status,) = json.loads(capsys.readouterr().out)["criteria"]
    assert (status["labels"], status["gate"]) == (160, "too_few_pairs")


def test_closed_leads_from_verdicts_to_a_judge_in_charge(
    database: Database, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = review_leads(database)
    transcript, facts = tmp_path / "call.json", tmp_path / "facts.json"
    transcript.write_text(json.dumps(lead_call(random.Random(900), wrong=True).to_json()))
    facts.write_text(json.dumps({"disposition": "closed_lost"}))
    judge = ["score", str(transcript), "--facts", str(facts)]
    assert main(judge) == 0
    by_rules = capsys.readouterr().out
    assert main(["learn", "train", "lead.rejection"]) == 0
    assert "lead.rejection.en version 1: trained" in capsys.readouterr().out
    assert main(["learn", "shadow", "lead.rejection.en"]) == 0
    assert main(["learn", "promote", "lead.rejection.en"]) == 2
    assert "fewer than 20 closed leads in the shadow" in capsys.readouterr().err
    assert main([*judge, "--data", str(settings.data)]) == 0
    assert capsys.readouterr().out == by_rules, "what is in the shadow judges nothing"
    with database.session() as session:
        for call_id in calls[:20]:
            session.add(ShadowAnswer(model_id=1, call_id=call_id, answer="high", shown="middle"))
    assert main(["learn", "promote", "lead.rejection.en@1"]) == 0
    assert main(["learn", "status"]) == 0
    said = capsys.readouterr().out
    assert "lead.rejection.en: 160 labels of closed leads, 80 of 50 on the rarer side; judged by version 1" in said
    assert main(["learn", "evaluate"]) == 0
    assert "lead.rejection.en@1 promoted: model AUC" in capsys.readouterr().out
    assert main([*judge, "--data", str(settings.data)]) == 0
    assert json.loads(capsys.readouterr().out)["models"] == {"rejection": "rejection.en:1"}
    assert main(judge) == 0
    assert capsys.readouterr().out == by_rules, "only what ships judges without --data"
    assert main(["learn", "roll-back", "lead.rejection.en"]) == 0
    assert "the rules judge from now on" in capsys.readouterr().out
