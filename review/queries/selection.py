"""Many calls to act on: ticked by hand, or everything a filter matches; counted first, then gone through in slices."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from review.models import Call
from review.queries.filters import InboxFilters
from review.queries.search import said_condition
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls

SLICE: Final = 200  # calls dealt with in one transaction
MOST_IDS: Final = 5_000  # ticked by hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """`ids` are calls ticked by hand; None means everything that the words and filters match."""

    ids: tuple[int, ...] | None = None
    text: str = ""
    by: str | None = None
    filters: InboxFilters = field(default_factory=InboxFilters)


@dataclass(frozen=True, slots=True)
class Matching:
    """How many calls a selection holds now, and the newest of them: what arrives later is not acted on."""

    count: int
    last: int


def count_selected(session: Session, viewer: Viewer, selection: Selection) -> Matching:
    """How many calls of the selection the viewer may see. One statement."""
    count, last = session.execute(
        select(func.count(), func.max(Call.id)).where(*_conditions(session, viewer, selection))
    ).one()
    return Matching(int(count), int(last or 0))


def slice_selected(
    session: Session, viewer: Viewer, selection: Selection, *, after: int, last: int, limit: int = SLICE
) -> tuple[int, ...]:
    """The next calls of the selection in the order of their ids, behind `after` and up to `last`. One statement.

    By id, so that an act that changes what the filter matches never makes a call come twice or not at all.
    """
    wanted = (
        select(Call.id)
        .where(Call.id > after, Call.id <= last, *_conditions(session, viewer, selection))
        .order_by(Call.id)
        .limit(max(1, min(limit, SLICE)))
    )
    return tuple(session.scalars(wanted))


def _conditions(session: Session, viewer: Viewer, selection: Selection) -> list[ColumnElement[bool]]:
    found = [visible_calls(viewer)]
    if selection.ids is not None:
        return [*found, Call.id.in_(selection.ids[:MOST_IDS])]
    found += selection.filters.conditions(viewer)
    if selection.text:
        said = said_condition(session, selection.text, selection.by)
        found.append(Call.id.in_(()) if said is None else said)
    return found
