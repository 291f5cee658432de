"""Administration over the API: the company, how people sign in, links for new passphrases, the log's last check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from review.db import Database
from review.services.tokens import create_api_token
from review.services.users import disable_user, grant_right, set_roles
from tests.web.conftest import Crew, SignIn, post

Ask = Callable[..., Any]
PROVIDER = {"issuer": "https://login.example.com/", "client_id": "coach", "secret": "quiet", "label": "Example"}


@pytest.fixture
def ask(app: Flask, database: Database, crew: Crew) -> Ask:
    """A request with a token of a role's person."""
    tokens: dict[str, str] = {}

    def send(method: str, path: str, role: str = "admin", **more: Any) -> Any:
        if role not in tokens:
            with database.session() as db:
                made = create_api_token(db, crew.users[role], role, ("people:read", "people:write"))
            tokens[role] = made.token
        headers = {"Authorization": f"Bearer {tokens[role]}"}
        return app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **more)

    return send


def test_the_company_is_read_and_written(ask: Ask) -> None:
    assert ask("GET", "/company").json["company"] == ""
    said = {"company": "Green Bridge", "language": "en", "products": ["Desk 2"], "competitors": []}
    assert ask("PUT", "/company", json=said).json == said
    assert ask("GET", "/company").json == said
    assert ask("PUT", "/company", json={**said, "company": "x" * 121}).json["field"] == "company"
    assert ask("PUT", "/company", role="head_of_sales", json=said).status_code == 403


def test_how_people_sign_in_is_read_and_written_and_the_secret_never_read(ask: Ask) -> None:
    assert ask("GET", "/sign-in-rules").json == {"code_roles": [], "provider": None}
    assert ask("PUT", "/sign-in-rules/code-roles", json={"roles": ["admin"]}).json["code_roles"] == ["admin"]
    kept = ask("PUT", "/sign-in-rules/provider", json=PROVIDER)
    assert kept.status_code == 200
    assert (kept.json["provider"]["issuer"], kept.json["provider"]["has_secret"]) == ("https://login.example.com", True)
    assert "quiet" not in kept.text
    bad = ask("PUT", "/sign-in-rules/provider", json={**PROVIDER, "issuer": "http://login.example.com"})
    assert (bad.status_code, bad.json["field"]) == (422, "issuer")
    assert ask("DELETE", "/sign-in-rules/provider").json["provider"] is None
    assert ask("GET", "/sign-in-rules", role="quality_lead").status_code == 403


def test_links_and_sessions_follow_the_rules_of_the_pages(
    ask: Ask, crew: Crew, app: Flask, sign_in: SignIn, database: Database
) -> None:
    reviewer = crew.users["reviewer"]
    made = ask("POST", f"/users/{reviewer}/passphrase-links", role="quality_lead")
    assert made.status_code == 201
    link = "/reset/" + made.json["url"].rpartition("/")[2]
    assert app.test_client().get(link).status_code == 200
    assert ask("POST", f"/users/{crew.users['admin']}/passphrase-links", role="quality_lead").status_code == 409
    assert ask("POST", "/users/99999/passphrase-links").status_code == 404
    with database.session() as db:
        grant_right(db, reviewer, "see_originals")
    assert ask("POST", f"/users/{reviewer}/passphrase-links", role="quality_lead").status_code == 409
    browser = sign_in("reviewer")
    assert ask("DELETE", f"/users/{reviewer}/sessions").json == {"sessions": 1}
    assert browser.get("/").status_code == 302


def test_a_token_loses_with_its_person(ask: Ask, crew: Crew, database: Database) -> None:
    path = f"/users/{crew.users['reviewer']}/sessions"
    assert ask("DELETE", path, role="quality_lead").status_code == 200
    with database.session() as db:
        set_roles(db, crew.users["quality_lead"], ["rep"])
    assert ask("DELETE", path, role="quality_lead").status_code == 403
    with database.session() as db:
        disable_user(db, crew.users["quality_lead"])
    assert ask("DELETE", path, role="quality_lead").status_code == 401


def test_the_last_check_of_the_log_is_read(ask: Ask, sign_in: SignIn) -> None:
    assert ask("GET", "/audit-check").json == {"at": None, "whole": None, "events": 0, "faults": []}
    assert post(sign_in("admin"), "/audit/check", page="/audit").status_code == 302
    found = ask("GET", "/audit-check").json
    assert found["at"] is not None
    assert found["events"] > 0
