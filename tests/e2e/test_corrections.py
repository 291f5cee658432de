"""Correcting in a browser: a turn is edited in its place, the call is scored anew, and the page shows it by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.e2e.driving import upload
from tests.e2e.site import Site, sample_audio, sample_transcript
from tests.e2e.test_pages import AXE, RULES
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

SAMPLE = "en-model-call"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def own_call(
    browser: Any, site: Site, signed_in: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The address of a scored call that only these tests change."""
    context = browser.new_context(storage_state=signed_in("lead@example.com"), base_url=site.address)
    page = context.new_page()
    page.goto("/upload")
    files = [(f"{SAMPLE}.wav", sample_audio(f"{SAMPLE}.ogg")), (f"{SAMPLE}.json", sample_transcript(SAMPLE))]
    address = upload(page, files, tmp_path_factory.mktemp("own"), rep="Daniel Miller", language="en")
    page.goto(address)
    page.wait_for_selector("#scorecard .crit", timeout=30_000)
    context.close()
    return address


@pytest.fixture
def paused(site: Site) -> Iterator[None]:
    """The worker waits, so that a test can look at a call between a correction and its new score."""
    site.working.clear()
    yield
    site.working.set()


def turn(page: Any, index: int) -> Any:
    return page.locator("#turns .turn").nth(index)


def edit(page: Any, index: int) -> Any:
    """Open a turn's form as the keyboard does; its text field."""
    turn(page, index).evaluate("turn => turn.focus()")
    page.keyboard.press("i")
    field = page.locator(".editor textarea")
    field.wait_for()
    return field


def rescored(page: Any) -> None:
    page.locator("[data-rescoring]:visible").first.wait_for(state="detached", timeout=20_000)
    wait_until(lambda: page.locator("[data-rescoring]:visible").count() == 0, what="the new scores")


def test_edit_score_anew_shown(own_call: str, open_page: Callable[..., Any], paused: None, site: Site) -> None:
    page = open_page(own_call)
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    before = page.locator("#live-score b").inner_text()
    said = turn(page, 0).locator(".text").inner_text()
    field = edit(page, 0)
    assert field.input_value() == said
    field.fill("Hm hm hm.")
    page.keyboard.press("Control+Enter")
    page.locator(".editor").wait_for(state="detached")
    assert turn(page, 0).locator(".text").inner_text() == "Hm hm hm."
    assert page.evaluate("document.activeElement.id") == "turn0", "the keyboard goes on where it was"
    assert page.locator("[data-rescoring]:visible").count() == 2
    assert page.locator("#live-score b").inner_text() == before, "the old score stays until there is a new one"
    site.working.set()
    rescored(page)
    wait_until(lambda: page.locator("#live-score b").inner_text() != before, what="a lower score without a greeting")
    assert loads == [], "nothing was loaded anew"

    hand = turn(page, 0).locator(".hand")
    assert "Ines Keller" in hand.get_attribute("aria-label")
    hand.focus()
    page.keyboard.press("Enter")
    assert said in turn(page, 0).locator(".history").inner_text()
    turn(page, 0).locator("[data-undo]").click()
    wait_until(lambda: turn(page, 0).locator(".text").inner_text() == said, what="the machine's words")
    rescored(page)
    wait_until(lambda: page.locator("#live-score b").inner_text() == before, what="the score from before")


def test_new_scores_leave_the_keyboard_where_it_was(own_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page(own_call)
    said = turn(page, 3).locator(".text").inner_text()
    edit(page, 3).fill("Something else was said.")
    page.keyboard.press("Control+Enter")
    page.locator(".editor").wait_for(state="detached")
    rescored(page)
    assert page.evaluate("document.activeElement.id") == "turn3"
    page.keyboard.press("i")
    page.locator("#turn3 .editor textarea").fill("A draft")
    turn(page, 3).locator(".hand").click()
    page.click("[data-swap]")
    page.locator(".editor").wait_for(state="detached")
    page.locator("[data-rescoring]:visible").first.wait_for()
    rescored(page)
    assert turn(page, 3).locator(".history").is_visible(), "what was opened stays open"
    page.click("[data-swap]")
    page.locator("[data-rescoring]:visible").first.wait_for()
    rescored(page)
    page.locator('form[action="/sign-out"]').evaluate("form => form.dispatchEvent(new Event('submit'))")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []
    turn(page, 3).locator("[data-undo]").click()
    wait_until(lambda: turn(page, 3).locator(".text").inner_text() == said, what="the machine's words")
    rescored(page)


def test_roles_are_swapped_by_a_key_and_back(own_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page(own_call)
    page.wait_for_selector("#sound div", state="attached")
    role = "document.querySelector('#turn0').className.includes('rep')"
    assert page.evaluate(role)
    page.keyboard.press("w")
    wait_until(lambda: not page.evaluate(role), what="the swap")
    assert page.locator("[data-swap]").first.get_attribute("aria-pressed") == "true"
    rescored(page)
    page.click("[data-swap]")
    wait_until(lambda: page.evaluate(role), what="the swap taken back")
    rescored(page)


def test_a_draft_outlives_a_lost_network_and_a_closed_page(own_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page(own_call, expected="Failed to load resource")
    said = turn(page, 2).locator(".text").inner_text()
    page.route("**/corrections", lambda route: route.abort())
    edit(page, 2).fill("what was really said")
    page.keyboard.press("Control+Enter")
    page.locator(".editor .status.trouble").wait_for()
    assert "kept in this browser" in page.locator(".editor .status").inner_text()
    page.unroute("**/corrections")
    page.reload()
    assert turn(page, 2).locator(".text").inner_text() == said
    assert edit(page, 2).input_value() == "what was really said"
    page.keyboard.press("Escape")
    assert page.locator(".editor").count() == 0
    assert edit(page, 2).input_value() == "what was really said", "leaving keeps the draft"
    page.click("[data-discard]")
    assert edit(page, 2).input_value() == said
    page.keyboard.press("Escape")


def test_two_people_see_both_versions(own_call: str, open_page: Callable[..., Any]) -> None:
    page, other = open_page(own_call, expected="409"), open_page(own_call, email="olga@example.com")
    said = turn(page, 4).locator(".text").inner_text()
    field = edit(page, 4)
    field.fill("mine")
    edit(other, 4).fill("theirs")
    other.keyboard.press("Control+Enter")
    other.locator(".editor").wait_for(state="detached")
    field.press("Control+Enter")
    page.locator(".clash .sides").wait_for()
    shown = page.locator(".clash").inner_text()
    assert "theirs" in shown
    assert "mine" in shown
    assert "Ольга" in shown
    page.click("[data-keep-mine]")
    page.locator(".editor").wait_for(state="detached")
    assert turn(page, 4).locator(".text").inner_text() == "mine"
    for words in ("theirs", said):
        if not turn(page, 4).locator(".history").is_visible():
            turn(page, 4).locator(".hand").click()
        turn(page, 4).locator("[data-undo]").click()
        wait_until(lambda words=words: turn(page, 4).locator(".text").inner_text() == words, what=words)  # type: ignore[misc]
    rescored(page)


def test_split_at_the_cursor_and_join(own_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page(own_call)
    count = page.locator("#turns .turn").count()
    field = edit(page, 0)
    field.evaluate("field => field.setSelectionRange(9, 9)")
    page.click("[data-split]")
    wait_until(lambda: page.locator("#turns .turn").count() == count + 1, what="two turns of one")
    edit(page, 0)
    page.click("[data-join='1']")
    wait_until(lambda: page.locator("#turns .turn").count() == count, what="one turn again")
    rescored(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("email", ["lead@example.com", "olga@example.com"], ids=["en", "ru"])
def test_the_open_form_fits_a_phone_and_is_accessible(
    own_call: str, open_page: Callable[..., Any], scheme: str, email: str
) -> None:
    page = open_page(own_call, email=email, color_scheme=scheme, expected="inline style", **PHONE)
    turn(page, 1).locator("[data-edit]").click()
    page.locator(".editor textarea").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.evaluate(AXE)
    result = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
    page.evaluate("window.policyViolations = []")  # the checker writes styles of its own
    found = [
        f"{broken['id']} {node['target']} {node.get('failureSummary', '')}"
        for broken in result["violations"]
        for node in broken["nodes"]
    ]
    assert found == [], "\n".join(found)
