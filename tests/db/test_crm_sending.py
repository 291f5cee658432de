"""The outbox sent to a fake CRM: in order, once, though processes die; given up where people see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from review.crm.outbox import enqueue, told
from review.crm.sending import NotRetriable, Sender, claim_next, retry
from review.crm.sync import sync_connection
from review.db import Database
from review.models import Call, CrmConnection, CrmId, Deal, OutboxItem
from review.services.crm_connections import name_person
from tests.crm_fakes.amocrm import FakeAmo
from tests.crm_fakes.bitrix24 import FakeBitrix
from tests.db.crm_world import BOX, World
from tests.factories import make_call, make_rep, make_task, store_score, store_words

SUMMARY = [
    {"about": "wants", "quote": "twelve desks by March"},
    {"about": "objections", "quote": "that is too dear"},
    {"about": "weather", "quote": "it rains"},
]


@pytest.fixture(params=(FakeAmo, FakeBitrix), ids=lambda fake: fake.kind)
def world(request: pytest.FixtureRequest, database: Database) -> Iterator[World]:
    with request.param() as fake:
        fake.fill()
        settings, secrets = fake.connection()
        with database.session() as session:
            rep = make_rep(session, "Anna Kim", email="anna@example.com")
            crm = CrmConnection(kind=fake.kind, name="the CRM", settings=settings, cursor={}, counts={})
            session.add(crm)
            session.flush()
            crm.secrets = BOX.close(crm.id, secrets)
            made = World(database, fake, crm.id, rep.id)
        assert made.sync().error == ""
        yield made


def sender(world: World) -> Sender:
    return Sender(world.database, BOX, region="DE", public_url="https://coach.example.com", wait=world.waited.append)


def scored_call(world: World, **more: Any) -> int:
    """A scored call of the first deal's client."""
    deal = world.deal(world.fake.deal_ids[0])
    with world.database.session() as session:
        call = make_call(
            session, client_id=deal.client_id, deal_id=deal.id, rep_id=world.rep_id, direction="outbound",
            client_phone="+4930901810", **more,
        )  # fmt: skip
        store_words(session, call, ("rep", "Good morning"), ("client", "That is too dear"))
        score = {"raw": 61.0, "final": 61.4, "critical": 100.0, "coverage": 0.9, "state": "scored"}
        store_score(session, call, {"standard": "cold-call", "version": 1, "score": score, "summary": SUMMARY,
                                    "criteria": [], "objections": []})  # fmt: skip
        return call.id


def put(world: World, kind: str, key: str, **payload: Any) -> None:
    with world.database.session() as session:
        assert enqueue(session, kind, key, payload) is not None


def state(world: World, key: str) -> Any:
    with world.database.read() as session:
        return told(session, key)


def make_due(world: World) -> None:
    with world.database.session() as session:
        session.execute(update(OutboxItem).values(next_at=0.0, lease_until=None))


def test_a_call_note_carries_score_summary_and_link(world: World) -> None:
    call_id = scored_call(world)
    put(world, "crm.call_note", f"call_note:{call_id}", call_id=call_id)
    assert sender(world).send_due() == 1
    [text] = [text for text in world.fake.texts() if "Call quality" in text]
    assert "61 of 100" in text
    assert "Wants: «twelve desks by March»" in text
    assert "it rains" not in text
    assert f"https://coach.example.com/calls/{call_id}" in text
    found = state(world, f"call_note:{call_id}")
    assert (found.state, found.error) == ("sent", "")
    assert found.remote_id
    assert sender(world).send_due() == 0


def test_a_process_killed_after_sending_makes_no_second_note(world: World) -> None:
    call_id = scored_call(world)
    put(world, "crm.call_note", "note", call_id=call_id)
    with world.database.session() as session:
        item = claim_next(session)
    assert item is not None
    dying = sender(world)
    dying._note = lambda *_args, **_more: None  # type: ignore[method-assign]  # the process ends before it notes it
    dying.send(item)
    assert state(world, "note").state == "waiting"
    assert sender(world).send_due() == 0  # the dead one's lease still holds
    make_due(world)
    assert sender(world).send_due() == 1
    assert state(world, "note").state == "sent"
    assert len([text for text in world.fake.texts() if "Call quality" in text]) == 1


def test_what_fails_is_tried_later_and_given_up_visibly(world: World) -> None:
    call_id = scored_call(world)
    put(world, "crm.call_note", "note", call_id=call_id)
    for attempt in range(1, 11):
        world.fake.faults = [(502, {}, b"")] * 4
        assert sender(world).send_due() == 1
        found = state(world, "note")
        assert found.attempts == attempt
        assert found.state == ("failed" if attempt == 10 else "waiting")
        assert sender(world).send_due() == 0  # not due yet
        make_due(world)
    world.fake.faults = []
    assert sender(world).send_due() == 0
    with world.database.session() as session:
        item_id = session.scalars(select(OutboxItem.id)).one()
        retry(session, item_id, by=None)
    assert sender(world).send_due() == 1
    assert state(world, "note").state == "sent"
    with world.database.session() as session, pytest.raises(NotRetriable):
        retry(session, item_id, by=None)


def test_a_refusal_is_not_tried_again(world: World) -> None:
    put(world, "crm.task", "task", client_id=world.deal(world.fake.deal_ids[0]).client_id, title="Call")
    world.fake.faults = [(400, {}, b'{"error": "ERROR_CORE", "error_description": "no", "detail": "no"}')]
    assert sender(world).send_due() == 1
    found = state(world, "task")
    assert (found.state, found.attempts) == ("failed", 1)
    assert "no" in found.error


def test_a_wait_the_crm_asks_for_is_kept(world: World) -> None:
    put(world, "crm.task", "task", client_id=world.deal(world.fake.deal_ids[0]).client_id, title="Call")
    world.fake.faults = [(429, {"Retry-After": "1200"}, b"{}")]
    sender(world).send_due()
    with world.database.read() as session:
        from review.clock import database_now

        item = session.scalars(select(OutboxItem)).one()
        assert 1000 < item.next_at - float(session.scalar(select(database_now())) or 0.0) <= 1200
        assert item.state == "waiting"


def test_a_key_that_is_not_accepted_stops_the_connection_not_the_item(world: World) -> None:
    put(world, "crm.task", "task", client_id=world.deal(world.fake.deal_ids[0]).client_id, title="Call")
    world.fake.expire()
    good, world.fake.refresh_token = world.fake.refresh_token, "taken back"
    sender(world).send_due()
    make_due(world)
    assert state(world, "task").state == "waiting"
    assert sender(world).send_due() == 0
    world.fake.refresh_token = good
    with world.database.session() as session:
        session.get_one(CrmConnection, world.connection_id).state = "active"
    assert sender(world).send_due() == 1
    assert state(world, "task").state == "sent"


def test_a_lead_is_opened_again_for_the_rep_with_brief_and_task(world: World) -> None:
    deal = world.deal(world.fake.deal_ids[1])
    with world.database.session() as session:
        other = make_rep(session, "Boris Novak", email="boris@example.com")
        other_id = other.id
    put(
        world,
        "crm.reopen",
        "reopen",
        deal_id=deal.id,
        rep_id=other_id,
        text="Ask for March",
        due_at="2025-12-01T09:00:00+00:00",
    )
    sender(world).send_due()
    found = state(world, "reopen")
    assert found.state == "failed"
    assert "Boris Novak" in found.error
    with world.database.session() as session:
        name_person(session, world.connection_id, "12", other_id)
        assert session.get_one(Deal, world.deal(world.fake.deal_ids[2]).id).rep_id == other_id
        retry(session, session.scalars(select(OutboxItem.id)).one(), by=None)
    sender(world).send_due()
    assert state(world, "reopen").state == "sent"
    assert world.fake.state_of(world.fake.deal_ids[1]) == (True, "12")
    assert any("Ask for March" in text for text in world.fake.texts())
    assert any("Call back" in words for words in world.fake.task_words())
    with world.database.read() as session:  # it is read back soon, and found open
        assert session.get_one(CrmConnection, world.connection_id).next_at == 0.0


def test_our_task_becomes_the_crms(world: World) -> None:
    deal = world.deal(world.fake.deal_ids[0])
    with world.database.session() as session:
        client = deal.client_id
        from review.models import Client

        task_id = make_task(session, session.get_one(Client, client), title="Send the offer").id
    put(world, "crm.task", "task", client_id=client, deal_id=deal.id, title="Send the offer", task_id=task_id)
    sender(world).send_due()
    with world.database.read() as session:
        known = session.scalars(select(CrmId).where(CrmId.entity == "task", CrmId.row_id == task_id)).one()
        assert known.remote_id == state(world, "task").remote_id


def test_the_transcript_goes_where_one_is_taken(world: World) -> None:
    call_id = scored_call(world)
    put(world, "crm.transcript", "transcript", call_id=call_id)
    sender(world).send_due()
    found = state(world, "transcript")
    if world.fake.kind == "amocrm":
        assert (found.state, found.attempts) == ("failed", 1)
        return
    assert found.state == "sent"
    [sent] = world.fake.transcripts
    assert [message["SIDE"] for message in sent["MESSAGES"]] == ["User", "Client"]
    assert all(message["STOP_TIME"] >= 1 for message in sent["MESSAGES"])


def test_a_call_that_is_gone_needs_no_sending(world: World) -> None:
    call_id = scored_call(world)
    put(world, "crm.call_note", "note", call_id=call_id)
    with world.database.session() as session:
        session.delete(session.get_one(Call, call_id))
    sender(world).send_due()
    assert (state(world, "note").state, state(world, "note").error) == ("skipped", "gone")


def test_scored_calls_that_find_their_client_later_are_told_then(world: World) -> None:
    with world.database.session() as session:
        session.get_one(CrmConnection, world.connection_id).created_at = datetime(2025, 1, 1, tzinfo=UTC)
        call = make_call(session, client_phone="+4930901820", state="scored")
        call_id = call.id
    assert sync_connection(world.database, world.connection_id, BOX, region="DE", wait=world.waited.append)
    assert state(world, f"call_note:{call_id}").state == "waiting"
    assert world.sync().error == ""
    assert len(world.rows(OutboxItem)) == 1


def test_the_last_word_on_a_rep_there_is_a_persons(world: World) -> None:
    """Who somebody of the CRM is was said by a person: the next reading does not take it back."""
    with world.database.session() as session:
        other = make_rep(session, "Someone Else").id
        name_person(session, world.connection_id, "11", other)
    assert world.sync().error == ""
    with world.database.read() as session:
        assert session.get_one(CrmId, (world.connection_id, "rep", "11")).row_id == other


def test_an_item_that_we_cannot_build_fails_alone(world: World) -> None:
    client_id = world.deal(world.fake.deal_ids[0]).client_id
    with world.database.session() as session:
        session.add(
            OutboxItem(kind="crm.task", key="bad", payload={"client_id": client_id, "title": "x", "due_at": "soon"},
                       connection_id=world.connection_id)
        )  # fmt: skip
    put(world, "crm.task", "good", client_id=client_id, title="Call back")
    assert sender(world).send_due() == 2
    assert state(world, "bad").state == "failed"
    assert "fault of ours" in state(world, "bad").error
    assert state(world, "good").state == "sent"
