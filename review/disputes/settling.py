"""What an accepted dispute changes: the answers, the score, the verdicts models learn by; the submission is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from review.crm.call_notes import note_evaluated
from review.disputes.types import DisputeRefused
from review.evaluations.drafts import pinned
from review.evaluations.judged import add_verdicts, show_anew
from review.evaluations.others import find_assignment
from review.evaluations.sheet import LONGEST_REASON, Answer, asked, criteria_of, read_answers, score_of
from review.evaluations.states import add_event
from review.learning.verdicts import without_numbers
from review.models import Call, Dispute, Evaluation
from review.performance.results import keep_person
from review.queries.viewer import Viewer
from review.services.audit import record
from scoring.assessment import CANNOT_JUDGE, NOT_APPLICABLE
from scoring.standards import Standard


@dataclass(frozen=True, slots=True)
class Change:
    """One answer as it will stand, and the words it was granted with."""

    answer: str
    words: str


def check_changes(sheet: Standard, changes: Mapping[str, Change]) -> dict[str, Change]:
    """The changes with the answers' own ids. Raises DisputeRefused."""
    criteria = criteria_of(sheet)
    checked = {}
    for name, change in changes.items():
        criterion = criteria.get(name)
        if criterion is None or criterion.kind == "text":
            raise DisputeRefused(name, "criterion", "unknown", f"There is no such criterion: '{name}'.")
        answer = change.answer.strip()
        allowed = answer == CANNOT_JUDGE or (answer == NOT_APPLICABLE and criterion.na_allowed)
        chosen = None if allowed or not answer or len(answer) > LONGEST_REASON else criterion.chosen(answer)
        if not allowed and chosen is None:
            raise DisputeRefused(name, "answer", "unknown", f"'{answer[:50]}' is no answer of '{name}'.")
        checked[name] = Change(chosen.id if chosen is not None else answer, change.words)
    return checked


def settle(
    session: Session,
    dispute: Dispute,
    row: Evaluation,
    call: Call,
    viewer: Viewer,
    changes: Mapping[str, Change],
    now: datetime,
) -> None:
    """Change the answers, add the score up anew, and append verdicts of the one who decided. Raises DisputeRefused.

    The submission stays in the evaluation's history with all its answers; this is one more step of it.
    """
    sheet = pinned(session, row)
    before = read_answers(row.answers)
    after = dict(before)
    for name, change in check_changes(sheet, changes).items():
        had = before.get(name)
        words = without_numbers(change.words, call.language)[:LONGEST_REASON]
        after[name] = Answer(change.answer, words or (had.reason if had else ""), had.note if had else "")
    shown = asked(sheet, after)  # an answer that opens or shuts a condition changes what is asked
    after = {name: answer for name, answer in after.items() if shown[name]}
    changed = {name for name in shown if _said(before.get(name)) != _said(after.get(name))}
    score, was = score_of(sheet, after), {"raw": row.raw, "final": row.final, "critical": row.critical}
    row.answers = {name: answer.to_json() for name, answer in after.items()}
    row.raw, row.final, row.critical, row.coverage = score.raw, score.final, score.critical, score.coverage
    row.revision += 1
    row.updated_at = now
    assignment = None
    if row.assignment_id is not None and row.user_id is not None:
        assignment = find_assignment(session, row.assignment_id, row.user_id)
    part = "" if assignment is None else str(assignment.part)
    verdicts = add_verdicts(session, call, row, sheet, viewer, after, only=changed, part=part)
    add_event(
        session,
        row,
        viewer,
        "settled",
        dispute=dispute.id,
        before={name: before[name].to_json() for name in sorted(changed) if name in before},
        after={name: after[name].to_json() for name in sorted(changed) if name in after},
        answers=row.answers,
        score_before=was,
        final=score.final,
    )
    record(
        session,
        viewer.user_id,
        "evaluation.settled",
        "call",
        row.call_id,
        evaluation=row.id,
        dispute=dispute.id,
        criteria=sorted(changed),
        before=was["final"],
        final=score.final,
        verdicts=verdicts,
    )
    session.flush()
    show_anew(session, call)
    keep_person(session, row)
    note_evaluated(session, row.call_id, row.id, settled=row.revision)


def _said(answer: Answer | None) -> str:
    return answer.answer if answer is not None else ""
