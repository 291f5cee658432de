"""Finding by keyboard in a browser: to the second, a saved view, tags on many calls, objections side by side."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.driving import second
from tests.e2e.test_pages import AXE, RULES
from tests.waiting import wait_until

pytestmark = pytest.mark.browser


def search(page: Any, words: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"[?&]q="))


def sounding(page: Any) -> bool:
    return bool(page.locator(".mini").count() and page.locator("[data-mini=toggle] [data-paused]").is_hidden())


def test_a_hit_plays_where_it_stands_and_opens_at_its_second(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page("/?view=none")
    search(page, "before christmas")
    page.locator(".found .hit").first.wait_for()
    assert page.locator(".hits mark").count() >= 1
    page.keyboard.press("j")
    line = page.locator("[data-item].here")
    assert line.count() == 1
    button = line.locator("button[data-play]")
    start = float(button.get_attribute("data-spans").split("-")[0])
    page.keyboard.press("p")
    wait_until(lambda: page.locator("[data-mini=clock]").count() == 1, what="the small player")
    wait_until(lambda: sounding(page), seconds=30, what="the hit to sound")
    seek = page.locator("[data-mini=seek]")
    wait_until(lambda: float(seek.input_value()) >= start - 0.4, what="the second of the hit")
    assert page.url.endswith("christmas") or "q=" in page.url  # nothing was opened: it plays in the list
    page.keyboard.press("p")
    wait_until(lambda: not sounding(page), what="the pause")
    page.keyboard.press("Escape")
    assert page.locator(".mini").count() == 0
    page.keyboard.press("Enter")
    page.wait_for_selector("#turns")
    wait_until(lambda: second(page) >= start - 0.2, what="the second of the hit on the call's page")
    assert second(page) < start + 5


def test_who_said_it_and_what_was_not_said(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page("/?view=none")
    search(page, "christmas")
    page.locator(".found .hit").first.wait_for()
    speakers = set(page.locator(".hit .said > span:first-child").all_inner_texts())
    assert speakers
    page.select_option("select[name=by]", "rep" if speakers == {"Client"} else "client")
    page.wait_for_url(re.compile(r"by="))
    assert page.locator(".hit").count() == 0 or speakers == {"Client", "Rep"}
    page.goto("/?view=none&q=christmas+-christmas")
    assert page.locator(".hit").count() == 0


def test_a_view_is_kept_opened_first_and_deleted(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page("/?view=none")
    page.select_option("select[name=days]", "365")
    page.wait_for_url(re.compile(r"days=365"))
    page.click(".views summary")
    page.fill("#new-view", "This year")
    page.check(".views input[name=default]")
    page.keyboard.press("Enter")
    page.locator(".views .chip.accent", has_text="This year").wait_for()
    page.goto("/")
    assert "days=365" in page.url
    page.click("text=Clear filters")
    page.wait_for_url(re.compile(r"view=none"))
    assert "days=" not in page.url
    page.click(".views .chip >> text=This year")
    page.wait_for_url(re.compile(r"days=365"))
    page.click(".views summary")
    page.click(".views button[value=delete]")
    page.locator(".flash").wait_for()
    assert page.locator(".views .chip").count() == 0
    page.goto("/")
    assert "days=" not in page.url


def test_calls_are_chosen_and_tagged_by_keyboard(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page("/?view=none&state=ready")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("#bulk [data-count]").inner_text() == "Selected: 1"
    page.keyboard.press("x")
    assert page.locator("#bulk").is_hidden()
    page.keyboard.press("Shift+A")
    wait_until(lambda: page.locator("#bulk").is_visible(), what="the count of all that match")
    count = int(page.locator("#bulk [data-count]").inner_text().removeprefix("All that match: "))
    assert count >= 1
    page.keyboard.press("t")
    assert page.locator("#bulk-window [data-many]").inner_text() == f"Calls: {count}"
    page.keyboard.type("To hear again")
    page.keyboard.press("Enter")
    result = page.locator("#bulk-window [data-sum]")
    wait_until(lambda: result.is_visible(), what="what was done")
    assert result.inner_text() == f"Done: {count}. So already: 0. Not done: 0."
    page.keyboard.press("Escape")
    page.locator(".chip.tag", has_text="To hear again").first.wait_for()
    page.wait_for_load_state("load")  # the list was loaded anew: its scripts listen from here on
    page.select_option("select[name=tag]", "To hear again")
    page.wait_for_url(re.compile(r"tag="))
    assert page.locator(".rows > li").count() == count


def test_an_export_is_a_file(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page("/?view=none&state=ready")
    page.keyboard.press("a")
    page.click("#bulk [data-act=export]")
    with page.expect_download() as waiting:
        page.click("#bulk-window [data-go]")
    assert waiting.value.suggested_filename == "calls.csv"
    assert page.locator("#bulk-window[open]").count() == 0


def test_answers_side_by_side_play_and_become_a_clip(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page("/objections")
    assert page.locator("svg.interval").count() >= 1
    page.click(".tabs >> text=Answers side by side")
    page.locator(".sides").wait_for()
    page.wait_for_load_state()  # the keys are listened for from then on
    assert page.locator(".side-list > li").count() >= 1
    page.keyboard.press("j")
    page.keyboard.press("p")
    wait_until(lambda: sounding(page), seconds=30, what="the objection to sound")
    spans = page.locator("[data-item].here button[data-play]").get_attribute("data-spans")
    first = float(spans.split("-")[0])
    wait_until(
        lambda: float(page.locator("[data-mini=seek]").input_value()) > first, what="the client's words to be heard"
    )
    page.keyboard.press("p")
    page.keyboard.press("c")
    page.locator("#clip-window[open]").wait_for()
    page.fill("#clip-new", "Best of objections")
    page.keyboard.press("Enter")
    wait_until(lambda: page.locator("#toast").is_visible(), what="the word that it is kept")
    page.goto("/clips")
    assert page.locator("text=Best of objections").count() >= 1


def test_the_lists_fit_a_narrow_window(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page("/?view=none", viewport={"width": 390, "height": 844})
    for path in ("/?view=none&q=christmas", "/objections", "/objections/answers"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_unreadable_or_nameless(scheme: str, ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page("/?view=none", color_scheme=scheme, expected="inline style")  # the checker's own
    found = []
    for path in ("/?view=none&q=christmas", "/objections?days=365", "/objections/answers", "/?view=none&days=365"):
        page.goto(path)
        page.keyboard.press("j")
        page.keyboard.press("p" if "q=" in path or "objections" in path else "x")
        page.evaluate(AXE)
        result = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
        found += [
            f"{path}: {broken['id']} {node['target']}" for broken in result["violations"] for node in broken["nodes"]
        ]
    assert found == [], "\n".join(found)


def test_a_tag_on_the_page_of_a_call(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page(ready_call)
    page.locator("#tag-line input[name=put]").fill("Follow up")
    page.keyboard.press("Enter")
    chip = page.locator("#tag-line .chip", has_text="Follow up")
    chip.wait_for()
    chip.locator("button").click()
    wait_until(lambda: chip.count() == 0, what="the tag to be gone")
    page.reload()
    page.locator("#tag-line").wait_for()
    assert page.locator("#tag-line .chip", has_text="Follow up").count() == 0
