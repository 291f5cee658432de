"""The learned judge of closed leads as a row on the page of models: how well it ranks, drawn on a scale of 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.learning.models import ModelRow
from review.learning.rejection_status import LeadStatus
from web.reading.learning import AgreementMark, mark


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadLine:
    """Closed leads of one language. `share` of the labels needed, 0..1; `marks` hold AUC, 0.5 is chance."""

    language: str
    labels: int
    wrong: int
    rarer: int
    needed: int
    share: float
    marks: tuple[AgreementMark, ...]
    in_charge: ModelRow | None
    shadow: ModelRow | None
    candidate: ModelRow | None
    history: tuple[ModelRow, ...]
    people_low: None = None  # no band of people's own agreement: a ranking has none
    people_high: None = None


def read_leads(found: Sequence[LeadStatus]) -> tuple[LeadLine, ...]:
    """The rows, one for a language."""
    return tuple(_line(status) for status in found)


def _line(status: LeadStatus) -> LeadLine:
    promoted, shadow, candidate = (status.in_state(state) for state in ("promoted", "shadow", "candidate"))
    newest = promoted or shadow or candidate
    test: Mapping[str, Any] = newest.test if newest else {}
    marks = (mark(name, test.get(name) or {}, measure="auc") for name in ("rules", "model"))
    return LeadLine(
        language=status.language,
        labels=status.labels,
        wrong=status.wrong,
        rarer=status.rarer,
        needed=status.needed,
        share=min(1.0, status.rarer / status.needed),
        marks=tuple(item for item in marks if item.kappa is not None),
        in_charge=promoted,
        shadow=shadow,
        candidate=candidate,
        history=status.models,
    )
