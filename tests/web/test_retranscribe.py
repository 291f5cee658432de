"""The offer of a better model: in the inbox and on the call page, for those who may, with progress and what failed."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask
from sqlalchemy import select

from review.db import Database
from review.models import AuditEvent, Call, utc_now
from review.queries.better_words import SpeechModelNow
from review.services.people import find_rep
from review.services.retranscribe import note_model
from review.settings import Settings
from tests.factories import make_call, store_words
from tests.web.conftest import SignIn, post


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Any engine may run."""
    return dataclasses.replace(settings, engine="auto")


@pytest.fixture
def drafts(database: Database) -> dict[str, int]:
    """A draft of the own team, one of another, and a call that waits; a better model is there."""
    made = {}
    with database.session() as db:
        note_model(db, SpeechModelNow(model="small", rank=30, reason="found", checked_at=utc_now()))
        for name, extension in (("own", "101"), ("other", "103")):
            call = make_call(db, rep_id=find_rep(db, extension))
            store_words(db, call, state="scored", engine="sphinx", model="en-us", draft=True)
            call.speech_rank = 0
            made[name] = call.id
        made["waiting"] = make_call(db, state="needs_model", rep_id=find_rep(db, "101")).id
    return made


def test_the_inbox_offers_all_and_shows_how_far_they_are(
    sign_in: SignIn, database: Database, drafts: dict[str, int]
) -> None:
    browser = sign_in("quality_lead")
    page = browser.get("/").text
    assert "3 calls could be transcribed better." in page
    assert "The speech model small is there now." in page
    answer = post(browser, "/transcribe-again")
    assert answer.status_code == 302
    page = browser.get("/").text
    assert "3 calls are transcribed again" in page
    assert "0 of 3 done" in page
    assert "could be transcribed better" not in page
    with database.session() as db:
        assert {db.get_one(Call, n).state for n in drafts.values()} == {"received"}
        db.get_one(Call, drafts["own"]).state = "scored"
        db.get_one(Call, drafts["own"]).speech_rank = 30
        actions = db.scalars(select(AuditEvent.action)).all()
    assert (actions.count("call.transcribe_again"), actions.count("calls.transcribe_again")) == (3, 1)
    piece = browser.get("/transcribe-again").text
    assert "1 of 3 done" in piece
    assert "<html" not in piece
    again = browser.get(post(browser, "/transcribe-again").headers["Location"]).text
    assert "nothing left" in again


def test_a_manager_is_offered_the_own_teams_and_a_rep_nothing(
    sign_in: SignIn, database: Database, drafts: dict[str, int]
) -> None:
    manager = sign_in("manager")
    assert "2 calls could be transcribed better." in manager.get("/").text
    post(manager, "/transcribe-again")
    with database.read() as db:
        assert db.get_one(Call, drafts["other"]).state == "scored"
        assert db.get_one(Call, drafts["own"]).state == "received"
    rep = sign_in("rep")
    assert "could be transcribed better" not in rep.get("/").text
    assert "better speech model" not in rep.get(f"/calls/{drafts['own']}").text
    assert post(rep, f"/calls/{drafts['own']}/transcribe-again").status_code == 403


def test_one_call_is_sent_from_its_page(sign_in: SignIn, database: Database, drafts: dict[str, int]) -> None:
    browser = sign_in("reviewer")
    call_id = drafts["own"]
    assert "A better speech model is there now: small." in browser.get(f"/calls/{call_id}").text
    assert post(browser, f"/calls/{call_id}/transcribe-again").status_code == 302
    page = browser.get(f"/calls/{call_id}").text
    assert "Being transcribed again." in page
    assert "morning" in page, "what was there before stays shown"
    assert post(browser, f"/calls/{call_id}/transcribe-again").status_code == 409
    waiting = browser.get(f"/calls/{drafts['waiting']}").text
    assert "A speech model is there now: small." in waiting
    assert "Transcribe now" in waiting


def test_the_page_asks_again_and_is_loaded_anew_at_the_end(
    sign_in: SignIn, database: Database, drafts: dict[str, int]
) -> None:
    browser, call_id = sign_in("reviewer"), drafts["own"]
    post(browser, f"/calls/{call_id}/transcribe-again")
    url, htmx = f"/calls/{call_id}/transcribe-again", {"HX-Request": "true"}
    answer = browser.get(url, headers=htmx)
    assert "HX-Refresh" not in answer.headers
    assert "hx-get" in answer.text
    with database.session() as db:
        call = db.get_one(Call, call_id)
        call.state, call.failure = "scored", {"step": "transcribe", "code": "x", "message": "The engine stopped."}
    answer = browser.get(url, headers=htmx)
    assert answer.headers["HX-Refresh"] == "true"
    page = browser.get(f"/calls/{call_id}").text
    assert "The engine stopped." in page
    assert "Transcribe again" in page


def test_without_a_better_model_nothing_is_offered(app: Flask, sign_in: SignIn, database: Database) -> None:
    with database.session() as db:
        call = make_call(db)
        store_words(db, call, state="scored", draft=True)
        call.speech_rank = 0
        call_id = call.id
    browser = sign_in("quality_lead")
    assert "transcribed better" not in browser.get("/").text
    assert "again" not in browser.get("/transcribe-again").text
    assert "better speech model" not in browser.get(f"/calls/{call_id}").text
    assert post(browser, f"/calls/{call_id}/transcribe-again").status_code == 409
