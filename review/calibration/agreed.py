"""The consensus after a calibration: the answer a group agreed on for one criterion of one call, and why."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review.calibration.types import Agreed, BadAgreed, CalibrationNotNow, NoSuchCalibration
from review.evaluations.sheet import criteria_of
from review.learning.shown import answers_of, standard_of
from review.learning.verdicts import without_numbers
from review.models import Calibration, CalibrationAgreed, CalibrationCall, Call, User, utc_now
from review.queries.viewer import Viewer
from review.sampling.reviewers import is_lead
from review.services.audit import record
from review.upsert import insert_new

LONGEST_NOTE = 2000


def read_agreed(session: Session, calibration_id: int) -> dict[tuple[int, str], Agreed]:
    """What was agreed on, by (call, criterion)."""
    rows = session.execute(
        select(CalibrationAgreed, User.name)
        .outerjoin(User, User.id == CalibrationAgreed.user_id)
        .where(CalibrationAgreed.calibration_id == calibration_id)
        .order_by(CalibrationAgreed.id)
    )
    return {(row.call_id, row.criterion): Agreed(row.answer, row.note, name, row.at) for row, name in rows}


def write_agreed(
    session: Session,
    viewer: Viewer,
    calibration_id: int,
    call_id: int,
    criterion: str,
    answer: str,
    note: str = "",
) -> Agreed | None:
    """Write down the group's answer, or take it back with an empty one; what stands now. The latest word stands.

    Earlier ones stay in the audit log. Raises NoSuchCalibration, CalibrationNotNow, BadAgreed.
    """
    row = session.get(Calibration, calibration_id, populate_existing=True, with_for_update=True)
    if row is None or not is_lead(viewer):
        raise NoSuchCalibration(calibration_id)
    if row.state != "closed" or row.against != "consensus":
        raise CalibrationNotNow("agree", row.state)
    if session.get(CalibrationCall, (calibration_id, call_id)) is None:
        raise BadAgreed("call", "This call is not part of the calibration.")
    sheet = standard_of(session, row.standard, row.version)
    asked = None if sheet is None else criteria_of(sheet).get(criterion)
    if asked is None or asked.kind == "text":
        raise BadAgreed("criterion", "There is no such criterion to agree on.")
    if answer and answer not in answers_of(asked):
        raise BadAgreed("answer", "This is no answer of the criterion.")
    note = note.replace("\x00", "").strip()
    if len(note) > LONGEST_NOTE:
        raise BadAgreed("note", f"The note has {len(note)} characters; it can have {LONGEST_NOTE}.")
    note = without_numbers(note, session.scalar(select(Call.language).where(Call.id == call_id)))
    before = read_agreed(session, calibration_id).get((call_id, criterion))
    key = {"calibration_id": calibration_id, "call_id": call_id, "criterion": criterion}
    here = [getattr(CalibrationAgreed, name) == value for name, value in key.items()]
    session.execute(delete(CalibrationAgreed).where(*here))
    if answer:
        insert_new(
            session,
            CalibrationAgreed,
            ("calibration_id", "call_id", "criterion"),
            **key,
            answer=answer,
            note=note,
            user_id=viewer.user_id,
            at=utc_now(),
        )
    record(
        session,
        viewer.user_id,
        "calibration.agreed",
        "calibration",
        calibration_id,
        call=call_id,
        criterion=criterion,
        before=before.answer if before else None,
        after=answer or None,
    )
    session.flush()
    return Agreed(answer, note, viewer.name) if answer else None
