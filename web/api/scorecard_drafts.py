"""Scorecards written by program: a version as YAML, a draft put in its place, thrown away or published."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import Response, abort
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from review.scorecards.bodies import LARGEST, BadBody, faults_of
from review.scorecards.drafts import BadName, DraftMoved, DraftRow, NoDraft, discard_draft, find_draft, import_draft
from review.scorecards.publishing import LONGEST_NOTE, NoteTooLong, NothingChanged, NotReady, publish_draft
from review.services.standards import NoSuchVersion, find_standard
from scoring.standards import StandardInvalid, StandardNotFound
from web.api.doing import answer, area
from web.api.fields import Note
from web.api.problems import Problem
from web.api.scorecards import ScorecardPath, ScorecardQuery
from web.auth import viewer
from web.errors import Refused
from web.parts import parts
from web.reading.scorecard_faults import fault_words

blueprint = area("scorecard_drafts", "scorecards", "The standards calls are judged by.")


class ScorecardFile(BaseModel):
    """One version as a file, to be changed and sent as a draft."""

    name: str
    version: int
    yaml: str


class ScorecardDraftIn(BaseModel):
    """A whole scorecard as YAML (JSON is YAML too); the address says whose draft it becomes."""

    model_config = ConfigDict(extra="forbid")

    yaml: str = Field(min_length=1, max_length=LARGEST)
    revision: int | None = Field(
        None, ge=0, le=2**31 - 1, description="Of the draft that it takes the place of; left out: there is none yet."
    )


class ScorecardDraftPublish(BaseModel):
    """The draft as it was looked at, and what is new in it."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=0, le=2**31 - 1)
    note: Note = Field("", max_length=LONGEST_NOTE)


class ScorecardDraftQuery(BaseModel):
    """The draft as it was looked at."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=0, le=2**31 - 1)


class ScorecardDraftOut(BaseModel):
    """A draft in work; it can be published when there are no faults."""

    name: str
    base_version: int | None
    revision: int
    body: dict[str, Any]
    faults: list[str]
    saved_by: str | None
    updated_at: datetime


class ScorecardDraftGone(BaseModel):
    """Whose draft was thrown away."""

    name: str


@blueprint.get("/scorecards/<name>/yaml", responses={200: ScorecardFile, 404: Problem, 422: Problem})
def read_scorecard_file(path: ScorecardPath, query: ScorecardQuery) -> Response:
    """Read one version as YAML."""
    with _told(), parts().database.read() as db:
        return answer(_file(db, path.name, query.version))


@blueprint.get("/scorecards/<name>/draft", responses={200: ScorecardDraftOut, 404: Problem})
def read_scorecard_draft(path: ScorecardPath) -> Response:
    """Read the draft in work and what is wrong with it."""
    with parts().database.read() as db:
        found = find_draft(db, path.name)
    if found is None:
        abort(404)
    return answer(_draft(found))


@blueprint.put("/scorecards/<name>/draft", responses={200: ScorecardDraftOut, 409: Problem, 422: Problem})
def write_scorecard_draft(path: ScorecardPath, body: ScorecardDraftIn) -> Response:
    """Put a scorecard into the draft: of a new name, of one there is, or over the draft of this revision."""
    with _told(), parts().database.session() as db:
        made = import_draft(db, body.yaml, viewer().user_id, into=path.name, revision=body.revision)
    return answer(_draft(made))


@blueprint.delete("/scorecards/<name>/draft", responses={200: ScorecardDraftGone, 404: Problem, 409: Problem})
def remove_scorecard_draft(path: ScorecardPath, query: ScorecardDraftQuery) -> Response:
    """Throw the draft away; the version in use stays."""
    with _told(), parts().database.session() as db:
        discard_draft(db, path.name, query.revision, viewer().user_id)
    return answer(ScorecardDraftGone(name=path.name))


@blueprint.post("/scorecards/<name>/draft/publish", responses={200: ScorecardFile, 404: Problem, 409: Problem})
def publish_scorecard(path: ScorecardPath, body: ScorecardDraftPublish) -> Response:
    """Make the draft the next version. Calls that arrive from now on are judged by it."""
    with _told(), parts().database.session() as db:
        made = publish_draft(db, path.name, body.revision, body.note, viewer().user_id)
        return answer(ScorecardFile(name=made.name, version=made.version, yaml=made.source_text))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (NoDraft, StandardNotFound, NoSuchVersion):
        abort(404)
    except DraftMoved as error:
        raise Refused(
            409,
            _("Somebody else changed this draft meanwhile. Nothing was overwritten."),
            code=error.code,
            revision=error.draft.revision,
        ) from error
    except NothingChanged as error:
        words = _("Nothing differs from version %(n)s, so nothing was published.", n=error.version)
        raise Refused(409, words, code=error.code) from error
    except NotReady as error:
        words = "; ".join(fault_words(fault).rstrip(".") for fault in error.faults[:3])
        raise Refused(422, _("Not published: %(faults)s. The draft is kept.", faults=words), code=error.code) from error
    except BadName as error:
        words = _("“%(name)s” cannot be a scorecard’s name", name=error.name[:80])
        raise Refused(422, words, _("Nothing was begun."), code=error.code, field="name") from error
    except StandardInvalid as error:
        raise Refused(
            422,
            _("The file is no scorecard: line %(line)s: %(problem)s", line=error.line, problem=error.problem),
            _("Nothing was changed."),
            error.fix[:1].upper() + error.fix[1:] + ".",
            code="bad_file",
            field="yaml",
            line=error.line,
        ) from error
    except (BadBody, NoteTooLong) as error:
        raise Refused(422, _("This is no draft"), _("The draft was left as it was."), code=error.code) from error


def _file(db: Any, name: str, version: int | None) -> ScorecardFile:
    found = find_standard(db, name, version)
    return ScorecardFile(name=found.name, version=found.version, yaml=found.source_text)


def _draft(row: DraftRow) -> ScorecardDraftOut:
    return ScorecardDraftOut(
        name=row.name,
        base_version=row.base_version,
        revision=row.revision,
        body=dict(row.body),
        faults=[fault_words(fault) for fault in faults_of(row.name, row.body)],
        saved_by=row.saved_by,
        updated_at=row.updated_at,
    )
