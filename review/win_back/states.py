"""Which leads a person sees in which list of the win-back page, and how many there are."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session

from review.models import WIN_BACK_STATES, Call, ClientPhone, DoNotCall, Rep, WinBackLead
from review.queries.blind import not_veiled
from review.queries.viewer import Viewer
from review.queries.visibility import visible_reps

TABS: Final = ("judge", "agreed", "unsure", "reopened", "back", "right", "excluded")
WORKED: Final = ("found", "confirmed", "not_sure")
SEES_ALL: Final = ("quality_lead", "head_of_sales")


def visible_leads(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """The condition a row of `win_back_lead` must meet: theirs to see, and not in the control while it is watched.

    Quality lead and head of sales see all, a manager those their teams' reps closed or held. Nobody else sees any; who
    was handed a lead has a page of their own. A lead whose call somebody is to judge blind stays out of their lists.
    """
    shown = or_(WinBackLead.arm == "queue", WinBackLead.watch_until <= now, WinBackLead.state == "closed")
    return and_(leads_of(viewer), shown, _not_blind(viewer))


def callable_leads() -> ColumnElement[bool]:
    """The condition of a lead none of whose numbers is on the list of those not to call, as the list is now."""
    number = exists().where(ClientPhone.client_id == WinBackLead.client_id, ClientPhone.e164 == DoNotCall.e164)
    called = exists().where(
        Call.id.in_((WinBackLead.call_id, WinBackLead.last_call_id)), Call.client_phone == DoNotCall.e164
    )
    return and_(~number, ~called)


def in_tab(tab: str) -> ColumnElement[bool]:
    """The leads of one list."""
    free = and_(WinBackLead.excluded.is_(None), callable_leads())
    return {
        "judge": and_(WinBackLead.state == "found", free),
        "agreed": and_(WinBackLead.state == "confirmed", free),
        "unsure": and_(WinBackLead.state == "not_sure", free),
        "reopened": WinBackLead.state == "reopened",
        "back": WinBackLead.returned_at.is_not(None),
        "right": and_(WinBackLead.state == "rejected", WinBackLead.excluded.is_(None)),
        "excluded": and_(
            WinBackLead.state.in_((*WORKED, "rejected")), or_(WinBackLead.excluded.is_not(None), ~callable_leads())
        ),
    }[tab]


def count_tabs(session: Session, viewer: Viewer, now: datetime) -> dict[str, int]:
    """How many leads each list holds. One statement."""
    columns = [func.count().filter(in_tab(tab)) for tab in TABS]
    row = session.execute(select(*columns).select_from(WinBackLead).where(visible_leads(viewer, now))).one()
    return dict(zip(TABS, row, strict=True))


def count_to_judge(session: Session, viewer: Viewer, now: datetime) -> int:
    """How many leads wait for this person's judgement. One statement."""
    wanted = select(func.count()).select_from(WinBackLead).where(visible_leads(viewer, now), in_tab("judge"))
    return int(session.scalar(wanted) or 0)


def count_states(session: Session) -> dict[str, int]:
    """All leads by state, those in the control under watch among them."""
    rows = session.execute(select(WinBackLead.state, func.count()).group_by(WinBackLead.state)).all()
    return {state: dict(rows).get(state, 0) for state in WIN_BACK_STATES}


def leads_of(viewer: Viewer) -> ColumnElement[bool]:
    """The leads a person answers for, those left alone among them: what figures are made of, never a list."""
    if viewer.has_role(*SEES_ALL):
        return true()
    if not viewer.has_role("manager") or not viewer.managed_team_ids:
        return false()
    reps = select(Rep.id).where(visible_reps(viewer))
    return or_(WinBackLead.closed_by_id.in_(reps), WinBackLead.owner_id.in_(reps))


def _not_blind(viewer: Viewer) -> ColumnElement[bool]:
    veiled = exists().where(Call.id == WinBackLead.last_call_id, ~not_veiled(viewer))
    return ~veiled
