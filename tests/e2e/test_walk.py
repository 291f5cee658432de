"""The whole walk in a browser: bring a call in, watch it become ready, open it, hear it, find what was said."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.driving import jumped, second, upload
from tests.e2e.site import PASSWORD, Site, sample_audio
from tests.waiting import wait_until

pytestmark = pytest.mark.browser


def test_signing_in(site: Site, open_page: Callable[..., Any]) -> None:
    page = open_page("/sign-in", email=None, expected="Failed to load resource")
    page.fill("#email", "lead@example.com")
    page.fill("#password", "not the right one at all")
    page.click("form.card button")
    assert page.locator("[role=alert]").inner_text()
    assert page.input_value("#email") == "lead@example.com"
    page.click(".choice button[value=ru]")
    assert page.locator("html").get_attribute("lang") == "ru"
    page.fill("#email", "lead@example.com")
    page.fill("#password", PASSWORD)
    page.click("form.card button")
    page.wait_for_selector("#nav")
    page.click("text=Sign out")
    page.wait_for_selector("#password")


def test_playing_and_seeking(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page(ready_call)
    page.wait_for_selector("#sound div", state="attached")
    page.click("#play")
    wait_until(lambda: second(page) > 0.4, what="the recording to play")
    assert page.locator("#player.playing").count() == 1
    wait_until(lambda: page.locator(".turn.now .w.on").count() == 1, what="the word now heard")
    page.keyboard.press("k")
    assert page.evaluate("document.getElementById('audio').paused")

    word = page.locator("#turns .turn").nth(4).locator(".w[data-t]").nth(2)
    word.click()
    jumped(page, float(word.get_attribute("data-t")), 0.2)
    assert "now" in page.locator("#turns .turn").nth(4).get_attribute("class")

    quote = page.locator("#scorecard .ev[data-at]").last
    at, end = (float(quote.get_attribute(name)) for name in ("data-at", "data-end"))
    quote.click()
    jumped(page, at - 0.15, 0.2)
    wait_until(
        lambda: page.evaluate("document.getElementById('audio').paused"), seconds=end - at + 5, what="the quote's end"
    )
    assert end - 0.2 < second(page) < end + 3  # a slow machine stops a moment late


def test_every_answer_stands_beside_its_evidence(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page(ready_call, "rep@example.com")  # whose page no evaluation in work changes
    said = " ".join(page.locator("#turns .turn p").all_inner_texts())
    quotes = page.locator("#scorecard .ev q").all_inner_texts()
    assert quotes
    for quote in quotes:
        assert " ".join(quote.split()) in " ".join(said.split())
    assert page.locator("#turns mark").count() > 0
    # The machine's answers are outlined; those that a person confirmed meanwhile are filled.
    assert page.locator("#scorecard").locator(".seg .sug, .seg .on").count() > 0


def test_keyboard(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page(ready_call)
    page.wait_for_selector("#sound div", state="attached")
    wait_until(lambda: page.evaluate("document.getElementById('audio').readyState") >= 1, what="the recording's length")
    starts = [float(turn.get_attribute("data-start")) for turn in page.locator("#turns .turn").all()]
    page.keyboard.press("l")
    wait_until(lambda: second(page) == pytest.approx(starts[0], abs=0.1), what="the first turn")
    page.keyboard.press("l")
    wait_until(lambda: second(page) == pytest.approx(starts[1], abs=0.1), what="the second turn")
    page.keyboard.press("j")
    wait_until(lambda: second(page) == pytest.approx(starts[0], abs=0.1), what="the first turn again")
    page.keyboard.press("Shift+Period")
    assert page.evaluate("document.getElementById('audio').playbackRate") == 1.25
    page.keyboard.press("Shift+Comma")
    page.keyboard.press("s")
    assert page.locator("#skip-silence").get_attribute("aria-pressed") == "true"
    page.keyboard.press("s")
    page.keyboard.press("q")
    assert page.locator("#scorecard .ev.on").count() == 1
    page.keyboard.press("k")
    page.keyboard.press("?")
    assert page.locator("#keys[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("#keys[open]").count() == 0
    page.keyboard.press("/")
    page.keyboard.type("deliver")
    wait_until(lambda: page.locator("#turns .hit").count() >= 2, what="what was looked for")
    assert re.fullmatch(r"1 of \d+", page.locator("#found").inner_text())
    page.keyboard.press("Enter")
    assert page.locator("#found").inner_text().startswith("2 of")


def test_a_search_hit_opens_the_call_at_its_second(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page("/")
    page.keyboard.press("/")
    page.keyboard.type("before christmas")
    page.keyboard.press("Enter")
    hit = page.locator(".hits a.open").first
    hit.wait_for()
    assert page.locator(".hits mark").first.inner_text().casefold() in ("before", "christmas", "before christmas")
    hit.click()
    page.wait_for_selector("#turns")
    start = float(re.search(r"[?&]t=([\d.]+)", page.url).group(1))  # type: ignore[union-attr]
    assert start > 5
    wait_until(lambda: second(page) >= start - 0.1, what="the second of the hit")
    assert second(page) < start + 5
    assert "hristmas" in page.locator(".turn.now").inner_text()


def test_a_shared_link_opens_at_its_second(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page(f"{ready_call}?t=21")
    wait_until(lambda: second(page) == pytest.approx(21, abs=0.1), what="the second of the link")
    assert page.locator("#now").inner_text() == "0:21"


def test_recognised_speech_says_that_it_is_a_draft(site: Site, open_page: Callable[..., Any], tmp_path: Path) -> None:
    page = open_page("/upload")
    audio = sample_audio("en-model-call.ogg", 12)
    address = upload(page, [("short.wav", audio)], tmp_path, language="en", client_phone="+44 20 7946 0101")
    page.goto(address)
    page.wait_for_selector("#turns .turn", timeout=60_000)
    wait_until(site.settled, seconds=60, what="the call to be scored")
    page.goto(address)
    assert "Draft quality" in page.locator("#transcript").inner_text()
    page.click("#play")
    wait_until(lambda: second(page) > 0.3, what="the recording to play")


def test_rows_ask_again_only_while_something_is_to_come(
    site: Site, ready_call: str, open_page: Callable[..., Any], tmp_path: Path
) -> None:
    wait_until(site.settled, seconds=60, what="earlier calls")
    site.working.clear()
    try:
        page = open_page("/upload")
        upload(
            page, [("words.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Rep>Hello there\n")], tmp_path, language="en"
        )
        page.goto("/")
        assert page.locator("ul.rows[hx-get]").count() == 1
    finally:
        site.working.set()
    wait_until(lambda: page.locator("ul.rows[hx-get]").count() == 0, seconds=30, what="the rows to come to rest")
    assert page.locator("ul.rows > li").count() >= 2


def test_a_refused_file_says_why(open_page: Callable[..., Any], tmp_path: Path) -> None:
    page = open_page("/upload", expected="Failed to load resource")
    (tmp_path / "notes.wav").write_bytes(b"These are only my notes of the call.\n" * 40)
    page.set_input_files("#files", str(tmp_path / "notes.wav"))
    page.click("#send")
    fault = page.locator("#queue .fault")
    fault.wait_for()
    assert "notes.wav" in fault.inner_text()
