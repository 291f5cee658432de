"""What the browser is told to refuse, and which unsafe requests are refused here: headers, origin check, CSRF token."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, CSRFProtect

from web.access import rule_of
from web.errors import Refused
from web.parts import parts

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

# No inline script anywhere; the nonce is for the style elements that the wave player makes.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# The API reference is a library's page: its start script carries the nonce, its styles are written inline.
DOCS_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
DOCS_BLUEPRINTS = frozenset({"openapi", "swagger"})


def csp_nonce() -> str:
    """This answer's nonce; the same value all through one request."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def protect(app: Flask, csrf: CSRFProtect) -> None:
    """Send the security headers with every answer and refuse unsafe requests that another site may have made."""

    @app.before_request
    def refuse_cross_site() -> None:
        rule = rule_of(request.endpoint)
        if request.method not in UNSAFE or request.endpoint is None or rule.by_token or rule.hook:
            return  # safe, or met no route (404, 405), or carries a token that no browser sends by itself
        refuse_other_origins()
        try:
            csrf.protect()
        except CSRFError as error:
            raise Refused(
                400,
                _("This form is out of date, or it was not sent from here"),
                _("Nothing was changed."),
                _("Load the page again and repeat what you did."),
            ) from error

    @app.after_request
    def add_headers(response: Response) -> Response:
        policy = DOCS_POLICY if request.blueprint in DOCS_BLUEPRINTS else PAGE_POLICY
        response.headers["Content-Security-Policy"] = policy.format(nonce=csp_nonce())
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        if (parts().settings.public_url or "").startswith("https://"):
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        response.headers["Cache-Control"] = cache_rule(response.headers.get("Cache-Control"))
        return response


def cache_rule(own: str | None) -> str:
    """How long the browser may keep the answer; `own` is what the route said itself."""
    if request.endpoint == "static":
        # An address with a version changes with the file; scripts that import each other have none and are asked about.
        return "public, max-age=31536000, immutable" if "v" in request.args else "public, no-cache"
    if own is not None and (request.endpoint or "").startswith(("calls.", "swagger.", "openapi.static")):
        return own
    # Pages hold personal data: no proxy keeps them, and "back" after signing out shows nothing.
    return "no-store"


def refuse_other_origins() -> None:
    """Raise Refused (403) when the browser says that another site made this request.

    `Sec-Fetch-Site` cannot be set by a page's script; `Origin` is the older sign. A client that sends neither is no
    browser of the last years, and the CSRF token still stands in its way.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site in ("same-origin", "none"):
        return
    origin = request.headers.get("Origin")
    public = urlsplit(parts().settings.public_url or "").netloc
    foreign = site is not None or (origin is not None and urlsplit(origin).netloc not in {request.host, public} - {""})
    if foreign:
        raise Refused(
            403,
            _("This request came from another site"),
            _("Nothing was changed."),
            _("Open Callcoach in its own tab and repeat what you did there."),
        )
