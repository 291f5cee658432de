"""A sales floor for tests of the win-back: three reps, who leads them, and leads that were closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.db import Database
from review.models import Deal, Segment, WinBackLead
from review.queries.viewer import Viewer, load_viewer
from review.win_back.finding import Pass, Terms, keep, plan
from review.win_back.outcomes import watch_outcomes
from review.win_back.ranking import rank_anew
from review.win_back.reopening import reopen
from tests import factories
from tests.web.scores import assessment_of

CLOSED = datetime(2026, 11, 12, 15, 0, tzinfo=UTC)
NOW = CLOSED + timedelta(days=9)
DUE = NOW + timedelta(days=3)
LATER = NOW + timedelta(days=5)
QUEUE = Terms(control_share=0.0, watch_days=90, days=365)
CONTROL = Terms(control_share=0.999999999, watch_days=90, days=365)

SOFT_NO = (
    ("rep", "Good morning, this is Jonas from Nordhem, do you need desks?"),
    ("client", "Yes, we move in January and need about twelve of them."),
    ("rep", "They are four hundred each."),
    ("client", "That is more than we planned. When could you deliver if we took eight now?"),
    ("rep", "Right."),
    ("client", "Please call me again on Thursday."),
    ("rep", "All right, goodbye."),
)
REFUSAL = (
    ("rep", "Good morning, this is Jonas from Nordhem, do you need desks?"),
    ("client", "No. Please do not call me again and take my number off your list."),
    ("rep", "I will."),
    ("client", "Goodbye."),
)


@dataclass(frozen=True)
class Floor:
    """Ids of everybody."""

    jonas: int  # closes leads
    vera: int  # takes them over
    vera_user: int
    other: int  # of another team
    head: int
    manager: int

    def viewer(self, session: Session, user_id: int) -> Viewer:
        """Somebody as pages see them."""
        found = load_viewer(session, user_id)
        assert found is not None
        return found


def open_floor(session: Session) -> Floor:
    """Two teams, a head of sales, a manager of the first."""
    manager = factories.make_user(session, "manager", name="Mara")
    team = factories.make_team(session, managers=[manager])
    vera_user = factories.make_user(session, "rep", name="Vera").id
    return Floor(
        jonas=factories.make_rep(session, "Jonas", team=team).id,
        vera=factories.make_rep(session, "Vera", team=team, user_id=vera_user).id,
        vera_user=vera_user,
        other=factories.make_rep(session, "Olga", team=factories.make_team(session)).id,
        head=factories.make_user(session, "head_of_sales", name="Ingrid").id,
        manager=manager.id,
    )


def closed_deal(
    session: Session,
    floor: Floor,
    *turns: tuple[str, str],
    phone: str = "+49301234567",
    amount: float | None = 4800,
    days: float = 2,
    **columns: Any,
) -> Deal:
    """A deal of a client, lost for "no budget" by Jonas, with one call of these words some days before the closing."""
    client = factories.make_client(session, phones=[phone])
    given: dict[str, Any] = {
        "status": "closed_lost",
        "loss_reason": "no budget",
        "rep_id": floor.jonas,
        "closed_by_id": floor.jonas,
        "opened_at": CLOSED - timedelta(days=20),
        "closed_at": CLOSED,
        "amount": amount,
        "currency": "EUR",
        **columns,
    }
    deal = factories.make_deal(session, client, **given)
    if turns:
        talk(session, deal, *turns, at=CLOSED - timedelta(days=days), rep_id=given["rep_id"])
    return deal


def talk(session: Session, deal: Deal, *turns: tuple[str, str], at: datetime, **columns: Any) -> int:
    """A scored call with the deal's client."""
    columns.setdefault("direction", "outbound")
    call = factories.make_call(session, deal_id=deal.id, client_id=deal.client_id, started_at=at, **columns)
    factories.store_words(session, call, *turns)
    factories.store_score(session, call, assessment_of("win-back"))
    assert session.scalars(select(Segment.id).where(Segment.call_id == call.id)).first()
    return int(call.id)


def ring_out(session: Session, deal: Deal, at: datetime, **columns: Any) -> int:
    """An attempt nobody answered: a call without a recording."""
    columns.setdefault("direction", "outbound")
    call = factories.make_call(
        session, deal_id=deal.id, client_id=deal.client_id, started_at=at, legs=0, state="no_audio", **columns
    )
    return int(call.id)


def find(database: Database, terms: Terms = QUEUE, *, now: datetime = NOW, again: bool = False) -> Pass:
    """One pass, as the worker does it."""
    done = Pass()
    with database.session() as session:
        watch_outcomes(session, now)
    with database.read() as session:
        planned = list(plan(session, terms, None, now, again=again))
    with database.session() as session:
        for chunk in planned:
            keep(session, chunk, terms, now, done)
        rank_anew(session)
    return done


def lead_of(session: Session, deal: Deal | int) -> WinBackLead:
    """The lead that stands for a deal, read anew."""
    deal_id = deal if isinstance(deal, int) else deal.id
    found = session.scalars(
        select(WinBackLead).where(WinBackLead.deal_id == deal_id).execution_options(populate_existing=True)
    ).one()
    return found


def hand_out(database: Database, floor: Floor, deal: int, **more: Any) -> bool:
    """Reopen the lead of a deal for Vera, as the head of sales unless `user` says who."""
    given = {"owner_id": floor.vera, "brief": "Call on Thursday.", "quote": "eight now", "due_at": DUE, "now": NOW}
    with database.session() as session:
        lead = lead_of(session, deal).id
        user = more.pop("user", floor.head)
        return reopen(session, floor.viewer(session, user), lead, **{**given, **more})
