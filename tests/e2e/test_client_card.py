"""The client's card in a browser: two people on one card, calls played in the story, a promise kept by an e-mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from review.models import Call, Client, CrmEmail, utc_now
from tests.e2e.driving import upload
from tests.e2e.site import Site, sample_audio, sample_transcript
from tests.e2e.test_pages import AXE, RULES
from tests.waiting import wait_until

SAMPLE = "en-promise"


@pytest.fixture(scope="module")
def card(site: Site, browser: Any, signed_in: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a client's card with one scored call that promises an offer and a call."""
    context = browser.new_context(storage_state=signed_in("lead@example.com"), base_url=site.address)
    page = context.new_page()
    page.goto("/upload")
    files = [(f"{SAMPLE}.wav", sample_audio(f"{SAMPLE}.ogg")), (f"{SAMPLE}.json", sample_transcript(SAMPLE))]
    facts = {"rep": "Daniel Miller", "direction": "outbound", "disposition": "open", "language": "en"}
    address = upload(page, files, tmp_path_factory.mktemp("files"), **facts)
    page.goto(address)
    page.wait_for_selector("#scorecard .crit", timeout=30_000)
    context.close()
    with site.runtime.database.session() as db:
        client = Client(
            name="Константин Константинопольский-Задунайский", company="ООО «Северные Логистические Решения»"
        )
        db.add(client)
        db.flush()
        call = db.get_one(Call, int(address.rstrip("/").rsplit("/", 1)[1]))
        call.client_id = client.id
        for number in range(40):
            at = call.happened_at - timedelta(days=30, hours=number)
            db.add(CrmEmail(client_id=client.id, at=at, subject=f"Older mail {number}"))
        return f"/clients/{client.id}"


def look(page: Any) -> None:
    """Ask at once whether somebody stored the card, as the page does by itself every few seconds."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def field(page: Any, name: str) -> Any:
    return page.locator(f"#card-form [name={name}]")


def test_two_people_on_one_card_lose_nothing(site: Site, card: str, open_page: Callable[..., Any]) -> None:
    mine = open_page(card, expected="409")
    theirs = open_page(card, email="olga@example.com")
    field(theirs, "client_group").fill("logistics")
    field(theirs, "note").fill("theirs")
    theirs.keyboard.press("Control+Enter")
    wait_until(lambda: theirs.locator("#card-form [data-store]").is_hidden(), what="the other's change is stored")

    assert theirs.locator("#card-news").is_hidden()
    field(mine, "note").fill("mine")
    look(mine)  # said before anything is stored, and nothing typed is touched
    mine.locator("#card-news").wait_for()
    assert field(mine, "note").input_value() == "mine"
    mine.click("[data-add-own]")
    mine.keyboard.type("Seats")
    mine.keyboard.press("Tab")
    mine.keyboard.type("40")
    mine.reload()  # what was not stored is back
    wait_until(lambda: field(mine, "note").input_value() == "mine", what="the draft")
    assert field(mine, "own_value").input_value() == "40"
    mine.click("[data-store]")
    mine.locator("#card-conflict table").wait_for()
    assert mine.locator("#card-news").is_hidden()
    chosen = {
        choice.get_attribute("data-take"): choice.get_attribute("value")
        for choice in mine.locator("#card-conflict input:checked").all()
    }
    assert chosen == {"client_group": "theirs", "note": "mine", "custom.Seats": "mine"}
    assert "theirs" in mine.locator("#card-conflict").inner_text()
    mine.click("[data-merge]")
    wait_until(lambda: mine.locator("#card-form [data-store]").is_hidden(), what="the choice is stored")
    assert field(mine, "client_group").input_value() == "logistics"
    look(theirs)
    theirs.locator("#card-news a").click()
    wait_until(lambda: field(theirs, "note").input_value() == "mine", what="the page is loaded again")
    assert theirs.locator("#card-news").is_hidden()
    assert field(theirs, "own_name").input_value() == "Seats"
    with site.runtime.database.read() as db:
        client = db.get_one(Client, int(card.rsplit("/", 1)[1]))
        assert (client.note, client.client_group, client.custom) == ("mine", "logistics", {"Seats": "40"})
    mine.reload()
    assert mine.locator("#card-form [data-store]").is_hidden()  # no draft is left behind


def test_a_call_is_played_in_its_line_of_the_story(card: str, open_page: Callable[..., Any]) -> None:
    page = open_page(card)
    call = page.locator("#timeline .moment.call").first
    call.locator(".play-here").click()
    player = call.locator(".mini")
    player.wait_for()
    wait_until(lambda: "sounding" in str(call.locator(".play-here").get_attribute("class")), what="the sound")
    # A promise plays at its own second, and one sound is enough.
    promise = page.locator("#promises .promise").first
    start = float(str(promise.locator(".play-here").get_attribute("data-spans")).split("-")[0])
    promise.locator(".play-here").click()
    promise.locator(".mini").wait_for()
    assert page.locator(".mini").count() == 1
    wait_until(lambda: float(promise.locator("[data-mini=seek]").input_value()) > start - 0.3, what="the second")
    promise.locator("[data-mini=close]").click()
    assert page.locator(".mini").count() == 0


def test_a_promise_is_shown_kept_once_the_email_is_there(site: Site, card: str, open_page: Callable[..., Any]) -> None:
    page = open_page(card)
    offer = page.locator("#promises .promise", has_text="send you the offer")
    assert offer.locator(".state-of").inner_text() == "still open"
    client_id = int(card.rsplit("/", 1)[1])
    with site.runtime.database.session() as db:
        assert db.scalar(select(Call.id).where(Call.client_id == client_id)) is not None
        db.add(CrmEmail(client_id=client_id, at=utc_now(), subject="Your offer for the call center"))
    page.reload()
    page.locator("#promises summary").click()
    assert offer.locator(".state-of").inner_text() == "kept"
    assert "Your offer for the call center" in offer.inner_text()
    offer.get_by_role("button", name="Was not kept").click()
    offer.get_by_role("button", name="Take back").wait_for()
    assert "not kept" in offer.locator(".state-of").inner_text()
    offer.get_by_role("button", name="Take back").click()
    offer.get_by_role("button", name="Was not kept").wait_for()


def test_the_story_by_kind_further_back_and_with_a_comment(card: str, open_page: Callable[..., Any]) -> None:
    page = open_page(card)
    page.locator("#timeline .kinds a", has_text="E-mails").click()
    page.locator("#timeline .kinds a[aria-current]", has_text="E-mails").wait_for()
    assert page.locator("#timeline .moment.call").count() == 0
    before = page.locator("#timeline .moment").count()
    page.locator("#timeline .more a").click()
    wait_until(lambda: page.locator("#timeline .moment").count() > before, what="earlier mails")
    page.locator("#timeline .kinds a", has_text="Comments").click()
    page.locator("#timeline .empty").wait_for()
    box = page.locator("#timeline textarea")
    box.click()
    page.keyboard.type("Ask again in March, <b>not</b> before")
    page.reload()
    wait_until(lambda: "March" in box.input_value(), what="the words kept in the browser")
    box.focus()
    page.keyboard.press("Control+Enter")
    remark = page.locator("#timeline .moment.comment .words")
    remark.wait_for()
    assert remark.inner_text() == "Ask again in March, <b>not</b> before"
    assert box.input_value() == ""
    take_back = page.locator("#timeline [data-take-back]")
    take_back.click()
    take_back.click()
    wait_until(lambda: page.locator("#timeline .moment.comment").count() == 0, what="the comment is taken back")


def test_a_fact_fills_a_field_and_nothing_is_stored_by_itself(card: str, open_page: Callable[..., Any]) -> None:
    page = open_page(card)
    line = page.locator("#facts li", has_text="Decides")
    line.locator("[data-use-fact]").click()
    names = [one.input_value() for one in page.locator("#owns [name=own_name]").all()]
    assert "Decides" in names
    assert page.locator("#card-form [data-store]").is_visible()
    page.click("[data-throw]")
    assert "Decides" not in [one.input_value() for one in page.locator("#owns [name=own_name]").all()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "/clients", "/promises?listed=all"])
def test_axe_finds_nothing(card: str, open_page: Callable[..., Any], path: str, scheme: str) -> None:
    page = open_page(path or card, color_scheme=scheme)
    page.evaluate(AXE)
    result = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
    found = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in result["violations"]]
    assert found == []


@pytest.mark.parametrize("path", ["", "/clients", "/promises?listed=all"])
def test_nothing_is_wider_than_a_telephone(card: str, open_page: Callable[..., Any], path: str) -> None:
    page = open_page(path or card, viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
