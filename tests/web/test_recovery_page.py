"""The page that shows recovery codes once: what can be copied, what is printed, and whose name stands on the paper."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pyotp
import pytest
from flask import Flask

from review.accounts.installation import save_company, set_code_roles
from review.db import Database
from tests.web.conftest import PASSWORD, Crew, SignIn, post
from web.parts import KEY, parts


def secret_on(text: str) -> str:
    found = re.search(r'id="key" class="key">([A-Z2-7 ]+)<', text)
    assert found, "no key is shown"
    return found.group(1).replace(" ", "")


def codes_set_up(browser: Any) -> str:
    """The page after codes were set up on the own account's page."""
    page = post(browser, "/account/codes", {"passphrase": PASSWORD}, page="/account/codes").text
    return str(post(browser, "/account/codes", {"code": pyotp.TOTP(secret_on(page)).now()}, page="/account/codes").text)


def on_paper(text: str) -> list[str]:
    found = re.search(r'<dl class="kv on-paper">(.*?)</dl>', text, re.DOTALL)
    assert found, "nothing is for paper alone"
    return re.findall(r"<dd>(.*?)</dd>", found.group(1))


def test_the_codes_are_copied_printed_and_named(sign_in: SignIn, crew: Crew, database: Database) -> None:
    with database.session() as db:
        save_company(db, company="Riverside & Sons", language="en", products=[], competitors=[], by=None)
    browser = sign_in("rep")
    page = codes_set_up(browser)
    company, account, day = on_paper(page)
    assert company == "Riverside &amp; Sons · Callcoach"
    assert account == crew.email("rep")
    assert re.search(r"\d{4}", day)
    assert re.search(r'<button[^>]* type="button" data-print>Print</button>', page)
    assert 'data-copy="recovery" data-done="Copied"' in page
    assert re.search(r'css/recovery_print\.css[^>]* media="print"', page)
    assert "js/accounts.js" in page
    renewed = post(browser, "/account/codes/renew", {"passphrase": PASSWORD}, page="/account").text
    assert on_paper(renewed)[:2] == [company, account]
    assert len(re.findall(r"<li><code>", renewed)) == 10


@pytest.mark.parametrize(
    ("given", "shown"),
    [((), "Callcoach"), (("North Wind", "North"), "North Wind · Callcoach")],
    ids=["none", "settings"],
)
def test_the_installation_is_named_by_the_settings_first(
    app: Flask, crew: Crew, database: Database, given: tuple[str, ...], shown: str
) -> None:
    with database.session() as db:
        set_code_roles(db, ["rep"], by=None)
    with app.app_context():
        made = parts()
    app.extensions[KEY] = dataclasses.replace(made, settings=dataclasses.replace(made.settings, company_names=given))
    browser = app.test_client()
    answer = post(browser, "/sign-in", {"email": crew.email("rep"), "password": PASSWORD}, page="/sign-in")
    page = browser.get(answer.headers["Location"]).text
    done = post(browser, "/sign-in/code", {"code": pyotp.TOTP(secret_on(page)).now()}, page="/sign-in/code").text
    assert on_paper(done)[:2] == [shown, crew.email("rep")]
