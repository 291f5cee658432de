"""The page of programs: tokens and webhooks made, shown once, tried, changed and taken back; for two roles."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from review.db import Database
from review.models import ApiToken, AuditEvent, Webhook, WebhookMessage
from review.services.tokens import create_api_token, find_api_token
from review.webhooks.events import tell
from tests.web.conftest import Crew, SignIn, post

EVENTS = ["call.scored", "flag.raised"]
ADDRESS = "https://93.184.215.14/hooks"


@pytest.fixture
def head(sign_in: SignIn) -> FlaskClient:
    return sign_in("head_of_sales")


def secret_in(page: str) -> str:
    found = re.search(r'<code id="secret"[^>]*>([^<]+)</code>', page)
    assert found, page
    return unescape(found[1])


def make(client: FlaskClient, database: Database, **more: Any) -> tuple[int, str]:
    answer = post(client, "/programs/webhooks/new", {"name": "BI", "url": ADDRESS, "event": EVENTS, **more})
    assert answer.status_code == 200, answer.text
    with database.read() as db:
        found = db.scalar(select(func.max(Webhook.id)))
    assert found
    return found, secret_in(answer.text)


def test_a_token_is_shown_once_and_does_what_was_chosen(head: FlaskClient, database: Database, crew: Crew) -> None:
    answer = post(head, "/programs/tokens", {"name": " Power  BI ", "scope": ["calls:read", "reviews:read"]})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    token = secret_in(answer.text)
    with database.read() as db:
        caller = find_api_token(db, token)
        row = db.scalar(select(ApiToken))
        assert row is not None
        assert row.name == "Power BI"
        assert token not in row.token_hash
    assert caller is not None
    assert (caller.user_id, caller.scopes) == (crew.users["head_of_sales"], {"calls:read", "reviews:read"})
    page = head.get("/programs").text
    assert "Power BI" in page
    assert token not in page


@pytest.mark.parametrize(
    "form", [{"name": "x"}, {"name": " ", "scope": ["calls:read"]}, {"name": "x", "scope": ["all"]}]
)
def test_a_token_that_cannot_be_made_is_refused(head: FlaskClient, database: Database, form: dict[str, Any]) -> None:
    answer = post(head, "/programs/tokens", form)
    assert answer.status_code == 422
    assert f'value="{form["name"]}" aria-describedby="refused"' in answer.text, "what was typed stands in the form"
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(ApiToken)) == 0


def test_revoking_is_at_once_own_tokens_only_but_for_admins(
    head: FlaskClient, sign_in: SignIn, database: Database, crew: Crew
) -> None:
    with database.session() as db:
        mine = create_api_token(db, crew.users["head_of_sales"], "mine", ["calls:read"])
        other = create_api_token(db, crew.users["admin"], "of the admin", ["calls:read"])
    assert "of the admin" not in head.get("/programs").text
    assert post(head, f"/programs/tokens/{other.id}/revoke").status_code == 404
    assert post(head, f"/programs/tokens/{mine.id}/revoke").status_code == 302
    admin = sign_in("admin")
    assert "mine" in admin.get("/programs").text
    assert post(admin, f"/programs/tokens/{other.id}/revoke").status_code == 302
    with database.read() as db:
        assert find_api_token(db, mine.token) is None
        assert find_api_token(db, other.token) is None


def test_a_webhook_is_made_with_a_secret_that_is_never_shown_again(head: FlaskClient, database: Database) -> None:
    made, secret = make(head, database)
    assert secret.startswith("whsec_")
    page = head.get(f"/programs/webhooks/{made}").text
    assert ADDRESS in page
    assert secret not in page
    assert secret not in head.get("/programs").text
    answer = post(head, f"/programs/webhooks/{made}/secret")
    newer = secret_in(answer.text)
    assert newer != secret
    assert "signed with both secrets" in answer.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": "http://93.184.215.14/"}, "must begin with https"),
        ({"url": "https://127.0.0.1/"}, "inner network"),
        ({"url": "https://169.254.169.254/latest"}, "inner network"),
        ({"url": "https://[::1]/"}, "inner network"),
        ({"url": "nonsense\x00"}, "whole address"),
        ({"name": ""}, "at most 120"),
        ({"event": []}, "at least one event"),
        ({"event": ["call.lost"]}, "at least one event"),
    ],
)
def test_a_webhook_that_cannot_be_kept_is_refused_in_words(
    head: FlaskClient, database: Database, change: dict[str, Any], words: str
) -> None:
    answer = post(head, "/programs/webhooks/new", {"name": "BI", "url": ADDRESS, "event": EVENTS, **change})
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert f'value="{change.get("name", "BI")}"' in answer.text, "what was typed stands in the form"
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Webhook)) == 0


def test_it_is_switched_changed_tried_and_removed(head: FlaskClient, database: Database) -> None:
    made, _secret = make(head, database)
    base = f"/programs/webhooks/{made}"
    assert post(head, f"{base}/off").status_code == 302
    assert post(head, f"{base}/test").status_code == 302
    fragment = head.get(f"{base}/deliveries").text
    assert 'hx-trigger="every 2s"' in fragment
    assert "not tried yet" in fragment
    assert post(head, base, {"name": "Data house", "url": ADDRESS, "event": ["flag.raised"]}).status_code == 302
    assert post(head, f"{base}/on").status_code == 302
    with database.read() as db:
        row = db.get_one(Webhook, made)
        assert (row.name, row.events, row.state) == ("Data house", ["flag.raised"], "on")
    assert post(head, f"{base}/remove").status_code == 302
    assert head.get(base).status_code == 404
    with database.read() as db:
        acts = list(db.scalars(select(AuditEvent.action).where(AuditEvent.subject_kind == "webhook")))
    assert acts == [
        "webhook.made", "webhook.changed", "webhook.tested", "webhook.changed", "webhook.changed", "webhook.removed"
    ]  # fmt: skip


def test_deliveries_show_every_try_and_are_sent_again(head: FlaskClient, database: Database) -> None:
    made, _secret = make(head, database)
    tries = [{"at": "2026-11-23T04:00:00+00:00", "status": 500, "why": "status", "answer": "<b>no</b>", "ms": 12}]
    with database.session() as db:
        for number in range(3):
            tell(db, "call.scored", number + 1, {"score": 1.0})
        db.execute(update(WebhookMessage).values(state="failed", attempts=1, tries=tries))
        first = db.scalar(select(func.min(WebhookMessage.id)))
    page = head.get(f"/programs/webhooks/{made}?state=failed").text
    assert "it answered 500" in page
    assert "&lt;b&gt;no&lt;/b&gt;" in page
    assert post(head, f"/programs/webhooks/{made}/deliveries/{first}/again").status_code == 302
    assert post(head, f"/programs/webhooks/{made + 1}/deliveries/{first}/again").status_code == 404
    assert post(head, f"/programs/webhooks/{made}/failed_again").status_code == 302
    with database.read() as db:
        assert set(db.scalars(select(WebhookMessage.state))) == {"waiting"}
    for odd in ("before=x", "before=" + "9" * 40, "state=no%00ne"):
        assert head.get(f"/programs/webhooks/{made}?{odd}").status_code == 200


def test_one_that_switched_itself_off_says_why(head: FlaskClient, database: Database) -> None:
    made, _secret = make(head, database)
    with database.session() as db:
        db.execute(update(Webhook).values(state="failed", error="gone"))
    assert "wants nothing any more" in head.get(f"/programs/webhooks/{made}").text
    assert "switched off by itself" in head.get("/programs").text
