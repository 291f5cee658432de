"""Sampling pages: a rule made, previewed without storing, drawn once, changed side by side, and its chances."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from review.db import Database
from review.models import Assignment, SamplingDraw, SamplingRule
from review.sampling.periods import closed_period
from tests.db.sampled import scored_calls
from tests.web.conftest import Crew, SignIn, post


@pytest.fixture
def form(crew: Crew) -> dict[str, Any]:
    """What the editor posts for a plain rule."""
    return {
        "name": "Weekly",
        "amount": "per_rep",
        "per_rep": "3",
        "percent": "5",
        "period": "week",
        "random_share": "30",
        "risks": ["low_score", "objection_missed"],
        "reviewers": [str(crew.users["reviewer"])],
        "sharing": "load",
        "due_days": "4",
    }


@pytest.fixture
def calls(database: Database, crew: Crew) -> list[int]:
    """Fourteen calls of the rep in the week that is over."""
    start = closed_period("week", datetime.now(UTC)).start
    with database.session() as db:
        return scored_calls(db, crew.reps["own"], 14, at=start, final=30.0)


def test_from_the_rule_to_the_queue(
    sign_in: SignIn, database: Database, form: dict[str, Any], calls: list[int]
) -> None:
    browser = sign_in("quality_lead")
    assert "No rule yet" in browser.get("/sampling").text
    preview = post(browser, "/sampling/preview", form).text
    assert "It would take 3 of 14 calls" in preview
    assert "1 at random" in preview
    assert "2 by risk" in preview
    assert "Rita Rep" in preview
    with database.read() as db:
        assert db.scalar(select(func.count(SamplingRule.id))) == 0

    page = post(browser, "/sampling", form, follow_redirects=True)
    assert page.status_code == 200
    with database.read() as db:
        rule = db.scalars(select(SamplingRule)).one()
    assert (rule.per_rep, rule.percent, rule.random_share, rule.due_days) == (3, None, 0.3, 4)
    seen = post(browser, "/sampling/preview", {**form, "rule": str(rule.id)}).text
    key = seen.split('name="key" value="')[1].split('"')[0]
    assert 'id="draw" disabled' not in seen
    unsaved = post(browser, "/sampling/preview", {**form, "rule": str(rule.id), "per_rep": "5"}).text
    assert "save the rule first" in unsaved

    first = post(browser, f"/sampling/{rule.id}/draw", {"key": key}, follow_redirects=True).text
    assert "3 calls were drawn and given out." in first
    assert "1 in 14" in first
    again = post(browser, f"/sampling/{rule.id}/draw", {"key": key}, follow_redirects=True).text
    assert "nothing was drawn twice" in again
    with database.read() as db:
        assert db.scalar(select(func.count(SamplingDraw.id))) == 1
        assert db.scalar(select(func.count(Assignment.id))) == 3
    index = browser.get("/sampling").text
    assert "3 calls of each rep a week" in index
    assert "21%" in index  # of the rep's calls were given to people
    queue = sign_in("reviewer").get("/queue").text
    assert queue.count('<li id="a') == 3
    assert "drawn at random: 1 in 14 of Rita Rep’s calls" in queue


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Give the rule a name"),
        ({"per_rep": "many"}, "Say how many"),
        ({"amount": "percent", "percent": "0"}, "Say how many"),
        ({"random_share": "0"}, "The lot draws 20 to 100 percent"),
        ({"random_share": ""}, "The lot draws 20 to 100 percent"),
        ({"reviewers": []}, "Choose at least one reviewer"),
        ({"reviewers": ["1000"]}, "Choose at least one reviewer"),
        ({"due_days": "x"}, "Days until due"),
        ({"score_from": "90", "score_to": "10"}, "A range is two numbers"),
        ({"sharing": "<b>"}, "not known here"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    sign_in: SignIn, database: Database, form: dict[str, Any], wrong: dict[str, Any], said: str
) -> None:
    browser = sign_in("quality_lead")
    answer = post(browser, "/sampling", {**form, **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="4"' in answer.text or "due_days" in wrong
    if "name" not in wrong:
        assert said in post(browser, "/sampling/preview", {**form, **wrong}).text
        assert 'value="Weekly"' in answer.text
    with database.read() as db:
        assert db.scalar(select(func.count(SamplingRule.id))) == 0


def test_two_people_change_a_rule(sign_in: SignIn, database: Database, form: dict[str, Any]) -> None:
    one, two = sign_in("quality_lead"), sign_in("head_of_sales")
    post(one, "/sampling", form)
    with database.read() as db:
        rule = db.scalars(select(SamplingRule.id)).one()
    assert post(one, f"/sampling/{rule}", {**form, "revision": "1", "per_rep": "7"}).status_code == 302
    answer = post(two, f"/sampling/{rule}", {**form, "revision": "1", "per_rep": "2", "name": "Mine"})
    assert answer.status_code == 409
    assert "7 calls of each rep a week" in answer.text  # theirs, stored
    assert 'value="Mine"' in answer.text  # yours, in the form
    with database.read() as db:
        assert db.get_one(SamplingRule, rule).per_rep == 7


def test_pausing_and_removing(sign_in: SignIn, database: Database, form: dict[str, Any]) -> None:
    browser = sign_in("head_of_sales")
    post(browser, "/sampling", {**form, "name": "<script>x</script>", "blind": "1"})
    with database.read() as db:
        rule = db.scalars(select(SamplingRule.id)).one()
    assert "paused" in post(browser, f"/sampling/{rule}/pause", follow_redirects=True).text.lower()
    assert post(browser, f"/sampling/{rule}/go_on").status_code == 302
    page = browser.get("/sampling").text
    assert "&lt;script&gt;x" in page
    assert "<script>x" not in page
    assert post(browser, f"/sampling/{rule}/remove").status_code == 302
    assert browser.get(f"/sampling/{rule}").status_code == 404
    assert post(browser, f"/sampling/{rule}/draw").status_code == 404
    assert browser.get("/sampling/draws/99").status_code == 404


@pytest.mark.parametrize("role", ["rep", "manager", "reviewer", "external_reviewer", "admin"])
def test_only_leads_make_rules(sign_in: SignIn, role: str, form: dict[str, Any]) -> None:
    browser = sign_in(role)
    assert browser.get("/sampling").status_code == 403
    assert post(browser, "/sampling", form, page="/").status_code == 403


def test_a_draw_of_a_week_without_calls(sign_in: SignIn, database: Database, form: dict[str, Any]) -> None:
    browser = sign_in("quality_lead")
    post(browser, "/sampling", {**form, "amount": "percent", "percent": "10"})
    with database.read() as db:
        rule = db.scalars(select(SamplingRule.id)).one()
    assert "There is no call to draw from" in post(browser, "/sampling/preview", {**form, "rule": str(rule)}).text
    assert "There was no call left to draw" in post(browser, f"/sampling/{rule}/draw", follow_redirects=True).text
    assert browser.get("/sampling?days=91").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("length_from", "nan", "A range is two numbers"),
        ("score_to", "many", "A range is two numbers"),
        ("reps", ["10000000000000000000000000"], "One of the reps"),
        ("teams", ["999"], "One of the teams"),
        ("standard", "nope", "This scorecard is not known"),
        ("standards", ["nope"], "This scorecard is not known"),
    ],
)
def test_a_condition_that_cannot_be_read_never_widens_the_rule(
    sign_in: SignIn, database: Database, form: dict[str, Any], field: str, value: Any, said: str
) -> None:
    answer = post(sign_in("quality_lead"), "/sampling", {**form, field: value})
    assert answer.status_code == 422
    assert said in answer.text
    with database.read() as db:
        assert db.scalar(select(func.count(SamplingRule.id))) == 0
