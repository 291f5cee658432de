"""What a person reads when an evaluation cannot do what was asked, on the page and through the API."""

from __future__ import annotations

from flask import abort
from flask_babel import gettext as _

from review.errors import NoSuchCall
from review.evaluations import AnswersRefused, NoSuchEvaluation, NotNow
from scoring.standards import StandardNotFound
from web.errors import Refused


def refusal(error: Exception) -> Exception:
    """What a person reads when an evaluation cannot do what was asked."""
    if isinstance(error, NoSuchEvaluation | NoSuchCall):
        abort(404)
    if isinstance(error, AnswersRefused):
        return Refused(
            422,
            _("This could not be stored: %(why)s", why=_why(error)),
            _("What is typed stays on the page and on this computer."),
            code=error.code,
            field=error.field,
            criterion=error.criterion,
        )
    if isinstance(error, NotNow):
        words = {
            "own_call": _("This is your own call: somebody else evaluates it"),
            "already": _("You have evaluated this call already"),
            "locked": _("This evaluation is locked: it was submitted"),
            "reopen": _("This evaluation cannot be opened again: its time is over, or it was answered or closed"),
            "settle": _("Only a lead chooses between two evaluations, and only between submitted ones"),
        }
        return Refused(
            409,
            words.get(error.why, _("This cannot be done to the evaluation in its present state")),
            _("Nothing was changed."),
            code=error.code,
            why=error.why,
        )
    if isinstance(error, StandardNotFound):
        return Refused(409, _("The scorecard of this call is not here any more"), _("Nothing was changed."))
    return error


def _why(error: AnswersRefused) -> str:
    words = {
        "reason": _("a reason can have 2000 characters"),
        "note": _("a note can have 50,000 characters"),
        "comment": _("a comment can have 50,000 characters"),
        "words": _("say in a few words why (at most 50,000 characters)"),
    }
    return str(words.get(error.field, _("one of the answers is none of this scorecard's")))
