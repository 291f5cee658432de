"""Was the lead closed wrongly? Reasons for and against with their quotes, what excludes it, and a band.

The weights are a prior written down from the reasons themselves; labels replace them. The last turns of both speakers
carry most. The CRM's reason feeds only the contradiction. Shown are at most three reasons, the strongest first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from scoring.assessment import Objection, Reason, Rejection
from scoring.case import Case
from scoring.facts import Facts
from scoring.rejection_contrary import reasons_against, what_excludes
from scoring.rejection_reasons import WeighedReason as WeighedReason
from scoring.rejection_reasons import reasons_for

CLOSED: Final = ("closed_lost", "unqualified")
_START: Final = -1.1
_BANDS: Final = ((0.65, "high"), (0.4, "middle"))
_EXCLUDED: Final = 0.03
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Weighed:
    """All that the rules say of a closed lead, before a band is made of it."""

    reasons: tuple[WeighedReason, ...]
    against: tuple[WeighedReason, ...]
    excluded: str | None

    @property
    def log_odds(self) -> float:
        """The prior plus the reasons for, less those against."""
        return _START + math.fsum(r.weight for r in self.reasons) - math.fsum(r.weight for r in self.against)


class RejectionHead(Protocol):
    """A learned judge of closed leads: from the case and the rules' reasons to the chance, with what it went by."""

    @property
    def version(self) -> str: ...

    def judge(self, case: Case, rules: Weighed) -> tuple[float, Sequence[WeighedReason], Sequence[WeighedReason]]:
        """The calibrated chance that a reviewer agrees, and the reasons for and against with their weights."""
        ...


def find_rejection(
    case: Case | None, facts: Facts, objections: Sequence[Objection], head: RejectionHead | None = None
) -> Rejection | None:
    """The finding, or None when the lead is not closed. Without a case (no words) it holds no reasons.

    With a learned `head` the chance and the order of the reasons are the model's; what excludes a lead stays a rule.
    """
    if facts.disposition not in CLOSED:
        return None
    if case is None:
        excluded = what_excludes(case, facts)
        return Rejection(_EXCLUDED if excluded else _squash(_START), "low", (), (), excluded)
    rules = weigh(case, facts, objections)
    probability = _squash(rules.log_odds)
    reasons: Sequence[WeighedReason] = rules.reasons
    against: Sequence[WeighedReason] = rules.against
    if head is not None:
        probability, reasons, against = head.judge(case, rules)
    if rules.excluded:
        # Nobody is to call there: what would speak for it is of no use and would only tempt.
        probability, reasons = _EXCLUDED, ()
    return Rejection(
        probability=probability,
        band=next((name for least, name in _BANDS if probability >= least), "low"),
        reasons=_strongest(reasons),
        against=_strongest(against),
        excluded=rules.excluded,
    )


def weigh(case: Case, facts: Facts, objections: Sequence[Objection]) -> Weighed:
    """Every reason for and against that the rules find, with their prior weights."""
    return Weighed(
        tuple(reasons_for(case, objections)), tuple(reasons_against(case, objections)), what_excludes(case, facts)
    )


def _strongest(found: Sequence[WeighedReason]) -> tuple[Reason, ...]:
    return tuple(item.reason for item in sorted(found, key=lambda item: (-item.weight, item.reason.id))[:_SHOWN])


def _squash(weight: float) -> float:
    return 1 / (1 + math.exp(-weight))
