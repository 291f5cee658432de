"""Beginning an evaluation in a browser: the page answers at once and loses no key pressed before the form is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.test_evaluation import FORM, bring, given  # noqa: F401 - a fixture
from tests.waiting import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def fresh_call(bring: Callable[[float], str]) -> str:  # noqa: F811
    """A call nobody has scored."""
    return bring(57.0)


def test_keys_pressed_before_the_form_is_there_reach_it(fresh_call: str, open_page: Callable[..., Any]) -> None:
    """The page answers the key at once, and nobody has to wait for the server before going on."""
    page = open_page(fresh_call)
    page.wait_for_selector("[data-begin]")
    page.route("**/evaluations", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.keyboard.press("e")
    assert page.locator("#live-scores.opening").count() == 1
    assert page.locator("[data-begin]").first.is_disabled()
    page.keyboard.press("1")
    page.keyboard.type("He said")
    page.wait_for_selector(FORM)
    wait_until(lambda: page.evaluate("document.activeElement.name") == "reason", what="the early key to be heard")
    wait_until(lambda: page.evaluate("document.activeElement.value") == "He said", what="the early words")
    machine = page.locator("[data-criterion=greeting] [data-machine]").get_attribute("data-answer")
    assert given(page, "greeting") not in ("", machine)
    assert page.locator("#live-scores.opening").count() == 0
    page.unroute("**/evaluations")
