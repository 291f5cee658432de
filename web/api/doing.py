"""What every part of the API does alike: its blueprint, its answers, and requests that are done once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Response, g, jsonify, request
from flask_babel import gettext as _
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel

from review.services import once
from web.api.problems import Problem
from web.errors import Refused
from web.parts import parts

ONCE_HEADER: Final = "Idempotency-Key"
LONGEST_KEY: Final = 200
View = TypeVar("View", bound=Callable[..., Any])


def area(name: str, tag: str, description: str) -> APIBlueprint:
    """The blueprint of one part of the API."""
    return APIBlueprint(
        f"api_{name}",
        f"web.api.{name}",
        url_prefix="/api/v1",
        abp_tags=[Tag(name=tag, description=description)],
        abp_security=[{"token": []}],
        abp_responses={401: Problem, 403: Problem},
    )


def answer(out: BaseModel, status: int = 200) -> Response:
    """The model as JSON."""
    response = jsonify(out.model_dump(mode="json"))
    response.status_code = status
    return response


def once_by_key(view: View) -> View:
    """Say in the reference that a request with the header Idempotency-Key is done once; `do_once` does it."""
    view.__once__ = True  # type: ignore[attr-defined]
    return view


def do_once(act: Callable[[Any], BaseModel], status: int = 201, *, db: Any = None) -> Response:
    """Do the act in one transaction and answer what it gives; the same request with the same key is done once.

    `act` gets the session: one of its own unless `db` is given. Without the header it is simply done. Raises Refused
    (422) for a key that cannot be used, and (409) for one that came with another request before.
    """
    if db is not None:
        return _do(act, status, db)
    with parts().database.session() as own:
        return _do(act, status, own)


def _do(act: Callable[[Any], BaseModel], status: int, db: Any) -> Response:
    key = _key()
    if key is None:
        return answer(act(db), status)
    sent = f"{request.method} {request.path}\n".encode() + request.get_data()
    try:
        before = once.begin(db, g.api_token, key, sent)
    except once.KeyUsedOtherwise as error:
        raise Refused(
            409,
            _("This key came with another request before"),
            _("Nothing was stored."),
            _("Give every request a key of its own; only the same request again has the same one."),
            code=error.code,
        ) from error
    if before is not None:
        response = jsonify(before.answer)
        response.status_code = before.status
        response.headers["Idempotent-Replayed"] = "true"
        return response
    made = act(db).model_dump(mode="json")
    once.finish(db, g.api_token, key, status, made)
    response = jsonify(made)
    response.status_code = status
    return response


def _key() -> str | None:
    key = request.headers.get(ONCE_HEADER)
    if key is None or (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        return key
    fix = _("send 1 to 200 printable ASCII characters")
    raise Refused(
        422,
        _("The header '%(field)s' cannot be used", field=ONCE_HEADER),
        _("Nothing was stored."),
        fix,
        code="bad_header",
        field=ONCE_HEADER,
        fix=fix,
    )
