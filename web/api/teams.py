"""Teams and reps over the API, with who was in which team from when to when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from review.accounts.team_history import Stretch, history_of_team, stretches_of
from review.accounts.teams import (
    aliases_of,
    change_rep,
    get_team,
    make_team,
    members_of,
    rename_team,
)
from review.accounts.teams import get_rep as find_rep
from review.accounts.teams import list_teams as find_teams
from review.services.people import add_rep
from review.services.people import list_reps as find_reps
from web.api.accounts import not_there, refusing
from web.api.doing import answer, area
from web.api.fields import LARGEST_ID, Line, RowId
from web.api.problems import Problem
from web.auth import viewer
from web.parts import parts

blueprint = area("teams", "teams", "Teams, reps, and who was where when.")


class TeamIn(BaseModel):
    """A team's name."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "North"}})

    name: Line


class TeamOut(BaseModel):
    """One team."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    managers: list[str]
    members: int = Field(description="People who sign in, managers among them.")
    reps: int = Field(description="Reps who work here.")


class TeamList(BaseModel):
    """All teams by name."""

    teams: list[TeamOut]


class TeamPath(BaseModel):
    """Which team."""

    team_id: int = Field(ge=1, le=LARGEST_ID)


class MemberOut(BaseModel):
    """A person who signs in, in a team."""

    model_config = ConfigDict(from_attributes=True)

    user_id: int
    name: str
    email: str
    manages: bool
    disabled: bool


class StretchOut(BaseModel):
    """A stretch of time in a team; `since` null: from the beginning, `until` null: still."""

    model_config = ConfigDict(from_attributes=True)

    team_id: int
    rep_id: int | None
    user_id: int | None
    name: str
    is_manager: bool
    since: datetime | None
    until: datetime | None


class TeamDetail(TeamOut):
    """One team with everybody who is or was in it."""

    people: list[MemberOut]
    history: list[StretchOut]


class RepIn(BaseModel):
    """A new rep."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "Rita", "extension": "101"}})

    name: Line
    extension: str | None = Field(None, max_length=64)
    email: str | None = Field(None, max_length=254)
    team_id: RowId | None = None


class RepChange(BaseModel):
    """What to change; what is left out stays, null takes it away."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"team_id": 2}})

    name: Line | None = None
    extension: str | None = Field(None, max_length=64)
    email: str | None = Field(None, max_length=254)
    team_id: RowId | None = None
    user_id: RowId | None = Field(None, description="The sign-in that speaks as this rep and sees their calls.")
    active: bool | None = None


class RepOut(BaseModel):
    """One rep."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    extension: str | None
    email: str | None
    team_id: int | None
    team_name: str | None
    user_id: int | None
    active: bool


class AliasOut(BaseModel):
    """A name by which a source knows the rep."""

    model_config = ConfigDict(from_attributes=True)

    source: str
    name: str


class RepDetail(RepOut):
    """One rep with names and teams over time."""

    aliases: list[AliasOut]
    history: list[StretchOut]


class RepList(BaseModel):
    """All reps by name, those who left at the end."""

    reps: list[RepOut]


class RepPath(BaseModel):
    """Which rep."""

    rep_id: int = Field(ge=1, le=LARGEST_ID)


@blueprint.get("/teams", responses={200: TeamList})
def list_teams() -> Response:
    """List teams."""
    with parts().database.read() as db:
        return answer(TeamList(teams=[TeamOut.model_validate(row) for row in find_teams(db)]))


@blueprint.post("/teams", responses={201: TeamDetail, 422: Problem})
def create_team(body: TeamIn) -> Response:
    """Make a team."""
    with parts().database.session() as db:
        team_id = refusing(lambda: make_team(db, body.name, by=viewer().user_id))
        return answer(_team(db, team_id), 201)


@blueprint.get("/teams/<int:team_id>", responses={200: TeamDetail, 404: Problem})
def read_team(path: TeamPath) -> Response:
    """Read one team, who is in it and who was."""
    with parts().database.read() as db:
        return answer(_team(db, path.team_id))


@blueprint.patch("/teams/<int:team_id>", responses={200: TeamDetail, 404: Problem, 422: Problem})
def change_team(path: TeamPath, body: TeamIn) -> Response:
    """Rename a team."""
    with parts().database.session() as db:
        _team(db, path.team_id)
        refusing(lambda: rename_team(db, path.team_id, body.name, by=viewer().user_id))
        return answer(_team(db, path.team_id))


@blueprint.get("/reps", responses={200: RepList})
def list_reps() -> Response:
    """List reps."""
    with parts().database.read() as db:
        return answer(RepList(reps=[RepOut.model_validate(row) for row in find_reps(db)]))


@blueprint.post("/reps", responses={201: RepDetail, 409: Problem, 422: Problem})
def create_rep(body: RepIn) -> Response:
    """Make a rep."""
    with parts().database.session() as db:
        rep_id = refusing(lambda: add_rep(db, name=body.name, by=viewer().user_id))
        refusing(
            lambda: change_rep(
                db,
                viewer(),
                rep_id,
                name=body.name,
                extension=clean(body.extension),
                email=clean(body.email),
                team_id=body.team_id,
                user_id=None,
                active=True,
            )
        )
        return answer(_rep(db, rep_id), 201)


@blueprint.get("/reps/<int:rep_id>", responses={200: RepDetail, 404: Problem})
def read_rep(path: RepPath) -> Response:
    """Read one rep, the names sources know them by, and their teams over time."""
    with parts().database.read() as db:
        return answer(_rep(db, path.rep_id))


@blueprint.patch("/reps/<int:rep_id>", responses={200: RepDetail, 404: Problem, 409: Problem, 422: Problem})
def update_rep(path: RepPath, body: RepChange) -> Response:
    """Change a rep."""
    said = body.model_fields_set
    with parts().database.session() as db:
        now = _rep(db, path.rep_id)
        refusing(
            lambda: change_rep(
                db,
                viewer(),
                path.rep_id,
                name=body.name if body.name is not None else now.name,
                extension=clean(body.extension) if "extension" in said else now.extension,
                email=clean(body.email) if "email" in said else now.email,
                team_id=body.team_id if "team_id" in said else now.team_id,
                user_id=body.user_id if "user_id" in said else now.user_id,
                active=body.active if body.active is not None else now.active,
            )
        )
        return answer(_rep(db, path.rep_id))


def clean(text: str | None) -> str | None:
    """The text without what no database takes."""
    return None if text is None else "".join(c for c in text if c.isprintable())


def _team(db: Any, team_id: int) -> TeamDetail:
    found = get_team(db, team_id)
    if found is None:
        raise not_there()
    people = [MemberOut.model_validate(row) for row in members_of(db, team_id)]
    history = _stretches(history_of_team(db, team_id))
    return TeamDetail(**TeamOut.model_validate(found).model_dump(), people=people, history=history)


def _rep(db: Any, rep_id: int) -> RepDetail:
    found = find_rep(db, rep_id)
    if found is None:
        raise not_there()
    aliases = [AliasOut.model_validate(row) for row in aliases_of(db, rep_id)]
    history = _stretches(stretches_of(db, [rep_id])[rep_id])
    return RepDetail(**RepOut.model_validate(found).model_dump(), aliases=aliases, history=history)


def _stretches(rows: tuple[Stretch, ...]) -> list[StretchOut]:
    return [StretchOut.model_validate(row) for row in rows]
