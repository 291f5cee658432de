"""The review queue: what the viewer scores today and why each call, the next without a mouse, a lead's view."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.sampling.assignments import (
    CannotTake,
    NoSuchAssignment,
    NotOpen,
    ReasonNeeded,
    hand_on,
    skip,
    withdraw,
)
from review.sampling.queue import next_assignment, read_loads, read_progress, read_queue, read_team_queue
from review.sampling.reviewers import is_lead, list_reviewers
from web.auth import viewer
from web.errors import Refused
from web.parts import parts
from web.reading.queue import read_lines

blueprint = Blueprint("queue", __name__, url_prefix="/queue")


@blueprint.get("")
def index() -> str:
    """What the viewer has to score, those due first first."""
    now = datetime.now(UTC)
    with parts().database.read() as db:
        items = read_queue(db, viewer(), viewer().user_id)
        progress = read_progress(db, viewer().user_id, now=now)
    return render_template("queue.html", lines=read_lines(items, now), progress=progress, leads=is_lead(viewer()))


@blueprint.get("/everybody")
def everybody() -> str:
    """Everybody's queue and load, for leads; `?person=ID` shows one person's, `?person=none` what nobody has."""
    now = datetime.now(UTC)
    person = request.args.get("person", "")
    with parts().database.read() as db:
        loads = read_loads(db, now=now)
        if person.isdecimal() and len(person) < 16:
            items = read_queue(db, viewer(), int(person))
        else:
            items = read_queue(db, viewer(), None) if person == "none" else read_team_queue(db, viewer())
        reviewers = list_reviewers(db)
    return render_template(
        "queue_everybody.html", lines=read_lines(items, now), loads=loads, reviewers=reviewers, person=person
    )


@blueprint.get("/next")
def following() -> Response:
    """To the call to score next, playing; `?after=ID` leaves out the assignment now before the viewer."""
    after = request.args.get("after", "")
    with parts().database.read() as db:
        row = next_assignment(db, viewer(), int(after) if after.isdecimal() and len(after) < 16 else None)
    if row is None:
        flash(_("Nothing more waits for you."))
        return redirect(url_for(".index"))
    return redirect(url_for("calls.show", call_id=row.call_id, assignment=row.id, play=1))


@blueprint.post("/<int:assignment_id>/skip")
def leave_out(assignment_id: int) -> Response:
    """Leave a call out, with a reason."""
    change_told(assignment_id, skip, request.form.get("reason", ""))
    flash(_("Left out. The quality lead reads why."))
    return _back()


@blueprint.post("/<int:assignment_id>/withdraw")
def take_back(assignment_id: int) -> Response:
    """Take a call back from a reviewer, with a reason."""
    change_told(assignment_id, withdraw, request.form.get("reason", ""))
    flash(_("Taken back. It was drawn and will not be drawn again."))
    return _back()


@blueprint.post("/<int:assignment_id>/hand-on")
def give_on(assignment_id: int) -> Response:
    """Give a call to somebody else."""
    to_user = request.form.get("to", "")
    change_told(assignment_id, hand_on, int(to_user) if to_user.isdecimal() and len(to_user) < 16 else 0)
    flash(_("Handed on. The other person is told."))
    return _back()


def change_told(assignment_id: int, act: Any, value: object) -> None:
    """Do the act in one transaction; what cannot be done is refused in the viewer's language."""
    try:
        with parts().database.session() as db:
            act(db, viewer(), assignment_id, value)
    except NoSuchAssignment:
        abort(404)
    except NotOpen as error:
        raise Refused(
            409,
            _("This call was dealt with meanwhile"),
            _("Nothing was changed."),
            _("Load the queue again to see how it stands."),
            code=error.code,
        ) from error
    except ReasonNeeded as error:
        raise Refused(
            422,
            _("Say in a few words why"),
            _("Nothing was changed."),
            _("Between 3 and 500 characters: a call left out is a gap in what was drawn."),
            code=error.code,
            field="reason",
        ) from error
    except CannotTake as error:
        raise Refused(
            422,
            _("This person cannot score this call"),
            _("It stays where it is."),
            _("Choose somebody who may see the call, did not hold it, and does not have it already."),
            code=error.code,
            field="to",
        ) from error


def _back() -> Response:
    """To the list the form was on."""
    person = request.form.get("person", "")
    if is_lead(viewer()) and request.form.get("everybody"):
        return redirect(url_for(".everybody", person=person or None))
    return redirect(url_for(".index"))
