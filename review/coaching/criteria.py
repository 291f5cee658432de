"""The criteria a rep can be coached on: those of the standards their calls are judged by, each with how it goes now."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.coaching.refusals import BadField
from review.models import Call, StoredAssessment
from review.performance.answers import answers_of
from review.services.standards import NoSuchVersion, find_standard
from scoring.standards import Criterion, Standard, StandardNotFound, in_language

LOOK_BACK: Final = timedelta(weeks=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionNow:
    """One criterion with the rep's mean over the last weeks (0..1; None without calls) and the calls behind it."""

    standard: str
    standard_title: str
    criterion: str
    section: str
    question: str
    mean: float | None
    calls: tuple[int, ...]  # newest first

    @property
    def key(self) -> str:
        """Standard and criterion as one value of a form."""
        return f"{self.standard}/{self.criterion}"


def standards_of(session: Session, rep_id: int, now: datetime) -> tuple[str, ...]:
    """The standards this rep's shown calls were judged by: of the last weeks, else ever; the most used first."""
    for since in (now - LOOK_BACK, None):
        query = (
            select(StoredAssessment.standard, func.count())
            .join(Call, Call.assessment_id == StoredAssessment.id)
            .where(Call.rep_id == rep_id)
            .group_by(StoredAssessment.standard)
        )
        if since is not None:
            query = query.where(Call.happened_at >= since)
        found = session.execute(query).all()
        if found:
            return tuple(name for name, _count in sorted(found, key=lambda row: (-row[1], row[0])))
    return ()


def criteria_now(
    session: Session, rep_id: int, *, language: str, now: datetime, keep: tuple[str, str] | None = None
) -> tuple[CriterionNow, ...]:
    """Every criterion the rep's standards ask, weakest first (those without answers last), in `language`.

    `keep` is a (standard, criterion) that is offered even when no standard of the rep asks it any more.
    """
    names = standards_of(session, rep_id, now)
    if keep is not None and keep[0] not in names:
        names = (*names, keep[0])
    found: list[CriterionNow] = []
    for name in names:
        standard = _standard(session, name)
        if standard is None:
            continue
        answered: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for one in answers_of(session, rep_ids=[rep_id], since=now - LOOK_BACK, until=now, standard=name):
            if one.fraction is not None:
                answered[one.criterion].append((one.call_id, one.fraction))
        for section in standard.sections:
            for criterion in section.criteria:
                if criterion.kind == "text":
                    continue  # words give no points: nothing could be measured
                values = answered.get(criterion.id, [])
                found.append(
                    CriterionNow(
                        standard=name,
                        standard_title=in_language(standard.title, language),
                        criterion=criterion.id,
                        section=in_language(section.title, language),
                        question=in_language(criterion.question, language),
                        mean=math.fsum(value for _call, value in values) / len(values) if values else None,
                        calls=tuple(sorted((call for call, _value in values), reverse=True)),
                    )
                )
    return tuple(sorted(found, key=lambda row: (row.mean is None, row.mean or 0.0, row.standard, row.criterion)))


def question_of(session: Session, standard: str, criterion: str) -> dict[str, str]:
    """The criterion's words in every language it is written in. Raises BadField when no such criterion is asked."""
    found = _criterion(session, standard, criterion)
    if found is None:
        raise BadField("criterion", "unknown")
    return dict(found.question)


def still_asked(session: Session, standard: str, criterion: str) -> bool:
    """Whether the standard's version in use still asks this: later calls are answered only then."""
    return _criterion(session, standard, criterion) is not None


def machine_answers(session: Session, standard: str, criterion: str) -> bool:
    """Whether the machine answers this on every call; False where only people do, or where nobody asks it any more."""
    found = _criterion(session, standard, criterion)
    return found is not None and found.detector != "person" and found.mode != "people"


def say(question: Mapping[str, str], criterion: str, language: str) -> str:
    """The criterion in words; its id where nothing else was kept."""
    return in_language(question, language) if question else criterion


def _criterion(session: Session, standard: str, criterion: str) -> Criterion | None:
    found = _standard(session, standard)
    if found is None:
        return None
    return next((one for section in found.sections for one in section.criteria if one.id == criterion), None)


def _standard(session: Session, name: str) -> Standard | None:
    if not name:
        return None
    try:
        return find_standard(session, name)
    except (StandardNotFound, NoSuchVersion):
        return None
