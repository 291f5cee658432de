"""What a rep does well, found in the data, so that a talk can begin with it: strongest criteria and good moments."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.coaching.criteria import LOOK_BACK, CriterionNow
from review.models import Call, StoredAssessment
from review.performance.answers import CriterionAnswer, answers_of
from review.queries.blind import not_veiled
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls

FEWEST_CALLS: Final = 3
GOOD: Final = 0.7
"""A mean from which on something is named as a strength."""
MOST_STRENGTHS: Final = 3
MOST_MOMENTS: Final = 4
CALLS_READ: Final = 8
LONGEST_QUOTE: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodMoment:
    """What the rep said behind a full answer on a recent call; seconds of the call."""

    call_id: int
    happened_at: datetime
    criterion: str
    question: str
    quote: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Strengths:
    """What can be said first: the strongest criteria with their figures, and moments to listen to together."""

    criteria: tuple[CriterionNow, ...]
    moments: tuple[GoodMoment, ...]


def find_strengths(
    session: Session, viewer: Viewer, rep_id: int, criteria: tuple[CriterionNow, ...], now: datetime
) -> Strengths:
    """The rep's strongest criteria, and the newest quotes behind full answers to any of them or, else, to anything."""
    strong = sorted(
        (one for one in criteria if one.mean is not None and one.mean >= GOOD and len(one.calls) >= FEWEST_CALLS),
        key=lambda one: (-(one.mean or 0.0), -len(one.calls), one.standard, one.criterion),
    )[:MOST_STRENGTHS]
    questions = {(one.standard, one.criterion): one.question for one in criteria}
    answers = answers_of(session, rep_ids=[rep_id], since=now - LOOK_BACK, until=now)
    return Strengths(tuple(strong), _moments(session, viewer, answers, questions, {one.criterion for one in strong}))


def _moments(
    session: Session,
    viewer: Viewer,
    answers: tuple[CriterionAnswer, ...],
    questions: Mapping[tuple[str, str], str],
    strong: set[str],
) -> tuple[GoodMoment, ...]:
    full: dict[int, dict[str, str]] = defaultdict(dict)  # by call and criterion, who gave the full answer
    for one in answers:
        if one.fraction is not None and math.isclose(one.fraction, 1.0):
            full[one.call_id][one.criterion] = one.source
    newest = list(dict.fromkeys(one.call_id for one in reversed(answers) if one.call_id in full))[:CALLS_READ]
    rows = session.execute(
        select(Call.id, Call.happened_at, StoredAssessment.standard, StoredAssessment.body)
        .join(StoredAssessment, StoredAssessment.id == Call.assessment_id)
        .where(Call.id.in_(newest), visible_calls(viewer), not_veiled(viewer))
    ).all()
    found: list[tuple[bool, int, GoodMoment]] = []
    for call_id, at, standard, body in rows:
        assessment = unpack_body(body)
        doubted = _not_full(assessment)
        for criterion, quote, start, end in _quotes(assessment):
            if full[call_id].get(criterion) == "person" and criterion in doubted:
                continue  # the machine quotes why it took points off: no strength once a person has put them back
            if criterion in full[call_id] and (question := questions.get((standard, criterion))):
                moment = GoodMoment(
                    call_id=call_id,
                    happened_at=at,
                    criterion=criterion,
                    question=question,
                    quote=quote[:LONGEST_QUOTE],
                    start=start,
                    end=end,
                )
                found.append((criterion not in strong, -newest[::-1].index(call_id), moment))
    found.sort(key=lambda item: (item[0], item[1], item[2].start))
    shown: dict[str, GoodMoment] = {}
    for _weak, _age, moment in found:
        shown.setdefault(moment.criterion, moment)  # the newest of each: four times the same is no recognition
    return tuple(shown.values())[:MOST_MOMENTS]


def _not_full(assessment: Mapping[str, Any]) -> set[str]:
    """The criteria the machine itself gave less than everything."""
    return {
        str(answer["id"])
        for answer in assessment.get("criteria") or ()
        if answer.get("points") is None or answer.get("max") is None or answer["points"] < answer["max"]
    }


def _quotes(assessment: Mapping[str, Any]) -> list[tuple[str, str, float, float]]:
    """(criterion, quote, start, end) of the first words of the rep behind each answer that stand at a time in the call.

    An answer may lie in the client's words, too ("I know what happens next"): they are no strength of the rep to read
    out, so such an answer gives the rep's own words beside them, or none.
    """
    found = []
    for answer in assessment.get("criteria") or ():
        for evidence in answer.get("evidence") or ():
            start, end = evidence.get("start"), evidence.get("end")
            timed = isinstance(start, int | float) and isinstance(end, int | float) and end > start
            if timed and evidence.get("quote") and str(evidence.get("role")).startswith("rep"):
                found.append((str(answer["id"]), str(evidence["quote"]), float(start), float(end)))
                break
    return found
