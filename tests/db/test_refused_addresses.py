"""Addresses that the mail server refuses for good: marked, told, left alone, and tried again when somebody says so."""

from __future__ import annotations

from sqlalchemy import select

from review.db import Database
from review.models import RefusedAddress
from review.notices.refused import list_refused, try_again
from review.notices.transport import TransportError
from review.working_time.editing import begin_calendar
from tests import factories
from tests.db.mailed import Post, send, tell
from tests.db.test_letters import kinds_told, plan, put


def test_a_refused_address_is_marked_and_told_and_tried_again_on_request(database: Database) -> None:
    with database.session() as session:
        begin_calendar(session, "UTC")
        admin = factories.make_user(session, "admin").id
        mia = factories.make_user(session, "reviewer", email="mia@example.com", name="Mia").id
    tell(database, mia, "mention", by="Ann")
    plan(database)
    box = Post(lambda _to: TransportError("550 no such user", "address", permanent=True))
    assert send(database, box).failed == 1
    with database.read() as session:
        assert [(one.address, one.name) for one in list_refused(session)] == [("mia@example.com", "Mia")]
    assert kinds_told(database, mia) == ["mention", "mail_refused"]
    assert kinds_told(database, admin) == ["mail_refused_person"]
    tell(database, mia, "mention", by="Bob")
    assert plan(database) == 0
    with database.session() as session:
        assert try_again(session, "MIA@example.com")
        assert not try_again(session, "mia@example.com")
    tell(database, mia, "mention", by="Cem")
    assert plan(database) == 1


def test_an_address_without_a_person_is_told_to_admins(database: Database) -> None:
    with database.session() as session:
        admin = factories.make_user(session, "admin").id
    put(database)
    box = Post(lambda _to: TransportError("550 no such user", "address", permanent=True))
    send(database, box)
    assert kinds_told(database, admin) == ["mail_refused_person"]
    with database.read() as session:
        assert session.scalar(select(RefusedAddress.address)) == "ivy@example.com"
