"""A fake CRM with a connection to it: what the contract tests of the connectors work with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from review.crm.connector import CallNote, Card
from review.crm.registry import make_connector
from review.crm.sync import SyncReport, open_access, sync_connection
from review.db import Database
from review.models import (
    CrmConnection,
    CrmId,
    Deal,
)
from review.services.crm_secrets import SecretBox
from tests.crm_fakes.amocrm import FakeAmo
from tests.crm_fakes.bitrix24 import FakeBitrix
from tests.crm_fakes.hubspot import FakeHub
from tests.crm_fakes.rest import FakeRest
from tests.factories import make_rep

FAKES = (FakeAmo, FakeBitrix, FakeHub, FakeRest)
BOX = SecretBox("a test's secret")
SLOW_DOWN = (429, {"Retry-After": "7"}, b'{"status": 429}')
THEIR_FAULT = (502, {}, b"<html>Bad gateway</html>")
NONSENSE = (200, {}, b"<html>Welcome</html>")
ODD = (200, {}, b'{"_embedded": {"leads": "none"}, "result": "none", "results": "none", "data": "none"}')


@dataclass
class World:
    """A fake CRM, a connection to it, and a rep who works in it."""

    database: Database
    fake: Any
    connection_id: int
    rep_id: int
    waited: list[float] = field(default_factory=list)

    def sync(self) -> SyncReport:
        """Read what changed."""
        report = sync_connection(self.database, self.connection_id, BOX, region="DE", wait=self.waited.append)
        assert report is not None
        return report

    def connector(self) -> Any:
        """A connector to push with."""
        access = open_access(self.database, self.connection_id, BOX, region="DE", wait=self.waited.append)
        return make_connector(self.fake.kind, access)

    def rows(self, table: Any) -> list[Any]:
        """All rows of a table, by id."""
        with self.database.read() as session:
            found = list(session.scalars(select(table).order_by(*table.__table__.primary_key.columns)))
            session.expunge_all()
        return found

    def deal(self, remote_id: str) -> Deal:
        """Our row of a deal of theirs."""
        with self.database.read() as session:
            own = session.scalar(select(CrmId.row_id).where(CrmId.entity == "deal", CrmId.remote_id == remote_id))
            deal = session.get_one(Deal, own)
            session.expunge_all()
        return deal

    @property
    def card(self) -> Card:
        """The first deal's."""
        return Card(deal_id=self.fake.deal_ids[0], contact_id="501")


@pytest.fixture(params=FAKES, ids=lambda fake: fake.kind)
def world(request: pytest.FixtureRequest, database: Database) -> Iterator[World]:
    with request.param() as fake:
        fake.fill()
        settings, secrets = fake.connection()
        with database.session() as session:
            rep = make_rep(session, "Anna Kim", email="anna@example.com")
            connection = CrmConnection(kind=fake.kind, name="the CRM", settings=settings, cursor={}, counts={})
            session.add(connection)
            session.flush()
            connection.secrets = BOX.close(connection.id, secrets)
            made = World(database, fake, connection.id, rep.id)
        yield made


def note_of(world: World) -> CallNote:
    """A judged call of the first deal."""
    return CallNote(
        card=world.card,
        call_id="pbx-1",
        from_telephony="asterisk",
        direction="outbound",
        phone="+4930901810",
        at=datetime(2025, 11, 18, 9, tzinfo=UTC),
        duration=245,
        text="Score 61 of 100\nThe client found it too dear",
        link="https://coach.example.com/calls/1",
        person_id="11",
    )
