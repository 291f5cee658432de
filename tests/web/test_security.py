"""What the browser is told to refuse, what is refused here, and that names and words never become markup."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.db import Database
from review.models import UserRight
from review.settings import BadSetting, Settings
from tests.factories import make_call, make_client, make_rep, store_score, store_words
from tests.web.conftest import Crew, SignIn, csrf_token, post
from tests.web.scores import assessment_of
from web.access import RULES
from web.app import create_app

EVIL = '<script>alert("x")</script>'
EVIL_ATTRIBUTE = '" onmouseover="alert(1)'


def directives(policy: str) -> dict[str, str]:
    return {name: rest for name, _space, rest in (part.strip().partition(" ") for part in policy.split(";"))}


@pytest.mark.parametrize("url", ["/sign-in", "/nothing-here", "/healthz", "/"])
def test_every_answer_carries_the_policy(client: FlaskClient, url: str) -> None:
    headers = client.get(url).headers
    policy = directives(headers["Content-Security-Policy"])
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert policy["default-src"] == policy["script-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["media-src"] == "'self' blob:"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "microphone=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_the_nonce_differs_from_answer_to_answer(client: FlaskClient) -> None:
    def nonce() -> str:
        return directives(client.get("/sign-in").headers["Content-Security-Policy"])["style-src"]

    assert nonce() != nonce()


def test_the_api_reference_runs_one_script_by_nonce(client: FlaskClient) -> None:
    answer = client.get("/openapi/")
    policy = directives(answer.headers["Content-Security-Policy"])
    found = re.search(r'<script nonce="([^"]+)">', answer.text)
    assert found
    assert policy["script-src"] == f"'self' 'nonce-{found.group(1)}'"


def test_no_page_has_inline_script_or_style(sign_in: SignIn, scored_call: int, scored_client: int) -> None:
    browser = sign_in("quality_lead")
    pages = ("/", "/?q=price", f"/calls/{scored_call}", f"/clients/{scored_client}", "/upload", "/sources", "/health")
    for url in (*pages, "/sources/1"):
        text = browser.get(url).text
        for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.S):
            assert "src=" in attributes or 'type="application/json"' in attributes, (url, body[:80])
        assert not re.search(r"<[^>]+\son[a-z]+\s*=", text), url
        assert not re.search(r"<[^>]+\sstyle\s*=", text), url
        assert "<style" not in text, url


def test_only_telephone_systems_and_addresses_in_mails_post_without_a_form_token_or_an_api_token() -> None:
    assert [name for name, rule in RULES.items() if rule.hook] == ["hooks.receive", "notice_choices.stop"]


@pytest.mark.parametrize("endpoint", sorted(name for name, rule in RULES.items() if not (rule.by_token or rule.hook)))
def test_unsafe_requests_without_the_form_token_are_refused(
    app: Flask, sign_in: SignIn, endpoint: str, database: Database, crew: Crew
) -> None:
    rules = [rule for rule in app.url_map.iter_rules(endpoint) if "POST" in (rule.methods or ())]
    if not rules:
        return
    role = next(role for role in ("quality_lead", "admin", "rep") if role in RULES[endpoint].roles)
    browser = sign_in(role)
    with database.session() as db:  # a right given by name is asked for first, too
        db.add(UserRight(user_id=crew.users[role], name="see_originals"))
    address = re.sub(r"<any\((\w+)[^>]*>", r"\1", re.sub(r"<int:\w+>", "1", rules[0].rule))
    answer = browser.post(address, data={"email": "x"})
    assert answer.status_code == 400
    assert "out of date" in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 302),
        ({"Origin": "http://localhost"}, 302),
        ({}, 302),
    ],
)
def test_another_sites_requests_are_refused_even_with_the_token(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    token = csrf_token(client)
    answer = client.post("/language", data={"language": "ru", "csrf_token": token}, headers=headers)
    assert answer.status_code == status


def test_an_https_installation_has_secure_cookies(settings: Settings) -> None:
    app = create_app(dataclasses.replace(settings, public_url="https://calls.example.com"))
    answer = app.test_client().get("/sign-in")
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-callcoach="))
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]


def test_no_start_with_a_secret_that_can_be_guessed(settings: Settings) -> None:
    (settings.data / "secret.key").write_text("secret\n")
    with pytest.raises(BadSetting, match="too little"):
        create_app(settings)


def test_every_installation_makes_its_own_secret(settings: Settings, tmp_path: Path) -> None:
    other = dataclasses.replace(settings, data=tmp_path / "other")
    first, again, third = create_app(settings), create_app(settings), create_app(other)
    assert first.secret_key == again.secret_key != third.secret_key
    assert (settings.data / "secret.key").stat().st_mode & 0o777 == 0o600


def test_names_and_words_are_text(sign_in: SignIn, database: Database) -> None:
    with database.session() as db:
        rep = make_rep(db, name=f"Rep {EVIL}{EVIL_ATTRIBUTE}")
        client = make_client(
            db, name=f"Client {EVIL}{EVIL_ATTRIBUTE}", company=f"Firm {EVIL}", note=f"javascript:alert(1) {EVIL}"
        )
        call = make_call(
            db,
            rep_id=rep.id,
            client_id=client.id,
            queue=EVIL,
            client_phone=EVIL,
            external_id=EVIL_ATTRIBUTE,
            loss_reason=EVIL,
            disposition="closed_lost",
        )
        store_words(db, call, ("rep", f"hello {EVIL} world </script> {EVIL_ATTRIBUTE}"), ("client", EVIL))
        store_score(db, call, assessment_of("rep", quote=EVIL, why=f"because {EVIL}{EVIL_ATTRIBUTE}"))
        call_id, client_id = call.id, client.id
    browser = sign_in("quality_lead")
    for url in (f"/calls/{call_id}", f"/clients/{client_id}", "/", "/?q=hello", f"/?q={EVIL}", f"/?state={EVIL}"):
        answer = browser.get(url)
        assert answer.status_code == 200, url
        assert "<script>alert" not in answer.text, url
        assert "&lt;script&gt;alert" in answer.text or "\\u003cscript\\u003ealert" in answer.text or "state=" in url, (
            url
        )
        assert not re.search(r'<[^<>]*" onmouseover="alert', answer.text), url


def test_a_file_name_is_text(sign_in: SignIn) -> None:
    import io

    browser = sign_in("quality_lead")
    answer = post(browser, "/upload", {"file": (io.BytesIO(b""), f"{EVIL}.wav")}, page="/upload")
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
