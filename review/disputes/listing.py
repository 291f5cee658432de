"""Lists of disputes: mine to decide, raised by me or my people, all; open ones by deadline, closed ones the newest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from review.disputes.levels import Parties, first_level
from review.disputes.people import around, managers_of, side_of
from review.disputes.reading import read_items, row_fields, rows_query, scores_before, visible_disputes
from review.disputes.types import DisputeRow
from review.disputes.windows import read_windows
from review.evaluations.view import state_of
from review.models import OPEN_DISPUTES, Call, Dispute, DisputeItem, Evaluation, Rep, utc_now
from review.queries.blind import is_veiled, not_veiled
from review.queries.paging import Place, beyond, cut
from review.queries.viewer import Viewer

TABS: Final = ("decide", "raised", "open", "closed")
PAGE: Final = 30
__all__ = ["PAGE", "TABS", "DisputePage", "Standing", "count_tabs", "count_to_decide", "list_disputes", "standing_of"]


@dataclass(frozen=True, slots=True)
class DisputePage:
    """One page; `next` asks for the page behind it."""

    rows: tuple[DisputeRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an evaluation stands towards disputes, for one viewer: what its panel shows and offers."""

    dispute_id: int | None  # the newest one
    state: str  # of it, '' without one
    may_raise: bool
    side: str  # as whom: rep, manager, ''
    until: datetime | None
    over: bool  # the time to dispute it has ended
    level: str  # where one would begin: first, lead
    items: int = 0
    due_at: datetime | None = None


def list_disputes(
    session: Session,
    viewer: Viewer,
    *,
    tab: str = "",
    state: str = "",
    criterion: str = "",
    scorer_id: int | None = None,
    place: Place | None = None,
    limit: int = PAGE,
    now: datetime | None = None,
) -> DisputePage:
    """Disputes the viewer may see, the newest first; `tab` is one of TABS or '' for all. A few statements a page.

    Of a call the viewer is to judge blind the dispute is there with its deadline, without what it is about.
    """
    now = now or utc_now()
    query = rows_query().where(visible_disputes(viewer))
    if tab:
        query = query.where(_tab(tab, viewer))
    if state:
        query = query.where(Dispute.state == state)
    if criterion:
        named = exists().where(DisputeItem.dispute_id == Dispute.id, DisputeItem.criterion == criterion)
        query = query.where(named, not_veiled(viewer))
    if scorer_id is not None:
        query = query.where(Dispute.scorer_id == scorer_id)
    if place is not None:
        query = query.where(beyond(Dispute.raised_at, Dispute.id, place))
    found = session.execute(query.order_by(Dispute.raised_at.desc(), Dispute.id.desc()).limit(limit + 1)).all()
    disputes = [row[0] for row in found[:limit]]
    items = read_items(session, [one.id for one in disputes])
    before = scores_before(session, disputes)
    calls = sorted({one.call_id for one in disputes})
    veiled = set(session.scalars(select(Call.id).where(Call.id.in_(calls), is_veiled(viewer)))) if calls else set()
    rows = [
        DisputeRow(
            **row_fields(
                row,
                viewer,
                now,
                items.get(row[0].id, ()),
                before.get(row[0].id),
                veiled=row[0].call_id in veiled,
            )
        )
        for row in found
    ]
    shown, following = cut(rows, limit, lambda row: (row.raised_at, row.id))
    return DisputePage(shown, following)


def count_tabs(session: Session, viewer: Viewer) -> Mapping[str, int]:
    """How many disputes stand in each tab. One statement."""
    columns = [func.count().filter(_tab(tab, viewer)).label(tab) for tab in TABS]
    row = session.execute(
        select(*columns)
        .select_from(Dispute)
        .join(Call, Call.id == Dispute.call_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .where(visible_disputes(viewer))
    ).one()
    return {tab: int(getattr(row, tab)) for tab in TABS}


def count_to_decide(session: Session, viewer: Viewer) -> int:
    """How many wait for the viewer's decision; asks nothing for those who decide none."""
    if not viewer.has_role("manager", "quality_lead"):
        return 0
    found = session.scalar(
        select(func.count())
        .select_from(Dispute)
        .join(Call, Call.id == Dispute.call_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .where(visible_disputes(viewer), _tab("decide", viewer))
    )
    return int(found or 0)


def _tab(tab: str, viewer: Viewer) -> ColumnElement[bool]:
    """The same people as `review.disputes.levels.deciders`, as a condition."""
    if tab == "open":
        return Dispute.state.in_(OPEN_DISPUTES)
    if tab == "closed":
        return Dispute.state.not_in(OPEN_DISPUTES)
    if tab == "raised":
        mine = [Dispute.raised_by == viewer.user_id]
        if viewer.rep_ids:
            mine.append(Call.rep_id.in_(sorted(viewer.rep_ids)))
        if viewer.has_role("manager") and viewer.managed_team_ids:
            mine.append(Rep.team_id.in_(sorted(viewer.managed_team_ids)))
        return or_(*mine)
    levels: list[ColumnElement[bool]] = []
    if viewer.has_role("manager") and viewer.managed_team_ids:
        theirs = Rep.team_id.in_(sorted(viewer.managed_team_ids))
        levels.append(and_(Dispute.state == "first", theirs))
    if viewer.has_role("quality_lead"):
        levels.append(and_(Dispute.state == "lead", func.coalesce(Dispute.first_decider_id, 0) != viewer.user_id))
    if not levels:
        return false()
    return and_(
        or_(*levels),
        func.coalesce(Dispute.scorer_id, 0) != viewer.user_id,
        func.coalesce(Dispute.raised_by, 0) != viewer.user_id,
        func.coalesce(Rep.user_id, 0) != viewer.user_id,
    )


def standing_of(session: Session, call_id: int, viewer: Viewer, *, now: datetime | None = None) -> dict[int, Standing]:
    """How each evaluation of a call stands towards disputes. Few statements, one where nothing was ever shown."""
    now = now or utc_now()
    rows = session.scalars(select(Evaluation).where(Evaluation.call_id == call_id, Evaluation.state != "draft")).all()
    shown = [row for row in rows if state_of(row, now) not in ("draft", "submitted")]
    if not shown:
        return {}
    newest: dict[int, Dispute] = {}
    found: Any = session.scalars(select(Dispute).where(Dispute.call_id == call_id).order_by(Dispute.id))
    for dispute in found:
        newest[dispute.evaluation_id] = dispute
    there = around(session, call_id)
    sides = {row.id: side_of(viewer, there, row.user_id) for row in shown}
    open_to = [row.id for row in shown if sides[row.id] and state_of(row, now) in ("shown", "acknowledged")]
    windows = read_windows(session, open_to)
    managers = managers_of(session, there.team_id) if windows else ()
    counts = {name: len(items) for name, items in read_items(session, [one.id for one in newest.values()]).items()}
    standings = {}
    for row in shown:
        made, until = newest.get(row.id), windows.get(row.id)
        side = sides[row.id]
        level, _ = first_level(side, managers, Parties(row.user_id, viewer.user_id, there.rep_user))
        over = until is not None and until < now
        standings[row.id] = Standing(
            dispute_id=made.id if made else None,
            state=made.state if made else "",
            may_raise=until is not None and not over and row.user_id != viewer.user_id,
            side=side,
            until=until,
            over=over,
            level=level,
            items=counts.get(made.id, 0) if made else 0,
            due_at=made.due_at if made else None,
        )
    return standings
