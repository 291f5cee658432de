"""What a person reads when a calibration cannot do what was asked, on the page and through the API."""

from __future__ import annotations

from flask import abort
from flask_babel import gettext as _

from review.calibration.types import BadAgreed, BadCalibration, CalibrationNotNow, NoSuchCalibration
from scoring.standards import StandardNotFound
from web.errors import Refused


def refusal(error: Exception) -> Exception:
    """The refusal with what was kept; a session that is not theirs answers 404."""
    if isinstance(error, NoSuchCalibration):
        abort(404)
    if isinstance(error, BadCalibration):
        return Refused(422, words_of(error), _("Nothing was stored."), code=error.code, field=error.field)
    if isinstance(error, CalibrationNotNow):
        return Refused(409, _why_not(error), _("Nothing was changed."), code=error.code, state=error.state)
    if isinstance(error, BadAgreed):
        words = {
            "call": _("This call is not part of the calibration"),
            "criterion": _("There is no such criterion to agree on"),
            "answer": _("This is no answer of the criterion"),
            "note": _("A note can have 2000 characters"),
        }
        return Refused(422, words[error.what], _("Nothing was stored."), code=error.code, field=error.what)
    if isinstance(error, StandardNotFound):
        return Refused(409, _("The scorecard of this calibration is not here any more"), _("Nothing was changed."))
    return error


def words_of(error: BadCalibration) -> str:
    """Why a session cannot be made, in the reader's language."""
    most = error.facts.get("most", 0)
    words = {
        ("name", "length"): _("Give it a name of 1 to %(most)s characters", most=most),
        ("note", "length"): _("The note can have %(most)s characters", most=most),
        ("standard", "unknown"): _("There is no such scorecard, or not in this version"),
        ("people", "count"): _("Choose 1 to %(most)s people", most=most),
        ("people", "cannot_score"): _("Somebody chosen does not score calls any more"),
        ("people", "nobody_can"): _("None of these people can score any of these calls"),
        ("against", "unknown"): _("Say what the answers are measured against"),
        ("benchmark", "not_among"): _("The benchmark reviewer must be one of the people"),
        ("days", "range"): _("Give 1 to %(most)s working days", most=most),
        ("calls", "count"): _("Choose 1 to %(most)s calls", most=most),
        ("calls", "not_ready"): _("Some of these calls are not there, or are not ready"),
        ("lot", "none"): _("There is no call of this scorecard that none of these people knows"),
    }
    return str(words.get((error.field, error.why), _("This calibration cannot be made so")))


def _why_not(error: CalibrationNotNow) -> str:
    if error.act == "figures":
        if error.state == "open":
            return str(_("The calibration is still open: figures and answers are shown once it is closed"))
        return str(_("The calibration was called off: nothing was measured"))
    if error.act == "agree":
        return str(_("A group agrees after the calibration is closed, and only where it is measured by consensus"))
    return str(_("The calibration is not open any more"))
