"""What others see of evaluations: frozen views, the installation's timing, and refusals that carry their facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from review.errors import ReviewError
from review.evaluations.sheet import Answer, Missing, machine_answer
from scoring.standards import Standard


@dataclass(frozen=True, slots=True)
class Timing:
    """When a submitted evaluation is shown to the rep, and for how long its author may open it again."""

    show_after: timedelta = timedelta(0)
    edit_for: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationRow:
    """One evaluation in a list. `state` is what holds now: a submitted one whose time has come counts as shown."""

    id: int
    call_id: int
    standard: str
    version: int
    user_id: int | None
    reviewer: str
    mine: bool
    state: str
    blind: bool
    hidden: bool  # score and answers are kept from this viewer, who is still judging the call blind
    raw: float | None
    final: float | None
    critical: float | None
    coverage: float | None
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    show_at: datetime | None
    shown_at: datetime | None
    answered_at: datetime | None
    dispute: str
    void_reason: str
    calibration_id: int | None = None  # set: made in a calibration, counted nowhere
    may: frozenset[str]  # edit, reopen, acknowledge, finish, void


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationView(EvaluationRow):
    """One evaluation with its answers; `machine` are the criteria's results beside them, none while they are hidden."""

    assignment_id: int | None
    revision: int
    saved_by: str
    answers: Mapping[str, Answer]
    comment: str
    sheet: Standard
    machine: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    scored_again: bool = False  # the call's shown assessment is not the one this was begun with
    newer_version: int | None = None  # the version new calls are judged by, when it is another
    archived: bool = False  # the scorecard was taken out of use meanwhile

    @property
    def seen_answers(self) -> dict[str, str]:
        """The machine's answers this reviewer has before them; none in a blind review, nor where people alone judge."""
        if self.blind:
            return {}
        return {name: machine_answer(item) for name, item in self.machine.items()}


@dataclass(frozen=True, slots=True)
class EventRow:
    """One step of an evaluation."""

    at: datetime
    event: str
    name: str | None
    details: Mapping[str, Any]


class NoSuchEvaluation(ReviewError):
    """There is no such evaluation of this call, or it is not this person's to see."""

    code = "no_such_evaluation"

    def __init__(self, evaluation_id: int) -> None:
        super().__init__(f"There is no evaluation {evaluation_id} here.")
        self.evaluation_id = evaluation_id


class EvaluationChanged(ReviewError):
    """Somebody, or another window, wrote the evaluation since; nothing was stored. `theirs` is what stands there."""

    code = "evaluation_changed"

    def __init__(self, theirs: EvaluationView) -> None:
        super().__init__(f"Evaluation {theirs.id} was changed meanwhile by {theirs.saved_by}; yours was not stored.")
        self.theirs = theirs


class NotComplete(ReviewError):
    """The scorecard cannot be submitted yet; everything typed is kept in the draft."""

    code = "not_complete"

    def __init__(self, missing: tuple[Missing, ...]) -> None:
        super().__init__("Some answers are missing; the draft is kept.")
        self.missing = missing


class NotNow(ReviewError):
    """The evaluation does not do this in its state, or not for this person; `why` is a short code."""

    code = "not_now"

    def __init__(self, why: str, state: str = "") -> None:
        super().__init__(f"This cannot be done to the evaluation now ({why}, {state}). Nothing was changed.")
        self.why = why
        self.state = state
