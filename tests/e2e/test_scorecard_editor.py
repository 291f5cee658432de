"""The scorecard editor in a browser: draft, trying it on past calls, publishing; two editors; a lost network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import delete, select

from review.models import ScorecardDraft, ScorecardPreview
from review.scorecards.drafts import find_draft
from tests.e2e.site import Site
from tests.e2e.test_pages import AXE, PHONE, RULES, WIDER
from tests.waiting import wait_until
from workers.scorecards import work_on_preview

pytestmark = pytest.mark.browser

NAME = "cold-call-e2e"
EDIT = f"/scorecards/{NAME}/edit"
SAVED = "[data-status][data-state=saved]"


@pytest.fixture
def drafted(site: Site, open_page: Callable[..., Any]) -> Iterator[Any]:
    """The editor over a fresh draft like the cold call."""
    page = open_page("/scorecards/new?like=cold-call")
    page.fill("#name", NAME)
    page.click("text=Begin the draft")
    page.wait_for_selector(".ed[data-ready]")
    yield page
    with site.runtime.database.session() as session:
        session.execute(delete(ScorecardDraft).where(ScorecardDraft.name == NAME))


def saved_body(site: Site, name: str = NAME) -> dict[str, Any]:
    with site.runtime.database.read() as session:
        draft = find_draft(session, name)
        assert draft is not None
        return dict(draft.body)


def first(site: Site, name: str = NAME) -> dict[str, Any]:
    found: dict[str, Any] = saved_body(site, name)["sections"][0]["criteria"][0]
    return found


def test_from_a_draft_over_past_calls_to_a_published_version(
    site: Site, ready_call: str, open_page: Callable[..., Any]
) -> None:
    page = open_page("/scorecards")
    page.click("a.name >> text=Inbound lead")
    page.click("text=Change it")
    page.wait_for_selector(".ed[data-ready]")
    page.locator(".ed-criterion .open").first.click()
    page.locator('.form [data-f="weight"]').first.fill("60")
    page.locator('.form [data-f="good"]').first.fill("Good morning, <b>Anna</b> from Riverside here.")
    page.wait_for_selector(SAVED)
    assert first(site, "inbound-lead")["weight"] == 60
    page.click("text=Try on past calls")
    page.wait_for_url("**/preview")
    page.uncheck("[name=same]")
    page.select_option("#days", "365")
    page.click("button:text-is('Try it')")
    page.wait_for_url("**/preview?id=*")
    with site.runtime.database.read() as session:
        preview = session.scalar(select(ScorecardPreview.id).order_by(ScorecardPreview.id.desc()))
    assert preview is not None
    assert work_on_preview(site.runtime.database, site.settings, preview, stop=lambda: False) == "done"
    page.wait_for_selector(".bands svg")  # the page asks for itself
    page.locator("text=Calls that move most").wait_for()
    page.click("text=Back to the draft")
    page.wait_for_selector(".ed[data-ready]")
    page.click("text=What differs")
    page.wait_for_url("**/compare?to=draft")
    assert "Good morning, <b>Anna</b> from Riverside here." in page.inner_text("#main")  # text, not markup
    page.go_back()
    page.wait_for_selector(".ed[data-ready]")
    page.click("text=Publish…")
    page.fill("#note", "The greeting counts more")
    page.click("[data-publish]")
    page.wait_for_url("**/scorecards/inbound-lead")
    assert "is published" in page.inner_text("#main")
    assert "The greeting counts more" in page.inner_text(".versions")


def test_what_is_wrong_is_shown_at_its_field_and_mended(site: Site, drafted: Any) -> None:
    page = drafted
    page.locator(".ed-criterion .open").first.click()
    page.locator('.form [data-f="question"]').first.fill("")
    page.wait_for_selector(".faults li")
    page.locator(".ed-criterion.has-fault").first.wait_for()
    page.keyboard.press("Escape")
    page.locator(".faults button").first.click()
    assert page.evaluate("document.activeElement.dataset.f") == "question"
    page.click("text=Publish…")
    assert page.is_disabled("[data-publish]")
    page.click("[data-close]")
    page.locator('.form [data-f="question"]').first.fill("Greets?")
    page.locator("[data-clean]").wait_for()
    assert page.locator(".faults li").count() == 0


def test_the_keyboard_adds_moves_and_opens_criteria(site: Site, drafted: Any) -> None:
    page = drafted
    before = [item["id"] for item in saved_body(site)["sections"][0]["criteria"]]
    line = page.locator(".ed-criterion .open").first
    line.focus()
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_selector(SAVED)
    wait_until(lambda: [item["id"] for item in saved_body(site)["sections"][0]["criteria"]][:2] == before[1::-1])
    page.keyboard.press("Alt+Enter")
    assert page.evaluate("document.activeElement.dataset.f") == "question"
    page.keyboard.type("Thanks the client?")
    page.locator(".ed-criterion.is-open [data-x=kind]").select_option("range")
    page.locator('.ed-criterion.is-open [data-f="range.most"]').fill("5")
    wait_until(lambda: saved_body(site)["sections"][0]["criteria"][2].get("range", {}).get("most") == 5)
    made = saved_body(site)["sections"][0]["criteria"][2]
    assert made["question"] == {"en": "Thanks the client?"}
    assert made["kind"] == "range"
    page.locator(".ed-criterion.is-open [data-x=kind]").select_option("yes_no")
    page.locator(".ed-criterion.is-open [data-x=detector]").select_option("company")
    wait_until(lambda: saved_body(site)["sections"][0]["criteria"][2].get("detector") == "company")
    assert [one["when"] for one in saved_body(site)["sections"][0]["criteria"][2]["options"]] == ["absent", "present"]
    assert page.locator(".faults li").count() == 0
    page.locator(".ed-criterion.is-open .tools [data-act=remove]").first.click()
    page.click("text=Take it back")
    page.wait_for_selector(SAVED)
    wait_until(lambda: len(saved_body(site)["sections"][0]["criteria"]) == len(before) + 1)


def test_each_language_has_its_words_and_english_stands_in(site: Site, drafted: Any) -> None:
    page = drafted
    page.locator(".ed-criterion .open").first.click()
    field = page.locator('.form [data-f="guidance"]').first
    field.fill("Says both.")
    page.click("[data-language=ko]")
    page.locator('.form [data-f="good"]').first.fill("안녕하세요")
    field.fill("")
    assert field.get_attribute("placeholder") == "English: Says both."
    wait_until(lambda: first(site).get("good") == {"ko": "안녕하세요"} and "ko" not in first(site)["guidance"])
    page.click("[data-language=en]")
    assert field.input_value() == "Says both."


def test_two_editors_see_both_and_nothing_is_overwritten(
    site: Site, drafted: Any, open_page: Callable[..., Any]
) -> None:
    page = drafted
    other = open_page(EDIT, expected="409")
    other.wait_for_selector(".ed[data-ready]")
    page.locator(".ed-criterion .open").first.click()
    page.locator('.form [data-f="weight"]').first.fill("11")
    wait_until(lambda: first(site)["weight"] == 11)
    other.fill('.head-card [data-f="title"]', "Another title")
    other.wait_for_selector("#conflict[open]")
    assert first(site)["weight"] == 11
    assert "11" in other.inner_text("[data-conflict-rows]")
    assert "Another title" in other.inner_text("[data-conflict-rows]")
    other.click("[data-take=chosen]")  # each part as the one who changed it has it
    wait_until(lambda: saved_body(site)["title"]["en"] == "Another title")
    assert first(site)["weight"] == 11


def test_a_lost_network_loses_nothing(site: Site, drafted: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(EDIT, expected="ERR_INTERNET_DISCONNECTED")
    page.wait_for_selector(".ed[data-ready]")
    page.context.set_offline(True)
    page.fill('.head-card [data-f="title"]', "Typed without a network")
    page.wait_for_selector("[data-status][data-state=offline]")
    page.context.set_offline(False)
    wait_until(lambda: saved_body(site)["title"]["en"] == "Typed without a network")
    page.route("**/draft/save", lambda route: route.abort("internetdisconnected"))
    page.fill('.head-card [data-f="title"]', "Typed before the tab died")
    page.wait_for_selector("[data-status][data-state=offline]")
    again = page.context.new_page()  # the same browser later; the first tab never got through
    again.goto(EDIT)
    again.wait_for_selector(SAVED)
    assert "were put back" in again.inner_text("[data-notice]")
    wait_until(lambda: saved_body(site)["title"]["en"] == "Typed before the tab died")
    page.on("dialog", lambda dialog: dialog.accept())


def test_readers_read_and_a_name_is_put_away_and_taken_back(site: Site, open_page: Callable[..., Any]) -> None:
    page = open_page("/scorecards/closing")
    page.locator("details summary").last.click()
    page.click("button:text-is('Put away')")
    page.wait_for_url("**/scorecards")
    page.locator(".put-away summary").click()
    page.click(".put-away a.name")
    page.click("text=Make it a choice again")
    page.wait_for_url("**/scorecards/closing")
    assert "It is a choice again." in page.inner_text("#main")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_fit_a_phone(
    scheme: str, site: Site, drafted: Any, open_page: Callable[..., Any]
) -> None:
    addresses = ["/scorecards", "/scorecards/new", "/scorecards/cold-call", EDIT, f"/scorecards/{NAME}/preview"]
    page = open_page("/", color_scheme=scheme, expected="inline style")  # the checker's own
    found = []
    for address in addresses:
        page.goto(address)
        if address == EDIT:
            page.wait_for_selector(".ed[data-ready]")
            page.locator(".ed-criterion .open").first.click()
        page.evaluate(AXE)
        result = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
        found += [
            f"{address}: {broken['id']} {node['target']} {node.get('failureSummary', '')}"
            for broken in result["violations"]
            for node in broken["nodes"]
        ]
    assert found == [], "\n".join(found)
    phone = open_page("/", **PHONE)
    for address in addresses:
        phone.goto(address)
        if address == EDIT:
            phone.wait_for_selector(".ed[data-ready]")
            phone.locator(".ed-criterion .open").first.click()
        wide = phone.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, (address, phone.evaluate(WIDER))


def test_the_script_is_edited_stage_by_stage(site: Site, drafted: Any) -> None:
    page = drafted
    stages = page.locator("[data-stages] > li")
    before = saved_body(site)["stages"]
    assert stages.count() == len(before)
    kept = next(stage for stage in before if stage["id"] == "opening")
    opening = page.locator("#stage-opening")
    opening.locator('[data-f="aim"]').fill("They know who calls.")
    opening.locator('[data-moves="required"] [data-lines]').first.fill("Good day, Anna here.\nHello, this is Anna.")
    page.locator("#stage-close [data-remove-stage]").click()
    page.locator("[data-add-stage]").select_option("close")
    assert page.evaluate("document.activeElement.closest('li').id") == "stage-close"
    page.locator("#stage-close").locator('[data-f="aim"]').fill("A day is agreed.")
    wait_until(lambda: page.locator("[data-fault-list] li").count() > 0, what="the stage without a move to be told")
    page.locator('#stage-close [data-add="required"]').select_option(index=1)
    wait_until(lambda: page.locator("[data-fault-list] li").count() == 0, what="nothing to mend")
    page.wait_for_selector(SAVED)
    after = {stage["id"]: stage for stage in saved_body(site)["stages"]}
    assert after["opening"]["aim"] == {**kept["aim"], "en": "They know who calls."}
    assert after["opening"]["required"][0]["lines"]["en"] == ["Good day, Anna here.", "Hello, this is Anna."]
    assert after["opening"]["required"][0]["lines"]["ru"] == kept["required"][0]["lines"]["ru"]
    assert after["opening"]["required"][1:] == kept["required"][1:], "what was not touched stays as it was"
    assert (after["close"]["aim"], len(after["close"]["required"])) == ({"en": "A day is agreed."}, 1)
    page.click('[data-language="ru"]')
    assert opening.locator('[data-f="aim"]').input_value() == kept["aim"]["ru"]
    page.evaluate(AXE)
    found = page.evaluate("(tags) => axe.run('[data-script]', {runOnly: tags})", RULES)
    page.evaluate("window.policyViolations = []")  # the checker writes styles of its own
    assert [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found["violations"]] == []
