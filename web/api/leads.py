"""Win-back over the API: closed leads that may have been closed wrongly, judged and reopened as on their page."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Literal

from flask import Response, abort
from pydantic import BaseModel, ConfigDict, Field

from review.win_back.deciding import decide
from review.win_back.findings import Found
from review.win_back.leads import LeadFilter, LeadRow, get_lead
from review.win_back.leads import list_leads as find_leads
from review.win_back.reopening import reopen
from web.api.doing import answer, area, do_once, once_by_key
from web.api.fields import LARGEST_ID, Moment, Note, RowId, Words
from web.api.paging import NEXT
from web.api.problems import Problem
from web.auth import viewer
from web.blueprints.win_back import do_act
from web.parts import parts

blueprint = area("leads", "win-back", "Closed leads to judge, and reopening them to another owner.")


class LeadQuery(BaseModel):
    """Which leads, the best chances of most value first; a page has 30."""

    model_config = ConfigDict(extra="forbid")

    after: str | None = Field(None, max_length=100, description="`next` of the page before.")
    tab: Literal["judge", "agreed", "unsure", "reopened", "back", "right", "excluded"] = "judge"
    band: Literal["high", "middle", "low"] | None = None
    reason: str | None = Field(None, pattern=r"^[a-z_]{1,60}$", description="The id of a reason.")
    rep_id: RowId | None = Field(None, description="Who closed it.")
    team_id: RowId | None = None
    size: Literal["large", "middle", "small", "unknown"] | None = None


class LeadPath(BaseModel):
    """Which lead."""

    lead_id: int = Field(ge=1, le=LARGEST_ID)


class ReasonOut(BaseModel):
    """One reason for or against; `weight` in log-odds, always positive."""

    id: str
    weight: float
    why: str
    facts: dict[str, Any]
    evidence: dict[str, Any] | None
    call_id: int | None


class LeadOut(BaseModel):
    """One lead. `probability` and `chance` 0..1, sums in `currency`."""

    id: int
    state: str
    band: str
    probability: float
    chance: float
    excluded: str | None
    refused: bool = Field(description="A number of it is on the list of those not to call.")
    client_id: int | None
    title: str | None
    deal_id: int | None
    call_id: int | None
    last_call_id: int | None
    value: float | None
    currency: str | None
    loss_reason: str
    closed_at: datetime | None
    closed_by_id: int | None
    reasons: list[ReasonOut]
    against: list[ReasonOut]
    tries: int
    conversations: int
    verdict: str | None
    verdict_at: datetime | None
    new_owner_id: int | None
    reopened_at: datetime | None
    due_at: datetime | None
    outcome: str
    outcome_sum: float | None
    returned_at: datetime | None


class LeadList(BaseModel):
    """A page of leads."""

    leads: list[LeadOut]
    next: str | None = Field(description=NEXT)


class JudgeIn(BaseModel):
    """A person's decision: was the lead closed wrongly?"""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"answer": "wrong"}})

    answer: Literal["wrong", "right", "not_sure"]
    reason: Note = ""


class ReopenIn(BaseModel):
    """To whom the lead goes, and with what."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "owner_id": 7,
                "brief": "Asked for March; call with the new offer.",
                "due_at": "2026-12-01T17:00:00Z",
            }
        },
    )

    owner_id: RowId = Field(description="A rep other than the one who closed it.")
    brief: Words = Field(min_length=1)
    quote: Note = ""
    due_at: Moment


@blueprint.get("/leads", responses={200: LeadList, 422: Problem})
def list_leads(query: LeadQuery) -> Response:
    """List the leads of one list of the win-back page."""
    wanted = LeadFilter(**query.model_dump(exclude={"after", "tab"}))
    with parts().database.read() as db:
        page = find_leads(db, viewer(), query.tab, wanted, now=datetime.now(UTC), after=query.after)
    return answer(LeadList(leads=[_out(row) for row in page.rows], next=page.next))


@blueprint.get("/leads/<int:lead_id>", responses={200: LeadOut, 404: Problem})
def read_lead(path: LeadPath) -> Response:
    """Read one lead with the reasons for and against."""
    with parts().database.read() as db:
        return answer(_read(db, path.lead_id))


@blueprint.post("/leads/<int:lead_id>/verdict", responses={200: LeadOut, 404: Problem, 409: Problem, 422: Problem})
def judge(path: LeadPath, body: JudgeIn) -> Response:
    """Say whether the lead was closed wrongly. The newest decision stands, all are kept."""

    def act(db: Any) -> LeadOut:
        decide(db, viewer(), path.lead_id, body.answer, reason=body.reason)
        db.flush()
        return _read(db, path.lead_id)

    return answer(do_act(act))


@blueprint.post("/leads/<int:lead_id>/reopen", responses={201: LeadOut, 404: Problem, 409: Problem, 422: Problem})
@once_by_key
def hand_out(path: LeadPath, body: ReopenIn) -> Response:
    """Reopen the lead to another owner, who is told; the CRM is told too, where the deal came from one."""

    def act(db: Any) -> LeadOut:
        reopen(
            db,
            viewer(),
            path.lead_id,
            owner_id=body.owner_id,
            brief=body.brief,
            quote=body.quote,
            due_at=body.due_at,
        )
        db.flush()
        return _read(db, path.lead_id)

    response: Response = do_act(lambda db: do_once(act, db=db))
    return response


def _read(db: Any, lead_id: int) -> LeadOut:
    row = get_lead(db, viewer(), lead_id, now=datetime.now(UTC))
    if row is None:
        abort(404)
    return _out(row)


def _out(row: LeadRow) -> LeadOut:
    plain = {name: getattr(row, name) for name in LeadOut.model_fields if name not in ("reasons", "against")}
    return LeadOut(
        **plain,
        reasons=[_reason(one) for one in row.reasons],
        against=[_reason(one) for one in row.against],
    )


def _reason(one: Found) -> ReasonOut:
    return ReasonOut(**asdict(one))
