"""What one conversation of a closed lead says of its closing, by the rules or the learned judge in charge."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.models import Call, StoredTranscript
from review.queries.corrections import read_shown
from review.services.scoring_facts import gather_facts
from review.win_back.findings import CallTry, Found, Heard
from review.win_back.judge import START, without_lead_facts
from scoring.case import Case
from scoring.conversation import prepare
from scoring.engine import open_case
from scoring.facts import Attempt, Facts
from scoring.learning.rejection_model import ClosedLeads
from scoring.objections import find_objections
from scoring.packs import PackMissing, load_pack
from scoring.rejection import RejectionHead, WeighedReason, weigh
from transcription.transcript import Transcript

LAST: Final = 3  # conversations of a lead that are read; what was said before them has been said again since


def hearing_key(
    transcript_id: int, correction_id: int, loss_reason: str, later: Sequence[CallTry], heads: ClosedLeads | None
) -> str:
    """Names everything a conversation is judged by: the same key needs no second reading."""
    judges = sorted(head.version for head in heads.by_language.values()) if heads else []
    parts = (transcript_id, correction_id, loss_reason, bool(later), *judges)
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:24]


def hear(
    session: Session,
    call_id: int,
    *,
    key: str,
    disposition: str,
    loss_reason: str,
    later: Sequence[CallTry],
    heads: ClosedLeads | None,
) -> Heard | None:
    """Read one conversation; None where it has no words or its language no rule pack.

    `later` are the attempts to reach the client after it. Times and attempts of the lead as a whole are judged with it,
    not here.
    """
    call = session.get(Call, call_id)
    case = None if call is None else _open(session, call, disposition, loss_reason, later)
    if case is None:
        return None
    return heard_of(case, call_id, key=key, head=heads.head_for(case.pack.language) if heads else None)


def heard_of(case: Case, call_id: int, *, key: str = "", head: RejectionHead | None = None) -> Heard:
    """What an opened conversation says; pure. Its facts hold the disposition, the loss reason and what followed."""
    rules = weigh(case, case.facts, find_objections(case))
    reasons: Sequence[WeighedReason] = rules.reasons
    against: Sequence[WeighedReason] = rules.against
    probability = None
    if head is not None:
        probability, reasons, against = head.judge(case, rules)
    kept = without_lead_facts(_found(reasons, call_id))
    kept_against = without_lead_facts(_found(against, call_id))
    if probability is None:
        log_odds = math.fsum(r.weight for r in kept) - math.fsum(r.weight for r in kept_against)
    else:
        sure = min(max(probability, 0.001), 0.999)
        log_odds = math.log(sure / (1 - sure)) - START
    return Heard(
        call_id=call_id,
        key=key,
        log_odds=log_odds,
        reasons=kept,
        against=kept_against,
        excluded=rules.excluded,
        by=head.version if head else "",
    )


def _open(session: Session, call: Call, disposition: str, loss_reason: str, later: Sequence[CallTry]) -> Case | None:
    newest = session.execute(
        select(StoredTranscript.id, StoredTranscript.body)
        .where(StoredTranscript.call_id == call.id)
        .order_by(StoredTranscript.number.desc())
        .limit(1)
    ).one_or_none()
    if newest is None:
        return None
    transcript = read_shown(session, call.id, Transcript.from_json(unpack_body(newest.body)), newest.id)
    conversation = prepare(transcript)
    if not conversation.turns:
        return None
    try:
        pack = load_pack(conversation.language)
    except PackMissing:
        return None
    facts: Facts = replace(
        gather_facts(session, call),
        disposition=disposition,
        loss_reason=loss_reason or None,
        started_at=call.happened_at,
        closed_at=None,
        attempts=tuple(Attempt(one.at, "reached" if one.conversation else "not_reached") for one in later),
    )
    return open_case(transcript, conversation, pack, facts)


def _found(weighed: Sequence[WeighedReason], call_id: int) -> list[Found]:
    return [
        Found(
            id=item.reason.id,
            weight=item.weight,
            why=item.reason.why,
            evidence=None if item.reason.evidence is None else item.reason.evidence.to_json(),
            call_id=call_id,
        )
        for item in weighed
    ]
