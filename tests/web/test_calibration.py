"""Calibrations over the web and the API: made, seen only by who takes part, closed; the switch of automatic mode."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from review.calibration.closing import close
from review.db import Database
from review.evaluations import open_evaluation, submit
from review.queries.viewer import load_viewer
from review.services.tokens import create_api_token
from scoring.standards import load_standard
from tests.web.conftest import Crew, SignIn, post

HIDDEN = "0 of 2 scorecards"


def form(crew: Crew, call_id: int, **more: Any) -> dict[str, Any]:
    people = [crew.users["reviewer"], crew.users["head_of_sales"]]
    usual = {"name": "<b>November</b>", "standard": "cold-call@", "calls": [call_id], "people": people, "days": "2"}
    return {**usual, "against": "consensus", "lot": "0", **more}


def make(browser: FlaskClient, crew: Crew, call_id: int, **more: Any) -> int:
    answer = post(browser, "/calibration", form(crew, call_id, **more))
    assert answer.status_code == 302, answer.text
    return int(answer.headers["Location"].rpartition("/")[2])


def fill_in(database: Database, crew: Crew, role: str, call_id: int, place: int) -> None:
    answers = {
        one.id: {"answer": one.options[place].id, "note": f"heard by {role}"}
        for section in load_standard("cold-call").sections
        for one in section.criteria
    }
    with database.session() as db:
        viewer = load_viewer(db, crew.users[role])
        assert viewer is not None
        draft = open_evaluation(db, call_id, viewer)
        submit(db, call_id, draft.id, viewer, revision=draft.revision, answers=answers)


@pytest.fixture
def lead(sign_in: SignIn) -> FlaskClient:
    """The quality lead's browser."""
    return sign_in("quality_lead")


def test_a_session_from_its_form_to_its_figures(
    lead: FlaskClient, sign_in: SignIn, crew: Crew, database: Database, scored_call: int
) -> None:
    assert "No calibration yet" in lead.get("/calibration").text
    assert f'name="calls" value="{scored_call}"' in lead.get(f"/calibration/new?calls={scored_call},x,0").text
    assert f'data-add="{scored_call}"' in lead.get(f"/calibration/find?q=%23{scored_call}").text
    made = make(lead, crew, scored_call)
    page = lead.get(f"/calibration/{made}").text
    assert "&lt;b&gt;November&lt;/b&gt;" in page
    assert HIDDEN in page
    reviewer = sign_in("reviewer")
    assert "others score it too" in reviewer.get("/queue").text
    assert "waits for you" in reviewer.get(f"/calibration/{made}").text
    for role in ("manager", "external_reviewer"):
        assert sign_in(role).get(f"/calibration/{made}").status_code == 404
    assert sign_in("rep").get(f"/calibration/{made}").status_code == 403

    fill_in(database, crew, "reviewer", scored_call, 0)
    fill_in(database, crew, "head_of_sales", scored_call, -1)
    page = reviewer.get(f"/calibration/{made}").text
    assert "heard by" not in page
    assert 'id="figures"' not in page
    assert "shown once the session closes" in reviewer.get(f"/calls/{scored_call}").text
    answer = post(reviewer, f"/calibration/{made}/end", {"act": "close"})
    assert answer.status_code == 403

    assert post(lead, f"/calibration/{made}/end", {"act": "close"}).status_code == 302
    page = lead.get(f"/calibration/{made}").text
    for told in ('id="figures"', 'id="leaning"', "heard by reviewer", "heard by head_of_sales", "too few to say"):
        assert told in page, told
    assert "heard by head_of_sales" in reviewer.get(f"/calibration/{made}").text
    agreed = {"call": scored_call, "criterion": "greeting", "answer": "2", "note": "He says it."}
    kept = post(lead, f"/calibration/{made}/agree", agreed, headers={"Accept": "application/json"})
    assert kept.get_json() == {"ok": True, "answer": "2", "note": "He says it."}
    refused = post(
        lead, f"/calibration/{made}/agree", {**agreed, "answer": "17"}, headers={"Accept": "application/json"}
    )
    assert (refused.status_code, refused.get_json()["field"]) == (422, "answer")
    assert "Against what the group agreed on" in lead.get(f"/calibration/{made}").text
    assert post(lead, f"/calibration/{made}/end", {"act": "close"}).status_code == 409


def test_one_reviewer_is_told_that_agreement_needs_two(
    lead: FlaskClient, crew: Crew, database: Database, scored_call: int
) -> None:
    made = make(lead, crew, scored_call)
    fill_in(database, crew, "reviewer", scored_call, 0)
    with database.session() as db:
        viewer = load_viewer(db, crew.users["quality_lead"])
        assert viewer is not None
        close(db, viewer, made)
    page = lead.get(f"/calibration/{made}").text
    assert "Agreement needs two people." in page
    assert 'id="figures"' not in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"people": []}, "Choose 1 to 20 people"),
        ({"calls": []}, "Choose 1 to 50 calls"),
        ({"name": " "}, "Give it a name"),
        ({"days": "99999999999999999999"}, "working days"),
        ({"standard": "nothing@3"}, "no such scorecard"),
        ({"calls": ["123456789"]}, "not ready"),
        ({"against": "benchmark", "benchmark": "1234567"}, "must be one of the people"),
    ],
)
def test_what_is_wrong_is_said_on_the_form(
    lead: FlaskClient, crew: Crew, scored_call: int, wrong: dict[str, Any], said: str
) -> None:
    answer = post(lead, "/calibration", form(crew, scored_call, **wrong))
    assert answer.status_code == 422
    assert said in answer.text
    assert "what you chose is still here" in answer.text


def test_a_program_makes_reads_and_closes_a_session(app: Any, crew: Crew, database: Database, scored_call: int) -> None:
    scopes = ["reviews:read", "reviews:write"]
    with database.session() as db:
        tokens = {r: create_api_token(db, crew.users[r], "t", scopes).token for r in ("quality_lead", "reviewer")}
    client = app.test_client()

    def ask(method: str, path: str, role: str = "quality_lead", **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {tokens[role]}"}
        return client.open(f"/api/v1{path}", method=method, headers=headers, **more)

    people = [crew.users["reviewer"], crew.users["head_of_sales"]]
    body = {"name": "By a program", "standard": "cold-call", "calls": [scored_call], "people": people}
    assert ask("POST", "/calibrations", "reviewer", json=body).status_code == 403
    made = ask("POST", "/calibrations", json=body)
    assert made.status_code == 201, made.text
    number = made.get_json()["id"]
    assert made.get_json()["call_ids"] == [scored_call]
    for odd in ({}, {**body, "people": []}, {**body, "people": [2**63]}, {**body, "name": "\x00"}, {**body, "lot": -1}):
        assert ask("POST", "/calibrations", json=odd).status_code == 422
    assert [one["id"] for one in ask("GET", "/calibrations?limit=1").get_json()["sessions"]] == [number]
    assert ask("GET", "/calibrations?after=nonsense").status_code == 422
    early = ask("GET", f"/calibrations/{number}/figures")
    assert (early.status_code, early.get_json()["code"]) == (409, "calibration_not_now")
    fill_in(database, crew, "reviewer", scored_call, 0)
    fill_in(database, crew, "head_of_sales", scored_call, -1)
    assert ask("POST", f"/calibrations/{number}/end", "reviewer", json={}).status_code == 403
    assert ask("POST", f"/calibrations/{number}/end", json={"act": "close"}).get_json()["state"] == "closed"
    figures = ask("GET", f"/calibrations/{number}/figures").get_json()
    assert figures["exact"]["value"] == 0.0
    assert {one["meaning"] for one in figures["criteria"]} == {"too_few"}
    assert ask("GET", "/calibrations/4711").status_code == 404
    agreed = {"call_id": scored_call, "criterion": "greeting", "answer": "2"}
    assert ask("PUT", f"/calibrations/{number}/agreed", json=agreed).status_code == 409  # not by consensus

    found = ask("GET", "/agreement").get_json()["criteria"]
    assert {one["gate"] for one in found} == {"too_few_pairs"}
    switch = {"criterion": "greeting", "language": "en", "automatic": True}
    refused = ask("PUT", "/agreement/automatic", json=switch)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "not_offered")


def test_machine_and_people(lead: FlaskClient, crew: Crew, database: Database, scored_call: int) -> None:
    assert "Nothing to compare yet" in lead.get("/calibration/agreement").text
    made = make(lead, crew, scored_call)
    fill_in(database, crew, "reviewer", scored_call, 0)
    fill_in(database, crew, "head_of_sales", scored_call, 0)
    assert post(lead, f"/calibration/{made}/end", {"act": "close"}).status_code == 302
    page = lead.get("/calibration/agreement").text
    assert re.search(r"1 call answered by people\s*,\s*1 blind", page)
    assert "1 call was answered by two people; 30 are needed" in page
    assert 'value="on"' not in page
    switch = {"criterion": "greeting", "language": "en", "act": "on"}
    assert post(lead, "/calibration/agreement/switch", switch).status_code == 409
    assert post(lead, "/calibration/agreement/switch", {**switch, "act": "up"}).status_code == 422
