"""The pictures of objection episodes on the player, of a figure's places, and of a call on a phone in Russian.

    make demo                                       # in one terminal
    python docs/pictures/make_episodes.py           # in another; --address and --data when the demo was told others

The calls are sample calls, brought in with what is said in them as their transcript, so that no speech engine is asked.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from make import CHROMIUM, HERE, PHONE, WIDE, read_passphrase, sign_in
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(HERE.parents[1]))

from workers.demo.manifest import sample_calls
from workers.demo.script import read_scripts
from workers.demo.telephone import Placed
from workers.demo.transcripts import contract

REVIEWER = "lead@demo.example"
SCORED = 120_000  # milliseconds to wait for a call's scores
SETTLE = 700  # milliseconds for scrolling to come to rest


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: the sample call on it, and what is done on its page before it is taken."""

    name: str
    call: str
    act: Callable[[Any], None]
    scheme: str = "light"
    phone: bool = False
    language: str = "en"


def second_episode(page: Any) -> None:
    """The second objection, at its third move."""
    page.keyboard.press("o")
    page.keyboard.press("o")
    for _ in range(3):
        page.keyboard.press("m")


def interruptions(page: Any) -> None:
    """The interruptions, the second of them playing."""
    page.click("[data-measure=interruptions] summary")
    page.keyboard.press("n")
    page.keyboard.press("n")


def episode_on_phone(page: Any) -> None:
    """The list of objections under the player."""
    page.locator("#live-episodes .ep").last.click()
    page.wait_for_timeout(SETTLE)
    page.click(".jump a[href='#objections']")


PICTURES = (
    Picture("episodes-handled", "en-model-call", second_episode),
    Picture("episodes-mishandled", "en-discount", second_episode, scheme="dark"),
    Picture("figures-interruptions", "en-talk-over", interruptions),
    Picture("episodes-phone-ru", "ru-send-email", episode_on_phone, phone=True, language="ru"),
)


def main() -> int:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--address", default="http://127.0.0.1:8000", help="where the demo answers")
    parser.add_argument("--data", type=Path, default=Path("data"), help="the demo's data folder")
    parser.add_argument("--email", default=REVIEWER)
    arguments = parser.parse_args()
    passphrase = read_passphrase(arguments.data / "demo-sign-in.txt")
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        bring_in(Path(folder), arguments.data)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        memory = sign_in(browser, arguments.address, arguments.email, passphrase)
        for picture in PICTURES:
            take(browser, memory, arguments.address, picture)
        browser.close()
    return 0


def bring_in(folder: Path, data: Path) -> None:
    """Import each call's recording with its words as transcript and its facts."""
    samples = {call.name: call for call in sample_calls()}
    scripts = {script.id: script for script in read_scripts()}
    placed = {item["id"]: item["turns"] for item in json.loads(_manifest().read_text(encoding="utf-8"))}
    names = sorted({picture.call for picture in PICTURES})
    columns = ["file", "transcript", *sorted({key for name in names for key in samples[name].facts} - {"queue"})]
    with (folder / "facts.csv").open("w", encoding="utf-8", newline="") as table:
        rows = csv.DictWriter(table, columns, extrasaction="ignore")
        rows.writeheader()
        for name in names:
            sample, script = samples[name], scripts[name]
            turns = [
                Placed(line, start, end) for line, (_role, start, end) in zip(script.lines, placed[name], strict=True)
            ]
            words = folder / f"pictures-{name}.transcript.json"
            words.write_text(contract(script, turns, sample.seconds), encoding="utf-8")
            sound = folder / f"pictures-{name}{sample.files[0].suffix}"
            sound.write_bytes(sample.files[0].read_bytes())
            rows.writerow({"file": sound.name, "transcript": words.name, **sample.facts})
    command = [sys.executable, "-m", "workers.cli.main", "import", str(folder), "--facts", str(folder / "facts.csv")]
    subprocess.run(command, check=True, env={**os.environ, "CALLCOACH_DATA": str(data.absolute())})


def take(browser: Any, memory: Any, address: str, picture: Picture) -> None:
    """One picture of one call."""
    context = browser.new_context(
        storage_state=memory,
        viewport=PHONE if picture.phone else WIDE,
        color_scheme=picture.scheme,
        device_scale_factor=2,
    )
    page = context.new_page()
    page.goto(find_call(page, address, f"pictures-{picture.call}."))
    switch_language(page, picture.language)
    page.wait_for_selector("#scorecard .crit", timeout=SCORED)
    page.wait_for_selector("#sound div", state="attached")
    picture.act(page)
    page.wait_for_timeout(SETTLE)
    page.evaluate("document.getElementById('audio').pause()")
    page.wait_for_timeout(SETTLE)
    page.screenshot(path=HERE / f"{picture.name}.png")
    switch_language(page, "en")
    context.close()


def find_call(page: Any, address: str, name: str) -> str:
    """The address of the call whose file has this name."""
    for number in range(1, 200):
        answer = page.request.get(f"{address}/calls/{number}")
        if answer.ok and name in answer.text():
            return f"{address}/calls/{number}"
    sys.exit(f"{name} did not arrive at {address}")


def switch_language(page: Any, language: str) -> None:
    """The pages in another language, by the switch that stands on each."""
    if page.locator("html").get_attribute("lang") == language:
        return
    page.evaluate(
        "(code) => document.querySelector(`form[action*='/language'] button[value=${code}]`).click()", language
    )
    page.wait_for_selector(f"html[lang={language}]")


def _manifest() -> Path:
    import workers.demo

    return Path(workers.demo.__file__).parent / "calls" / "calls.json"


if __name__ == "__main__":
    raise SystemExit(main())
