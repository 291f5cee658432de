"""When the learned judge of closed leads may be put in charge, and the name its models are kept by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from scoring.learning.rejection_model import POSITIVES, may_judge

LEADS: Final = "lead.rejection"
"""Takes the criterion's place in the tables of models; no criterion's id has a dot, so none can be meant by it."""


def refusal_of_leads(figures: Mapping[str, Any], test: Mapping[str, Any]) -> str | None:
    """`few_labels` or `not_better` where the model may not take the rules' place; None where it may.

    Labels are counted over all that people gave; better is the ranking (AUC) on the frozen test, nothing else.
    """
    labels, wrong = int(figures.get("all", 0)), int(figures.get("all_positives", 0))
    if min(wrong, labels - wrong) < POSITIVES:
        return "few_labels"
    mine, rules = (test.get("model") or {}).get("auc"), (test.get("rules") or {}).get("auc")
    if mine is None or rules is None:
        return "not_better"
    return None if may_judge({"n": labels, "positives": wrong, "auc": mine, "rules_auc": rules}) else "not_better"
