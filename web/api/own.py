"""Who a token speaks for, over the API: the person with roles, teams and scopes; what is recorded of them and why."""

from __future__ import annotations

from datetime import datetime

from flask import Response, abort, g
from pydantic import BaseModel, ConfigDict, Field

from review.accounts.listing import get_person
from review.notices.refused import is_refused, try_again
from review.performance.recorded import read_recorded
from review.performance.seeing import own_rep
from review.services import users
from review.services.tokens import list_api_tokens
from review.services.users import BadUser
from web.api.accounts import Language, UserOut
from web.api.doing import answer, area
from web.api.fields import Line
from web.api.problems import Problem
from web.auth import viewer
from web.errors import Refused
from web.parts import parts
from web.reading.account_refusals import words_of

blueprint = area("own", "people", "Who signs in, in which roles and teams, and who was asked in.")


class MeOut(UserOut):
    """The person the token speaks for, and what the token may do."""

    token_id: int
    token_name: str
    scopes: list[str]
    mail_refused: bool = Field(description="The mail server refused the address: no mail goes there.")


class MeChange(BaseModel):
    """What to change of one's own account; what is left out stays. Passphrases and codes are changed on the page."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"language": "ko"}})

    name: Line | None = None
    language: Language | None = None


class RecordedSource(BaseModel):
    """Where one's calls of the last ninety days came from."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    kind: str
    calls: int


class RecordedOut(BaseModel):
    """What is recorded of the person and who hears it, as the installation is set up."""

    calls: int = Field(description="All calls of theirs that are kept.")
    oldest: datetime | None
    sources: list[RecordedSource]
    engines: list[str] = Field(description="Speech engines that wrote the latest ones down.")
    hears: dict[str, int] = Field(description="How many people of each role may hear them.")
    managers: list[str]
    unmasked: int = Field(description="How many people have the right to see what was masked.")
    crms: list[str] = Field(description="Kinds of CRM that score and notes go to.")


@blueprint.get("/me", responses={200: MeOut})
def read_me() -> Response:
    """Read who this token speaks for and what it may do."""
    return answer(_me())


@blueprint.patch("/me", responses={200: MeOut, 422: Problem})
def change_me(body: MeChange) -> Response:
    """Change one's own name or language."""
    number = viewer().user_id
    try:
        with parts().database.session() as db:
            if body.name is not None:
                users.set_name(db, number, body.name, by=number)
            if body.language is not None:
                users.set_language(db, number, body.language)
    except BadUser as error:
        raise Refused(422, words_of(error), code=error.code, field="name") from error
    return answer(_me())


@blueprint.delete("/me/mail-refusal", responses={200: MeOut})
def mend_address() -> Response:
    """Let mails go to one's own address again, after the mail server refused it."""
    with parts().database.session() as db:
        try_again(db, viewer().email)
    return answer(_me())


@blueprint.get("/me/recorded", responses={200: RecordedOut, 404: Problem})
def read_what_is_recorded() -> Response:
    """Read what is recorded of the token's person, and who may hear it. Who speaks on no calls: 404."""
    with parts().database.read() as db:
        rep = own_rep(db, viewer())
        if rep is None:
            abort(404)
        found = read_recorded(db, rep)
    return answer(
        RecordedOut(
            calls=found.calls,
            oldest=found.oldest,
            sources=[RecordedSource.model_validate(line) for line in found.sources],
            engines=list(found.engines),
            hears=dict(found.hears),
            managers=list(found.managers),
            unmasked=found.unmasked,
            crms=list(found.crms),
        )
    )


def _me() -> MeOut:
    with parts().database.read() as db:
        person = get_person(db, viewer().user_id)
        token = next((row for row in list_api_tokens(db) if row.id == g.api_token), None)
        refused = is_refused(db, viewer().email) is not None
    if person is None or token is None:  # taken away between the check of the token and here
        abort(404)
    out = UserOut.model_validate(person).model_dump()
    return MeOut(**out, token_id=token.id, token_name=token.name, scopes=list(token.scopes), mail_refused=refused)
