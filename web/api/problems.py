"""Problems of the API (RFC 9457) beyond those that every page shares."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from web.errors import Refused, problem


class Problem(BaseModel):
    """Why a request was not done; sent as `application/problem+json`."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Conflict",
                "status": 409,
                "detail": "Somebody dealt with this lead meanwhile. Nothing was changed. Load it again.",
                "code": "lead_moved",
            }
        }
    )

    type: str = Field(description="Always about:blank: `code` tells problems apart.")
    title: str = Field(description="The name of the HTTP status.")
    status: int
    detail: str = Field(description="What happened, what was kept and what to do, as one text.")
    code: str = Field(description="A short name that does not change, e.g. not_audio, bad_facts, too_large.")
    field: str | None = Field(None, description="The field that is wrong, when one is.")
    fix: str | None = Field(None, description="What to send instead.")


def answer_validation_error(error: ValidationError) -> Response:
    """A path or query that does not fit its model, told by its first fault."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return problem(
        Refused(
            422,
            _("The parameter '%(field)s' cannot be used", field=field),
            "",
            first["msg"],
            code="bad_parameter",
            field=field,
            fix=first["msg"],
        )
    )
