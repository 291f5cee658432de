"""Signing in: limits, one general sentence, where it leads, sessions that end at once, the language switch."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.db import Database
from review.services.users import disable_user, find_user, set_password, set_roles
from tests.web.conftest import PASSWORD, Crew, SignIn, csrf_token, post
from web.blueprints.auth import local_path

GENERIC = "E-mail address and passphrase do not match."


def try_sign_in(browser: FlaskClient, email: str, password: str = PASSWORD, **more: str):
    return post(browser, "/sign-in", {"email": email, "password": password, **more}, page="/sign-in")


def test_the_right_password_opens_the_inbox(client: FlaskClient, crew: Crew) -> None:
    answer = try_sign_in(client, crew.email("reviewer"))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/").status_code == 200


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(client: FlaskClient, crew: Crew) -> None:
    answer = try_sign_in(client, crew.email("rep"))
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("callcoach="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie  # plain http on this machine


@pytest.mark.parametrize("who", ["nobody@example.com", "rep@example.com", "admin@example.com", "", "not an address"])
def test_every_refusal_says_the_same(client: FlaskClient, crew: Crew, database: Database, who: str) -> None:
    with database.session() as db:
        set_roles(db, crew.users["reviewer"], ["reviewer", "admin"])  # the last admin cannot be shut out
        disable_user(db, crew.users["admin"])
    password = PASSWORD if who == "admin@example.com" else "some other passphrase"
    answer = try_sign_in(client, who, password)
    assert answer.status_code == 401
    assert GENERIC in answer.text
    assert client.get("/").status_code == 302


def test_ten_failures_close_the_account_for_a_while(client: FlaskClient, crew: Crew) -> None:
    for _attempt in range(10):
        assert try_sign_in(client, crew.email("rep"), "a wrong passphrase").status_code == 401
    answer = try_sign_in(client, crew.email("rep"))
    assert answer.status_code == 429
    assert "Too many attempts" in answer.text
    assert try_sign_in(client, crew.email("reviewer")).status_code == 302, "the others of the office are shut out too"


def test_sixty_tries_a_minute_from_one_address_are_the_outer_fence(app: Flask) -> None:
    browser = app.test_client()
    statuses = [browser.post("/sign-in").status_code for _attempt in range(61)]
    assert statuses[0] == 400  # no form token
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/calls/7?t=61", "/calls/7?t=61"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"),
        ("/\t/elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_sign_in_leads_only_to_this_site(app: Flask, asked: str | None, led: str) -> None:
    with app.test_request_context():
        assert local_path(asked) == led


def test_sign_in_goes_on_to_the_page_that_was_asked_for(client: FlaskClient, crew: Crew) -> None:
    asked = client.get("/?state=failed")
    assert asked.headers["Location"] == "/sign-in?next=/?state%3Dfailed"
    answer = try_sign_in(client, crew.email("reviewer"), next="/?state=failed")
    assert answer.headers["Location"] == "/?state=failed"


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("reviewer")
    cookie = browser.get_cookie("callcoach")
    assert cookie is not None
    answer = post(browser, "/sign-out")
    assert answer.headers["Location"] == "/sign-in"
    thief = app.test_client()
    thief.set_cookie("callcoach", cookie.value)
    assert thief.get("/").status_code == 302


def test_disabling_a_person_ends_their_session_at_once(sign_in: SignIn, database: Database, crew: Crew) -> None:
    browser = sign_in("manager")
    assert browser.get("/").status_code == 200
    with database.session() as db:
        disable_user(db, crew.users["manager"])
    assert browser.get("/").status_code == 302


def test_a_new_password_ends_older_sessions(sign_in: SignIn, database: Database, crew: Crew) -> None:
    browser = sign_in("manager")
    with database.session() as db:
        set_password(db, crew.users["manager"], "another long passphrase 8")
    assert browser.get("/").status_code == 302


def test_signing_in_changes_the_form_token(client: FlaskClient, crew: Crew) -> None:
    before = csrf_token(client)
    try_sign_in(client, crew.email("reviewer"))
    answer = client.post("/language", data={"language": "ru", "csrf_token": before})
    assert answer.status_code == 400


def test_the_language_is_kept_on_the_person(sign_in: SignIn, database: Database, crew: Crew) -> None:
    browser = sign_in("reviewer")
    answer = post(browser, "/language", {"language": "ru", "next": "/?state=ready"})
    assert answer.headers["Location"] == "/?state=ready"
    with database.read() as db:
        found = find_user(db, crew.email("reviewer"))
    assert found is not None
    assert found.language == "ru"
    assert '<html lang="ru"' in browser.get("/").text


def test_the_language_can_be_chosen_before_signing_in(client: FlaskClient) -> None:
    post(client, "/language", {"language": "ru", "next": "/sign-in"}, page="/sign-in")
    assert '<html lang="ru"' in client.get("/sign-in").text


def test_an_unknown_language_is_refused(client: FlaskClient) -> None:
    assert post(client, "/language", {"language": "xx"}, page="/sign-in").status_code == 400


def test_the_browsers_language_is_the_first_guess(client: FlaskClient) -> None:
    assert '<html lang="ru"' in client.get("/sign-in", headers={"Accept-Language": "ru-RU,ru;q=0.9,en;q=0.5"}).text
    assert '<html lang="en"' in client.get("/sign-in", headers={"Accept-Language": "fr"}).text


def test_a_signed_in_person_does_not_sign_in_again(sign_in: SignIn) -> None:
    assert sign_in("reviewer").get("/sign-in").headers["Location"] == "/"
