"""The end of a calibration: by hand, at its deadline, or called off; and the reminder before."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import Final

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from review.calibration.types import CalibrationNotNow, NoSuchCalibration
from review.comments.notices import notify
from review.models import Assignment, Calibration, CalibrationSeat, Evaluation, EvaluationEvent, utc_now
from review.queries.viewer import Viewer
from review.sampling.reviewers import can_score, is_lead
from review.services.audit import record

_AFRESH: Final = {"populate_existing": True}


def close(session: Session, viewer: Viewer, calibration_id: int) -> None:
    """Close it now. Raises NoSuchCalibration, CalibrationNotNow."""
    _end(session, _held(session, viewer, calibration_id, "close"), "closed", viewer.user_id, viewer.name, "hand")


def cancel(session: Session, viewer: Viewer, calibration_id: int) -> None:
    """Call it off: nothing is measured, what was filled in is kept but shown to nobody else. Raises as `close`."""
    _end(session, _held(session, viewer, calibration_id, "cancel"), "cancelled", viewer.user_id, viewer.name, "hand")


def is_due(session: Session, now: datetime | None = None) -> bool:
    """Whether a session is to be reminded of or closed, or has drafts left over. Reads only."""
    now = now or utc_now()
    remind = and_(Calibration.reminded_at.is_(None), Calibration.remind_at <= now)
    due = (Calibration.state == "open", or_(Calibration.due_at <= now, remind))
    if session.scalar(select(Calibration.id).where(*due).limit(1)) is not None:
        return True
    return session.scalar(_left_over().limit(1)) is not None


def close_due(session: Session, now: datetime | None = None) -> int:
    """Close every session whose deadline has passed; how many. Two sweeps at once each close different ones."""
    now = now or utc_now()
    rows = session.scalars(
        select(Calibration)
        .where(Calibration.state == "open", Calibration.due_at <= now)
        .order_by(Calibration.id)
        .limit(50)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        _end(session, row, "closed", None, None, "deadline")
    return len(rows)


def settle_left(session: Session, now: datetime | None = None) -> int:
    """Put away the drafts of sessions that ended without them, and tell whose they are; how many.

    Beginning and closing wait for each other, so none is made any more; these stand in installations from before.
    """
    now = now or utc_now()
    rows = session.execute(
        _left_over().limit(200).with_for_update(of=Evaluation, skip_locked=True), execution_options=_AFRESH
    ).all()
    drafts: dict[int, list[Evaluation]] = defaultdict(list)
    ended = {}
    for evaluation, row in rows:
        drafts[row.id].append(evaluation)
        ended[row.id] = row
        _put_away(session, evaluation, row.state, None, now)
    session.flush()
    for calibration_id, left in sorted(drafts.items()):
        row = ended[calibration_id]
        kept = sorted(one.id for one in left)
        record(session, None, f"calibration.{row.state}", "calibration", row.id, how="left_over", drafts=kept)
        for user_id, count in sorted(Counter(one.user_id for one in left if one.user_id is not None).items()):
            _tell(session, row, user_id, None, count)
    return len(rows)


def remind_due(session: Session, now: datetime | None = None) -> int:
    """Remind everybody who has calls left, once for each session; how many people were told."""
    now = now or utc_now()
    told = 0
    rows = session.execute(
        update(Calibration)
        .where(
            Calibration.state == "open",
            Calibration.reminded_at.is_(None),
            Calibration.remind_at <= now,
            Calibration.due_at > now,
        )
        .values(reminded_at=now)
        .returning(Calibration.id, Calibration.name, Calibration.due_at)
    ).all()
    for calibration_id, name, due_at in sorted(rows):
        for user_id, left in sorted(_waiting(session, calibration_id).items()):
            body = {"name": name, "calls": left, "due": due_at.isoformat(), "url": f"/calibration/{calibration_id}"}
            notify(session, user_id, "calibration_due", body=body)
            told += 1
    return told


def tell_when_done(session: Session, calibration_id: int) -> None:
    """Tell the lead once the last scorecard is handed in. A scorecard opened again and handed in tells again."""
    row = session.get(Calibration, calibration_id)
    if row is None or row.state != "open" or row.created_by is None or _waiting(session, calibration_id):
        return
    body = {"name": row.name, "url": f"/calibration/{calibration_id}"}
    notify(session, row.created_by, "calibration_done", body=body)


def _held(session: Session, viewer: Viewer, calibration_id: int, act: str) -> Calibration:
    row = session.get(Calibration, calibration_id, populate_existing=True, with_for_update=True)
    if row is None or not is_lead(viewer):
        raise NoSuchCalibration(calibration_id)
    if row.state != "open":
        raise CalibrationNotNow(act, row.state)
    return row


def _end(session: Session, row: Calibration, state: str, user_id: int | None, by: str | None, how: str) -> None:
    """What waits is taken back, drafts are put away with what was typed, handed-in scorecards are fixed as they are."""
    now = utc_now()
    row.state, row.closed_at, row.closed_by, row.closed_how = state, now, user_id, how
    seats = session.scalars(select(CalibrationSeat).where(CalibrationSeat.calibration_id == row.id)).all()
    open_ones = [seat.assignment_id for seat in seats if seat.assignment_id is not None]
    # Held before anything of theirs is written, as they stand now: what is handed in this moment counts.
    filled = session.scalars(
        select(Evaluation)
        .where(Evaluation.calibration_id == row.id, Evaluation.state.in_(("draft", "submitted")))
        .order_by(Evaluation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    drafts = Counter(one.user_id for one in filled if one.state == "draft")
    session.execute(
        update(Assignment)
        .where(Assignment.id.in_(open_ones), Assignment.state == "open")
        .values(state="withdrawn", reason="calibration closed", finished_at=now)
        .execution_options(synchronize_session="fetch")
    )
    for evaluation in filled:
        evaluation.closed_at = now
        if evaluation.state == "draft" or state == "cancelled":
            _put_away(session, evaluation, state, user_id, now)
    people = {seat.user_id for seat in seats if seat.user_id is not None and not seat.left_out}
    gone = sorted(user for user in people if not can_score(session, user))
    session.flush()
    record(
        session,
        user_id,
        f"calibration.{state}",
        "calibration",
        row.id,
        how=how,
        handed_in=sum(evaluation.state == "submitted" for evaluation in filled),
        gone=gone,
    )
    for told in sorted((people | {row.created_by}) - {user_id, None} - set(gone), key=lambda one: one or 0):
        if told is not None:
            _tell(session, row, told, by, drafts[told])


def _put_away(session: Session, evaluation: Evaluation, state: str, user_id: int | None, now: datetime) -> None:
    """Void, with everything that was typed left in it: its author still reads it."""
    evaluation.closed_at = now
    evaluation.state, evaluation.void_reason = "void", f"calibration {state}"
    evaluation.revision += 1
    details = {"words": evaluation.void_reason}
    session.add(EvaluationEvent(evaluation_id=evaluation.id, user_id=user_id, event="void", details=details))


def _tell(session: Session, row: Calibration, user_id: int, by: str | None, drafts: int) -> None:
    body = {"name": row.name, "by": by, "drafts": drafts, "url": f"/calibration/{row.id}"}
    notify(session, user_id, "calibration_closed" if row.state == "closed" else "calibration_cancelled", body=body)


def _left_over() -> Select[Evaluation, Calibration]:
    return (
        select(Evaluation, Calibration)
        .join(Calibration, Calibration.id == Evaluation.calibration_id)
        .where(Calibration.state != "open", Evaluation.state == "draft")
        .order_by(Evaluation.id)
    )


def _waiting(session: Session, calibration_id: int) -> dict[int, int]:
    """How many calls each person who can still score has left."""
    asked = session.execute(
        select(CalibrationSeat.user_id, func.count())
        .join(Assignment, Assignment.id == CalibrationSeat.assignment_id)
        .where(
            CalibrationSeat.calibration_id == calibration_id,
            CalibrationSeat.left_out == "",
            CalibrationSeat.user_id.is_not(None),
            Assignment.state.in_(("open", "done")),  # what was skipped, or taken back, waits for nobody
        )
        .group_by(CalibrationSeat.user_id)
    )
    done = {
        row[0]: row[1]
        for row in session.execute(
            select(Evaluation.user_id, func.count())
            .where(Evaluation.calibration_id == calibration_id, Evaluation.state == "submitted")
            .group_by(Evaluation.user_id)
        )
    }
    left = {row[0]: row[1] - done.get(row[0], 0) for row in asked}
    return {user: count for user, count in left.items() if user and count > 0 and can_score(session, user)}
