"""Scoring a call in a browser: by keyboard alone, blind, in two windows at once, and while the network is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.driving import upload
from tests.e2e.site import sample_audio, sample_transcript
from tests.e2e.test_pages import AXE, RULES
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

REASON = "He names the company, not himself."
FORM = "form[data-evaluation]"


@pytest.fixture(scope="module")
def bring(
    browser: Any, site: Any, signed_in: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[float], str]:
    """Brings a sample call in, its sound cut so that no other test has the same; the address of its page."""

    def new_call(seconds: float) -> str:
        context = browser.new_context(storage_state=signed_in("lead@example.com"), base_url=site.address)
        page = context.new_page()
        page.goto("/upload")
        name = "en-no-budget"
        files = [(f"{name}.wav", sample_audio(f"{name}.ogg", seconds)), (f"{name}.json", sample_transcript(name))]
        facts = {"rep": "Daniel Miller", "language": "en", "disposition": "closed_lost"}
        address = upload(page, files, tmp_path_factory.mktemp("call"), **facts)
        page.goto(address)
        page.wait_for_selector("#scorecard .crit", timeout=30_000)
        context.close()
        return address

    return new_call


@pytest.fixture(scope="module")
def call_a(bring: Callable[[float], str]) -> str:
    """A call that several people score."""
    return bring(61.0)


@pytest.fixture(scope="module")
def call_b(bring: Callable[[float], str]) -> str:
    """A call whose drafts meet trouble."""
    return bring(62.0)


def begin(page: Any, key: str = "e") -> None:
    page.wait_for_selector("[data-begin]")
    page.keyboard.press(key)
    page.wait_for_selector(FORM)


def stored(page: Any) -> None:
    """Everything typed is on the server."""
    wait_until(lambda: page.locator("[data-status]").inner_text().startswith("saved"), what="the answers to be saved")


def faults(page: Any) -> list[str]:
    """What axe finds wrong in the column of the scorecard."""
    page.evaluate(AXE)
    found = page.evaluate("(tags) => axe.run('#live-scores', {runOnly: tags})", RULES)
    page.evaluate("window.policyViolations = []")  # the checker writes styles of its own
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found["violations"]]


def given(page: Any, criterion: str) -> str:
    chosen = page.locator(f"[data-criterion={criterion}] [aria-checked=true]")
    return str(chosen.first.get_attribute("data-answer")) if chosen.count() else ""


def test_a_call_is_scored_by_keyboard_alone(call_a: str, open_page: Callable[..., Any]) -> None:
    page = open_page(call_a, expected="422")
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    before = page.locator("#live-score b").inner_text()
    begin(page)
    machine = page.locator("[data-criterion=greeting] [data-machine]").get_attribute("data-answer")
    assert page.locator("[data-criterion].focus").get_attribute("data-criterion") == "greeting"
    assert (machine, given(page, "greeting")) == ("2", "")

    page.keyboard.press("0")  # what stands on the button, and another answer than the machine's: the reason is asked
    assert given(page, "greeting") == "0"
    assert "Neither" in page.locator("[data-criterion=greeting] .scale").inner_text()
    assert page.evaluate("document.activeElement.name") == "reason"
    page.keyboard.press("Control+Enter")
    page.locator(".wanting li").wait_for()
    assert "say why you changed it" in page.locator(".wanting").inner_text()
    assert page.evaluate("document.activeElement.name") == "reason"
    page.keyboard.type(REASON)
    page.keyboard.press("Enter")
    assert page.locator("[data-criterion].focus").get_attribute("data-criterion") != "greeting"
    page.keyboard.press("y")
    page.keyboard.press("ArrowUp")
    current = page.locator(".crit.focus")
    assert current.locator("[data-clear]").is_visible()
    page.keyboard.press("Backspace")  # not answered again, by key and by button
    assert (current.locator("[aria-checked=true]").count(), current.locator("[data-clear]").is_visible()) == (0, False)
    page.keyboard.press("=")
    page.keyboard.press("ArrowUp")
    assert current.locator("[data-answer=na]").get_attribute("aria-checked") == "true"
    current.locator("[data-clear]").click()
    assert current.locator("[aria-checked=true]").count() == 0
    page.keyboard.press("h")
    assert page.locator(".crit.focus details.guide[open]").count() == 1
    page.keyboard.press("Shift+Y")
    wait_until(lambda: page.locator("[data-criterion]:not(.given):visible").count() == 0, what="every answer")
    stored(page)
    assert page.locator("[data-final]").inner_text() not in ("–", before)
    page.keyboard.press("Control+Enter")
    page.locator(FORM).wait_for(state="detached")
    row = page.locator("#evaluations li").first
    row.wait_for()
    assert "Ines Keller" in row.inner_text()
    assert "shown to the rep" in row.inner_text()
    assert page.locator("#live-score b").inner_text() != before
    assert loads == [], "no page was loaded while scoring"
    row.locator("[data-sides]").press("Enter")
    page.locator(".compare .differs").wait_for()
    assert REASON in page.locator(".compare").inner_text()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:evaluation'))") == []


def test_a_blind_reviewer_sees_nothing_of_the_machine_until_submitted(
    call_a: str, open_page: Callable[..., Any]
) -> None:
    page = open_page(call_a, "olga@example.com")
    page.wait_for_selector("#live-score b")
    assert page.locator("#objections, #closing").count() > 0
    begin(page, "Shift+E")
    fresh = page.context.request.get(call_a).text()
    for html in (page.locator("#live-scores").inner_html(), fresh):
        for told in ("data-machine", 'class="sug"', "data-points", 'class="pts"', "data-confirm", REASON):
            assert told not in html, told
    assert 'id="live-score"' not in fresh
    assert "<mark" not in fresh
    for _criterion in range(page.locator("[data-criterion]").count()):
        page.keyboard.press("1")
    wait_until(lambda: page.locator("[data-criterion]:not(.given):visible").count() == 0, what="every answer")
    page.keyboard.press("Control+Enter")
    page.locator(FORM).wait_for(state="detached")
    wait_until(lambda: page.locator("#evaluations .rows > li").count() == 2, what="both evaluations")
    assert page.locator("#scorecard .sug").count() > 0
    page.locator("[data-beside]").press("Enter")
    page.locator(".compare [data-stands]").first.wait_for()
    before = page.locator("#live-score b").inner_text()
    page.locator(".compare [data-stands]").first.press("Enter")
    wait_until(lambda: page.locator("#live-score b").inner_text() != before, what="the score of the chosen answers")


def test_the_rep_reads_it_and_disputes(call_a: str, open_page: Callable[..., Any]) -> None:
    page = open_page(call_a, "rep@example.com")
    assert page.locator("[data-begin]").count() == 0
    row = page.locator("#evaluations .rows > li", has_text="Ines Keller")
    row.locator("[data-sides]").press("Enter")
    row.locator(".compare").wait_for()
    assert REASON in row.inner_text()
    row.locator("[data-dispute]").press("Enter")
    row.locator("details.whole summary").press("Enter")
    row.locator("details.whole textarea").fill("I said my name twice.")
    row.locator("details.whole textarea").press("Control+Enter")
    wait_until(lambda: "disputed" in page.locator("#evaluations").inner_text(), what="the dispute")
    assert "I said my name twice." in page.locator("#evaluations").inner_text()


def test_two_windows_meet_side_by_side(call_b: str, open_page: Callable[..., Any]) -> None:
    one = open_page(call_b, expected="409")
    begin(one)
    other = open_page(call_b, expected="409")
    other.wait_for_selector(FORM)
    one.keyboard.press("Shift+Y")
    stored(one)
    machine = given(one, "greeting")
    other.keyboard.press("0")
    other.keyboard.type(REASON)
    other.locator(".conflict").wait_for()
    assert other.evaluate("document.activeElement.name") == "reason", "nobody is taken out of a word"
    assert "Nothing was overwritten" in other.locator(".conflict").inner_text()
    other.keyboard.press("Enter")
    assert other.evaluate("document.activeElement.dataset.take") == "greeting"
    assert other.locator("[data-take]:checked").first.get_attribute("value") == "mine"
    theirs = other.locator("[data-take][value=theirs]")
    for place in range(1, theirs.count()):  # all but the first: of the greeting one's own stands
        theirs.nth(place).check()
    other.locator("[data-merge]").press("Enter")
    stored(other)
    assert given(other, "greeting") == "0"
    assert other.locator("#why-greeting").input_value() == REASON
    assert given(other, "company") == given(one, "company") != ""
    assert given(one, "greeting") == machine, "the first window is left as it is until it writes"
    one.keyboard.press("n")
    one.keyboard.press("-")
    one.locator(".conflict").wait_for()
    one.locator("[data-keep-theirs]").press("Enter")
    wait_until(lambda: given(one, "greeting") == "0", what="what the other window wrote")


def test_a_lost_network_costs_nothing(call_b: str, open_page: Callable[..., Any]) -> None:
    page = open_page(call_b, expected="Failed to load resource")
    if not page.locator(FORM).count():
        begin(page)
    page.context.set_offline(True)
    page.locator("#evaluation-comment").fill("Typed without a network.")
    wait_until(lambda: "kept on this computer" in page.locator("[data-status]").inner_text(), what="a calm line")
    page.context.set_offline(False)
    stored(page)

    page.context.set_offline(True)
    page.locator("#evaluation-comment").fill("Typed, and then the window was closed.")
    wait_until(lambda: "kept on this computer" in page.locator("[data-status]").inner_text(), what="a calm line")
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(call_b)
    wait_until(
        lambda: page.locator("#evaluation-comment").input_value() == "Typed, and then the window was closed.",
        what="the words from before",
    )
    stored(page)
    page.locator('form[action="/sign-out"]').evaluate("form => form.dispatchEvent(new Event('submit'))")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panels_can_be_used_by_everybody(
    scheme: str, call_a: str, call_b: str, open_page: Callable[..., Any]
) -> None:
    page = open_page(call_a, color_scheme=scheme, expected="inline style")
    page.locator("#evaluations").wait_for()
    assert faults(page) == []
    page.goto(call_b)
    if not page.locator(FORM).count():
        begin(page)
    page.keyboard.press("h")
    assert faults(page) == []
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_objections_and_the_closing_are_decided_by_keyboard(call_a: str, open_page: Callable[..., Any]) -> None:
    page = open_page(call_a)
    page.wait_for_selector("#objections .objection-verdict")
    page.keyboard.press("d")
    assert page.evaluate("document.activeElement.name") == "answer"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    page.keyboard.type("He asked back before he gave in.")
    page.keyboard.press("Enter")
    wait_until(lambda: page.locator("#objections .reason").count() == 1, what="the verdict on the objection")
    assert "the machine said" in page.locator("#objections").inner_text()
    page.keyboard.press("b")
    assert page.evaluate("document.activeElement.closest('#closing') !== null")
    page.keyboard.press("Enter")
    wait_until(lambda: "Ines Keller" in page.locator("#closing").inner_text(), what="the verdict on the closing")
