"""The facts of closed leads, for many at once: their calls, tasks, mails, numbers and other deals. Writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from review.models import (
    Call,
    ClientPhone,
    Correction,
    CrmEmail,
    CrmTask,
    Deal,
    DoNotCall,
    Segment,
    StoredTranscript,
)
from review.win_back.candidates import Candidate
from review.win_back.findings import CallTry, Heard, LeadFacts, LeadTask
from review.win_back.hearing import LAST, hear, hearing_key
from review.win_back.loss_words import is_duplicate, is_kind, says_nothing
from scoring.learning.rejection_model import ClosedLeads

BEFORE: Final = timedelta(days=30)  # calls without a deal up to so long before it was opened are about it
LEAST_TURNS: Final = 2  # of the client: one is an answering machine, or a hello and the line is dead
SPOKEN: Final = ("transcribed", "scoring", "scored")
UNDER_WAY: Final = ("received", "transcribing", "transcribed", "scoring")
LONG: Final = 30.0  # seconds; a recording of that length without words yet is taken for a conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """One lead's facts, without what was said; `words` are (call, key) of its last conversations, the last first."""

    candidate: Candidate
    facts: LeadFacts
    words: tuple[tuple[int, str], ...]
    under_way: bool  # a call of it is still being transcribed or scored
    inputs: str  # hash of all of it: the same needs no second judgement

    @property
    def last_call_id(self) -> int | None:
        """The last conversation with words, else the last call."""
        if self.words:
            return self.words[0][0]
        return self.facts.tries[-1].call_id if self.facts.tries else self.candidate.call_id


def gather(
    session: Session, candidates: Sequence[Candidate], heads: ClosedLeads | None, now: datetime
) -> list[Gathered]:
    """The facts of these leads, in their order. The number of statements does not depend on how many there are."""
    deals = [one.deal_id for one in candidates if one.deal_id is not None]
    clients = sorted({one.client_id for one in candidates if one.client_id is not None})
    calls = _calls(session, candidates, deals, clients)
    ids = sorted({call.id for call in calls})
    turns = _counts(session, ids)
    words = _newest(session, ids)
    tasks = _grouped(session.scalars(select(CrmTask).where(CrmTask.client_id.in_(clients)).order_by(CrmTask.id)))
    mails = _grouped(
        session.scalars(
            select(CrmEmail)
            .where(CrmEmail.client_id.in_(clients), CrmEmail.direction == "outbound")
            .order_by(CrmEmail.at)
        )
    )
    refused = _refused(session, clients, {call.client_phone for call in calls} | {one.phone for one in candidates})
    others = _grouped(
        session.scalars(
            select(Deal).where(Deal.client_id.in_(clients), Deal.status.in_(("open", "won"))).order_by(Deal.id)
        )
    )
    by_client: dict[object, list[Any]] = defaultdict(list)
    by_deal: dict[object, list[Any]] = defaultdict(list)
    for call in calls:
        by_client[call.client_id if call.client_id is not None else call.client_phone].append(call)
        by_deal[call.deal_id].append(call)
    found = []
    for one in candidates:
        mine = _mine(one, by_client, by_deal)
        tries = tuple(_try(call, turns, words) for call in mine)
        languages = [call.language for call in mine if call.language]
        numbers = {call.client_phone for call in mine} | {one.phone}
        facts = LeadFacts(
            now=now,
            opened_at=one.opened_at,
            closed_at=one.closed_at,
            loss_reason=one.loss_reason,
            says_nothing=says_nothing(one.loss_reason, languages),
            unreachable=not one.loss_reason.strip() or is_kind(one.loss_reason, "unreachable", languages),
            tries=tries,
            tasks=tuple(
                LeadTask(title=task.title, due=task.due_at, done=task.done_at)
                for task in tasks[one.client_id]
                if task.deal_id in (None, one.deal_id)
            ),
            mails=tuple(mail.at for mail in mails[one.client_id] if mail.deal_id in (None, one.deal_id)),
            crm=one.deal_id is not None,
            refused_number=bool(refused.clients & {one.client_id} or refused.numbers & numbers),
            duplicate=is_duplicate(one.loss_reason),
            other_deal=_other_deal(one, others[one.client_id]),
        )
        spoken = [attempt for attempt in reversed(tries) if attempt.conversation and attempt.call_id in words][:LAST]
        keys = tuple(
            (said.call_id, hearing_key(*words[said.call_id], one.loss_reason, later_than(said, tries), heads))
            for said in spoken
        )
        found.append(
            Gathered(
                candidate=one,
                facts=facts,
                words=keys,
                under_way=any(call.state in UNDER_WAY for call in mine),
                inputs=_hash(one, facts, keys),
            )
        )
    return found


def with_words(
    session: Session, gathered: Gathered, heads: ClosedLeads | None, known: Mapping[str, Heard] | None = None
) -> LeadFacts:
    """The facts with what was said: conversations judged before by the same key are taken from `known`."""
    heard = []
    for call_id, key in gathered.words:
        one = (known or {}).get(key)
        if one is None:
            attempt = next(each for each in gathered.facts.tries if each.call_id == call_id)
            one = hear(
                session,
                call_id,
                key=key,
                disposition=gathered.candidate.disposition,
                loss_reason=gathered.candidate.loss_reason,
                later=later_than(attempt, gathered.facts.tries),
                heads=heads,
            )
        if one is not None:
            heard.append(one)
    return replace(gathered.facts, heard=tuple(heard))


def later_than(said: CallTry, tries: Sequence[CallTry]) -> tuple[CallTry, ...]:
    """The attempts after a conversation that were ours, or in which both spoke."""
    return tuple(one for one in tries if one.at > said.at and (not one.inbound or one.conversation))


@dataclass(frozen=True, slots=True)
class _Refused:
    clients: frozenset[int | None]
    numbers: frozenset[str | None]


def _calls(session: Session, candidates: Sequence[Candidate], deals: list[int], clients: list[int]) -> Sequence[Any]:
    alone = [call_id for one in candidates for call_id in one.calls]
    numbers = sorted({one.phone for one in candidates if one.phone and one.client_id is None})
    columns = (
        Call.id,
        Call.deal_id,
        Call.client_id,
        Call.client_phone,
        Call.happened_at,
        Call.duration,
        Call.direction,
        Call.state,
        Call.language,
        Call.disposition,
    )
    return session.execute(
        select(*columns)
        .where(
            or_(
                Call.deal_id.in_(deals),
                Call.client_id.in_(clients),
                Call.id.in_(alone),
                Call.client_id.is_(None) & Call.client_phone.in_(numbers),
            )
        )
        .order_by(Call.happened_at, Call.id)
    ).all()


def _mine(one: Candidate, by_client: Mapping[object, list[Any]], by_deal: Mapping[object, list[Any]]) -> list[Any]:
    """The lead's own calls: those of its deal, and the client's without a deal that are not long before it."""
    whose = one.client_id if one.client_id is not None else one.phone
    found = {call.id: call for call in (by_deal[one.deal_id] if one.deal_id is not None else ())}
    earliest = None if one.opened_at is None else one.opened_at - BEFORE
    for call in by_client[whose] if whose is not None else ():
        if call.deal_id is None and (earliest is None or call.happened_at >= earliest):
            found[call.id] = call
    if whose is None:
        found.update({call.id: call for call in by_client[None] if call.id in one.calls})
    return sorted(found.values(), key=lambda call: (call.happened_at, call.id))


def _try(call: Any, turns: Mapping[int, int], words: Mapping[int, tuple[int, int]]) -> CallTry:
    length = timedelta(seconds=call.duration or 0)
    unheard = call.id not in words and call.state != "no_audio" and (call.duration or 0) >= LONG
    return CallTry(
        call_id=call.id,
        at=call.happened_at,
        ended=call.happened_at + length,
        inbound=call.direction == "inbound",
        conversation=turns.get(call.id, 0) >= LEAST_TURNS or unheard,
        recorded=call.state != "no_audio" or call.id in words,
    )


def _other_deal(one: Candidate, others: Sequence[Deal]) -> str | None:
    """The title of a deal through which somebody sells to the client already: open, or won after this closing."""
    for deal in others:
        if deal.id == one.deal_id:
            continue
        if deal.status == "open" or (one.closed_at and deal.closed_at and deal.closed_at >= one.closed_at):
            return deal.title
    return None


def _counts(session: Session, ids: list[int]) -> dict[int, int]:
    """Turns of whoever is not the rep, by call."""
    counted = (
        select(Segment.call_id, func.count())
        .where(Segment.call_id.in_(ids), Segment.role.not_in(("rep", "system")))
        .group_by(Segment.call_id)
    )
    return dict(session.execute(counted).all())


def _newest(session: Session, ids: list[int]) -> dict[int, tuple[int, int]]:
    """The newest transcript and the newest correction (0: none) of calls that have words."""
    corrected = dict(
        session.execute(
            select(Correction.call_id, func.max(Correction.id))
            .where(Correction.call_id.in_(ids))
            .group_by(Correction.call_id)
        ).all()
    )
    newest = (
        select(StoredTranscript.call_id, func.max(StoredTranscript.id))
        .join(Call, Call.id == StoredTranscript.call_id)
        .where(StoredTranscript.call_id.in_(ids), Call.state.in_(SPOKEN))
        .group_by(StoredTranscript.call_id)
    )
    return {call: (transcript, corrected.get(call, 0)) for call, transcript in session.execute(newest)}


def _refused(session: Session, clients: list[int], numbers: set[str | None]) -> _Refused:
    theirs = select(ClientPhone.client_id).where(
        ClientPhone.client_id.in_(clients), ClientPhone.e164.in_(select(DoNotCall.e164))
    )
    said = select(DoNotCall.e164).where(DoNotCall.e164.in_(sorted(number for number in numbers if number)))
    return _Refused(frozenset(session.scalars(theirs)), frozenset(session.scalars(said)))


def _grouped(rows: Any) -> dict[int | None, list[Any]]:
    found: dict[int | None, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.client_id].append(row)
    return found


def _hash(one: Candidate, facts: LeadFacts, keys: Sequence[tuple[int, str]]) -> str:
    """Without the time of now but with what depends on it: whether a task's day is over by now."""
    late = [
        (task.title, str(task.due), task.due is not None and task.due < facts.now)
        for task in facts.tasks
        if not task.done
    ]
    said = (
        *(
            str(part)
            for part in (one.disposition, one.loss_reason, one.opened_at, one.closed_at, one.value, one.currency)
        ),
        [(each.call_id, str(each.at), each.inbound, each.conversation, each.recorded) for each in facts.tries],
        list(keys),
        late,
        [str(at) for at in facts.mails],
        [facts.says_nothing, facts.unreachable, facts.refused_number, facts.duplicate, facts.other_deal],
    )
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
