"""Coaching for programs: sessions and plans made, moved and read, pages that go on, refusals as problems."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from review.db import Database
from review.models import CoachingSession, utc_now
from review.services.tokens import create_api_token
from tests.db.coaching_world import CRITERION, STANDARD, answer_calls
from tests.web.conftest import Crew


class Program:
    """A program with one person's token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, body: Any = None) -> TestResponse:
        sent = None if body is None else json.dumps(body)
        headers = {**self.headers, "Content-Type": "application/json"}
        return self.client.open(f"/api/v1/coaching{path}", method=method, data=sent, headers=headers)


@pytest.fixture
def programs(app: Flask, database: Database, crew: Crew) -> dict[str, Program]:
    """One for each role."""
    made = {}
    with database.session() as session:
        for role, user_id in crew.users.items():
            token = create_api_token(session, user_id, f"for {role}", ["coaching:read", "coaching:write"]).token
            made[role] = Program(app.test_client(), token)
        answer_calls(session, crew.reps["own"], utc_now() - timedelta(days=9), [True, False] * 4)
    return made


def session_body(crew: Crew, **changes: Any) -> dict[str, Any]:
    return {
        "rep_id": crew.reps["own"],
        "went_well": "A warm greeting.",
        "standard": STANDARD,
        "criterion": CRITERION.id,
        "cause": "knowledge",
        "action": "Rita asks one open question first.",
        "due_at": (utc_now() + timedelta(days=9)).isoformat(),
        "private_notes": "Hidden",
        **changes,
    }


def test_a_session_made_confirmed_done_and_closed(programs: dict[str, Program], database: Database, crew: Crew) -> None:
    coach, rep = programs["manager"], programs["rep"]
    made = coach("POST", "/sessions", session_body(crew))
    assert made.status_code == 201
    body = made.get_json()
    address = f"/sessions/{body['id']}"
    assert body["private_notes"] == "Hidden"
    seen = rep("GET", address).get_json()
    assert seen["private_notes"] is None
    assert seen["moves"] == ["confirm"]
    assert rep("POST", f"{address}/move", {"move": "confirm"}).status_code == 200
    assert rep("POST", f"{address}/move", {"move": "hold"}).status_code == 403
    assert coach("POST", f"{address}/move", {"move": "hold"}).status_code == 200
    assert rep("POST", f"{address}/move", {"move": "done"}).status_code == 422
    assert rep("POST", f"{address}/move", {"move": "done", "word": "Each call"}).status_code == 200
    commented = rep("POST", f"{address}/comments", {"body": "Hard at first"}).get_json()
    assert [one["body"] for one in commented["comments"]] == ["Hard at first"]
    follow = coach("GET", f"{address}/follow-up").get_json()
    assert follow["state"] in ("waiting", "too_early")
    assert follow["before"]["missing"] == 0
    assert len(follow["before"]["calls"]) == 8
    assert follow["after"]["missing"] == 5
    assert coach("POST", f"{address}/move", {"move": "close", "word": "Later"}).get_json()["state"] == "closed"
    late = coach("POST", f"{address}/move", {"move": "hold"})
    assert (late.status_code, late.get_json()["code"]) == (409, "not_now")


def test_a_stale_revision_is_refused(programs: dict[str, Program], crew: Crew) -> None:
    coach = programs["manager"]
    made = coach("POST", "/sessions", session_body(crew)).get_json()
    change = {name: value for name, value in session_body(crew).items() if name != "rep_id"}
    address = f"/sessions/{made['id']}"
    first = coach("PUT", address, {**change, "action": "One", "revision": made["revision"]})
    assert first.get_json()["action"] == "One"
    stale = coach("PUT", address, {**change, "action": "Two", "revision": made["revision"]})
    assert (stale.status_code, stale.get_json()["code"]) == (409, "changed_meanwhile")
    assert coach("GET", address).get_json()["action"] == "One"


def test_lists_go_on_where_they_stopped(programs: dict[str, Program], crew: Crew) -> None:
    coach = programs["manager"]
    made = [coach("POST", "/sessions", session_body(crew, action=f"Action {n}")).get_json()["id"] for n in range(3)]
    first = coach("GET", "/sessions?limit=2").get_json()
    rest = coach("GET", f"/sessions?limit=2&after={first['next']}").get_json()
    assert [one["id"] for one in first["sessions"] + rest["sessions"]] == made[::-1]
    assert rest["next"] is None
    assert coach("GET", "/sessions?after=nonsense").status_code == 422
    assert [one["id"] for one in coach("GET", "/sessions?state=closed").get_json()["sessions"]] == []


@pytest.mark.parametrize(
    ("role", "status"), [("reviewer", 403), ("admin", 403), ("external_reviewer", 403), ("rep", 403), ("manager", 422)]
)
def test_who_may_make_one(programs: dict[str, Program], crew: Crew, role: str, status: int) -> None:
    assert programs[role]("POST", "/sessions", {}).status_code == status


def test_another_team_does_not_exist(programs: dict[str, Program], crew: Crew) -> None:
    body = session_body(crew, rep_id=crew.reps["other"])
    assert programs["manager"]("POST", "/sessions", body).status_code == 404
    with_lead = programs["quality_lead"]("POST", "/sessions", session_body(crew)).get_json()
    assert programs["manager"]("GET", f"/sessions/{with_lead['id']}").get_json()["private_notes"] is None
    assert programs["reviewer"]("GET", f"/sessions/{with_lead['id']}").status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"went_well": "\x00"},
        {"due_at": "9999-12-31T23:59:59Z"},
        {"due_at": "2020-01-01T00:00:00Z"},
        {"criterion": "\ud800"},
        {"plan_id": 2**63},
        {"moments": [{"call_id": 1, "start": 1e300, "end": 2}]},
        {"weeks_before": True},
        {"more": 1},
    ],
)
def test_odd_input_is_a_problem(programs: dict[str, Program], crew: Crew, changes: dict[str, Any]) -> None:
    answer = programs["manager"]("POST", "/sessions", session_body(crew, **changes))
    assert answer.status_code in ((201, 422) if changes == {"weeks_before": True} else (422,))


def test_a_plan_with_its_steps(programs: dict[str, Program], database: Database, crew: Crew) -> None:
    coach, rep = programs["manager"], programs["rep"]
    plan = {
        "rep_id": crew.reps["own"],
        "goal": "Ask first",
        "standard": STANDARD,
        "criteria": [CRITERION.id],
        "starts_on": (utc_now() - timedelta(days=8)).date().isoformat(),
        "weeks": 3,
    }
    made = coach("POST", "/plans", plan)
    assert made.status_code == 201
    address = f"/plans/{made.get_json()['id']}"
    step = coach("POST", f"{address}/steps", {"kind": "practice", "week": 1, "words": "Three calls"})
    assert step.status_code == 201
    first = step.get_json()["step_list"][0]["id"]
    assert coach("GET", "/plans").get_json()["plans"][0]["late"] == 1
    assert rep("POST", f"{address}/steps/{first}/move", {"move": "done", "word": "Good"}).get_json()["done"] == 1
    assert rep("POST", f"{address}/steps/{first}/move", {"move": "undo"}).get_json()["done"] == 0
    assert rep("DELETE", f"{address}/steps/{first}").status_code == 403
    assert coach("DELETE", f"{address}/steps/{first}").get_json()["step_list"] == []
    assert coach("POST", f"{address}/steps", {"kind": "playlist", "week": 1}).status_code == 422
    revision = coach("GET", address).get_json()["revision"]
    changed = {name: value for name, value in plan.items() if name != "rep_id"}
    assert coach("PUT", address, {**changed, "weeks": 5, "revision": revision}).get_json()["weeks"] == 5
    assert coach("PUT", address, {**changed, "weeks": 6, "revision": revision}).status_code == 409
    assert coach("POST", f"{address}/end", {"outcome": "Reached"}).get_json()["state"] == "ended"
    assert coach("POST", f"{address}/end", {"outcome": "Reached"}).status_code == 409
    assert coach("GET", "/plans/999").status_code == 404


def test_take_over(programs: dict[str, Program], database: Database, crew: Crew) -> None:
    made = programs["quality_lead"]("POST", "/sessions", session_body(crew)).get_json()
    taken = programs["manager"]("POST", f"/sessions/{made['id']}/take-over").get_json()
    assert taken["coach_id"] == crew.users["manager"]
    assert taken["private_notes"] == ""
    with database.read() as session:
        assert session.get_one(CoachingSession, made["id"]).private_notes == ""
