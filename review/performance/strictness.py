"""Who scored strictly and who leniently in the newest closed calibration: the figures of its own page, in short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from review.calibration.listing import list_calibrations
from review.calibration.results import read_results
from review.queries.viewer import Viewer
from scoring.agreement_strictness import Strictness
from scoring.standards import StandardNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCalibration:
    """The newest closed session; `people` are their effects in points of the score, by user id."""

    id: int
    name: str
    people: Mapping[int, Strictness]


def last_calibration(session: Session, viewer: Viewer) -> LastCalibration | None:
    """None before any session is closed, and where its scorecard is not kept. The same few statements for any size."""
    rows, _more = list_calibrations(session, viewer, limit=1, state="closed")
    if not rows:
        return None
    try:
        found = read_results(session, viewer, rows[0].id)
    except StandardNotFound:
        return None
    return LastCalibration(
        id=rows[0].id,
        name=rows[0].name,
        people={int(one.person): one for one in found.strictness if one.effect is not None},
    )
