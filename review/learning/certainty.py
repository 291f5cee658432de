"""How sure a closing's judge says it is: in words until people have decided on enough closed leads, then in percent.

A share of 71 % claims to be right 71 times of 100; with few decisions nobody could know whether it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.learning.shown import counts
from review.models import Verdict, utc_now

PERCENT_FROM: Final = 500
"""Closed leads that people found closed wrongly or rightly, over the whole installation."""


def share_of_doubt(rejection: Mapping[str, Any] | None, labels: int) -> float | None:
    """The probability 0..1 to show for a closing, with that many labels; None: show the band.

    An exclusion is a rule, not a probability: it is never shown as one.
    """
    if not rejection or rejection.get("excluded") or labels < PERCENT_FROM:
        return None
    probability = rejection.get("probability")
    return None if probability is None else min(1.0, max(0.0, float(probability)))


def count_lead_labels(session: Session) -> int:
    """The closed leads somebody was sure about; "not sure" is no label."""
    wanted = (Verdict.kind == "rejection", Verdict.answer.in_(("wrong", "right")), counts(utc_now()))
    return session.scalar(select(func.count(Verdict.call_id.distinct())).where(*wanted)) or 0


def read_share_of_doubt(session: Session, assessment: Mapping[str, Any] | None) -> float | None:
    """What `share_of_doubt` says of a call's assessment in this installation; counts only where there is a closing."""
    rejection = (assessment or {}).get("rejection")
    return share_of_doubt(rejection, count_lead_labels(session)) if rejection else None
