"""What a CRM may say that would harm whoever looks at it here."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from review.crm.apply import apply_rows
from review.crm.building import build_push
from review.crm.connector import Contact
from review.crm.connector import Deal as TheirDeal
from review.crm.errors import CrmCannot
from review.db import Database
from review.models import CrmConnection, CrmId, Deal, DoNotCall, utc_now
from tests.factories import make_rep


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://crm.example/deals/7", "https://crm.example/deals/7"),
        ("javascript:alert(1)", None),
        ("JavaScript://https://x/%0aalert(1)", None),
        ("data:text/html,x", None),
    ],
)
def test_only_a_web_address_becomes_the_link_of_a_deal(database: Database, url: str, kept: str | None) -> None:
    with database.session() as session:
        connection = CrmConnection(kind="rest", name="the CRM", settings={}, cursor={}, counts={})
        session.add(connection)
        session.flush()
        rows = (Contact(id="1", name="Anna"), TheirDeal(id="7", kind="deal", title="Tables", contact_id="1", url=url))
        apply_rows(session, connection.id, rows, region="DE")
    with database.read() as session:
        assert session.scalars(select(Deal.url)).one() == kept


def test_a_lead_is_not_reopened_there_once_its_number_may_not_be_called(database: Database) -> None:
    with database.session() as session:
        connection = CrmConnection(kind="rest", name="the CRM", settings={}, cursor={}, counts={})
        session.add(connection)
        session.flush()
        rows = (
            Contact(id="1", name="Anna", phones=("+49301234567",)),
            TheirDeal(id="7", kind="deal", title="Tables", contact_id="1", status="closed_lost"),
        )
        apply_rows(session, connection.id, rows, region="DE")
        rep = make_rep(session)
        session.add(CrmId(connection_id=connection.id, entity="rep", remote_id="9", row_id=rep.id, label="", said={}))
        payload = {"deal_id": session.scalars(select(Deal.id)).one(), "rep_id": rep.id, "text": "call her"}
        session.flush()
        assert build_push(session, connection, "crm.reopen", payload, public_url=None).item
        session.add(DoNotCall(e164="+49301234567", reason="asked", source="call", at=utc_now()))
        session.flush()
        with pytest.raises(CrmCannot, match="not to call"):
            build_push(session, connection, "crm.reopen", payload, public_url=None)
