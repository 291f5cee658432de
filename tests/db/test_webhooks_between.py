"""Webhooks changed, renewed and removed while deliveries wait or are under way; checked by a receiver's own verifier.

`fits` is written from docs/api.md alone, with nothing of ours in it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from review.db import Database
from review.models import Webhook, WebhookMessage, utc_now
from review.webhooks.events import tell
from review.webhooks.keeping import change_webhook, remove_webhook, renew_secret, send_failed_again
from review.webhooks.sending import Teller
from tests.db.test_webhooks import BODY, BOX, POSTER, World, world
from tests.receiver import Came, Receiver

__all__ = ["world"]  # the fixture
NOW = 1_700_000_000


def fits(secret: str, came: Came, now: int = NOW) -> bool:
    """What a stranger who read the page would write."""
    stamp = came.headers["webhook-timestamp"]
    if abs(now - int(stamp)) > 300:
        return False
    signed = b".".join((came.headers["webhook-id"].encode(), stamp.encode(), came.body))
    key = base64.b64decode(secret[len("whsec_") :])
    ours = hmac.new(key, signed, hashlib.sha256).digest()
    for one in came.headers["webhook-signature"].split(" "):
        version, _comma, text = one.partition(",")
        if version == "v1" and hmac.compare_digest(base64.b64decode(text), ours):
            return True
    return False


class Meddling:
    """A poster by whose first try somebody does something to the webhook."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.act: Callable[[], None] | None = act

    def post(self, url: str, body: bytes, headers: Any) -> Any:
        """Post, then meddle once."""
        outcome = POSTER.post(url, body, headers)
        act, self.act = self.act, None
        if act is not None:
            act()
        return outcome


def send_meddled(world: World, act: Callable[[], None]) -> int:
    teller = Teller(world.database, BOX, Meddling(act), clock=lambda: float(NOW))  # type: ignore[arg-type]
    return teller.tell_due()


def test_every_delivery_fits_the_secret_and_no_other(world: World) -> None:
    world.receiver.answers = [503]
    world.put()
    world.send()
    world.wait_over()
    world.send()
    assert [fits(world.secret, came) for came in world.receiver.came] == [True, True]
    first = world.receiver.came[0]
    assert not fits("whsec_" + base64.b64encode(b"x" * 32).decode(), first)
    assert not fits(world.secret, first, NOW + 301)
    assert not fits(world.secret, Came(first.headers, first.body.replace(b"61.4", b"99.9")))


def test_what_waited_before_a_new_secret_fits_both_of_them(world: World) -> None:
    world.receiver.answers = [500]
    world.put(1)
    world.send()
    with world.database.session() as session:
        newer = renew_secret(session, BOX, world.webhook_id, by=None)
    world.wait_over()
    world.send()
    later = world.receiver.came[-1]
    assert fits(newer, later)
    assert fits(world.secret, later)
    with world.database.session() as session:
        newest = renew_secret(session, BOX, world.webhook_id, by=None)
    world.put(2)
    world.send()
    assert [fits(one, world.receiver.came[-1]) for one in (newest, newer, world.secret)] == [True, True, False]
    with world.database.session() as session:
        session.execute(update(Webhook).values(old_secret_until=utc_now() - timedelta(seconds=1)))
    world.put(3)
    world.send()
    assert [fits(one, world.receiver.came[-1]) for one in (newest, newer)] == [True, False]


def test_a_secret_made_while_deliveries_are_under_way_holds_from_the_next_one(world: World) -> None:
    made: list[str] = []

    def renew() -> None:
        with world.database.session() as session:
            made.append(renew_secret(session, BOX, world.webhook_id, by=None))

    world.put(1)
    world.put(2)
    assert send_meddled(world, renew) == 2
    assert [fits(made[0], came) for came in world.receiver.came] == [False, True]


def test_switched_off_while_under_way_nothing_more_is_sent_and_the_rest_waits(world: World) -> None:
    def off() -> None:
        with world.database.session() as session:
            change_webhook(session, POSTER, world.webhook_id, by=None, on=False)

    for number in range(3):
        world.put(number + 1)
    assert send_meddled(world, off) == 1
    assert sorted(row.state for row in world.messages()) == ["sent", "waiting", "waiting"]
    with world.database.session() as session:
        change_webhook(session, POSTER, world.webhook_id, by=None, on=True)
    assert world.send() == 2
    assert len({came.headers["webhook-id"] for came in world.receiver.came}) == 3


def test_another_address_holds_from_the_next_delivery_on(world: World) -> None:
    with Receiver() as moved:

        def move() -> None:
            with world.database.session() as session:
                change_webhook(session, POSTER, world.webhook_id, by=None, url=moved.url)

        world.put(1)
        world.put(2)
        assert send_meddled(world, move) == 2
        assert (len(world.receiver.came), len(moved.came)) == (1, 1)


def test_removed_while_under_way_with_deliveries_waiting_leaves_nothing_and_harms_nothing(world: World) -> None:
    def remove() -> None:
        with world.database.session() as session:
            remove_webhook(session, world.webhook_id, by=None)

    world.put(1)
    world.put(2)
    assert send_meddled(world, remove) == 1
    assert world.send() == 0
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(WebhookMessage)) == 0


@pytest.mark.parametrize("first", ["removal", "fact"])
def test_a_webhook_removed_while_a_fact_is_stored_takes_the_fact_not_with_it(
    world: World, database: Database, first: str
) -> None:
    begun, results = threading.Event(), []

    def other() -> None:
        begun.set()
        with database.session() as session:
            if first == "removal":
                results.append(tell(session, "call.scored", 1, BODY))
            else:
                remove_webhook(session, world.webhook_id, by=None)

    thread = threading.Thread(target=other)
    with database.session() as session:
        if first == "removal":
            remove_webhook(session, world.webhook_id, by=None)
        else:
            results.append(tell(session, "call.scored", 1, BODY))
        session.flush()
        thread.start()
        assert begun.wait(10)
        thread.join(timeout=0.5)  # it waits for this transaction, or comes after it
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert results == ([0] if first == "removal" else [1])
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Webhook)) == 0
        assert session.scalar(select(func.count()).select_from(WebhookMessage)) == 0


def test_a_sender_that_dies_after_the_answer_repeats_the_same_id_and_body(world: World) -> None:
    def lose_lease() -> None:
        with world.database.session() as session:
            session.execute(update(Webhook).values(lease_token="another", lease_until=1.0))

    world.put()
    assert send_meddled(world, lose_lease) == 2  # what it sent was not noted, so it comes again
    first, second = world.receiver.came
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)


def test_what_failed_for_good_goes_out_again_only_when_asked(world: World) -> None:
    world.receiver.answers = [410]
    world.put(1)
    world.put(2)
    world.send()
    with world.database.session() as session:
        change_webhook(session, POSTER, world.webhook_id, by=None, on=True)
    assert world.send() == 1  # what waited; the refused one has failed
    with world.database.session() as session:
        assert send_failed_again(session, world.webhook_id, by=None) == 1
    assert world.send() == 1
    assert {row.state for row in world.messages()} == {"sent"}
