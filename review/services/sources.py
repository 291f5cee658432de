"""Sources: where calls come from, and what is known in advance about all calls of one: language, standard, channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import Call, Source, utc_now
from review.services import audit
from review.upsert import insert_new


class UnknownSource(ReviewError):
    """No call ever came from a source of this name."""

    code = "unknown_source"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no source {name!r}. A source appears when it first delivers a call.")
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One source; None means the installation's default."""

    name: str
    kind: str  # the door it first came through
    language: str | None
    rep_channel: int  # which channel of a two-channel recording is the rep's
    standard: str | None
    company_names: tuple[str, ...]
    calls: int
    created_at: datetime


def list_sources(session: Session) -> tuple[SourceRow, ...]:
    """All sources by name, with how many calls came from each."""
    counts = select(Call.source, func.count().label("calls")).group_by(Call.source).subquery()
    found = session.execute(
        select(Source, func.coalesce(counts.c.calls, 0))
        .outerjoin(counts, counts.c.source == Source.name)
        .order_by(Source.name)
    )
    return tuple(
        SourceRow(
            name=source.name,
            kind=source.kind,
            language=source.language,
            rep_channel=source.rep_channel,
            standard=source.standard,
            company_names=tuple(source.company_names),
            calls=calls,
            created_at=source.created_at,
        )
        for source, calls in found
    )


def ensure_source(
    session: Session,
    name: str,
    kind: str,
    *,
    language: str | None = None,
    standard: str | None = None,
    company_names: Sequence[str] = (),
) -> None:
    """Make the source with these settings unless it exists; one that exists is left as it is. Does not commit."""
    if session.scalar(select(Source.id).where(Source.name == name)) is not None:
        return
    insert_new(  # another door may be making it at this moment
        session,
        Source,
        ("name",),
        name=name,
        kind=kind,
        language=language,
        rep_channel=0,
        standard=standard,
        company_names=list(company_names),
        created_at=utc_now(),
    )


def change_source(
    session: Session,
    name: str,
    *,
    language: str | None,
    rep_channel: int,
    standard: str | None,
    company_names: Sequence[str],
    by: int | None = None,
) -> None:
    """Change what is known of a source; calls that arrive later follow it. Raises UnknownSource."""
    source = session.scalar(select(Source).where(Source.name == name))
    if source is None:
        raise UnknownSource(name)
    after: dict[str, Any] = {
        "language": language,
        "rep_channel": rep_channel,
        "standard": standard,
        "company_names": list(company_names),
    }
    before = {field: getattr(source, field) for field in after}
    if before == after:
        return
    for field, value in after.items():
        setattr(source, field, value)
    session.flush()
    audit.record(session, by, "source.changed", "source", name, before=before, after=after)
