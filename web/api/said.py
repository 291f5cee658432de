"""What was said in calls, across calls: objection episodes, promises, and flags, over the API."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Literal

from flask import Response, abort
from pydantic import BaseModel, ConfigDict, Field

from review.client_card.decisions import decide_promise
from review.queries.client_promises import PromiseFilter, PromiseRow, read_promises
from review.queries.client_promises import list_promises as find_promises
from review.queries.inbox import list_calls, read_filters
from review.queries.objections_filter import ObjectionFilter
from review.queries.objections_list import EpisodeRow, get_episode, list_episodes
from web.api.doing import answer, area
from web.api.fields import LARGEST_ID, RowId, Word
from web.api.paging import NEXT, MarkQuery
from web.api.problems import Problem
from web.auth import viewer
from web.parts import parts
from web.reading.client_card import card_refusals_told, sellers_zone

blueprint = area("said", "findings", "What was found in calls: objections, promises, flags.")
ObjectionType = Literal["price", "timing", "authority", "need", "competitor", "trust", "brush_off", "fit", "other"]
Outcome = Literal["handled", "partial", "mishandled", "ignored"]
Flag = Literal["objection_missed", "wrongly_closed", "cannot_judge", "low_score", "partial", "draft"]


class ObjectionQuery(MarkQuery):
    """Which objection episodes, newest call first."""

    type: ObjectionType | None = None
    outcome: Outcome | None = Field(None, description="As shown: a person's verdict before the machine's.")
    rep_id: RowId | None = None
    team_id: RowId | None = None
    language: Word | None = None
    source: Word | None = None
    date_from: date | None = None
    date_to: date | None = None


class EpisodePath(BaseModel):
    """Which episode."""

    episode_id: int = Field(ge=1, le=LARGEST_ID)


class EpisodeOut(BaseModel):
    """One objection with how it was met; seconds are of the call, the quote has private numbers masked."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    call_id: int
    number: int
    turn: int | None
    start: float | None
    end: float | None
    answer_start: float | None
    answer_end: float | None
    types: list[str]
    outcome: str
    judged: str | None = Field(description="A person's verdict, where there is one.")
    severity: str | None
    reaction: str
    quote: str
    answer: str | None
    moves: list[str]
    faults: list[str]
    stage: str | None
    language: str | None
    rep_name: str | None
    team_name: str | None
    happened_at: datetime


class EpisodeList(BaseModel):
    """A page of episodes."""

    objections: list[EpisodeOut]
    next: str | None = Field(description=NEXT)


class PromiseQuery(MarkQuery):
    """Which promises of reps, of the last 90 days."""

    listed: Literal["due", "overdue", "open", "kept", "cannot_tell", "all"] = "all"
    rep_id: RowId | None = None
    client_id: RowId | None = None


class PromisePath(BaseModel):
    """Which promise."""

    promise_id: int = Field(ge=1, le=LARGEST_ID)


class PromiseOut(BaseModel):
    """One promise; `state` is a person's word before the machine's."""

    id: int
    call_id: int
    client_id: int
    rep_id: int | None
    rep_name: str | None
    what: str
    quote: str
    turn: int | None
    start: float | None
    end: float | None
    happened_at: datetime
    due_on: date
    state: str = Field(description="kept, kept_late, open, overdue, cannot_tell or not_kept.")
    decided_by: str | None
    decided_at: datetime | None


class PromiseList(BaseModel):
    """A page of promises."""

    promises: list[PromiseOut]
    next: str | None = Field(description=NEXT)


class PromiseIn(BaseModel):
    """What a person says of a promise; `taken_back` takes one's word back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"decision": "kept"}})

    decision: Literal["kept", "not_kept", "taken_back"]


class FlagQuery(MarkQuery):
    """Which flag, newest call first."""

    flag: Flag
    rep_id: RowId | None = None
    date_from: date | None = None
    date_to: date | None = None


class FlagLine(BaseModel):
    """One call on which the flag is up."""

    call_id: int
    flag: Flag
    rep_id: int | None
    client_id: int | None
    happened_at: datetime
    score_final: float | None


class FlagList(BaseModel):
    """A page of flagged calls."""

    flags: list[FlagLine]
    next: str | None = Field(description=NEXT)


@blueprint.get("/objections", responses={200: EpisodeList, 422: Problem})
def list_objections(query: ObjectionQuery) -> Response:
    """List objection episodes of the calls one may see."""
    wanted = ObjectionFilter(**query.model_dump(exclude={"after", "limit"}))
    with parts().database.read() as db:
        page = list_episodes(db, viewer(), wanted, after=query.after, limit=query.limit)
    return answer(EpisodeList(objections=[_episode(row) for row in page.rows], next=page.next))


@blueprint.get("/objections/<int:episode_id>", responses={200: EpisodeOut, 404: Problem})
def read_objection(path: EpisodePath) -> Response:
    """Read one objection episode."""
    with parts().database.read() as db:
        row = get_episode(db, viewer(), path.episode_id)
    if row is None:
        abort(404)
    return answer(_episode(row))


@blueprint.get("/promises", responses={200: PromiseList, 422: Problem})
def list_promises(query: PromiseQuery) -> Response:
    """List what reps promised in the calls one may see, and what became of it."""
    wanted = PromiseFilter(listed=query.listed, rep_id=query.rep_id, client_id=query.client_id)
    with parts().database.read() as db:
        page = find_promises(db, viewer(), wanted, zone=sellers_zone(), after=query.after, limit=query.limit)
    return answer(PromiseList(promises=[_promise(row) for row in page.rows], next=page.next))


@blueprint.post("/promises/<int:promise_id>", responses={200: PromiseOut, 404: Problem, 410: Problem, 422: Problem})
def decide(path: PromisePath, body: PromiseIn) -> Response:
    """Say of a promise that it was kept or not. Said twice, it stands once more and changes nothing."""
    with card_refusals_told(), parts().database.session() as db:
        client_id = decide_promise(db, viewer(), path.promise_id, body.decision)
        rows = read_promises(db, viewer(), [client_id], zone=sellers_zone(), most=None).get(client_id, ())
        row = next((row for row in rows if row.id == path.promise_id), None)
    if row is None:
        abort(404)
    return answer(_promise(row))


@blueprint.get("/flags", responses={200: FlagList, 422: Problem})
def list_flags(query: FlagQuery) -> Response:
    """List the calls on which a flag is up."""
    asked = query.model_dump(exclude={"after", "limit"}, exclude_none=True)
    filters = read_filters({name: str(value) for name, value in asked.items()})
    with parts().database.read() as db:
        page = list_calls(db, viewer(), filters, query.after, limit=query.limit)
    lines = [
        FlagLine(
            call_id=row.id,
            flag=query.flag,
            rep_id=row.rep_id,
            client_id=row.client_id,
            happened_at=row.started_at,
            score_final=row.score_final,
        )
        for row in page.rows
    ]
    return answer(FlagList(flags=lines, next=page.next))


def _episode(row: EpisodeRow) -> EpisodeOut:
    said = asdict(row)
    return EpisodeOut(**{name: said[name] for name in EpisodeOut.model_fields})


def _promise(row: PromiseRow) -> PromiseOut:
    plain = ("id", "call_id", "client_id", "rep_id", "rep_name", "what", "quote", "turn", "start", "end", "happened_at")
    return PromiseOut(
        **{name: getattr(row, name) for name in plain},
        due_on=row.judged.due_on,
        state=row.state,
        decided_by=row.decision.author if row.decision else None,
        decided_at=row.decision.at if row.decision else None,
    )
