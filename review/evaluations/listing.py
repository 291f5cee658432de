"""The list of evaluations: drafts first, then the newest; of oneself, or of everybody one may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from review.evaluations.counted import counts as counted
from review.evaluations.types import EvaluationRow, Timing
from review.evaluations.view import list_fields, visible_evaluations
from review.models import EVALUATION_STATES, Call, Client, Evaluation, Rep, utc_now
from review.queries.blind import is_veiled
from review.queries.viewer import Viewer

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class ListedCall:
    """The call of a listed evaluation, as a line names it."""

    id: int
    rep: str | None
    client: str | None
    at: datetime
    duration: float | None


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of evaluations with their calls; `next` asks for the page behind it, `counts` are by state."""

    lines: tuple[tuple[EvaluationRow, ListedCall], ...]
    counts: dict[str, int]
    next: str | None


def list_evaluations(
    session: Session,
    viewer: Viewer,
    timing: Timing,
    *,
    state: str = "",
    mine: bool = False,
    after: str | None = None,
    limit: int = PAGE,
) -> ListPage:
    """Evaluations the viewer may see, drafts first, then by when they were last changed. Three statements at most."""
    now = utc_now()
    seen = [
        visible_evaluations(viewer, now),
        or_(Evaluation.state != "void", Evaluation.first_submitted_at.is_not(None)),
        or_(counted(), Evaluation.user_id == viewer.user_id),  # a calibration shows its own on its page
    ]
    if mine:
        seen.append(Evaluation.user_id == viewer.user_id)
    here = _state(now)
    counts = {
        row[0]: row[1]
        for row in session.execute(
            select(here, func.count())
            .select_from(Evaluation)
            .join(Call, Call.id == Evaluation.call_id)
            .where(*seen)
            .group_by(here)
        )
    }
    query = (
        select(Evaluation, Call, Rep.name, Client.name, is_veiled(viewer).label("veiled"))
        .join(Call, Call.id == Evaluation.call_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .outerjoin(Client, Client.id == Call.client_id)
        .where(*seen)
        .order_by((Evaluation.state != "draft"), Evaluation.id.desc())
        .limit(limit + 1)
    )
    if state in EVALUATION_STATES:
        query = query.where(here == state)
    draft, _, last = (after or "").partition(".")
    if last.isdecimal() and len(last) < 19:
        older = and_(Evaluation.state == "draft", Evaluation.id < int(last))
        rest = Evaluation.state != "draft"
        query = query.where(or_(older, rest) if draft == "1" else and_(rest, Evaluation.id < int(last)))
    found = session.execute(query).all()
    lines = tuple(
        (
            EvaluationRow(
                **list_fields(row, viewer, call.rep_id, timing, now, veiled and row.user_id != viewer.user_id)
            ),
            ListedCall(
                call.id,
                None if viewer.is_outsider else rep or call.rep_name,
                None if viewer.is_outsider else client or call.client_phone,
                call.happened_at,
                call.duration,
            ),
        )
        for row, call, rep, client, veiled in found[:limit]
    )
    end = found[limit - 1][0] if len(found) > limit else None
    return ListPage(lines, counts, None if end is None else f"{int(end.state == 'draft')}.{end.id}")


def _state(now: datetime) -> ColumnElement[str]:
    return case((and_(Evaluation.state == "submitted", Evaluation.show_at <= now), "shown"), else_=Evaluation.state)
