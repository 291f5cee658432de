"""A run that scores again judges by the learned models it began with, whatever is promoted or rolled back meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from review.bodies import unpack_body
from review.db import Database
from review.learning import models
from review.learning.data import read_criterion_labels
from review.learning.training import Fitted, fit, gather, keep
from review.models import LearnedModel, ModelEvent, RescoreRun, StoredAssessment
from review.services.rescore import get_run, start_run
from review.services.standards import import_standard
from review.settings import Settings, read_settings
from tests.db.learned import review_calls
from tests.unit.scoring.learning.telling import STANDARD
from workers.rescoring import MODEL_GONE, work_on_run


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"CALLCOACH_DATA": str(tmp_path)})


@pytest.fixture
def in_charge(database: Database, settings: Settings) -> int:
    """The id of a trained model in charge of the criterion of 160 judged calls."""
    with database.session() as session:
        import_standard(session, STANDARD, "sums-up.yaml")
    review_calls(database)
    with database.read() as session:
        (labels,) = read_criterion_labels(session)
        fitted = fit(gather(session, labels))
    assert isinstance(fitted, Fitted)
    with database.session() as session:
        keep(session, settings.data, fitted)
    with database.session() as session:
        model = session.scalars(select(LearnedModel)).one()
        model.state = "promoted"
        session.add(ModelEvent(model_id=model.id, event="promoted", details={}))
        return model.id


def begin(database: Database) -> int:
    with database.session() as session:
        return start_run(session, standard="sums-up")


def after(calls: int) -> Callable[[], bool]:
    """A stop that lets that many calls through."""
    asked = iter(range(calls))
    return lambda: next(asked, None) is None


def judged_by(database: Database) -> list[dict[str, str]]:
    """The models of the assessments that were made by runs, oldest first."""
    with database.read() as session:
        bodies = session.execute(select(StoredAssessment.call_id, StoredAssessment.body).order_by(StoredAssessment.id))
        seen: set[int] = set()
        found = []
        for row in bodies:
            if row.call_id in seen:
                found.append(unpack_body(row.body).get("models") or {})
            seen.add(row.call_id)
        return found


def test_a_roll_back_in_the_middle_does_not_split_a_run(database: Database, settings: Settings, in_charge: int) -> None:
    run_id = begin(database)
    with database.read() as session:
        assert get_run(session, run_id).models == {"recap.en": in_charge}
    assert work_on_run(database, settings, run_id, stop=after(3)) == "waiting"
    with database.session() as session:
        models.roll_back(session, in_charge, None)
    assert work_on_run(database, settings, run_id, stop=after(3)) == "waiting"
    by = judged_by(database)
    assert len(by) == 6
    assert all(each == {"recap.en": "1"} for each in by)


def test_a_run_that_began_with_the_rules_goes_on_with_the_rules(
    database: Database, settings: Settings, in_charge: int
) -> None:
    with database.session() as session:
        models.roll_back(session, in_charge, None)
    run_id = begin(database)
    with database.session() as session:
        session.get_one(LearnedModel, in_charge).state = "promoted"  # meanwhile
    assert work_on_run(database, settings, run_id, stop=after(3)) == "waiting"
    assert not any(judged_by(database))


def test_a_run_whose_model_is_gone_ends_and_says_so(database: Database, settings: Settings, in_charge: int) -> None:
    run_id = begin(database)
    with database.session() as session:
        (settings.data / session.get_one(LearnedModel, in_charge).file).write_bytes(b"something else")
        session.get_one(LearnedModel, in_charge).file_sha256 = "0" * 64
    assert work_on_run(database, settings, run_id, stop=after(3)) == "failed"
    with database.read() as session:
        run = get_run(session, run_id)
    assert (run.why, run.done) == (MODEL_GONE, 0)


def test_a_run_from_before_goes_on_by_the_models_in_charge(
    database: Database, settings: Settings, in_charge: int
) -> None:
    run_id = begin(database)
    with database.session() as session:
        session.get_one(RescoreRun, run_id).models = None
    assert work_on_run(database, settings, run_id, stop=after(2)) == "waiting"
    assert judged_by(database) == [{"recap.en": "1"}, {"recap.en": "1"}]
