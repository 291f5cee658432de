"""Scorecards over the API: which there are, and one version with its questions and answers."""

from __future__ import annotations

from datetime import datetime

from flask import Response, abort
from pydantic import BaseModel, ConfigDict, Field

from review.scorecards.listing import list_scorecards as find_scorecards
from review.scorecards.listing import read_history
from review.services.standards import NoSuchVersion, find_standard
from scoring.standards import StandardNotFound
from web.api.doing import answer, area
from web.api.fields import Word
from web.api.problems import Problem
from web.auth import viewer
from web.parts import parts

blueprint = area("scorecards", "scorecards", "The standards calls are judged by.")


class ScorecardLine(BaseModel):
    """One scorecard; `title` by language."""

    name: str
    version: int
    title: dict[str, str]
    criteria: int
    languages: list[str]
    origin: str = Field(description="ships or own.")
    archived: bool
    recent: int = Field(description="Calls scored by it in the last 30 days.")


class ScorecardList(BaseModel):
    """All scorecards that were published; drafts are not among them."""

    scorecards: list[ScorecardLine]


class ScorecardPath(BaseModel):
    """Which scorecard."""

    name: Word


class ScorecardQuery(BaseModel):
    """Which version; the one new calls are judged by when left out."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(None, ge=1, le=10**9)


class OptionOut(BaseModel):
    """One answer that can be given."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    label: str
    points: float


class CriterionOut(BaseModel):
    """One criterion in the asker's language."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    question: str
    guidance: str
    weight: float
    critical: bool
    mandatory: bool
    machine: bool = Field(description="The machine answers it too.")
    kind: str
    options: list[OptionOut]


class SectionOut(BaseModel):
    """One section."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    title: str
    criteria: list[CriterionOut]


class VersionOut(BaseModel):
    """One version in the history, newest first."""

    version: int
    at: datetime | None
    by: str | None
    note: str
    origin: str
    calls: int


class ScorecardOut(BaseModel):
    """One version of a scorecard, in the asker's language where it has it."""

    name: str
    version: int
    title: str
    description: str
    sections: list[SectionOut]
    history: list[VersionOut]


@blueprint.get("/scorecards", responses={200: ScorecardList})
def list_scorecards() -> Response:
    """List the scorecards by name."""
    with parts().database.read() as db:
        rows = find_scorecards(db, parts().settings.standard)
    lines = [
        ScorecardLine(
            name=row.name,
            version=row.version,
            title=dict(row.title),
            criteria=row.criteria,
            languages=list(row.languages),
            origin=row.origin,
            archived=row.archived,
            recent=row.recent,
        )
        for row in rows
        if row.version is not None
    ]
    return answer(ScorecardList(scorecards=lines))


@blueprint.get("/scorecards/<name>", responses={200: ScorecardOut, 404: Problem, 422: Problem})
def read_scorecard(path: ScorecardPath, query: ScorecardQuery) -> Response:
    """Read one version of a scorecard with its history."""
    try:
        with parts().database.read() as db:
            standard = find_standard(db, path.name, query.version)
            history = read_history(db, path.name)
    except (StandardNotFound, NoSuchVersion):
        abort(404)
    shown = standard.describe(viewer().language)
    return answer(
        ScorecardOut(
            name=standard.name,
            version=standard.version,
            title=shown.title,
            description=shown.description,
            sections=[SectionOut.model_validate(section) for section in shown.sections],
            history=[VersionOut(**{n: getattr(row, n) for n in VersionOut.model_fields}) for row in history],
        )
    )
