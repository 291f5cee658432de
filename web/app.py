"""The web application: `create_app` puts the parts together; gunicorn runs it as `web.app:create_app()`."""

from __future__ import annotations

import tempfile
from typing import IO, Any, cast

from flask import Request
from flask_babel import gettext as _
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from flask_wtf.csrf import CSRFProtect
from werkzeug.formparser import FormDataParser
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from review.db import Database, open_database
from review.logs import set_up_logs
from review.redis_address import connect
from review.services.sessions import ABSOLUTE
from review.settings import BadSetting, Settings, read_settings
from review.storage import AudioStore, open_store
from web import access, context, security
from web.api import register_api
from web.api.docs import ABOUT, DOCS_PAGE, SECURITY_SCHEMES, DocumentedApi
from web.auth import set_up_sessions
from web.blueprints import register_blueprints
from web.errors import Refused, handle_errors
from web.limits import limit_bodies, limit_rates
from web.parts import KEY, Parts, parts

IN_MEMORY = 256 * 1024  # bytes of one uploaded file kept in memory before it goes to the work folder
SHORTEST_SECRET = 32  # characters
LOCAL_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


class ReadableForm(FormDataParser):
    """Refuses a form that cannot be read; the library's own parser would hand it on as an empty one."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Any:
        """Stream, fields and files of the request's body. Raises Refused (400)."""
        self.silent = False
        try:
            return super().parse(stream, mimetype, content_length, options)
        except ValueError as error:
            raise Refused(
                400,
                _("The form that was sent could not be read"),
                _("Nothing was kept."),
                _("Send multipart/form-data with its boundary, and names of files and fields in UTF-8."),
                code="unreadable_form",
            ) from error


class IncomingRequest(Request):
    """A request whose uploaded files wait in the installation's work folder, not in the system's `/tmp`.

    Recordings are large and private; the system's folder may be memory, and another disk than the one that is checked.
    """

    form_data_parser_class = ReadableForm

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        folder = parts().settings.work
        folder.mkdir(parents=True, exist_ok=True)
        return cast("IO[bytes]", tempfile.SpooledTemporaryFile(IN_MEMORY, "rb+", dir=str(folder)))


class RowId(IntegerConverter):
    """`<int:...>` in an address: a number no database knows matches no route, instead of failing in a query."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**63 - 1)


def create_app(
    settings: Settings | None = None,
    database: Database | None = None,
    store: AudioStore | None = None,
    redis: Any = None,
) -> OpenAPI:
    """The application for these settings (from the environment when none are given).

    Connects to nothing: database and Redis are met by the first request that needs them. Raises BadSetting,
    MissingRule when a route has no access rule, OSError when the secret key can be neither read nor made.
    """
    if settings is None:  # the web server's own process, which has nobody else to set up its log
        settings = read_settings()
        set_up_logs(settings, "web")
    made = Parts(
        settings=settings,
        database=database or open_database(settings),
        store=store or open_store(settings),
        redis=redis if redis is not None else connect(settings),
    )
    app = DocumentedApi(
        "web",
        info=Info(title="Callcoach", version="1", description=ABOUT),
        security_schemes=SECURITY_SCHEMES,
        validation_error_callback=_problem_of_validation,
    )
    app.extensions[KEY] = made
    app.request_class = IncomingRequest
    app.url_map.converters["int"] = RowId
    _configure(app, settings)

    csrf = CSRFProtect(app)
    set_up_sessions(app)
    context.set_up_pages(app)
    handle_errors(app)
    register_blueprints(app)
    register_api(app)
    # In this order for every request: its rate, who asks, its size, whether another site made it.
    limit_rates(app, made)
    access.enforce(app)
    limit_bodies(app)
    security.protect(app, csrf)
    access.check_rules(app)
    return app


def _configure(app: OpenAPI, settings: Settings) -> None:
    https = (settings.public_url or "").startswith("https://")
    app.config.update(
        SECRET_KEY=_secret_key(settings),
        # Browsers take a __Host- cookie only over https and only from this very host.
        SESSION_COOKIE_NAME="__Host-callcoach" if https else "callcoach",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=ABSOLUTE,
        WTF_CSRF_CHECK_DEFAULT=False,  # web/security.py calls the check, after the access rule
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a page left open over lunch still works
        WTF_CSRF_SSL_STRICT=False,  # web/security.py looks at the origin itself
        SWAGGER_HTML_STRING=DOCS_PAGE,
        OPENAPI_HTML_STRING=DOCS_PAGE,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if https and settings.host in LOCAL_HOSTS:
        # Only a proxy on this machine can reach us, so what it says about its sender is believed.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)  # type: ignore[method-assign]


def _secret_key(settings: Settings) -> str:
    """The installation's own secret. Raises BadSetting rather than starting with one that can be guessed."""
    key = settings.secret_key()
    if len(key) < SHORTEST_SECRET:
        fix = "it holds too little: remove the file to have a new one made (everybody signs in again)"
        raise BadSetting("secret.key", f"{len(key)} characters", fix)
    return key


def _problem_of_validation(error: Any) -> Any:
    from web.api.problems import answer_validation_error

    return answer_validation_error(error)
