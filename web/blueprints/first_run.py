"""The first day: from an empty installation over the first admin to the first scored call, and the list of steps."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.accounts import first_run
from review.accounts.installation import BadInstallation, read_installation, save_company
from review.services.passwords import WeakPassword
from review.services.sessions import go_on
from review.services.users import BadUser
from review.ui_languages import UI_LANGUAGES
from review.working_time.editing import BadWorkingTime, read_calendar, save_hours
from web.auth import enter, viewer
from web.parts import parts
from web.reading.account_refusals import words_of
from web.reading.passphrases import weak_words

blueprint = Blueprint("first_run", __name__, url_prefix="/first")


@blueprint.get("")
def begin() -> Response | str:
    """The page for the set-up code and the first account; nothing once somebody can sign in."""
    with parts().database.read() as db:
        if not first_run.is_first(db):
            return redirect(url_for("inbox.index"))
    return render_template("first_run/account.html", message=None, form=request.form)


@blueprint.post("")
def make_admin() -> Response | tuple[str, int]:
    """Make the first account and go in."""
    form, message, status = request.form, "", 422
    address, agent = request.remote_addr or "", request.user_agent.string[:300]
    if form.get("password", "") != form.get("again", ""):
        message = _("The two passphrases differ. Type the same one twice.")
    else:
        try:
            with parts().database.session() as db:
                user_id = first_run.make_first_admin(
                    db,
                    parts().settings.secret_key(),
                    code=form.get("code", ""),
                    email=form.get("email", ""),
                    name=form.get("name", ""),
                    password=form.get("password", ""),
                    reviews=bool(form.get("reviews")),
                    language=str(get_locale() or "en"),
                )
                started = go_on(db, user_id, address, agent, how="first")
            return enter(started, url_for(".company"))
        except first_run.NotFirst:
            return redirect(url_for("inbox.index"))
        except first_run.WrongSetupCode:
            message, status = _("This is not the set-up code. The terminal where Callcoach runs shows it."), 401
        except WeakPassword as error:
            message = weak_words(error)
        except BadUser as error:
            message = words_of(error)
    return render_template("first_run/account.html", message=message, form=form), status


@blueprint.get("/company")
def company() -> str:
    """Who the company is: name, language, time zone, the words its calls are full of."""
    return _company()


@blueprint.post("/company")
def keep_company() -> Response | tuple[str, int]:
    """Keep it, and go on to the calls."""
    form = request.form
    try:
        with parts().database.session() as db:
            save_company(
                db,
                company=form.get("company", ""),
                language=form.get("language", ""),
                products=form.get("products", "").splitlines(),
                competitors=form.get("competitors", "").splitlines(),
                by=viewer().user_id,
            )
            zone, week = form.get("zone", ""), read_calendar(db).week
            if zone != read_calendar(db).zone:
                save_hours(db, viewer(), None, zone=zone, week=week)
    except BadInstallation as error:
        words = {
            "company": _("Write the company’s name as your reps say it, at most 120 characters."),
            "language": _("Choose a language from the list."),
        }
        return _company(words.get(error.field, _("At most 60 words or names, one a line."))), 422
    except BadWorkingTime:
        return _company(_("Choose a time zone from the list.")), 422
    return redirect(url_for(".calls"))


@blueprint.get("/calls")
def calls() -> str:
    """The ways calls come in."""
    with parts().database.read() as db:
        kept = read_installation(db)
    return render_template("first_run/calls.html", kept=kept, watch=parts().settings.watch)


@blueprint.post("/samples")
def samples() -> Response:
    """Ask the workers for sample calls."""
    with parts().database.session() as db:
        first_run.ask_for_samples(db, by=viewer().user_id)
    return redirect(url_for(".watch"))


@blueprint.get("/watch")
def watch() -> str:
    """The first call on its way, live; the piece alone when the page asks again."""
    with parts().database.read() as db:
        found, asked = first_run.first_call(db), read_installation(db).samples_at is not None
    piece = request.headers.get("HX-Request") == "true"
    name = "first_run/_watch.html" if piece else "first_run/watch.html"
    return render_template(name, call=found, samples=asked)


@blueprint.post("/dismiss")
def put_away() -> Response:
    """Put the list of first steps away for everybody."""
    with parts().database.session() as db:
        first_run.dismiss(db, by=viewer().user_id)
    flash(_("Put away. Everything on it is in the navigation under Set-up."))
    return redirect(url_for("inbox.index"))


def _company(message: str | None = None) -> str:
    with parts().database.read() as db:
        kept, zone = read_installation(db), read_calendar(db).zone
    settings = parts().settings
    return render_template(
        "first_run/company.html",
        kept=kept,
        zone=zone if zone != "UTC" or kept.named_at else None,
        zones=sorted(available_timezones()),
        given=settings.company_names,
        languages=UI_LANGUAGES,
        message=message,
        form=request.form,
    )
