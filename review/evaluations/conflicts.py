"""Two versions of one scorecard, or two people's of one call: what differs, side by side, and which of them stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from review.evaluations.drafts import hold, pinned
from review.evaluations.judged import add_verdicts, show_anew
from review.evaluations.sheet import Answer, criteria_of, read_answers
from review.evaluations.states import add_event
from review.evaluations.types import EvaluationView, NotNow, Timing
from review.evaluations.view import CLOSES, make_view, state_of
from review.models import utc_now
from review.queries.viewer import Viewer
from review.services.audit import record
from review.services.corrections import lock_call
from scoring.standards import Standard


@dataclass(frozen=True, slots=True)
class Difference:
    """One criterion that the two answered differently; None where one did not answer it."""

    criterion: str
    one: Answer | None
    other: Answer | None


def differences(
    sheet: Standard, one: Mapping[str, Answer], other: Mapping[str, Answer], *, words: bool = True
) -> tuple[Difference, ...]:
    """The criteria on which two sets of answers differ, in its order; without `words` by the answer alone."""
    found = []
    for name in criteria_of(sheet):
        left, right = one.get(name), other.get(name)
        if _said(left, words) != _said(right, words):
            found.append(Difference(name, left, right))
    return tuple(found)


def let_stand(
    session: Session, call_id: int, chosen_id: int, other_id: int, viewer: Viewer, *, timing: Timing | None = None
) -> EvaluationView:
    """Of two submitted evaluations of one call, let the answers of `chosen_id` stand where they differ.

    Nothing is overwritten: both evaluations stay, and the answers are appended as verdicts of the person who chose.
    Raises NoSuchEvaluation, NotNow.
    """
    timing = timing or Timing()
    lock_call(session, call_id)
    chosen, call = hold(session, call_id, chosen_id, viewer)
    other, _ = hold(session, call_id, other_id, viewer)
    now = utc_now()
    if not viewer.has_role(*CLOSES) or chosen.id == other.id:
        raise NotNow("settle", chosen.state)
    for row in (chosen, other):
        if state_of(row, now) in ("draft", "void"):
            raise NotNow("settle", row.state)
    sheet = pinned(session, chosen)
    mine, theirs = read_answers(chosen.answers), read_answers(other.answers)
    stands = {item.criterion: item.one for item in differences(sheet, mine, theirs, words=False) if item.one}
    made = add_verdicts(session, call, chosen, sheet, viewer, mine, only=stands)
    for row, against in ((chosen, other), (other, chosen)):
        add_event(session, row, viewer, "settled", stands=row is chosen, against=against.id, criteria=sorted(stands))
    record(
        session,
        viewer.user_id,
        "evaluation.settled",
        "call",
        call_id,
        stands=chosen.id,
        against=other.id,
        verdicts=made,
    )
    session.flush()
    show_anew(session, call)
    return make_view(session, chosen, viewer, call.rep_id, call.assessment_id, timing)


def _said(answer: Answer | None, words: bool) -> tuple[str, ...]:
    if answer is None:
        return ("",) * (3 if words else 1)
    return (answer.answer, answer.reason.strip(), answer.note.strip()) if words else (answer.answer,)
