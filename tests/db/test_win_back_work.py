"""The work on closed leads: verdicts become labels, one reopening wins, the list is respected, outcomes are watched."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from review.db import Database
from review.models import AuditEvent, CrmConnection, CrmId, Notification, OutboxItem, Verdict, WinBackEvent, WinBackLead
from review.win_back.deciding import LeadMoved, LeadRefused, NoSuchLead, decide
from review.win_back.do_not_call import NumberRefused, add_number, list_numbers, remove_number
from review.win_back.leads import LeadFilter, get_lead, handed_leads, list_leads
from review.win_back.reopening import owner_choices, phones_of
from review.win_back.states import count_tabs
from tests import factories
from tests.db.win_back_leads import (
    CONTROL,
    NOW,
    SOFT_NO,
    Floor,
    closed_deal,
    find,
    hand_out,
    lead_of,
    open_floor,
)


@pytest.fixture
def floor(database: Database) -> Floor:
    with database.session() as session:
        return open_floor(session)


@pytest.fixture
def deal(database: Database, floor: Floor) -> int:
    """A lost deal whose lead was found."""
    with database.session() as session:
        made = closed_deal(session, floor, *SOFT_NO).id
    find(database)
    return made


def test_verdicts_are_appended_and_the_newest_stands(database: Database, floor: Floor, deal: int) -> None:
    with database.session() as session:
        head, lead = floor.viewer(session, floor.head), lead_of(session, deal).id
        for answer in ("wrong", "right", "not_sure"):
            decide(session, head, lead, answer, now=NOW)
    with database.read() as session:
        found = lead_of(session, deal)
        assert (found.state, found.verdict, found.verdict_by) == ("not_sure", "not_sure", floor.head)
        kept = session.execute(select(Verdict.answer, Verdict.machine, Verdict.kind).order_by(Verdict.id)).all()
        assert [row.answer for row in kept] == ["wrong", "right", "not_sure"]
        assert {(row.machine, row.kind) for row in kept} == {("wrong", "rejection")}
        assert session.scalars(select(WinBackEvent.event).order_by(WinBackEvent.id)).all() == [
            "found",
            "wrong",
            "right",
            "not_sure",
        ]
        audited = session.scalars(select(AuditEvent.action).where(AuditEvent.subject_kind == "win_back_lead")).all()
        assert audited == ["win_back.decided"] * 3


def test_who_sees_which_lead(database: Database, floor: Floor, deal: int) -> None:
    with database.session() as session:
        closed_deal(session, floor, *SOFT_NO, rep_id=floor.other, closed_by_id=floor.other)
    find(database)
    with database.read() as session:
        for user, seen in ((floor.head, 2), (floor.manager, 1), (floor.vera_user, 0)):
            viewer = floor.viewer(session, user)
            assert count_tabs(session, viewer, NOW)["judge"] == seen
            assert len(list_leads(session, viewer, "judge", LeadFilter(), now=NOW).rows) == seen
    with database.session() as session, pytest.raises(NoSuchLead):
        decide(session, floor.viewer(session, floor.vera_user), 1, "wrong", now=NOW)


def test_a_lead_in_the_control_is_shown_to_nobody_until_it_was_watched(database: Database, floor: Floor) -> None:
    with database.session() as session:
        deal = closed_deal(session, floor, *SOFT_NO).id
    find(database, CONTROL)
    with database.session() as session:
        head, lead = floor.viewer(session, floor.head), lead_of(session, deal).id
        assert list_leads(session, head, "judge", LeadFilter(), now=NOW).rows == ()
        with pytest.raises(NoSuchLead):
            decide(session, head, lead, "wrong", now=NOW)
        assert get_lead(session, head, lead, now=NOW + timedelta(days=91)) is not None


def test_reopening_tells_the_new_owner_and_the_crm(database: Database, floor: Floor, deal: int) -> None:
    assert hand_out(database, floor, deal)
    with database.read() as session:
        lead = lead_of(session, deal)
        assert (lead.state, lead.verdict, lead.new_owner_id) == ("reopened", "wrong", floor.vera)
        item = session.scalars(select(OutboxItem).where(OutboxItem.kind == "crm.reopen")).one()
        assert item.key == lead.push_key
        assert item.payload["rep_id"] == floor.vera
        told = session.scalars(select(Notification).where(Notification.user_id == floor.vera_user)).one()
        assert (told.kind, told.body["by"]) == ("win_back_handed", "Ingrid")
        mine = handed_leads(session, floor.viewer(session, floor.vera_user))
        assert [(row.brief, row.quote) for row in mine] == [("Call on Thursday.", "eight now")]
        assert phones_of(session, [lead.id]) == {lead.id: ("+49301234567",)}
        assert handed_leads(session, floor.viewer(session, floor.head)) == ()


def test_a_deal_of_a_connected_crm_waits_to_be_told(database: Database, floor: Floor, deal: int) -> None:
    with database.session() as session:
        crm = CrmConnection(kind="amocrm", name="Sales")
        session.add(crm)
        session.flush()
        session.add(CrmId(connection_id=crm.id, entity="deal", remote_id="77", row_id=deal))
    hand_out(database, floor, deal, brief="Call +49 30 7654321 on Thursday.")
    with database.read() as session:
        row = list_leads(session, floor.viewer(session, floor.head), "reopened", LeadFilter(), now=NOW).rows[0]
        assert row.pushed is not None
        assert row.pushed.state == "waiting"
        sent = session.scalars(select(OutboxItem)).one().payload
        assert sent["text"] == "Call [phone] on Thursday.\n\n“eight now”"


def test_two_people_reopen_the_same_lead_and_one_wins(database: Database, floor: Floor, deal: int) -> None:
    with database.session() as session:
        third = factories.make_rep(session, "Wim").id

    def attempt(owner: int) -> str:
        try:
            hand_out(database, floor, deal, owner_id=owner)
        except LeadMoved as error:
            return error.state
        return "mine"

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(attempt, [floor.vera, third, floor.vera, third]))
    assert sorted(results) == ["mine", "reopened", "reopened", "reopened"]
    with database.read() as session:
        assert len(session.scalars(select(OutboxItem)).all()) == 1
        assert session.scalars(select(WinBackEvent.event)).all().count("reopened") == 1


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        ({"owner_id": "jonas"}, "owner", "same_rep"),
        ({"owner_id": 999_999}, "owner", "unknown"),
        ({"owner_id": "other", "user": "manager"}, "owner", "unknown"),
        ({"brief": "   "}, "brief", "length"),
        ({"brief": "a\x00b"}, "brief", "length"),
        ({"due_at": None}, "due", "range"),
        ({"due_at": NOW - timedelta(days=3)}, "due", "range"),
    ],
)
def test_what_is_refused(
    database: Database, floor: Floor, deal: int, change: dict[str, Any], field: str, why: str
) -> None:
    given = {key: getattr(floor, value) if isinstance(value, str) and hasattr(floor, value) else value
             for key, value in change.items()}  # fmt: skip
    with pytest.raises(LeadRefused) as refused:
        hand_out(database, floor, deal, **given)
    assert (refused.value.field, refused.value.why) == (field, why)
    with database.read() as session:
        assert lead_of(session, deal).state == "found"


def test_a_number_put_on_the_list_stops_the_work_at_once(database: Database, floor: Floor, deal: int) -> None:
    with database.session() as session:
        assert add_number(session, floor.head, "030 1234567", "asked not to be called", region="DE")
        assert not add_number(session, floor.head, "+49 30 1234567", "again", region="DE")
    with pytest.raises(LeadRefused) as refused:
        hand_out(database, floor, deal)
    assert refused.value.why == "do_not_call"
    with database.read() as session:
        head = floor.viewer(session, floor.head)
        counts = count_tabs(session, head, NOW)
        assert (counts["judge"], counts["excluded"]) == (0, 1)
        page = list_numbers(session, head, search="1234567")
        assert [(row.e164, row.by, len(row.clients)) for row in page.rows] == [("+49301234567", "Ingrid", 1)]
        assert list_numbers(session, head, search="nobody").rows == ()
    with database.session() as session:
        with pytest.raises(NumberRefused):
            remove_number(session, floor.head, "+49301234567", "")
        remove_number(session, floor.head, "+49301234567", "typed wrongly")
    assert hand_out(database, floor, deal)
    with database.read() as session:
        acts = session.scalars(select(AuditEvent.action).where(AuditEvent.subject_kind == "do_not_call")).all()
        assert acts == ["do_not_call.added", "do_not_call.removed"]


def test_the_suggestion_goes_by_load_and_never_to_who_closed_it(database: Database, floor: Floor, deal: int) -> None:
    with database.session() as session:
        busy = factories.make_client(session)
        factories.make_deal(session, busy, rep_id=floor.vera)
        choices = owner_choices(session, floor.viewer(session, floor.head), lead_of(session, deal), None)
        assert [(one.name, one.load) for one in choices] == [("Olga", 0), ("Vera", 1)]
        for_manager = owner_choices(session, floor.viewer(session, floor.manager), lead_of(session, deal), None)
        assert [one.name for one in for_manager] == ["Vera"]


def test_pages_follow_each_other_without_a_gap(database: Database, floor: Floor, monkeypatch: Any) -> None:
    monkeypatch.setattr("review.win_back.leads.PAGE", 3)
    with database.session() as session:
        for n in range(8):
            closed_deal(session, floor, amount=None if n % 3 else 1000.0 * (n + 1))
    find(database)
    with database.read() as session:
        head, seen, after = floor.viewer(session, floor.head), [], None
        while True:
            page = list_leads(session, head, "judge", LeadFilter(), now=NOW, after=after)
            seen += [row.id for row in page.rows]
            after = page.next
            if after is None:
                break
        ranks = [session.get_one(WinBackLead, lead).rank for lead in seen]
        assert len(set(seen)) == 8
        assert ranks == sorted(ranks, reverse=True)
        assert list_leads(session, head, "judge", LeadFilter(), now=NOW, after="nonsense").rows[0].id == seen[0]
        unknown = list_leads(session, head, "judge", LeadFilter(size="unknown"), now=NOW)
        assert all(row.guessed == (4000.0, "EUR") for row in unknown.rows)
