"""The listening half of the workbench, driven by keyboard and mouse: stretches, speed, silence, marks, long calls."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.e2e.driving import jumped, second, upload
from tests.waiting import wait_until

RATE = 8000
QUIET = (4.0, 12.0)  # seconds of the made call in which nobody speaks
LONG_TURNS = 2_000

# How often the sound went back: a repeated stretch does so each time round.
COUNT_RETURNS = """
window.returns = 0;
let before = 0;
document.getElementById("audio").addEventListener("timeupdate", ({ target }) => {
  if (target.currentTime < before - 0.2) window.returns += 1;
  before = target.currentTime;
});
"""


def made_call(seconds: float, silent: tuple[float, float], turns: int) -> list[tuple[str, bytes]]:
    """A two-channel recording with a tone where somebody speaks, and its transcript: two turns, or many."""
    times = np.arange(int(seconds * RATE)) / RATE
    tone = 0.3 * np.sin(2 * np.pi * 300 * times) * ((times < silent[0]) | (times >= silent[1]))
    samples = np.stack([tone * (times % 10 < 5), tone * (times % 10 >= 5)], axis=1)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((samples * 32767).astype("<i2").tobytes())
    if turns == 2:
        spans = [(0.2, silent[0]), (silent[1], seconds - 0.2)]
    else:
        step = seconds / turns
        spans = [(n * step, n * step + step * 0.8) for n in range(turns)]
    said = []
    for n, (start, end) in enumerate(spans):
        words = [f"word{n}", "and", "some", "more", "of", "what", "is", "said", "in", "turn", str(n)]
        each = (end - start) / len(words)
        said.append(
            {
                "role": "rep" if n % 2 == 0 else "client",
                "channel": n % 2,
                "start": start,
                "end": end,
                "text": " ".join(words),
                "words": [
                    {"text": word, "start": start + k * each, "end": start + (k + 1) * each, "confidence": 0.9}
                    for k, word in enumerate(words)
                ],
            }
        )
    transcript = {"schema": 1, "language": "en", "duration": seconds, "turns": said}
    name = f"made-{turns}"
    return [(f"{name}.wav", file.getvalue()), (f"{name}.json", json.dumps(transcript).encode())]


@pytest.fixture(scope="session")
def bring(
    site: Any, browser: Any, signed_in: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[list[tuple[str, bytes]]], str]:
    """Brings a call in and waits until it is scored; the address of its page."""

    def do(files: list[tuple[str, bytes]]) -> str:
        context = browser.new_context(storage_state=signed_in("lead@example.com"), base_url=site.address)
        page = context.new_page()
        page.goto("/upload")
        folder = tmp_path_factory.mktemp("made")
        address = upload(page, files, folder, rep="Daniel Miller", direction="outbound", language="en")
        page.goto(address)
        page.wait_for_selector("#scorecard .crit", timeout=120_000)
        context.close()
        return address

    return do


@pytest.fixture(scope="session")
def quiet_call(bring: Callable[..., str]) -> str:
    """A call of 16 s with eight seconds of silence in the middle."""
    return bring(made_call(16.0, QUIET, 2))


def opened(open_page: Callable[..., Any], address: str, **options: Any) -> Any:
    page = open_page(address, **options)
    page.wait_for_selector("#sound div", state="attached")
    wait_until(lambda: page.evaluate("document.getElementById('audio').readyState") >= 1, what="the recording's length")
    return page


def press(page: Any, key: str, code: str, **held: bool) -> None:
    """A key press as another alphabet's keyboard sends it."""
    page.evaluate(
        "([key, code, held]) => document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " { key, code, bubbles: true, cancelable: true, ...held }))",
        [key, code, held],
    )


def test_a_stretch_chosen_by_keys_is_repeated_and_let_go(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = opened(open_page, ready_call)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("[")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("]")
    assert page.locator("#chosen output").inner_text() == "0:05–0:06"
    page.evaluate(COUNT_RETURNS)
    page.keyboard.press("k")
    wait_until(lambda: page.evaluate("window.returns") >= 2, what="the stretch heard again")
    assert 4.4 < second(page) < 6.6
    page.keyboard.press("\\")
    assert page.locator("#chosen").is_hidden()
    wait_until(lambda: second(page) > 6.6, what="the sound going on behind the stretch")


def test_a_stretch_is_drawn_with_the_mouse_and_shared(
    ready_call: str, open_page: Callable[..., Any], browser: Any
) -> None:
    page = opened(open_page, ready_call, permissions=["clipboard-read", "clipboard-write"])
    box = page.locator("#player .wave").bounding_box()
    middle = box["y"] + 20
    page.mouse.move(box["x"] + box["width"] * 0.30, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.35, middle, steps=4)
    page.mouse.move(box["x"] + box["width"] * 0.40, middle, steps=4)
    page.mouse.up()
    whole = page.evaluate("document.getElementById('audio').duration")
    wait_until(lambda: second(page) == pytest.approx(whole * 0.30, abs=0.4), what="the beginning of the stretch")
    page.keyboard.press("u")
    wait_until(lambda: "end=" in page.url, what="the link in the address bar")
    link = page.evaluate("navigator.clipboard.readText()")
    other = opened(open_page, link)
    wait_until(lambda: other.locator("#chosen output").inner_text() != "", what="the shared stretch")
    assert other.locator("#chosen output").inner_text() == page.locator("#chosen output").inner_text()
    page.mouse.click(box["x"] + box["width"] * 0.7, middle)
    wait_until(lambda: second(page) == pytest.approx(whole * 0.7, abs=0.4), what="the second clicked")


def test_speed_keeps_the_pitch_and_is_remembered(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = opened(open_page, ready_call)
    for _ in range(9):
        page.keyboard.press("Shift+Period")
    rate = "document.getElementById('audio').playbackRate"
    assert page.evaluate(rate) == 3
    assert page.evaluate("document.getElementById('audio').preservesPitch") is True
    page.reload()
    wait_until(lambda: page.evaluate(rate) == 3, what="the speed chosen before")
    for _ in range(12):
        page.keyboard.press("Shift+Comma")
    assert page.evaluate(rate) == 0.5
    page.evaluate("localStorage.clear()")


def test_silence_is_skipped_and_said(quiet_call: str, open_page: Callable[..., Any]) -> None:
    page = opened(open_page, quiet_call)
    wait_until(lambda: page.locator("[data-skips]").inner_text() == "0:07", what="how much silence there is")
    page.keyboard.press("s")
    assert page.locator("#skip-silence").get_attribute("aria-pressed") == "true"
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    heard = page.evaluate(
        """async () => {
          const audio = document.getElementById("audio");
          const inside = [];
          const silent = () => audio.currentTime > 5 && audio.currentTime < 11;
          audio.addEventListener("timeupdate", () => silent() && inside.push(audio.currentTime));
          await audio.play();
          const over = () => audio.currentTime > 12.2;
          await new Promise((done) => audio.addEventListener("timeupdate", () => over() && done()));
          audio.pause();
          return inside;
        }"""
    )
    assert heard == [], "nothing of the silence was heard"
    assert page.locator("#skipped").inner_text().endswith("of silence skipped")
    page.reload()
    assert page.locator("#skip-silence").get_attribute("aria-pressed") == "true"
    page.keyboard.press("s")


def test_keys_work_in_other_alphabets_and_stay_out_of_fields(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = opened(open_page, ready_call)
    starts = [float(turn.get_attribute("data-start")) for turn in page.locator("#turns .turn").all()]
    press(page, "д", "KeyL")  # Russian
    press(page, "ㅣ", "KeyL")  # Korean
    wait_until(lambda: second(page) == pytest.approx(starts[1], abs=0.1), what="the second turn")
    press(page, "Process", "KeyJ")  # a Chinese input method
    wait_until(lambda: second(page) == pytest.approx(starts[0], abs=0.1), what="the first turn")
    press(page, ",", "Slash", shiftKey=True)
    assert page.locator("#keys[open]").count() == 1
    groups = page.locator("#keys h3").all_inner_texts()
    assert len(groups) >= 6
    assert groups[0].lower() == "listen"
    page.keyboard.press("Escape")
    press(page, "х", "BracketLeft")
    assert page.locator("#chosen").is_visible()
    page.keyboard.press("/")
    page.keyboard.type("skill")
    assert page.locator("#find").input_value() == "skill"
    assert page.locator("#skip-silence").get_attribute("aria-pressed") == "false"


def test_marks_are_stepped_through_and_switched_off(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = opened(open_page, ready_call)
    flags = [float(flag.get_attribute("data-at")) for flag in page.locator("#live-marks .flag").all()]
    assert flags
    for _ in page.locator("#live-marks button, #remark-marks button").all():
        page.keyboard.press("m")
        assert page.locator("#player .on-mark").count() == 1
        if "Flag" in page.locator("#toast").inner_text():  # comments of the call are marks too
            break
    assert "Flag" in page.locator("#toast").inner_text()
    jumped(page, flags[0] - 0.15, 0.1)
    page.locator(".legend [data-kind=flags]").click()
    assert page.locator("#live-marks .flag").first.is_hidden()
    page.reload()
    assert page.locator("#live-marks .flag").first.is_hidden()
    assert page.locator(".legend [data-kind=flags]").get_attribute("aria-pressed") == "false"
    page.locator(".legend [data-kind=flags]").click()
    sizes = page.eval_on_selector_all(
        "#live-marks button", "all => all.map(one => [one.offsetWidth, one.offsetHeight])"
    )
    assert all(width >= 24 and height >= 24 for width, height in sizes)


def test_go_to_a_part_by_two_keys(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = opened(open_page, ready_call)
    page.keyboard.press("g")
    page.keyboard.press("c")
    assert page.evaluate("document.activeElement.id") == "comments"
    page.keyboard.press("g")
    page.keyboard.press("t")
    assert page.evaluate("document.activeElement.id") == "transcript"
    assert page.locator(".composer").count() == 0, "the second key of a pair is no key of its own"


def test_a_call_of_two_thousand_turns_stays_light(bring: Callable[..., str], open_page: Callable[..., Any]) -> None:
    """What is out of sight is not laid out, and the turn heard is found and brought into sight at once."""
    seconds = 400.0  # as many turns as three hours have, in a recording that is quickly made
    page = opened(open_page, bring(made_call(seconds, QUIET, LONG_TURNS)))
    assert page.locator("#turns .turn").count() == LONG_TURNS
    left_out = page.eval_on_selector_all(
        "#turns .turn .text", "all => all.filter(one => !one.checkVisibility({ contentVisibilityAuto: true })).length"
    )
    assert left_out > LONG_TURNS * 0.9
    page.evaluate(f"document.getElementById('audio').currentTime = {seconds * 0.9}")
    now = page.locator("#turns .turn.now")
    wait_until(lambda: now.count() == 1, what="the turn heard")
    assert int(now.get_attribute("data-turn")) == pytest.approx(LONG_TURNS * 0.9, abs=1)
    page.keyboard.press("l")
    in_sight = "turn => { const { top } = turn.getBoundingClientRect(); return top > 0 && top < innerHeight; }"
    wait_until(lambda: now.evaluate(in_sight), what="the turn in sight")
