"""From the ranked list to a reopened lead, by keys alone: hear the quote, agree, reopen; then the new owner's word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, select

from review.models import Notification, OutboxItem, Verdict, WinBackEvent, WinBackLead
from tests.e2e.site import Site
from tests.waiting import wait_until
from workers.win_back import find_leads

pytestmark = pytest.mark.browser


@pytest.fixture
def lead_id(site: Site, ready_call: str) -> Iterator[int]:
    """The lead that the scored sample call closed, among those of the sample CRM; all is as before at the end."""
    call_id = int(ready_call.rpartition("/")[2])
    find_leads(site.runtime.database, replace(site.settings, win_back_control=0.0))
    with site.runtime.database.read() as session:
        found = session.scalars(select(WinBackLead.id).where(WinBackLead.last_call_id == call_id)).one()
    yield int(found)
    with site.runtime.database.session() as session:
        for table in (WinBackEvent, WinBackLead, Notification):
            session.execute(delete(table))
        session.execute(delete(OutboxItem).where(OutboxItem.kind == "crm.reopen"))
        session.execute(delete(Verdict).where(Verdict.kind == "rejection"))


def state_of(site: Site, lead_id: int) -> str:
    with site.runtime.database.read() as session:
        return session.get_one(WinBackLead, lead_id).state


def test_from_the_queue_by_keys_to_reopened(site: Site, lead_id: int, open_page: Callable[..., Any]) -> None:
    page = open_page("/win-back")
    line = f"#lead{lead_id}"
    page.wait_for_selector(line)
    for _step in range(page.locator(".leads > li").count()):
        page.keyboard.press("j")
        if "here" in (page.get_attribute(line, "class") or ""):
            break
    page.keyboard.press("Space")
    page.wait_for_selector(f"{line} .mini")
    page.wait_for_selector(f"{line} button[data-play].sounding")
    page.keyboard.press("Space")
    page.wait_for_selector(f"{line} button[data-play]:not(.sounding)")
    page.keyboard.press("y")
    page.wait_for_selector(f"{line}.confirmed")
    assert state_of(site, lead_id) == "confirmed"
    page.wait_for_selector(".leads > li.here")
    assert page.locator(f"{line}.here").count() == 0 or page.locator(".leads > li").count() == 1
    page.keyboard.press("?")
    page.wait_for_selector("#page-keys[open]")
    page.keyboard.press("Escape")

    page.goto("/win-back?tab=agreed")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/win-back/{lead_id}/reopen")
    assert "Daniel Miller" not in (page.text_content("#owner") or "")
    assert len(page.input_value("#brief")) > 20
    page.fill("#quote", "When could you deliver?")
    page.press("#brief", "Control+Enter")
    page.wait_for_url("**/win-back?tab=reopened")
    page.wait_for_selector(line)
    wait_until(lambda: state_of(site, lead_id) == "reopened")

    page.click(f"{line} button[value=reached]")
    page.wait_for_selector(f"{line} >> text=/^reached$/")
    page.goto("/win-back/results")
    page.wait_for_selector("text=/too early to say/")


def test_a_lead_dealt_with_meanwhile_says_so(site: Site, lead_id: int, open_page: Callable[..., Any]) -> None:
    page = open_page("/win-back", expected="409")
    page.wait_for_selector(f"#lead{lead_id}")
    with site.runtime.database.session() as session:
        session.get_one(WinBackLead, lead_id).state = "reopened"
    page.click(f"#lead{lead_id} button[value=wrong]")
    page.wait_for_selector("#toast:not([hidden]) >> text=/dealt with this lead meanwhile/")
    assert state_of(site, lead_id) == "reopened"


def test_it_fits_a_phone(lead_id: int, open_page: Callable[..., Any]) -> None:
    for path in ("/win-back", f"/win-back/{lead_id}/reopen", "/win-back/results", "/win-back/do-not-call"):
        page = open_page(path, viewport={"width": 390, "height": 844})
        page.wait_for_selector("h1, h3")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
