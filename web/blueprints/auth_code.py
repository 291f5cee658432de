"""The second step of signing in: the one-time code, or setting codes up where a role asks for them."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from review.accounts import codes
from review.accounts.installation import read_installation
from review.accounts.sealing import Seals, SecretLost
from review.accounts.second_step import SecondStep, end_second_step, find_second_step
from review.services import users
from review.services.sessions import open_session
from web.auth import SECOND_STEP, begin_session_of
from web.blueprints.auth import local_path, too_many
from web.parts import parts

blueprint = Blueprint("auth_code", __name__, url_prefix="/sign-in/code")


@blueprint.get("")
def show() -> Response | str:
    """The page for the code; without a first step that still holds, the sign-in page."""
    step = _waiting()
    if step is None:
        return _start_again()
    return _page(step, local_path(request.args.get("next")))


@blueprint.post("")
def check() -> Response | tuple[str, int] | str:
    """Take the code: the session opens, and who has just set codes up sees their recovery codes once."""
    step = _waiting()
    if step is None:
        return _start_again()
    target = local_path(request.form.get("next"))
    address, agent = request.remote_addr or "", request.user_agent.string[:300]
    typed = request.form.get("code", "")[:100]
    started = None
    recovery: tuple[str, ...] = ()
    with parts().database.session() as db:
        # Refusals are caught inside the block: the wrong try they counted is to be committed.
        try:
            if step.need == "set_up":
                recovery = codes.confirm(db, step.user_id, typed, seals())
            else:
                codes.check(db, step.user_id, typed, seals())
            end_second_step(db, step.token)
            started = open_session(db, step.user_id, address, agent, how="code")
        except codes.TooManyCodes as error:
            status, message = 429, too_many(error.retry_after)
        except codes.WrongCode:
            status, message = 401, _("This code is not right any more. Wait for the next one and type that.")
        except SecretLost:
            status, message = 503, _("Your one-time codes cannot be checked here any more. Ask an admin to reset them.")
    if started is None:
        return _page(step, target, message), status
    begin_session_of(started)
    if recovery:
        return recovery_page(step.user_id, recovery, target)
    return redirect(target)


def seals() -> Seals:
    """What opens the installation's sealed secrets."""
    return Seals(parts().settings.secret_key())


def recovery_page(user_id: int, made: tuple[str, ...], onward: str) -> str:
    """New recovery codes, shown once, and what stands beside them on paper: the installation, the account, the day."""
    given = parts().settings.company_names
    with parts().database.read() as db:
        account = users.get_user(db, user_id)
        company = given[0] if given else read_installation(db).company
    return render_template(
        "account/recovery.html", codes=made, onward=onward, account=account, company=company, made_at=datetime.now(UTC)
    )


def set_up_words(user_id: int) -> dict[str, object]:
    """The picture and the key by which an app learns the person's codes; writes the secret on first sight."""
    with parts().database.session() as db:
        secret = codes.begin(db, user_id, seals())
        address = codes.address_of(db, user_id, secret)
    # The picture is made of the address alone by a library that escapes nothing because it writes only numbers.
    return {
        "picture": Markup(codes.picture_of(address)),  # noqa: S704
        "key": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "address": address,
    }


def _waiting() -> SecondStep | None:
    with parts().database.read() as db:
        return find_second_step(db, session.get(SECOND_STEP))


def _start_again() -> Response:
    session.pop(SECOND_STEP, None)
    flash(_("Sign in again: the time for the one-time code is over."))
    return redirect(url_for("auth.sign_in"))


def _page(step: SecondStep, target: str, message: str | None = None) -> str:
    more = set_up_words(step.user_id) if step.need == "set_up" else {}
    return render_template("account/code.html", need=step.need, next=target, message=message, **more)
