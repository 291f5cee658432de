"""The machine's answers that count as given: criteria in automatic mode, put into an evaluation when it is begun."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.evaluations.sheet import Answer, criteria_of, machine_answer
from review.models import AutomaticCriterion, StoredAssessment
from scoring.assessment import CANNOT_JUDGE, NOT_APPLICABLE
from scoring.standards import Standard


def automatic_answers(session: Session, assessment_id: int | None, sheet: Standard) -> dict[str, Answer]:
    """The answers by criterion, marked as the machine's own; one statement where nothing is in automatic mode.

    What the machine could not judge, and criteria that people answer by the scorecard, are left to the person.
    """
    if assessment_id is None:
        return {}
    on = session.execute(
        select(AutomaticCriterion.criterion, AutomaticCriterion.language).where(AutomaticCriterion.state == "on")
    ).all()
    if not on:
        return {}
    stored = session.get(StoredAssessment, assessment_id)
    if stored is None or stored.standard != sheet.name:
        return {}
    body = unpack_body(stored.body)
    language = next(iter(sorted(body.get("packs") or {})), "")
    wanted = {criterion for criterion, spoken in on if spoken == language}
    criteria = criteria_of(sheet)
    found = {}
    for item in body.get("criteria") or []:
        criterion, said = criteria.get(str(item["id"])), machine_answer(item)
        if criterion is None or criterion.id not in wanted or criterion.mode == "people" or not criterion.options:
            continue
        fits = criterion.chosen(said) is not None or (said == NOT_APPLICABLE and criterion.na_allowed)
        if said and said != CANNOT_JUDGE and fits:
            found[criterion.id] = Answer(said, confirmed=True, automatic=True)
    return found
