"""Signing in by another provider, against a small one of our own: what it opens, and answers it may bend."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import select

from review.accounts.oidc.provider import read_provider, save_provider
from review.accounts.sealing import Seals
from review.db import Database
from review.models import AuditEvent, IdentityProvider, User, UserIdentity
from review.services.users import disable_user, find_user
from review.settings import Settings
from tests.identity_provider import FakeProvider
from tests.web.conftest import PASSWORD, Crew, SignIn, post

REP = {"sub": "person-1", "email": "rep@example.com", "email_verified": True, "name": "Rita"}


@pytest.fixture
def provider(database: Database, settings: Settings) -> Iterator[FakeProvider]:
    """A provider set up in the installation, for invited people only."""
    fake = FakeProvider()
    set_up(database, settings, fake)
    fake.person = dict(REP)
    yield fake
    fake.close()


def set_up(database: Database, settings: Settings, fake: FakeProvider, **more: Any) -> None:
    values: dict[str, Any] = {
        "issuer": fake.issuer + "/",
        "client_id": fake.client_id,
        "secret": fake.secret,
        "label": "Company sign-in",
        "domains": [],
        "invited_only": True,
        "new_roles": [],
        "enabled": True,
        "by": None,
    }
    with database.session() as db:
        save_provider(db, Seals(settings.secret_key()), **{**values, **more})


def go(browser: FlaskClient, fake: FakeProvider, change: Callable[[str], str] = lambda path: path) -> Any:
    """Press the button, sign in there, come back; what we answer then."""
    left = browser.get("/sign-in/provider/start")
    assert left.status_code == 302, left.text
    return browser.get(change(fake.authorize(left.headers["Location"])))


def connect(browser: FlaskClient, fake: FakeProvider) -> None:
    assert go(browser, fake).headers["Location"] == "/sign-in/provider/connect"
    form = {"password": PASSWORD}
    assert post(browser, "/sign-in/provider/connect", form, page="/sign-in/provider/connect").status_code == 302


def audited(database: Database, action: str) -> list[dict[str, Any]]:
    with database.read() as db:
        return list(db.scalars(select(AuditEvent.details).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def test_the_first_connection_asks_for_the_passphrase(
    app: Flask, provider: FakeProvider, crew: Crew, database: Database
) -> None:
    browser = app.test_client()
    assert "Company sign-in" in browser.get("/sign-in").text
    assert go(browser, provider).headers["Location"] == "/sign-in/provider/connect"
    assert browser.get("/").status_code == 302  # the provider's word alone opens nothing yet
    page = "/sign-in/provider/connect"
    assert post(browser, page, {"password": "not it at all"}, page=page).status_code == 401
    assert post(browser, page, {"password": PASSWORD}, page=page).status_code == 302
    assert browser.get("/").status_code == 200
    later = app.test_client()
    assert go(later, provider).headers["Location"] == "/"
    assert later.get("/").status_code == 200
    with database.read() as db:
        rows = db.execute(select(UserIdentity.user_id, UserIdentity.issuer, UserIdentity.subject)).all()
    assert rows == [(crew.users["rep"], provider.issuer, "person-1")]


def test_another_address_of_the_same_subject_changes_nothing(
    app: Flask, provider: FakeProvider, crew: Crew, database: Database
) -> None:
    connect(app.test_client(), provider)
    provider.person["email"] = "admin@example.com"
    browser = app.test_client()
    go(browser, provider)
    page = browser.get("/account").text
    assert "rep@example.com" in page
    assert "stay as they are" in page
    assert audited(database, "identity.address_differs")[0]["said"] == "admin@example.com"
    with database.read() as db:
        rows = db.execute(select(UserIdentity.user_id)).all()
        assert find_user(db, "rep@example.com") is not None
    assert rows == [(crew.users["rep"],)]


def test_another_subject_with_the_same_address_is_refused(
    app: Flask, provider: FakeProvider, crew: Crew, database: Database
) -> None:
    connect(app.test_client(), provider)
    provider.person["sub"] = "person-2"
    browser = app.test_client()
    answer = go(browser, provider)
    assert (answer.status_code, "belongs to another person" in answer.text) == (401, True)
    assert browser.get("/").status_code == 302
    assert audited(database, "identity.refused")[0]["why"] == "other_subject"


@pytest.mark.parametrize("verified", [False, None, "false", 1])
def test_an_unverified_address_opens_nothing(app: Flask, provider: FakeProvider, verified: object) -> None:
    provider.person["email_verified"] = verified
    answer = go(app.test_client(), provider)
    assert (answer.status_code, "has not verified" in answer.text) == (401, True)


def bend(name: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(claims: dict[str, Any]) -> None:
        if value is None:
            claims.pop(name)
        else:
            claims[name] = value

    return change


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nonce", "another"),
        ("nonce", None),
        ("aud", "another application"),
        ("aud", None),
        ("iss", "https://elsewhere.example"),
        ("exp", 1_000_000_000),
        ("exp", None),
        ("iat", 99_999_999_999),
        ("iat", None),
        ("sub", None),
        ("sub", ""),
        ("sub", 7),
    ],
)
def test_a_token_that_is_not_for_us_now_opens_nothing(
    app: Flask, provider: FakeProvider, name: str, value: object
) -> None:
    connect(app.test_client(), provider)
    provider.bend = bend(name, value)
    browser = app.test_client()
    answer = go(browser, provider)
    assert (answer.status_code, "could not be trusted" in answer.text) == (401, True)
    assert browser.get("/").status_code == 302


def test_a_token_signed_by_somebody_else_opens_nothing(app: Flask, provider: FakeProvider) -> None:
    provider.sign_with = RSAKey.generate_key(2048)
    answer = go(app.test_client(), provider)
    assert (answer.status_code, "could not be trusted" in answer.text) == (401, True)


def test_changed_keys_are_understood_at_once(app: Flask, provider: FakeProvider) -> None:
    connect(app.test_client(), provider)
    provider.rotate()
    browser = app.test_client()
    assert go(browser, provider).status_code == 302
    assert browser.get("/").status_code == 200


def test_state_and_code_work_once_and_only_in_this_browser(app: Flask, provider: FakeProvider) -> None:
    connect(app.test_client(), provider)
    browser, thief = app.test_client(), app.test_client()
    path = provider.authorize(browser.get("/sign-in/provider/start").headers["Location"])
    assert thief.get(path).status_code == 401
    wrong = re.sub(r"state=[^&]+", "state=x", path)
    assert browser.get(wrong).status_code == 401
    assert browser.get(path).status_code == 401  # the way there was used up by the wrong return
    assert go(browser, provider, lambda back: back.replace("code-", "no-")).status_code == 401
    assert go(browser, provider, lambda back: back + "&error=access_denied").status_code == 401
    assert go(browser, provider).status_code == 302


def test_a_provider_that_is_down_leaves_the_passphrase(app: Flask, provider: FakeProvider, crew: Crew) -> None:
    browser = app.test_client()
    left = browser.get("/sign-in/provider/start").headers["Location"]
    path = provider.authorize(left)
    provider.close()
    assert browser.get(path).status_code == 502
    answer = browser.get("/sign-in/provider/start")
    assert (answer.status_code, "Sign in with your passphrase" in answer.text) == (502, True)
    form = {"email": crew.email("rep"), "password": PASSWORD}
    assert post(browser, "/sign-in", form, page="/sign-in").status_code == 302


def test_a_disabled_person_stays_out(app: Flask, provider: FakeProvider, crew: Crew, database: Database) -> None:
    connect(app.test_client(), provider)
    with database.session() as db:
        disable_user(db, crew.users["rep"])
    answer = go(app.test_client(), provider)
    assert (answer.status_code, "shut out" in answer.text) == (401, True)


def test_strangers_are_let_in_only_where_the_settings_say_so(
    app: Flask, provider: FakeProvider, database: Database, settings: Settings
) -> None:
    provider.person = {"sub": "new", "email": "new@corp.example", "email_verified": True, "name": "Nora New"}
    assert "Nobody has invited" in go(app.test_client(), provider).text
    roles = ["rep", "admin"]  # nobody becomes admin by a provider
    set_up(database, settings, provider, invited_only=False, new_roles=roles, domains=["other.example"])
    assert "are not let in" in go(app.test_client(), provider).text
    set_up(database, settings, provider, invited_only=False, new_roles=roles, domains=["@Corp.example"])
    browser = app.test_client()
    assert go(browser, provider).headers["Location"] == "/"
    with database.read() as db:
        made = find_user(db, "new@corp.example")
    assert made is not None
    assert (made.roles, made.name) == (("rep",), "Nora New")
    form = {"email": "new@corp.example", "password": "!"}
    assert post(app.test_client(), "/sign-in", form, page="/sign-in").status_code == 401
    assert "Disconnect" in browser.get("/account").text
    assert post(browser, "/account/provider", page="/account").status_code == 409  # there would be no way in


def test_an_invitation_is_accepted_by_the_provider(
    app: Flask, provider: FakeProvider, sign_in: SignIn, database: Database
) -> None:
    admin = sign_in("admin")
    data = {"email": "ida@example.com", "roles": "manager", "language": "en"}
    post(admin, "/users/invite", data, page="/users/invite")
    found = re.search(r'id="link" value="http://[^/"]+([^"]+)"', admin.get("/users").text)
    assert found
    provider.person = {"sub": "ida", "email": "ida@example.com", "email_verified": True, "name": "Ida"}
    without_link = app.test_client()
    assert "open the link" in go(without_link, provider).text
    browser = app.test_client()
    assert "Company sign-in" in browser.get(found.group(1)).text
    assert go(browser, provider).headers["Location"] == "/"
    with database.read() as db:
        made = find_user(db, "ida@example.com")
    assert made is not None
    assert made.roles == ("manager",)
    assert app.test_client().get(found.group(1)).status_code == 410


def test_an_invitation_is_for_its_own_address_only(
    app: Flask, provider: FakeProvider, sign_in: SignIn, database: Database
) -> None:
    admin = sign_in("admin")
    data = {"email": "ida@example.com", "roles": "manager", "language": "en"}
    post(admin, "/users/invite", data, page="/users/invite")
    found = re.search(r'id="link" value="http://[^/"]+([^"]+)"', admin.get("/users").text)
    assert found
    provider.person = {"sub": "eve", "email": "eve@example.com", "email_verified": True}
    browser = app.test_client()
    browser.get(found.group(1))
    assert "Nobody has invited" in go(browser, provider).text
    with database.read() as db:
        assert db.scalar(select(User.id).where(User.email == "eve@example.com")) is None


def test_the_settings_keep_the_secret_sealed(sign_in: SignIn, provider: FakeProvider, database: Database) -> None:
    admin = sign_in("admin")
    page = admin.get("/users/sign-in").text
    assert provider.secret not in page
    form = {"issuer": provider.issuer, "client_id": "x", "label": "Go", "who": "invited", "enabled": "1"}
    for wrong in ({"issuer": "http://elsewhere.example"}, {"label": ""}, {"domains": "nodot"}, {"who": "anyone"}):
        answer = post(admin, "/users/sign-in/provider", {**form, **wrong}, page="/users/sign-in")
        assert answer.status_code == 422, wrong
    assert post(admin, "/users/sign-in/provider", form, page="/users/sign-in").status_code == 302
    with database.read() as db:
        row = db.scalars(select(IdentityProvider)).one()
        assert row.secret is not None
        assert provider.secret.encode() not in row.secret
    moved = {**form, "issuer": "https://login.example.com"}
    post(admin, "/users/sign-in/provider", moved, page="/users/sign-in")
    with database.read() as db:
        kept = read_provider(db)
    assert kept is not None
    assert not kept.has_secret  # another provider does not learn it
    post(admin, "/users/sign-in/provider", {"act": "remove"}, page="/users/sign-in")
    with database.read() as db:
        assert read_provider(db) is None
