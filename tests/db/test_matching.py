"""Calls that find their rep, client and deal only after a CRM import, on both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from review.db import Database
from review.models import Call, Delivery
from review.services.matching import Linked, find_client, find_deal, link_calls
from tests import factories
from tests.db.claiming import read_row
from tests.factories import NOON


def test_calls_find_their_people_after_a_crm_import(database: Database) -> None:
    with database.session() as session:
        by_phone = factories.make_call(session, client_phone="+4930901820", rep_name="Anna Klein")
        stranger = factories.make_call(session, client_phone="+4930000000", rep_name="Nobody")
        by_id = factories.make_call(session)
        _deliver(session, by_id, client="C7", deal="D9")
        assert link_calls(session) == Linked(0, 0, 0)
        rep = factories.make_rep(session, "Anna Klein")
        client = factories.make_client(session, phones=["+4930901820"])
        named = factories.make_client(session, external_id="C7")
        first = factories.make_deal(session, named, external_id="D9")
        factories.make_deal(session, named)
        only = factories.make_deal(session, client)
        assert link_calls(session) == Linked(reps=1, clients=2, deals=2)
        assert link_calls(session) == Linked(0, 0, 0)
    assert _links(database, by_phone.id) == (rep.id, client.id, only.id)
    assert _links(database, by_id.id) == (None, named.id, first.id)
    assert _links(database, stranger.id) == (None, None, None)


def _deliver(session: Session, call: Call, **facts: str) -> None:
    session.add(
        Delivery(call_id=call.id, source=call.source, external_id=call.external_id, door="import", facts=dict(facts))
    )
    session.flush()


def _links(database: Database, call_id: int) -> tuple[int | None, int | None, int | None]:
    call = read_row(database, call_id)
    return call.rep_id, call.client_id, call.deal_id


def test_the_deal_that_was_open_at_the_time(database: Database) -> None:
    day = timedelta(days=1)
    with database.session() as session:
        client = factories.make_client(session)
        won = factories.make_deal(session, client, status="won", opened_at=NOON - 9 * day, closed_at=NOON - 5 * day)
        now = factories.make_deal(session, client, opened_at=NOON - 2 * day)
        for at, deal in ((NOON - 7 * day, won), (NOON, now), (None, now), (NOON - 4 * day, None)):
            found = find_deal(session, external_id=None, client_id=client.id, at=at)
            assert found == ((deal.id, client.id) if deal else None)
            call = factories.make_call(session, started_at=at, happened_at=at or NOON, client_id=client.id)
            link_calls(session)
            session.refresh(call)
            assert call.deal_id == (deal.id if deal else None)
        factories.make_deal(session, client, opened_at=NOON - day)
        assert find_deal(session, external_id=None, client_id=client.id, at=NOON) is None  # two: not guessed between


def test_clients_who_share_a_number(database: Database) -> None:
    with database.session() as session:
        oldest, busy = (factories.make_client(session, phones=["+4930901820"]) for _ in range(2))
        assert find_client(session, external_id=None, phone="+4930901820") == oldest.id
        factories.make_deal(session, busy)
        assert find_client(session, external_id=None, phone="+4930901820") == busy.id
        assert find_client(session, external_id="none such", phone=None) is None
