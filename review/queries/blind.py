"""Blind reviews: while a person is to judge a call blind, nothing of the machine's judgement of it is theirs to see.

A call is veiled for a person who has a blind draft of it, or an open assignment that asks for a blind review, until
the evaluation is submitted; not for somebody who had begun an open evaluation of it before. A call of a calibration
stays veiled until the session closes: whoever is done may still open the answers again. Every query that shows or
counts what the machine thinks goes through here.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Select, exists, false, select, true, union_all
from sqlalchemy.orm import Session

from review.models import Assignment, Calibration, CalibrationSeat, Call, Evaluation
from review.queries.viewer import Viewer

JUDGING: Final = ("manager", "reviewer", "quality_lead", "head_of_sales", "external_reviewer")
"""Roles that can have a call to judge; for everybody else nothing is ever veiled, and nothing is asked."""


def is_veiled(viewer: Viewer) -> ColumnElement[bool]:
    """The condition of a row of `call` that this viewer is to judge blind."""
    return Call.id.in_(_blind_calls(viewer.user_id)) if viewer.has_role(*JUDGING) else false()


def not_veiled(viewer: Viewer) -> ColumnElement[bool]:
    """Its opposite: for lists by what the machine found, in which a veiled call would tell by being there."""
    return Call.id.not_in(_blind_calls(viewer.user_id)) if viewer.has_role(*JUDGING) else true()


def judges_blind(session: Session, call_id: int, user_id: int) -> bool:
    """Whether this person is to judge the call blind, begun or not."""
    found = _blind_calls(user_id).subquery()
    return session.scalar(select(found.c.call_id).where(found.c.call_id == call_id).limit(1)) is not None


def _blind_calls(user_id: int) -> Select[tuple[int]]:
    drafts = select(Evaluation.call_id).where(
        Evaluation.user_id == user_id, Evaluation.state == "draft", Evaluation.blind.is_(True)
    )
    begun = exists().where(
        Evaluation.call_id == Assignment.call_id,
        Evaluation.user_id == user_id,
        Evaluation.state == "draft",
        Evaluation.blind.is_(False),
    )
    waiting = select(Assignment.call_id).where(
        Assignment.user_id == user_id, Assignment.state == "open", Assignment.blind.is_(True), ~begun
    )
    calibrated = (
        select(CalibrationSeat.call_id)
        .join(Calibration, Calibration.id == CalibrationSeat.calibration_id)
        .where(CalibrationSeat.user_id == user_id, CalibrationSeat.left_out == "", Calibration.state == "open")
    )
    both = union_all(drafts, waiting, calibrated).subquery("blind")
    return select(both.c.call_id)
