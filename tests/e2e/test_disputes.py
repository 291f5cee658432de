"""A dispute from the rep's first key to the recalculated score: raised, rejected, taken further, accepted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from review.evaluations import open_evaluation, submit
from review.queries.viewer import load_viewer
from review.services.people import add_rep, add_team, set_team_member
from review.services.users import create_user
from tests.e2e.driving import upload
from tests.e2e.site import PASSWORD, Site, sample_audio, sample_transcript
from tests.e2e.test_pages import AXE, RULES
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

REP, MANAGER, SCORER, LEAD = "dana@example.com", "milo@example.com", "vera@example.com", "lead@example.com"
FORM = "form.dispute-form"


@pytest.fixture(scope="module")
def people(site: Site) -> dict[str, int]:
    """A rep of this test's own, her manager, and who scores her call; other tests know other people."""
    with site.runtime.database.session() as db:
        made = {
            REP: create_user(db, email=REP, name="Dana Novak", password=PASSWORD, roles=["rep"]),
            MANAGER: create_user(db, email=MANAGER, name="Milo Mann", password=PASSWORD, roles=["manager"]),
            SCORER: create_user(db, email=SCORER, name="Vera Visser", password=PASSWORD, roles=["reviewer"]),
        }
        team = add_team(db, "Harbour")
        add_rep(db, name="Dana Novak", user_id=made[REP], team_id=team)
        set_team_member(db, team, made[MANAGER], manages=True)
        set_team_member(db, team, made[REP])
    return made


@pytest.fixture(scope="module")
def call(
    people: dict[str, int],
    site: Site,
    browser: Any,
    signed_in: Callable[[str], Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """Her call, scored low by the reviewer; the address of its page."""
    context = browser.new_context(storage_state=signed_in(LEAD), base_url=site.address)
    page = context.new_page()
    page.goto("/upload")
    name = "en-no-budget"
    files = [(f"{name}.wav", sample_audio(f"{name}.ogg", 57.0)), (f"{name}.json", sample_transcript(name))]
    facts = {"rep": "Dana Novak", "language": "en", "disposition": "closed_lost"}
    address = upload(page, files, tmp_path_factory.mktemp("dispute"), **facts)
    page.goto(address)
    page.wait_for_selector("#scorecard .crit", timeout=30_000)
    context.close()
    number = int(re.search(r"/calls/(\d+)", address).group(1))  # type: ignore[union-attr]
    with site.runtime.database.session() as db:
        scorer = load_viewer(db, people[SCORER])
        assert scorer is not None
        draft = open_evaluation(db, number, scorer)
        low = {"greeting": {"answer": "0", "reason": "No name at the start."}}
        low |= {"company": {"answer": "no", "reason": "Not said."}}
        submit(db, number, draft.id, scorer, revision=draft.revision, answers=low)
    return address


def faults(page: Any, part: str = "main") -> list[str]:
    """What axe finds wrong in a part of the page."""
    page.evaluate(AXE)
    found = page.evaluate("([part, tags]) => axe.run(part, {runOnly: tags})", [part, RULES])
    page.evaluate("window.policyViolations = []")  # the checker writes styles of its own
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found["violations"]]


def score_of(page: Any) -> str:
    return str(page.locator("#evaluations .val").first.inner_text())


@pytest.fixture(scope="module")
def dispute() -> dict[str, str]:
    """Where the tests of this file leave what the next one needs."""
    return {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_form(scheme: str, call: str, open_page: Callable[..., Any]) -> None:
    page = open_page(call, email=REP, color_scheme=scheme, expected="inline style")
    page.locator("#evaluations").wait_for()
    page.wait_for_load_state()
    page.keyboard.press("Shift+D")
    page.locator(FORM).wait_for()
    page.keyboard.press("2")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.locator(f"{FORM} details.whole").evaluate("one => { one.open = true; }")
    assert faults(page, "#evaluations") == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert faults(page, "#evaluations") == []
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    assert page.locator(f"{FORM}:visible").count() == 0


def test_the_rep_disputes_by_keyboard(call: str, open_page: Callable[..., Any], dispute: dict[str, str]) -> None:
    page = open_page(f"{call}?t=3.5", email=REP, expected="422")
    page.locator("#evaluations").wait_for()
    dispute["before"] = score_of(page)
    page.keyboard.press("Shift+D")
    page.locator(FORM).wait_for()
    assert page.evaluate("document.activeElement.dataset.criterion") == "greeting"
    page.keyboard.press("Control+Enter")
    page.locator(f"{FORM} .alert.all:not([hidden])").wait_for()
    page.keyboard.press("2")
    assert page.evaluate("document.activeElement.name") == "comment"
    page.keyboard.type("I say my name in the first sentence.")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    wait_until(lambda: page.locator(f"{FORM} [data-criterion=greeting] [data-second]").is_visible(), what="the second")
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.dataset.criterion") != "greeting"
    # The window is closed before it is sent: nothing that was typed is lost.
    page.reload()
    page.locator("#evaluations").wait_for()
    page.keyboard.press("Shift+D")
    page.locator(FORM).wait_for()
    comment = page.locator(f"{FORM} [data-criterion=greeting] [name=comment]")
    wait_until(lambda: comment.input_value().startswith("I say my name"), what="the words from before")
    assert page.locator(f"{FORM} [data-count]").inner_text() == "1"
    page.keyboard.press("Control+Enter")
    link = page.locator("#evaluations .disputed a")
    link.wait_for()
    assert "manager" in link.inner_text()
    dispute["url"] = str(link.get_attribute("href"))
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:dispute'))") == []


def test_the_manager_rejects_by_keyboard(call: str, open_page: Callable[..., Any], dispute: dict[str, str]) -> None:
    page = open_page("/disputes", email=MANAGER)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{dispute['url']}")
    page.locator("#decide .to-decide").wait_for()
    page.wait_for_load_state()  # the keys are listened for from then on
    page.keyboard.press("n")
    page.keyboard.press("3")
    page.keyboard.press("Control+Enter")
    page.locator(".to-decide .alert:not([hidden])").wait_for()
    assert page.evaluate("document.activeElement.name") == "words"
    page.keyboard.type("Only the company is named.")
    page.reload()
    words = page.locator("#decide [name=words]")
    wait_until(lambda: words.input_value() == "Only the company is named.", what="the words from before")
    page.keyboard.press("Control+Enter")
    page.locator(".decided").wait_for()
    assert "rejected" in page.locator(".decided").inner_text()


def test_the_rep_takes_it_further(call: str, open_page: Callable[..., Any], dispute: dict[str, str]) -> None:
    page = open_page("/notifications", email=REP)
    page.get_by_text("can be taken to the quality lead").first.click()
    page.locator("#further-words").wait_for()
    page.wait_for_load_state()  # the button works from then on
    page.locator("#further-words").fill("Listen again: my name comes before the company.")
    page.locator("#further button.primary").click()
    page.locator(".steps").get_by_text("Taken to the quality lead").wait_for()


def test_the_lead_accepts_and_the_score_changes(
    call: str, open_page: Callable[..., Any], dispute: dict[str, str]
) -> None:
    page = open_page(dispute["url"], expected="409")
    page.locator("#decide .to-decide").wait_for()
    other = open_page(dispute["url"], expected="409")
    other.locator("#decide .to-decide").wait_for()
    other.keyboard.press("3")
    other.keyboard.type("I do not hear it.")

    page.keyboard.press("1")
    page.keyboard.type("It is there.")
    page.keyboard.press("Control+Enter")
    wait_until(lambda: "accepted" in page.locator(".decided").inner_text(), what="the decision")
    assert page.locator(".facts .change").count() == 1

    # Another window that was about to decide too: what stands there is shown, and its words stay.
    other.keyboard.press("Control+Enter")
    other.locator(".changed").wait_for()
    assert "It is there." in other.locator(".changed").inner_text()
    assert other.locator("#decide [name=words]").first.input_value() == "I do not hear it."

    page.goto(call)
    page.locator("#evaluations").wait_for()
    assert score_of(page) != dispute["before"]
    assert "decided" in page.locator("#evaluations .disputed").inner_text()
    page.goto("/disputes/figures")
    assert "Vera Visser" in page.locator("main").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_pages(
    scheme: str, call: str, open_page: Callable[..., Any], dispute: dict[str, str]
) -> None:
    page = open_page("/disputes?tab=closed", color_scheme=scheme, expected="inline style")
    for address in ("/disputes?tab=closed", "/disputes?tab=decide", dispute["url"], "/disputes/figures"):
        page.goto(address)
        for details in page.locator("main details").all():
            details.evaluate("one => { one.open = true; }")
        assert faults(page) == [], address
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (address, width)
    page.goto("/disputes/deadlines")
    assert faults(page) == []
