"""How often one address may ask, and how much one request may carry."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from typing import Final, cast

from flask import Flask, request
from flask_babel import gettext as _
from flask_limiter import Limiter

from review.redis_address import redis_url
from web.errors import Refused
from web.parts import Parts, parts

log = logging.getLogger(__name__)

# The sign-in service counts failures by account and address in the database; these are the outer fence, generous
# enough for an office behind one address.
RATES: Final = {
    ("auth.sign_in", "POST"): "60 per minute",
    ("auth_code.check", "POST"): "60 per minute",
    ("reset.ask", "POST"): "10 per minute",
    ("reset.use", "POST"): "30 per minute",
    ("invitations.take", "POST"): "30 per minute",
    ("first_run.make_admin", "POST"): "20 per minute",
    ("oidc.start", "GET"): "60 per minute",
    ("oidc.take", "POST"): "60 per minute",
    ("upload.receive", "POST"): "600 per minute",
    ("api.create_call", "POST"): "3000 per minute",
    ("hooks.receive", "POST"): "6000 per minute",
    ("hooks.receive", "GET"): "600 per minute",
    ("api.list_calls", "GET"): "1200 per minute",
    ("api.read_call", "GET"): "1200 per minute",
    ("metrics.show", "GET"): "60 per minute",
}
API_RATE: Final = "1200 per minute"  # of all other requests of one program together

SMALL_BODY: Final = 1024 * 1024  # bytes; every request that brings no recording
FORM_BESIDE_RECORDING: Final = 1024 * 1024  # bytes of facts and multipart headers
BRINGS_RECORDING: Final = frozenset({"upload.receive", "api.create_call", "hooks.receive", "crm_import.receive"})
DRAINED: Final = 64 * 1024 * 1024  # bytes read and thrown away so that a refused sender hears the answer


def limit_rates(app: Flask, made: Parts) -> Limiter:
    """Count requests in Redis so that all web processes share the count, in memory while Redis is away."""
    address = redis_url(made.settings)
    limiter = Limiter(
        key_func=asker,
        storage_uri=address.replace("unix://", "redis+unix://", 1),
        storage_options={"socket_timeout": 1, "socket_connect_timeout": 1},
        in_memory_fallback_enabled=True,
        swallow_errors=True,
        key_prefix="callcoach",
    )
    limiter.init_app(app)
    guards = {key: _guard(limiter, rate, " ".join(key)) for key, rate in RATES.items()}
    program_guard = _guard(limiter, API_RATE, "programs")

    @app.before_request
    def count_request() -> None:
        # Before the access rule: tries with wrong tokens count too.
        guard = guards.get((request.endpoint or "", request.method))
        if guard is None and (request.endpoint or "").startswith("api_"):
            guard = program_guard
        if guard is not None:
            guard()

    return limiter


def _guard(limiter: Limiter, rate: str, name: str) -> Callable[[], None]:
    """A function that raises 429 when its caller asks more often than `rate`."""

    def count() -> None:
        return None

    count.__name__ = count.__qualname__ = f"rate of {name}"  # the limiter tells decorated functions apart by name
    return cast(Callable[[], None], limiter.limit(rate)(count))


def asker() -> str:
    """Whose requests are counted together: one API token's, else one address's."""
    token = request.headers.get("Authorization")
    if token:
        return hashlib.sha256(token.encode()).hexdigest()
    return request.remote_addr or "unknown"


def limit_bodies(app: Flask) -> None:
    """Refuse bodies without a length (411) and bodies over the limit (413) before a byte of them is stored."""
    app.config["MAX_CONTENT_LENGTH"] = SMALL_BODY
    app.config["MAX_FORM_PARTS"] = 100

    @app.before_request
    def refuse_body() -> None:
        brings = request.endpoint in BRINGS_RECORDING and request.method == "POST"
        # A chunked body over the limit would be cut silently, so a body says its length beforehand. A request with
        # neither header has no body.
        if "Transfer-Encoding" in request.headers:
            raise Refused(
                411,
                _("The request does not say how long it is"),
                _("Nothing was stored."),
                _("Send it with a Content-Length header instead of in chunks."),
            )
        if not brings:
            return
        limit = parts().settings.max_upload_bytes
        request.max_content_length = 2 * limit + FORM_BESIDE_RECORDING  # one file for each side; each is measured later
        if (request.content_length or 0) > request.max_content_length:
            drain()
            raise too_large(limit)


def too_large(limit: int) -> Refused:
    """The refusal of a call larger than `limit` bytes."""
    return Refused(
        413,
        _("The recording is larger than %(limit)d MB, the most that is accepted here", limit=limit // (1024 * 1024)),
        _("Nothing was stored."),
        _("Send a compressed copy, or ask your administrator to raise CALLCOACH_MAX_UPLOAD_MB."),
        limit_bytes=limit,
    )


def drain() -> None:
    """Read on for a while: closing while the sender still sends would reset the connection and lose the answer."""
    left = DRAINED
    stream = request.environ["wsgi.input"]
    try:
        while left > 0 and (piece := stream.read(min(left, 1024 * 1024))):
            left -= len(piece)
    except OSError as error:  # the sender stalled or went away: the refusal stands
        log.info("a refused body was not read to its end: %s", error)
