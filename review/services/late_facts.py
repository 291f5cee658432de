"""What a later delivery of a known call adds: missing facts, a recording, a transcript."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from review import states
from review.models import Call, CallLeg, WebAudio
from review.performance.results import follow_rep
from review.services.call_facts import CallFacts
from review.services.matching import find_client, find_deal
from review.states import Step

_SAME_NAMED: Final = (
    "direction",
    "started_at",
    "client_phone",
    "queue",
    "disposition",
    "loss_reason",
    "language",
)
_WITHOUT_WORDS: Final = ("needs_model", "no_audio", "dead")
_JUDGED_BY: Final = frozenset(
    {"direction", "started_at", "rep_name", "rep_id", "disposition", "loss_reason", "deal_id"}
)


def fill_gaps(
    session: Session,
    call_id: int,
    facts: CallFacts,
    rep_id: int | None,
    legs: Sequence[tuple[str, str]],
    transcript_sha256: str | None,
) -> Step | None:
    """Add what the call lacks; the step it has to go through now because of it, if any. `legs` are (hash, name)."""
    call = session.scalars(
        select(Call).where(Call.id == call_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    new = _missing_facts(session, call, facts, rep_id)
    if transcript_sha256 and call.transcript_sha256 is None and call.state in ("received", *_WITHOUT_WORDS):
        new["transcript_sha256"] = transcript_sha256
    if new:
        session.execute(
            update(Call).where(Call.id == call_id).values(**new).execution_options(synchronize_session=False)
        )
    if new.keys() & {"rep_id", "happened_at"}:
        follow_rep(session, call_id)
    came = _add_recording(session, call, legs)
    step = _next_step(session, call, new, came=came)
    session.expire(call)
    return step


def _add_recording(session: Session, call: Call, legs: Sequence[tuple[str, str]]) -> bool:
    """Give the call these recordings if it has none, or if its own could not be read; whether it did.

    Unreadable ones stay in the store and in the delivery that brought them: the sender was asked for a better copy.
    """
    if not legs or call.state not in ("received", "no_audio", "scored", "dead"):
        return False
    present = session.scalars(select(CallLeg.sha256).where(CallLeg.call_id == call.id)).all()
    if present:
        was_played = session.get(WebAudio, call.id) is not None
        if call.state != "dead" or was_played or set(present) == {sha256 for sha256, _ in legs}:
            return False
        session.execute(delete(CallLeg).where(CallLeg.call_id == call.id))
    for position, (sha256, name) in enumerate(legs):
        session.execute(insert(CallLeg).values(call_id=call.id, position=position, sha256=sha256, original_name=name))
    return True


def _missing_facts(session: Session, call: Call, facts: CallFacts, rep_id: int | None) -> dict[str, Any]:
    new = {
        name: getattr(facts, name)
        for name in _SAME_NAMED
        if getattr(call, name) is None and getattr(facts, name) is not None
    }
    new.update(_talk(call, facts))
    if "started_at" in new:
        new["happened_at"] = new["started_at"]
    if call.rep_id is None and rep_id is not None:
        new["rep_id"] = rep_id
    if call.rep_name is None and facts.rep is not None:
        new["rep_name"] = facts.rep
    client_id, phone = call.client_id, new.get("client_phone", call.client_phone)
    if client_id is None:
        client_id = find_client(session, external_id=facts.client, phone=phone)
    if call.deal_id is None:
        at = new.get("started_at", call.started_at)
        deal = find_deal(session, external_id=facts.deal, client_id=client_id, at=at, phone=phone)
        if deal is not None and client_id in (None, deal[1]):
            new["deal_id"], client_id = deal
    if call.client_id is None and client_id is not None:
        new["client_id"] = client_id
    return new


def _talk(call: Call, facts: CallFacts) -> dict[str, Any]:
    """Whether somebody answered: the legs of a call are told in any order, one that was answered counts."""
    new: dict[str, Any] = {}
    if facts.result is not None and (call.result is None or (facts.result == "answered" != call.result)):
        new["result"] = facts.result
    if facts.talk_seconds is not None and (call.talk_seconds is None or facts.talk_seconds > call.talk_seconds):
        new["talk_seconds"] = facts.talk_seconds
    return new


def _next_step(session: Session, call: Call, new: dict[str, Any], *, came: bool) -> Step | None:
    heard = "transcript_sha256" in new
    if came and states.make_ready(session, call.id, "transcribe", when=("no_audio", "dead", "scored")):
        return "transcribe"
    if heard and states.make_ready(session, call.id, "transcribe", when=_WITHOUT_WORDS):
        return "transcribe"
    # Judged again beside the old assessment: what the call was closed as decides what is looked for in it.
    held_back = call.partial and not call.score_partial
    if new.keys() & _JUDGED_BY and not held_back and states.make_ready(session, call.id, "score", when=("scored",)):
        return "score"
    return None
