"""What a person's page says before somebody is shut out or signed out, and that only the second click does it."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from review.accounts.held import Held, read_held
from review.db import Database
from review.models import Assignment, Evaluation, OneTimeCode, utc_now
from tests.factories import make_call
from tests.web.conftest import Crew, SignIn, post


@pytest.fixture
def busy(database: Database, crew: Crew) -> Crew:
    """Three calls wait for the reviewer, given by hand; one evaluation is a draft, two are handed in, one is void."""
    with database.session() as db:
        for _number in range(3):
            values = {"user_id": crew.users["reviewer"], "part": "chosen", "why": [], "due_at": utc_now()}
            db.add(Assignment(call_id=make_call(db).id, **values))
        for state in ("draft", "submitted", "final", "void"):
            row = Evaluation(
                call_id=make_call(db).id,
                standard="cold-call",
                version=1,
                user_id=crew.users["reviewer"],
                reviewer="Person reviewer",
                saved_by="Person reviewer",
                state=state,
            )
            db.add(row)
    return crew


def confirmations(browser: FlaskClient, user_id: int) -> dict[str, str]:
    """What each question says, by act, without its marks."""
    page = browser.get(f"/users/{user_id}").text
    found = re.findall(r'<details class="sure" name="sure" id="act-(\w+)">(.*?)</details>', page, re.DOTALL)
    return {act: " ".join(re.sub(r"<[^>]+>", " ", text).split()) for act, text in found}


def test_what_is_in_somebodys_hands(database: Database, busy: Crew) -> None:
    with database.read() as db:
        assert read_held(db, busy.users["reviewer"]) == Held(waiting=3, drafts=1, handed_in=2)
        assert read_held(db, busy.users["manager"]) == Held(waiting=0, drafts=0, handed_in=0)


def test_shutting_out_says_what_becomes_of_sessions_calls_and_evaluations(sign_in: SignIn, busy: Crew) -> None:
    sign_in("reviewer")
    said = confirmations(sign_in("admin"), busy.users["reviewer"])["disable"]
    assert "1 open session ends at once. They cannot sign in any more" in said
    assert "API tokens" in said
    assert "3 calls wait for them to be scored" in said
    assert "2 handed in by them. 1 draft stays a draft" in said
    assert said.endswith("Yes, shut them out")


def test_nothing_is_taken_away_by_a_button_that_does_not_ask(sign_in: SignIn, busy: Crew, database: Database) -> None:
    with database.session() as db:
        db.add(OneTimeCode(user_id=busy.users["reviewer"], secret=b"x", confirmed_at=utc_now()))
    admin = sign_in("admin")
    page = admin.get(f"/users/{busy.users['reviewer']}").text
    asked = confirmations(admin, busy.users["reviewer"])
    assert set(asked) == {"disable", "sign_out", "codes"}
    outside = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    for act in asked:
        assert f"/users/{busy.users['reviewer']}/{act}" not in outside
        assert f"/users/{busy.users['reviewer']}/{act}" in page
    assert "evaluations" in asked["sign_out"]
    assert "the passphrase alone lets them in" in asked["codes"]


def test_ones_own_page_asks_for_its_sessions_alone(sign_in: SignIn, crew: Crew) -> None:
    said = confirmations(sign_in("admin"), crew.users["admin"])
    assert set(said) == {"sign_out"}
    assert "This one too" in said["sign_out"]


def test_afterwards_it_says_what_still_waits(sign_in: SignIn, busy: Crew) -> None:
    admin = sign_in("admin")
    page = f"/users/{busy.users['reviewer']}"
    post(admin, f"{page}/disable", page=page)
    text = admin.get(page).text
    assert "3 calls wait until a lead hands them on or takes them back" in text
    assert set(confirmations(admin, busy.users["reviewer"])) == {"sign_out"}
    post(admin, f"/users/{busy.users['manager']}/disable", page=page)
    assert "calls that waited for them were handed on" in admin.get("/users").text
