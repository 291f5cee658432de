"""A client's story by pages: every moment once, whatever the pages, and at the same cost however long it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from review.db import Database
from review.models import DealStage
from review.queries.client_timeline import KINDS, list_timeline, read_place, write_place
from tests.db.carded import DAY, TUESDAY, Shop, add_email, add_note, kinds_of, open_shop, viewer_of
from tests.factories import make_call, make_deal, make_task
from tests.statements import counted_statements


def tell_a_story(session: Session, shop: Shop) -> None:
    """One of everything, several at the same instant."""
    client = shop.client
    client.created_at = TUESDAY - 30 * DAY
    make_call(session, client_id=client.id, rep_id=shop.rep_id, started_at=TUESDAY)
    make_call(session, client_id=client.id, rep_id=shop.other_rep_id, started_at=TUESDAY)
    add_email(session, client, TUESDAY)
    add_email(session, client, TUESDAY, direction="inbound")
    add_note(session, client, TUESDAY, "Wants tall chairs")
    make_task(session, client, due_at=TUESDAY, done_at=TUESDAY)
    make_task(session, client, due_at=TUESDAY)
    make_task(session, client)  # for no day: it stands in the list of tasks only
    deal = make_deal(session, client, opened_at=TUESDAY - DAY, closed_at=TUESDAY, stage="closed", status="won")
    for at, stage in ((TUESDAY - DAY, "new"), (TUESDAY, "offer sent"), (TUESDAY, "closed")):
        session.add(
            DealStage(deal_id=deal.id, stage=stage, at=at + (timedelta(0) if stage != "offer sent" else -DAY / 2))
        )
    make_deal(session, client, opened_at=TUESDAY - DAY, stage="offer", stage_since=TUESDAY)
    session.flush()


STORY = [
    "call",
    "email",
    "email",
    "note",
    "task_done",
    "task_due",
    "deal_closed",
    "deal_stage",
    "stage",
    "deal_opened",
    "deal_opened",
    "client_created",
]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_every_moment_stands_once_whatever_the_pages(database: Database, limit: int) -> None:
    with database.session() as session:
        shop = open_shop(session)
        tell_a_story(session, shop)
        assert kinds_of(session, viewer_of(session, shop.rep), shop, limit=limit) == STORY
        assert kinds_of(session, viewer_of(session, shop.lead), shop, limit=limit) == ["call", *STORY]
        by_kind = [kinds_of(session, viewer_of(session, shop.rep), shop, kind, limit) for kind in KINDS]
        assert sorted(kind for kinds in by_kind for kind in kinds) == sorted(STORY[:-1])


def test_a_long_story_costs_what_a_short_one_does(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        viewer = viewer_of(session, shop.rep)
        counts = []
        for _ in range(2):
            tell_a_story(session, shop)
            for number in range(200):
                make_call(session, client_id=shop.client.id, rep_id=shop.rep_id, started_at=TUESDAY - number * DAY)
                add_email(session, shop.client, TUESDAY - number * DAY)
            session.expire_all()
            with counted_statements() as statements:
                page = list_timeline(session, viewer, shop.client.id, limit=100)
                list_timeline(session, viewer, shop.client.id, after=page.next)
            counts.append(len(statements))
        assert len(page.items) == 100
        assert counts[1] <= counts[0]


def test_marks_that_were_never_written_show_the_first_page() -> None:
    mark = write_place(TUESDAY, 3, 17)
    assert read_place(mark) == (TUESDAY, 3, 17)
    for wrong in (None, "", "x", mark + "A", "ü" * 9, "A" * 100):
        assert read_place(wrong) is None
