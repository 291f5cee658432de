"""Promises on the card and across clients: judged by what is stored, decided by people, seen by those who may."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from review.client_card.decisions import decide_promise
from review.client_card.keeping import keep_said
from review.client_card.refusals import BadField
from review.comments.refusals import Gone
from review.db import Database
from review.models import AuditEvent, CallPromise, Client, CrmTask, DealStage, PromiseDecision, User
from review.queries.client_promises import PromiseFilter, PromiseRow, list_promises, read_promises
from tests.db.carded import DAY, TUESDAY, add_email, call_saying, open_shop, promise, viewer_of
from tests.factories import make_call, make_client, make_deal
from tests.statements import counted_statements

NOW = TUESDAY + 5 * DAY
TODAY = TUESDAY.date()


def of_client(session: Session, user: User, client: Client) -> tuple[PromiseRow, ...]:
    """The client's promises as this person sees them."""
    found = read_promises(session, viewer_of(session, user), [client.id], now=NOW, zone=UTC)
    return found.get(client.id, ())


def overdue(session: Session, user: User, **more: object) -> list[int]:
    """Ids of the overdue promises this person is shown, over all pages."""
    ids: list[int] = []
    after = None
    while True:
        filters = PromiseFilter(**more)  # type: ignore[arg-type]
        page = list_promises(session, viewer_of(session, user), filters, now=NOW, zone=UTC, after=after, limit=2)
        ids += [row.id for row in page.rows]
        after = page.next
        if after is None:
            return ids


def test_an_email_that_arrives_keeps_a_promise(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        add_email(session, shop.stranger, TUESDAY - 30 * DAY)  # the CRM tells of e-mails
        call_saying(session, shop.client, shop.rep_id, promises=[promise(due=TODAY), promise(due=TODAY, at=90.0)])
        (row,) = of_client(session, shop.rep, shop.client)  # said twice for the same day: one promise
        assert (row.state, row.asked_for, row.rep_name) == ("overdue", True, "Daniel Miller")
        mail = add_email(session, shop.client, TUESDAY + timedelta(hours=3))
        (row,) = of_client(session, shop.rep, shop.client)
        assert (row.state, row.judged.trace and row.judged.trace.id) == ("kept", mail.id)
        assert row.spans == ((10.0, 12.0),)


@pytest.mark.parametrize("kind", ["task", "stage", "stage without history", "note from before"])
def test_other_traces_are_read(database: Database, kind: str) -> None:
    with database.session() as session:
        shop = open_shop(session)
        add_email(session, shop.stranger, TUESDAY - 30 * DAY)
        call_saying(session, shop.client, shop.rep_id, promises=[promise(due=TODAY)])
        at = TUESDAY + timedelta(hours=2)
        if kind == "task":
            session.add(CrmTask(client_id=shop.client.id, title="Send the offer", done_at=at))
        elif kind == "stage":
            deal = make_deal(session, shop.client, stage="offer sent")
            session.add(DealStage(deal_id=deal.id, stage="offer sent", at=at))
        elif kind == "stage without history":
            make_deal(session, shop.client, stage="offer sent", stage_since=at)
        session.flush()
        (row,) = of_client(session, shop.rep, shop.client)
        assert row.state == ("overdue" if kind == "note from before" else "kept")


def test_a_call_back_by_a_colleague_keeps_it_though_the_call_is_not_seen(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        call_saying(session, shop.client, shop.rep_id, promises=[promise("call_back", due=(TUESDAY + DAY).date())])
        assert of_client(session, shop.rep, shop.client)[0].state == "overdue"
        make_call(
            session,
            client_id=shop.client.id,
            rep_id=shop.other_rep_id,
            direction="outbound",
            started_at=TUESDAY + DAY,
            result="not_answered",
            state="no_audio",
        )
        (row,) = of_client(session, shop.rep, shop.client)
        assert row.state == "kept"
        assert row.judged.trace is not None
        assert row.judged.trace.reached is False


def test_a_person_says_it_was_kept_and_the_word_outlives_a_new_scoring(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        call = call_saying(session, shop.client, shop.rep_id, promises=[promise("call_back", due=TODAY)])
        (row,) = of_client(session, shop.rep, shop.client)
        viewer = viewer_of(session, shop.rep)
        assert decide_promise(session, viewer, row.id, "kept") == shop.client.id
        keep_said(session, call.id, {"promises": [promise("call_back", due=TODAY)]})
        (row,) = of_client(session, shop.manager, shop.client)
        assert (row.state, row.asked_for) == ("kept", False)
        assert row.decision is not None
        assert row.decision.author == "Daniel Miller"
        decide_promise(session, viewer_of(session, shop.manager), row.id, "not_kept")
        assert of_client(session, shop.rep, shop.client)[0].state == "not_kept"
        decide_promise(session, viewer, row.id, "taken_back")
        assert of_client(session, shop.rep, shop.client)[0].state == "overdue"
        assert len(session.scalars(select(PromiseDecision)).all()) == 3
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "promise.decided")).all()
        assert [event.details["decision"] for event in events] == ["kept", "not_kept", "taken_back"]


def test_only_a_rep_s_promise_that_one_may_see_is_decided_about(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        call_saying(session, shop.client, shop.rep_id, promises=[promise(by="client"), promise("call_back")])
        call_saying(session, shop.stranger, shop.other_rep_id, promises=[promise()])
        ids = {row.what: row.id for row in session.scalars(select(CallPromise).where(CallPromise.said_by == "rep"))}
        client_s = session.scalars(select(CallPromise.id).where(CallPromise.said_by == "client")).one()
        viewer = viewer_of(session, shop.rep)
        for promise_id in (client_s, ids["send_offer"], 10**9):
            with pytest.raises(Gone):
                decide_promise(session, viewer, promise_id, "kept")
        with pytest.raises(BadField):
            decide_promise(session, viewer, ids["call_back"], "perhaps")


def test_the_overdue_of_a_rep_of_a_team_and_of_everybody(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        add_email(session, shop.stranger, TUESDAY - 60 * DAY)
        mine, theirs = [], []
        for number in range(5):
            client = make_client(session)
            call_saying(session, client, shop.rep_id, at=TUESDAY - number * DAY, promises=[promise(due=TODAY)])
            call_saying(session, shop.stranger, shop.other_rep_id, at=TUESDAY - number * DAY, promises=[promise()])
        for row in session.scalars(select(CallPromise)):
            (mine if row.due_on else theirs).append(row.id)
        add_email(session, client, TUESDAY + timedelta(hours=1))
        assert overdue(session, shop.rep) == overdue(session, shop.manager) == sorted(mine[:4])
        # The stranger was promised the same five times: the newest is asked for.
        assert set(overdue(session, shop.lead)) == {*mine[:4], theirs[0]}
        assert overdue(session, shop.outsider) == []
        assert overdue(session, shop.rep, listed="kept") == [mine[4]]
        assert overdue(session, shop.lead, rep_id=shop.other_rep_id) == [theirs[0]]
        assert len(overdue(session, shop.lead, listed="all")) == 10
        assert overdue(session, shop.lead, client_id=shop.stranger.id, listed="cannot_tell") == []


def test_statements_do_not_grow_with_the_promises(database: Database) -> None:
    with database.session() as session:
        shop = open_shop(session)
        counts = []
        for _ in range(2):
            for number in range(20):
                client = make_client(session)
                call_saying(session, client, shop.rep_id, at=TUESDAY - number * DAY, promises=[promise(due=TODAY)])
            session.expire_all()
            viewer = viewer_of(session, shop.lead)
            with counted_statements() as statements:
                list_promises(session, viewer, PromiseFilter(listed="all"), now=NOW, zone=UTC, limit=50)
            counts.append(len(statements))
        assert counts[0] == counts[1] <= 11
