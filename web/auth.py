"""Who is asking: the person behind the session cookie, or the program behind an API token.

The cookie carries a random token whose hash is a row of the database, so signing out or disabling a person ends the
session at once, whatever the browser kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, cast

from flask import Flask, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from review.accounts.second_step import SecondStep
from review.db import CannotWrite
from review.queries.viewer import Viewer, load_viewer
from review.services.sessions import SessionToken, read_session, touch_session
from review.services.tokens import ApiCaller, find_api_token, note_use
from web.errors import Refused
from web.parts import parts

log = logging.getLogger(__name__)

SECOND_STEP = "second_step"  # in the browser's cookie: the token of a sign-in that waits for its code


class SignedIn(UserMixin):  # type: ignore[misc]
    """A person with a running session, as Flask-Login wants to see them; the id is the session's token."""

    def __init__(self, token: str, viewer: Viewer) -> None:
        self.token = token
        self.viewer = viewer

    def get_id(self) -> str:
        """The session's token."""
        return self.token


def set_up_sessions(app: Flask) -> None:
    """Let Flask-Login find the person by the session's token."""
    manager = LoginManager()
    manager.session_protection = None  # the token is random and known only to this browser; addresses change
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(_person_of)


def _person_of(token: str) -> SignedIn | None:
    with parts().database.read() as db:
        live = read_session(db, token)
        found = load_viewer(db, live.user_id) if live else None
    if live is None or found is None:
        return None
    if live.due:
        _note(lambda db: touch_session(db, token))
    return SignedIn(token, found)


def _note(write: Callable[[Any], None]) -> None:
    """Write down that somebody was here; a database that cannot write now (a full disk) shuts nobody out."""
    try:
        with parts().database.session() as db:
            write(db)
    except CannotWrite as error:
        log.warning("last use not noted: %s", error.orig)


def viewer_of_session() -> Viewer | None:
    """The signed-in person, loaded once for each request so that a change of role works on the next one."""
    if "viewer" not in g:
        g.viewer = current_user.viewer if current_user.is_authenticated else None
    return cast("Viewer | None", g.viewer)


def known_viewer() -> Viewer | None:
    """The person this request was found to come from; None when nobody has asked yet. Never reads the database."""
    return cast("Viewer | None", g.get("viewer"))


def viewer() -> Viewer:
    """The person a route that needs one was opened for."""
    found = known_viewer()
    if found is None:
        raise LookupError("this route's rule lets in people who have not signed in, so there is no viewer")
    return found


def begin_session(token: str, found: Viewer) -> None:
    """Hand the browser a new session; whatever its cookie held before is gone, the CSRF token too."""
    session.clear()
    session.permanent = True  # outlives the browser's closing; how long it holds is the database's to say
    g.pop("csrf_token", None)
    login_user(SignedIn(token, found))
    g.viewer = found


def enter(started: SessionToken | SecondStep, target: str) -> Response:
    """After the first step of signing in: on to the page that was asked for, or to the one-time code before it."""
    if isinstance(started, SecondStep):
        session.clear()
        g.pop("csrf_token", None)
        session[SECOND_STEP] = started.token
        return redirect(url_for("auth_code.show", next=target))
    begin_session_of(started)
    return redirect(target)


def begin_session_of(started: SessionToken) -> None:
    """Hand the browser the session just opened."""
    with parts().database.read() as db:
        found = load_viewer(db, started.user_id)
    if found is None:
        raise LookupError(f"a session was started for user {started.user_id}, who cannot be loaded")
    begin_session(started.token, found)


def session_token() -> str:
    """The token of the running session; empty without one."""
    return str(current_user.get_id()) if current_user.is_authenticated else ""


def end_session() -> str | None:
    """Forget the session in the browser; its token, so that the caller ends it in the database."""
    token = current_user.get_id() if current_user.is_authenticated else None
    logout_user()
    session.clear()
    g.pop("csrf_token", None)
    g.viewer = None
    return cast("str | None", token)


def viewer_of_token(scope: str) -> Viewer:
    """The person an API token speaks for. Raises Refused 401 (no valid token) or 403 (the scope is not granted)."""
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    caller: ApiCaller | None = None
    found: Viewer | None = None
    if kind.lower() == "bearer" and text.strip():
        with parts().database.read() as db:
            caller = find_api_token(db, text.strip())
            found = load_viewer(db, caller.user_id) if caller else None
    if caller is None or found is None:
        refused = Refused(
            401,
            _("No valid API token came with this request"),
            _("Nothing was stored."),
            _("Send the header 'Authorization: Bearer <token>' with a token that has not been revoked."),
        )
        refused.headers = {"WWW-Authenticate": 'Bearer realm="callcoach"'}
        raise refused
    if not caller.may(scope):
        refused = Refused(
            403,
            _("This API token does not have the scope %(scope)s", scope=scope),
            _("Nothing was stored."),
            _("Use a token that was made with this scope."),
            scope=scope,
        )
        refused.headers = {"WWW-Authenticate": f'Bearer realm="callcoach", error="insufficient_scope", scope="{scope}"'}
        raise refused
    token_id = caller.token_id
    _note(lambda db: note_use(db, token_id))
    g.viewer = found
    g.api_token = token_id
    return found
