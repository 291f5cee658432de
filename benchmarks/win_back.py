"""The win-back judge on real sales calls: each call as a closed lead, told in bands.

    python -m benchmarks.win_back --data DIR

reads `DIR/insurance_calls/*.jsonl` (`turns`, `outcome`). Every call stands for a lead that was closed after it without
another attempt, once with no loss reason known and once with the reason the outcome amounts to. Soft: the client put it
off; hard: not interested. The thing to look at is not the ranking alone (docs/judgement.md has it) but what a head of
sales meets: how many hard refusals stand among the leads of high chance, and whether each reason can be heard.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.judgement.data import read_rows
from review.win_back.findings import CallTry, Judgement, LeadFacts
from review.win_back.hearing import heard_of
from review.win_back.judge import judge_lead
from review.win_back.loss_words import says_nothing
from scoring.conversation import prepare
from scoring.engine import open_case
from scoring.facts import Facts
from scoring.learning.measures import auc, bootstrap_interval
from scoring.packs import load_pack
from transcription.transcript import Transcript, Turn

CLOSED: Final = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
KINDS: Final = {
    "customer not interested": ("hard", "not interested"),
    "process paused - customer needs to consider the offer": ("soft", "needs to consider"),
    "process paused - customer needs to collect more information": ("soft", "needs more information"),
    "customer objections not handled": ("not handled", "objections"),
    "no quote - ineligible customer": ("ineligible", "ineligible"),
}


def judge_row(row: Mapping[str, Any], loss_reason: str) -> Judgement | None:
    """The call as a lead closed a day later; None where nobody says a word."""
    turns = tuple(Turn(role=turn["role"], text=turn["text"]) for turn in row["turns"])
    transcript = Transcript(turns=turns, language="en")
    conversation = prepare(transcript)
    if not conversation.turns:
        return None
    at = CLOSED - timedelta(days=1)
    facts = Facts(disposition="closed_lost", loss_reason=loss_reason or None, started_at=at, attempts=())
    case = open_case(transcript, conversation, load_pack("en"), facts)
    one = CallTry(call_id=1, at=at, ended=at + timedelta(minutes=10), conversation=True, recorded=True)
    return judge_lead(
        LeadFacts(
            now=CLOSED + timedelta(days=30),
            opened_at=CLOSED - timedelta(days=20),
            closed_at=CLOSED,
            loss_reason=loss_reason,
            # A reason nobody wrote down would count as one that says nothing: here it is not known.
            says_nothing=bool(loss_reason) and says_nothing(loss_reason, ["en"]),
            tries=(one,),
            heard=(heard_of(case, 1),),
        )
    )


def measure(rows: Sequence[Mapping[str, Any]], *, with_reason: bool) -> dict[str, Any]:
    """Bands by kind of outcome, the ranking of soft over hard, and how much of what is said can be heard."""
    bands: dict[str, Counter[str]] = {}
    scores: list[tuple[bool, float]] = []
    reasons = quoted = 0
    for row in rows:
        kind, reason = KINDS.get(str(row["outcome"]).strip().lower(), ("", ""))
        judgement = judge_row(row, reason if with_reason else "") if kind else None
        if judgement is None:
            continue
        bands.setdefault(kind, Counter())["excluded" if judgement.excluded else judgement.band] += 1
        reasons += len(judgement.reasons)
        quoted += sum(item.evidence is not None for item in judgement.reasons)
        if kind in ("soft", "hard"):
            scores.append((kind == "soft", judgement.probability))
    truth = np.array([soft for soft, _score in scores])
    values = np.array([score for _soft, score in scores])
    high = {kind: counts["high"] for kind, counts in bands.items()}
    return {
        "bands": {kind: dict(sorted(counts.items())) for kind, counts in sorted(bands.items())},
        "soft_hard_auc": round(float(auc(truth, values)), 3),
        "soft_hard_auc_interval": bootstrap_interval(
            lambda drawn: float(auc(truth[drawn], values[drawn])), list(range(len(truth)))
        ),
        "high_that_are_hard": f"{high.get('hard', 0)} of {high.get('hard', 0) + high.get('soft', 0)}",
        "reasons_with_a_quote": f"{quoted} of {reasons}",
    }


def main() -> None:
    """Print both tables as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with insurance_calls/*.jsonl")
    args = parser.parse_args()
    rows = read_rows(args.data / "insurance_calls")
    found = {
        "without_loss_reason": measure(rows, with_reason=False),
        "with_loss_reason": measure(rows, with_reason=True),
    }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
