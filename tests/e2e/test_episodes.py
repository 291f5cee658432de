"""Objection episodes, figures and silenced stretches on the player, driven as a reviewer drives them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.driving import jumped, second, upload
from tests.e2e.site import Site, sample_audio, sample_transcript
from tests.e2e.test_pages import AXE, RULES
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

SAMPLE = "en-discount"
CARD = "Please take my card the number is 4111 1111 1111 1111 thank you"


@pytest.fixture(scope="module")
def objections_call(
    site: Site, browser: Any, signed_in: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A scored call with several objections, in which the client says a card number."""
    told = json.loads(sample_transcript(SAMPLE))
    turn = next(turn for turn in told["turns"] if turn["role"] == "client")
    words = CARD.split()
    step = (turn["end"] - turn["start"]) / len(words)
    turn["text"] = CARD
    turn["words"] = [
        {"text": word, "start": turn["start"] + n * step, "end": turn["start"] + (n + 0.9) * step, "confidence": 0.93}
        for n, word in enumerate(words)
    ]
    context = browser.new_context(storage_state=signed_in("lead@example.com"), base_url=site.address)
    page = context.new_page()
    page.goto("/upload")
    files = [(f"{SAMPLE}.wav", sample_audio(f"{SAMPLE}.ogg")), (f"{SAMPLE}.json", json.dumps(told).encode())]
    facts = {"rep": "Daniel Miller", "direction": "outbound", "disposition": "closed_lost", "language": "en"}
    address = upload(page, files, tmp_path_factory.mktemp("objections"), **facts)
    page.goto(address)
    page.wait_for_selector("#scorecard .crit", timeout=30_000)
    context.close()
    return address


@pytest.fixture
def page(objections_call: str, open_page: Callable[..., Any]) -> Any:
    """The call, with its waveform drawn and its recording loaded."""
    return opened(open_page(objections_call))


def opened(page: Any) -> Any:
    page.wait_for_selector("#sound div", state="attached")
    wait_until(lambda: page.evaluate("document.getElementById('audio').readyState") >= 1, what="the recording's length")
    return page


def number(element: Any, name: str) -> float:
    return float(element.get_attribute(name))


def test_keys_step_through_episodes_and_their_moves(page: Any) -> None:
    bands = page.locator("#live-episodes .ep")
    assert bands.count() >= 2
    page.keyboard.press("o")
    jumped(page, number(bands.nth(0), "data-from"), 0.8)
    assert "on" in bands.nth(0).get_attribute("class").split()
    assert "on" in page.locator("#episode1").get_attribute("class").split()
    page.keyboard.press("o")
    jumped(page, number(bands.nth(1), "data-from"), 0.8)
    page.keyboard.press("Shift+O")
    jumped(page, number(bands.nth(0), "data-from"), 0.8)
    steps = page.locator("#episode1 .step[data-at]")
    page.keyboard.press("v")
    jumped(page, number(steps.nth(0), "data-at"), 0.8)
    page.keyboard.press("v")
    jumped(page, number(steps.nth(1), "data-at"), 0.8)
    assert "on" in steps.nth(1).get_attribute("class").split()


def test_an_episode_plays_to_its_end_and_stops(page: Any) -> None:
    band = page.locator("#live-episodes .ep").last
    page.locator("#objections button[data-episode]").last.click()
    end = number(band, "data-to")
    wait_until(
        lambda: page.evaluate("document.getElementById('audio').paused"),
        seconds=end - number(band, "data-from") + 6,
        what="the end of handling",
    )
    assert end - 0.2 < second(page) < end + 3  # a slow machine stops a moment late


def test_a_tick_stands_at_its_second_and_plays_it(page: Any) -> None:
    band = page.locator("#live-episodes .ep").first
    tick = band.locator(".tick").last
    box, rail = tick.bounding_box(), band.locator(".rail").bounding_box()
    start, end, at = number(band, "data-from"), number(band, "data-to"), number(tick, "data-at")
    share = (box["x"] + box["width"] / 2 - rail["x"]) / rail["width"]
    assert share == pytest.approx((at - start) / (end - start), abs=0.02)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    jumped(page, at, 0.8)


def test_every_step_is_quoted_from_the_transcript(page: Any) -> None:
    said = " ".join(" ".join(page.locator("#turns .turn .text").all_inner_texts()).split())
    quotes = page.locator("#objections q").all_inner_texts()
    assert len(quotes) >= 3
    for quote in quotes:
        assert " ".join(quote.split()) in said


def test_a_figures_places_are_drawn_and_stepped_through(page: Any) -> None:
    assert page.locator("#measured i").count() == 0
    page.click("[data-measure=patience] summary")
    places = page.locator("[data-measure=patience] button[data-at]")
    wait_until(lambda: page.locator("#measured i").count() == places.count() > 1, what="the places on the waveform")
    assert page.locator("#measuring").is_visible()
    page.keyboard.press("m")
    jumped(page, number(places.nth(0), "data-at"), 0.8)
    assert page.locator("#measured i.on").count() == 1
    page.keyboard.press("m")
    jumped(page, number(places.nth(1), "data-at"), 0.8)
    page.keyboard.press("Shift+M")
    jumped(page, number(places.nth(0), "data-at"), 0.8)
    # Only one figure at a time stands on the player.
    page.click("[data-measure=longest_monologue] summary")
    wait_until(lambda: page.locator("#measured i").count() == 1, what="the longest monologue alone")
    page.click("#measuring button[value='0']")
    wait_until(lambda: page.locator("#measured i").count() == 0, what="an empty waveform")
    assert not page.locator("#measuring").is_visible()


def test_silenced_stretches_are_hatched_and_the_mask_is_a_chip(page: Any) -> None:
    hatched = page.locator("#silenced i")
    wait_until(lambda: hatched.count() >= 1, what="the silenced stretch")
    assert page.locator("#silenced-legend").is_visible()
    turn = page.locator("#turns .turn:has(.mask)").first
    box, wave = hatched.first.bounding_box(), page.locator("#silenced").bounding_box()
    whole = page.evaluate("document.getElementById('audio').duration")
    at = (box["x"] - wave["x"]) / wave["width"] * whole
    assert number(turn, "data-start") - 0.5 <= at <= number(turn, "data-end")
    assert turn.locator(".mask").first.inner_text() == "card number hidden"
    assert "[card]" not in page.locator("#turns").inner_text()


def test_masks_are_chips_in_the_history_of_a_turn(page: Any) -> None:
    turn = page.locator("#turns .turn:has(.mask)").first
    turn.hover()
    turn.locator("[data-edit]").click()
    field = page.locator("#turns textarea")
    assert "[card]" in field.input_value()
    field.fill(field.input_value() + " indeed")
    page.keyboard.press("Control+Enter")
    hand = page.locator("#turns .turn:has(.mask) .hand").first
    hand.wait_for()
    hand.click()
    history = page.locator("#turns .history:not([hidden])").first
    assert history.locator(".mask").count() >= 1
    assert "[card]" not in history.inner_text()
    history.locator("[data-undo]").click()
    wait_until(lambda: page.locator("#turns .turn:has(.mask) .hand").count() == 0, what="the change to be taken back")


def test_a_swap_says_who_did_it(page: Any) -> None:
    page.keyboard.press("w")
    line = page.locator(".notice.swapped")
    line.wait_for()
    assert "Ines Keller" in line.inner_text()
    assert re.search(r"\d\d:\d\d", line.inner_text())
    line.locator("[data-swap]").click()
    wait_until(lambda: page.locator(".notice.swapped").count() == 0, what="the swap to be taken back")


def test_lanes_of_unnamed_people_are_called_a_and_b(objections_call: str, open_page: Callable[..., Any]) -> None:
    page = open_page("about:blank")

    def unnamed(route: Any) -> None:
        answer = route.fetch()
        text = answer.text().replace('"speaker": "rep"', '"speaker": "speaker_a"')
        route.fulfill(response=answer, body=text.replace('"speaker": "client"', '"speaker": "speaker_b"'))

    page.route(f"**{objections_call}", unnamed)
    page.goto(objections_call)
    opened(page)
    assert page.locator(".wave .lane").all_inner_texts() == ["Speaker A", "Speaker B"]


def test_a_draft_whose_turn_was_split_is_shown_and_can_go_on(page: Any) -> None:
    turn = page.locator("#turns .turn").nth(3)
    start, words = turn.get_attribute("data-start"), turn.locator(".text").inner_text()
    call = page.evaluate("JSON.parse(document.getElementById('page-data').textContent).call")
    page.evaluate(
        "([call, at]) => localStorage.setItem(`draft:${call}:gone`, JSON.stringify({text: 'my lost words', at}))",
        [call, start],
    )
    page.reload()
    opened(page)
    row = page.locator("#drafts li")
    row.wait_for()
    assert "my lost words" in row.inner_text()
    row.locator("[data-place]").click()
    field = page.locator("#turns textarea")
    assert field.input_value() == "my lost words"
    assert not page.locator("#drafts").is_visible()
    page.keyboard.press("Escape")
    page.reload()  # it is an ordinary draft of that turn now
    assert page.locator("#drafts").is_hidden()
    assert page.locator("#turns .turn.drafted").count() == 1
    page.locator("#turns .turn").nth(3).hover()
    page.locator("#turns .turn").nth(3).locator("[data-edit]").click()
    page.locator("#turns [data-discard]").click()
    assert page.locator("#turns .turn").nth(3).locator(".text").inner_text() == words


def test_the_closing_has_a_band_and_reasons_and_no_percentage(page: Any) -> None:
    closing = page.locator("#closing")
    assert re.search(r"doubt|firm no|do not call", closing.inner_text())
    assert "%" not in closing.inner_text()
    assert closing.locator(".reasons:not(.against) > li").count() <= 3


def test_every_line_of_the_summary_plays(page: Any) -> None:
    lines = page.locator("#summary .lines button.ev[data-at]")
    assert 1 <= lines.count() <= 5
    line = lines.last
    line.click()
    jumped(page, number(line, "data-at"), 0.8)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility_of_what_is_open_and_chosen(
    scheme: str, objections_call: str, open_page: Callable[..., Any]
) -> None:
    still = {"color_scheme": scheme, "reduced_motion": "reduce", "expected": "inline style"}  # the checker's own
    page = opened(open_page(objections_call, **still))
    page.click("[data-measure=patience] summary")
    page.keyboard.press("o")
    page.keyboard.press("v")
    page.keyboard.press("k")
    # What a sticky head half covers would count as too small a target, wherever the scrolling happened to stop.
    page.evaluate("scrollTo(0, 0), document.getElementById('live-scores').scrollTo(0, 0)")
    assert page.evaluate("window.policyViolations") == []
    page.evaluate(AXE)
    result = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
    page.evaluate("window.policyViolations = []")  # the checker styles the page it looks at
    found = [f"{broken['id']} {node['target']}" for broken in result["violations"] for node in broken["nodes"]]
    assert found == []


def test_nothing_spills_over_on_a_phone(objections_call: str, open_page: Callable[..., Any], tmp_path: Path) -> None:
    page = opened(open_page(objections_call, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True))
    page.locator("[data-measure=patience] summary").click()
    page.locator("#live-episodes .ep").first.click()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
