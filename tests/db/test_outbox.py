"""What is put down to be told to a CRM: once per key, to the connection the client came from."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from review.crm.outbox import NO_CRM, enqueue, find_home, told
from review.db import Database
from review.models import CrmConnection, CrmId, OutboxItem
from tests.factories import make_call, make_client, make_deal


def test_an_item_goes_to_the_crm_the_client_came_from_and_only_once(database: Database) -> None:
    with database.session() as session:
        client = make_client(session)
        deal = make_deal(session, client)
        call = make_call(session, client_id=client.id)
        crm = CrmConnection(kind="amocrm", name="amo")
        session.add(crm)
        session.flush()
        session.add(CrmId(connection_id=crm.id, entity="client", remote_id="7", row_id=client.id))
        first = enqueue(session, "crm.call_note", "call_note:1", {"call_id": call.id})
        assert first is not None
        assert enqueue(session, "crm.call_note", "call_note:1", {"call_id": call.id}) is None
        assert enqueue(session, "crm.reopen", "reopen:1", {"deal_id": deal.id, "rep_id": 3, "text": "ask again"})
        assert {item.connection_id for item in session.scalars(select(OutboxItem))} == {crm.id}
        found = told(session, "reopen:1")
        assert found is not None
        assert (found.state, found.error) == ("waiting", "")
        home = find_home(session, deal_id=deal.id)
        assert home is None  # the deal itself is not known there
        home = find_home(session, client_id=client.id)
        assert home is not None
        assert (home.name, home.kind) == ("amo", "amocrm")


def test_a_client_of_no_crm_needs_no_sending(database: Database) -> None:
    with database.session() as session:
        client = make_client(session)
        assert enqueue(session, "crm.task", "task:1", {"client_id": client.id, "title": "call"}) is not None
        found = told(session, "task:1")
        assert found is not None
        assert (found.state, found.error) == ("skipped", NO_CRM)
        assert told(session, "task:2") is None


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("crm.shout", {}),
        ("crm.task", {"client_id": 1}),
        ("crm.task", {"client_id": 1, "title": "x", "colour": "red"}),
        ("crm.field", {"field": "note", "value": "x"}),
    ],
)
def test_a_payload_that_cannot_be_sent_is_refused_at_once(
    database: Database, kind: str, payload: dict[str, object]
) -> None:
    with database.session() as session, pytest.raises(ValueError, match="crm"):
        enqueue(session, kind, "key", payload)
