"""Promises of reps with what became of them: of one client, or across clients page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Final

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from review.client_card.promises import Judged, judge_promises
from review.models import Call, CallPromise, Client, PromiseDecision, Rep, WebAudio, utc_now
from review.queries.client_traces import read_known, read_said, read_traces
from review.queries.keyset import read_mark, write_mark
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls

LOOK_BACK: Final = 90  # days; an older promise is no longer asked for
ON_CARD: Final = 60  # promises, the newest
BATCH: Final = 200
MOST_JUDGED: Final = 2_000  # promises looked at for one page; a page may say that it goes on
LISTED: Final = ("due", "overdue", "open", "kept", "cannot_tell", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """What a person said of a promise."""

    decision: str  # kept or not_kept
    author: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRow:
    """One promise of a rep; seconds are of the call."""

    id: int
    call_id: int
    client_id: int
    client_name: str
    client_company: str | None
    rep_id: int | None
    rep_name: str | None
    what: str
    quote: str
    turn: int | None
    start: float | None
    end: float | None
    happened_at: datetime
    plays: bool  # whether the call has a sound to play
    judged: Judged
    decision: DecisionRow | None

    @property
    def state(self) -> str:
        """A person's word before the machine's: kept, kept_late, open, overdue, cannot_tell or not_kept."""
        return self.decision.decision if self.decision else self.judged.state

    @property
    def asked_for(self) -> bool:
        """True while somebody still has to do it."""
        return self.decision is None and self.judged.asked_for

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """What to play, as (from, to)."""
        if self.start is None:
            return ()
        return ((self.start, self.end if self.end is not None and self.end > self.start else self.start + 6.0),)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseFilter:
    """Which promises a page lists; `days` back from now."""

    listed: str = "overdue"  # one of LISTED
    rep_id: int | None = None
    client_id: int | None = None
    days: int = LOOK_BACK


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisePage:
    """One page; `next` asks for what follows, None at the end."""

    rows: tuple[PromiseRow, ...]
    next: str | None


def read_promises(
    session: Session,
    viewer: Viewer,
    client_ids: Collection[int],
    *,
    zone: tzinfo,
    now: datetime | None = None,
    most: int | None = ON_CARD,
) -> Mapping[int, tuple[PromiseRow, ...]]:
    """Each client's promises in calls the viewer may see, newest first, judged by all that followed; `most` of each.

    What keeps a promise may be a call of somebody else, which the viewer may not see: that it was made is all that is
    told of it. The same few statements for any number of clients.
    """
    wanted = sorted(set(client_ids))
    if not wanted:
        return {}
    now = now or utc_now()
    since = now - timedelta(days=LOOK_BACK)
    judged = _judge(session, wanted, since, now, zone)
    rows = session.execute(
        _select().where(
            Call.client_id.in_(wanted),
            Call.happened_at >= since,
            CallPromise.said_by == "rep",
            visible_calls(viewer),
        )
    ).all()
    found: dict[int, list[PromiseRow]] = {}
    for row in _read(session, rows, judged):
        found.setdefault(row.client_id, []).append(row)
    return {client_id: tuple(rows[:most]) for client_id, rows in found.items()}


def list_promises(
    session: Session,
    viewer: Viewer,
    filters: PromiseFilter,
    *,
    zone: tzinfo,
    now: datetime | None = None,
    after: str | None = None,
    limit: int = 40,
) -> PromisePage:
    """Promises across clients, those of the newest call first; `after` is the `next` of the page before.

    Judged in batches until the page is full: what became of a promise is in no column.
    """
    now = now or utc_now()
    since = now - timedelta(days=filters.days)
    wanted = _select().where(
        Call.client_id.is_not(None),
        Call.happened_at >= since,
        CallPromise.said_by == "rep",
        visible_calls(viewer),
    )
    if filters.rep_id is not None:
        wanted = wanted.where(Call.rep_id == filters.rep_id)
    if filters.client_id is not None:
        wanted = wanted.where(Call.client_id == filters.client_id)
    mark = read_mark(after)
    judged: dict[int, Judged] = {}
    known: set[int] = set()
    kept: list[PromiseRow] = []
    looked_at = 0
    while looked_at < MOST_JUDGED:
        batch = session.execute((wanted.where(_behind(*mark)) if mark else wanted).limit(BATCH)).all()
        clients = {int(row.client_id) for row in batch} - known
        known |= clients
        if clients:
            judged.update(_judge(session, sorted(clients), since, now, zone))
        for row in _read(session, batch, judged):
            if _is_listed(row, filters.listed):
                kept.append(row)
            if len(kept) > limit:
                last = kept[limit - 1]
                return PromisePage(rows=tuple(kept[:limit]), next=write_mark(last.happened_at, last.id))
        if len(batch) < BATCH:
            return PromisePage(rows=tuple(kept), next=None)
        looked_at += len(batch)
        mark = (batch[-1].happened_at, batch[-1][0].id)
    return PromisePage(rows=tuple(kept), next=write_mark(*mark) if mark else None)


def get_promise(session: Session, viewer: Viewer, promise_id: int) -> CallPromise | None:
    """One promise of a rep in a call the viewer may see; for the service that decides about it."""
    return session.scalar(
        select(CallPromise)
        .join(Call, Call.id == CallPromise.call_id)
        .where(CallPromise.id == promise_id, CallPromise.said_by == "rep", visible_calls(viewer))
    )


def _is_listed(row: PromiseRow, listed: str) -> bool:
    if listed in ("due", "overdue", "open"):
        return row.asked_for and listed in ("due", row.judged.state)
    return listed == "all" or row.state == listed or (listed == "kept" and row.state == "kept_late")


def _behind(at: datetime, promise_id: int) -> Any:
    return or_(Call.happened_at < at, and_(Call.happened_at == at, CallPromise.id < promise_id))


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(
            CallPromise,
            Call.client_id,
            Call.happened_at,
            Call.rep_id,
            Rep.name.label("rep_name"),
            Call.rep_name.label("rep_as_delivered"),
            Client.name.label("client_name"),
            Client.company.label("client_company"),
            exists().where(WebAudio.call_id == Call.id).label("plays"),
        )
        .join(Call, Call.id == CallPromise.call_id)
        .join(Client, Client.id == Call.client_id)
        .outerjoin(Rep, Rep.id == Call.rep_id)
        .order_by(Call.happened_at.desc(), CallPromise.id.desc())
    )


def _judge(
    session: Session, client_ids: Collection[int], since: datetime, now: datetime, zone: tzinfo
) -> dict[int, Judged]:
    """All promises of these clients, by the row's id."""
    said = read_said(session, client_ids, since)
    if not said:
        return {}
    begin = min(one.began_at for promises in said.values() for one in promises)
    traces = read_traces(session, list(said), begin)
    known = read_known(session)
    return {
        one.said.id: one
        for client_id, promises in said.items()
        for one in judge_promises(promises, traces.get(client_id, ()), known, now=now, zone=zone)
    }


def _read(session: Session, rows: Iterable[Any], judged: Mapping[int, Judged]) -> list[PromiseRow]:
    rows = list(rows)
    decided = _read_decisions(session, {int(row[0].call_id) for row in rows})
    return [
        PromiseRow(
            id=row[0].id,
            call_id=row[0].call_id,
            client_id=row.client_id,
            client_name=row.client_name,
            client_company=row.client_company,
            rep_id=row.rep_id,
            rep_name=row.rep_name or row.rep_as_delivered,
            what=row[0].what,
            quote=row[0].quote,
            turn=row[0].turn,
            start=row[0].start,
            end=row[0].end,
            happened_at=row.happened_at,
            plays=row.plays,
            judged=judged[row[0].id],
            decision=decided.get((row[0].call_id, row[0].what, row[0].due_on, row[0].turn)),
        )
        for row in rows
        if row[0].id in judged
    ]


def _read_decisions(
    session: Session, call_ids: Collection[int]
) -> dict[tuple[int, str, date | None, int | None], DecisionRow]:
    """The newest word of a person for each promise of these calls; one taken back counts for nothing."""
    found: dict[tuple[int, str, date | None, int | None], DecisionRow] = {}
    if not call_ids:
        return found
    for row in session.scalars(
        select(PromiseDecision).where(PromiseDecision.call_id.in_(sorted(call_ids))).order_by(PromiseDecision.id)
    ):
        key = (row.call_id, row.what, row.due_on, row.turn)
        found[key] = DecisionRow(decision=row.decision, author=row.author, at=row.at)
        if row.decision == "taken_back":
            del found[key]
    return found
