"""Administration over the API: the company, how people sign in, links for new passphrases."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from review.accounts import changes
from review.accounts.installation import BadInstallation, read_installation, save_company, set_code_roles
from review.accounts.oidc.provider import BadProvider, read_provider, remove_provider, save_provider
from review.errors import ReviewError
from web.api.accounts import Language, Role, UserPath, refusing
from web.api.doing import answer, area
from web.api.fields import Line, Note
from web.api.problems import Problem
from web.auth import viewer
from web.blueprints.auth_code import seals
from web.blueprints.users_rules import provider_words
from web.errors import Refused
from web.parts import parts
from web.public_address import shown_address

blueprint = area("administration", "people", "The company, how people sign in, and what an admin does for them.")


class Company(BaseModel):
    """Who the company is; products and competitors are words its calls are full of."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    company: Line
    language: Language
    products: list[Line] = Field(default_factory=list, max_length=60)
    competitors: list[Line] = Field(default_factory=list, max_length=60)


class CompanyOut(BaseModel):
    """Who the company is; empty before anybody said so."""

    model_config = ConfigDict(from_attributes=True)

    company: str
    language: str
    products: list[str]
    competitors: list[str]


class CodeRoles(BaseModel):
    """The roles that must use one-time codes."""

    model_config = ConfigDict(extra="forbid")

    roles: list[Role] = Field(max_length=7)


class ProviderIn(BaseModel):
    """The provider people may sign in by (OpenID Connect)."""

    model_config = ConfigDict(extra="forbid")

    issuer: Line = Field(description="Its address, as https://login.example.com.")
    client_id: Line
    secret: Note | None = Field(None, description="The client secret; left out: the one there is stays; empty: none.")
    label: Line = Field(description="What the button says.")
    domains: list[Line] = Field(default_factory=list, max_length=50, description="Of addresses; none: every domain.")
    invited_only: bool = True
    new_roles: list[Role] = Field(default_factory=list, max_length=7, description="Of people who were not invited.")
    enabled: bool = True


class ProviderOut(BaseModel):
    """The provider without its secret."""

    model_config = ConfigDict(from_attributes=True)

    issuer: str
    client_id: str
    has_secret: bool
    label: str
    domains: list[str]
    invited_only: bool
    new_roles: list[str]
    enabled: bool


class SignInOut(BaseModel):
    """How people sign in."""

    code_roles: list[str] = Field(description="Roles that must use one-time codes.")
    provider: ProviderOut | None


class LinkOut(BaseModel):
    """A link that sets a new passphrase: works once, for a day. To hand to the person and nobody else."""

    url: str


class CodesOffOut(BaseModel):
    """Whether there were one-time codes to turn off."""

    was_on: bool


class EndedOut(BaseModel):
    """How many sessions ended."""

    sessions: int


@blueprint.get("/company", responses={200: CompanyOut})
def read_company() -> Response:
    """Read who the company is."""
    return _company()


@blueprint.put("/company", responses={200: CompanyOut, 422: Problem})
def write_company(body: Company) -> Response:
    """Say who the company is, all of it."""
    try:
        with parts().database.session() as db:
            save_company(db, **body.model_dump(), by=viewer().user_id)
    except BadInstallation as error:
        words = {"company": _("Write the company’s name as your reps say it, at most 120 characters.")}
        raise _refused(error, words.get(error.field, _("At most 60 words or names, one a line."))) from error
    return _company()


@blueprint.get("/sign-in-rules", responses={200: SignInOut})
def read_sign_in() -> Response:
    """Read how people sign in: who must use one-time codes, and the provider."""
    return _sign_in()


@blueprint.put("/sign-in-rules/code-roles", responses={200: SignInOut, 422: Problem})
def write_code_roles(body: CodeRoles) -> Response:
    """Say which roles must use one-time codes; who has none yet sets them up at the next sign-in."""
    with parts().database.session() as db:
        set_code_roles(db, body.roles, by=viewer().user_id)
    return _sign_in()


@blueprint.put("/sign-in-rules/provider", responses={200: SignInOut, 422: Problem})
def write_provider(body: ProviderIn) -> Response:
    """Set up the provider people may sign in by."""
    try:
        with parts().database.session() as db:
            save_provider(db, seals(), **body.model_dump(), by=viewer().user_id)
    except BadProvider as error:
        raise _refused(error, provider_words(error)) from error
    return _sign_in()


@blueprint.delete("/sign-in-rules/provider", responses={200: SignInOut})
def delete_provider() -> Response:
    """Forget the provider; people sign in with their passphrases."""
    with parts().database.session() as db:
        remove_provider(db, by=viewer().user_id)
    return _sign_in()


@blueprint.post("/users/<int:user_id>/passphrase-links", responses={201: LinkOut, 404: Problem, 409: Problem})
def make_link(path: UserPath) -> Response:
    """Make a link by which the person sets a new passphrase; earlier ones end."""

    def make_url(token: str) -> str:
        return shown_address("reset.show", token=token)

    with parts().database.session() as db:
        url = refusing(lambda: changes.reset_link(db, viewer(), path.user_id, make_url))
    return answer(LinkOut(url=url), 201)


@blueprint.delete("/users/<int:user_id>/sessions", responses={200: EndedOut, 404: Problem, 409: Problem})
def end_sessions(path: UserPath) -> Response:
    """Sign the person out everywhere."""
    with parts().database.session() as db:
        ended = refusing(lambda: changes.sign_out_everywhere(db, viewer(), path.user_id))
    return answer(EndedOut(sessions=ended))


@blueprint.delete("/users/<int:user_id>/codes", responses={200: CodesOffOut, 404: Problem, 409: Problem})
def forget_codes(path: UserPath) -> Response:
    """Turn the person's one-time codes off; their sessions end. `was_on` is false where there were none."""
    with parts().database.session() as db:
        was_on = refusing(lambda: changes.forget_codes(db, viewer(), path.user_id))
    return answer(CodesOffOut(was_on=was_on))


def _company() -> Response:
    with parts().database.read() as db:
        return answer(CompanyOut.model_validate(read_installation(db)))


def _sign_in() -> Response:
    with parts().database.read() as db:
        found, roles = read_provider(db), read_installation(db).code_roles
    provider = None if found is None else ProviderOut.model_validate(found)
    return answer(SignInOut(code_roles=list(roles), provider=provider))


def _refused(error: ReviewError, words: str) -> Refused:
    facts: dict[str, Any] = {"field": getattr(error, "field", "")}
    return Refused(422, str(words), "", "", code=error.code, **facts)
