"""The demo's calibrations: one closed with a consensus begun, one that waits; by the services people use."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.calibration.agreed import write_agreed
from review.calibration.closing import close
from review.calibration.making import make_calibration
from review.calibration.results import read_results
from review.calibration.types import Terms
from review.evaluations import open_evaluation, submit
from review.evaluations.sheet import criteria_of
from review.evaluations.view import machine_results
from review.models import Assignment, Calibration, Call, Evaluation, StoredAssessment, User
from review.queries.viewer import Viewer, load_viewer
from review.sampling.reviewers import who_may
from scoring.standards import Criterion

PEOPLE: Final = ("lead", "reviewer", "head")
LEANING: Final = {"lead": 0, "reviewer": 1, "head": -1}  # options up or down, where the person hears otherwise
OTHERWISE: Final = 0.2  # of the answers
CLOSED: Final = 4  # calls of the finished session
WAITING: Final = 2


def tell(session: Session) -> int:
    """Two sessions on calls that nobody has evaluated; how many were made. Again it tells nothing."""
    cast = _cast(session)
    if len(cast) < 2 or "lead" not in cast or session.scalar(select(Calibration.id).limit(1)) is not None:
        return 0
    standard, calls = _calls(session, cast)
    if len(calls) < CLOSED + WAITING:
        return 0
    lead = cast["lead"]
    people = tuple(viewer.user_id for viewer in cast.values())
    done = make_calibration(
        session,
        lead,
        Terms(
            name="Opening and needs",
            standard=standard,
            call_ids=tuple(calls[:CLOSED]),
            user_ids=people,
            against="consensus",
            note="A name counts when the client can repeat it.",
        ),
    )
    for name, viewer in cast.items():
        for call_id in calls[:CLOSED]:
            _score(session, call_id, name, viewer)
    close(session, lead, done)
    _agree(session, lead, done)
    waiting = tuple(calls[CLOSED : CLOSED + WAITING])
    terms = Terms(name="Next steps", standard=standard, call_ids=waiting, user_ids=people)
    make_calibration(session, lead, terms)
    _score(session, waiting[0], "lead", lead)
    return 2


def _cast(session: Session) -> dict[str, Viewer]:
    found = {}
    for name in PEOPLE:
        user_id = session.scalar(select(User.id).where(User.email == f"{name}@demo.example"))
        viewer = None if user_id is None else load_viewer(session, user_id)
        if viewer is not None:
            found[name] = viewer
    return found


def _calls(session: Session, cast: dict[str, Viewer]) -> tuple[str, list[int]]:
    """The scorecard most free calls were judged by, and those calls, newest first."""
    may = who_may(session, [viewer.user_id for viewer in cast.values()])
    rows = session.execute(
        select(Call.id, Call.rep_id, StoredAssessment.standard)
        .join(StoredAssessment, StoredAssessment.id == Call.assessment_id)
        .where(
            Call.state == "scored",
            StoredAssessment.final.is_not(None),
            Call.id.not_in(select(Evaluation.call_id)),
            Call.id.not_in(select(Assignment.call_id)),
        )
        .order_by(Call.happened_at.desc(), Call.id.desc())
        .limit(200)
    ).all()
    free = [row for row in rows if all(may(viewer.user_id, row.rep_id) for viewer in cast.values())]
    if not free:
        return "", []
    standard, _count = Counter(row.standard for row in free).most_common(1)[0]
    return standard, [row.id for row in free if row.standard == standard]


def _score(session: Session, call_id: int, name: str, viewer: Viewer) -> None:
    """What this person hears: mostly what is there, now and then otherwise, each in their own direction."""
    draft = open_evaluation(session, call_id, viewer)
    lot = Random(f"{name} {call_id}")  # noqa: S311 (the same story every time, no secret)
    heard = machine_results(session, session.scalar(select(Call.assessment_id).where(Call.id == call_id)))
    answers: dict[str, dict[str, Any]] = {}
    for criterion in criteria_of(draft.sheet).values():
        answer = _answer(criterion, str(heard.get(criterion.id, {}).get("answer") or ""), name, lot)
        if answer:
            answers[criterion.id] = {"answer": answer}
    submit(session, call_id, draft.id, viewer, revision=draft.revision, answers=answers)


def _answer(criterion: Criterion, heard: str, name: str, lot: Random) -> str:
    options = [option.id for option in sorted(criterion.options, key=lambda option: option.points)]
    if not options:
        return ""
    if heard not in options:
        return heard if heard == "na" and criterion.na_allowed else lot.choice(options)
    if lot.random() >= OTHERWISE:
        return heard
    by = LEANING[name] or lot.choice((-1, 1))
    return options[min(len(options) - 1, max(0, options.index(heard) + by))]


def _agree(session: Session, lead: Viewer, calibration_id: int) -> None:
    """The first differences are settled as most heard them; the rest is left to whoever looks at the demo."""
    found = read_results(session, lead, calibration_id)
    for result in found.criteria[:6]:
        for call_id in result.differing[:1]:
            here = (cell.said.get(result.criterion.id) for cell in found.cells if cell.call_id == call_id)
            said = Counter(one for one in here if one)
            answer = min(said, key=lambda one: (-said[one], one))
            if answer != "cannot_judge":
                write_agreed(
                    session, lead, calibration_id, call_id, result.criterion.id, answer, "Heard again together."
                )
