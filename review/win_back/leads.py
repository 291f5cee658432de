"""The leads as the win-back page shows them: a page of one list, one lead, and what was handed to a rep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from review.crm.outbox import Told, told
from review.models import Call, Client, Deal, Rep, User, WebAudio, WinBackLead
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.win_back.finding import middle_values
from review.win_back.findings import Found
from review.win_back.states import callable_leads, in_tab, visible_leads

PAGE: Final = 30
SIZES: Final = ("large", "middle", "small", "unknown")
BANDS: Final = ("high", "middle", "low")
_TWICE: Final = 2.0  # a large deal is worth twice the middle one of its currency or more, a small one half or less


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFilter:
    """Which leads of a list; None is any."""

    band: str | None = None
    reason: str | None = None
    rep_id: int | None = None
    team_id: int | None = None
    size: str | None = None

    def to_query(self) -> dict[str, str]:
        """The set filters as text, ready for a link."""
        values = {"band": self.band, "reason": self.reason, "rep": self.rep_id, "team": self.team_id, "size": self.size}
        return {name: str(value) for name, value in values.items() if value is not None}

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a row must meet."""
        found: list[ColumnElement[bool]] = []
        if self.band:
            found.append(WinBackLead.band == self.band)
        if self.reason:
            found.append(WinBackLead.reasons.contains(f"|{self.reason}|", autoescape=True))
        if self.rep_id is not None:
            found.append(WinBackLead.closed_by_id == self.rep_id)
        if self.team_id is not None:
            found.append(WinBackLead.closed_by_id.in_(select(Rep.id).where(Rep.team_id == self.team_id)))
        if self.size == "unknown":
            found.append(WinBackLead.value.is_(None))
        elif self.size:
            worth, known = WinBackLead.rank, WinBackLead.value.is_not(None)
            large, small = worth >= WinBackLead.chance * _TWICE, worth <= WinBackLead.chance / _TWICE
            found.append(and_(known, {"large": large, "small": small, "middle": and_(~large, ~small)}[self.size]))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRow:
    """One lead. `guessed` is what an unknown value was ranked as (amount, currency); `plays` are calls with a sound."""

    id: int
    state: str
    band: str
    probability: float
    chance: float
    excluded: str | None
    refused: bool  # a number of it is on the list of those not to call
    client_id: int | None
    client: str | None
    company: str | None
    title: str | None
    deal_id: int | None
    deal_url: str | None
    call_id: int | None
    last_call_id: int | None
    value: float | None
    currency: str | None
    guessed: tuple[float, str] | None
    loss_reason: str
    closed_at: datetime | None
    closed_by_id: int | None
    closed_by: str | None
    owner_id: int | None
    reasons: tuple[Found, ...]
    against: tuple[Found, ...]
    tries: int
    conversations: int
    verdict: str | None
    verdict_by: str | None
    verdict_at: datetime | None
    verdict_reason: str
    new_owner_id: int | None
    new_owner: str | None
    reopened_at: datetime | None
    brief: str
    quote: str
    due_at: datetime | None
    outcome: str
    outcome_sum: float | None
    outcome_at: datetime | None
    reached_at: datetime | None
    returned_at: datetime | None
    ended: str | None
    plays: frozenset[int]
    opens: frozenset[int]  # calls of its evidence this viewer may open
    pushed: Told | None
    rank: float


@dataclass(frozen=True, slots=True)
class LeadPage:
    """One page; `next` asks for the page after it."""

    rows: tuple[LeadRow, ...]
    next: str | None


def list_leads(
    session: Session, viewer: Viewer, tab: str, filters: LeadFilter, *, now: datetime, after: str | None = None
) -> LeadPage:
    """A list's leads, the best chances of most value first."""
    wanted = (
        _select()
        .where(visible_leads(viewer, now), in_tab(tab), *filters.conditions())
        .order_by(WinBackLead.rank.desc(), WinBackLead.id.desc())
    )
    place = _read_mark(after)
    if place is not None:
        rank, lead_id = place
        wanted = wanted.where(or_(WinBackLead.rank < rank, and_(WinBackLead.rank == rank, WinBackLead.id < lead_id)))
    found = session.execute(wanted.limit(PAGE + 1)).all()
    rows = _read(session, viewer, found[:PAGE])
    return LeadPage(rows, f"{rows[-1].rank!r}.{rows[-1].id}" if len(found) > PAGE else None)


def get_lead(session: Session, viewer: Viewer, lead_id: int, *, now: datetime) -> LeadRow | None:
    """One lead of those this person sees; None when it is not."""
    found = session.execute(_select().where(WinBackLead.id == lead_id, visible_leads(viewer, now))).all()
    return next(iter(_read(session, viewer, found)), None)


def handed_leads(session: Session, viewer: Viewer) -> tuple[LeadRow, ...]:
    """What was handed to this person as a rep and is not over, due first; then what is."""
    wanted = (
        _select()
        .where(WinBackLead.new_owner_id.in_(sorted(viewer.rep_ids)))
        .order_by(WinBackLead.state == "closed", WinBackLead.due_at, WinBackLead.id)
        .limit(200)
    )
    return _read(session, viewer, session.execute(wanted).all())


def reason_choices(session: Session, viewer: Viewer, now: datetime) -> tuple[str, ...]:
    """The reasons any lead of this viewer has, for the filter."""
    rows = session.scalars(select(WinBackLead.reasons).where(visible_leads(viewer, now)).distinct())
    return tuple(sorted({reason for row in rows for reason in row.split("|") if reason}))


def _select() -> Select[*tuple[Any, ...]]:
    closer, taker = aliased(Rep), aliased(Rep)
    return (
        select(
            WinBackLead,
            Client.name.label("client"),
            Client.company,
            Deal.title,
            Deal.url,
            closer.name.label("closed_by"),
            taker.name.label("new_owner"),
            User.name.label("decided_by"),
            (~callable_leads()).label("refused"),
        )
        .outerjoin(Client, Client.id == WinBackLead.client_id)
        .outerjoin(Deal, Deal.id == WinBackLead.deal_id)
        .outerjoin(closer, closer.id == WinBackLead.closed_by_id)
        .outerjoin(taker, taker.id == WinBackLead.new_owner_id)
        .outerjoin(User, User.id == WinBackLead.verdict_by)
    )


def _read(session: Session, viewer: Viewer, found: Sequence[Any]) -> tuple[LeadRow, ...]:
    calls = sorted(
        {
            item["call"]
            for row in found
            for item in (*row[0].judged.get("reasons", ()), *row[0].judged.get("against", ()))
            if item.get("call")
        }
        | {row[0].last_call_id for row in found if row[0].last_call_id}
    )
    plays = {}
    if calls:
        sound = exists().where(WebAudio.call_id == Call.id)
        plays = dict(session.execute(select(Call.id, sound).where(Call.id.in_(calls), visible_calls(viewer))).all())
    middles = middle_values(session) if any(row[0].value is None for row in found) else None
    return tuple(_row(session, row, plays, middles) for row in found)


def _row(session: Session, row: Any, plays: Mapping[int, bool], middles: Any) -> LeadRow:
    lead: WinBackLead = row[0]
    judged = lead.judged
    return LeadRow(
        id=lead.id,
        state=lead.state,
        band=lead.band,
        probability=lead.probability,
        chance=lead.chance,
        excluded=lead.excluded,
        refused=bool(row.refused),
        client_id=lead.client_id,
        client=row.client,
        company=row.company,
        title=row.title,
        deal_id=lead.deal_id,
        deal_url=row.url,
        call_id=lead.call_id,
        last_call_id=lead.last_call_id,
        value=None if lead.value is None else float(lead.value),
        currency=lead.currency,
        guessed=middles.guess(lead.currency) if lead.value is None and middles is not None else None,
        loss_reason=str(judged.get("loss_reason") or ""),
        closed_at=lead.closed_at,
        closed_by_id=lead.closed_by_id,
        closed_by=row.closed_by,
        owner_id=lead.owner_id,
        reasons=tuple(map(Found.from_json, judged.get("reasons") or ())),
        against=tuple(map(Found.from_json, judged.get("against") or ())),
        tries=int(judged.get("tries") or 0),
        conversations=int(judged.get("conversations") or 0),
        verdict=lead.verdict,
        verdict_by=row.decided_by,
        verdict_at=lead.verdict_at,
        verdict_reason=lead.verdict_reason,
        new_owner_id=lead.new_owner_id,
        new_owner=row.new_owner,
        reopened_at=lead.reopened_at,
        brief=lead.brief,
        quote=lead.quote,
        due_at=lead.due_at,
        outcome=lead.outcome,
        outcome_sum=None if lead.outcome_sum is None else float(lead.outcome_sum),
        outcome_at=lead.outcome_at,
        reached_at=lead.reached_at,
        returned_at=lead.returned_at,
        ended=lead.ended,
        plays=frozenset(call_id for call_id, sound in plays.items() if sound),
        opens=frozenset(plays),
        pushed=told(session, lead.push_key) if lead.push_key else None,
        rank=lead.rank,
    )


def _read_mark(mark: str | None) -> tuple[float, int] | None:
    """After which lead the page begins; None for a mark that was never written."""
    rank, _, lead_id = (mark or "").rpartition(".")
    try:
        found = float(rank), int(lead_id)
    except ValueError:
        return None
    return found if 0 <= found[0] < 1e12 and 0 < found[1] < 2**63 else None
