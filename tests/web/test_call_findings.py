"""What was found in a call, as its page tells it: the closing, promises, objections and figures."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from review.db import Database
from review.learning import certainty
from review.models import User
from tests.factories import make_call, store_score, store_words
from tests.web.conftest import SignIn
from tests.web.scores import assessment_of

SAID = {
    "quote": "call me in March",
    "start": None,
    "end": None,
    "turn": 1,
    "role": "client",
    "source": "rule:x",
    "speech_confidence": None,
}
NOTHING: dict[str, Any] = dict.fromkeys(SAID)


def page_of(browser: Any, database: Database, *, quote: str = "good morning", **parts: Any) -> str:
    """The page of a call closed as lost with these parts in its assessment."""
    with database.session() as db:
        call = make_call(
            db, disposition="closed_lost", loss_reason="no budget", started_at=datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
        )
        store_words(db, call, ("rep", quote), ("client", "call me in March"))
        store_score(db, call, {**assessment_of("rep", quote=quote), **parts})
        address = f"/calls/{call.id}"
    return str(browser.get(address).text)


def section(page: str, name: str) -> str:
    """The words of one card, without tags."""
    found = re.search(rf'<section[^>]*id="{name}".*?</section>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group(0)).split()) if found else ""


def rejection(band: str, excluded: str | None = None) -> dict[str, Any]:
    reasons = [{"id": f"r{n}", "why": f"The client gave {n} buying signals.", **NOTHING} for n in (2, 3, 4, 5)]
    against = [{"id": "hard_no", "why": "The client refused plainly.", **SAID}]
    return {"probability": 0.71, "band": band, "reasons": reasons, "against": against, "excluded": excluded}


def test_a_doubtful_closing_has_three_reasons_what_speaks_against_and_no_figure(
    sign_in: SignIn, database: Database
) -> None:
    closing = section(page_of(sign_in("quality_lead"), database, rejection=rejection("high")), "closing")
    assert "Possibly closed wrongly" in closing
    assert "strong doubt" in closing
    assert closing.count("buying signals") == 3
    assert "The client refused plainly." in closing
    assert "call me in March" in closing
    assert "71" not in closing
    assert "%" not in closing


def test_with_enough_decided_leads_the_doubt_has_a_figure(
    sign_in: SignIn, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certainty, "count_lead_labels", lambda _session: certainty.PERCENT_FROM)
    browser = sign_in("quality_lead")
    assert "strong doubt · 71%" in section(page_of(browser, database, rejection=rejection("high")), "closing")
    assert "%" not in section(page_of(browser, database, rejection=rejection("low", "hard_no")), "closing")


def test_a_closing_without_doubt_and_an_excluded_one_say_so(sign_in: SignIn, database: Database) -> None:
    browser = sign_in("quality_lead")
    assert "The closing looks right" in section(page_of(browser, database, rejection=rejection("low")), "closing")
    excluded = section(page_of(browser, database, rejection=rejection("low", "hard_no")), "closing")
    assert "Closed for a reason that stands" in excluded
    assert "a firm no" in excluded
    assert "buying signals" not in excluded
    assert section(page_of(browser, database, rejection=None), "closing") == ""


def test_reasons_are_told_in_the_viewers_language(sign_in: SignIn, database: Database) -> None:
    browser = sign_in("quality_lead")
    browser.set_cookie("language", "ru")
    with database.session() as db:
        for user in db.query(User):
            user.language = "ru"
    closing = section(page_of(browser, database, rejection=rejection("middle")), "closing")
    assert "Сигналов к покупке от клиента: 2." in closing
    assert "buying" not in closing


def test_promises_carry_their_day_and_their_quote(sign_in: SignIn, database: Database) -> None:
    promises = [
        {"by": "rep", "what": "send_offer", "due": "2026-11-20", **SAID},
        {"by": "client", "what": "call_back", "due": None, **SAID},
    ]
    facts = [{"id": "timing", "value": "in March", **SAID}]
    said = section(page_of(sign_in("quality_lead"), database, promises=promises, facts_found=facts), "said")
    assert "Rep promised send the offer by 20 Nov 2026" in said
    assert "Client promised call back no day named" in said
    assert "Timing in March" in said


def test_an_ignored_objection_is_flagged_with_what_was_missing(sign_in: SignIn, database: Database) -> None:
    episode = {
        "types": ["timing"],
        "genuine": 0.8,
        "explicit": True,
        "client": SAID,
        "response": None,
        "latency": None,
        "moves": [],
        "faults": [],
        "reaction": "leaves",
        "outcome": "ignored",
        "scale": 0,
        "probability": 0.9,
        "severity": "high",
    }
    panel = section(page_of(sign_in("quality_lead"), database, objections=[episode]), "objections")
    assert "0 of 1 handled" in panel
    assert "grave miss" in panel
    assert "missing: acknowledged or clarified" in panel
    assert "Reaction, not judged the client leaves" in panel
    none = section(page_of(sign_in("quality_lead"), database), "objections")
    assert "no objection that the machine heard" in none


def test_a_masked_quote_is_a_chip_wherever_it_is_shown(sign_in: SignIn, database: Database) -> None:
    page = page_of(sign_in("quality_lead"), database, quote="my card is [card] thanks")
    assert "card number hidden" in section(page, "scorecard")
    assert "[card]" not in section(page, "scorecard")
    assert "[card]" not in section(page, "transcript")


def test_figures_say_what_is_usual_and_that_it_is_guidance(sign_in: SignIn, database: Database) -> None:
    figures = section(page_of(sign_in("quality_lead"), database), "figures")
    for words in ("Longest monologue 41 s", "guide 43:57", "guide 11–14", "4 open", "not targets"):
        assert words in figures
