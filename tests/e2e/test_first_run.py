"""The first day in a browser: from an empty installation to the first scored call and the first invitation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from review.accounts.first_run import setup_code
from review.accounts.installation import read_installation
from review.models import Call
from review.services.scoring_facts import gather_facts
from tests.e2e.conftest import SAMPLE
from tests.e2e.driving import upload
from tests.e2e.site import Site, close_site, open_site, sample_audio, sample_transcript
from tests.e2e.test_pages import AXE, RULES

pytestmark = pytest.mark.browser

PASSPHRASE = "seven swans cross the fjord"


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation on its first day."""
    opened = open_site(tmp_path_factory.mktemp("first") / "data", people=False)
    yield opened
    close_site(opened)


def test_from_nothing_to_the_first_scored_call(empty: Site, browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(
        base_url=empty.address, viewport={"width": 1440, "height": 900}, timezone_id="Asia/Seoul"
    )
    page = context.new_page()
    page.goto("/")
    page.wait_for_url("**/first")
    page.evaluate(AXE)
    broken = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)["violations"]
    assert [one["id"] for one in broken] == []
    for name, value in {
        "code": "AAAA-AAAA-AAAA",
        "name": "Mara Founder",
        "email": "mara@example.com",
        "password": PASSPHRASE,
        "again": PASSPHRASE,
    }.items():
        page.fill(f"#{name}", value)
    page.click("text=Make the account")
    page.wait_for_selector("text=This is not the set-up code")
    page.fill("#code", setup_code(empty.settings.secret_key()).lower())
    page.fill("#password", PASSPHRASE)
    page.fill("#again", PASSPHRASE)
    page.click("text=Make the account")

    page.wait_for_url("**/first/company")
    assert page.input_value("#zone") == "Asia/Seoul"  # guessed from the browser
    page.fill("#company", "Fjord Chairs")
    page.fill("#products", "swivel chair\nstanding desk")
    page.fill("#competitors", "Riverside Furniture")
    page.click("text=Go on to the calls")
    page.wait_for_url("**/first/calls")
    page.goto("/first/watch")
    page.wait_for_selector("text=No call has arrived yet")
    other = context.new_page()
    other.goto("/first/calls")
    other.click(".way a >> text=Upload")
    files = [(f"{SAMPLE}.wav", sample_audio(f"{SAMPLE}.ogg")), (f"{SAMPLE}.json", sample_transcript(SAMPLE))]
    upload(other, files, tmp_path, direction="outbound", language="en")
    # The page asks for itself: nobody reloads.
    page.wait_for_selector("#watch >> text=Open the call", timeout=60_000)
    page.click("text=Open the call")
    page.wait_for_selector("#scorecard .crit", timeout=30_000)
    with empty.runtime.database.read() as session:
        kept = read_installation(session)
        assert (kept.company, kept.products) == ("Fjord Chairs", ("swivel chair", "standing desk"))
        call = session.get_one(Call, 1)
        facts = gather_facts(session, call)
    assert "standing desk" in facts.products
    assert facts.competitors == ("Riverside Furniture",)

    page.goto("/")
    page.wait_for_selector(".first-steps")
    assert page.locator(".first-steps li.done").count() == 2  # the company and its first call
    page.click(".first-steps a >> text=Invite")
    page.fill("#email", "colleague@example.com")
    page.check("[name=roles][value=rep]")
    page.click("form.card >> text=Invite")
    page.wait_for_selector("text=A letter is on its way")
    page.goto("/")
    assert page.locator(".first-steps li.done").count() == 3
    page.click("text=Put away")
    page.wait_for_selector("text=Put away. Everything")
    assert page.locator(".first-steps").count() == 0
    page.goto("/first")
    page.wait_for_url(f"{empty.address}/")  # nobody becomes admin by the code any more
    context.close()
