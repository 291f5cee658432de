"""Evaluations over the web: begun, saved, submitted, shown and disputed; what a blind reviewer is not sent at all."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from review.bodies import pack_body, unpack_body
from review.db import Database
from review.models import Call, Evaluation, Notification, StoredAssessment, Verdict
from review.services.tokens import create_api_token
from tests.web.conftest import Crew, SignIn, csrf_token
from tests.web.test_call_findings import SAID

LOW = {"greeting": {"answer": "2", "reason": "It is there, at the very start."}}


def send(browser: FlaskClient, method: str, url: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """As the page's script asks."""
    headers = {"X-CSRFToken": csrf_token(browser, "/"), "Accept": "application/json"}
    answer = browser.open(url, method=method, headers=headers, **more)
    return answer.status_code, answer.json or {}


def begin(browser: FlaskClient, call_id: int, **fields: str) -> int:
    status, answer = send(browser, "POST", f"/calls/{call_id}/evaluations", data=fields)
    assert status == 200, answer
    return int(answer["evaluation"])


def save(browser: FlaskClient, call_id: int, number: int, revision: int, answers: Any, **more: Any) -> Any:
    body = {"evaluation": number, "revision": revision, "answers": answers, **more}
    return send(browser, "PUT", f"/calls/{call_id}/evaluations", json=body)


def submit(browser: FlaskClient, call_id: int, number: int, revision: int, answers: Any) -> Any:
    body = {"evaluation": number, "revision": revision, "answers": answers, "comment": "All in all good."}
    return send(browser, "POST", f"/calls/{call_id}/evaluations/submit", json=body)


def step(browser: FlaskClient, call_id: int, number: int, act: str, words: str = "") -> Any:
    fields = {"evaluation": str(number), "act": act, "words": words}
    return send(browser, "POST", f"/calls/{call_id}/evaluations/move", data=fields)


def test_from_the_first_answer_to_the_rep(sign_in: SignIn, scored_call: int, database: Database, crew: Crew) -> None:
    browser = sign_in("reviewer")
    assert "data-begin" in browser.get(f"/calls/{scored_call}").text
    number = begin(browser, scored_call)
    page = browser.get(f"/calls/{scored_call}").text
    assert "data-evaluation=" in page
    assert "data-machine" in page
    status, state = save(browser, scored_call, number, 1, LOW, comment="")
    assert (status, state["revision"], state["answered"]) == (200, 2, 1)
    assert state["score"]["final"] == "100"
    assert state["changed"] == ["greeting"]
    status, done = submit(browser, scored_call, number, 2, LOW)
    assert (status, done["state"]) == (200, "shown")
    assert "All in all good." in browser.get(f"/calls/{scored_call}/evaluations?evaluation={number}").text
    with database.read() as db:
        assert db.scalar(select(Verdict.evaluation_id)) == number
        assert db.scalars(select(Notification.kind)).all() == ["evaluation_shown"]

    rep = sign_in("rep")
    page = rep.get(f"/calls/{scored_call}").text
    assert "Person reviewer" in page
    assert "data-begin" not in page
    assert "data-dispute=" in page
    assert step(rep, scored_call, number, "finish")[0] == 409
    assert step(rep, scored_call, number, "acknowledge")[0] == 200
    assert "Person reviewer" in rep.get("/evaluations").text


def test_a_late_save_brings_both_versions(sign_in: SignIn, scored_call: int) -> None:
    browser = sign_in("reviewer")
    number = begin(browser, scored_call)
    save(browser, scored_call, number, 1, LOW, comment="first")
    status, answer = save(browser, scored_call, number, 1, {"company": {"answer": "yes"}}, comment="second")
    assert (status, answer["code"], answer["revision"]) == (409, "evaluation_changed", 2)
    assert answer["answers"]["greeting"]["answer"] == "2"
    assert "first" in answer["html"]
    assert "second" in answer["html"]
    assert "Nothing was overwritten" in answer["html"]


def test_what_is_missing_is_told_by_criterion(sign_in: SignIn, scored_call: int, database: Database) -> None:
    browser = sign_in("manager")
    number = begin(browser, scored_call)
    status, answer = submit(browser, scored_call, number, 1, {"greeting": {"answer": "2"}})
    assert (status, answer["missing"]) == (422, [{"criterion": "greeting", "what": "reason"}])
    status, answer = submit(browser, scored_call, number, 1, {})
    assert (status, answer["missing"]) == (422, [{"criterion": "", "what": "nothing"}])
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Verdict)) == 0
        assert db.scalar(select(Evaluation.state)) == "draft"


def test_a_blind_reviewer_is_sent_nothing_of_the_machine(sign_in: SignIn, scored_call: int, database: Database) -> None:
    quote, why = "Good morning, Rita", "It was said with a smile."
    with database.session() as db:
        stored = db.get_one(StoredAssessment, db.get_one(Call, scored_call).assessment_id)
        data = unpack_body(stored.body)
        for item in data["criteria"]:
            item["why"] = why
        data["rejection"] = {"probability": 0.9, "band": "high", "reasons": [], "against": [], "excluded": None}
        stored.body = pack_body(data)
    other = sign_in("quality_lead")
    number = begin(other, scored_call)
    submit(other, scored_call, number, 1, {"greeting": {"answer": "2", "reason": "A reason of somebody else."}})

    browser = sign_in("reviewer")
    before = browser.get(f"/calls/{scored_call}").text
    assert why in before
    assert "A reason of somebody else." in before
    mine = begin(browser, scored_call, blind="1")
    page = browser.get(f"/calls/{scored_call}").text
    told = (
        why,
        "data-machine",
        'class="sug"',
        "<mark",
        "A reason of somebody else.",
        "data-points",
        "wrongly",
        quote + "</q>",
    )
    assert [word for word in told if word in page] == []
    assert 'id="live-score"' not in page
    status, state = save(browser, scored_call, mine, 1, {"greeting": {"answer": "0"}}, comment="")
    assert (status, state["score"], state["sections"], state["changed"]) == (200, None, {}, [])
    sides = browser.get(f"/calls/{scored_call}/evaluations?evaluation={number}").text
    assert "A reason of somebody else." not in sides
    assert submit(browser, scored_call, mine, 2, {"greeting": {"answer": "0"}})[0] == 200
    assert why in browser.get(f"/calls/{scored_call}").text
    sides = browser.get(f"/calls/{scored_call}/evaluations?evaluation={number}").text
    assert "A reason of somebody else." in sides


def test_a_lead_goes_on_with_a_draft_of_somebody_who_is_away(sign_in: SignIn, scored_call: int) -> None:
    reviewer = sign_in("reviewer")
    number = begin(reviewer, scored_call)
    save(reviewer, scored_call, number, 1, LOW, comment="")
    lead = sign_in("quality_lead")
    page = lead.get(f"/calls/{scored_call}?evaluation={number}").text
    assert "begun by Person reviewer" in page
    assert save(lead, scored_call, number, 2, LOW, comment="by the lead")[0] == 200
    manager = sign_in("manager")
    assert "data-evaluation=" not in manager.get(f"/calls/{scored_call}?evaluation={number}").text
    assert save(manager, scored_call, number, 3, LOW, comment="")[0] == 404


def test_two_evaluations_of_one_call_and_a_choice(sign_in: SignIn, scored_call: int, database: Database) -> None:
    numbers = {}
    for role, answer in (("reviewer", "2"), ("manager", "1")):
        browser = sign_in(role)
        numbers[role] = begin(browser, scored_call)
        said = {"greeting": {"answer": answer, "reason": f"by the {role}"}}
        assert submit(browser, scored_call, numbers[role], 1, said)[0] == 200
    lead = sign_in("quality_lead")
    page = lead.get(f"/calls/{scored_call}").text
    assert "Several people evaluated this call" in page
    one, other = numbers["reviewer"], numbers["manager"]
    both = lead.get(f"/calls/{scored_call}/evaluations?evaluation={one}&beside={other}").text
    assert "by the reviewer" in both
    assert "by the manager" in both
    fields = {"evaluation": str(one), "other": str(other)}
    assert send(sign_in("reviewer"), "POST", f"/calls/{scored_call}/evaluations/stands", data=fields)[0] == 403
    assert send(lead, "POST", f"/calls/{scored_call}/evaluations/stands", data=fields)[0] == 200
    with database.read() as db:
        assert db.scalars(select(Verdict.answer).order_by(Verdict.id)).all() == ["2", "1", "2"]


def test_a_call_without_an_assessment_can_be_evaluated(sign_in: SignIn, scored_call: int, database: Database) -> None:
    with database.session() as db:
        db.execute(update(Call).where(Call.id == scored_call).values(assessment_id=None))
    browser = sign_in("reviewer")
    number = begin(browser, scored_call)
    assert "data-evaluation=" in browser.get(f"/calls/{scored_call}").text
    status, answer = submit(browser, scored_call, number, 1, {"greeting": {"answer": "2"}})
    assert (status, answer.get("state")) == (200, "shown")


@pytest.mark.parametrize("body", [None, [], {"evaluation": "1"}, {"evaluation": 1}, {"evaluation": -1, "revision": 1}])
def test_what_cannot_be_read_is_refused(sign_in: SignIn, scored_call: int, body: Any) -> None:
    status, _answer = send(sign_in("reviewer"), "PUT", f"/calls/{scored_call}/evaluations", json=body)
    assert status == 422


def test_the_list_shows_drafts_first_and_filters(sign_in: SignIn, scored_call: int) -> None:
    browser = sign_in("reviewer")
    assert "No evaluations here" in browser.get("/evaluations").text
    number = begin(browser, scored_call)
    assert "draft" in browser.get("/evaluations?of=me").text
    submit(browser, scored_call, number, 1, LOW)
    page = browser.get("/evaluations?state=shown").text
    assert "Rita Rep" in page
    assert "No evaluations here" in browser.get("/evaluations?state=void").text


def test_objections_are_decided_on_the_page(sign_in: SignIn, scored_call: int, database: Database) -> None:
    with database.session() as db:
        stored = db.get_one(StoredAssessment, db.get_one(Call, scored_call).assessment_id)
        data = unpack_body(stored.body)
        found = {"types": ["price"], "genuine": 0.8, "explicit": True, "client": SAID, "response": None}
        found |= {"latency": None, "moves": [], "faults": [], "reaction": "leaves", "outcome": "ignored"}
        found |= {"scale": 0, "probability": 0.9, "severity": "high"}
        data["objections"] = [found]
        stored.body = pack_body(data)
    browser = sign_in("reviewer")
    assert 'data-verdict-of="turn-1"' in browser.get(f"/calls/{scored_call}").text
    fields = {"kind": "objection", "target": "turn-1", "answer": "partial", "reason": "He asked back."}
    assert send(browser, "POST", f"/calls/{scored_call}/verdicts", data=fields)[0] == 200
    page = browser.get(f"/calls/{scored_call}").text
    assert "He asked back." in page
    assert "the machine said “ignored”" in page
    assert "verdict-turn-1" not in sign_in("rep").get(f"/calls/{scored_call}").text


def test_over_the_api(scored_call: int, database: Database, crew: Crew, client: FlaskClient, sign_in: SignIn) -> None:
    with database.session() as db:
        tokens = {
            role: create_api_token(db, crew.users[role], "t", ["calls:read", "calls:write"]).token
            for role in ("reviewer", "rep")
        }
    url = f"/api/v1/calls/{scored_call}/evaluations"
    asks = {role: {"Authorization": f"Bearer {token}"} for role, token in tokens.items()}
    body: dict[str, Any] = {"answers": {"greeting": {"answer": "2"}}}
    assert client.post(url, json=body, headers=asks["rep"]).status_code == 403
    refused = client.post(url, json=body, headers=asks["reviewer"])
    assert (refused.status_code, refused.json["code"], refused.json["criterion"]) == (422, "not_complete", "greeting")
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Evaluation)) == 0
    browser = sign_in("reviewer")
    number = begin(browser, scored_call)
    body["answers"]["greeting"]["reason"] = "Clear enough."
    refused = client.post(url, json=body, headers=asks["reviewer"])
    assert (refused.status_code, refused.json["code"]) == (409, "draft_open")
    assert step(browser, scored_call, number, "void")[0] == 200
    made = client.post(url, json=body, headers=asks["reviewer"])
    assert (made.status_code, made.json["state"], made.json["final"]) == (201, "shown", 100.0)
    assert client.post(url, json=body, headers=asks["reviewer"]).status_code == 409
    read = client.get(url, headers=asks["rep"]).json["evaluations"]
    assert [(item["id"], item["answers"]["greeting"]["reason"]) for item in read] == [
        (made.json["id"], "Clear enough.")
    ]
    for wrong in ({}, {"answers": {"mood": {"answer": "2"}}}, {"answers": [1]}, {**body, "mood": 1}, "x"):
        assert client.post(url, json=wrong, headers=asks["reviewer"]).status_code in (409, 422)
