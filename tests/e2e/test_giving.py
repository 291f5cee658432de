"""Giving a call to reviewers from its page, and deciding on its answers: no mouse, no page load, no second question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.test_evaluation import bring  # noqa: F401 - a fixture
from tests.waiting import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def given_call(bring: Callable[[float], str]) -> str:  # noqa: F811
    """A call nobody has scored."""
    return bring(58.5)


def test_a_call_is_given_to_a_reviewer_from_its_page(given_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page(given_call, expected="422")
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    page.locator("[data-give]").press("Enter")
    window = page.locator("#give-window")
    window.locator("input[name=user_id]").first.wait_for()
    window.locator("button.primary").press("Enter")
    wait_until(lambda: "Choose who" in window.locator("[data-trouble]").inner_text(), what="the refusal")
    window.locator("label", has_text="Ольга").locator("input").press("Space")
    window.locator("button.primary").press("Enter")
    wait_until(lambda: "waits in their queue" in page.locator("#toast").inner_text(), what="the answer")
    assert not window.evaluate("box => box.open")
    assert loads == []
    theirs = open_page("/queue", "olga@example.com")
    assert given_call in theirs.content()


def test_a_verdict_shows_the_newer_judgement_at_once(given_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page(given_call)
    before = page.locator("#live-score b").inner_text()
    held: list[Any] = []
    page.route(f"**{given_call}", lambda route: held.append(route))  # the page asked for anew stays without an answer
    greeting = page.locator("[data-verdict-of=greeting]")
    greeting.locator("[data-change]").press("Enter")
    form = greeting.locator("form.change")
    assert form.locator("input[name=answer]").count() == 5
    form.locator("input[value='0']").press("Space")
    form.locator("input[name=reason]").fill("He never says who he is.")
    form.locator("button.primary").press("Enter")
    page.locator("[data-verdict-of=greeting].settled").wait_for()
    assert page.locator("#live-score b").inner_text() != before
    assert "He never says who he is." in page.locator("[data-verdict-of=greeting]").inner_text()
    wait_until(lambda: page.evaluate("true") and len(held) == 1, what="the marks on sound and words to be asked for")
    held[0].continue_()
    page.unroute(f"**{given_call}")
