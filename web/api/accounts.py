"""People over the API: users, teams, reps and invitations, under the same rules as on their pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, TypeVar

from flask import Response
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from review.accounts import changes
from review.accounts.invitations import InvitationRow, NoSuchInvitation, get_invitation, invite, send_again, withdraw
from review.accounts.invitations import list_invitations as find_invitations
from review.accounts.listing import PeopleFilter, PersonRow, get_person, list_people
from review.errors import ReviewError
from review.services.people import BadRep
from review.services.users import UnknownUser
from web.api.doing import answer, area, do_once, once_by_key
from web.api.fields import LARGEST_ID, Line, RowId
from web.api.paging import NEXT, PageQuery, cut
from web.api.problems import Problem
from web.auth import viewer
from web.blueprints.users_invite import link_of
from web.errors import Refused
from web.parts import parts
from web.reading.account_refusals import REFUSALS, status_of, words_of

blueprint = area("accounts", "people", "Who signs in, in which roles and teams, and who was asked in.")
Done = TypeVar("Done")
Role = Literal["rep", "manager", "reviewer", "quality_lead", "head_of_sales", "external_reviewer", "admin"]
Language = Literal["en", "ru", "ko", "zh"]


class PlaceOut(BaseModel):
    """A person's place in a team."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    manages: bool


class UserOut(BaseModel):
    """One person who can sign in, or could until `disabled_at`."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str
    name: str
    language: str
    roles: list[str]
    rights: list[str] = Field(description="Given by name beside the roles, e.g. see_originals.")
    teams: list[PlaceOut]
    rep_id: int | None = Field(description="The rep this sign-in speaks as.")
    codes: bool = Field(description="One-time codes are on.")
    created_at: datetime
    signed_in_at: datetime | None
    disabled_at: datetime | None


class UserList(BaseModel):
    """A page of people by name."""

    users: list[UserOut]
    next: str | None = Field(description=NEXT)


class UserQuery(PageQuery):
    """Which people."""

    q: str = Field("", max_length=200, description="A part of the name or address.")
    role: Role | None = None
    team_id: RowId | None = None
    state: Literal["active", "disabled", "never"] | None = Field(None, description="never: not signed in yet.")


class UserPath(BaseModel):
    """Which person."""

    user_id: int = Field(ge=1, le=LARGEST_ID)


class UserTeam(BaseModel):
    """A place to be in a team."""

    model_config = ConfigDict(extra="forbid")

    id: RowId
    manages: bool = False


class UserChange(BaseModel):
    """What to change; what is left out stays. Lists replace what was there."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"roles": ["manager"]}})

    name: Line | None = None
    language: Language | None = None
    roles: list[Role] | None = Field(None, min_length=1, max_length=7)
    rights: list[Literal["see_originals"]] | None = Field(None, max_length=1)
    teams: list[UserTeam] | None = Field(None, max_length=200)
    disabled: bool | None = Field(None, description="True shuts the person out at once, false lets them in again.")


class InvitationIn(BaseModel):
    """A person to ask in. A letter with a link goes out."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"email": "nina@example.com", "roles": ["rep"]}}
    )

    email: Line = Field(description="Where the letter goes, and what the person will sign in with.")
    name: str = Field("", max_length=120)
    roles: list[Role] = Field(min_length=1, max_length=7)
    language: Language = "en"
    team_id: RowId | None = None
    manages: bool = Field(False, description="Manages that team, if the roles hold manager.")


class InvitationOut(BaseModel):
    """One invitation; `url` is there only in the answer to making it or sending it again."""

    id: int
    email: str
    name: str
    roles: list[str]
    language: str
    team_id: int | None
    manages: bool
    by: int | None = Field(description="The inviter's user id.")
    state: Literal["open", "expired", "accepted", "withdrawn"]
    sent: int = Field(description="How many letters went out.")
    created_at: datetime
    expires_at: datetime
    user_id: int | None = Field(description="Who it became.")
    url: str | None = None


class InvitationList(BaseModel):
    """The newest 200 invitations, the newest first."""

    invitations: list[InvitationOut]


class InvitationPath(BaseModel):
    """Which invitation."""

    invitation_id: int = Field(ge=1, le=LARGEST_ID)


@blueprint.get("/users", responses={200: UserList, 422: Problem})
def list_users(query: UserQuery) -> Response:
    """List people by name."""
    wanted = PeopleFilter(query=query.q.replace("\x00", ""), role=query.role, team_id=query.team_id, state=query.state)
    place = query.place(str)
    after = None if place is None else (str(place[0]), place[1])
    with parts().database.read() as db:
        rows = list_people(db, wanted, after=after, limit=query.limit + 1)
    shown, following = cut(rows, query.limit, lambda row: (row.name[:100], row.id))
    return answer(UserList(users=[UserOut.model_validate(row) for row in shown], next=following))


@blueprint.get("/users/<int:user_id>", responses={200: UserOut, 404: Problem})
def read_user(path: UserPath) -> Response:
    """Read one person."""
    with parts().database.read() as db:
        return answer(_user(db, path.user_id))


@blueprint.patch("/users/<int:user_id>", responses={200: UserOut, 404: Problem, 409: Problem, 422: Problem})
def change_user(path: UserPath, body: UserChange) -> Response:
    """Change a person, all of it or nothing. Nobody changes their own roles and rights, and the last admin stays."""
    actor, number = viewer(), path.user_id

    def act(db: Any) -> UserOut:
        _user(db, number)
        if body.name is not None:
            changes.change_name(db, actor, number, body.name)
        if body.language is not None:
            changes.change_language(db, actor, number, body.language)
        if body.roles is not None:
            changes.change_roles(db, actor, number, body.roles)
        if body.rights is not None:
            changes.change_rights(db, actor, number, body.rights)
        if body.teams is not None:
            changes.change_teams(db, actor, number, {team.id: team.manages for team in body.teams})
        if body.disabled is not None:
            (changes.shut_out if body.disabled else changes.let_in)(db, actor, number)
        db.flush()
        db.expire_all()
        return _user(db, number)

    with parts().database.session() as db:
        return answer(refusing(lambda: act(db)))


@blueprint.get("/invitations", responses={200: InvitationList})
def list_invitations() -> Response:
    """List invitations."""
    with parts().database.read() as db:
        rows = find_invitations(db)
    return answer(InvitationList(invitations=[_invitation(row) for row in rows]))


@blueprint.post("/invitations", responses={201: InvitationOut, 409: Problem, 422: Problem})
@once_by_key
def make_invitation(body: InvitationIn) -> Response:
    """Ask a person in. Only roles that the token's owner may give."""

    def act(db: Any) -> InvitationOut:
        made = invite(
            db,
            viewer(),
            link_of,
            email=body.email,
            roles=body.roles,
            name=body.name.replace("\x00", ""),
            language=body.language,
            team_id=body.team_id,
            manages=body.manages,
        )
        return _invitation(get_invitation(db, made.id), made.url)

    return refusing(lambda: do_once(act))


@blueprint.post("/invitations/<int:invitation_id>/letters", responses={200: InvitationOut, 404: Problem, 409: Problem})
def send_invitation(path: InvitationPath) -> Response:
    """Send an invitation again with a new link; the old one ends."""
    with parts().database.session() as db:
        made = refusing(lambda: send_again(db, viewer(), path.invitation_id, link_of))
        return answer(_invitation(get_invitation(db, made.id), made.url))


@blueprint.delete("/invitations/<int:invitation_id>", responses={200: InvitationOut, 404: Problem, 409: Problem})
def withdraw_invitation(path: InvitationPath) -> Response:
    """Withdraw an invitation: its link opens nothing any more."""
    with parts().database.session() as db:
        refusing(lambda: withdraw(db, viewer(), path.invitation_id))
        return answer(_invitation(get_invitation(db, path.invitation_id)))


def refusing(act: Callable[[], Done]) -> Done:
    """Do it; what stands in the way is told as a problem."""
    try:
        return act()
    except (NoSuchInvitation, UnknownUser) as error:
        raise not_there() from error
    except REFUSALS as error:
        raise problem_of(error) from error


def problem_of(error: ReviewError) -> Refused:
    """A refusal of ours for programs."""
    field = getattr(error, "field", None)
    facts = {"field": field} if isinstance(field, str) else {}
    code = "bad_rep" if isinstance(error, BadRep) else error.code
    return Refused(status_of(error), words_of(error), "", "", code=code, **facts)


def not_there() -> Refused:
    """What does not exist."""
    return Refused(404, _("There is nothing here that you can see"), "", "", code="not_found")


def _user(db: Any, user_id: int) -> UserOut:
    found: PersonRow | None = get_person(db, user_id)
    if found is None:
        raise not_there()
    return UserOut.model_validate(found)


def _invitation(row: InvitationRow, url: str | None = None) -> InvitationOut:
    return InvitationOut(
        id=row.id,
        email=row.email,
        name=row.name,
        roles=list(row.roles),
        language=row.language,
        team_id=row.team_id,
        manages=row.manages,
        by=row.by,
        state=row.state,  # type: ignore[arg-type]  # one of the four
        sent=row.sent,
        created_at=row.created_at,
        expires_at=row.expires_at,
        user_id=row.user_id,
        url=url,
    )
