"""What the browser tests do again and again: bring files in, ask where the recording stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.waiting import wait_until

# Where the sound was sent to, in order: asked later, a sound that plays has gone on from there.
WATCH_JUMPS = """
window.jumps = [];
document.addEventListener("seeking", ({ target }) => window.jumps.push(target.currentTime), true);
"""


def second(page: Any) -> float:
    """Where the recording stands now."""
    return float(page.evaluate("document.getElementById('audio').currentTime"))


def jumped(page: Any, expected: float, near: float) -> None:
    """Waits until the sound was sent to within `near` seconds of `expected`, whether or not it plays on from there."""

    def sent() -> bool:
        return any(abs(at - expected) <= near for at in page.evaluate("window.jumps.splice(0)"))

    wait_until(sent, what=f"the jump to second {expected:g}")


def upload(page: Any, files: list[tuple[str, bytes]], folder: Path, **facts: str) -> str:
    """Bring files in through the upload page; the address of the call's page."""
    paths = []
    for name, data in files:
        (folder / name).write_bytes(data)
        paths.append(str(folder / name))
    page.set_input_files("#files", paths)
    for name, value in facts.items():
        field = page.locator(f"#upload [name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    assert page.locator("#queue > li").count() == 1
    page.click("#send")
    link = page.locator("#queue li[data-state=done] a")
    link.wait_for(timeout=15_000)
    return str(link.get_attribute("href"))
