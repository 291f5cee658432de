"""Every page in every width, both colours and two languages: nothing spills over, nothing is unreadable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
ON_THE_TIMELINE = "[data-from="
"""Stretches drawn where they were said are as wide as they were long, and may lie beside each other: the standard (WCAG
2.5.8) excepts what must stand where it stands. What they show is in the lists of the page, too."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

# What stands out beyond the screen's edge; words a narrow box of their own cuts off with dots do not.
WIDER = """(() => {
  const out = (e) => e.getBoundingClientRect().right > innerWidth + 1;
  const cut = (e) => {
    for (let box = e.parentElement; box && box !== document.body; box = box.parentElement)
      if (getComputedStyle(box).textOverflow === "ellipsis" && !out(box)) return true;
    return false;
  };
  return [...document.querySelectorAll("body *")]
    .filter((e) => out(e) && !e.closest(".lanes, .filters, .tabs, .jump") && !cut(e))
    .slice(0, 5).map((e) => `${e.tagName}.${e.className}`);
})()"""


def addresses(ready_call: str) -> list[str]:
    searches = ["/?q=deliver", "/?q=nobodysaysthis", "/?date_to=1999-01-01"]
    work = [
        "/queue",
        "/queue/everybody",
        "/sampling",
        "/sampling/new",
        "/evaluations",
        "/objections",
        "/objections/answers",
    ]
    cards = ["/scorecards", "/scorecards/cold-call", "/scorecards/new", "/rescoring"]
    taught = ["/learning", "/learning/next", "/learning/drift"]
    rest = ["/upload", "/sources", "/sources/1", "/health", "/clips", "/notifications"]
    return ["/", ready_call, *work, *cards, *taught, *rest, *searches]


@pytest.mark.parametrize("email", ["lead@example.com", "olga@example.com"], ids=["en", "ru"])
def test_nothing_is_wider_than_a_phone(email: str, ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page("/", email=email, **PHONE)
    for address in addresses(ready_call):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (address, page.evaluate(WIDER))


def test_the_drawer_opens_and_leads_on(open_page: Callable[..., Any]) -> None:
    page = open_page("/", **PHONE)
    assert not page.locator("#nav").is_visible()
    page.click(".bar-top .menu-btn")
    page.click("#nav .folded summary")
    page.click("#nav >> text=Upload")
    page.wait_for_url("**/upload")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{}, PHONE], ids=["wide", "phone"])
def test_accessibility(size: dict[str, Any], scheme: str, ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page("/", color_scheme=scheme, expected="inline style", **size)  # the checker's own
    found = []
    for address in addresses(ready_call):
        page.goto(address)
        page.evaluate(AXE)
        result = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
        found += [
            f"{address}: {broken['id']} {node['target']} {node.get('failureSummary', '')}"
            for broken in result["violations"]
            for node in broken["nodes"]
            if not (broken["id"] == "target-size" and ON_THE_TIMELINE in str(node["target"]))
        ]
    assert found == [], "\n".join(found)


def test_the_colour_switch_is_kept(open_page: Callable[..., Any]) -> None:
    page = open_page("/", color_scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.click("[data-themes] button[value=dark]")
    dark = page.evaluate(background)
    assert dark != light
    page.reload()
    assert page.evaluate(background) == dark
    page.click("[data-themes] button[value='']")
    assert page.evaluate(background) == light


def test_the_page_works_without_sound(ready_call: str, open_page: Callable[..., Any]) -> None:
    """Whatever happens to the recording, the words stay readable and the page says what is missing."""
    page = open_page("about:blank")
    page.route("**/audio", lambda route: route.fulfill(status=200, content_type="audio/webm", body=b"no sound at all"))
    page.goto(ready_call)
    page.locator("#trouble:not([hidden])").wait_for()
    assert "could not be loaded" in page.locator("#trouble").inner_text()
    assert page.locator("#turns .turn").count() > 3


def test_a_page_with_languages_of_its_own_still_offers_those_of_the_pages(open_page: Callable[..., Any]) -> None:
    page = open_page("/sampling/new")
    offered = page.locator("#nav [name=language]")
    assert offered.all_inner_texts() == ["EN", "RU", "KO", "ZH"]


def test_a_phone_comments_from_the_player(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page(ready_call, **PHONE)
    page.click(".controls [data-write]")
    assert page.evaluate("document.activeElement.name") == "body"
