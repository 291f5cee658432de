"""What others see of disputes: frozen views, what is sent in, and refusals that carry their facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from review.errors import ReviewError
from review.evaluations.sheet import Answer
from scoring.standards import Standard

LONGEST_WORDS: Final = 2000  # characters of a comment, of the words to a decision, of a reason to go further
MOST_POINTS: Final = 200  # criteria in one dispute


@dataclass(frozen=True, slots=True)
class Point:
    """One criterion as it is disputed; `second` is where in the call it can be heard."""

    criterion: str
    comment: str
    proposed: str
    second: float | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decision: accept (the proposed answer), other (with `answer`) or reject, with words.

    Of a dispute of the whole evaluation `criterion` is empty, and `answers` are the answers that change.
    """

    criterion: str
    decision: Literal["accept", "other", "reject"]
    words: str = ""
    answer: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One disputed criterion (or the whole, with an empty `criterion`) and what was decided of it."""

    criterion: str
    comment: str
    answer: str
    proposed: str
    second: float | None
    decision: str
    settled: Mapping[str, str]
    words: str
    level: str
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a dispute; `name` is empty for what happened by itself."""

    at: datetime
    name: str
    event: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRow:
    """One dispute in a list. Names are None for those who may not read them."""

    id: int
    evaluation_id: int
    call_id: int
    standard: str
    version: int
    rep: str | None
    client: str | None
    happened_at: datetime
    scorer: str
    raised_by: str | None
    raised_as: str
    raised_at: datetime
    state: str
    lead_why: str
    since: datetime
    due_at: datetime | None
    closed_at: datetime | None
    stranded: bool  # open, and nobody is here who may decide it
    final: float | None  # the evaluation's score now
    final_before: float | None  # and before the dispute changed it; None where it did not
    criteria: tuple[str, ...]
    granted: int  # criteria whose answer was changed
    revision: int
    may: frozenset[str]  # decide, pass_up, escalate, content, withdraw


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView(DisputeRow):
    """One dispute whole, with the evaluation it is about."""

    items: tuple[ItemView, ...]
    steps: tuple[StepView, ...]
    deciders: tuple[str, ...]  # who is to decide now, by name
    sheet: Standard
    answers: Mapping[str, Answer]  # the evaluation's as they stand
    machine: Mapping[str, Mapping[str, Any]]
    comment: str  # on the whole evaluation, by its reviewer
    open_items: tuple[str, ...]  # the criteria this level decides


class NoSuchDispute(ReviewError):
    """There is no such dispute, or it is not this person's to see."""

    code = "no_such_dispute"

    def __init__(self, dispute_id: int) -> None:
        super().__init__(f"There is no dispute {dispute_id} here.")
        self.dispute_id = dispute_id


class TooLate(ReviewError):
    """The time to do this is over since `until`. Nothing was changed."""

    code = "too_late"

    def __init__(self, what: str, until: datetime) -> None:
        super().__init__(f"The time for this ('{what}') ended at {until.isoformat()}. Nothing was changed.")
        self.what = what
        self.until = until


class NotDisputable(ReviewError):
    """The evaluation cannot be disputed now, or not by this person; `why` is a short code.

    right, scorer, draft, reopened, waiting, void, final, blind; open: `dispute_id` is the dispute that is there.
    """

    code = "not_disputable"

    def __init__(self, why: str, dispute_id: int | None = None) -> None:
        super().__init__(f"This evaluation cannot be disputed ({why}). Nothing was stored.")
        self.why = why
        self.dispute_id = dispute_id


class NotYours(ReviewError):
    """The dispute does not do this in its state, or not for this person; `why` is a short code."""

    code = "not_yours"

    def __init__(self, why: str, state: str) -> None:
        super().__init__(f"This cannot be done to the dispute now ({why}, {state}). Nothing was changed.")
        self.why = why
        self.state = state


class DisputeChanged(ReviewError):
    """Somebody decided, took further or withdrew it meanwhile; nothing was stored. `theirs` is what stands there."""

    code = "dispute_changed"

    def __init__(self, theirs: DisputeView) -> None:
        super().__init__(f"Dispute {theirs.id} was changed meanwhile; yours was not stored.")
        self.theirs = theirs


class DisputeRefused(ReviewError):
    """What was sent cannot be kept: `criterion` is the one that is wrong, `field` its part, `why` a short code."""

    code = "dispute_refused"

    def __init__(self, criterion: str, field: str, why: str, message: str) -> None:
        super().__init__(message)
        self.criterion = criterion
        self.field = field
        self.why = why
