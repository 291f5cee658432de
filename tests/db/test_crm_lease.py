"""A delivery that takes long keeps its lease; one that lost it sends no more; a CRM that asks for quiet gets it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from review.clock import database_now
from review.crm import sending
from review.crm.http import LONGEST_TRY, LONGEST_WAIT, TRIES
from review.crm.sending import LEASE, RENEW_AFTER, claim_next
from review.db import BUSY_MILLISECONDS
from review.models import OutboxItem
from review.services.crm_connections import name_person
from tests.db.crm_world import World
from tests.db.test_crm_sending import make_due, put, sender, state, world
from tests.factories import make_rep

__all__ = ["world"]


class Clock:
    """A clock of this process that tests move; the database's leases move with it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now = 1000.0

    def monotonic(self) -> float:
        """Seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Nobody sleeps here."""

    def go(self, seconds: float) -> None:
        """Let time pass for both."""
        self.now += seconds
        with self.world.database.session() as session:
            session.execute(
                update(OutboxItem)
                .where(OutboxItem.lease_until.is_not(None))
                .values(lease_until=OutboxItem.lease_until - seconds)
            )


@pytest.fixture
def clock(world: World, monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock(world)
    monkeypatch.setattr(sending, "time", made)
    return made


def test_the_lease_is_longer_than_what_passes_between_two_renewals() -> None:
    assert RENEW_AFTER + LONGEST_TRY + LONGEST_WAIT + BUSY_MILLISECONDS / 1000 <= LEASE


def test_a_delivery_of_many_slow_requests_is_never_taken_by_a_second_sender(world: World, clock: Clock) -> None:
    """Every request takes as long as one may, and fails as often as it may: the item stays with its sender."""
    reopen(world)
    world.fake.faults = [(502, {}, b"")] * (TRIES - 1)
    taken, requests, answer = [], [], world.fake.answer

    def slowly(*asked: Any) -> Any:
        requests.append(asked)
        clock.go(LONGEST_TRY)
        with world.database.session() as session:
            taken.append(claim_next(session))
        clock.go(LONGEST_WAIT)
        return answer(*asked)

    world.fake.answer = slowly
    assert sender(world).send_due() == 1
    assert len(requests) * (LONGEST_TRY + LONGEST_WAIT) > LEASE
    assert taken == [None] * len(requests)
    assert state(world, "reopen").state == "sent"


def test_who_lost_the_lease_sends_nothing_more(world: World, clock: Clock) -> None:
    """A process frozen in the middle of a delivery: somebody else has the item when it thaws."""
    reopen(world)
    taken, answer = [], world.fake.answer

    def frozen(*asked: Any) -> Any:
        if not taken:
            clock.go(LEASE + 1)
            with world.database.session() as session:
                taken.append(claim_next(session))
        return answer(*asked)

    world.fake.answer = frozen
    before = len(world.fake.asked)
    assert sender(world).send_due() == 1
    assert len(world.fake.asked) == before + 1
    assert taken[0] is not None
    assert state(world, "reopen").state == "waiting"
    sender(world).send(taken[0])
    assert state(world, "reopen").state == "sent"


def test_a_crm_that_asks_for_quiet_hears_nothing_of_what_else_waits(world: World) -> None:
    """An hour of "slow down": one request is refused, not one for every item, and nothing is given up."""
    client_id = world.deal(world.fake.deal_ids[0]).client_id
    for number in range(20):
        put(world, "crm.task", f"task-{number}", client_id=client_id, title="Call")
    for _ in range(sending.TRIES + 2):
        world.fake.faults = [(429, {"Retry-After": "3600"}, b"{}")] * 40
        asked = len(world.fake.asked)
        assert sender(world).send_due() == 1
        assert len(world.fake.asked) == asked + 1
        with world.database.read() as session:
            now = float(session.scalar(select(database_now())) or 0.0)
            assert min(session.scalars(select(OutboxItem.next_at))) > now + 3000
        make_due(world)
    world.fake.faults = []
    assert sender(world).send_due() == 20
    assert {state(world, f"task-{number}").state for number in range(20)} == {"sent"}


def reopen(world: World) -> None:
    """A lead to be opened again: several requests."""
    with world.database.session() as session:
        other = make_rep(session, "Boris Novak", email="boris@example.com").id
        name_person(session, world.connection_id, "12", other)
    deal = world.deal(world.fake.deal_ids[1])
    put(world, "crm.reopen", "reopen", deal_id=deal.id, rep_id=other, text="Ask", due_at="2025-12-01T09:00:00+00:00")
