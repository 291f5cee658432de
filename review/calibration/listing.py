"""Calibrations as lists and as they stand while they run: who is how far, never what anybody answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from review.calibration.types import LeftOut, NoSuchCalibration, Progress, SessionCall, SessionRow, SessionView
from review.models import Assignment, Calibration, CalibrationCall, CalibrationSeat, Call, Evaluation, User, UserRole
from review.queries.call_rows import CallRow, read_call_row, select_calls
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.sampling.reviewers import SCORES, is_lead

PAGE = 30


def list_calibrations(
    session: Session, viewer: Viewer, *, after: int | None = None, limit: int = PAGE, state: str = ""
) -> tuple[tuple[SessionRow, ...], int | None]:
    """Sessions the viewer leads or takes part in, newest first; and what the next page continues after."""
    query = select(Calibration).where(_visible(viewer)).order_by(Calibration.id.desc()).limit(limit + 1)
    if after is not None:
        query = query.where(Calibration.id < after)
    if state:
        query = query.where(Calibration.state == state)
    rows = session.scalars(query).all()
    found = _rows(session, viewer, rows[:limit])
    return found, rows[limit - 1].id if len(rows) > limit else None


def read_row(session: Session, viewer: Viewer, calibration_id: int) -> SessionRow:
    """One session. Raises NoSuchCalibration."""
    row = session.scalar(select(Calibration).where(Calibration.id == calibration_id, _visible(viewer)))
    if row is None:
        raise NoSuchCalibration(calibration_id)
    return _rows(session, viewer, [row])[0]


def read_session(session: Session, viewer: Viewer, calibration_id: int) -> SessionView:
    """A session with its calls as they stand, and who is left out of which. Raises NoSuchCalibration."""
    row = read_row(session, viewer, calibration_id)
    seats = session.scalars(
        select(CalibrationSeat).where(CalibrationSeat.calibration_id == calibration_id).order_by(CalibrationSeat.id)
    ).all()
    skipped = set(
        session.scalars(
            select(Assignment.id).where(
                Assignment.id.in_([s.assignment_id for s in seats if s.assignment_id is not None]), _given_up()
            )
        )
    )
    filled = session.execute(
        select(Evaluation.id, Evaluation.call_id, Evaluation.user_id, Evaluation.state).where(
            Evaluation.calibration_id == calibration_id, Evaluation.state.in_(("draft", "submitted"))
        )
    ).all()
    rows = session.execute(
        select(CalibrationCall.call_id, CalibrationCall.number, CalibrationCall.how)
        .where(CalibrationCall.calibration_id == calibration_id)
        .order_by(CalibrationCall.number)
    ).all()
    known = _known_calls(session, viewer, [found.call_id for found in rows])
    calls = []
    for call_id, number, how in rows:
        here_i_sit = (s for s in seats if s.call_id == call_id and s.user_id == viewer.user_id and not s.left_out)
        mine = next((s for s in here_i_sit if s.assignment_id not in skipped), None)
        own = next((e for e in filled if e.call_id == call_id and e.user_id == viewer.user_id), None)
        here = known.get(call_id)
        stands = "" if mine is None else "waiting" if own is None else "done" if own.state == "submitted" else "draft"
        calls.append(
            SessionCall(
                number=number,
                call_id=call_id,
                how=how,
                visible=here is not None,
                title=here.who if here else "",
                rep=(here.rep_name or "") if here else "",
                at=here.started_at if here else None,
                duration=here.duration if here else None,
                mine=stands,
                assignment_id=mine.assignment_id if mine else None,
                evaluation_id=own.id if own else None,
                done=sum(e.call_id == call_id and e.state == "submitted" for e in filled),
                asked=sum(s.call_id == call_id and not s.left_out and s.assignment_id not in skipped for s in seats),
            )
        )
    left = tuple(LeftOut(s.name, s.call_id, s.left_out) for s in seats if s.left_out)
    return SessionView(row=row, calls=tuple(calls), left_out=left)


def count_waiting(session: Session, user_id: int) -> int:
    """How many scorecards of open sessions wait for a person."""
    done = exists().where(
        Evaluation.calibration_id == CalibrationSeat.calibration_id,
        Evaluation.call_id == CalibrationSeat.call_id,
        Evaluation.user_id == user_id,
        Evaluation.state == "submitted",
    )
    found = session.scalar(
        select(func.count())
        .select_from(CalibrationSeat)
        .join(Calibration, Calibration.id == CalibrationSeat.calibration_id)
        .join(Assignment, Assignment.id == CalibrationSeat.assignment_id)
        .where(
            CalibrationSeat.user_id == user_id,
            CalibrationSeat.left_out == "",
            Calibration.state == "open",
            Assignment.state.in_(("open", "done")),
            ~done,
        )
    )
    return found or 0


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    """Leads see every session; others those they were asked into."""
    if is_lead(viewer):
        return true()
    return or_(
        Calibration.id.in_(
            select(CalibrationSeat.calibration_id).where(CalibrationSeat.user_id == viewer.user_id).distinct()
        )
    )


def _rows(session: Session, viewer: Viewer, rows: Sequence[Calibration]) -> tuple[SessionRow, ...]:
    ids = [row.id for row in rows]
    calls = {
        found[0]: found[1]
        for found in session.execute(
            select(CalibrationCall.calibration_id, func.count())
            .where(CalibrationCall.calibration_id.in_(ids))
            .group_by(CalibrationCall.calibration_id)
        )
    }
    people = _progress(session, viewer, ids)
    wanted = {user for row in rows for user in (row.created_by, row.closed_by) if user is not None}
    names = {found[0]: found[1] for found in session.execute(select(User.id, User.name).where(User.id.in_(wanted)))}
    return tuple(
        SessionRow(
            id=row.id,
            name=row.name,
            note=row.note,
            standard=row.standard,
            version=row.version,
            state=row.state,
            against=row.against,
            benchmark_id=row.benchmark_id,
            benchmark=row.benchmark,
            calls=calls.get(row.id, 0),
            people=people.get(row.id, ()),
            due_at=row.due_at,
            created_at=row.created_at,
            created_by=names.get(row.created_by or 0),
            closed_at=row.closed_at,
            closed_by=names.get(row.closed_by or 0),
            closed_how=row.closed_how,
            may_lead=is_lead(viewer),
        )
        for row in rows
    )


def _progress(session: Session, viewer: Viewer, ids: Sequence[int]) -> dict[int, tuple[Progress, ...]]:
    """How far everybody is, by session; one statement. A person is here while they can score calls."""
    role = aliased(UserRole)
    able = exists().where(role.user_id == CalibrationSeat.user_id, role.role.in_(SCORES))
    rows = session.execute(
        select(
            CalibrationSeat.calibration_id,
            CalibrationSeat.person,
            CalibrationSeat.name,
            CalibrationSeat.user_id,
            CalibrationSeat.left_out,
            (able & User.id.is_not(None) & User.disabled_at.is_(None)).label("here"),
            Evaluation.id.is_not(None).label("done"),
            and_(Assignment.id.is_not(None), _given_up()).label("skipped"),
        )
        .outerjoin(Assignment, Assignment.id == CalibrationSeat.assignment_id)
        .outerjoin(User, User.id == CalibrationSeat.user_id)
        .outerjoin(
            Evaluation,
            (Evaluation.calibration_id == CalibrationSeat.calibration_id)
            & (Evaluation.call_id == CalibrationSeat.call_id)
            & (Evaluation.assignment_id == CalibrationSeat.assignment_id)
            & (Evaluation.state == "submitted"),
        )
        .where(CalibrationSeat.calibration_id.in_(ids))
        .order_by(CalibrationSeat.calibration_id, CalibrationSeat.name, CalibrationSeat.person)
    ).all()
    grouped: dict[tuple[int, int], list[object]] = {}
    for row in rows:
        at = grouped.setdefault((row.calibration_id, row.person), [row.name, row.user_id, bool(row.here), 0, 0])
        counts = not row.left_out and not row.skipped
        at[3] += counts  # type: ignore[operator]
        at[4] += bool(row.done and counts)  # type: ignore[operator]
    found: dict[int, list[Progress]] = defaultdict(list)
    for (calibration_id, person), (name, user_id, here, asked, done) in grouped.items():
        found[calibration_id].append(
            Progress(
                person=person,
                name=str(name),
                mine=user_id == viewer.user_id,
                asked=int(asked),  # type: ignore[call-overload]
                done=int(done),  # type: ignore[call-overload]
                here=bool(here),
            )
        )
    return {key: tuple(people) for key, people in found.items()}


def _given_up() -> ColumnElement[bool]:
    """What its person skipped, or a lead took back: nobody waits for it. The end of a session takes back the rest."""
    taken_back = and_(Assignment.state == "withdrawn", Assignment.reason != "calibration closed")
    return or_(Assignment.state == "skipped", taken_back)


def _known_calls(session: Session, viewer: Viewer, ids: Sequence[int]) -> dict[int, CallRow]:
    rows = session.execute(select_calls(viewer).where(Call.id.in_(ids), visible_calls(viewer)))
    return {row.id: read_call_row(row) for row in rows}
