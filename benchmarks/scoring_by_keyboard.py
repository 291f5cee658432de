"""A stopwatch on scoring a sample call by keyboard alone: acts, seconds, page loads, and how fast the server answers.

    python benchmarks/scoring_by_keyboard.py [--samples en-no-budget en-model-call] [--one-by-one] [--rounds 2]

Drives Chromium on an installation of its own in a temporary folder, on one call put together of the samples (those
named by default make four minutes). The person is played by a script that confirms what the machine answered, changes
one answer with a reason, answers what the machine left open, and submits: what is measured is the number of key presses
and the time the program takes, not the time a person needs to listen. Times are the browser's own, from the key to the
picture: `painted` is the first picture that answers a key, `form` the one in which the whole form stands, `submitted`
the one with the evaluation on the list and the form gone, `saved` the moment the server has an answer. Each round
scores a call of its own; the first meets a server that has just started.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import sys
import tempfile
import time
import wave
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.e2e.driving import upload  # noqa: E402
from tests.e2e.site import PASSWORD, close_site, open_site, sample_audio, sample_transcript  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
# Every key notes when it went down, when the next picture stood that shows a change of the page, and what stood in it.
WATCH = """
window.answered = [];
window.stood = {};
let pressed = null;
let begun = 0;
const painted = (then) => requestAnimationFrame(() => setTimeout(then));
addEventListener("keydown", (event) => {
  if (!event.isTrusted || ["Control", "Shift"].includes(event.key)) return;
  pressed = { key: event.key, at: event.timeStamp };
  if (event.key === "e" || event.ctrlKey) begun = event.timeStamp;
}, true);
function look() {
  if (pressed) {
    const { key, at } = pressed;
    pressed = null;
    painted(() => window.answered.push([key, performance.now() - at]));
  }
  const form = document.querySelector("form[data-evaluation]");
  const stands = form ? "form" : document.querySelector("#evaluations li[data-row]") && "submitted";
  if (!begun || !stands || window.stood[stands] !== undefined) return;
  const at = begun;
  window.stood[stands] = 0;
  painted(() => (window.stood[stands] = performance.now() - at));
}
addEventListener("DOMContentLoaded", () => {
  const all = { subtree: true, childList: true, attributes: true, characterData: true };
  new MutationObserver(look).observe(document.body, all);
  addEventListener("input", look, true);
});
"""
REASON = "He names the company, not himself."
DEADLINE = 30_000  # ms


def main() -> int:
    """Run it once and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = ["en-no-budget", "en-model-call"]
    parser.add_argument("--samples", nargs="+", default=names, help="the sample calls that make the call to score")
    parser.add_argument("--rounds", type=int, default=2, help="how many calls to score, one after the other")
    parser.add_argument("--one-by-one", action="store_true", help="confirm every answer by itself instead of the rest")
    args = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        site = open_site(Path(folder) / "data")
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            page = browser.new_context(base_url=site.address, viewport={"width": 1440, "height": 900}).new_page()
            page.add_init_script(WATCH)
            sign_in(page)
            for number in range(args.rounds):
                figures = score_call(page, args.samples, number, Path(folder), one_by_one=args.one_by_one)
                print(json.dumps(figures))
        finally:
            browser.close()
            close_site(site)
    return 0


def sign_in(page: Any) -> None:
    """As the quality lead of the installation."""
    page.goto("/sign-in")
    page.fill("#email", "lead@example.com")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#nav", state="attached")


def joined(samples: list[str], cut: float) -> tuple[bytes, bytes, float]:
    """One recording and one transcript of several samples in a row, `cut` seconds shorter; and how many seconds."""
    sound, turns, at, out = b"", [], 0.0, io.BytesIO()
    for name in samples:
        with wave.open(io.BytesIO(sample_audio(f"{name}.ogg"))) as file:
            form, rate, channels = file.getparams(), file.getframerate(), file.getnchannels()
            frames = file.readframes(file.getnframes())
        for turn in json.loads(sample_transcript(name))["turns"]:
            for part in (turn, *turn["words"]):
                part |= {"start": part["start"] + at, "end": part["end"] + at}
            turns.append(turn)
        at += len(frames) / (2 * channels * rate)
        sound += frames
    with wave.open(out, "wb") as file:
        file.setparams(form)
        file.writeframes(sound[: len(sound) - 2 * channels * int(cut * rate)])
    words = {"schema": 1, "language": "en", "duration": at, "turns": turns}
    return out.getvalue(), json.dumps(words).encode(), at - cut


def score_call(page: Any, samples: list[str], number: int, folder: Path, *, one_by_one: bool = False) -> dict[str, Any]:
    """Bring the call in and score it by keys; the figures, times in ms."""
    page.goto("/upload")
    sound, words, length = joined(samples, cut=number / 10)  # another recording each time
    files = [("call.wav", sound), ("call.json", words)]
    page.goto(upload(page, files, folder, rep="Daniel Miller", language="en"))
    page.wait_for_selector("#scorecard .crit", timeout=DEADLINE)
    page.wait_for_load_state("networkidle")

    loads: list[str] = []
    answers: list[tuple[str, float, float]] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))

    def note(response: Any) -> None:
        if "/evaluations" in response.url:
            timing = response.request.timing
            served = timing["responseStart"] - timing["requestStart"]
            answers.append((response.request.method, served, timing["responseStart"]))

    page.on("response", note)
    keys = Keys(page)
    start = time.perf_counter()
    keys.press("e")
    page.wait_for_selector("form[data-evaluation]", timeout=DEADLINE)
    keys.press("1")  # the first criterion is changed: its reason is asked at once
    if page.evaluate("document.activeElement.name") == "reason":
        keys.type(REASON)
        keys.press("Enter")
    if one_by_one:
        while page.locator("[data-criterion].focus [data-machine]").count() and keys.pressed < 200:
            keys.press("y")
            if page.locator("[data-criterion]:not([hidden]):not(.given) [data-machine]").count() == 0:
                break
    else:
        keys.press("Shift+Y")
    for _left in range(page.locator("[data-criterion]:not([hidden]):not(.given)").count()):
        keys.press("1")  # what the machine left open
    keys.press("Control+Enter")
    page.wait_for_selector("form[data-evaluation]", state="detached", timeout=DEADLINE)
    page.wait_for_selector("#evaluations li", timeout=DEADLINE)
    seconds = time.perf_counter() - start
    page.wait_for_load_state("networkidle")
    page.wait_for_function("window.stood.submitted > 0")
    painted = sorted((taken, key) for key, taken in page.evaluate("window.answered"))
    stood = page.evaluate("window.stood")
    times = sorted(served for _method, served, _whole in answers)
    return {
        "call_seconds": round(length, 1),
        "criteria": page.locator("#scorecard [data-verdict-of]").count(),
        "acts": keys.acts,
        "keys": keys.pressed,
        "seconds": round(seconds, 2),
        "page_loads": len(loads),
        "mouse": 0,
        "painted_median": round(statistics.median(taken for taken, _key in painted), 1),
        "painted_longest": [[key, round(taken, 1)] for taken, key in painted[-3:]],
        "form": round(stood["form"], 1),
        "submitted": round(stood["submitted"], 1),
        "saved_longest": round(max((whole for method, _served, whole in answers if method == "PUT"), default=0.0), 1),
        "server_median": round(statistics.median(times), 1) if times else None,
        "server_longest": round(times[-1], 1) if times else None,
    }


class Keys:
    """The keyboard, counting: an act is one decision (typed words are one), a key is one press."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.pressed = 0
        self.acts = 0

    def press(self, key: str) -> None:
        """One key, with what is held beside it."""
        self.page.keyboard.press(key)
        self.pressed += 1
        self.acts += 1

    def type(self, words: str) -> None:
        """Words, letter by letter."""
        self.page.keyboard.type(words)
        self.pressed += len(words)
        self.acts += 1


if __name__ == "__main__":
    raise SystemExit(main())
