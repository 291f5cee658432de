"""Who is meant by the extensions and names a telephone system uses, where nothing else tells: said once, remembered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.models import Call, Rep, RepAlias, utc_now
from review.services import audit
from review.services.matching import Linked, link_calls
from review.services.people import BadRep

MOST_SHOWN: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownName:
    """A name or extension that no rep goes by, on how many calls it stands, and the newest of them."""

    name: str
    calls: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasRow:
    """A name or extension of a source, and the rep it means there."""

    name: str
    rep_id: int
    rep_name: str


def unknown_names(session: Session, source: str) -> tuple[UnknownName, ...]:
    """Whom the calls of a source name without our knowing who it is, the most frequent first."""
    count = func.count().label("calls")
    rows = session.execute(
        select(Call.rep_name, count, func.max(Call.happened_at).label("last_at"))
        .where(Call.source == source, Call.rep_id.is_(None), Call.rep_name.is_not(None))
        .group_by(Call.rep_name)
        .order_by(count.desc(), Call.rep_name)
        .limit(MOST_SHOWN)
    )
    return tuple(UnknownName(name=str(row.rep_name), calls=row.calls, last_at=row.last_at) for row in rows)


def list_aliases(session: Session, source: str) -> tuple[AliasRow, ...]:
    """What was said so far of this source."""
    rows = session.execute(
        select(RepAlias.name, RepAlias.rep_id, Rep.name.label("rep_name"))
        .join(Rep, Rep.id == RepAlias.rep_id)
        .where(RepAlias.source == source)
        .order_by(RepAlias.name)
    )
    return tuple(AliasRow(name=row.name, rep_id=row.rep_id, rep_name=row.rep_name) for row in rows)


def name_rep(session: Session, source: str, name: str, rep_id: int, *, by: int | None = None) -> Linked:
    """Let a source's name mean this rep, for the calls that are there and those to come. Raises BadRep.

    Does not commit.
    """
    name = name.strip()
    rep = session.get(Rep, rep_id)
    if rep is None or not name:
        raise BadRep(f"There is no rep {rep_id}.")
    row = session.get(RepAlias, (source, name))
    if row is None:
        session.add(RepAlias(source=source, name=name, rep_id=rep_id, user_id=by))
    else:
        row.rep_id, row.user_id, row.at = rep_id, by, utc_now()
    session.flush()
    audit.record(session, by, "source.name_given", "source", source, name=name, rep_id=rep_id)
    return link_calls(session)


def forget_name(session: Session, source: str, name: str, *, by: int | None = None) -> bool:
    """Take back what was said; calls that were given to the rep stay theirs."""
    row = session.get(RepAlias, (source, name))
    if row is None:
        return False
    session.delete(row)
    session.flush()
    audit.record(session, by, "source.name_forgotten", "source", source, name=name, rep_id=row.rep_id)
    return True
