"""Evaluations: scorecards that people fill in, from the first answer to the last word, beside the machine's own."""

from __future__ import annotations

from review.evaluations.conflicts import Difference, differences, let_stand
from review.evaluations.drafts import save_draft
from review.evaluations.opening import open_evaluation
from review.evaluations.sheet import Answer, AnswersRefused, Missing, asked, missing, read_answers, score_of
from review.evaluations.states import due_to_show, move, show_due
from review.evaluations.submitting import submit
from review.evaluations.types import (
    EvaluationChanged,
    EvaluationRow,
    EvaluationView,
    EventRow,
    NoSuchEvaluation,
    NotComplete,
    NotNow,
    Timing,
)
from review.evaluations.view import (
    find_draft,
    list_for_call,
    read_evaluation,
    read_history,
    submitted_count,
)

__all__ = [
    "Answer",
    "AnswersRefused",
    "Difference",
    "EvaluationChanged",
    "EvaluationRow",
    "EvaluationView",
    "EventRow",
    "Missing",
    "NoSuchEvaluation",
    "NotComplete",
    "NotNow",
    "Timing",
    "asked",
    "differences",
    "due_to_show",
    "find_draft",
    "let_stand",
    "list_for_call",
    "missing",
    "move",
    "open_evaluation",
    "read_answers",
    "read_evaluation",
    "read_history",
    "save_draft",
    "score_of",
    "show_due",
    "submit",
    "submitted_count",
]
