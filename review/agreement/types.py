"""What the pages see of agreement and of automatic criteria, and refusals that carry their facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from review.errors import ReviewError
from scoring.learning.gate import Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticRow:
    """One stretch of automatic mode. `state` is on, off or withdrawn; `off_why` the gate's verdict, or hand."""

    id: int
    criterion: str
    language: str
    state: str
    name: str
    on_at: datetime
    checked_at: datetime | None
    off_at: datetime | None
    off_by: str | None
    off_why: str
    figures: Mapping[str, Any]
    off_figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionAgreement:
    """One criterion in one language. `by_source` counts the calls people answered: evaluation, verdict, calibration.

    `judge` is the model's version in charge, None for the rules; `past` are earlier stretches, newest first.
    """

    criterion: str
    language: str
    question: Mapping[str, str]
    mode: str  # who answers it by the scorecard: machine, people or suggestion
    judge: str | None
    by_source: Mapping[str, int]
    blind: int  # calls answered blind
    measured: Measured
    automatic: AutomaticRow | None
    past: tuple[AutomaticRow, ...] = ()

    @property
    def is_on(self) -> bool:
        """Whether the machine answers it by itself now."""
        return self.automatic is not None

    @property
    def may_switch_on(self) -> bool:
        """Whether automatic mode is offered."""
        return not self.is_on and self.measured.gate.is_open and self.mode != "people"


class NotOffered(ReviewError):
    """Automatic mode is not offered for this criterion: `why` is the gate's verdict, on, off, people or unknown."""

    code = "not_offered"

    def __init__(self, criterion: str, language: str, why: str) -> None:
        super().__init__(
            f"Automatic mode of '{criterion}' ({language}) cannot be changed so: {why}. Nothing was changed."
        )
        self.criterion = criterion
        self.language = language
        self.why = why
