"""Which evaluations count: the one condition everybody who counts or shows people's scores goes through.

A scorecard filled in for a calibration measures the people who fill it in, not the rep whose call it is: it is in
nobody's score, on no rep's page, in no export, and no label. See docs/calibration.md.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement

from review.models import Evaluation


def counts() -> ColumnElement[bool]:
    """The condition of a row of `evaluation` that counts in somebody's real scores, whatever its state."""
    return Evaluation.calibration_id.is_(None)
