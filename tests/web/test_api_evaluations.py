"""Evaluations by program from the first answer to the last word: the pages' rules, revisions and refusals hold."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from review.db import Database
from review.models import Evaluation
from tests.web.conftest import Crew
from tests.web.test_api import assert_problem
from tests.web.test_api_parts import header

BASE = "/api/v1"
Header = dict[str, str]
ANSWERS = {"greeting": {"answer": "0", "reason": "No name was said."}}


@pytest.fixture
def lead(database: Database, crew: Crew) -> Header:
    return header(database, crew, "quality_lead")


@pytest.fixture
def reviewer(database: Database, crew: Crew) -> Header:
    return header(database, crew, "reviewer")


def begin(client: FlaskClient, who: Header, call_id: int, **body: Any) -> Any:
    return client.post(f"{BASE}/calls/{call_id}/evaluations/draft", json=body, headers=who)


def test_a_draft_is_begun_once_saved_and_submitted(
    client: FlaskClient, reviewer: Header, lead: Header, scored_call: int, database: Database
) -> None:
    first = begin(client, reviewer, scored_call)
    again = begin(client, reviewer, scored_call, blind=True)
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert again.json == first.json  # one draft for each person and call, and it keeps its mode
    draft = first.json
    assert (draft["state"], draft["may"]) == ("draft", ["edit", "void"])
    url = f"{BASE}/evaluations/{draft['id']}"
    saved = client.put(
        url, json={"revision": draft["revision"], "answers": ANSWERS, "comment": "So far"}, headers=reviewer
    )
    assert saved.status_code == 200, saved.text
    assert (saved.json["comment"], saved.json["answers"]["greeting"]["answer"]) == ("So far", "0")
    late = client.put(url, json={"revision": draft["revision"], "answers": {}}, headers=reviewer)
    assert_problem(late, 409, "evaluation_changed")
    assert late.json["revision"] == saved.json["revision"]
    assert client.get(url, headers=reviewer).json == saved.json
    bare = {"answers": {}, "comment": "", "revision": saved.json["revision"]}
    refused = client.post(f"{url}/submit", json=bare, headers=reviewer)
    assert_problem(refused, 422, "not_complete")
    assert refused.json["criterion"] == ""
    assert client.get(url, headers=reviewer).json == saved.json  # nothing of the refused one was stored
    done = client.post(f"{url}/submit", json={"revision": saved.json["revision"]}, headers=reviewer)
    assert done.status_code == 200, done.text
    assert (done.json["state"], done.json["comment"]) == ("shown", "So far")
    locked = client.put(url, json={"revision": done.json["revision"], "answers": {}}, headers=reviewer)
    assert_problem(locked, 409, "not_now")
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Evaluation)) == 1


def test_a_submitted_one_is_opened_again_made_final_and_void(
    client: FlaskClient, reviewer: Header, lead: Header, scored_call: int
) -> None:
    draft = begin(client, reviewer, scored_call).json
    url = f"{BASE}/evaluations/{draft['id']}"
    sent = {"revision": draft["revision"], "answers": ANSWERS, "comment": "Listened twice"}
    client.post(f"{url}/submit", json=sent, headers=reviewer)
    assert_problem(client.post(f"{url}/reopen", headers=lead), 409, "not_now")
    opened = client.post(f"{url}/reopen", headers=reviewer).json
    assert opened["state"] == "draft"
    again = client.post(f"{url}/submit", json={"revision": opened["revision"]}, headers=reviewer).json
    assert again["comment"] == "Listened twice"
    assert_problem(client.post(f"{url}/finish", headers=reviewer), 409, "not_now")
    assert client.post(f"{url}/finish", headers=lead).json["state"] == "final"
    assert_problem(client.post(f"{url}/void", json={}, headers=lead), 422, "answers_refused")
    ended = client.post(f"{url}/void", json={"words": "The wrong call"}, headers=lead).json
    assert (ended["state"], ended["void_reason"]) == ("void", "The wrong call")
    steps = client.get(f"{url}/history", headers=lead).json["steps"]
    assert [step["event"] for step in steps] == [
        "begun",
        "submitted",
        "shown",
        "reopened",
        "submitted",
        "shown",
        "final",
        "void",
    ]
    assert steps[-1]["words"] == "The wrong call"


def test_of_two_one_stands(client: FlaskClient, reviewer: Header, lead: Header, scored_call: int) -> None:
    ids = []
    for who, answer in ((reviewer, "0"), (lead, "1")):
        sent = {"answers": {"greeting": {"answer": answer, "reason": "Heard."}}}
        made = client.post(f"{BASE}/calls/{scored_call}/evaluations", json=sent, headers=who)
        ids.append(made.json["id"])
    url = f"{BASE}/evaluations/{ids[0]}/stands"
    assert_problem(client.post(url, json={"other_id": ids[1]}, headers=reviewer), 403, "forbidden")
    assert client.post(url, json={"other_id": ids[1]}, headers=lead).json["id"] == ids[0]
    assert_problem(client.post(url, json={"other_id": ids[0]}, headers=lead), 409, "not_now")
    assert_problem(client.post(url, json={"other_id": 999}, headers=lead), 404, "not_found")
    verdicts = client.get(f"{BASE}/calls/{scored_call}/verdicts", headers=lead).json["verdicts"]
    assert verdicts[-1]["answer"] == "0"


def test_others_drafts_and_calls_do_not_exist(
    client: FlaskClient, reviewer: Header, scored_call: int, database: Database, crew: Crew
) -> None:
    draft = begin(client, reviewer, scored_call).json
    url = f"{BASE}/evaluations/{draft['id']}"
    manager = header(database, crew, "manager")
    sent = {"revision": draft["revision"], "answers": ANSWERS}
    assert_problem(client.put(url, json=sent, headers=manager), 404, "not_found")
    assert_problem(client.post(f"{url}/submit", json=sent, headers=manager), 404, "not_found")
    assert_problem(client.get(f"{url}/history", headers=manager), 404, "not_found")
    assert_problem(client.put(url, json=sent, headers=header(database, crew, "rep")), 403, "forbidden")
    assert_problem(begin(client, reviewer, 999), 404, "not_found")
    odd = {"revision": draft["revision"], "answers": {"no_such": {"answer": "1"}}}
    assert_problem(client.put(url, json=odd, headers=reviewer), 422, "answers_refused")
    assert_problem(
        client.post(f"{url}/submit", json={"revision": 1, "comment": "x"}, headers=reviewer), 422, "bad_parameter"
    )
