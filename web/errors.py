"""How refusals and faults are told: a page, a fragment for htmx, JSON for scripts, a problem for programs."""

from __future__ import annotations

import errno
import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import ClientDisconnected, HTTPException
from werkzeug.wrappers import Response as AnyResponse

log = logging.getLogger(__name__)

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Refused(Exception):
    """A request is not done, for a reason its sender can understand: what happened, what was kept, what to do."""

    def __init__(
        self, status: int, message: str, kept: str = "", advice: str = "", *, code: str = "", **facts: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kept = kept
        self.advice = advice
        self.code = code or HTTPStatus(status).name.lower()
        self.facts = facts  # more for programs, e.g. the field that is wrong
        self.headers: Mapping[str, str] = {}

    @property
    def sentence(self) -> str:
        """Message, what was kept and what to do, as one text."""
        return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in self.parts)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the sentence that are there."""
        return tuple(part for part in (self.message, self.kept, self.advice) if part)


class SignInNeeded(Exception):
    """The page is for people who have signed in; the answer leads to the sign-in page and back."""


def handle_errors(app: Flask) -> None:
    """Answer every error in the form its sender reads."""
    app.register_error_handler(Refused, answer_refused)
    app.register_error_handler(SignInNeeded, lead_to_sign_in)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(Exception, answer_fault)


def is_api() -> bool:
    """True for requests of programs."""
    return request.path.startswith("/api/")


def is_htmx() -> bool:
    """True when htmx asks for a piece of a page."""
    return request.headers.get("HX-Request") == "true"


def wants_json() -> bool:
    """True when a script of a page asks for JSON."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and request.accept_mimetypes[best] > request.accept_mimetypes["text/html"]


def answer_refused(error: Refused) -> AnyResponse:
    """The refusal as the sender reads it."""
    response = tell(error)
    response.headers.extend(dict(error.headers))
    return response


def answer_http(error: HTTPException) -> AnyResponse:
    """Flask's own refusals (404, 405, 413, ...) in our words."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    # The rest of the body did not come: whoever still listens has stalled, whoever went away reads nothing.
    status = 408 if isinstance(error, ClientDisconnected) else error.code or 500
    message, advice = _words(status)
    refused = Refused(status, message, "", advice)
    refused.headers = {
        name: value for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")
    }
    return answer_refused(refused)


def answer_fault(error: Exception) -> AnyResponse:
    """A fault of ours: logged under an id, and only the id is shown."""
    if isinstance(error, OSError) and error.errno in DISK_FULL:
        return answer_refused(disk_full())
    error_id = secrets.token_hex(4)
    log.error("fault %s at %s %s", error_id, request.method, request.path, exc_info=error)
    g.setdefault("viewer", None)  # the page must not ask a database that may be the fault
    refused = Refused(
        500,
        _("Something went wrong on our side"),
        _("What was stored before is safe."),
        _("Try again. If it happens again, tell your administrator this number: %(id)s.", id=error_id),
        error_id=error_id,
    )
    return answer_refused(refused)


def disk_full() -> Refused:
    """The refusal of new recordings while the disk is full."""
    return Refused(
        507,
        _("The disk is nearly full, so nothing new can be stored"),
        _("Everything stored before is safe."),
        _("Ask your administrator to free space, then send it again."),
        code="disk_full",
    )


def lead_to_sign_in(_error: SignInNeeded) -> AnyResponse:
    """To the sign-in page and back; scripts and htmx are told instead of being sent a page they cannot use."""
    target = request.full_path.rstrip("?") if request.method == "GET" and not is_htmx() else None
    address = url_for("auth.sign_in", next=target if target != "/" else None)
    if is_htmx():
        return Response(status=401, headers={"HX-Redirect": address})
    if wants_json():
        return tell(
            Refused(401, _("You are not signed in any more"), _("Nothing was changed."), _("Sign in and try again."))
        )
    return redirect(address)


def tell(error: Refused) -> Response:
    """The refusal as a problem (RFC 9457), JSON, a fragment or a page."""
    if is_api():
        return problem(error)
    if wants_json():
        answer = jsonify(ok=False, message=error.sentence, code=error.code, **error.facts)
        answer.status_code = error.status
        return answer
    page = render_template(
        "error.html",
        code=error.status,
        title=error.message,
        message=error.kept,
        advice=error.advice,
        error_id=error.facts.get("error_id"),
        fragment=is_htmx(),
        back=_page_before(),
    )
    return Response(page, status=error.status, mimetype="text/html")


def _page_before() -> str | None:
    """The page of ours a form was sent from; None where no form was, or nobody says from where."""
    start = request.host_url
    if request.method == "GET" or not request.referrer or not request.referrer.startswith(start):
        return None
    before = f"/{request.referrer[len(start) :]}"
    return None if before.startswith("//") or before == "/" else before


def problem(error: Refused) -> Response:
    """The refusal as `application/problem+json` (RFC 9457); `kept`, `advice` and facts are extension members."""
    members: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.sentence,
        "code": error.code,
    }
    response = jsonify({**members, **error.facts})
    response.status_code = error.status
    response.mimetype = "application/problem+json"
    return response


def _words(status: int) -> tuple[str, str]:
    words = {
        400: (_("This request could not be read"), _("Go back and try again.")),
        403: (_("This is not open to you"), _("Ask an administrator if you need it.")),
        404: (
            _("There is nothing here that you can see"),
            _("The address may be wrong, or what it named was removed or belongs to others."),
        ),
        405: (_("This address does not do that"), _("Go back and try again.")),
        408: (_("Sending took too long"), _("Try again.")),
        411: (_("The request does not say how long it is"), _("Send it with a Content-Length header.")),
        413: (_("This is larger than what is accepted here"), _("Send a smaller file.")),
        415: (_("This kind of content is not understood here"), _("Send it as the documentation says.")),
        416: (_("The recording ends before this place"), _("Load the page again.")),
        429: (_("Too many requests in a short time"), _("Wait a minute and try again.")),
    }
    return words.get(status, (HTTPStatus(status).phrase, _("Go back and try again.")))
