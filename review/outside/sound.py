"""The playable copy of a call for outsiders: a file of its own, silent also where names and addresses are said.

Its folder is named after what it was made from, so that a correction or another name on the client's card asks for a
new one: until that is made there is nothing to play, rather than a name to hear.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from review.models import Assignment, Call, CallLeg, Correction, StoredTranscript, User, UserRole, WebAudio
from review.outside.hiding import known_of
from review.outside.own_names import own_names
from review.queries.viewer import SEES_ALL_CALLS

RULES: Final = 3
"""Raise when names or addresses are found differently: sound made before is made again."""

PREFIX: Final = "outside-"


@dataclass(frozen=True, slots=True)
class SoundForOutsiders:
    """What is to be made: the folder everybody's sound lies in, the one for outsiders, and the recording's legs."""

    call_id: int
    folder: str
    outside: str
    legs: tuple[tuple[str, str], ...]  # sha256 and name


def outside_folder(session: Session, call_id: int, folder: str, own: Sequence[str] | None = None) -> str:
    """Where the sound for outsiders lies, relative to the data folder; it may not be made yet.

    `own`: the company's own names, where they were read before.
    """
    transcript = session.scalar(select(func.max(StoredTranscript.id)).where(StoredTranscript.call_id == call_id))
    edits = session.scalar(select(func.max(Correction.id)).where(Correction.call_id == call_id))
    known = known_of(session, call_id, own)
    made_at = session.scalar(select(WebAudio.made_at).where(WebAudio.call_id == call_id))
    facts = [RULES, transcript, edits, known.people, known.companies, str(made_at)]
    return f"{folder}/{PREFIX}{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]}"


def wanted_sounds(session: Session) -> tuple[SoundForOutsiders, ...]:
    """The calls that somebody from outside is to score, or has scored, and that can be played."""
    inside = select(UserRole.user_id).where(UserRole.role.in_([*SEES_ALL_CALLS, "manager", "rep"]))
    rows = session.execute(
        select(Call.id, WebAudio.folder)
        .join(WebAudio, WebAudio.call_id == Call.id)
        .where(Call.id.in_(_given(inside)))
        .order_by(Call.id)
    ).all()
    own = own_names(session) if rows else ()
    return tuple(
        SoundForOutsiders(row.id, row.folder, outside_folder(session, row.id, row.folder, own), _legs(session, row.id))
        for row in rows
    )


def _given(inside: Select[int]) -> Select[int]:
    return (
        select(Assignment.call_id)
        .join(UserRole, UserRole.user_id == Assignment.user_id)
        .join(User, User.id == Assignment.user_id)
        .where(
            UserRole.role == "external_reviewer",
            User.disabled_at.is_(None),
            Assignment.state.in_(("open", "done")),
            Assignment.user_id.not_in(inside),
        )
    )


def _legs(session: Session, call_id: int) -> tuple[tuple[str, str], ...]:
    found = select(CallLeg.sha256, CallLeg.original_name).where(CallLeg.call_id == call_id).order_by(CallLeg.position)
    return tuple((row.sha256, row.original_name) for row in session.execute(found))
