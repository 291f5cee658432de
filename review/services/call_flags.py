"""What of an assessment is copied onto the call, so that a list can show and filter by it without opening each one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

MISSED_OUTCOMES: Final = frozenset({"mishandled", "ignored"})


def count_flags(assessment: Mapping[str, Any]) -> dict[str, Any]:
    """Values for the call's columns of the same names, from the contract's assessment JSON.

    `objections` and `objections_missed` are counts of episodes, `wrongly_rejected` a band (None when the closing was
    not in question, or is excluded), `cannot_judge` a share 0..1 of the applicable criteria (None when there are none).
    """
    episodes = assessment.get("objections") or []
    rejection = assessment.get("rejection") or {}
    answers = [str(criterion.get("answer")) for criterion in assessment.get("criteria") or []]
    applicable = [answer for answer in answers if answer != "na"]
    return {
        "objections": len(episodes),
        "objections_missed": sum(1 for episode in episodes if episode.get("outcome") in MISSED_OUTCOMES),
        "wrongly_rejected": None if rejection.get("excluded") else rejection.get("band"),
        "cannot_judge": round(applicable.count("cannot_judge") / len(applicable), 3) if applicable else None,
    }
