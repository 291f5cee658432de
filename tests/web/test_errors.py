"""Faults are told by number and never by traceback, in the form the sender reads."""

from __future__ import annotations

import errno
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import SignIn


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The inbox raises something nobody thought of."""

    def fail() -> None:
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setitem(app.view_functions, "inbox.index", fail)
    return app


def test_a_fault_is_logged_under_the_number_the_page_shows(
    broken: Flask, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    answer = sign_in("rep").get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    logged = [record for record in caplog.records if record.name == "web.errors"]
    assert len(logged) == 1
    number = re.search(r"fault ([0-9a-f]{8})", logged[0].getMessage())
    assert number
    assert number.group(1) in answer.text
    assert logged[0].exc_info


def test_a_fault_for_htmx_is_a_piece(broken: Flask, sign_in: SignIn) -> None:
    answer = sign_in("rep").get("/", headers={"HX-Request": "true"})
    assert answer.status_code == 500
    assert "<html" not in answer.text


def test_a_fault_for_a_script_is_json(broken: Flask, sign_in: SignIn) -> None:
    answer = sign_in("rep").get("/", headers={"Accept": "application/json"})
    assert answer.status_code == 500
    assert answer.json["ok"] is False


def test_a_disk_that_fills_up_on_the_way_is_said(app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    browser = sign_in("rep")
    monkeypatch.setitem(app.view_functions, "inbox.index", fill)
    assert browser.get("/").status_code == 507


def test_a_broken_database_still_gives_a_page(app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    from web import auth

    browser = sign_in("rep")

    def away(*_arguments: object) -> None:
        raise RuntimeError("database away")

    monkeypatch.setattr(auth, "read_session", away)
    answer = browser.get("/")
    assert answer.status_code == 500
    assert "<html" in answer.text


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [("GET", "/nothing", 404), ("DELETE", "/sign-in", 405), ("GET", "/calls/99999999999999999999", 404)],
)
def test_what_is_not_there_is_a_page(client: FlaskClient, method: str, url: str, status: int) -> None:
    answer = client.open(url, method=method)
    assert answer.status_code == status
    assert "<html" in answer.text


def test_an_ended_session_is_told_to_htmx_and_scripts(client: FlaskClient) -> None:
    htmx = client.get("/", headers={"HX-Request": "true"})
    assert (htmx.status_code, htmx.headers["HX-Redirect"]) == (401, "/sign-in")
    script = client.get("/upload", headers={"Accept": "application/json"})
    assert script.status_code == 401
    assert script.json["ok"] is False


def test_a_refused_form_leads_back_to_its_page_and_to_no_other_site(sign_in: SignIn) -> None:
    browser = sign_in("admin")

    def refusal(referrer: str) -> str:
        return browser.post("/teams", headers={"Referer": referrer}).text  # no token of the form

    assert '<a class="btn primary" href="/teams?page=2">' in refusal("http://localhost/teams?page=2")
    for odd in ("https://evil.example/teams", "http://localhost//evil.example", "http://localhost/", ""):
        assert "btn primary" not in refusal(odd), odd
