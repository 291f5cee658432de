"""The library in a browser: a clip is made, shared, heard by another, praised, and heard through in a playlist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from review.models import User
from review.services.people import add_rep
from review.services.users import create_user
from tests.e2e.site import PASSWORD, Site
from tests.e2e.test_pages import AXE, PHONE, RULES, WIDER
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

ANNA = "anna@example.com"
RECORD_PLAYING = """() => {
  window.heard = [];
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    window.source = this.src;
    this.addEventListener("timeupdate", () => window.heard.push(this.currentTime));
    for (const kind of ["pause", "ended"]) this.addEventListener(kind, () => (window.ended = this.currentTime));
    return play.call(this);
  };
}"""


def seller(site: Site) -> str:
    """A second rep who signs in, and whose calls these are not."""
    with site.runtime.database.session() as session:
        if session.scalar(select(User.id).where(User.email == ANNA)) is None:
            user = create_user(session, email=ANNA, name="Anna Berg", password=PASSWORD, roles=["rep"])
            add_rep(session, name="Anna Berg", user_id=user)
    return ANNA


def cut(page: Any, address: str, title: str, at: int) -> None:
    """Keep a second of the call as a clip, by keyboard; `at` is how many steps of five seconds in."""
    page.goto(address)
    page.wait_for_selector("#sound div", state="attached")
    wait_until(lambda: page.evaluate("document.getElementById('audio').readyState") >= 1, what="the recording's length")
    for _ in range(at):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("[")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("]")
    page.keyboard.press("x")
    page.locator("#clip[open]").wait_for()
    page.fill("#clip-name", title)
    page.keyboard.press("Control+Enter")
    page.locator("#clip[open]").wait_for(state="detached")


def decide(page: Any, title: str, button: str, words: str | None = None) -> None:
    """Open what may be decided of a clip and press a button."""
    card = page.locator("article.clip", has_text=title)
    card.locator("summary", has_text="Decide").click()
    if words is not None:
        card.get_by_label("Why this is what good sounds like").fill(words)
    card.get_by_role("button", name=button, exact=True).click()
    page.locator(".flash").wait_for()


def faults(page: Any) -> list[str]:
    """What axe finds, and what is wider than the page."""
    page.evaluate(AXE)
    result = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
    found = [
        f"{page.url}: {broken['id']} {node['target']} {node.get('failureSummary', '')}"
        for broken in result["violations"]
        for node in broken["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
        found.append(f"{page.url}: wider than the page {page.evaluate(WIDER)}")
    return found


def test_a_clip_is_shared_heard_and_praised(site: Site, ready_call: str, open_page: Callable[..., Any]) -> None:
    anna = seller(site)
    lead = open_page("/")
    cut(lead, ready_call, "A calm second", 2)
    other = open_page("/clips?q=calm+second", email=anna)
    assert other.locator("article.clip").count() == 0
    lead.goto("/clips?q=calm+second")
    decide(lead, "A calm second", "Good example", "Calm, and in plain words")
    decide(lead, "A calm second", "Open to every seller")
    other.reload()
    card = other.locator("article.clip", has_text="A calm second")
    assert "Calm, and in plain words" in card.inner_text()
    assert card.locator("a[href^='/calls']").count() == 0
    other.evaluate(RECORD_PLAYING)
    other.keyboard.press("j")
    assert other.evaluate("document.activeElement.matches('article.clip')")
    other.keyboard.press(" ")
    wait_until(lambda: other.evaluate("window.ended ?? null") is not None, what="the end of the clip")
    assert "/sound" in other.evaluate("window.source")
    assert "/calls/" not in other.evaluate("window.source")
    assert max(other.evaluate("window.heard")) <= 1.2, "the file holds nothing more"
    other.keyboard.press("/")
    assert other.evaluate("document.activeElement.id") == "search"
    card.get_by_role("button", name="Praise").click()
    other.locator("#toast", has_text="Praised").wait_for()
    rep = open_page("/notifications", email="rep@example.com")
    assert "Anna Berg praises how you spoke" in rep.content()
    assert "opened a clip with your voice to every seller" in rep.content()
    rep.goto("/clips?q=calm+second")
    card = rep.locator("article.clip", has_text="A calm second")
    card.locator("summary", has_text="It is my voice").click()
    card.get_by_label("Why it should be taken out").fill("I had a cold")
    card.get_by_role("button", name="Ask to take it out").click()
    rep.locator(".flash", has_text="Asked").wait_for()
    lead.goto("/clips?mark=asked")
    asking = lead.locator("article.clip", has_text="A calm second")
    assert "I had a cold" in asking.inner_text()
    asking.get_by_label("Why it stays").fill("One hears only how calm you are")
    asking.get_by_role("button", name="Keep it").click()
    lead.locator(".flash", has_text="It stays").wait_for()


def test_a_playlist_is_heard_through_and_answered(site: Site, ready_call: str, open_page: Callable[..., Any]) -> None:
    anna = seller(site)
    lead = open_page("/")
    for title, at in (("First to hear", 1), ("Second to hear", 3)):
        cut(lead, ready_call, title, at)
    lead.goto("/clips")
    lead.fill("#new-list", "Two seconds of calm")
    lead.keyboard.press("Enter")
    lead.wait_for_url("**/playlists/*")
    playlist = lead.url
    for title in ("First to hear", "Second to hear"):
        lead.goto(f"/clips?q={title.replace(' ', '+')}")
        decide(lead, title, "Open to every seller")
        card = lead.locator("article.clip", has_text=title)
        card.locator("summary", has_text="Into a playlist").click()
        card.get_by_label("Playlist", exact=True).select_option(label="Two seconds of calm")
        card.get_by_role("button", name="Add", exact=True).click()
        lead.locator(".flash", has_text="It is in the playlist").wait_for()
    lead.goto(playlist)
    lead.locator("summary", has_text="Give it to somebody").click()
    lead.get_by_label("Anna Berg").check()
    lead.get_by_label("To be done by the end of").fill("2099-01-31")
    lead.get_by_role("button", name="Give", exact=True).click()
    lead.locator(".flash", has_text="Given to 1 person").wait_for()

    page = open_page("/clips", email=anna)
    page.locator(".lists a", has_text="Two seconds of calm").first.click()
    page.wait_for_url("**/playlists/*")
    assert "0 of 2 clips heard" in page.locator(".task").inner_text()
    assert not page.locator("[data-assess]").is_visible()
    page.locator("[data-play-all]").click()
    wait_until(
        lambda: "2 of 2" in page.locator("[data-heard-count]").inner_text(), seconds=20, what="both clips being heard"
    )
    page.locator("[data-assess]").wait_for()
    page.get_by_label("4", exact=True).check(force=True)
    page.get_by_label("In a sentence: what I will try").fill("Wait a second before I answer")
    page.get_by_role("button", name="Done: keep my answer").click()
    page.locator(".flash", has_text="Kept").wait_for()
    assert page.locator(".chip.good:visible", has_text="heard").count() == 2
    lead.goto(playlist)
    row = lead.locator("tr", has_text="Anna Berg").inner_text()
    assert "done" in row
    assert "Wait a second before I answer" in row


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{}, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing(
    size: dict[str, Any], scheme: str, site: Site, ready_call: str, open_page: Callable[..., Any]
) -> None:
    anna, found = seller(site), []
    for email in ("lead@example.com", anna):
        page = open_page("/clips", email=email, color_scheme=scheme, expected="inline style", **size)
        found += faults(page)
        for summary in page.locator("details.more > summary").all()[:5]:
            summary.click()
        found += faults(page)
        link = page.locator(".lists a[href^='/playlists']").first
        if link.count():
            page.goto(str(link.get_attribute("href")))
            for summary in page.locator("details.more > summary").all()[:3]:
                summary.click()
            found += faults(page)
    assert found == [], "\n".join(found)
