"""A browser and an installation for the tests of whole walks; skipped by name where there is no Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.driving import WATCH_JUMPS, upload
from tests.e2e.site import PASSWORD, Site, close_site, open_site, sample_audio, sample_transcript

SAMPLE = "en-no-budget"
CHROMIUM = Path("/usr/bin/chromium")

# Installed before a page's own scripts, so that nothing a page does is missed.
WATCH_POLICY = """
window.policyViolations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.policyViolations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One installation for all browser tests."""
    opened = open_site(tmp_path_factory.mktemp("site") / "data")
    yield opened
    close_site(opened)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium."""
    if not CHROMIUM.exists():
        pytest.skip(f"browser tests need Chromium at {CHROMIUM}: the pages were NOT driven in a browser")
    playwright = pytest.importorskip("playwright.sync_api", reason="browser tests need the playwright package")
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def signed_in(site: Site, browser: Any) -> Callable[[str], Any]:
    """The browser's memory of a signed-in person: signing in happens once for each of them."""
    kept: dict[str, Any] = {}

    def state_of(email: str) -> Any:
        if email not in kept:
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{site.address}/sign-in")
            page.fill("#email", email)
            page.fill("#password", PASSWORD)
            page.click("form.card button")
            page.wait_for_selector("#nav", state="attached")
            kept[email] = context.storage_state()
            context.close()
        return kept[email]

    return state_of


@pytest.fixture(scope="session")
def ready_call(
    site: Site, browser: Any, signed_in: Callable[[str], Any], tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The address of a call brought in with its transcript, scored."""
    context = browser.new_context(storage_state=signed_in("lead@example.com"), base_url=site.address)
    page = context.new_page()
    page.goto("/upload")
    files = [(f"{SAMPLE}.wav", sample_audio(f"{SAMPLE}.ogg")), (f"{SAMPLE}.json", sample_transcript(SAMPLE))]
    facts = {"rep": "Daniel Miller", "direction": "outbound", "disposition": "closed_lost", "language": "en"}
    address = upload(page, files, tmp_path_factory.mktemp("files"), **facts)
    page.goto(address)
    # The page asks for itself and changes when the call is ready: nobody reloads.
    page.wait_for_selector("#scorecard .crit", timeout=30_000)
    context.close()
    return address


@pytest.fixture
def open_page(site: Site, browser: Any, signed_in: Callable[[str], Any]) -> Iterator[Callable[..., Any]]:
    """Opens pages; at the end of the test none of them may have logged an error or met the security policy."""
    contexts: list[Any] = []
    heard: list[str] = []

    def opener(
        path: str = "/", email: str | None = "lead@example.com", expected: str | None = None, **options: Any
    ) -> Any:
        """A page at `path`; console messages that hold `expected` are what the test is about."""

        def note_console(message: Any) -> None:
            if message.type in ("error", "warning") and not (expected and expected in message.text):
                heard.append(f"console {message.type}: {message.text} ({message.location.get('url')})")

        settings = {"viewport": {"width": 1440, "height": 900}, "base_url": site.address, **options}
        context = browser.new_context(storage_state=signed_in(email) if email else None, **settings)
        contexts.append(context)
        context.add_init_script(WATCH_POLICY)
        context.add_init_script(WATCH_JUMPS)
        page = context.new_page()
        page.on("console", note_console)
        page.on("pageerror", lambda error: heard.append(f"page error: {error}"))
        page.goto(path)
        return page

    yield opener
    for context in contexts:
        for page in context.pages:
            heard += page.evaluate("window.policyViolations ?? []")
        context.close()
    assert heard == []
