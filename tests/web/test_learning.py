"""The pages of what was learned: empty states that teach, figures, who may move a model, and what refuses it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from review.db import Database
from review.learning.rejection_gate import LEADS
from review.models import AuditEvent, Call, DriftReading, LabelRequest, LearnedModel, ShadowAnswer
from tests.db.learned import Reviewed, review_calls
from tests.db.learned_leads import review_leads
from tests.web.conftest import SignIn, counted_statements, post

CANDIDATE = {
    "criterion": "recap",
    "language": "en",
    "version": 1,
    "data_sha256": "a" * 64,
    "file": "learned/recap.en-1.skops",
    "file_sha256": "b" * 64,
    "figures": {"n": 112, "positives": 56},
    "test": {
        "how": "rep",
        "n": 48,
        "model": {"n": 48, "kappa": 0.9, "low": 0.8, "high": 1.0, "share": 0.95},
        "rules": {"n": 48, "kappa": 0.5, "low": 0.3, "high": 0.7, "share": 0.75},
    },
}


@pytest.fixture
def reviewed(database: Database) -> Reviewed:
    """120 judged calls and a candidate."""
    made = review_calls(database, 120, judged=110)
    with database.session() as db:
        db.add(LearnedModel(state="candidate", **CANDIDATE))
    return made


def state(database: Database) -> str | None:
    """The state of the one model."""
    with database.read() as db:
        return db.scalar(select(LearnedModel.state))


def move(browser: FlaskClient, act: str) -> int:
    """Post one act on the model; the status of the answer."""
    return int(post(browser, f"/learning/models/1/{act}").status_code)


def test_empty_pages_say_how_it_begins(sign_in: SignIn) -> None:
    browser = sign_in("quality_lead")
    assert "On a call’s page, confirm or change" in browser.get("/learning").text
    assert "Nothing is asked of you now" in browser.get("/learning/next").text
    assert "Every night the scored calls" in browser.get("/learning/drift").text


def test_a_criterion_with_its_labels_agreement_gate_and_model(sign_in: SignIn, reviewed: Reviewed) -> None:
    page = sign_in("reviewer").get("/learning").text
    assert "Summed up what the client wants" in page
    assert "110 calls labelled, 37 of them drawn by lot" in page
    assert "0 calls were answered by two people; 30 are needed" in page
    assert "model 1 is a candidate" in page
    assert "0.90" in page
    assert "/learning/models/1/shadow" not in page  # a reviewer looks, a lead moves


def test_a_lead_moves_a_model_and_it_is_audited(sign_in: SignIn, reviewed: Reviewed, database: Database) -> None:
    browser = sign_in("quality_lead")
    assert move(browser, "promote") == 409  # not out of the shadow yet
    assert move(browser, "shadow") == 302
    assert state(database) == "shadow"
    assert "It has to judge 20 calls in the shadow first." in browser.get("/learning").text
    with database.session() as db:
        for call_id in db.scalars(select(Call.id).limit(20)):
            db.add(ShadowAnswer(model_id=1, call_id=call_id, answer="yes", shown="no"))
    assert "differed from what was shown on 20 of 20 calls" in browser.get("/learning").text
    assert move(browser, "promote") == 302
    assert state(database) == "promoted"
    assert "model 1 in charge" in browser.get("/learning").text
    assert move(browser, "back") == 302
    assert state(database) == "retired"
    with database.read() as db:
        acts = db.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert [act for act in acts if act.startswith("model.")] == [
            "model.shadow",
            "model.promoted",
            "model.rolled_back",
        ]


@pytest.mark.parametrize("role", ["rep", "manager", "reviewer", "head_of_sales", "external_reviewer"])
def test_nobody_else_moves_a_model(sign_in: SignIn, reviewed: Reviewed, database: Database, role: str) -> None:
    browser = sign_in(role)
    assert [move(browser, act) for act in ("shadow", "promote", "back")] == [403, 403, 403]
    assert state(database) == "candidate"


def test_a_model_that_is_not_there_and_an_act_that_is_none(sign_in: SignIn) -> None:
    browser = sign_in("admin")
    assert post(browser, "/learning/models/9/shadow").status_code == 409
    assert post(browser, "/learning/models/9/delete").status_code == 404


def test_what_to_listen_to_next_leads_to_the_criterion(sign_in: SignIn, reviewed: Reviewed, database: Database) -> None:
    first, second = sorted(reviewed.truth)[-2:]
    with database.session() as db:
        db.add(LabelRequest(call_id=first, target="greeting", why="margin", worth=0.8))
        db.add(LabelRequest(call_id=second, target="greeting", why="random", worth=0.0))
    page = sign_in("manager").get("/learning/next").text
    assert "Nothing is asked of you now" in page  # these reps are not in the manager's team
    page = sign_in("reviewer").get("/learning/next").text
    assert f"/calls/{first}#crit-greeting" in page
    assert "the machine is unsure" in page
    assert "drawn by lot" in page
    assert "Greeted the client and gave own name" in page


def test_drift_shows_lines_and_alarms(sign_in: SignIn, database: Database) -> None:
    from datetime import UTC, datetime, timedelta

    today = datetime.now(UTC).date()
    with database.session() as db:
        for n in range(10):
            db.add(
                DriftReading(
                    criterion="greeting",
                    language="en",
                    day=(today - timedelta(days=9 - n)).isoformat(),
                    judge="rules",
                    calls=50,
                    psi=0.03 * n,
                    unknown=None,
                    speech=0.8,
                    kappa=0.6,
                    alarms=["answers"] if n == 9 else [],
                )
            )
        db.add(
            DriftReading(criterion="company", language="en", day=today.isoformat(), judge="rules", calls=3, alarms=[])
        )
    page = sign_in("admin").get("/learning/drift").text
    assert page.count("<polyline") == 3
    assert "answers shifted" in page
    assert "1 criterion is judged on calls unlike those" in page
    assert "1 more criterion has too few calls" in page


def test_the_page_of_models_asks_no_more_for_more_labels(sign_in: SignIn, database: Database) -> None:
    browser = sign_in("quality_lead")
    counts = []
    for seed in (1, 2):
        review_calls(database, 60, seed=seed)
        browser.get("/learning")
        with counted_statements(database) as statements:
            browser.get("/learning")
        counts.append(len(statements))
    assert counts[1] == counts[0]


def test_closed_leads_are_a_row_of_their_own_with_how_well_they_are_ranked(sign_in: SignIn, database: Database) -> None:
    calls = review_leads(database, 60)
    page = sign_in("reviewer").get("/learning").text
    assert "Was the lead closed wrongly?" in page
    assert "60 closed leads judged by people, 30 of them closed wrongly" in page
    assert "no model yet" in page
    ranked = {
        "how": "rep",
        "n": 48,
        "model": {"n": 48, "auc": 0.91, "low": 0.82, "high": 0.97},
        "rules": {"n": 48, "auc": 0.78, "low": 0.64, "high": 0.9},
    }
    figures = {"n": 112, "positives": 56, "all": 160, "all_positives": 80}
    named = {"criterion": LEADS, "file": f"learned/{LEADS}.en-1.json", "figures": figures, "test": ranked}
    with database.session() as db:
        db.add(LearnedModel(state="shadow", **{**CANDIDATE, **named}))
        db.flush()
        for call_id in calls[:20]:
            db.add(ShadowAnswer(model_id=1, call_id=call_id, answer="high", shown="middle"))
    browser = sign_in("quality_lead")
    page = browser.get("/learning").text
    assert "0.91" in page
    assert "95 % interval 0.82 to 0.97" in page
    assert "test 0.91, rules 0.78" in page
    assert move(browser, "promote") == 302
    assert "model 1 in charge" in browser.get("/learning").text
