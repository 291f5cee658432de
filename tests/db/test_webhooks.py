"""Webhooks told for real: put down with the fact, signed, tried again, switched off where nobody answers, not lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from review.db import Database
from review.models import AuditEvent, Notification, Webhook, WebhookMessage, utc_now
from review.services.crm_secrets import SecretBox
from review.webhooks.events import tell
from review.webhooks.keeping import (
    BadWebhook,
    NoSuchWebhook,
    change_webhook,
    make_webhook,
    remove_webhook,
    renew_secret,
    send_again,
    send_failed_again,
    try_webhook,
)
from review.webhooks.listing import MessageRow, get_webhook, list_messages, list_webhooks
from review.webhooks.posting import Poster
from review.webhooks.sending import GIVE_UP, Teller, prune, take_webhook
from review.webhooks.signing import sign
from tests.factories import make_user
from tests.receiver import Receiver

BOX = SecretBox("a secret of this test, long enough to be one", use="webhooks 1", kind="webhook")
POSTER = Poster(own=("127.0.0.1",))
BODY = {"score": 61.4, "rep_id": 3, "standard": "cold-call"}


@dataclass
class World:
    """One webhook and its receiver."""

    database: Database
    receiver: Receiver
    webhook_id: int
    secret: str
    admin_id: int

    def put(self, subject_id: int = 12, event: str = "call.scored", **body: Any) -> int:
        with self.database.session() as session:
            return tell(session, event, subject_id, body or BODY)

    def send(self, box: SecretBox = BOX) -> int:
        return Teller(
            self.database, box, POSTER, public_url="https://coach.example", clock=lambda: 1_700_000_000.0
        ).tell_due()

    def messages(self) -> tuple[MessageRow, ...]:
        with self.database.read() as session:
            return list_messages(session, self.webhook_id)

    def state(self) -> str:
        with self.database.read() as session:
            found = get_webhook(session, self.webhook_id)
        assert found is not None
        return f"{found.state} {found.why}".strip()

    def wait_over(self) -> None:
        """The pauses are over."""
        with self.database.session() as session:
            session.execute(update(Webhook).values(next_at=0.0))
            session.execute(update(WebhookMessage).where(WebhookMessage.state == "waiting").values(next_at=0.0))

    def days_pass(self) -> None:
        """It has been failing for as long as it may."""
        self.wait_over()
        with self.database.session() as session:
            session.execute(update(Webhook).values(failing_since=Webhook.failing_since - GIVE_UP))
            session.execute(update(WebhookMessage).values(first_at=WebhookMessage.first_at - GIVE_UP))


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    with Receiver() as receiver:
        with database.session() as session:
            admin = make_user(session, "admin")
            made, secret = make_webhook(
                session, BOX, POSTER, name="BI", url=receiver.url, events=["call.scored", "flag.raised"], by=admin.id
            )
            admin_id = admin.id
        yield World(database, receiver, made, secret, admin_id)


def test_a_fact_is_told_signed_and_noted(world: World) -> None:
    assert world.put() == 1
    assert world.send() == 1
    came = world.receiver.came[0]
    assert came.told["event"] == "call.scored"
    assert came.told["data"] == {"call_id": 12, **BODY}
    uid = came.headers["webhook-id"]
    assert came.told["id"] == uid
    assert came.headers["webhook-signature"] == sign(world.secret, uid, 1_700_000_000, came.body)
    message = world.messages()[0]
    assert (message.state, message.attempts, message.tries[0].status) == ("sent", 1, 204)
    assert world.send() == 0


def test_nothing_is_put_down_that_nobody_wants_or_that_was_rolled_back(world: World) -> None:
    assert world.put(5, "evaluation.submitted", score=1.0) == 0
    with pytest.raises(RuntimeError), world.database.session() as session:
        tell(session, "call.scored", 12, BODY)
        raise RuntimeError
    assert world.messages() == ()


@pytest.mark.parametrize(
    ("event", "body"), [("call.lost", {}), ("call.scored", {"quote": "x" * 101}), ("call.scored", {"names": ["Ann"]})]
)
def test_words_of_people_cannot_be_told(world: World, event: str, body: dict[str, Any]) -> None:
    with world.database.session() as session, pytest.raises(ValueError, match=r"event|told"):
        tell(session, event, 1, body)


def test_errors_are_tried_again_with_the_same_id_and_body(world: World) -> None:
    world.receiver.answers = [500, 503]
    world.put()
    assert world.send() == 1
    assert world.send() == 0  # it rests
    world.wait_over()
    assert world.send() == 1
    world.wait_over()
    assert world.send() == 1
    assert len({came.headers["webhook-id"] for came in world.receiver.came}) == 1
    assert len({came.body for came in world.receiver.came}) == 1
    message = world.messages()[0]
    assert (message.state, message.attempts) == ("sent", 3)
    assert [one.status for one in message.tries] == [204, 503, 500]
    with world.database.read() as session:
        row = session.get_one(Webhook, world.webhook_id)
        assert (row.failures, row.failing_since, row.next_at) == (0, None, 0.0)


def test_a_receiver_that_is_away_is_asked_once_for_all_that_waits(world: World) -> None:
    world.receiver.answers = [500]
    for number in range(5):
        world.put(number + 1)
    assert world.send() == 1
    world.wait_over()
    assert world.send() == 5
    assert {row.state for row in world.messages()} == {"sent"}


def test_one_refused_message_holds_up_no_other(world: World) -> None:
    world.receiver.answers = [422]
    world.put(1)
    world.put(2)
    assert world.send() == 2
    assert [row.state for row in world.messages()] == ["sent", "waiting"]


def test_a_receiver_that_asks_for_time_gets_it(world: World) -> None:
    world.receiver.answers, world.receiver.headers = [429], {"Retry-After": "1800"}
    world.put()
    world.send()
    with world.database.read() as session:
        rests = session.get_one(Webhook, world.webhook_id).next_at
        waits = session.scalar(select(WebhookMessage.next_at))
        began = session.scalar(select(WebhookMessage.first_at))
    assert began is not None
    assert waits is not None
    assert rests - began == pytest.approx(1800, abs=1)
    assert waits - began == pytest.approx(1800, abs=1)


def test_410_switches_off_at_once_and_the_administrators_are_told(world: World) -> None:
    world.receiver.answers = [410]
    world.put(1)
    world.put(2)
    assert world.send() == 1
    assert world.state() == "failed gone"
    assert world.send() == 0
    assert world.put(3) == 0
    with world.database.read() as session:
        notice = session.execute(select(Notification.user_id, Notification.kind, Notification.body)).one()
        assert (notice.user_id, notice.kind, notice.body["why"]) == (world.admin_id, "webhook_off", "gone")
        acts = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert acts == ["webhook.made", "webhook.switched_off"]


def test_after_three_days_of_failing_it_is_switched_off_and_nothing_that_waits_is_lost(world: World) -> None:
    world.receiver.answers = [500, 500]
    world.put(1)
    world.send()
    world.put(2)
    world.days_pass()
    assert world.send() == 1
    assert world.state() == "failed no_answer"
    assert [row.state for row in world.messages()] == ["waiting", "failed"]
    with world.database.session() as session:
        change_webhook(session, POSTER, world.webhook_id, by=world.admin_id, on=True)
        assert send_failed_again(session, world.webhook_id, by=world.admin_id) == 1
    assert world.send() == 2
    assert {came.told["data"]["call_id"] for came in world.receiver.came} == {1, 2}
    assert {row.state for row in world.messages()} == {"sent"}


def test_a_sender_that_dies_leaves_the_message_to_the_next_one(world: World) -> None:
    world.put()
    with world.database.session() as session:
        assert take_webhook(session, BOX) is not None
    assert world.send() == 0  # held
    with world.database.session() as session:
        session.execute(update(Webhook).values(lease_until=1.0))
    assert world.send() == 1


def test_a_sender_that_lost_its_lease_stores_nothing(world: World) -> None:
    world.put()

    class Slow(Poster):
        def post(self, url: str, body: bytes, headers: Any) -> Any:
            with world.database.session() as session:
                session.execute(update(Webhook).values(lease_token="somebody else"))
            return POSTER.post(url, body, headers)

    Teller(world.database, BOX, Slow(own=("127.0.0.1",))).tell_due()
    assert [(row.state, row.attempts) for row in world.messages()] == [("waiting", 0)]
    with world.database.read() as session:
        assert session.scalar(select(Webhook.lease_token)) == "somebody else"


def test_both_secrets_sign_while_the_receiver_changes_over(world: World) -> None:
    with world.database.session() as session:
        newer = renew_secret(session, BOX, world.webhook_id, by=world.admin_id)
    world.put()
    world.send()
    came = world.receiver.came[0]
    uid = came.headers["webhook-id"]
    both = [sign(one, uid, 1_700_000_000, came.body) for one in (newer, world.secret)]
    assert came.headers["webhook-signature"].split() == both
    with world.database.session() as session:
        session.execute(update(Webhook).values(old_secret_until=utc_now() - timedelta(seconds=1)))
    world.put()
    world.send()
    assert len(world.receiver.came[1].headers["webhook-signature"].split()) == 1


def test_a_secret_that_cannot_be_read_is_told_not_skipped(world: World) -> None:
    world.put()
    world.send(SecretBox("the key of another installation", use="webhooks 1", kind="webhook"))
    assert world.receiver.came == []
    assert (world.messages()[0].state, world.messages()[0].tries[0].why) == ("waiting", "secret_lost")


def test_a_lost_secret_is_replaced_by_a_new_one(world: World) -> None:
    other = SecretBox("another secret key of the installation, long too", use="webhooks 1", kind="webhook")
    world.put()
    with world.database.session() as session:
        newer = renew_secret(session, other, world.webhook_id, by=world.admin_id)
    assert world.send(other) == 1
    came = world.receiver.came[0]
    assert came.headers["webhook-signature"] == sign(newer, came.headers["webhook-id"], 1_700_000_000, came.body)


def test_a_try_by_hand_goes_out_also_while_it_is_off_and_only_once(world: World) -> None:
    with world.database.session() as session:
        change_webhook(session, POSTER, world.webhook_id, by=None, on=False)
        session.execute(update(Webhook).values(next_at=9e12))
        try_webhook(session, world.webhook_id, by=world.admin_id)
    world.receiver.answers = [500]
    assert world.send() == 1
    assert world.receiver.came[0].told["event"] == "test"
    assert world.messages()[0].state == "failed"
    assert world.state() == "off"
    with world.database.session() as session:
        send_again(session, world.webhook_id, world.messages()[0].id, by=None)
    assert world.send() == 1
    assert world.messages()[0].state == "sent"


def test_secrets_are_kept_closed_and_addresses_checked(world: World) -> None:
    with world.database.session() as session:
        kept = session.scalar(select(Webhook.secrets))
        assert kept is not None
        assert world.secret.removeprefix("whsec_").encode() not in kept
        for field, value, why in (
            ("url", "http://10.0.0.1/", "not_https"),
            ("url", "https://10.0.0.1/", "inner_address"),
            ("url", "nonsense", "bad_address"),
            ("name", " ", "empty"),
            ("events", ["call.lost"], "unknown"),
            ("events", [], "empty"),
        ):
            with pytest.raises(BadWebhook) as refused:
                change_webhook(session, POSTER, world.webhook_id, by=None, **{field: value})  # type: ignore[arg-type]
            assert (refused.value.field, refused.value.why) == (field, why)
        with pytest.raises(NoSuchWebhook):
            send_again(session, world.webhook_id + 1, 1, by=None)


def test_a_slow_receiver_holds_up_only_itself(world: World) -> None:
    with Receiver() as other, world.database.session() as session:
        make_webhook(session, BOX, POSTER, name="other", url=other.url, events=["call.scored"], by=None)
        tell(session, "call.scored", 1, BODY)
        session.flush()
        first = take_webhook(session, BOX)
        second = take_webhook(session, BOX)
        assert first is not None
        assert second is not None
        assert {first.id, second.id} == {row.id for row in list_webhooks(session)}
        assert take_webhook(session, BOX) is None


def test_old_messages_and_removed_webhooks_leave_nothing(world: World) -> None:
    world.put(1)
    world.send()
    world.put(2)
    with world.database.session() as session:
        assert prune(session, utc_now() + timedelta(days=1)) == 1
    assert [row.subject_id for row in world.messages()] == [2]
    with world.database.session() as session:
        remove_webhook(session, world.webhook_id, by=None)
        assert session.scalar(select(func.count()).select_from(WebhookMessage)) == 0
        assert list_webhooks(session) == ()
