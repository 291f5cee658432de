"""The installation over the API: its sources, and how far the calls are."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from flask import Response, abort
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from review.doorbell import ring
from review.queries.status import read_status as find_status
from review.services.sources import BadSource, SourceRow, change_source, get_source, list_sources
from review.services.standards import list_choices
from web.api.accounts import Language
from web.api.doing import answer, area
from web.api.fields import LARGEST_ID, Line, Word
from web.api.problems import Problem
from web.auth import viewer
from web.errors import Refused
from web.parts import parts

blueprint = area("installation", "installation", "Sampling rules, sources, the audit log, and how far the calls are.")


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
    queue_languages: dict[str, str] = Field(description="A queue's own language, by its name.")
    queue_standards: dict[str, str]
    engine: str | None
    accuracy: str
    calls: int
    created_at: datetime


class SourceChange(BaseModel):
    """What to change of a source; what is left out stays, null means the installation's default."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"rep_channel": 1}})

    language: Language | None = None
    rep_channel: Literal[0, 1] = Field(0, description="Which side of the sound is the rep's.")
    standard: Word | None = None
    company_names: list[Line] = Field(default=[], max_length=200)
    products: list[Line] = Field(default=[], max_length=200)
    queue_languages: dict[Line, Language] = Field(default={}, max_length=200, description="By the queue's name.")
    queue_standards: dict[Line, Word] = Field(default={}, max_length=200)
    engine: Literal["auto", "whisper", "sphinx"] | None = None
    accuracy: Literal["normal", "high"] = "normal"


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


@blueprint.patch("/sources/<int:source_id>", responses={200: SourceOut, 404: Problem, 422: Problem})
def update_source(path: SourcePath, body: SourceChange) -> Response:
    """Change what is known of a source; calls that arrive from now on follow it."""
    given = body.model_dump(exclude_unset=True)
    with parts().database.session() as db:
        row = get_source(db, path.source_id)
        if row is None:
            abort(404)
        known = {choice.name for choice in list_choices(db)}
        asked = [given.get("standard"), *given.get("queue_standards", {}).values()]
        if any(name is not None and name not in known for name in asked):
            raise Refused(422, _("The scorecard of this call is not here any more"), _("Nothing was changed."))
        kept = {name: getattr(row, name) for name in ("language", "rep_channel", "standard", "company_names")}
        try:
            ready = change_source(db, row.name, **{**kept, **given}, by=viewer().user_id)
        except BadSource as error:
            raise Refused(
                422,
                _("These settings cannot be used"),
                _("Nothing was changed."),
                _("One name on each line, at most 80 characters each and 200 lines."),
                code=error.code,
                field=error.field,
            ) from error
        changed = get_source(db, path.source_id)
    ring(parts().redis, ready)
    if changed is None:
        abort(404)
    return answer(_source(changed))


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


def _source(row: SourceRow) -> SourceOut:
    return SourceOut.model_validate(row)
