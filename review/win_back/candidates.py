"""Which leads are closed: deals lost or unqualified, and calls that closed one where no CRM tells of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from review.models import Call, Deal, DealStage, LossReason, StoredAssessment, WinBackLead

CLOSED: Final = ("closed_lost", "unqualified")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One closed lead. `calls` are, for a lead without a deal, the calls that closed it, the last one last."""

    deal_id: int | None
    call_id: int | None
    client_id: int | None
    phone: str | None
    disposition: str
    loss_reason: str
    opened_at: datetime | None
    closed_at: datetime | None
    closed_by_id: int | None
    owner_id: int | None
    title: str
    value: float | None
    currency: str | None
    calls: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """Names the lead in its draw."""
        return f"deal {self.deal_id}" if self.deal_id is not None else f"call {self.call_id}"


def closed_deals(
    session: Session, *, since: datetime | None = None, ids: Iterable[int] | None = None
) -> list[Candidate]:
    """Deals that are closed without a sale, those closed last first; `since`: when at the earliest."""
    wanted = select(Deal).where(Deal.status.in_(CLOSED))
    if since is not None:
        wanted = wanted.where(func.coalesce(Deal.closed_at, Deal.stage_since, since) >= since)
    if ids is not None:
        wanted = wanted.where(Deal.id.in_(sorted(ids)))
    deals = session.scalars(wanted.order_by(Deal.id)).all()
    names = _reason_names(session)
    closings = _closings(session, [deal.id for deal in deals])
    found = []
    for deal in deals:
        at, by = closings.get(deal.id, (None, None))
        found.append(
            Candidate(
                deal_id=deal.id,
                call_id=None,
                client_id=deal.client_id,
                phone=None,
                disposition=deal.status,
                loss_reason=names.get(deal.loss_reason or "", deal.loss_reason or ""),
                opened_at=deal.opened_at,
                closed_at=deal.closed_at or at or deal.stage_since,
                closed_by_id=deal.closed_by_id or by or deal.rep_id,
                owner_id=deal.rep_id,
                title=deal.title,
                value=None if deal.amount is None else float(deal.amount),
                currency=deal.currency,
            )
        )
    return found


def closing_calls(
    session: Session, *, since: datetime | None = None, ids: Iterable[int] | None = None
) -> list[Candidate]:
    """Leads that calls closed and no deal knows: one for each client (or number), by their last closing call."""
    wanted = select(Call).where(Call.disposition.in_(CLOSED), Call.deal_id.is_(None))
    if since is not None:
        wanted = wanted.where(Call.happened_at >= since)
    if ids is not None:
        wanted = wanted.where(Call.id.in_(sorted(ids)))
    names = _reason_names(session)
    by_client: dict[str, list[Call]] = {}
    for call in session.scalars(wanted.order_by(Call.happened_at, Call.id)):
        by_client.setdefault(_whose(call), []).append(call)
    found = []
    for calls in by_client.values():
        last = calls[-1]
        found.append(
            Candidate(
                deal_id=None,
                call_id=last.id,
                client_id=last.client_id,
                phone=last.client_phone,
                disposition=last.disposition or CLOSED[0],
                loss_reason=names.get(last.loss_reason or "", last.loss_reason or ""),
                opened_at=None,
                closed_at=last.happened_at,
                closed_by_id=last.rep_id,
                owner_id=last.rep_id,
                title="",
                value=None,
                currency=None,
                calls=tuple(call.id for call in calls),
            )
        )
    return found


def anything_new(session: Session, since: datetime | None) -> bool:
    """Whether a deal or call was closed that no lead stands for. Two statements at most, each ends at the first."""
    deals = select(Deal.id).where(Deal.status.in_(CLOSED), Deal.id.not_in(_known(WinBackLead.deal_id)))
    calls = select(Call.id).where(
        Call.disposition.in_(CLOSED),
        Call.deal_id.is_(None),
        Call.state.in_(("scored", "no_audio", "dead")),
        Call.id.not_in(_known(WinBackLead.call_id)),
        or_(Call.client_id.is_(None), Call.client_id.not_in(_clients())),
        or_(Call.client_id.is_not(None), Call.client_phone.is_(None), Call.client_phone.not_in(_numbers())),
    )
    if since is not None:
        deals = deals.where(func.coalesce(Deal.closed_at, Deal.stage_since, since) >= since)
        calls = calls.where(Call.happened_at >= since)
    return session.scalar(deals.limit(1)) is not None or session.scalar(calls.limit(1)) is not None


def fresh_deals(session: Session, since: datetime) -> set[int]:
    """Closed deals that no lead stands for, and those of leads with a call that was scored after they were judged."""
    closed = func.coalesce(Deal.closed_at, Deal.stage_since, since) >= since
    new = select(Deal.id).where(Deal.status.in_(CLOSED), closed, Deal.id.not_in(_known(WinBackLead.deal_id)))
    found = set(session.scalars(new))
    for mine in (Call.deal_id == WinBackLead.deal_id, Call.client_id == WinBackLead.client_id):
        scored = (
            select(WinBackLead.deal_id)
            .join(Call, mine)
            .join(StoredAssessment, StoredAssessment.call_id == Call.id)
            .where(WinBackLead.deal_id.is_not(None), StoredAssessment.created_at > WinBackLead.judged_at)
            .distinct()
        )
        found |= {deal_id for deal_id in session.scalars(scored) if deal_id is not None}
    return found


def lost_clients(session: Session, since: datetime) -> set[int]:
    """Clients with a lost deal."""
    closed = func.coalesce(Deal.closed_at, Deal.stage_since, since) >= since
    return set(session.scalars(select(Deal.client_id).where(Deal.status.in_(CLOSED), closed).distinct()))


def _clients() -> Select[*tuple[Any, ...]]:
    """Clients a lead stands for: one of their calls closed it, or a deal of theirs is lost."""
    found = select(WinBackLead.client_id).where(WinBackLead.call_id.is_not(None), WinBackLead.client_id.is_not(None))
    return found.union(select(Deal.client_id).where(Deal.status.in_(CLOSED))).subquery().select()


def _numbers() -> Select[*tuple[Any, ...]]:
    """Numbers of callers nobody knows that a lead stands for."""
    held = aliased(Call)
    return (
        select(held.client_phone)
        .join(WinBackLead, WinBackLead.call_id == held.id)
        .where(WinBackLead.client_id.is_(None), held.client_phone.is_not(None))
    )


def _known(column: InstrumentedAttribute[int | None]) -> Select[*tuple[Any, ...]]:
    return select(column).where(column.is_not(None))


def _whose(call: Call) -> str:
    """The client, else the number, else the call alone."""
    if call.client_id is not None:
        return f"client {call.client_id}"
    return f"number {call.client_phone}" if call.client_phone else f"call {call.id}"


def _reason_names(session: Session) -> dict[str, str]:
    return dict(session.execute(select(LossReason.code, LossReason.name)).all())


def _closings(session: Session, deal_ids: list[int]) -> dict[int, tuple[datetime, int | None]]:
    """When each deal came into its last closed stage, and by whom, as the CRM's history tells."""
    found: dict[int, tuple[datetime, int | None]] = {}
    rows = (
        select(DealStage.deal_id, DealStage.at, DealStage.rep_id)
        .where(and_(DealStage.deal_id.in_(deal_ids), DealStage.status.in_(CLOSED)))
        .order_by(DealStage.at, DealStage.id)
    )
    for deal_id, at, rep_id in session.execute(rows):
        found[deal_id] = (at, rep_id)
    return found
