"""`?` shows the keys of every page that has some."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

PAGES = ("/", "/?q=price", "/queue", "/objections", "/objections/answers", "/notifications")


@pytest.mark.parametrize("address", PAGES)
def test_a_question_mark_opens_the_keys_and_closes_them(
    ready_call: str, open_page: Callable[..., Any], address: str
) -> None:
    page = open_page(address, viewport={"width": 390, "height": 800})
    page.keyboard.press("Shift+?")
    box = page.locator("#page-keys")
    box.wait_for()
    assert box.locator("dt").count() >= 3
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.keyboard.press("Shift+?")
    box.wait_for(state="hidden")
    page.keyboard.press("Shift+?")
    box.wait_for()
    page.keyboard.press("Escape")
    box.wait_for(state="hidden")
