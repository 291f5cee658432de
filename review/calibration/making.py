"""Making a calibration: calls chosen or drawn by lot, people, one scorecard version, a deadline in working days."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from review.calibration.types import (
    LONGEST_NAME,
    LONGEST_NOTE,
    MOST_CALLS,
    MOST_DAYS,
    MOST_PEOPLE,
    BadCalibration,
    NoSuchCalibration,
    Terms,
)
from review.comments.notices import notify
from review.models import (
    MEASURED_AGAINST,
    Assignment,
    Calibration,
    CalibrationCall,
    CalibrationSeat,
    Call,
    Evaluation,
    StoredAssessment,
    User,
    utc_now,
)
from review.queries.viewer import Viewer, load_viewer
from review.queries.visibility import visible_calls
from review.sampling.handing import put
from review.sampling.reviewers import can_score, is_lead, who_may
from review.services.audit import record
from review.services.standards import NoSuchVersion, find_standard, keep_text
from review.working_time.due import due_after
from scoring.standards import Standard, StandardNotFound

POOL: Final = 5000  # newest calls of a standard among which the lot falls
RECENT: Final = timedelta(days=180)


def make_calibration(session: Session, viewer: Viewer, terms: Terms) -> int:
    """A new open session; its number. Everybody gets their calls as blind assignments and is told once.

    Somebody who may not see a call, held it, or has scored it before is left out of that call, and the page says so.
    Raises NoSuchCalibration for people who are no leads, BadCalibration.
    """
    if not is_lead(viewer):
        raise NoSuchCalibration(0)
    name, note = _words(terms)
    sheet = _sheet(session, terms)
    people = _people(session, terms)
    if terms.against not in MEASURED_AGAINST:
        raise BadCalibration("against", "unknown", f"'{terms.against}' is nothing a calibration is measured against.")
    if terms.against == "benchmark" and terms.benchmark_id not in people:
        raise BadCalibration("benchmark", "not_among", "The benchmark reviewer must be one of the people.")
    if not 1 <= terms.days <= MOST_DAYS:
        raise BadCalibration("days", "range", f"Give 1 to {MOST_DAYS} working days.", most=MOST_DAYS)
    calls = _calls(session, viewer, terms, sheet, list(people))
    keep_text(session, sheet)
    now = utc_now()
    due = due_after(session, now, terms.days, user_id=viewer.user_id)
    remind = (
        due_after(session, now, terms.days - 1, user_id=viewer.user_id) if terms.days > 1 else now + (due - now) / 2
    )
    benchmark = terms.benchmark_id if terms.against == "benchmark" else None
    row = Calibration(
        name=name,
        note=note,
        standard=sheet.name,
        version=sheet.version,
        against=terms.against,
        benchmark_id=benchmark,
        benchmark=people.get(benchmark or 0, ""),
        due_at=due,
        remind_at=remind,
        created_by=viewer.user_id,
    )
    session.add(row)
    session.flush()
    for number, (call_id, how) in enumerate(calls, 1):
        session.add(CalibrationCall(calibration_id=row.id, call_id=call_id, number=number, how=how))
    session.flush()
    asked = _seat(session, row, [call_id for call_id, _ in calls], people, by=viewer.user_id)
    if not any(asked.values()):
        raise BadCalibration("people", "nobody_can", "None of these people can score any of these calls.")
    record(
        session,
        viewer.user_id,
        "calibration.made",
        "calibration",
        row.id,
        standard=sheet.name,
        version=sheet.version,
        calls=[call_id for call_id, _ in calls],
        people=sorted(people),
        against=terms.against,
        benchmark=benchmark,
        due=due.isoformat(),
    )
    for user_id, count in sorted(asked.items()):
        if count and user_id != viewer.user_id:
            body = {"by": viewer.name, "name": name, "calls": count, "url": f"/calibration/{row.id}"}
            notify(session, user_id, "calibration_invited", body=body)
    return row.id


def draw_calls(
    session: Session,
    viewer: Viewer,
    standard: str,
    count: int,
    user_ids: Collection[int],
    *,
    without: Collection[int] = (),
) -> tuple[int, ...]:
    """So many recent calls of a standard by lot, none of which any of the people scored or has waiting."""
    known = (
        exists().where(Evaluation.call_id == Call.id, Evaluation.user_id.in_(user_ids), Evaluation.state != "void"),
        exists().where(Assignment.call_id == Call.id, Assignment.user_id.in_(user_ids), Assignment.state == "open"),
    )
    pool = session.scalars(
        select(Call.id)
        .join(StoredAssessment, StoredAssessment.id == Call.assessment_id)
        .where(
            visible_calls(viewer),
            Call.state == "scored",
            StoredAssessment.standard == standard,
            Call.happened_at >= utc_now() - RECENT,
            *(~condition for condition in known),
        )
        .order_by(Call.id.desc())
        .limit(POOL)
    ).all()
    free = sorted(set(pool) - set(without))
    return tuple(sorted(secrets.SystemRandom().sample(free, min(count, len(free)))))


def _words(terms: Terms) -> tuple[str, str]:
    name = " ".join(terms.name.replace("\x00", "").split())
    note = terms.note.replace("\x00", "").strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise BadCalibration("name", "length", f"Give it a name of 1 to {LONGEST_NAME} characters.", most=LONGEST_NAME)
    if len(note) > LONGEST_NOTE:
        raise BadCalibration("note", "length", f"The note can have {LONGEST_NOTE} characters.", most=LONGEST_NOTE)
    return name, note


def _sheet(session: Session, terms: Terms) -> Standard:
    try:
        return find_standard(session, terms.standard, terms.version)
    except (StandardNotFound, NoSuchVersion) as error:
        raise BadCalibration("standard", "unknown", "There is no such scorecard, or not in this version.") from error


def _people(session: Session, terms: Terms) -> dict[int, str]:
    wanted = sorted(set(terms.user_ids))
    if not 1 <= len(wanted) <= MOST_PEOPLE:
        raise BadCalibration("people", "count", f"Choose 1 to {MOST_PEOPLE} people.", most=MOST_PEOPLE)
    names = {row[0]: row[1] for row in session.execute(select(User.id, User.name).where(User.id.in_(wanted)))}
    gone = [user_id for user_id in wanted if user_id not in names or not can_score(session, user_id)]
    if gone:
        raise BadCalibration("people", "cannot_score", "Somebody chosen does not score calls any more.", users=gone)
    return {user_id: names[user_id] for user_id in wanted}


def _calls(
    session: Session, viewer: Viewer, terms: Terms, sheet: Standard, people: Sequence[int]
) -> list[tuple[int, str]]:
    wanted = list(dict.fromkeys(terms.call_ids))
    if not 0 <= terms.lot <= MOST_CALLS or not 1 <= len(wanted) + terms.lot <= MOST_CALLS:
        raise BadCalibration("calls", "count", f"Choose 1 to {MOST_CALLS} calls.", most=MOST_CALLS)
    there = set(
        session.scalars(select(Call.id).where(Call.id.in_(wanted), visible_calls(viewer), Call.state == "scored"))
    )
    missing = [call_id for call_id in wanted if call_id not in there]
    if missing:
        raise BadCalibration("calls", "not_ready", "Some of these calls are not there or not ready.", calls=missing)
    drawn = draw_calls(session, viewer, sheet.name, terms.lot, people, without=wanted) if terms.lot else ()
    if len(drawn) < terms.lot and not (wanted or drawn):
        raise BadCalibration("lot", "none", "There is no call of this scorecard that nobody of these people knows.")
    return [(call_id, "chosen") for call_id in wanted] + [(call_id, "random") for call_id in drawn]


def _seat(
    session: Session, row: Calibration, calls: Sequence[int], people: dict[int, str], *, by: int
) -> dict[int, int]:
    """A place for everybody before every call; how many calls each is asked to score."""
    may = who_may(session, list(people))
    reps = {found[0]: found[1] for found in session.execute(select(Call.id, Call.rep_id).where(Call.id.in_(calls)))}
    scored = {
        (found[0], found[1])
        for found in session.execute(
            select(Evaluation.user_id, Evaluation.call_id).where(
                Evaluation.call_id.in_(calls), Evaluation.user_id.in_(list(people)), Evaluation.state != "void"
            )
        )
    }
    own = {user_id: (load_viewer(session, user_id) or _NOBODY).rep_ids for user_id in people}
    asked = dict.fromkeys(people, 0)
    for call_id in calls:
        for user_id, name in people.items():
            assignment, why = None, ""
            if not may(user_id, reps[call_id]):
                why = "own_call" if reps[call_id] in own[user_id] else "cannot_see"
            elif (user_id, call_id) in scored:
                why = "scored"
            else:
                assignment = put(session, _assignment(row, call_id, user_id, by))
                why = "" if assignment is not None else "waiting"
            asked[user_id] += not why
            session.add(
                CalibrationSeat(
                    calibration_id=row.id,
                    call_id=call_id,
                    user_id=user_id,
                    person=user_id,
                    name=name,
                    assignment_id=assignment,
                    left_out=why,
                )
            )
    session.flush()
    return asked


def _assignment(row: Calibration, call_id: int, user_id: int, by: int) -> dict[str, object]:
    return {
        "call_id": call_id,
        "user_id": user_id,
        "part": "calibration",
        "why": [{"kind": "calibration", "id": row.id, "name": row.name}],
        "blind": True,
        "standard": row.standard,
        "due_at": row.due_at,
        "assigned_by": by,
    }


_NOBODY: Final = Viewer(
    user_id=0,
    name="",
    email="",
    language="",
    roles=frozenset(),
    team_ids=frozenset(),
    managed_team_ids=frozenset(),
    rep_ids=frozenset(),
    sees_all=False,
)
