"""What a calibration is put together from: calls by number, client, rep or phone, and the scorecards in use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from review.models import Call, Client, Rep, StandardVersion, StoredAssessment
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.services.standards import list_choices

MOST_FOUND: Final = 20
LONGEST_WORDS: Final = 100


@dataclass(frozen=True, slots=True)
class PickedCall:
    """A call that can be chosen; `standard` judged it."""

    id: int
    client: str
    rep: str
    at: datetime
    duration: float | None
    standard: str | None


def find_calls(session: Session, viewer: Viewer, words: str) -> tuple[PickedCall, ...]:
    """The newest scored calls whose number, client, rep or phone matches; none for no words."""
    words = " ".join(words.replace("\x00", "").split())[:LONGEST_WORDS]
    if not words:
        return ()
    bare = words.lstrip("#")
    like = f"%{words.replace('%', '').replace('_', '').casefold()}%"
    match: list[ColumnElement[bool]] = [
        func.lower(Client.name).like(like),
        func.lower(Client.company).like(like),
        func.lower(Rep.name).like(like),
        Call.client_phone.like(like),
    ]
    if bare.isascii() and bare.isdecimal() and len(bare) < 16:
        match.append(Call.id == int(bare))
    return _lines(session, viewer, or_(*match))


def read_calls(session: Session, viewer: Viewer, ids: Collection[int]) -> tuple[PickedCall, ...]:
    """Those of the named calls that the viewer may see and that are scored, in the order asked."""
    wanted = [call_id for call_id in dict.fromkeys(ids) if 0 < call_id < 2**62]
    found = {line.id: line for line in _lines(session, viewer, Call.id.in_(wanted), most=len(wanted))}
    return tuple(found[call_id] for call_id in wanted if call_id in found)


def _lines(
    session: Session, viewer: Viewer, condition: ColumnElement[bool], most: int = MOST_FOUND
) -> tuple[PickedCall, ...]:
    rows = session.execute(
        select(Call, Client.name, Rep.name, StoredAssessment.standard)
        .outerjoin(Client, Client.id == Call.client_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .outerjoin(StoredAssessment, StoredAssessment.id == Call.assessment_id)
        .where(visible_calls(viewer), Call.state == "scored", condition)
        .order_by(Call.happened_at.desc(), Call.id.desc())
        .limit(most)
    )
    return tuple(
        PickedCall(
            id=call.id,
            client=client or call.client_phone or "",
            rep=rep or call.rep_name or "",
            at=call.happened_at,
            duration=call.duration,
            standard=standard,
        )
        for call, client, rep, standard in rows
    )


@dataclass(frozen=True, slots=True)
class PickedVersion:
    """A scorecard version that can be chosen; `newest` of its name."""

    name: str
    version: int
    title: Mapping[str, str]
    newest: bool


def list_versions(session: Session) -> tuple[PickedVersion, ...]:
    """Every scorecard in use with its older versions, the newest of each first."""
    choices = list_choices(session)
    older = session.execute(
        select(StandardVersion.name, StandardVersion.version)
        .where(StandardVersion.name.in_([choice.name for choice in choices]))
        .order_by(StandardVersion.name, StandardVersion.version.desc())
    ).all()
    return tuple(
        PickedVersion(choice.name, version, choice.title, version == choice.version)
        for choice in choices
        for version in [choice.version, *(v for name, v in older if name == choice.name and v < choice.version)]
    )
