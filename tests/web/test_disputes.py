"""Disputes over the web: raised from a call's page, decided, taken further; who sees them, and what is refused how."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from review.db import Database
from review.models import Call, DisputeWindow, WebAudio, utc_now
from review.queries.viewer import load_viewer
from review.services.people import find_rep
from review.services.tokens import create_api_token
from tests.web.conftest import Crew, SignIn, post
from tests.web.test_evaluations import LOW, begin, send, submit

POINT = {"criterion": "greeting", "comment": "I said <b>it</b> twice.", "proposed": "0", "second": 1.25}


@pytest.fixture
def evaluated(sign_in: SignIn, scored_call: int) -> int:
    """The evaluation of the rep's call, by the reviewer, shown."""
    browser = sign_in("reviewer")
    number = begin(browser, scored_call)
    assert submit(browser, scored_call, number, 1, LOW)[0] == 200
    return number


def object_to(browser: FlaskClient, call_id: int, number: int, *points: dict[str, Any], words: str = "") -> Any:
    body = {"evaluation": number, "points": list(points), "words": words}
    return sent(browser, call_id, body)


def sent(browser: FlaskClient, call_id: int, body: Any) -> Any:
    """As a browser writes JSON: half a character too."""
    return send(browser, "POST", f"/calls/{call_id}/dispute", data=json.dumps(body), content_type="application/json")


def decide(browser: FlaskClient, dispute: int, revision: int, *rulings: dict[str, Any]) -> Any:
    body = {"revision": revision, "rulings": list(rulings)}
    return send(browser, "POST", f"/disputes/{dispute}/decision", json=body)


REJECT = {"criterion": "greeting", "decision": "reject", "words": "It is not there."}
ACCEPT = {"criterion": "greeting", "decision": "accept", "words": "Heard at 0:01."}


def test_what_is_disputed_is_heard_on_its_page(
    sign_in: SignIn, scored_call: int, evaluated: int, database: Database
) -> None:
    rep = sign_in("rep")
    made = object_to(rep, scored_call, evaluated, POINT)[1]
    page = rep.get(f"/disputes/{made['dispute']}").text
    assert 'data-play="' not in page, "without a playable copy the times lead to the call"
    with database.session() as db:
        db.add(WebAudio(call_id=scored_call, folder="derived/1", duration=120.0))
    page = rep.get(f"/disputes/{made['dispute']}").text
    assert f'data-play="/calls/{scored_call}/audio" data-spans="0.25-11.25"' in page
    assert 'id="mini-player"' in page


def test_from_the_rep_to_the_quality_lead(sign_in: SignIn, scored_call: int, evaluated: int) -> None:
    rep = sign_in("rep")
    assert f"/calls/{scored_call}/dispute?evaluation={evaluated}" in rep.get(f"/calls/{scored_call}").text
    form = rep.get(f"/calls/{scored_call}/dispute?evaluation={evaluated}").text
    assert 'data-propose="0"' in form
    assert "Your manager decides first" in form
    status, made = object_to(rep, scored_call, evaluated, POINT)
    assert status == 200, made
    dispute = int(made["dispute"])
    assert "with the team’s manager" in rep.get(f"/calls/{scored_call}").text
    page = rep.get(f"/disputes/{dispute}").text
    assert "I said &lt;b&gt;it&lt;/b&gt; twice." in page
    assert f"/calls/{scored_call}?t=1.25" in page
    assert "data-ruling" not in page

    manager = sign_in("manager")
    assert "1 dispute to decide" in manager.get("/").text
    assert f"/disputes/{dispute}" in manager.get("/disputes").text
    assert "data-ruling" in manager.get(f"/disputes/{dispute}").text
    assert decide(manager, dispute, 1, {**REJECT, "words": ""})[0] == 422
    assert decide(manager, dispute, 1)[0] == 422
    assert decide(manager, dispute, 1, REJECT)[0] == 200

    status, answer = send(rep, "POST", f"/disputes/{dispute}/escalate", json={"revision": 2, "words": ""})
    assert (status, answer["field"]) == (422, "words")
    assert "To the quality lead" in rep.get(f"/disputes/{dispute}").text
    assert send(rep, "POST", f"/disputes/{dispute}/escalate", json={"revision": 2, "words": "Again."})[0] == 200
    assert decide(manager, dispute, 3, ACCEPT)[0] == 403

    lead = sign_in("quality_lead")
    assert decide(lead, dispute, 3, ACCEPT)[0] == 200
    page = rep.get(f"/disputes/{dispute}").text
    assert "Heard at 0:01." in page
    assert "It is not there." in page, "every step stays to be read"
    assert "dispute is decided" in rep.get(f"/calls/{scored_call}").text
    assert "accepted" in rep.get("/notifications").text


def test_two_deciding_at_once_keep_their_words(
    sign_in: SignIn, scored_call: int, evaluated: int, database: Database
) -> None:
    made = object_to(sign_in("manager"), scored_call, evaluated, POINT)[1]
    lead = sign_in("quality_lead")
    assert decide(lead, made["dispute"], 1, REJECT)[0] == 200
    status, answer = decide(lead, made["dispute"], 1, ACCEPT)
    assert (status, answer["code"], answer["again"]) == (409, "dispute_changed", False)
    assert "It is not there." in answer["html"]
    assert "words stay" in answer["html"]


def test_refusals_are_told_in_words(sign_in: SignIn, scored_call: int, evaluated: int, database: Database) -> None:
    rep = sign_in("rep")
    for body in (
        {},
        {"evaluation": True},
        {"evaluation": "1"},
        {"evaluation": 2**70, "points": [POINT]},
        {"evaluation": evaluated, "points": "all"},
        {"evaluation": evaluated, "points": [7]},
        {"evaluation": evaluated, "points": [{**POINT, "second": "soon"}]},
        {"evaluation": evaluated, "points": [{**POINT, "second": 1e300}]},
        {"evaluation": evaluated, "points": [{**POINT, "comment": "a" * 5000}]},
        {"evaluation": evaluated, "points": [{**POINT, "comment": " \x00 "}]},
        {"evaluation": evaluated, "points": [{**POINT, "proposed": "2"}]},
        {"evaluation": evaluated, "points": [{**POINT, "proposed": "\ud800"}]},
        {"evaluation": evaluated, "points": [{**POINT, "criterion": "\ud800"}]},
        {"evaluation": evaluated, "points": []},
    ):
        assert sent(rep, scored_call, body)[0] == 422, body
    assert send(rep, "POST", f"/calls/{scored_call}/dispute", json={"evaluation": 999, "points": [POINT]})[0] == 404
    assert object_to(sign_in("quality_lead"), scored_call, evaluated, POINT)[0] == 403
    status, answer = object_to(sign_in("reviewer"), scored_call, evaluated, POINT)
    assert (status, answer["why"]) == (409, "scorer")
    with database.session() as db:
        db.execute(update(DisputeWindow).values(until=utc_now() - timedelta(days=2)))
    status, answer = object_to(rep, scored_call, evaluated, POINT)
    assert (status, answer["code"]) == (409, "too_late")
    assert "ended on" in answer["message"]
    assert "could be disputed until" in rep.get(f"/calls/{scored_call}").text
    assert rep.get(f"/calls/{scored_call}/dispute?evaluation={evaluated}").status_code == 409


def test_who_reads_which_dispute(
    sign_in: SignIn, scored_call: int, evaluated: int, database: Database, crew: Crew
) -> None:
    made = object_to(sign_in("rep"), scored_call, evaluated, POINT)[1]
    address = f"/disputes/{made['dispute']}"
    for role, status in (
        ("rep", 200),
        ("manager", 200),
        ("reviewer", 200),
        ("quality_lead", 200),
        ("head_of_sales", 200),
        ("external_reviewer", 403),
        ("admin", 403),
    ):
        assert sign_in(role).get(address).status_code == status, role
    with database.session() as db:
        db.execute(update(Call).where(Call.id == scored_call).values(rep_id=find_rep(db, "103")))
        assert load_viewer(db, crew.users["rep"])
    assert sign_in("manager").get(address).status_code == 404
    assert sign_in("admin").get("/disputes").status_code == 302


def test_taking_it_back(sign_in: SignIn, scored_call: int, evaluated: int) -> None:
    rep = sign_in("rep")
    made = object_to(rep, scored_call, evaluated, words="This was \ud83d another client.")[1]
    address = f"/disputes/{made['dispute']}/withdraw"
    assert send(sign_in("manager"), "POST", address, json={"revision": 1})[0] == 403
    assert send(rep, "POST", address, json={"revision": 7})[0] == 409
    assert send(rep, "POST", address, json={"revision": 1, "words": "My mistake."})[0] == 200
    status, answer = send(rep, "POST", address, json={"revision": 2})
    assert (status, answer["state"]) == (409, "withdrawn")
    assert object_to(rep, scored_call, evaluated, POINT)[0] == 200


def test_deadlines_are_set_on_their_page(sign_in: SignIn, scored_call: int) -> None:
    lead = sign_in("quality_lead")
    days = {"raise_days": "7", "first_days": "2", "further_days": "2", "lead_days": "4", "remind_days": "0"}
    answer = post(lead, "/disputes/deadlines", days, headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert 'value="7"' in lead.get("/disputes/deadlines").text
    assert post(lead, "/disputes/deadlines", {**days, "raise_days": "0"}).status_code == 422
    assert post(lead, "/disputes/deadlines", {**days, "raise_days": "one"}).status_code == 422
    rep = sign_in("rep")
    assert "<b>7</b>" in rep.get("/disputes/deadlines").text
    assert post(rep, "/disputes/deadlines", days).status_code == 403


def test_figures(sign_in: SignIn, scored_call: int, evaluated: int) -> None:
    lead = sign_in("quality_lead")
    assert "Nothing was disputed" in lead.get("/disputes/figures").text
    made = object_to(sign_in("rep"), scored_call, evaluated, POINT)[1]
    assert decide(sign_in("manager"), made["dispute"], 1, ACCEPT)[0] == 200
    page = lead.get("/disputes/figures?days=30").text
    assert "Person reviewer" in page
    assert "1 of 1 accepted" in page
    assert sign_in("rep").get("/disputes/figures").status_code == 403
    assert lead.get("/disputes/figures?days=7&team=x").status_code == 200
    for tab in ("decide", "open", "closed", "nothing"):
        assert lead.get(f"/disputes?tab={tab}").status_code == 200
    assert f"/disputes/{made['dispute']}" in lead.get("/disputes?tab=closed&criterion=greeting").text


def test_the_whole_way_over_the_api(
    app: Any, sign_in: SignIn, scored_call: int, evaluated: int, database: Database, crew: Crew
) -> None:
    with database.session() as db:
        scopes = ["reviews:read", "reviews:write"]
        tokens = {
            role: create_api_token(db, crew.users[role], "t", scopes).token
            for role in ("rep", "manager", "quality_lead", "reviewer")
        }

    def ask(role: str, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {tokens[role]}"}
        answer = app.test_client().open(f"/api/v1{path}", method=method, headers=headers, json=body)
        return answer.status_code, answer.json

    body = {"evaluation_id": evaluated, "points": [POINT]}
    assert ask("rep", "POST", f"/calls/{scored_call}/disputes", {**body, "extra": 1})[0] == 422
    status, made = ask("rep", "POST", f"/calls/{scored_call}/disputes", body)
    assert (status, made["state"], made["may"]) == (201, "first", ["withdraw"]), made
    status, twice = ask("rep", "POST", f"/calls/{scored_call}/disputes", body)
    assert (status, twice["why"], twice["dispute"]) == (409, "open", made["id"])
    path = f"/disputes/{made['id']}"
    assert ask("manager", "GET", "/disputes?waiting=true")[1]["disputes"][0]["id"] == made["id"]
    assert ask("quality_lead", "GET", "/disputes?waiting=true")[1]["disputes"] == []
    ruling = {"criterion": "greeting", "decision": "reject", "words": "No."}
    assert ask("reviewer", "POST", f"{path}/decision", {"revision": 1, "rulings": [ruling]})[0] == 403
    assert ask("manager", "POST", f"{path}/decision", {"revision": 9, "rulings": [ruling]})[0] == 409
    assert ask("manager", "POST", f"{path}/decision", {"revision": 1, "rulings": [ruling]})[0] == 200
    assert ask("rep", "POST", f"{path}/escalate", {"words": "Please."})[1]["state"] == "lead"
    ruling = {"criterion": "greeting", "decision": "accept"}
    status, done = ask("quality_lead", "POST", f"{path}/decision", {"revision": 3, "rulings": [ruling]})
    assert (status, done["state"], done["items"][0]["settled"]) == (200, "decided", {"greeting": "0"})
    assert done["score"] != done["score_before"]
    page = ask("quality_lead", "GET", "/disputes?limit=1")[1]
    assert page["next"] is None
    assert ask("quality_lead", "GET", "/disputes?after=nonsense")[0] == 422
    assert ask("quality_lead", "GET", f"/disputes/{2**62}")[0] == 404
    assert ask("rep", "PUT", "/dispute-deadlines", {"raise_days": 3})[0] == 403
    assert ask("quality_lead", "PUT", "/dispute-deadlines", {"raise_days": 3})[1]["raise_days"] == 3
    assert ask("rep", "GET", "/dispute-deadlines")[1]["raise_days"] == 3


def test_who_is_to_judge_the_call_blind_is_told_no_answer_by_any_way(
    app: Any, sign_in: SignIn, scored_call: int, evaluated: int, database: Database, crew: Crew
) -> None:
    made = object_to(sign_in("manager"), scored_call, evaluated, POINT)[1]
    lead = sign_in("quality_lead")
    begin(lead, scored_call, blind="1")
    assert "I said" not in lead.get("/disputes").text
    assert lead.get(f"/disputes/{made['dispute']}").status_code == 409
    status, answer = decide(lead, made["dispute"], 99, ACCEPT)
    assert (status, answer["why"], "html" in answer) == (409, "blind", False)
    with database.session() as db:
        token = create_api_token(db, crew.users["quality_lead"], "t", ["reviews:read"]).token
    listed = app.test_client().get("/api/v1/disputes", headers={"Authorization": f"Bearer {token}"})
    assert [(one["criteria"], one["score"]) for one in listed.json["disputes"]] == [([], None)]
