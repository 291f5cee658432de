"""A calibration in a browser: made by a lead, scored blind by two, closed; figures, strictness and what was agreed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from review.services.users import create_user
from tests.e2e.driving import upload
from tests.e2e.site import PASSWORD, Site, sample_audio, sample_transcript
from tests.e2e.test_pages import AXE, RULES
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

FORM = "form[data-evaluation]"
PEOPLE = {"strict@example.com": "Sara Strict", "kind@example.com": "Kim Kind"}


@pytest.fixture(scope="module")
def numbers(
    browser: Any, site: Site, signed_in: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory
) -> list[str]:
    """The numbers of two calls that no other test has, and two reviewers to score them."""
    with site.runtime.database.session() as session:
        for email, name in PEOPLE.items():
            create_user(session, email=email, name=name, password=PASSWORD, roles=["reviewer"])
    context = browser.new_context(storage_state=signed_in("lead@example.com"), base_url=site.address)
    page = context.new_page()
    made = []
    for name, file in (("en-hard-no", "en-hard-no.wav"), ("en-talk-over", "en-talk-over.webm")):
        page.goto("/upload")
        files = [(f"{name}.wav", sample_audio(file)), (f"{name}.json", sample_transcript(name))]
        address = upload(page, files, tmp_path_factory.mktemp("call"), rep="Daniel Miller", language="en")
        page.goto(address)
        page.wait_for_selector("#scorecard .crit", timeout=30_000)
        made.append(address.rpartition("/")[2])
    context.close()
    return made


def check(page: Any) -> None:
    """Axe finds nothing, and a telephone need not scroll sideways."""
    page.evaluate(AXE)
    result = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in result["violations"]] == []
    page.evaluate("window.policyViolations = []")  # the checker writes styles of its own
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.set_viewport_size({"width": 1440, "height": 900})


def score_blind(page: Any, key: str) -> None:
    """Open the first call that waits, see nothing of the machine, give every criterion the same key's answer."""
    page.locator("li:has-text('waits for you') a.open").first.click()
    page.wait_for_selector(FORM)
    assert page.locator("#live-score, [data-machine]").count() == 0
    left = page.locator("[data-criterion]:not(.given):visible")
    for _criterion in range(60):  # an answer may bring further criteria, or take some away
        if not left.count():
            break
        left.first.locator("[role=radio]:not([data-answer=na], .shrug)").nth(0 if key == "first" else -1).click()
    page.keyboard.press("Control+Enter")
    page.locator(FORM).wait_for(state="detached")
    page.wait_for_selector("text=shown once the session closes")
    page.locator("#evaluations a.chip:has-text('calibration')").click()


def test_from_a_new_session_to_what_the_group_agrees_on(
    site: Site, numbers: list[str], open_page: Callable[..., Any]
) -> None:
    lead = open_page("/calibration/new?calls=" + numbers[0])
    check(lead)
    lead.fill("#find", numbers[1])
    lead.locator(f"[data-add='{numbers[1]}']").click()
    assert lead.locator("#chosen > li").count() == 2
    assert "2" in lead.locator("[data-count]").inner_text()
    lead.fill("#name", "Two calls, two people")
    for name in PEOPLE.values():
        lead.click(f".opt:has-text('{name}')")
    lead.check("[name=against][value=consensus]")
    lead.click("text=Start the calibration")
    lead.wait_for_url(re.compile(r"/calibration/\d+$"))
    address = lead.url
    assert "0 of 4 scorecards" in lead.locator("main").inner_text()
    check(lead)

    for email, key in zip(PEOPLE, ("first", "last"), strict=True):
        page = open_page(address, email)
        for _call in numbers:
            score_blind(page, key)
        page.goto(address)
        assert page.locator("text=handed in").count() >= 2
        assert page.locator("#figures, .heat").count() == 0  # nothing of the others before the end
        assert page.request.get(address.replace("/calibration/", "/api/v1/calibrations/")).status == 401

    lead.goto("/notifications")
    assert "Everything is handed in for the calibration" in lead.locator("main").inner_text()
    lead.goto(address)
    lead.click("summary:has-text('Close')")
    lead.click("text=Close and show the figures")
    lead.wait_for_selector("#figures")
    assert lead.locator(".heat tbody tr").count() == 3  # two people and the machine
    assert lead.locator("#leaning tbody tr").count() == 2
    assert "Sara Strict" in lead.locator("#leaning tbody tr").first.inner_text()  # the strictest first
    assert "too few to say" in lead.locator("#figures").inner_text()
    check(lead)

    line = lead.locator(".differences > li").first
    lead.keyboard.press("j")
    assert line.evaluate("line => line.classList.contains('here')")
    lead.keyboard.press("1")
    line.locator(".saved").wait_for()
    assert line.locator("[data-answer][aria-pressed=true]").count() == 1
    lead.keyboard.press("n")
    assert lead.evaluate("document.activeElement.name") == "note"
    lead.keyboard.type("Said at the very beginning.")
    lead.keyboard.press("Enter")
    wait_until(lambda: lead.locator(".differences > li").nth(1).evaluate("l => l.classList.contains('here')"), what="j")
    lead.reload()
    assert line.locator("[name=note]").input_value() == "Said at the very beginning."
    assert lead.locator("text=Against what the group agreed on").count() == 1

    reader = open_page(address, "kind@example.com")
    assert "Said at the very beginning." in reader.locator(".differences").inner_text()
    assert reader.locator("form.agree").count() == 0
    rep = open_page(f"/calls/{numbers[0]}", "rep@example.com")
    assert rep.locator("text=Sara Strict").count() == 0  # never shown to the rep


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/calibration", "/calibration/agreement"])
def test_axe_finds_nothing_on_the_lists(open_page: Callable[..., Any], path: str, scheme: str) -> None:
    check(open_page(path, color_scheme=scheme))
