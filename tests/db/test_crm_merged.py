"""Two clients merged in the CRM: the one that stays there gets the calls of a number both have here."""

from __future__ import annotations

from review.db import Database
from review.models import ClientPhone, CrmConnection, CrmId
from review.services.matching import find_client
from tests.factories import make_client, make_deal

NUMBER = "+4930901820"


def test_calls_go_to_the_client_that_is_left(database: Database) -> None:
    with database.session() as session:
        older, newer, by_hand = (make_client(session) for _ in range(3))
        crm = CrmConnection(kind="amocrm", name="amo")
        session.add(crm)
        session.flush()
        for client, remote in ((older, "501"), (newer, "502")):
            session.add(ClientPhone(client_id=client.id, e164=NUMBER))
            session.add(CrmId(connection_id=crm.id, entity="client", remote_id=remote, row_id=client.id))
        session.flush()
        assert find_client(session, external_id=None, phone=NUMBER) == older.id
        session.get_one(CrmId, (crm.id, "client", "501")).deleted = True  # it was merged into 502
        session.flush()
        assert find_client(session, external_id=None, phone=NUMBER) == newer.id
        make_deal(session, older)  # left open here when it went
        assert find_client(session, external_id=None, phone=NUMBER) == newer.id
        session.get_one(CrmId, (crm.id, "client", "502")).deleted = True
        session.flush()
        assert find_client(session, external_id=None, phone=NUMBER) == older.id  # better than nobody
        session.add(ClientPhone(client_id=by_hand.id, e164=NUMBER))
        session.flush()
        assert find_client(session, external_id=None, phone=NUMBER) == by_hand.id  # no CRM ever had it
