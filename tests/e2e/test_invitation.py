"""From an invitation to a sign-in with a one-time code, in a browser: letter, link, passphrase, app, recovery code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyotp
import pytest
from sqlalchemy import delete, select, update

from review.accounts.installation import set_code_roles
from review.models import Invitation, Letter, OneTimeCode, User
from review.notices.sending import Sender
from review.notices.server import MailServer
from tests.e2e.site import Site
from tests.e2e.test_pages import AXE, PHONE, RULES
from web.app import create_app
from web.mail.sending import writer

pytestmark = pytest.mark.browser

NINA = "nina@example.com"
PASSPHRASE = "seven swans cross the fjord"


@pytest.fixture
def clean(site: Site, tmp_path: Path) -> Iterator[Path]:
    """A folder for mails; who was invited here is gone at the end, and nobody must have codes."""
    with site.runtime.database.session() as session:
        session.execute(delete(Letter))
    yield tmp_path
    with site.runtime.database.session() as session:
        set_code_roles(session, [], by=None)
        session.execute(delete(Letter))
        session.execute(delete(Invitation))
        session.execute(delete(User).where(User.email == NINA))


def letter_of(site: Site, folder: Path) -> str:
    """The text of the one letter that is sent now, read from its file."""
    server = MailServer("Callcoach <calls@example.com>", folder=folder)
    assert Sender(site.runtime.database, server, writer(create_app(site.settings))).send_due().sent == 1
    [file] = [path for path in folder.rglob("*") if path.is_file()]
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["To"] == NINA
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def forget_last_code(site: Site) -> None:
    """As if half a minute had passed: a code of the same half minute is not taken twice."""
    with site.runtime.database.session() as session:
        session.execute(update(OneTimeCode).values(last_step=0))


def test_invited_letter_code_and_recovery(site: Site, clean: Path, open_page: Callable[..., Any]) -> None:
    with site.runtime.database.session() as session:
        set_code_roles(session, ["manager"], by=None)
    admin = open_page("/users")
    admin.click("text=Invite")
    admin.fill("#email", NINA)
    admin.check("[name=roles][value=manager]")
    admin.click("form.card >> text=Invite")
    admin.wait_for_selector("text=A letter is on its way")
    shown = admin.input_value("#link")
    assert admin.locator(".people >> text=Ines Keller").count() >= 1

    words = letter_of(site, clean)
    link = re.search(r"https?://\S+/invitations/\S+", words)
    assert link
    # The letter says the installation's own address, which here is not the test server's.
    assert urlsplit(link.group(0).rstrip(".")).path == urlsplit(shown).path

    nina = open_page(shown, email=None)
    nina.fill("#name", "Nina Nova")
    nina.fill("#password", PASSPHRASE)
    nina.fill("#again", PASSPHRASE)
    nina.click("text=Accept and go in")
    nina.wait_for_selector(".qr svg")
    totp = pyotp.TOTP(nina.locator("#key").inner_text().replace(" ", ""))
    nina.goto("/users")  # the first step opens nothing
    nina.wait_for_url("**/sign-in**")
    nina.goto("/sign-in/code")
    nina.fill("#code", totp.now())
    nina.click("form.card >> text=Go on")
    nina.wait_for_selector("#recovery li")
    recovery = nina.locator("#recovery code").all_inner_texts()
    assert len(recovery) == 10
    nina.click("text=I have kept them")
    nina.wait_for_selector("#nav", state="attached")

    def sign_in(code: str) -> None:
        nina.fill("#email", NINA)
        nina.fill("#password", PASSPHRASE)
        nina.click("form.card button")
        nina.wait_for_selector("#code")
        nina.fill("#code", code)
        nina.click("form.card >> text=Go on")
        nina.wait_for_selector("#nav", state="attached")

    nina.click("text=Sign out")
    nina.wait_for_selector("#email")
    forget_last_code(site)
    sign_in(totp.now())
    nina.goto("/account")
    nina.wait_for_selector("text=10 recovery codes are left")
    nina.click("text=Sign out")
    nina.wait_for_selector("#email")
    sign_in(recovery[3])
    nina.goto("/account")
    nina.wait_for_selector("text=9 recovery codes are left")
    with site.runtime.database.read() as session:
        assert session.scalar(select(User.signed_in_at).where(User.email == NINA)) is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{}, PHONE], ids=["wide", "phone"])
def test_the_pages_of_accounts(
    site: Site, clean: Path, size: dict[str, Any], scheme: str, open_page: Callable[..., Any]
) -> None:
    page = open_page("/users", color_scheme=scheme, expected="inline style", **size)  # the checker's own
    found = []
    for address in (
        "/users",
        "/users?q=nobodyiscalledthis",
        "/users/invite",
        "/users/1",
        "/users/3",
        "/users/sign-in",
        "/teams",
        "/reps",
        "/reps/1",
        "/account",
        "/account/codes",
        "/forgotten",
        "/first/company",
        "/first/calls",
        "/first/watch",
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        page.evaluate(AXE)
        result = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
        found += [
            f"{address}: {broken['id']} {node['target']} {node.get('failureSummary', '')}"
            for broken in result["violations"]
            for node in broken["nodes"]
        ]
    assert found == [], "\n".join(found)
