"""The reviewers' page for leads: what waits for whom, how fast, how often overruled, and the time to feedback."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from review.performance.period import last_weeks, read_weeks
from review.performance.reviewers import read_reviewers
from review.performance.strictness import last_calibration
from web.auth import viewer
from web.parts import parts
from web.reading.performance_places import Places

blueprint = Blueprint("reviewers", __name__, url_prefix="/reviewers")


@blueprint.get("")
def index() -> str:
    """Everybody who can be given calls."""
    period = last_weeks(read_weeks(request.args.get("weeks")))
    with parts().database.read() as db:
        found = read_reviewers(db, period, parts().settings.feedback_hours)
        calibrated = last_calibration(db, viewer())
    most = max((count for line in found.lines for count in line.weeks), default=0)
    return render_template(
        "reviewers/index.html", period=period, found=found, most=most, calibrated=calibrated, places=Places()
    )
