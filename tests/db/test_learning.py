"""Learning over the database: training on a frozen split, a model's way to promotion and back, labels out and in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from review.db import Database
from review.learning import ask, models
from review.learning.data import read_criterion_labels, read_label_rows
from review.learning.exchange import export_lines, import_labels
from review.learning.in_use import judge_aside, read_in_use, store_aside
from review.learning.measured_again import measure_again
from review.learning.status import read_status
from review.learning.training import Fitted, Report, fit, gather, keep
from review.learning.watch import look_for_drift, read_drift
from review.models import (
    AuditEvent,
    Call,
    DriftReading,
    FrozenTest,
    LabelRequest,
    LearnedModel,
    ModelEvent,
    ShadowAnswer,
    User,
    Verdict,
)
from review.queries.viewer import load_viewer
from scoring.engine import score
from scoring.facts import Facts
from scoring.learning.labels import read_labels
from tests import factories
from tests.db.learned import NOW, Reviewed, review_calls, verdict
from tests.unit.scoring.learning.telling import make_call, standard


def train(database: Database, folder: Path) -> Report:
    """Train the one criterion's candidate."""
    with database.read() as session:
        (labels,) = read_criterion_labels(session)
        gathered = gather(session, labels)
    fitted = fit(gathered)
    if not isinstance(fitted, Fitted):
        return fitted
    with database.session() as session:
        return keep(session, folder, fitted)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder for models."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def reviewed(database: Database) -> Iterator[Reviewed]:
    """160 judged calls of seven reps."""
    return review_calls(database)


def newest(database: Database) -> LearnedModel:
    """The newest model's row."""
    with database.read() as session:
        return session.scalars(select(LearnedModel).order_by(LearnedModel.version.desc())).first()  # type: ignore[return-value]


def cast_shadows(database: Database, folder: Path, reviewed: Reviewed, calls: int = 25) -> None:
    """Let the shadows judge some calls."""
    import random

    with database.session() as session:
        in_use = read_in_use(session, folder)
        lot = random.Random(3)
        for call_id in sorted(reviewed.truth)[:calls]:
            transcript = make_call(lot, "unknown").transcript
            assessment = score(transcript, standard(), models=in_use.judges)
            store_aside(session, call_id, judge_aside(in_use, transcript, standard(), Facts(), assessment))


def test_a_candidate_is_trained_tested_on_held_out_reps_and_changes_nothing(
    database: Database, folder: Path, reviewed: Reviewed
) -> None:
    report = train(database, folder)
    assert (report.outcome, report.version, report.positives) == ("trained", 1, 80)
    assert report.test["model"]["kappa"] > report.test["rules"]["kappa"]
    assert report.test["how"] in ("rep", "rep_and_time")
    model = newest(database)
    assert model.state == "candidate"
    assert (folder / model.file).stat().st_size > 1000
    with database.read() as session:
        test = session.get_one(FrozenTest, ("recap", "en")).body
        labels = list(read_label_rows(session))
        trained_on = {label.rep for label in labels if label.rep not in test["reps"]}
        assert test["reps"]
        assert model.figures["groups"] == len(trained_on)
        assert read_in_use(session, folder).judges is None
        assert session.scalar(select(func.count()).select_from(ModelEvent)) == 1


def test_training_again_without_new_labels_makes_no_model_and_the_test_stays(
    database: Database, folder: Path, reviewed: Reviewed
) -> None:
    train(database, folder)
    with database.read() as session:
        before = session.get_one(FrozenTest, ("recap", "en")).body
    assert train(database, folder).outcome == "unchanged"
    held = set(before["reps"])
    with database.session() as session:
        call = session.scalars(select(Call).order_by(Call.id)).all()
        trained = next(c for c in call if f"rep {c.rep_id}" not in held)
        session.add(verdict(trained.id, None, "no", "yes", reviewed.reviewers[1], at=NOW))
        session.add(verdict(trained.id, None, "no", "yes", reviewed.reviewers[0], at=NOW))
    report = train(database, folder)
    assert (report.outcome, report.version) == ("trained", 2)
    with database.read() as session:
        assert session.get_one(FrozenTest, ("recap", "en")).body == before


def test_few_labels_are_told_and_nothing_is_frozen(database: Database, folder: Path) -> None:
    review_calls(database, 80)
    report = train(database, folder)
    assert report.outcome == "too_few"
    assert "40 of the 50" in report.why
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(FrozenTest)) == 0


def test_the_way_to_promotion_and_back(database: Database, folder: Path, reviewed: Reviewed) -> None:
    train(database, folder)
    model = newest(database)
    lead = reviewed.reviewers[0].id
    with pytest.raises(models.NotPromoted) as caught, database.session() as session:
        models.promote(session, model.id, lead)
    assert caught.value.why == "no_shadow"
    with database.session() as session:
        models.start_shadow(session, model.id, lead)
    with pytest.raises(models.NotPromoted) as caught, database.session() as session:
        models.promote(session, model.id, lead)
    assert caught.value.why == "short_shadow"
    cast_shadows(database, folder, reviewed)
    with database.read() as session:
        row = models.read_models(session)[0]
        assert (row.shadow_calls, row.shadow_differs, row.refusal) == (25, 25, None)
    with database.session() as session:
        models.promote(session, model.id, lead)
    with database.read() as session:
        judges = read_in_use(session, folder).judges
        assert judges is not None
        assert judges.versions("en", [standard().sections[0].criteria[0]]) == {"recap.en": "1"}
    with database.session() as session:
        assert models.roll_back(session, model.id, lead) is None
    with database.read() as session:
        assert read_in_use(session, folder).judges is None
        acts = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert [act for act in acts if act.startswith("model.")] == [
            "model.trained",
            "model.shadow",
            "model.promoted",
            "model.rolled_back",
        ]


def test_a_new_model_in_charge_retires_the_old_and_a_roll_back_brings_it_again(
    database: Database, folder: Path, reviewed: Reviewed
) -> None:
    train(database, folder)
    first = newest(database)
    with database.session() as session:
        session.get_one(LearnedModel, first.id).state = "promoted"
        session.add(ModelEvent(model_id=first.id, event="promoted", details={}))
        copy = LearnedModel(
            criterion="recap",
            language="en",
            version=2,
            state="shadow",
            data_sha256=first.data_sha256,
            file=first.file,
            file_sha256=first.file_sha256,
            figures=first.figures,
            test=first.test,
        )
        session.add(copy)
        session.flush()
        second = copy.id
        for call_id in sorted(reviewed.truth)[:20]:
            session.add(ShadowAnswer(model_id=second, call_id=call_id, answer="yes", shown="no"))
    with database.session() as session:
        models.promote(session, second, None)
    with database.read() as session:
        assert session.get_one(LearnedModel, first.id).state == "retired"
    with database.session() as session:
        assert models.roll_back(session, second, None) == first.id
    with database.read() as session:
        assert session.get_one(LearnedModel, first.id).state == "promoted"


def test_the_database_allows_one_model_in_charge(database: Database, folder: Path, reviewed: Reviewed) -> None:
    train(database, folder)
    first = newest(database)
    with pytest.raises(IntegrityError), database.session() as session:
        session.get_one(LearnedModel, first.id).state = "promoted"
        session.flush()
        session.add(
            LearnedModel(
                criterion="recap", language="en", version=2, state="promoted", data_sha256="", file="", file_sha256="",
                figures={},
            )
        )  # fmt: skip


def test_a_file_that_was_changed_is_left_out_and_the_rules_judge(
    database: Database, folder: Path, reviewed: Reviewed, caplog: pytest.LogCaptureFixture
) -> None:
    train(database, folder)
    model = newest(database)
    with database.session() as session:
        row = session.get_one(LearnedModel, model.id)
        row.state, row.file_sha256 = "promoted", "0" * 64
    with database.read() as session:
        assert read_in_use(session, folder).promoted == ()
    assert "the rules judge in its place" in caplog.text


def test_models_can_be_measured_again_on_their_test(database: Database, folder: Path, reviewed: Reviewed) -> None:
    report = train(database, folder)
    with database.read() as session:
        ((row, test),) = measure_again(session, folder)
    assert row.version == 1
    assert test == report.test


def test_status_counts_labels_people_and_the_gate(database: Database, folder: Path, reviewed: Reviewed) -> None:
    with database.session() as session:
        for call_id in sorted(reviewed.truth)[:40]:
            truth = reviewed.truth[call_id]
            session.add(verdict(call_id, None, reviewed.machine[call_id], truth, reviewed.reviewers[1]))
    with database.read() as session:
        (status,) = read_status(session)
    assert (status.labels, status.positives, status.people.n) == (160, 80, 40)
    assert status.people.kappa == 1.0
    assert status.shown.n == 54  # every third, by lot
    assert status.gate.verdict == "below"
    assert status.in_charge is None


def test_labels_go_out_and_come_in_once(database: Database, reviewed: Reviewed) -> None:
    with database.read() as session:
        lines = list(export_lines(session))
    assert len(lines) == 160
    assert json.loads(lines[0])["call"] == "pbx/synthetic-0-0"
    with database.session() as session:
        session.query(Verdict).delete()
    labels = read_labels([*lines, lines[0].replace("synthetic-0-0", "elsewhere")])
    with database.session() as session:
        done = import_labels(session, labels)
    assert (done.added, done.known, done.unknown_calls) == (160, 0, ("pbx/elsewhere",))
    with database.session() as session:
        again = import_labels(session, labels)
    assert (again.added, again.known) == (0, 160)
    with database.read() as session:
        assert list(export_lines(session)) == lines
        assert session.scalars(select(Verdict.user_id)).first() == reviewed.reviewers[0].id
        changed = next(call_id for call_id in reviewed.truth if reviewed.truth[call_id] != reviewed.machine[call_id])
        assert session.get_one(Call, changed).score_final == (100.0 if reviewed.truth[changed] == "yes" else 0.0)


def test_requests_are_drawn_kept_and_answered(database: Database) -> None:
    reviewed = review_calls(database, 120, judged=40)
    with database.session() as session:
        added = ask.draw_requests(session, [standard()], NOW)
        assert added == ask.ASKED_AT_ONCE
        assert ask.draw_requests(session, [standard()], NOW) == 0
    with database.read() as session:
        requests = session.scalars(select(LabelRequest)).all()
        assert {item.why for item in requests} >= {"margin", "random"}
        assert not {item.call_id for item in requests} & set(sorted(reviewed.truth)[:40])
        lead = session.get_one(User, reviewed.reviewers[0].id)
        viewer = load_viewer(session, lead.id)
        assert viewer is not None
        asked = ask.read_requests(session, viewer)
    assert len(asked) == ask.ASKED_AT_ONCE
    with database.session() as session:
        for item in asked[:5]:
            session.add(verdict(item.call_id, None, "no", "no", reviewed.reviewers[0]))
    with database.session() as session:
        assert len(ask.read_requests(session, viewer)) == ask.ASKED_AT_ONCE - 5
        assert ask.draw_requests(session, [standard()], NOW + timedelta(days=1)) == 5


def test_requests_show_only_what_the_viewer_may_see(database: Database) -> None:
    review_calls(database, 60, judged=0)
    with database.session() as session:
        ask.draw_requests(session, [standard()], NOW)
        admin = factories.make_user(session, "admin")
        viewer = load_viewer(session, admin.id)
        assert viewer is not None
        assert ask.read_requests(session, viewer) == ()


def test_drift_is_read_once_a_day_and_alarms_by_an_event(database: Database, folder: Path, reviewed: Reviewed) -> None:
    with database.session() as session:
        assert look_for_drift(session, folder, NOW) == ()
    with database.read() as session:
        (row,) = session.scalars(select(DriftReading)).all()
        assert (row.criterion, row.judge, row.alarms) == ("recap", "rules", [])
        assert row.kappa is not None
    later = NOW + timedelta(days=1)
    with database.session() as session:
        for call in session.scalars(select(Call)).all():  # from now on everybody sums up
            if call.happened_at > later - timedelta(days=7) and reviewed.machine[call.id] == "no":
                call.happened_at = later - timedelta(days=20)
    with database.session() as session:
        alarmed = look_for_drift(session, folder, later)
        assert [(item.criterion, item.alarms) for item in alarmed] == [("recap", ("answers",))]
        assert look_for_drift(session, folder, later) == ()
    with database.read() as session:
        assert session.scalars(select(AuditEvent.action)).all() == ["drift.alarm"]
        assert len(read_drift(session, days=3650)) == 2
