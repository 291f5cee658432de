"""Choosing how each kind of notification reaches one, and ending mails of a kind from the mail itself."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.notices.choices import DAY, BadChoice, Choices, Habit, choose, read_choices, stop_mail
from review.notices.kinds import kind_of
from review.notices.refused import is_refused, try_again
from review.notices.status import address_of
from review.working_time.due import calendar_of
from review.working_time.week import read_minutes, write_minutes
from web.auth import viewer
from web.errors import Refused
from web.mail.stopping import read_token
from web.parts import parts
from web.reading.notice_choices import GROUPS, group_label, kind_label, way_label
from web.reading.working_time import week_words, zones

blueprint = Blueprint("notice_choices", __name__)

ALL_WAYS = ("app", "mail", "digest", "off")


@blueprint.get("/notifications/choices")
def index() -> str:
    """The kinds that can reach the viewer, by group, and when mails come."""
    with parts().database.read() as db:
        choices = read_choices(db, viewer().user_id)
        calendar = calendar_of(db, viewer().user_id)
        refused = is_refused(db, viewer().email)
    return render_template(
        "notifications/choices.html",
        groups=_groups(choices),
        ways=[(way, way_label(way)) for way in ALL_WAYS],
        habit=choices.habit,
        digest_at=write_minutes(choices.habit.digest_at),
        quiet_from=write_minutes(choices.habit.quiet_from),
        quiet_to=write_minutes(choices.habit.quiet_to),
        calendar=calendar,
        hours=week_words(calendar.week),
        zones=zones(),
        mail=parts().settings.mail,
        refused=refused,
    )


@blueprint.post("/notifications/choices")
def save() -> Response:
    """Keep the viewer's choices."""
    form = request.form
    ways = {name.removeprefix("way."): way for name, way in form.items() if name.startswith("way.")}
    try:
        habit = Habit(
            digest_at=_minutes(form.get("digest_at", "")),
            quiet=form.get("quiet", ""),
            quiet_from=_minutes(form.get("quiet_from", "")),
            quiet_to=_minutes(form.get("quiet_to", "")),
            zone=form.get("zone", "").strip(),
        )
        with parts().database.session() as db:
            choose(db, viewer().user_id, ways, habit)
    except BadChoice as error:
        raise Refused(
            422,
            _("This choice cannot be kept"),
            _("Your choices are as they were."),
            _("Load the page again and choose once more; a time zone is written as Europe/Berlin."),
            field=error.name,
        ) from error
    flash(_("Your choices are kept."))
    return redirect(url_for(".index"))


@blueprint.post("/notifications/choices/address")
def mend() -> Response:
    """Let mails go to the viewer's address again, after the server refused it."""
    with parts().database.session() as db:
        try_again(db, viewer().email)
    flash(_("Mails go to %(address)s again.", address=viewer().email))
    return redirect(url_for(".index"))


@blueprint.route("/mail/stop/<token>", methods=["GET", "POST"])
def stop(token: str) -> str:
    """End mails of a kind: asked first on a page (programs that look into mails open every address), then done.

    The address is signed and belongs to one person and kind, so nobody need sign in; mail programs send the POST
    themselves (RFC 8058) and carry no token of a form.
    """
    found = read_token(parts().settings.secret_key(), token)
    if found is None:
        abort(404)
    user_id, named = found
    kinds = named.split("+")
    with parts().database.read() as db:
        address = address_of(db, user_id)
    if address is None:
        abort(404)
    if request.method == "POST":
        with parts().database.session() as db:
            for kind in kinds:
                stop_mail(db, user_id, kind)
    words = [_("the daily mail") if kind == DAY else kind_label(kind) for kind in kinds]
    return render_template(
        "notifications/stop.html", address=_masked(address), words=words, done=request.method == "POST", token=token
    )


def _groups(choices: Choices) -> list[tuple[str, list[dict[str, object]]]]:
    """The viewer's kinds under the heading of their group."""
    to_choose = [name for name in choices.kinds() if len(kind_of(name).ways()) > 1]
    kinds = sorted(to_choose, key=lambda name: list(GROUPS).index(kind_of(name).group))
    return [
        (
            group_label(group),
            [
                {
                    "name": name,
                    "label": kind_label(name),
                    "way": choices.way(name),
                    "ways": kind_of(name).ways(),
                    "urgent": kind_of(name).urgent,
                }
                for name in found
            ],
        )
        for group, found in groupby(kinds, key=lambda name: kind_of(name).group)
    ]


def _minutes(text: str) -> int:
    try:
        return read_minutes(text)
    except ValueError as error:
        raise BadChoice("time", text) from error


def _masked(address: str) -> str:
    """An address its owner knows and a finder of the mail does not learn more from."""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"
