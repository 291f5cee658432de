"""Contact sheets of every page, one for each language, colour scheme and width; tells which pages scroll sideways.

    make demo                                # in one terminal
    python docs/pictures/sheets.py           # in another; --address and --data when the demo was told others

Any other installation: --address, --lead, --rep, --admin and --passphrase-file. Looks only; the language of whoever it
signs in as is put back at the end. A page that the installation has nothing for (no playlist, no draft) is named and
left out. Which pages there are stands in screens.py.
"""

from __future__ import annotations

import argparse
import base64
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from make import CHROMIUM, HERE, PHONE, WIDE, read_passphrase, sign_in
from playwright.sync_api import Error, sync_playwright
from screens import SHEETS, SIGN_IN, Screen

PEOPLE = {"lead": "lead@demo.example", "rep": "daniel.miller@demo.example", "admin": "admin@demo.example"}
LANGUAGES = ("en", "ru", "ko", "zh")
SCHEMES = ("light", "dark")
MOST_BYTES = 340_000  # of one sheet
SETTLE = 3_000  # milliseconds a page may still ask for its parts
SAID = {"en": "price", "ru": "цена", "ko": "가격", "zh": "价格"}  # what is searched for, in the calls of each language


@dataclass(frozen=True, slots=True)
class Width:
    """One width of the window, and how its pictures stand on the sheet, in pixels."""

    name: str
    window: dict[str, int]
    tile: int
    columns: int


WIDTHS = (Width("wide", WIDE, tile=432, columns=6), Width("390", PHONE, tile=214, columns=12))


DRAW = """async ({frames, columns, tile, height, dark, most}) => {
  const [gap, line] = [12, 26];
  const rows = Math.ceil(frames.length / columns);
  const canvas = new OffscreenCanvas(gap + columns * (tile + gap), gap + rows * (height + line + gap));
  const pen = canvas.getContext("2d");
  pen.fillStyle = dark ? "#303338" : "#d5d8dd";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.font = "15px monospace";
  for (const [i, [caption, picture]] of frames.entries()) {
    const x = gap + (i % columns) * (tile + gap), y = gap + Math.floor(i / columns) * (height + line + gap);
    const blob = await (await fetch("data:image/png;base64," + picture)).blob();
    const small = await createImageBitmap(blob, {resizeWidth: tile, resizeHeight: height, resizeQuality: "high"});
    let words = caption;
    while (pen.measureText(words).width > tile) words = words.replace(/…?$/, "").slice(0, -1) + "…";
    pen.fillStyle = dark ? "#fff" : "#111";
    pen.fillText(words, x, y + 17);
    pen.drawImage(small, x, y + line);
  }
  for (let quality = 0.85; ; quality -= 0.05) {
    const blob = await canvas.convertToBlob({type: "image/webp", quality});
    if (blob.size > most && quality > 0.1) continue;
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 30000) text += String.fromCharCode(...bytes.subarray(at, at + 30000));
    return btoa(text);
  }
}"""


@dataclass(frozen=True, slots=True)
class Frame:
    """One screenful: the address it was taken at, and the picture as PNG."""

    address: str
    picture: bytes


def main() -> int:
    """Write all sheets; 1 when a page scrolls sideways on some width."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--address", default="http://127.0.0.1:8000", help="where the installation answers")
    parser.add_argument("--data", type=Path, default=Path("data"), help="the demo's data folder, for its passphrase")
    parser.add_argument("--passphrase-file", type=Path, help="a file with the passphrase alone, instead of --data")
    for who, email in PEOPLE.items():
        parser.add_argument(f"--{who}", default=email, help=f"who looks at the pages of a {who}")
    parser.add_argument("--out", type=Path, default=HERE / "sheets")
    parser.add_argument("--frames", type=Path, help="keep every screenshot in full size in this folder too")
    parser.add_argument("--languages", nargs="+", default=LANGUAGES, choices=LANGUAGES)
    arguments = parser.parse_args()
    given: Path | None = arguments.passphrase_file
    passphrase = (
        given.read_text(encoding="utf-8").strip() if given else read_passphrase(arguments.data / "demo-sign-in.txt")
    )
    sideways: set[str] = set()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        place = arguments.address
        memories = {who: sign_in(browser, place, getattr(arguments, who), passphrase) for who in PEOPLE}
        before = {who: switch(browser, place, memory, arguments.languages[0]) for who, memory in memories.items()}
        try:
            for language in arguments.languages:
                for memory in memories.values():
                    switch(browser, place, memory, language)
                for ending, screens in SHEETS.items():
                    found = list(find_pages(browser, place, memories, language, screens))
                    for width in WIDTHS:
                        shots = photograph(browser, place, memories, found, language, width, sideways)
                        for scheme in SCHEMES:
                            frames = shots[scheme]
                            name = f"{language}-{scheme}-{width.name}{ending}"
                            keep(arguments.frames, name, frames)
                            write_sheet(browser, arguments.out / f"{name}.webp", frames, width, dark=scheme == "dark")
        finally:
            for who, memory in memories.items():
                switch(browser, place, memory, before[who])
        browser.close()
    for line in sorted(sideways):
        print(f"scrolls sideways: {line}")
    return 1 if sideways else 0


def switch(browser: Any, address: str, memory: Any, language: str) -> str:
    """Choose a language with the switch of the page; which one was chosen before."""
    context = browser.new_context(storage_state=memory, base_url=address)
    page = context.new_page()
    page.goto("/account")
    before = str(page.locator("html").get_attribute("lang"))
    press_language(page, language)
    context.close()
    return before


def press_language(page: Any, language: str) -> None:
    """Press the switch, which lies in a closed menu on a narrow page, and wait for the page in that language."""
    page.locator(f"form[action$='/language'] button[value={language}]").first.evaluate("button => button.click()")
    page.wait_for_selector(f"html[lang={language}]", state="attached")
    page.wait_for_load_state("load")


Found = tuple[str, str]  # who looks, and the address


def find_pages(
    browser: Any, address: str, memories: dict[str, Any], language: str, screens: tuple[Screen, ...]
) -> Iterator[Found]:
    """The address of every page, those with a number or a name in them found through the pages that link to them."""
    contexts = {
        who: browser.new_context(storage_state=memory, base_url=address, viewport=WIDE)
        for who, memory in memories.items()
    }
    pages = {who: context.new_page() for who, context in contexts.items()}
    known = {"said": SAID[language], "language": language, "call": "/"}
    links: dict[Found, list[str]] = {}
    drafts = page_links(pages["lead"], "/evaluations?of=me&state=draft")
    for screen in screens:
        start = screen.address.format(**known)
        if not screen.linked:
            yield screen.who, start
            continue
        asked = (screen.who, start)
        if asked not in links:
            links[asked] = page_links(pages[screen.who], start)
        calls = screen.address.startswith("/?")
        wanted = [link for link in links[asked] if not (calls and link in drafts)]
        found = next((match for link in wanted if (match := re.fullmatch(screen.linked, link))), None)
        if found is None:
            print(f"{language}: nothing like {screen.linked} on {start}, left out", file=sys.stderr)
            continue
        linked = screen.made.format(found.group(), *found.groups())
        if calls:
            known["call"] = linked
        yield screen.who, linked
    for context in contexts.values():
        context.close()


def page_links(page: Any, address: str) -> list[str]:
    """The paths that a page links to, in its order, without what was asked of them."""
    page.goto(address)
    settle(page)
    return list(page.locator("main a[href]").evaluate_all("links => links.map(link => link.pathname)"))


def photograph(
    browser: Any,
    address: str,
    memories: dict[str, Any],
    found: list[Found],
    language: str,
    width: Width,
    sideways: set[str],
) -> dict[str, list[Frame]]:
    """The first screenful of each page by colour scheme; pages wider than the window are added to `sideways`."""
    # Without motion nothing is caught half way from one colour scheme to the other.
    options = {"base_url": address, "viewport": width.window, "reduced_motion": "reduce"}
    contexts = {who: browser.new_context(storage_state=memory, **options) for who, memory in memories.items()}
    contexts["guest"] = browser.new_context(**options)
    pages = {who: context.new_page() for who, context in contexts.items()}
    pages["guest"].goto(SIGN_IN)
    press_language(pages["guest"], language)
    shots: dict[str, list[Frame]] = {scheme: [] for scheme in SCHEMES}
    for who, path in found:
        page = pages[who]
        page.emulate_media(color_scheme=SCHEMES[0])
        page.goto(path)
        settle(page)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(120)  # the waveform is drawn anew in its colours
            shots[scheme].append(Frame(path if who == "lead" else f"{path} ({who})", page.screenshot()))
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > page.evaluate("innerWidth"):
            sideways.add(f"{path} in {language} at {width.window['width']} px is {wide} px wide")
    for context in contexts.values():
        context.close()
    return shots


def settle(page: Any) -> None:
    """Wait until a page has asked for all its parts; one that goes on asking is taken as it stands."""
    try:
        page.wait_for_load_state("networkidle", timeout=SETTLE)
    except Error:
        print(f"{page.url} was still loading", file=sys.stderr)


def keep(folder: Path | None, name: str, frames: list[Frame]) -> None:
    """The screenshots in full size, when a folder for them was named."""
    if folder is None:
        return
    (folder / name).mkdir(parents=True, exist_ok=True)
    for number, frame in enumerate(frames):
        words = re.sub(r"\W+", "_", frame.address).strip("_") or "inbox"
        (folder / name / f"{number:02d}_{words}.png").write_bytes(frame.picture)


def write_sheet(browser: Any, path: Path, frames: list[Frame], width: Width, *, dark: bool) -> None:
    """One sheet as WebP: the screenshots in rows, each under its address."""
    page = browser.new_page()
    drawn = page.evaluate(
        DRAW,
        {
            "frames": [[frame.address, base64.b64encode(frame.picture).decode()] for frame in frames],
            "columns": width.columns,
            "tile": width.tile,
            "height": round(width.tile * width.window["height"] / width.window["width"]),
            "dark": dark,
            "most": MOST_BYTES,
        },
    )
    page.close()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(base64.b64decode(drawn))
    print(f"{path}: {len(frames)} pages, {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    raise SystemExit(main())
