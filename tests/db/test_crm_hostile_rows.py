"""What a CRM may say that would harm whoever looks at it here."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from review.crm.apply import apply_rows
from review.crm.connector import Contact
from review.crm.connector import Deal as TheirDeal
from review.db import Database
from review.models import CrmConnection, Deal


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
