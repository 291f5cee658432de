"""Tokens over the API: listed, made with no more scopes than the asking one has, and revoked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from flask import Response, abort, g
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from review.services.tokens import (
    BadToken,
    NotYourToken,
    TokenRow,
    create_api_token,
    list_api_tokens,
    revoke_own_token,
)
from web.api.doing import answer, area
from web.api.fields import LARGEST_ID, Line
from web.api.problems import Problem
from web.auth import viewer
from web.errors import Refused
from web.parts import parts

blueprint = area("tokens", "tokens", "How programs come in: what each may do, and when it was last used.")
Scope = Literal[
    "calls:write",
    "calls:read",
    "reviews:write",
    "reviews:read",
    "coaching:write",
    "coaching:read",
    "people:write",
    "people:read",
    "settings:write",
    "metrics:read",
]
EXAMPLE: dict[str, Any] = {"name": "BI", "scopes": ["calls:read"]}


class TokenIn(BaseModel):
    """A new token that speaks for the same person."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})

    name: Line = Field(description="Which program it is for; at most 120 characters.")
    scopes: list[Scope] = Field(min_length=1, max_length=10, description="Of those the asking token has itself.")


class TokenPath(BaseModel):
    """Which token."""

    token_id: int = Field(ge=1, le=LARGEST_ID)


class TokenOut(BaseModel):
    """One token, without its secret."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    user_id: int = Field(description="Whom it speaks for.")
    user_name: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokenList(BaseModel):
    """One's own tokens, for administrators everybody's; the newest first."""

    tokens: list[TokenOut]


class NewTokenOut(BaseModel):
    """A token, given only now."""

    id: int
    token: str


@blueprint.get("/tokens", responses={200: TokenList})
def list_tokens() -> Response:
    """List tokens, revoked ones too. What they are made of is never shown again."""
    return answer(TokenList(tokens=[TokenOut.model_validate(row) for row in _mine()]))


@blueprint.post("/tokens", responses={201: NewTokenOut, 422: Problem})
def make_token(body: TokenIn) -> Response:
    """Make a token for the same person, e.g. to take the place of this one. It may do no more than this one may."""
    has = next((row.scopes for row in _mine() if row.id == g.api_token), ())
    for scope in body.scopes:
        if scope not in has:
            raise Refused(
                403,
                _("This API token does not have the scope %(scope)s", scope=scope),
                _("Nothing was stored."),
                _("Use a token that was made with this scope."),
                scope=scope,
            )
    try:
        with parts().database.session() as db:
            made = create_api_token(db, viewer().user_id, body.name, body.scopes, by=viewer().user_id)
    except BadToken as error:
        raise Refused(
            422,
            _("The token was not made"),
            _("Nothing was changed."),
            _(
                "Give it a name of at most 120 characters that says which program uses it, and at least one thing it "
                "may do."
            ),
            code=error.code,
            field="name",
        ) from error
    return answer(NewTokenOut(id=made.id, token=made.token), 201)


@blueprint.delete("/tokens/<int:token_id>", responses={200: TokenOut, 404: Problem})
def revoke_token(path: TokenPath) -> Response:
    """Make a token useless at once, this one too; nothing happens where that was done before."""
    try:
        with parts().database.session() as db:
            revoke_own_token(db, path.token_id, viewer())
    except NotYourToken:
        abort(404)
    return answer(TokenOut.model_validate(next(row for row in _mine() if row.id == path.token_id)))


def _mine() -> tuple[TokenRow, ...]:
    with parts().database.read() as db:
        rows = list_api_tokens(db)
    return rows if viewer().has_role("admin") else tuple(row for row in rows if row.user_id == viewer().user_id)
