"""The list of clients: searched, narrowed, page by page, for those who may see them."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from sqlalchemy.orm import Session

from review.db import Database
from review.models import User, utc_now
from review.queries.client_list import list_clients, read_client_filter
from tests.db.carded import add_email, call_saying, open_shop, promise, viewer_of
from tests.factories import make_client, make_deal, make_task


def names(session: Session, user: User, limit: int = 40, **values: str) -> list[str]:
    """The names of the clients this person is shown, over all pages of this length."""
    found: list[str] = []
    after = None
    while True:
        filters = read_client_filter(values)
        page = list_clients(session, viewer_of(session, user), filters, zone=UTC, after=after, limit=limit)
        found += [row.name for row in page.rows]
        after = page.next
        if after is None:
            return found


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("marta", ["Marta Lindqvist"]),
        ("NORDHEM", ["Marta Lindqvist"]),
        ("павлов", ["Сергей Павлов"]),
        ("ЛОГИСТИКА", ["Сергей Павлов"]),
        ("030 90 18 20", ["Marta Lindqvist"]),
        ("+7 912 345", ["Сергей Павлов"]),
        ("8123", []),
        ("%", []),
        ("_", []),
        ("nobody at all", []),
    ],
)
def test_search(database: Database, q: str, found: list[str]) -> None:
    with database.session() as session:
        shop = open_shop(session)
        assert names(session, shop.lead, q=q) == found


def test_filters_and_who_sees_whom(database: Database) -> None:
    now = utc_now()
    with database.session() as session:
        shop = open_shop(session)
        assert names(session, shop.rep) == ["Marta Lindqvist"]
        assert names(session, shop.outsider) == []
        shop.client.hot, shop.client.potential = True, "high"
        still = make_client(session, "Still")
        make_deal(session, still, rep_id=shop.rep_id, stage="offer", stage_since=now - timedelta(days=20))
        make_deal(session, shop.client, rep_id=shop.rep_id, stage="new", stage_since=now - timedelta(days=2))
        make_task(session, still, "call them", due_at=now + timedelta(days=1))
        session.flush()
        assert names(session, shop.rep, hot="1") == ["Marta Lindqvist"]
        assert names(session, shop.rep, potential="high") == ["Marta Lindqvist"]
        assert names(session, shop.rep, potential="giant") == ["Marta Lindqvist", "Still"]
        assert names(session, shop.rep, standstill="14") == ["Still"]
        assert names(session, shop.rep, standstill="30") == []
        page = list_clients(session, viewer_of(session, shop.rep), read_client_filter({"standstill": "14"}), zone=UTC)
        row = page.rows[0]
        assert (row.days_in_stage, row.deal_stage, row.next_task) == (20, "offer", "call them")


@pytest.mark.parametrize("limit", [1, 2, 40])
def test_clients_with_open_promises(database: Database, limit: int) -> None:
    now = utc_now()
    with database.session() as session:
        shop = open_shop(session)
        add_email(session, shop.stranger, now - timedelta(days=60))
        for number in range(5):
            client = make_client(session, f"Client {number}")
            call_saying(session, client, shop.rep_id, at=now - timedelta(days=20), promises=[promise()])
            if number % 2:
                add_email(session, client, now - timedelta(days=19))
        call_saying(session, shop.client, shop.rep_id, at=now, promises=[promise("call_back")])
        assert names(session, shop.rep, limit, promises="overdue") == ["Client 0", "Client 2", "Client 4"]
        everything = ["Client 0", "Client 2", "Client 4", "Marta Lindqvist"]
        assert names(session, shop.rep, limit, promises="due") == everything


def test_namesakes_are_all_shown_whatever_the_pages(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        for _ in range(7):
            make_deal(session, make_client(session, "Same Name"), rep_id=shop.rep_id)
        assert names(session, shop.rep, 2) == ["Marta Lindqvist", *["Same Name"] * 7]


def test_marks_that_were_never_written_show_the_first_page(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        for mark in ("x", "AAAA", "WyJhIl0", "WzEsMl0"):
            page = list_clients(session, viewer_of(session, shop.rep), read_client_filter({}), zone=UTC, after=mark)
            assert [row.name for row in page.rows] == ["Marta Lindqvist"]
