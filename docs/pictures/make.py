"""The pictures of the README, taken from a running demo: call page, scoring and inbox, in light and in dark.

    make demo                                  # in one terminal
    python docs/pictures/make.py               # in another; --address and --data when the demo was told others

Needs Chromium and the playwright package (in the development extras).
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PERSON = "head@demo.example"  # sees every call
BEST_SHOWN = (r"no budget", r"\d objections not handled", r"")  # what the pictured call's row says, best first


def main() -> int:
    """Take all pictures; 1 with a sentence when the demo cannot be used."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--address", default="http://127.0.0.1:8000", help="where the demo answers")
    parser.add_argument("--data", type=Path, default=Path("data"), help="the demo's data folder")
    parser.add_argument("--email", default=PERSON)
    arguments = parser.parse_args()
    passphrase = read_passphrase(arguments.data / "demo-sign-in.txt")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        memory = sign_in(browser, arguments.address, arguments.email, passphrase)
        for scheme in ("light", "dark"):
            take(browser, memory, arguments.address, scheme, WIDE, "")
        take(browser, memory, arguments.address, "light", PHONE, "-phone")
        browser.close()
    return 0


def read_passphrase(path: Path) -> str:
    """The demo's passphrase from the file it keeps in its data folder."""
    if not path.is_file():
        sys.exit(f"{path} is not there: start the demo first, or name its data folder with --data")
    found = re.search(r"^passphrase:?\s+(.+)$", path.read_text(encoding="utf-8"), re.MULTILINE | re.IGNORECASE)
    if found is None:
        sys.exit(f"{path} holds no line with the passphrase")
    return found.group(1).strip()


def sign_in(browser: Any, address: str, email: str, passphrase: str) -> Any:
    """The browser's memory after signing in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("#email", email)
    page.fill("#password", passphrase)
    page.click("form.card button")
    page.wait_for_selector("#nav", state="attached")
    memory = context.storage_state()
    context.close()
    return memory


def take(browser: Any, memory: Any, address: str, scheme: str, size: dict[str, int], suffix: str) -> None:
    """The pictures of one colour scheme and one size of window."""
    context = browser.new_context(storage_state=memory, viewport=size, color_scheme=scheme, device_scale_factor=2)
    page = context.new_page()
    page.goto(f"{address}/?state=ready")
    page.screenshot(path=HERE / f"inbox-{scheme}{suffix}.png")
    rows = page.locator("ul.rows > li")
    wanted = (rows.filter(has_text=re.compile(words, re.IGNORECASE)) for words in BEST_SHOWN)
    next(found for found in wanted if found.count()).first.locator("a.open").click()
    page.wait_for_selector("#turns .turn")
    page.wait_for_selector("#sound div", state="attached")
    seek_to_objection(page)
    page.wait_for_timeout(900)
    page.keyboard.press("k")
    page.mouse.move(10, 10)
    page.wait_for_timeout(300)
    page.screenshot(path=HERE / f"call-{scheme}{suffix}.png")
    if not suffix:
        score(page, HERE / f"scoring-{scheme}.png")
    context.close()


def score(page: Any, path: Path) -> None:
    """The scorecard half filled in by keyboard; the draft is thrown away behind the picture."""
    page.keyboard.press("e")
    page.wait_for_selector("form[data-evaluation]")
    for key in ("1", "y", "y", "y"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)
    page.mouse.move(700, 330)  # away from the turns, whose buttons show under the pointer
    page.wait_for_timeout(3500)
    page.screenshot(path=path)
    page.keyboard.press("Escape")
    throw = page.locator("[data-throw-away]")
    throw.click()
    throw.click()
    page.wait_for_selector("form[data-evaluation]", state="detached")


def seek_to_objection(page: Any) -> None:
    """Play where the client objects, or a third into the call when nobody does."""
    said = page.locator("#turns .turn.client mark.bad .w, #turns .turn.client mark.warn .w")
    turns = page.locator("#turns .turn .w[data-t]")
    place = said.first if said.count() else turns.nth(turns.count() // 3)
    place.click()


if __name__ == "__main__":
    raise SystemExit(main())
