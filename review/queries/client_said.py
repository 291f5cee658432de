"""What a client said of budget, timing, deciding, competitors and the next contact, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from review.models import Call, CallFact, Rep, WebAudio
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls

FACTS: Final = ("budget", "timing", "decision_maker", "competitor", "next_contact")
"""In the order a card shows them."""
MOST: Final = 200  # facts read, the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """One fact as said in one call; seconds are of the call."""

    id: int
    call_id: int
    name: str  # one of FACTS
    value: str
    quote: str
    turn: int | None
    start: float | None
    end: float | None
    happened_at: datetime
    rep_name: str | None
    plays: bool

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """What to play, as (from, to)."""
        if self.start is None:
            return ()
        return ((self.start, self.end if self.end is not None and self.end > self.start else self.start + 6.0),)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactGroup:
    """All that was said of one thing: the newest, and what other values earlier calls gave."""

    name: str
    newest: FactRow
    earlier: tuple[FactRow, ...]  # of other values, newest first, each value once
    times: int  # how often it was said

    @property
    def contradicted(self) -> bool:
        """True when an earlier call said something else."""
        return bool(self.earlier)


def read_facts(session: Session, viewer: Viewer, client_id: int) -> tuple[FactGroup, ...]:
    """The client's facts from calls the viewer may see, one group for each thing. One statement."""
    rows = session.execute(
        select(
            CallFact,
            Call.happened_at,
            Rep.name.label("rep_name"),
            Call.rep_name.label("rep_as_delivered"),
            exists().where(WebAudio.call_id == Call.id).label("plays"),
        )
        .join(Call, Call.id == CallFact.call_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .where(Call.client_id == client_id, visible_calls(viewer))
        .order_by(Call.happened_at.desc(), Call.id.desc(), CallFact.number)
        .limit(MOST)
    )
    groups: dict[str, list[FactRow]] = {}
    for fact, at, rep_name, as_delivered, plays in rows:
        row = FactRow(
            id=fact.id,
            call_id=fact.call_id,
            name=fact.name,
            value=fact.value or fact.quote,
            quote=fact.quote,
            turn=fact.turn,
            start=fact.start,
            end=fact.end,
            happened_at=at,
            rep_name=rep_name or as_delivered,
            plays=plays,
        )
        groups.setdefault(row.name, []).append(row)
    known = [name for name in FACTS if name in groups]
    others = sorted(name for name in groups if name not in FACTS)
    return tuple(_group(name, groups[name]) for name in [*known, *others])


def get_fact(session: Session, viewer: Viewer, client_id: int, fact_id: int) -> FactRow | None:
    """One fact of this client from a call the viewer may see."""
    for group in read_facts(session, viewer, client_id):
        for row in (group.newest, *group.earlier):
            if row.id == fact_id:
                return row
    return None


def _group(name: str, rows: list[FactRow]) -> FactGroup:
    seen = {_fold(rows[0].value)}
    earlier = []
    for row in rows[1:]:
        if _fold(row.value) not in seen:
            seen.add(_fold(row.value))
            earlier.append(row)
    return FactGroup(name=name, newest=rows[0], earlier=tuple(earlier), times=len(rows))


def _fold(value: str) -> str:
    return " ".join(value.casefold().strip(" .!?,;:").split())
