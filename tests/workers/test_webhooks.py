"""Webhooks told beside the sweep: threads that come when something is due, and a real receiver that fails at first."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from review.models import Webhook, WebhookMessage
from review.settings import Settings
from review.webhooks.events import tell
from review.webhooks.keeping import make_poster, make_webhook, open_box
from tests.receiver import Receiver
from tests.waiting import wait_until
from tests.workers.installation import Installation
from workers.webhooks import Telling


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture
def local(settings: Settings) -> Settings:
    """Settings that name this machine as one's own."""
    return dataclasses.replace(settings, webhook_own_hosts=("127.0.0.1",), public_url="https://coach.example")


def add(installation: Installation, local: Settings, receiver: Receiver, name: str = "BI") -> int:
    with installation.database.session() as session:
        made, _secret = make_webhook(
            session,
            open_box(local),
            make_poster(local),
            name=name,
            url=receiver.url,
            events=["call.scored"],
            by=None,
        )
        return made


def put(installation: Installation, number: int = 1) -> None:
    with installation.database.session() as session:
        tell(session, "call.scored", number, {"score": 61.0})


def beat(telling: Telling) -> int:
    """A tick for which the time to look has come."""
    telling._checked = -1e9
    return telling.tick()


def states(installation: Installation) -> list[str]:
    with installation.database.read() as session:
        return list(session.scalars(select(WebhookMessage.state).order_by(WebhookMessage.id)))


def test_nothing_runs_while_nothing_is_due_and_what_is_due_goes_out(
    installation: Installation, local: Settings, receiver: Receiver
) -> None:
    telling = Telling(installation.database, local)
    assert beat(telling) == 0
    add(installation, local, receiver)
    assert beat(telling) == 0
    put(installation)
    assert beat(telling) == 1
    wait_until(lambda: states(installation) == ["sent"])
    assert receiver.came[0].told["links"]["page"] == "https://coach.example/calls/1"
    telling.stop()


def test_500s_then_200_over_several_ticks(installation: Installation, local: Settings, receiver: Receiver) -> None:
    receiver.answers = [500, 502, 200]
    add(installation, local, receiver)
    put(installation)
    telling = Telling(installation.database, local)

    def again() -> bool:
        with installation.database.session() as session:  # its rest is over
            session.execute(update(Webhook).values(next_at=0.0))
            session.execute(update(WebhookMessage).where(WebhookMessage.state == "waiting").values(next_at=0.0))
        beat(telling)
        return states(installation) == ["sent"]

    wait_until(again)
    assert len(receiver.came) == 3
    assert len({came.headers["webhook-id"] for came in receiver.came}) == 1
    telling.stop()


def test_a_receiver_that_says_nothing_holds_up_no_other(
    installation: Installation, local: Settings, receiver: Receiver
) -> None:
    with Receiver(answers=[0]) as silent:
        add(installation, local, silent, "silent")
        add(installation, local, receiver, "quick")
        put(installation)
        telling = Telling(installation.database, local)

        def quick_has_it() -> bool:
            beat(telling)
            return len(receiver.came) == 1

        wait_until(quick_has_it)
        wait_until(lambda: len(silent.came) == 1)
        wait_until(lambda: states(installation) == ["waiting", "sent"])
        silent.let_go.set()
        telling.stop()


def test_an_address_that_moved_into_an_inner_network_is_not_asked(
    installation: Installation, local: Settings, receiver: Receiver
) -> None:
    add(installation, local, receiver)
    put(installation)
    telling = Telling(installation.database, dataclasses.replace(local, webhook_own_hosts=()))
    beat(telling)

    def tried() -> bool:
        with installation.database.read() as session:
            return bool(session.scalar(select(WebhookMessage.attempts)))

    wait_until(tried)
    telling.stop()
    assert receiver.came == []
    with installation.database.read() as session:
        assert session.scalar(select(WebhookMessage.tries))[0]["why"] == "not_https"  # type: ignore[index]
