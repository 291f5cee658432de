"""Calls over the API: deliver one, list them, read one with its transcript and assessment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Response, abort, jsonify, url_for
from flask_babel import gettext as _
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from review.queries.call import get_call
from review.queries.inbox import list_calls as find_page
from review.queries.inbox import read_filters
from review.services.intake import FACT_NAMES
from review.services.json_facts import load_facts
from web.api.models import CallForm, CallLine, CallOut, CallPage, CallPath, CallQuery, CallTaken
from web.api.problems import Problem
from web.auth import viewer
from web.errors import Refused
from web.intake import read_form, take_call
from web.parts import parts

blueprint = APIBlueprint(
    "api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="calls", description="Recordings in, scored calls with evidence out.")],
    abp_security=[{"token": []}],
    abp_responses={401: Problem, 403: Problem},
)

NOT_READ = cast(CallForm, None)  # the parameter only tells the reference what the form looks like
View = TypeVar("View", bound=Callable[..., Any])


def reads_form_itself(view: View) -> View:
    """Keep the form in the reference but hand it over unread.

    The library would read every field as JSON first: a telephone number became a number, `1.10` became 1.1.
    """
    view.__delay_validate_request__ = True  # type: ignore[attr-defined]
    return view


@blueprint.post(
    "/calls",
    responses={
        200: CallTaken,
        201: CallTaken,
        411: Problem,
        413: Problem,
        415: Problem,
        422: Problem,
        507: Problem,
    },
)
@reads_form_itself
def create_call(form: CallForm = NOT_READ) -> tuple[Response, int, dict[str, str]]:
    """Deliver one call.

    The answer comes after the recording and the call are safely stored: 201 for a new call, 200 for one that had been
    delivered before (same source and external id, or the same recording). A repeat with another recording says so in
    `recording_differs`. Nothing of a refused call is kept.
    """
    accepted = take_call({"source": "api", **_facts()}, door="api")
    url = url_for("api.read_call", call_id=accepted.call_id)
    taken = CallTaken(
        id=accepted.call_id,
        created=accepted.created,
        state=accepted.state,
        url=url,
        recording_differs=accepted.differs,
    )
    return jsonify(taken.model_dump(mode="json")), 201 if accepted.created else 200, {"Location": url}


@blueprint.get("/calls", responses={200: CallPage, 422: Problem})
def list_calls(query: CallQuery) -> Response:
    """List the calls that the token's owner may see, newest first."""
    wanted = query.model_dump(exclude={"after", "limit"}, exclude_none=True)
    filters = read_filters({name: str(value) for name, value in wanted.items()})
    with parts().database.read() as db:
        page = find_page(db, viewer(), filters, query.after, limit=query.limit)
    lines = [CallLine.model_validate(row) for row in page.rows]
    return jsonify(CallPage(calls=lines, next=page.next).model_dump(mode="json"))


@blueprint.get("/calls/<int:call_id>", responses={200: CallOut, 404: Problem})
def read_call(path: CallPath) -> Response:
    """Read one call with its transcript and assessment."""
    with parts().database.read() as db:
        call = get_call(db, viewer(), path.call_id)
    if call is None:
        abort(404)
    return jsonify(CallOut.model_validate(call).model_dump(mode="json"))


def _facts() -> dict[str, str]:
    """The call's facts from the form's fields and its `facts` object; every unknown name is refused."""
    fields_sent = read_form()
    text = fields_sent.pop("facts", None)
    if text is not None:
        fields_sent = {**_object(text), **fields_sent}
    for name in fields_sent:
        if name not in FACT_NAMES:
            raise _bad_facts(name, _("send only these: %(names)s", names=", ".join(FACT_NAMES)))
    return fields_sent


def _object(text: str) -> dict[str, str]:
    try:
        facts = load_facts(text)
    except (ValueError, RecursionError):
        raise _bad_facts("facts", _("send one JSON object")) from None
    if not isinstance(facts, dict):
        raise _bad_facts("facts", _("send one JSON object"))
    for name, value in facts.items():
        if isinstance(value, (dict, list, bool, float)):
            raise _bad_facts(str(name), _("send a text"))
    return {str(name): str(value) for name, value in facts.items() if value is not None}


def _bad_facts(field: str, fix: str) -> Refused:
    field = field[:100]
    return Refused(
        422,
        _("The fact '%(field)s' cannot be used", field=field),
        _("Nothing was kept."),
        fix,
        code="bad_facts",
        field=field,
        fix=fix,
    )
