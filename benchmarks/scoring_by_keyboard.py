"""A stopwatch on scoring a sample call by keyboard alone: acts, seconds, page loads, and how fast the server answers.

    python benchmarks/scoring_by_keyboard.py [--sample en-no-budget] [--scorecard yes|no]

Drives Chromium on an installation of its own in a temporary folder. The person is played by a script that confirms
what the machine answered, changes one answer with a reason, answers what the machine left open, and submits: what is
measured is the number of key presses and the time the program takes, not the time a person needs to listen.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.e2e.driving import upload  # noqa: E402
from tests.e2e.site import PASSWORD, close_site, open_site, sample_audio, sample_transcript  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
# Every key notes when it went down and when the next picture stood that shows a change of the page.
WATCH = """
window.answered = [];
let pressed = null;
const paint = () => requestAnimationFrame(() => setTimeout(() => {
  if (!pressed) return;
  window.answered.push([pressed.key, performance.now() - pressed.at]);
  pressed = null;
}));
addEventListener("keydown", (event) => {
  if (event.isTrusted && !["Control", "Shift"].includes(event.key)) pressed = { key: event.key, at: event.timeStamp };
}, true);
addEventListener("DOMContentLoaded", () => {
  const all = { subtree: true, childList: true, attributes: true, characterData: true };
  new MutationObserver(() => pressed && paint()).observe(document.body, all);
  addEventListener("input", () => pressed && paint(), true);
});
"""
REASON = "He names the company, not himself."
DEADLINE = 30_000  # ms


def main() -> int:
    """Run it once and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", default="en-no-budget", help="which sample call to score")
    parser.add_argument("--one-by-one", action="store_true", help="confirm every answer by itself instead of the rest")
    args = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        site = open_site(Path(folder) / "data")
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            page = browser.new_context(base_url=site.address, viewport={"width": 1440, "height": 900}).new_page()
            page.add_init_script(WATCH)
            figures = score_call(page, args.sample, Path(folder), one_by_one=args.one_by_one)
        finally:
            browser.close()
            close_site(site)
    print(json.dumps(figures, indent=2))
    return 0


def score_call(page: Any, sample: str, folder: Path, *, one_by_one: bool = False) -> dict[str, Any]:
    """Sign in, bring the sample in, and score it by keys; the figures."""
    page.goto("/sign-in")
    page.fill("#email", "lead@example.com")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#nav", state="attached")
    page.goto("/upload")
    files = [(f"{sample}.wav", sample_audio(f"{sample}.ogg")), (f"{sample}.json", sample_transcript(sample))]
    page.goto(upload(page, files, folder, rep="Daniel Miller", language="en"))
    page.wait_for_selector("#scorecard .crit", timeout=DEADLINE)
    page.wait_for_load_state("networkidle")

    loads: list[str] = []
    answers: list[tuple[str, float]] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))

    def note(response: Any) -> None:
        if "/evaluations" in response.url:
            timing = response.request.timing
            answers.append((response.request.method, timing["responseStart"] - timing["requestStart"]))

    page.on("response", note)
    keys = Keys(page)
    start = time.perf_counter()
    keys.press("e")
    page.wait_for_selector("form[data-evaluation]", timeout=DEADLINE)
    opened = time.perf_counter() - start
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
    handed_in = time.perf_counter()
    keys.press("Control+Enter")
    page.wait_for_selector("form[data-evaluation]", state="detached", timeout=DEADLINE)
    page.wait_for_selector("#evaluations li", timeout=DEADLINE)
    seconds = time.perf_counter() - start
    submitted = time.perf_counter() - handed_in
    page.wait_for_load_state("networkidle")
    painted = sorted((taken, key) for key, taken in page.evaluate("window.answered"))
    times = sorted(taken for _method, taken in answers)
    return {
        "criteria": page.locator("#scorecard [data-crit]").count(),
        "acts": keys.acts,
        "keys": keys.pressed,
        "seconds": round(seconds, 2),
        "page_loads": len(loads),
        "mouse": 0,
        "answers_painted": len(painted),
        "painted_ms_median": round(statistics.median(taken for taken, _key in painted), 1),
        "painted_ms_longest": [[key, round(taken, 1)] for taken, key in painted[-4:]],
        "form_open_ms": round(1000 * opened),
        "submitted_shown_ms": round(1000 * submitted),
        "server_answers": len(times),
        "server_ms_median": round(statistics.median(times), 1) if times else None,
        "server_ms_longest": round(times[-1], 1) if times else None,
        "by_method": {m: round(max(t for k, t in answers if k == m), 1) for m in sorted({k for k, _ in answers})},
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
