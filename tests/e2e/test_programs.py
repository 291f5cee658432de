"""Programs in a browser: a token made, used and revoked; a webhook made, tried on a real receiver, switched off."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete

from review.models import Webhook, WebhookMessage
from review.webhooks.keeping import make_poster, make_webhook, open_box, try_webhook
from review.webhooks.signing import sign
from tests.e2e.site import Site
from tests.e2e.test_pages import AXE, RULES
from tests.receiver import Receiver
from workers.webhooks import make_teller

pytestmark = pytest.mark.browser


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


def send(site: Site) -> None:
    """What the threads beside the sweep do."""
    make_teller(site.runtime.database, site.settings).tell_due()


def test_a_token_is_made_used_and_revoked(site: Site, open_page: Callable[..., Any]) -> None:
    name = f"Power BI {uuid.uuid4().hex[:6]}"
    page = open_page("/programs")
    if not page.get_by_label("Name").is_visible():
        page.locator("summary", has_text="New token").click()
    page.get_by_label("Name").fill(name)
    page.locator("input[value='calls:read']").check()
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_text("Shown once: copy it now")).to_be_visible()
    token = page.locator("#secret").inner_text()
    asked = page.request.get(f"{site.address}/api/v1/calls", headers={"Authorization": f"Bearer {token}"})
    assert asked.status == 200
    refused = page.request.get(f"{site.address}/api/v1/evaluations", headers={"Authorization": f"Bearer {token}"})
    assert refused.json()["scope"] == "reviews:read"
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_text(token)).to_have_count(0)
    page.get_by_role("button", name=f"Revoke {name}").click()
    expect(page.get_by_text("are refused from now on")).to_be_visible()
    asked = page.request.get(f"{site.address}/api/v1/calls", headers={"Authorization": f"Bearer {token}"})
    assert asked.status == 401


def test_a_webhook_is_made_tried_and_tried_again(site: Site, open_page: Callable[..., Any], receiver: Receiver) -> None:
    name = f"Data house {uuid.uuid4().hex[:6]}"
    page = open_page("/programs/webhooks/new")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Address").fill(receiver.url)
    page.get_by_role("button", name="Make the webhook").click()
    secret = page.locator("#secret").inner_text()
    page.get_by_role("link", name="To the webhook").click()
    receiver.answers, receiver.text = [500], b"come back later"
    page.get_by_role("button", name="Send a test").click()
    expect(page.locator("#deliveries")).to_contain_text("not tried yet")
    send(site)
    expect(page.locator("#deliveries")).to_contain_text("it answered 500")  # the list asks again by itself
    page.get_by_role("button", name="Send again").click()
    send(site)
    expect(page.locator("#deliveries")).to_contain_text("taken (204)")
    page.locator(".tries summary").click()
    expect(page.get_by_text("come back later")).to_be_visible()
    first, second = receiver.came
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    stamp = int(second.headers["webhook-timestamp"])
    assert second.headers["webhook-signature"] == sign(secret, second.headers["webhook-id"], stamp, second.body)
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("button", name="Switch on")).to_be_visible()
    page.locator("summary", has_text="Remove this webhook").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("The webhook is removed")).to_be_visible()


@pytest.fixture
def address(site: Site, receiver: Receiver) -> Iterator[str]:
    """The page of a webhook with a delivery that failed."""
    with site.runtime.database.session() as session:
        made, _secret = make_webhook(
            session,
            open_box(site.settings),
            make_poster(site.settings),
            name="BI",
            url=receiver.url,
            events=["call.scored"],
            by=None,
        )
        try_webhook(session, made, by=None)
    receiver.answers = [503]
    send(site)
    yield f"/programs/webhooks/{made}"
    with site.runtime.database.session() as session:
        session.execute(delete(WebhookMessage).where(WebhookMessage.webhook_id == made))
        session.execute(delete(Webhook).where(Webhook.id == made))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_a_telephone_is_wide_enough(
    address: str, open_page: Callable[..., Any], scheme: str
) -> None:
    for path in ("/programs", "/programs/webhooks/new", address):
        page = open_page(path, color_scheme=scheme)
        page.evaluate(AXE)
        result = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
        found = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in result["violations"]]
        assert found == [], path
        narrow = open_page(path, color_scheme=scheme, viewport={"width": 390, "height": 844})
        assert narrow.evaluate("document.documentElement.scrollWidth") == 390, path
