"""By program: calls given to be scored and given on, clips and playlists changed, what was given taken back."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from review.db import Database
from tests.web.conftest import Crew
from tests.web.test_api import assert_problem
from tests.web.test_api_parts import header
from tests.web.test_library import shared, sound, their_call
from tests.web.test_quizzes import mistake

__all__ = ["mistake", "shared", "sound", "their_call"]  # fixtures
BASE = "/api/v1"
Header = dict[str, str]


@pytest.fixture
def lead(database: Database, crew: Crew) -> Header:
    return header(database, crew, "quality_lead")


@pytest.fixture
def reviewer(database: Database, crew: Crew) -> Header:
    return header(database, crew, "reviewer")


def test_a_call_is_given_handed_on_left_out_and_taken_back(
    client: FlaskClient, lead: Header, reviewer: Header, database: Database, crew: Crew, scored_call: int
) -> None:
    url = f"{BASE}/calls/{scored_call}/assignments"
    wanted = {"user_ids": [crew.users["reviewer"], crew.users["head_of_sales"]], "why": "Compare"}
    assert client.post(url, json=wanted, headers=lead).json["user_ids"] == wanted["user_ids"]
    assert client.post(url, json=wanted, headers=lead).json["user_ids"] == wanted["user_ids"]  # once
    assert_problem(client.post(url, json={"user_ids": [crew.users["rep"]]}, headers=lead), 422, "cannot_score")
    assert_problem(client.post(url, json=wanted, headers=reviewer), 403, "forbidden")
    (mine,) = client.get(f"{BASE}/assignments", headers=reviewer).json["assignments"]
    assert (mine["user_id"], mine["why"][0]["text"]) == (crew.users["reviewer"], "Compare")
    assert len(client.get(f"{BASE}/assignments?everybody=true", headers=lead).json["assignments"]) == 2
    assert_problem(client.get(f"{BASE}/assignments?everybody=true", headers=reviewer), 403, "forbidden")
    one = f"{BASE}/assignments/{mine['id']}"
    given = client.post(f"{one}/hand-on", json={"user_id": crew.users["manager"]}, headers=reviewer)
    assert given.json["user_id"] == crew.users["manager"], given.text
    assert_problem(client.post(f"{one}/skip", json={"reason": "too long"}, headers=reviewer), 404, "not_found")
    manager = header(database, crew, "manager")
    assert_problem(client.post(f"{one}/skip", json={"reason": "x"}, headers=manager), 422, "reason_needed")
    refused = client.post(f"{one}/hand-on", json={"user_id": crew.users["rep"]}, headers=manager)
    assert_problem(refused, 422, "cannot_take")
    assert client.post(f"{one}/skip", json={"reason": "No sound"}, headers=manager).json["state"] == "skipped"
    assert_problem(client.post(f"{one}/skip", json={"reason": "again"}, headers=manager), 409, "assignment_not_open")
    (other,) = client.get(f"{BASE}/assignments?everybody=true", headers=lead).json["assignments"]
    back = client.post(f"{BASE}/assignments/{other['id']}/withdraw", json={"reason": "Enough"}, headers=lead)
    assert back.json["state"] == "withdrawn"


def test_clips_and_playlists_are_changed_and_thrown_away(
    client: FlaskClient, lead: Header, reviewer: Header, database: Database, crew: Crew, their_call: int
) -> None:
    clips = [
        client.post(
            f"{BASE}/calls/{their_call}/clips", json={"start": at, "end": at + 2, "title": "A"}, headers=lead
        ).json["id"]
        for at in (1.0, 5.0)
    ]
    one = f"{BASE}/library/clips/{clips[0]}"
    named = client.put(one, json={"title": "Asked first", "stage": "price"}, headers=lead)
    assert (named.json["title"], named.json["stage"]) == ("Asked first", "price")
    assert client.put(one, json={"title": "Mine"}, headers=reviewer).status_code in (403, 409)
    playlist = client.post(f"{BASE}/playlists", json={"title": "Price"}, headers=lead).json["id"]
    url = f"{BASE}/playlists/{playlist}"
    for clip in clips:
        client.post(f"{url}/clips", json={"clip_id": clip}, headers=lead)
    moved = client.post(f"{url}/clips/{clips[0]}/move", json={"by": 1}, headers=lead).json
    assert [clip["id"] for clip in moved["clips"]] == clips[::-1]
    assert client.put(url, json={"title": "Prices", "note": "Calm"}, headers=lead).json["title"] == "Prices"
    left = client.delete(f"{url}/clips/{clips[1]}", headers=lead).json
    assert [clip["id"] for clip in left["clips"]] == clips[:1]
    manager = header(database, crew, "manager")
    client.post(f"{url}/give", json={"user_ids": [crew.users["manager"]]}, headers=lead)
    assert_problem(client.delete(url, headers=lead), 409, "still_worked_on")
    (task,) = client.get(f"{url}/progress", headers=lead).json["tasks"]
    assert_problem(client.delete(f"{url}/tasks/{task['id'] + 1}", headers=lead), 404, "not_found")
    assert client.delete(f"{url}/tasks/{task['id']}", headers=lead).json == {"tasks": []}
    assert client.get(f"{BASE}/listening", headers=manager).json == {"tasks": []}
    assert client.delete(url, headers=lead).json == {"id": playlist}
    assert_problem(client.get(url, headers=lead), 404, "not_found")
    assert client.delete(one, headers=lead).json == {"id": clips[0]}
    assert_problem(client.delete(one, headers=lead), 404, "not_found")


def test_a_quiz_is_put_in_order_and_taken_back(
    client: FlaskClient, lead: Header, database: Database, crew: Crew, mistake: int, shared: int
) -> None:
    quiz = client.post(f"{BASE}/quizzes", json={"title": "Price"}, headers=lead).json["id"]
    url = f"{BASE}/quizzes/{quiz}"
    client.post(f"{url}/questions", json={"objection_id": mistake}, headers=lead)
    asked = client.post(f"{url}/questions", json={"clip_id": shared}, headers=lead).json["asked"]
    moved = client.post(f"{url}/questions/{asked[0]['id']}/move", json={"by": 5}, headers=lead).json
    assert [one["id"] for one in moved["asked"]] == [asked[1]["id"], asked[0]["id"]]
    other = client.post(f"{BASE}/quizzes", json={"title": "Other"}, headers=lead).json["id"]
    wrong = f"{BASE}/quizzes/{other}/questions/{asked[0]['id']}"
    assert_problem(client.post(f"{wrong}/move", json={"by": 1}, headers=lead), 404, "not_found")
    assert_problem(client.delete(wrong, headers=lead), 404, "not_found")
    client.post(f"{url}/give", json={"user_ids": [crew.users["rep"]]}, headers=lead)
    (person,) = client.get(f"{url}/results", headers=lead).json["people"]
    assert client.delete(f"{url}/tasks/{person['task_id']}", headers=lead).json["people"] == []
    assert_problem(client.delete(f"{url}/tasks/{person['task_id']}", headers=lead), 404, "not_found")
    assert client.get(f"{BASE}/quiz-tasks", headers=header(database, crew, "rep")).json == {"tasks": []}


def test_disputes_are_counted(
    client: FlaskClient, lead: Header, reviewer: Header, database: Database, crew: Crew, scored_call: int
) -> None:
    answers = {"greeting": {"answer": "0", "reason": "No name was said."}}
    made = client.post(f"{BASE}/calls/{scored_call}/evaluations", json={"answers": answers}, headers=reviewer).json
    point = {"criterion": "greeting", "comment": "I said it at the start", "proposed": "2"}
    rep = header(database, crew, "rep")
    url = f"{BASE}/calls/{scored_call}/disputes"
    raised = client.post(url, json={"evaluation_id": made["id"], "points": [point]}, headers=rep)
    assert raised.status_code == 201, raised.text
    found = client.get(f"{BASE}/dispute-figures?days=7", headers=lead).json
    assert (found["open"], found["all"]["disputed"], found["all"]["share"]) == (1, 1, 1.0)
    assert [(one["key"], one["disputed"]) for one in found["by_criterion"]] == [("greeting", 1)]
    assert [one["key"] for one in found["by_reviewer"]] == [str(crew.users["reviewer"])]
    assert_problem(client.get(f"{BASE}/dispute-figures", headers=rep), 403, "forbidden")
