"""Raising a dispute: a rep of an own call, or the rep's manager, against single answers of a shown evaluation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from review.disputes.levels import Parties, first_level
from review.disputes.people import Around, around, managers_of, side_of
from review.disputes.reading import read_dispute
from review.disputes.rules import read_rules
from review.disputes.steps import add_step, begin_level
from review.disputes.telling import tell_deciders, tell_people
from review.disputes.types import (
    LONGEST_WORDS,
    MOST_POINTS,
    DisputeRefused,
    DisputeView,
    NotDisputable,
    Point,
    TooLate,
)
from review.disputes.windows import read_windows
from review.evaluations.drafts import hold, pinned
from review.evaluations.sheet import Answers, asked, criteria_of, read_answers
from review.evaluations.states import add_event, show
from review.evaluations.types import NoSuchEvaluation
from review.evaluations.view import state_of
from review.learning.verdicts import without_numbers
from review.models import OPEN_DISPUTES, Call, Dispute, DisputeItem, Evaluation, EvaluationEvent, utc_now
from review.queries.blind import judges_blind
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.services.audit import record
from review.services.corrections import lock_call
from scoring.assessment import NOT_APPLICABLE
from scoring.standards import Criterion, Standard


def raise_dispute(
    session: Session,
    call_id: int,
    evaluation_id: int,
    viewer: Viewer,
    *,
    points: Sequence[Point],
    words: str = "",
    now: datetime | None = None,
) -> DisputeView:
    """Dispute these criteria, or in `words` the evaluation as a whole; the dispute as it stands.

    Raises NoSuchCall, NoSuchEvaluation, NotDisputable, TooLate, DisputeRefused; then nothing is stored.
    """
    now = now or utc_now()
    lock_call(session, call_id)
    row, call = _hold(session, call_id, evaluation_id, viewer)
    there = around(session, call_id)
    side = check_right(session, row, there, viewer, now)
    sheet = pinned(session, row)
    answers = read_answers(row.answers)
    points = [check_point(sheet, answers, point, call.duration) for point in points]
    words = clean(words, "", "words")
    _check_all(points, words)
    if row.state == "submitted":
        show(session, row, call, now)
    dispute = Dispute(
        evaluation_id=row.id,
        call_id=call_id,
        scorer_id=row.user_id,
        raised_by=viewer.user_id,
        raised_name=viewer.name,
        raised_as=side,
        raised_at=now,
        since=now,
        evaluation_state=row.state,
    )
    level, why = first_level(
        side, managers_of(session, there.team_id), Parties(row.user_id, viewer.user_id, there.rep_user)
    )
    begin_level(session, dispute, there, level, why, read_rules(session), now)
    session.add(dispute)
    session.flush()
    for point in points:
        given = answers.get(point.criterion)
        session.add(
            DisputeItem(
                dispute_id=dispute.id,
                criterion=point.criterion,
                comment=without_numbers(point.comment, call.language),
                answer=given.answer if given else "",
                proposed=point.proposed,
                second=point.second,
            )
        )
    if words:
        session.add(DisputeItem(dispute_id=dispute.id, criterion="", comment=without_numbers(words, call.language)))
    row.state, row.answered_at = "disputed", row.answered_at or now
    row.dispute = without_numbers(words or points[0].comment, call.language)
    row.revision += 1
    row.updated_at = now
    add_event(session, row, viewer, "disputed", dispute=dispute.id, criteria=[point.criterion for point in points])
    add_step(session, dispute, viewer, "raised", now, level=level, why=why)
    record(
        session,
        viewer.user_id,
        "dispute.raised",
        "dispute",
        dispute.id,
        evaluation=row.id,
        call=call_id,
        criteria=[point.criterion for point in points],
        level=level,
    )
    session.flush()
    tell_deciders(session, dispute, there, "dispute_raised", by=viewer.user_id, who=viewer.name)
    facts = {"evaluation": row.id, "who": viewer.name}
    tell_people(session, dispute, [row.user_id], "evaluation_disputed", by=viewer.user_id, **facts)
    if side == "manager":
        tell_people(session, dispute, [there.rep_user], "dispute_for_you", by=viewer.user_id, who=viewer.name)
    return read_dispute(session, dispute.id, viewer, now=now)


def check_right(session: Session, row: Evaluation, there: Around, viewer: Viewer, now: datetime) -> str:
    """As whom the viewer may dispute it now: rep or manager. Raises NotDisputable, TooLate."""
    state = state_of(row, now)
    if state == "void":
        raise NotDisputable("void")
    side = side_of(viewer, there, row.user_id)
    if row.user_id == viewer.user_id:
        raise NotDisputable("scorer")
    if not side:
        raise NotDisputable("right")
    found = session.scalar(
        select(Dispute.id).where(Dispute.evaluation_id == row.id, Dispute.state.in_(OPEN_DISPUTES)).limit(1)
    )
    if found is not None or state == "disputed":
        raise NotDisputable("open", found)
    if state not in ("shown", "acknowledged"):
        raise NotDisputable({"draft": "draft", "submitted": "waiting"}.get(state, state))
    if judges_blind(session, row.call_id, viewer.user_id):
        raise NotDisputable("blind")
    until = read_windows(session, [row.id]).get(row.id)
    if until is not None and until < now:
        raise TooLate("raise", until)
    return side


def check_point(sheet: Standard, answers: Answers, point: Point, duration: float | None) -> Point:
    """The point as it is kept. Raises DisputeRefused."""
    criterion = criteria_of(sheet).get(point.criterion)
    if criterion is None or criterion.kind == "text" or not asked(sheet, answers).get(point.criterion):
        raise DisputeRefused(point.criterion, "criterion", "unknown", f"'{point.criterion}' cannot be disputed here.")
    comment = clean(point.comment, point.criterion, "comment")
    if not comment:
        raise DisputeRefused(point.criterion, "comment", "missing", f"Say in a few words why: '{point.criterion}'.")
    proposed = check_proposed(criterion, point.proposed)
    given = answers.get(point.criterion)
    if given is not None and given.answer == proposed:
        raise DisputeRefused(point.criterion, "proposed", "same", f"'{proposed}' is the answer that is disputed.")
    second = point.second
    if second is not None and not (math.isfinite(second) and 0 <= second <= (duration or 10**7) + 1):
        raise DisputeRefused(point.criterion, "second", "range", "This second is not in the call.")
    return replace(point, comment=comment, proposed=proposed, second=None if second is None else round(second, 2))


def check_proposed(criterion: Criterion, answer: str) -> str:
    """An answer of the criterion, or N/A where it is allowed. Raises DisputeRefused."""
    answer = answer.strip()
    if answer == NOT_APPLICABLE and criterion.na_allowed:
        return answer
    chosen = criterion.chosen(answer) if answer and len(answer) < LONGEST_WORDS else None
    if chosen is None:
        why = "missing" if not answer else "unknown"
        raise DisputeRefused(criterion.id, "proposed", why, f"Propose one of the answers of '{criterion.id}'.")
    return chosen.id


def clean(words: str, criterion: str, field: str) -> str:
    """Words without space around them, nor what no database holds. Raises DisputeRefused for too many."""
    words = words.encode("utf-8", "replace").decode("utf-8").replace("\x00", "").strip()
    if len(words) > LONGEST_WORDS:
        message = f"This text has {len(words)} characters; it can have {LONGEST_WORDS}. It was not stored."
        raise DisputeRefused(criterion, field, "long", message)
    return words


def _check_all(points: Sequence[Point], words: str) -> None:
    if not points and not words:
        raise DisputeRefused("", "points", "missing", "Choose at least one criterion, or say what is wrong in words.")
    if len(points) > MOST_POINTS:
        raise DisputeRefused("", "points", "many", f"A dispute can have {MOST_POINTS} criteria.")
    names = [point.criterion for point in points]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DisputeRefused(twice, "criterion", "twice", f"'{twice}' is there twice.")


def _hold(session: Session, call_id: int, evaluation_id: int, viewer: Viewer) -> tuple[Evaluation, Call]:
    """The evaluation, held. One that was shown and is opened again is refused by name instead of not being there."""
    try:
        return hold(session, call_id, evaluation_id, viewer)
    except NoSuchEvaluation:
        was_shown = exists().where(
            EvaluationEvent.evaluation_id == Evaluation.id, EvaluationEvent.event.in_(("shown", "reopened"))
        )
        reopened = session.scalar(
            select(Evaluation.id)
            .join(Call, Call.id == Evaluation.call_id)
            .where(Evaluation.id == evaluation_id, Evaluation.call_id == call_id)
            .where(Evaluation.state.in_(("draft", "submitted")), was_shown, visible_calls(viewer))
        )
        if reopened is not None:
            raise NotDisputable("reopened") from None
        raise
