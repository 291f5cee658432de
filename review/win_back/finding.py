"""Finding closed leads and keeping their judgement: reads and judges in `plan`, writes in `keep`; safe to repeat.

A lead is found once and its arm drawn then; judging it again changes neither the arm nor what people decided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review.models import Deal, WinBackEvent, WinBackLead
from review.upsert import insert_new
from review.win_back.candidates import Candidate, closed_deals, closing_calls, fresh_deals, lost_clients
from review.win_back.chances import Middles, middles_of
from review.win_back.control import Draw, draw_arm
from review.win_back.findings import Heard, Judgement
from review.win_back.gather import Gathered, gather, with_words
from review.win_back.judge import judge_lead
from scoring.learning.rejection_model import ClosedLeads

CHUNK: Final = 100  # leads whose facts are read together, and kept in one transaction
JUDGED_STATES: Final = ("found", "confirmed", "rejected", "not_sure")
"""States in which a lead is still judged: once somebody works on it, what is found later would judge their work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How leads are found: share of the control (0..1), days it is watched, days since the closing at most."""

    control_share: float
    watch_days: int
    days: int

    def since(self, now: datetime) -> datetime:
        """Leads closed before are left alone."""
        return now - timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A lead to be kept; `lead_id` is None for one that was not known."""

    lead_id: int | None
    gathered: Gathered
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some leads looked at: those to be kept, those (by id) that stand as they were, and how many must wait."""

    judged: list[Judged]
    same: list[int]
    waiting: int


@dataclass(slots=True)
class Pass:
    """What a pass did."""

    found: int = 0
    judged_again: int = 0
    waiting: int = 0  # a call of theirs is still being transcribed or scored


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    deal_id: int | None
    call_id: int | None
    client_id: int | None
    state: str
    inputs: str


def plan(
    session: Session,
    terms: Terms,
    heads: ClosedLeads | None,
    now: datetime,
    *,
    again: bool = False,
    fresh: bool = False,
) -> Iterator[Chunk]:
    """What is to be kept, in chunks. Writes nothing.

    `again` judges all of them anew, also where nothing they are judged by has changed; `fresh` looks only at deals that
    were closed, or whose calls were scored, since.
    """
    since = terms.since(now)
    deals = closed_deals(session, since=since, ids=fresh_deals(session, since) if fresh else None)
    sold_to = lost_clients(session, since)  # a lost deal of the client's stands for such calls too
    calls = [
        one for one in closing_calls(session, since=since) if one.client_id is None or one.client_id not in sold_to
    ]
    candidates = [*deals, *calls]
    for begin in range(0, len(candidates), CHUNK):
        yield _judge(session, candidates[begin : begin + CHUNK], heads, now, again)


def _judge(
    session: Session, candidates: Sequence[Candidate], heads: ClosedLeads | None, now: datetime, again: bool
) -> Chunk:
    gathered = gather(session, candidates, heads, now)
    known = _known(session, gathered)
    made: list[Judged] = []
    same: list[int] = []
    waiting = 0
    for one in gathered:
        row = known.get(one.candidate.key)
        if row is not None and row.state not in JUDGED_STATES:
            continue
        if row is not None and row.inputs == one.inputs and not again:
            same.append(row.id)
            continue
        if one.under_way:
            waiting += 1
            continue
        before = {} if row is None or again else _heard_before(session, row.id)
        judgement = judge_lead(with_words(session, one, heads, before))
        made.append(Judged(lead_id=None if row is None else row.id, gathered=one, judgement=judgement))
    return Chunk(judged=made, same=same, waiting=waiting)


def keep(session: Session, chunk: Chunk, terms: Terms, now: datetime, done: Pass) -> None:
    """Store judgements; a lead that another pass kept meanwhile stays as it is. Does not commit."""
    done.waiting += chunk.waiting
    looked_at = update(WinBackLead).where(WinBackLead.id.in_(chunk.same)).values(judged_at=now)
    session.execute(looked_at.execution_options(synchronize_session=False))
    for one in chunk.judged:
        values = _judgement_values(one, now)
        if one.lead_id is None:
            done.found += _keep_new(session, one, values, terms, now)
            continue
        changed = session.execute(
            update(WinBackLead)
            .where(WinBackLead.id == one.lead_id, WinBackLead.state.in_(JUDGED_STATES))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        done.judged_again += int(changed.rowcount)  # type: ignore[attr-defined]


def middle_values(session: Session) -> Middles:
    """The middle value of all deals, by currency. One statement."""
    values: dict[str, list[float]] = defaultdict(list)
    rows = select(Deal.currency, Deal.amount).where(Deal.amount.is_not(None), Deal.currency.is_not(None))
    for currency, amount in session.execute(rows):
        values[str(currency)].append(float(amount or 0))
    return middles_of(values)


def _keep_new(session: Session, one: Judged, values: dict[str, Any], terms: Terms, now: datetime) -> bool:
    candidate = one.gathered.candidate
    drawn = _draw(session, candidate, terms)
    made = insert_new(
        session,
        WinBackLead,
        ("deal_id",) if candidate.deal_id is not None else ("call_id",),
        found_at=now,
        arm=drawn.arm,
        control_share=drawn.share,
        seed=drawn.seed,
        lot=drawn.lot,
        watch_until=now + timedelta(days=terms.watch_days),
        found_band=one.judgement.band,
        found_excluded=one.judgement.excluded,
        chance=0.0,
        rank=0.0,
        state="found",
        verdict_reason="",
        brief="",
        quote="",
        outcome="none",
        **values,
        call_id=candidate.call_id,
    )
    if made is None:
        return False
    details = {"band": one.judgement.band, "excluded": one.judgement.excluded, "arm": drawn.arm, "share": drawn.share}
    session.add(WinBackEvent(lead_id=int(made), at=now, event="found", details=details))
    session.flush()
    return True


def _draw(session: Session, candidate: Candidate, terms: Terms) -> Draw:
    """The lead's draw. All leads of one client are in one arm: calling for one of them touches the others."""
    if candidate.client_id is None:
        return draw_arm(candidate.key, terms.control_share)
    first = session.execute(
        select(WinBackLead.seed, WinBackLead.control_share, WinBackLead.lot)
        .where(WinBackLead.client_id == candidate.client_id)
        .order_by(WinBackLead.id)
        .limit(1)
    ).first()
    if first is not None:
        return Draw(first.seed, first.control_share, first.lot)
    return draw_arm(f"client {candidate.client_id}", terms.control_share)


def _judgement_values(one: Judged, now: datetime) -> dict[str, Any]:
    candidate, judgement = one.gathered.candidate, one.judgement
    ids = sorted({reason.id for reason in judgement.reasons})
    return {
        "deal_id": candidate.deal_id,
        "client_id": candidate.client_id,
        "closed_at": candidate.closed_at,
        "closed_by_id": candidate.closed_by_id,
        "owner_id": candidate.owner_id,
        "judged": judgement.to_json(),
        "judged_at": now,
        "inputs": one.gathered.inputs,
        "last_call_id": one.gathered.last_call_id,
        "probability": judgement.probability,
        "band": judgement.band,
        "excluded": judgement.excluded,
        "reasons": f"|{'|'.join(ids)}|" if ids else "",
        "value": candidate.value,
        "currency": candidate.currency,
    }


def _known(session: Session, gathered: Sequence[Gathered]) -> Mapping[str, _Known]:
    """The leads that stand for these candidates already, by the candidate's key.

    A lead found by its call stands for the deal too that the call was given since; one found by an earlier closing
    call of a client stands for the later ones.
    """
    deals = [one.candidate.deal_id for one in gathered if one.candidate.deal_id is not None]
    calls = sorted(
        {call for one in gathered for call in one.candidate.calls}
        | {attempt.call_id for one in gathered for attempt in one.facts.tries}
    )
    clients = [one.candidate.client_id for one in gathered if one.candidate.client_id is not None]
    columns = (WinBackLead.id, WinBackLead.deal_id, WinBackLead.call_id, WinBackLead.client_id)
    rows = [
        _Known(*row)
        for row in session.execute(
            select(*columns, WinBackLead.state, WinBackLead.inputs)
            .where(
                WinBackLead.deal_id.in_(deals)
                | WinBackLead.call_id.in_(calls)
                | (WinBackLead.client_id.in_(clients) & WinBackLead.call_id.is_not(None))
            )
            .order_by(WinBackLead.id)
        )
    ]
    by_deal = {row.deal_id: row for row in rows if row.deal_id is not None}
    by_call = {row.call_id: row for row in rows if row.call_id is not None and row.deal_id is None}
    by_client = {row.client_id: row for row in reversed(rows) if row.call_id is not None and row.deal_id is None}
    found = {}
    for one in gathered:
        candidate = one.candidate
        if candidate.deal_id is not None:
            tried = (by_call.get(attempt.call_id) for attempt in one.facts.tries)
            row = by_deal.get(candidate.deal_id) or next(filter(None, tried), None)
        else:
            told = (by_call.get(call) for call in candidate.calls)
            row = next(filter(None, told), None) or (
                by_client.get(candidate.client_id) if candidate.client_id else None
            )
        if row is not None:
            found[candidate.key] = row
    return found


def _heard_before(session: Session, lead_id: int) -> dict[str, Heard]:
    """What conversations said when the lead was judged last, by their keys."""
    judged = session.scalar(select(WinBackLead.judged).where(WinBackLead.id == lead_id)) or {}
    heard = [Heard.from_json(item) for item in judged.get("calls") or []]
    return {one.key: one for one in heard}
