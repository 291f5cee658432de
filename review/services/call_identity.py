"""Which call is it? Ids for senders that give none, and the rule by which two deliveries are one call.

A call is unique by (source, external id). The hash of a recording is not: an announcement may be in many calls.
The same call through another door is found, in this order, by
  1. the same external id from another source, if the bytes are the same or both starts lie within 3 s;
  2. the client's number, a start within 3 s, and the rep;
  3. exactly the same recordings, where one of the two deliveries names no start and no id of its own.
Facts that contradict (direction, number, rep, start) always keep calls apart; so do two different ids of one source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.models import Call, CallLeg
from review.services.call_facts import CallFacts

SAME_START: Final = timedelta(seconds=3)
FROM_FACTS: Final = "facts:"  # how derived ids begin, so that they are told from a sender's own
FROM_BYTES: Final = "sha256:"


def derive_external_id(facts: CallFacts, hashes: Sequence[str]) -> str:
    """An id for a call whose sender gives none: start, number and direction where known, else the recordings' hash."""
    if facts.started_at is not None and facts.client_phone:
        start = facts.started_at.astimezone(UTC).isoformat(timespec="milliseconds")
        return f"{FROM_FACTS}{start}|{facts.client_phone}|{facts.direction or ''}|{facts.rep or ''}"[:300]
    return id_from_bytes(hashes)


def id_from_bytes(hashes: Sequence[str]) -> str:
    """The id of a call of which only the recordings are known."""
    return FROM_BYTES + (hashes[0] if len(hashes) == 1 else hashlib.sha256("|".join(hashes).encode()).hexdigest())


def is_derived(external_id: str) -> bool:
    """Whether we made this id ourselves."""
    return external_id.startswith((FROM_FACTS, FROM_BYTES))


def lock_identity(session: Session, facts: CallFacts, external_id: str, hashes: Sequence[str]) -> None:
    """Let only one transaction at a time decide about calls that could be this one.

    SQLite's write transactions are alone anyway; on PostgreSQL two doors could otherwise each find no call and make
    one. The locks are taken in one order, so that two deliveries cannot wait for each other.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    names = {f"id|{external_id}", f"bytes|{id_from_bytes(hashes)}" if hashes else "", f"phone|{facts.client_phone}"}
    keys = sorted(
        int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True) for name in names if name
    )
    for key in keys:
        session.execute(select(func.pg_advisory_xact_lock(key)))


def find_call(
    session: Session, facts: CallFacts, external_id: str, hashes: Sequence[str], rep_id: int | None
) -> int | None:
    """The call that this delivery repeats or joins; None when it is new."""
    same = session.scalar(select(Call.id).where(Call.source == facts.source, Call.external_id == external_id))
    if same is not None:
        return same
    candidates = [
        call
        for call in (
            *_same_external_id(session, facts, external_id, hashes),
            *_same_moment(session, facts),
            *_same_recordings(session, facts, external_id, hashes),
        )
        if _may_be_one(call, facts, external_id, rep_id)
    ]
    return candidates[0].id if candidates else None


def _same_external_id(session: Session, facts: CallFacts, external_id: str, hashes: Sequence[str]) -> list[Call]:
    if is_derived(external_id):
        return []
    calls = session.scalars(
        select(Call).where(Call.external_id == external_id, Call.source != facts.source).order_by(Call.id).limit(20)
    ).all()
    return [
        call
        for call in calls
        if _is_near(call.started_at, facts.started_at) or (hashes and _hashes(session, call.id) == list(hashes))
    ]


def _same_moment(session: Session, facts: CallFacts) -> list[Call]:
    """Calls with this number that began within 3 s, the nearest first. Both sides must know a full number."""
    if facts.started_at is None or not (facts.client_phone or "").startswith("+"):
        return []
    started = facts.started_at
    calls = session.scalars(
        select(Call)
        .where(
            Call.client_phone == facts.client_phone,
            Call.started_at.between(started - SAME_START, started + SAME_START),
        )
        .order_by(Call.id)
    ).all()
    return sorted(calls, key=lambda call: (abs((call.started_at or started) - started), call.id))


def _same_recordings(session: Session, facts: CallFacts, external_id: str, hashes: Sequence[str]) -> list[Call]:
    if not hashes:
        return []
    calls = session.scalars(
        select(Call)
        .join(CallLeg, CallLeg.call_id == Call.id)
        .where(CallLeg.sha256 == hashes[0], CallLeg.position == 0)
        .order_by(Call.id)
        .limit(50)
    ).all()
    here_is_bare = facts.started_at is None and is_derived(external_id)
    alike = [
        call
        for call in calls
        if (here_is_bare or (call.started_at is None and is_derived(call.external_id)))
        and _hashes(session, call.id) == list(hashes)
    ]
    # A bare recording that belongs to several calls is an announcement: it says nothing about which call this is.
    return alike if len(alike) == 1 else []


def _may_be_one(call: Call, facts: CallFacts, external_id: str, rep_id: int | None) -> bool:
    if call.source == facts.source and not (is_derived(external_id) or is_derived(call.external_id)):
        return False
    if call.started_at and facts.started_at and not _is_near(call.started_at, facts.started_at):
        return False
    if call.rep_id is not None and rep_id is not None:
        if call.rep_id != rep_id:
            return False
    elif _differ((call.rep_name or "").casefold(), (facts.rep or "").casefold()):
        return False
    return not (_differ(call.direction, facts.direction) or _differ(call.client_phone, facts.client_phone))


def _differ(one: str | None, other: str | None) -> bool:
    return bool(one) and bool(other) and one != other


def _is_near(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= SAME_START


def _hashes(session: Session, call_id: int) -> list[str]:
    return list(session.scalars(select(CallLeg.sha256).where(CallLeg.call_id == call_id).order_by(CallLeg.position)))
