"""A card number said in a call, as a person meets it: masked, silent in the player, opened with a reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from review.services.intake import CallFacts, IncomingFile, accept_recording
from review.services.users import find_user, grant_right
from tests.e2e.site import Site, sample_audio
from tests.factories import transcript_bytes
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

CARD = "5105 1051 0510 5100"
MUTED = """async () => {
  const data = JSON.parse(document.querySelector("#page-data").textContent);
  return (await (await fetch(data.peaks)).json()).muted;
}"""


@pytest.fixture
def card_call(site: Site) -> str:
    """The address of a call in which a card number was said; the lead has the right to originals."""
    runtime = site.runtime
    turns = (("rep", "May I have the card number please?"), ("client", f"My card number is {CARD}."))
    with runtime.database.session() as session:
        lead = find_user(session, "lead@example.com")
        assert lead is not None
        grant_right(session, lead.id, "see_originals")
        accepted = accept_recording(
            session,
            runtime.store,
            [IncomingFile("talk.wav", io.BytesIO(sample_audio("en-quick-close.ogg")))],
            CallFacts(source="card", external_id="card", language="en"),
            door="api",
            transcript=IncomingFile("talk.json", io.BytesIO(transcript_bytes(*turns))),
        )
    wait_until(lambda: site.states()[accepted.call_id] == "scored", seconds=60, what="the call to be scored")
    return f"/calls/{accepted.call_id}"


def test_a_masked_number_is_opened_once_with_a_reason(card_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page(card_call)
    assert "5105" not in page.content()
    assert page.evaluate(MUTED), "nothing is muted in the sound"
    page.focus("#reason")
    page.keyboard.type("the client disputes the payment")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".originals mark")
    assert page.text_content(".originals mark") == CARD
    page.click("text=Done, back to the call")
    page.wait_for_url(f"**{card_call}")
    assert "5105" not in page.content()
    page.fill("#reason", "the bank asks for the recording")
    page.click("text=Open the original recording")
    page.wait_for_selector("audio")
    audio = "document.querySelector('audio')"
    wait_until(lambda: page.evaluate(f"{audio}.duration > 10"), what="the length of the original to be known")
    page.evaluate(f"{audio}.currentTime = 8")
    wait_until(lambda: page.evaluate(f"!{audio}.seeking && {audio}.currentTime >= 8"), what="the browser to seek")


def test_somebody_without_the_right_finds_no_way(card_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page(card_call, email="olga@example.com")
    assert page.locator("#private").count() == 1
    assert page.locator("#reason").count() == 0
    assert "5105" not in page.content()
