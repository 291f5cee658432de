"""What becomes of leads: noticed by calls and deals, told by hand, counted for each arm, turned into what to train."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from review.db import Database
from review.models import Deal
from review.win_back.deciding import LeadMoved, LeadRefused, NoSuchLead, decide
from review.win_back.figures import read_figures, read_tiles
from review.win_back.reopening import set_outcome
from review.win_back.states import leads_of
from tests import factories
from tests.db.win_back_leads import (
    CONTROL,
    LATER,
    NOW,
    SOFT_NO,
    Floor,
    closed_deal,
    find,
    hand_out,
    lead_of,
    open_floor,
    talk,
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


def test_reached_returned_and_won_are_noticed_by_themselves(database: Database, floor: Floor, deal: int) -> None:
    hand_out(database, floor, deal)
    with database.session() as session:
        lost = session.get_one(Deal, deal)
        lost.status, lost.closed_at, lost.stage_since = "open", None, NOW  # the CRM opened it as it was told
    find(database, now=LATER)
    with database.session() as session:
        assert (lead_of(session, deal).outcome, lead_of(session, deal).returned_at) == ("none", None)
        talk(session, session.get_one(Deal, deal), *SOFT_NO, at=NOW + timedelta(days=1), rep_id=floor.vera)
    find(database, now=LATER)
    with database.session() as session:
        assert (lead_of(session, deal).outcome, lead_of(session, deal).returned_at) == ("reached", None)
        session.get_one(Deal, deal).stage_since = NOW + timedelta(days=2)
    find(database, now=LATER)
    with database.session() as session:
        assert lead_of(session, deal).outcome == "reopened"
        won = session.get_one(Deal, deal)
        won.status, won.closed_at, won.amount = "won", NOW + timedelta(days=4), Decimal("5200")
    find(database, now=LATER)
    with database.read() as session:
        lead = lead_of(session, deal)
        assert (lead.state, lead.ended, lead.outcome, lead.outcome_sum) == ("closed", "won", "won", Decimal("5200"))
        figures = read_figures(session, now=LATER)
        assert (figures.worked.returned, figures.worked.count, figures.won) == (1, 1, 1)
        assert dict(figures.sums) == {"EUR": 5200.0}
        assert {line.name for line in figures.by_rep} == {"Jonas"}
        tiles = read_tiles(session, leads_of(floor.viewer(session, floor.head)))
        assert (tiles.worked, tiles.control) == (figures.worked, figures.control)


@pytest.mark.parametrize("terms", ["queue", "control"])
def test_what_comes_back_by_itself_is_closed_and_counts_for_its_arm(
    database: Database, floor: Floor, terms: str
) -> None:
    with database.session() as session:
        deal = closed_deal(session, floor, *SOFT_NO).id
    find(database, CONTROL) if terms == "control" else find(database)
    with database.session() as session:
        back = session.get_one(Deal, deal)
        back.status, back.stage_since = "open", NOW + timedelta(days=4)
    find(database, now=LATER)
    find(database, now=LATER)
    with database.read() as session:
        lead = lead_of(session, deal)
        assert (lead.state, lead.ended, lead.outcome) == ("closed", "came_back", "reopened")
        assert lead.returned_at == NOW + timedelta(days=4)
        figures = read_figures(session, now=LATER)
        arm = figures.control if terms == "control" else figures.queue
        assert (arm.returned, arm.count) == (1, 1)
        assert figures.worked.count == 0
        assert figures.lift.early
        assert read_tiles(session, leads_of(floor.viewer(session, floor.head))).control == figures.control


def test_outcomes_by_hand_are_the_new_owners_or_of_who_sees_the_lead(
    database: Database, floor: Floor, deal: int
) -> None:
    hand_out(database, floor, deal)
    with database.session() as session:
        lead, vera = lead_of(session, deal).id, floor.viewer(session, floor.vera_user)
        set_outcome(session, vera, lead, "reached", now=LATER)
        with pytest.raises(LeadRefused):
            set_outcome(session, vera, lead, "won", amount="much", now=LATER)
        set_outcome(session, floor.viewer(session, floor.manager), lead, "won", amount="5 200,50", now=LATER)
        with pytest.raises(LeadMoved):
            set_outcome(session, vera, lead, "lost", now=LATER)
    with database.read() as session:
        lead_now = lead_of(session, deal)
        assert (lead_now.outcome_sum, lead_now.outcome_by) == (Decimal("5200.50"), "hand")
        assert lead_now.returned_at == LATER
    with database.session() as session:
        stranger = factories.make_user(session, "rep").id
        with pytest.raises(NoSuchLead):
            set_outcome(session, floor.viewer(session, stranger), lead, "lost", now=LATER)


def test_what_is_only_said_by_hand_is_no_gain_over_the_control(database: Database, floor: Floor, deal: int) -> None:
    hand_out(database, floor, deal)
    with database.session() as session:
        set_outcome(session, floor.viewer(session, floor.manager), lead_of(session, deal).id, "won", now=LATER)
    with database.read() as session:
        figures = read_figures(session, now=LATER)
        assert (figures.worked.returned, figures.queue.returned, figures.queue.count) == (1, 0, 1)
    with database.session() as session:
        session.get_one(Deal, deal).status = "won"
    with database.read() as session:
        assert read_figures(session, now=LATER).queue.returned == 1, "the deal shows it"


def test_often_confirmed_reasons_become_something_to_train(database: Database, floor: Floor) -> None:
    with database.session() as session:
        deals = [closed_deal(session, floor, *SOFT_NO, phone=f"+4930123456{n}").id for n in range(3)]
    find(database)
    with database.session() as session:
        for deal in deals:
            decide(session, floor.viewer(session, floor.head), lead_of(session, deal).id, "wrong", now=NOW)
        training = read_figures(session, now=NOW).training
        assert [(one.reps, one.leads) for one in training] == [((("Jonas", 3),), 3)]
