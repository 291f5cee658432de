"""Recovery codes in a browser: copied, printed as codes and names alone; and shutting out asks before it does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyotp
import pytest
from sqlalchemy import delete

from review.models import OneTimeCode, RecoveryCode, User
from review.services.users import create_user
from tests.e2e.site import PASSWORD, Site
from tests.e2e.test_pages import AXE, PHONE, RULES

pytestmark = pytest.mark.browser

PERSON = "mika@example.com"
VISIBLE = """[...document.querySelectorAll("body *")].filter((e) => e.checkVisibility() && !e.children.length
  && e.textContent.trim() && !e.closest("svg")).map((e) => e.textContent.trim())"""


@pytest.fixture
def person(site: Site) -> Iterator[int]:
    """Somebody who can be shut out, and who sets codes up; gone afterwards."""
    with site.runtime.database.session() as session:
        number = create_user(session, email=PERSON, name="Mika Moor", password=PASSWORD, roles=["reviewer"])
    yield number
    with site.runtime.database.session() as session:
        for table in (RecoveryCode, OneTimeCode):
            session.execute(delete(table).where(table.user_id == number))
        session.execute(delete(User).where(User.id == number))


def recovery_page(page: Any) -> list[str]:
    """Sign in, set codes up, and stop at the codes; which they are."""
    page.fill("#email", PERSON)
    page.fill("#password", PASSWORD)
    page.click("form.card button")
    page.wait_for_selector("#nav", state="attached")
    page.goto("/account/codes")
    page.fill("#passphrase", PASSWORD)
    page.click("form.card button")
    page.wait_for_selector(".qr svg")
    page.fill("#code", pyotp.TOTP(page.locator("#key").inner_text().replace(" ", "")).now())
    page.click("form.card >> text=Go on")
    page.wait_for_selector("#recovery li")
    return list(page.locator("#recovery code").all_inner_texts())


def faults(page: Any) -> list[str]:
    page.evaluate(AXE)
    result = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
    return [f"{one['id']} {node['target']}" for one in result["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{}, PHONE], ids=["wide", "phone"])
def test_codes_are_copied_and_printed_alone(
    site: Site, person: int, size: dict[str, Any], scheme: str, open_page: Callable[..., Any]
) -> None:
    given = ["clipboard-read", "clipboard-write"]
    page = open_page("/sign-in", email=None, expected="inline style", color_scheme=scheme, permissions=given, **size)
    assert page.locator("label[for=password]").inner_text() == "Passphrase"
    codes = recovery_page(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults(page) == []
    page.click("text=Copy")
    page.wait_for_selector("text=Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "\n".join(codes)

    page.evaluate("window.print = () => { window.asked = true; }")
    page.click("[data-print]")
    assert page.evaluate("window.asked") is True
    page.evaluate("document.documentElement.dataset.theme = 'dark'")  # the switch's choice is not for paper
    page.emulate_media(media="print", color_scheme=scheme)
    shown = page.evaluate(VISIBLE)
    day = shown[6]
    assert shown == [
        "Recovery codes",
        "Installation",
        "Riverside Furniture · Callcoach",
        "Account",
        PERSON,
        "Date",
        day,
        *codes,
    ]
    assert page.evaluate("getComputedStyle(document.querySelector('#recovery code')).color") == "rgb(28, 30, 33)"
    edges = "[...document.querySelectorAll('#recovery code')].map((code) => code.getBoundingClientRect())"
    assert page.evaluate(f"{edges}.every((box) => box.left >= 0 && box.right <= innerWidth)")  # the card cuts off


def test_codes_are_copied_where_there_is_no_clipboard(site: Site, person: int, open_page: Callable[..., Any]) -> None:
    """Over plain http browsers give no clipboard; the old way copies what is selected."""
    page = open_page("/sign-in", email=None)
    codes = recovery_page(page)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.evaluate("document.addEventListener('copy', () => { window.taken = getSelection().toString(); })")
    page.click("text=Copy")
    page.wait_for_selector("text=Copied")
    assert page.evaluate("window.taken.split(/\\s+/).filter(Boolean)") == codes


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{}, PHONE], ids=["wide", "phone"])
def test_shutting_out_asks_first(
    site: Site, person: int, size: dict[str, Any], scheme: str, open_page: Callable[..., Any]
) -> None:
    page = open_page(f"/users/{person}", expected="inline style", color_scheme=scheme, **size)
    page.click("text=Shut out…")
    box = page.locator("#act-disable")
    assert "No session is open. They cannot sign in any more" in box.inner_text()
    assert page.locator(".chip.bad").count() == 0  # nothing has happened yet
    page.click("text=End sessions…")
    assert page.locator("details.sure[open]").count() == 1  # one question at a time
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("text=Shut out…")
    assert faults(page) == []
    page.click("text=Yes, shut them out")
    page.wait_for_load_state()
    page.wait_for_selector("h1 .chip.bad")
    page.click("text=Let in again")
    page.wait_for_load_state()
    page.wait_for_selector("h1:not(:has(.chip))")
