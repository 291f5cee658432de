"""A loss reason is read in words: a common code in the viewer's language, another as its words, a label as it is."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select, update

from review.db import Database
from review.models import Call, Deal, LossReason, WinBackLead
from review.services.tokens import create_api_token
from tests.web.conftest import Crew, SignIn
from tests.web.test_win_back import find, leads
from web.loss_reasons import loss_reason_words, unfold_code

__all__ = ["leads"]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("not_interested", "not interested"),
        ("NOT_INTERESTED", "not interested"),
        ("no-budget", "no budget"),
        ("unreachable", "could not be reached"),
        ("went_dark_in_May", "went_dark_in_May"),
        ("went_dark", "went dark"),
        ("Not interested", "Not interested"),
        ("Customer chose e_shop", "Customer chose e_shop"),
        ("Дорого", "Дорого"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_code_is_words_and_a_label_stays(app: Flask, told: str | None, words: str) -> None:
    with app.test_request_context(), force_locale("en"):
        assert loss_reason_words(told) == words


def test_a_code_is_in_the_viewers_language(app: Flask) -> None:
    with app.test_request_context(), force_locale("ru"):
        assert loss_reason_words("wrong_number") == "не тот номер"
        assert loss_reason_words("Wrong number") == "не тот номер", "the CRM's English says the same"
        assert loss_reason_words("went_dark") == "went dark"


def test_a_stage_that_is_a_code_is_its_words() -> None:
    assert [unfold_code(text) for text in ("offer_sent", "Offer sent", "SQL_2", None)] == [
        "offer sent", "Offer sent", "sql 2", "",
    ]  # fmt: skip


def test_pages_say_it_in_words_and_programs_read_the_code(
    sign_in: SignIn, client: FlaskClient, leads: dict[str, int], database: Database, crew: Crew
) -> None:
    with database.session() as db:
        db.execute(update(Deal).values(loss_reason="wrong_number", stage="offer_sent"))
        call = db.scalars(select(Call).where(Call.deal_id.is_not(None), Call.rep_id == crew.reps["own"])).first()
        assert call is not None
        call.disposition, call.loss_reason = "closed_lost", "wrong_number"
        call_id, client_id = call.id, call.client_id
        assert db.scalar(select(LossReason.code)) is None, "no CRM has named it"
        token = create_api_token(db, crew.users["head_of_sales"], "mine", ["calls:read"]).token
    find(database)
    with database.read() as db:
        lead = db.scalars(select(WinBackLead.id).where(WinBackLead.client_id == client_id)).first()
    browser = sign_in("head_of_sales")
    for page in ("/", "/win-back", f"/win-back/{lead}/reopen", f"/calls/{call_id}", f"/clients/{client_id}"):
        text = browser.get(page).text
        assert "wrong number" in text, page
        assert "wrong_number" not in text, page
        assert "offer_sent" not in text, page
    answer = client.get(f"/api/v1/calls/{call_id}", headers={"Authorization": f"Bearer {token}"})
    assert answer.json is not None
    assert answer.json["loss_reason"] == "wrong_number"
