"""The neighbours an evaluation tells or asks: its assignment, its calibration, the people it concerns, the archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.comments import notices
from review.evaluations.types import NotNow
from review.models import Calibration, CalibrationSeat
from review.sampling import assignments
from review.sampling.assignments import AssignmentRow
from review.scorecards import listing


def finish_assignment(session: Session, assignment_id: int | None, evaluation_id: int) -> None:
    """Tell the sampling that this assignment is done."""
    assignments.finish(session, assignment_id, evaluation_id)


def find_assignment(session: Session, assignment_id: int, user_id: int) -> AssignmentRow | None:
    """The assignment this person scores a call by; None when it is not theirs, or was taken back."""
    return assignments.find(session, assignment_id, user_id)


def find_open_assignment(session: Session, call_id: int, user_id: int) -> AssignmentRow | None:
    """The assignment by which this call waits for this person, if one does."""
    return assignments.find_open(session, call_id, user_id)


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's place before one call of an open calibration, and the scorecard version everybody there uses."""

    calibration_id: int
    standard: str
    version: int


def find_seat(session: Session, assignment_id: int | None, user_id: int) -> Seat | None:
    """A person's place in an open calibration that an assignment gives; None where it is an ordinary one.

    The session is held until the transaction ends: closing waits for who begins in this moment, and puts their draft
    away with the others. Raises NotNow when it closed first.
    """
    if assignment_id is None:
        return None
    found = session.execute(
        select(Calibration.id, Calibration.standard, Calibration.version, Calibration.state)
        .join(CalibrationSeat, CalibrationSeat.calibration_id == Calibration.id)
        .where(
            CalibrationSeat.assignment_id == assignment_id,
            CalibrationSeat.user_id == user_id,
            CalibrationSeat.left_out == "",
        )
        .with_for_update(read=True, of=Calibration)  # shared: people who begin do not wait for each other
    ).one_or_none()
    if found is None:
        return None
    if found.state != "open":
        raise NotNow("calibration", found.state)
    return Seat(found.id, found.standard, found.version)


def notify(session: Session, user_id: int, kind: str, call_id: int, **body: Any) -> None:
    """Put a notice before a person: `evaluation_shown` or `evaluation_disputed`."""
    notices.notify(session, user_id, kind, call_id=call_id, body=body)


def is_archived(session: Session, standard: str) -> bool:
    """Whether the scorecard was taken out of use."""
    return listing.is_archived(session, standard)
