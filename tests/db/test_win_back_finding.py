"""Finding closed leads: judged from all their calls, drawn once, judged again without undoing what people decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from review.db import Database
from review.models import Call, Deal, DoNotCall, StoredAssessment, WinBackEvent, WinBackLead
from review.win_back.candidates import anything_new, fresh_deals
from review.win_back.control import draw_arm
from review.win_back.finding import Terms, plan
from tests import factories
from tests.db.win_back_leads import (
    CLOSED,
    CONTROL,
    NOW,
    QUEUE,
    REFUSAL,
    SOFT_NO,
    closed_deal,
    find,
    lead_of,
    open_floor,
    ring_out,
    talk,
)
from tests.statements import counted_statements


def test_a_lead_is_judged_from_its_call_and_found_once(database: Database) -> None:
    with database.session() as session:
        deal = closed_deal(session, open_floor(session), *SOFT_NO).id
        assert anything_new(session, QUEUE.since(NOW))
    assert find(database).found == 1
    assert (find(database).found, find(database).judged_again) == (0, 0)
    with database.read() as session:
        lead = lead_of(session, deal)
        assert (lead.band, lead.state, lead.arm, lead.excluded) == ("high", "found", "queue", None)
        assert "no_later_attempt" in lead.reasons
        quotes = [reason["evidence"]["quote"] for reason in lead.judged["reasons"] if reason["evidence"]]
        assert any("call me again" in quote for quote in quotes)
        assert lead.rank == pytest.approx(lead.chance)  # the only deal is the middle one
        assert session.scalars(select(WinBackEvent.event)).all() == ["found"]


def test_a_later_call_changes_the_judgement_and_not_the_arm(database: Database) -> None:
    with database.session() as session:
        deal = closed_deal(session, open_floor(session), *SOFT_NO)
        deal_id = deal.id
    find(database)
    with database.read() as session:
        before = lead_of(session, deal_id)
        drawn = (before.arm, before.lot, before.seed, before.found_band)
    with database.session() as session:
        ring_out(session, deal, CLOSED - timedelta(days=1))
        lead_of(session, deal_id).verdict = "not_sure"
    assert find(database).judged_again == 1
    with database.read() as session:
        after = lead_of(session, deal_id)
        assert (after.arm, after.lot, after.seed, after.found_band) == drawn
        assert after.verdict == "not_sure"
        assert after.probability < before.probability
        assert {"tried_again"} <= {item["id"] for item in after.judged["against"]}


def test_all_leads_of_one_client_are_in_one_arm(database: Database) -> None:
    halves = replace(QUEUE, control_share=0.5)
    with database.session() as session:
        floor = open_floor(session)
        first = closed_deal(session, floor)
        client = first.client_id
        for _ in range(7):
            closed_deal(session, floor).client_id = client
    find(database, halves)
    with database.session() as session:
        closed_deal(session, floor).client_id = client  # closed later, found by a later pass
    find(database, halves)
    with database.read() as session:
        leads = session.scalars(select(WinBackLead).where(WinBackLead.client_id == client)).all()
        assert len(leads) == 9
        assert len({(lead.arm, lead.seed, lead.lot, lead.control_share) for lead in leads}) == 1
        assert draw_arm(f"client {client}", 0.5, leads[0].seed).lot == leads[0].lot, "anybody can draw it again"


def test_a_fresh_pass_looks_at_what_is_new_alone(database: Database) -> None:
    with database.session() as session:
        floor = open_floor(session)
        old = closed_deal(session, floor, *SOFT_NO)
        old_id = old.id
    find(database)
    with database.session() as session:
        new = closed_deal(session, floor).id
        session.get_one(Deal, old_id).loss_reason = "other"
        session.execute(update(StoredAssessment).values(created_at=CLOSED))
        assert fresh_deals(session, QUEUE.since(NOW)) == {new}
    with database.read() as session:
        planned = [one for chunk in plan(session, QUEUE, None, NOW, fresh=True) for one in chunk.judged]
        assert [one.gathered.candidate.deal_id for one in planned] == [new]
    with database.session() as session:
        talk(session, session.get_one(Deal, old_id), *SOFT_NO, at=CLOSED - timedelta(days=1))
        judged = session.scalars(select(WinBackLead)).one()
        session.execute(update(StoredAssessment).values(created_at=judged.judged_at + timedelta(minutes=1)))
        assert fresh_deals(session, QUEUE.since(NOW)) == {new, old_id}


def test_conversations_are_read_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.session() as session:
        deal = closed_deal(session, open_floor(session), *SOFT_NO).id
    find(database)
    monkeypatch.setattr("review.win_back.gather.hear", lambda *_, **__: pytest.fail("read again"))
    with database.session() as session:
        session.get_one(Deal, deal).amount = 9000  # type: ignore[assignment]
    assert find(database).judged_again == 1
    with database.read() as session:
        assert lead_of(session, deal).band == "high"


def test_a_number_not_to_be_called_excludes_and_a_refusal_too(database: Database) -> None:
    with database.session() as session:
        floor = open_floor(session)
        listed = closed_deal(session, floor, *SOFT_NO, phone="+49309999999").id
        refused = closed_deal(session, floor, *REFUSAL).id
        session.add(DoNotCall(e164="+49309999999", reason="asked", source="person", at=NOW))
    find(database)
    with database.read() as session:
        assert {lead_of(session, one).excluded for one in (listed, refused)} == {"do_not_call"}
        assert {lead_of(session, one).band for one in (listed, refused)} == {"low"}


def test_a_lead_whose_call_is_under_way_waits(database: Database) -> None:
    with database.session() as session:
        deal = closed_deal(session, open_floor(session), *SOFT_NO)
        factories.make_call(session, deal_id=deal.id, client_id=deal.client_id, started_at=CLOSED)
    assert (find(database).found, find(database).waiting) == (0, 1)


def test_old_closings_and_open_deals_are_left_alone(database: Database) -> None:
    with database.session() as session:
        floor = open_floor(session)
        closed_deal(session, floor, closed_at=CLOSED - timedelta(days=800))
        closed_deal(session, floor, status="open", closed_at=None)
        closed_deal(session, floor, status="won")
    assert find(database).found == 0


def test_calls_that_say_so_stand_for_leads_no_deal_knows(database: Database) -> None:
    with database.session() as session:
        open_floor(session)
        client = factories.make_client(session)
        for days in (5, 3):
            call = factories.make_call(
                session, client_id=client.id, disposition="unqualified", started_at=CLOSED - timedelta(days=days)
            )
            factories.store_words(session, call, *SOFT_NO, state="scored")
    assert find(database).found == 1
    with database.session() as session:
        lead = session.scalars(select(WinBackLead)).one()
        assert lead.deal_id is None
        deal = factories.make_deal(
            session, client, status="closed_lost", closed_at=CLOSED, opened_at=CLOSED - timedelta(days=9)
        )
        session.get_one(Call, lead.call_id).deal_id = deal.id
        deal_id = deal.id
    find(database)
    with database.read() as session:
        assert not anything_new(session, None)
        assert session.scalar(select(func.count()).select_from(WinBackLead)) == 1
        assert lead_of(session, deal_id).call_id is not None


def test_statements_do_not_grow_with_the_leads(database: Database) -> None:
    with database.session() as session:
        floor = open_floor(session)
        closed_deal(session, floor)
    find(database)
    with counted_statements() as few:
        find(database)
    with database.session() as session:
        for _ in range(12):
            closed_deal(session, floor)
    find(database)
    with counted_statements() as many:
        find(database)
    assert len(many) <= len(few) + 2


def test_the_control_is_drawn_by_the_share_of_then(database: Database) -> None:
    with database.session() as session:
        deal = closed_deal(session, open_floor(session), *SOFT_NO).id
    find(database, CONTROL)
    find(database, Terms(control_share=0.0, watch_days=90, days=365), again=True)
    with database.read() as session:
        lead = lead_of(session, deal)
        assert (lead.arm, lead.control_share) == ("control", CONTROL.control_share)
        assert lead.watch_until == NOW + timedelta(days=90)
    assert QUEUE.control_share == 0.0


def test_two_conversations_the_later_one_counts_most(database: Database) -> None:
    with database.session() as session:
        deal = closed_deal(session, open_floor(session), *SOFT_NO, days=6)
        talk(session, deal, *REFUSAL, at=CLOSED - timedelta(days=1))
        deal_id = deal.id
    find(database)
    with database.read() as session:
        assert lead_of(session, deal_id).excluded == "do_not_call"
