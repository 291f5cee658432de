"""People over the API: the rules of roles hold for tokens too, and nothing odd makes a fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from review.db import Database
from review.models import Letter, User
from review.services.tokens import create_api_token
from tests.web.conftest import Crew

Ask = Callable[..., Any]


@pytest.fixture
def ask(app: Flask, database: Database, crew: Crew) -> Ask:
    """A request with a token of a role's person."""
    tokens: dict[str, str] = {}

    def send(method: str, path: str, role: str = "admin", scopes: tuple[str, ...] = (), **more: Any) -> Any:
        key = f"{role}{scopes}"
        if key not in tokens:
            with database.session() as db:
                granted = scopes or ("people:read", "people:write")
                tokens[key] = create_api_token(db, crew.users[role], key[:100], granted).token
        headers = {"Authorization": f"Bearer {tokens[key]}", **more.pop("headers", {})}
        return app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **more)

    return send


def test_people_are_listed_in_pages_and_filtered(ask: Ask) -> None:
    names, after = [], None
    for _page in range(9):
        query = {"limit": 3, **({"after": after} if after else {})}
        page = ask("GET", "/users", query_string=query).json
        names += [user["name"] for user in page["users"]]
        after = page["next"]
        if after is None:
            break
    assert names == sorted(names)
    assert len(names) == len(set(names)) == 7
    only = ask("GET", "/users", query_string={"role": "manager"}).json["users"]
    assert [user["roles"] for user in only] == [["manager"]]
    assert only[0]["teams"][0]["manages"] is True
    assert ask("GET", "/users", query_string={"state": "x"}).status_code == 422


def test_a_person_is_changed_by_the_rules_of_the_pages(ask: Ask, crew: Crew) -> None:
    path = f"/users/{crew.users['reviewer']}"
    body = {"name": "Vera", "roles": ["reviewer", "manager"], "teams": [{"id": crew.teams["own"], "manages": True}]}
    changed = ask("PATCH", path, json=body)
    assert changed.status_code == 200, changed.json
    assert (changed.json["name"], changed.json["roles"]) == ("Vera", ["manager", "reviewer"])
    assert ask("PATCH", f"/users/{crew.users['admin']}", json={"roles": ["rep"]}).json["code"] == "own_roles"
    refused = ask("PATCH", f"/users/{crew.users['rep']}", "quality_lead", json={"disabled": True})
    assert (refused.status_code, refused.json["code"]) == (409, "not_yours")
    raised = ask("PATCH", f"/users/{crew.users['rep']}", "head_of_sales", json={"roles": ["rep", "admin"]})
    assert (raised.status_code, raised.json["code"]) == (409, "may_not_grant")
    assert ask("PATCH", "/users/999999", json={"name": "x"}).status_code == 404
    half = ask("PATCH", f"/users/{crew.users['rep']}", json={"name": "New", "teams": [{"id": 999}]})
    assert half.status_code == 422
    assert ask("GET", f"/users/{crew.users['rep']}").json["name"] == "Person rep"  # all of it or nothing
    out = ask("PATCH", f"/users/{crew.users['rep']}", json={"disabled": True})
    assert out.json["disabled_at"] is not None


def test_scopes_and_roles_are_both_asked(ask: Ask, crew: Crew) -> None:
    assert ask("GET", "/users", "rep").status_code == 403
    assert ask("GET", "/users", "admin", ("calls:read",)).status_code == 403
    body = {"email": "x@example.com", "roles": ["rep"]}
    assert ask("POST", "/invitations", "admin", ("people:read",), json=body).status_code == 403
    assert ask("POST", "/teams", "quality_lead", json={"name": "East"}).status_code == 403


def test_invitations_are_made_once_sent_again_and_withdrawn(ask: Ask, database: Database) -> None:
    body = {"email": "nina@example.com", "roles": ["rep"], "language": "ko"}
    first = ask("POST", "/invitations", json=body, headers={"Idempotency-Key": "k1"})
    again = ask("POST", "/invitations", json=body, headers={"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    assert "/invitations/" in first.json["url"]
    assert ask("POST", "/invitations", json=body).json["code"] == "invited_already"
    number = first.json["id"]
    renewed = ask("POST", f"/invitations/{number}/letters")
    assert renewed.json["sent"] == 2
    assert renewed.json["url"] != first.json["url"]
    assert ask("GET", "/invitations").json["invitations"][0]["url"] is None
    assert ask("DELETE", f"/invitations/{number}").json["state"] == "withdrawn"
    assert ask("POST", f"/invitations/{number}/letters").status_code == 409
    assert ask("POST", "/invitations/999/letters").status_code == 404
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Letter)) == 2
        assert db.scalar(select(User.id).where(User.email == "nina@example.com")) is None


def test_teams_and_reps_are_made_and_changed(ask: Ask, crew: Crew) -> None:
    team = ask("POST", "/teams", "head_of_sales", json={"name": "East"})
    assert team.status_code == 201
    number = team.json["id"]
    assert ask("POST", "/teams", json={"name": "East"}).status_code == 422
    assert ask("PATCH", f"/teams/{number}", json={"name": "Far East"}).json["name"] == "Far East"
    rep = ask("POST", "/reps", json={"name": "Ron", "extension": "300", "team_id": number})
    assert rep.status_code == 201, rep.json
    moved = ask("PATCH", f"/reps/{rep.json['id']}", json={"team_id": crew.teams["own"]})
    assert moved.json["team_name"] == "North"
    assert moved.json["extension"] == "300"  # what is left out stays
    assert [row["team_id"] for row in moved.json["history"]] == [number, crew.teams["own"]]
    assert ask("PATCH", f"/reps/{rep.json['id']}", json={"extension": "101"}).status_code == 422
    assert ask("POST", "/reps", json={"name": "Ron", "extension": "101"}).status_code == 422
    assert len(ask("GET", "/reps").json["reps"]) == 4  # the refused one left nothing
    seen = ask("GET", f"/teams/{number}").json
    assert [row["until"] is None for row in seen["history"]] == [False]


@pytest.mark.parametrize(
    "body",
    [
        {"email": "a\x00b@example.com", "roles": ["rep"]},
        {"email": "\ud800@example.com", "roles": ["rep"]},
        {"email": "x@example.com", "roles": ["king"]},
        {"email": "x@example.com", "roles": []},
        {"email": "x@example.com", "roles": ["rep"], "team_id": 2**80},
        {"email": "x@example.com", "roles": ["rep"], "team_id": 999},
        {"email": "x@example.com", "roles": ["rep"], "name": "\x00"},
        {"email": ["x"], "roles": "rep"},
    ],
)
def test_odd_bodies_are_refused(ask: Ask, body: dict[str, Any]) -> None:
    answer = ask("POST", "/invitations", data=json.dumps(body), content_type="application/json")
    assert answer.status_code in (201, 422), answer.json
    assert answer.status_code == 422 or body.get("name") == "\x00"
