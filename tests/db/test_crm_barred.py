"""A number is barred after the CRM was told to call it: the task there is closed, once, with the reason."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from review.models import ClientPhone, DoNotCall, OutboxItem, WinBackLead, utc_now
from review.services.crm_connections import name_person
from review.win_back.barred import anything_to_withdraw, withdraw_barred, withdrawal_key
from tests.db.crm_world import World
from tests.db.test_crm_sending import put, sender, state, world
from tests.factories import make_rep

__all__ = ["world"]


def hand_out(world: World, **more: Any) -> str:
    """A lost lead handed to another rep, and the CRM told; the key it was told under."""
    deal = world.deal(world.fake.deal_ids[1])
    with world.database.session() as session:
        other = make_rep(session, "Boris Novak", email="boris@example.com").id
        name_person(session, world.connection_id, "12", other)
        key = f"reopen:{deal.id}:1"
        values = {"state": "reopened", "push_key": key, "new_owner_id": other, **more}
        session.add(
            WinBackLead(
                deal_id=deal.id, client_id=deal.client_id, arm="queue", control_share=0.0, seed="s", lot=0.5,
                watch_until=utc_now(), found_band="likely", judged={}, judged_at=utc_now(), inputs="", probability=0.5,
                band="likely", chance=0.5, reasons="", rank=1.0, **values,
            )
        )  # fmt: skip
    put(world, "crm.reopen", key, deal_id=deal.id, rep_id=other, text="Ask", due_at="2025-12-01T09:00:00+00:00")
    return key


def bar(world: World, reason: str = "asked us to stop") -> None:
    """The client's first number goes on the list."""
    client_id = world.deal(world.fake.deal_ids[1]).client_id
    with world.database.session() as session:
        number = session.query(ClientPhone.e164).filter_by(client_id=client_id).limit(1).scalar()
        session.add(DoNotCall(e164=number, reason=reason, source="call", at=utc_now()))


def withdraw(world: World) -> int:
    with world.database.read() as session:
        due = anything_to_withdraw(session)
    with world.database.session() as session:
        done = withdraw_barred(session)
    assert due == bool(done)
    return done


def test_the_task_is_closed_when_the_number_is_barred(world: World) -> None:
    key = hand_out(world)
    sender(world).send_due()
    assert world.fake.tasks_open() == [True]
    assert withdraw(world) == 0
    bar(world)
    assert withdraw(world) == 1
    assert withdraw(world) == 0
    assert sender(world).send_due() == 1
    assert state(world, withdrawal_key(key)).state == "sent"
    assert world.fake.tasks_open() == [False]
    assert any("asked us to stop" in text for text in [*world.fake.texts(), *world.fake.tasks_said()])


def test_a_lost_answer_closes_it_once(world: World) -> None:
    key = hand_out(world)
    sender(world).send_due()
    bar(world)
    assert withdraw(world) == 1
    world.fake.after_done = [504] * 4
    sender(world).send_due()
    with world.database.session() as session:
        session.execute(update(OutboxItem).values(next_at=0.0))
    world.fake.after_done = []
    sender(world).send_due()
    assert state(world, withdrawal_key(key)).state == "sent"
    said = [*world.fake.texts(), *world.fake.tasks_said()]
    assert sum("asked us to stop" in text for text in said) == 1


@pytest.mark.parametrize("more", [{"state": "closed"}, {"push_key": None}])
def test_a_lead_that_is_over_or_was_never_told_is_left_alone(world: World, more: dict[str, Any]) -> None:
    hand_out(world, **more)
    sender(world).send_due()
    bar(world)
    assert withdraw(world) == 0


def test_what_was_barred_before_it_was_told_makes_no_task(world: World) -> None:
    key = hand_out(world)
    bar(world)
    sender(world).send_due()
    assert state(world, key).state == "failed"
    assert withdraw(world) == 0
    assert world.fake.tasks_open() == []
