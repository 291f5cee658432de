"""Closed leads over the database: a judge trained on verdicts, its way into charge and back, files that are refused."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from review.db import Database
from review.learning import models
from review.learning.in_use import InUse, judge_aside, read_in_use, store_aside
from review.learning.measured_again import measure_again
from review.learning.rejection import read_lead_labels
from review.learning.rejection_gate import LEADS
from review.learning.rejection_status import read_lead_status
from review.learning.rejection_training import FittedLeads, fit_leads, gather_leads, keep_leads
from review.learning.training import Report
from review.models import FrozenTest, LearnedModel, ShadowAnswer
from scoring.engine import score
from scoring.standards import load_standard
from tests.db.learned import NOW
from tests.db.learned_leads import CLOSED, lead_call, review_leads, verdict_on


def train(database: Database, folder: Path) -> Report:
    """Train the English judge's candidate."""
    with database.read() as session:
        (labels,) = read_lead_labels(session)
        gathered = gather_leads(session, labels)
    fitted = fit_leads(gathered)
    if not isinstance(fitted, FittedLeads):
        return fitted
    with database.session() as session:
        return keep_leads(session, folder, fitted)


@pytest.fixture
def leads(database: Database) -> Iterator[list[int]]:
    """160 closed leads of seven reps, each with a verdict."""
    return review_leads(database)


def newest(database: Database) -> LearnedModel:
    """The newest model's row."""
    with database.read() as session:
        return session.scalars(select(LearnedModel).order_by(LearnedModel.version.desc())).first()  # type: ignore[return-value]


def in_use(database: Database, folder: Path) -> InUse:
    """The models of now."""
    with database.read() as session:
        return read_in_use(session, folder)


def cast_shadows(database: Database, folder: Path, leads: list[int], count: int = 45) -> None:
    """Let the judge in the shadow see some closed leads."""
    used = in_use(database, folder)
    standard = load_standard("cold-call")
    with database.session() as session:
        for number, call_id in enumerate(leads[:count]):
            transcript = lead_call(random.Random(number), wrong=number % 2 == 0)
            assessment = score(transcript, standard, CLOSED, used.judges, used.closed_leads)
            store_aside(session, call_id, judge_aside(used, transcript, standard, CLOSED, assessment))


def test_a_candidate_is_tested_on_held_out_reps_and_changes_nothing(
    database: Database, tmp_path: Path, leads: list[int]
) -> None:
    report = train(database, tmp_path)
    assert (report.criterion, report.outcome, report.version, report.positives) == (LEADS, "trained", 1, 80)
    assert report.test["how"] in ("rep", "rep_and_time")
    assert report.test["model"]["auc"] > report.test["rules"]["auc"]
    assert report.test["model"]["low"] <= report.test["model"]["auc"] <= report.test["model"]["high"]
    assert (report.figures["all"], report.figures["all_positives"]) == (160, 80)
    with database.read() as session:
        held = session.get_one(FrozenTest, (LEADS, "en")).body
        assert held["reps"]
    assert newest(database).state == "candidate"
    assert in_use(database, tmp_path).closed_leads is None
    assert train(database, tmp_path).outcome == "unchanged"


def test_few_verdicts_are_told_and_not_sure_counts_for_nothing(database: Database, tmp_path: Path) -> None:
    calls = review_leads(database, 80)
    report = train(database, tmp_path)
    assert (report.outcome, report.labels) == ("too_few", 80)
    assert "40 of the 50" in report.why
    with database.session() as session:
        session.add(verdict_on(calls[0], "not_sure", at=NOW))
    with database.read() as session:
        (labels,) = read_lead_labels(session)
    assert (len(labels.settled), labels.rarer) == (79, 39)


def test_the_way_into_charge_and_back(database: Database, tmp_path: Path, leads: list[int]) -> None:
    transcript = lead_call(random.Random(900), wrong=True)
    standard = load_standard("cold-call")
    before = json.dumps(score(transcript, standard, CLOSED).to_json())
    train(database, tmp_path)
    model = newest(database)
    with database.session() as session:
        models.start_shadow(session, model.id, None)
    with pytest.raises(models.NotPromoted, match="fewer than 20 closed leads"), database.session() as session:
        models.promote(session, model.id, None)
    used = in_use(database, tmp_path)
    assert used.closed_leads is None  # nobody sees what it says in the shadow
    cast_shadows(database, tmp_path, leads)
    with database.session() as session:
        models.promote(session, model.id, None)
        answers = session.scalars(select(ShadowAnswer)).all()
        assert 20 <= len(answers) < 45  # those a rule excludes are not asked about
        assert {answer.answer for answer in answers} <= {"high", "middle", "low"}

    used = in_use(database, tmp_path)
    judged = score(transcript, standard, CLOSED, used.judges, used.closed_leads).to_json()
    assert judged["models"] == {"rejection": "rejection.en:1"}
    assert judged["rejection"]["probability"] > 0.5
    assert score(lead_call(random.Random(901), wrong=False), standard, models=used.judges).to_json()["models"] == {}
    with database.session() as session:
        assert models.roll_back(session, model.id, None) is None
    used = in_use(database, tmp_path)
    assert json.dumps(score(transcript, standard, CLOSED, used.judges, used.closed_leads).to_json()) == before


@pytest.mark.parametrize(
    ("figures", "test", "why"),
    [
        ({"all": 160, "all_positives": 49}, {"model": {"auc": 0.9}, "rules": {"auc": 0.8}}, "few_labels"),
        ({"all": 160, "all_positives": 111}, {"model": {"auc": 0.9}, "rules": {"auc": 0.8}}, "few_labels"),
        ({"all": 160, "all_positives": 80}, {"model": {"auc": 0.8}, "rules": {"auc": 0.8}}, "not_better"),
        ({"all": 160, "all_positives": 80}, {"model": {"auc": None}, "rules": {"auc": None}}, "not_better"),
    ],
)
def test_it_stays_in_the_shadow_until_it_is_better_on_enough(
    database: Database, tmp_path: Path, figures: dict[str, int], test: dict[str, object], why: str
) -> None:
    with database.session() as session:
        row = LearnedModel(
            criterion=LEADS, language="en", version=1, state="shadow", data_sha256="", file="", file_sha256="",
            figures=figures, test=test,
        )  # fmt: skip
        session.add(row)
        session.flush()
        with pytest.raises(models.NotPromoted) as caught:
            models.promote(session, row.id, None)
    assert caught.value.why == why


def test_a_file_that_was_changed_is_left_out_and_the_rules_judge(
    database: Database,
    tmp_path: Path,
    leads: list[int],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    train(database, tmp_path)
    with database.session() as session:
        row = session.scalars(select(LearnedModel)).one()
        row.state = "promoted"
        path = tmp_path / row.file
    monkeypatch.setattr("review.learning.in_use._heads", {})  # as a process that has not read it yet
    path.write_bytes(path.read_bytes().replace(b'"offset":', b'"offset": '))
    assert in_use(database, tmp_path).closed_leads is None
    assert "the rules judge in its place" in caplog.text


def test_judges_are_measured_again_and_counted(database: Database, tmp_path: Path, leads: list[int]) -> None:
    report = train(database, tmp_path)
    with database.read() as session:
        ((row, test),) = measure_again(session, tmp_path)
        (status,) = read_lead_status(session)
    assert (row.criterion, row.version, test) == (LEADS, 1, report.test)
    assert (status.labels, status.wrong, status.rarer, status.needed) == (160, 80, 80, 50)
    assert status.in_state("candidate") is not None


def test_the_same_verdicts_make_the_same_bytes(database: Database, tmp_path: Path, leads: list[int]) -> None:
    train(database, tmp_path / "one")
    first = newest(database).file_sha256
    with database.session() as session:
        session.delete(session.scalars(select(LearnedModel)).one())
    train(database, tmp_path / "other")
    assert newest(database).file_sha256 == first


def test_a_verdict_long_after_the_call_is_about_the_lead_as_it_was(
    database: Database, tmp_path: Path, leads: list[int]
) -> None:
    with database.session() as session:
        session.add(verdict_on(leads[0], "right", at=NOW + timedelta(days=30)))
    with database.read() as session:
        (labels,) = read_lead_labels(session)
    assert (len(labels.settled), labels.wrong) == (160, 79)  # the same reviewer's last word
