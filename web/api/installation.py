"""The installation over the API: sampling rules, sources, and how far the calls are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, abort
from pydantic import BaseModel, ConfigDict, Field

from review.queries.status import read_status as find_status
from review.sampling.rules import NoSuchRule, RuleRow, get_rule, list_rules
from review.services.sources import SourceRow, get_source, list_sources
from web.api.doing import answer, area
from web.api.fields import LARGEST_ID
from web.api.problems import Problem
from web.parts import parts

blueprint = area("installation", "installation", "Sampling rules, sources, the audit log, and how far the calls are.")


class RuleOut(BaseModel):
    """One sampling rule; `terms` as they are stored."""

    id: int
    state: str
    revision: int
    name: str
    terms: dict[str, Any]
    created_at: datetime
    updated_at: datetime


class RuleList(BaseModel):
    """All sampling rules."""

    rules: list[RuleOut]


class RulePath(BaseModel):
    """Which rule."""

    rule_id: int = Field(ge=1, le=LARGEST_ID)


class SourceOut(BaseModel):
    """One source; null means the installation's default."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    kind: str
    language: str | None
    rep_channel: int
    standard: str | None
    company_names: list[str]
    products: list[str]
    engine: str | None
    accuracy: str
    calls: int
    created_at: datetime


class SourceList(BaseModel):
    """All sources by name."""

    sources: list[SourceOut]


class SourcePath(BaseModel):
    """Which source."""

    source_id: int = Field(ge=1, le=LARGEST_ID)


class FailureLine(BaseModel):
    """A call that failed within the last day."""

    model_config = ConfigDict(from_attributes=True)

    call_id: int
    source: str
    code: str
    message: str
    advice: str
    failed_at: datetime


class StatusOut(BaseModel):
    """How far the calls are; no personal data."""

    calls: dict[str, int] = Field(description="How many are in each state, zeros included.")
    oldest_waiting_seconds: float | None
    failed_last_day: list[FailureLine]
    failed_last_day_count: int
    waiting_for_model: int


@blueprint.get("/sampling-rules", responses={200: RuleList})
def list_sampling_rules() -> Response:
    """List the rules by which calls are drawn for review."""
    with parts().database.read() as db:
        rows = list_rules(db)
    return answer(RuleList(rules=[_rule(row) for row in rows]))


@blueprint.get("/sampling-rules/<int:rule_id>", responses={200: RuleOut, 404: Problem})
def read_sampling_rule(path: RulePath) -> Response:
    """Read one sampling rule."""
    try:
        with parts().database.read() as db:
            row = get_rule(db, path.rule_id)
    except NoSuchRule:
        abort(404)
    return answer(_rule(row))


@blueprint.get("/sources", responses={200: SourceList})
def list_all_sources() -> Response:
    """List where calls come from."""
    with parts().database.read() as db:
        rows = list_sources(db)
    return answer(SourceList(sources=[_source(row) for row in rows]))


@blueprint.get("/sources/<int:source_id>", responses={200: SourceOut, 404: Problem})
def read_source(path: SourcePath) -> Response:
    """Read one source."""
    with parts().database.read() as db:
        row = get_source(db, path.source_id)
    if row is None:
        abort(404)
    return answer(_source(row))


@blueprint.get("/status", responses={200: StatusOut})
def read_status() -> Response:
    """Read how many calls are in each state, what waits longest, and what failed within a day."""
    with parts().database.read() as db:
        found = find_status(db)
    return answer(
        StatusOut(
            calls=dict(found.calls),
            oldest_waiting_seconds=found.oldest_waiting_seconds,
            failed_last_day=[FailureLine.model_validate(row) for row in found.failed_last_day],
            failed_last_day_count=found.failed_last_day_count,
            waiting_for_model=sum(one.calls for one in found.waiting_for_model),
        )
    )


def _rule(row: RuleRow) -> RuleOut:
    return RuleOut(
        id=row.id,
        state=row.state,
        revision=row.revision,
        name=row.terms.name,
        terms=row.terms.to_json(),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _source(row: SourceRow) -> SourceOut:
    return SourceOut.model_validate(row)
