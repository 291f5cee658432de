"""Mining on real persuasion dialogues: what survives with the true outcomes, and with shuffled ones (which must be 0).

The dialogues have no reps and queues, so only earlier and later ones can be held apart. The baseline is plain
log-odds: phrases whose z-score is above 1.96, as a word cloud would pick them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from scoring.conversation import prepare
from scoring.matching import matcher_for
from scoring.mining.calls import MinedCall, mined_call
from scoring.mining.candidates import find_candidates
from scoring.mining.effect import log_odds
from scoring.mining.search import mine
from scoring.packs import load_pack
from transcription.transcript import Transcript, Turn

SHUFFLES = 20


def run(train: Sequence[Mapping[str, Any]], test: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    """The row of the table. Given a test set it is mined together with the rest: later calls confirm."""
    rows = [*train, *(test or ())]
    calls = [_call(row) for row in rows]
    found = mine(calls, limit=False, shuffles=SHUFFLES)
    return {
        "n": len(rows),
        "split": "discovered on the earlier 60 %, confirmed on the later 40 %; no reps are known",
        "survivors": len(found.survivors),
        "shuffled_survivors": found.shuffled_survivors,
        "shuffles": found.shuffles,
        "candidates": found.candidates,
        "discovered": found.discovered,
        "found": [
            {"kind": item.candidate.kind, "text": item.candidate.text, "lift": _rounded(item.lift.value)}
            for item in found.survivors
        ],
        "baselines": _plain(calls),
    }


def _call(row: Mapping[str, Any]) -> MinedCall:
    turns = tuple(Turn(role=turn["role"], text=turn["text"]) for turn in row["turns"])
    conversation = prepare(Transcript(turns=turns, language="en"))
    hits = matcher_for(load_pack("en")).find(conversation)
    return mined_call(
        str(row["id"]),
        conversation,
        hits,
        when=str(row["id"]),
        rep="",
        queue="",
        source="",
        won=float(row["donated"]) > 0,
    )


def _plain(calls: Sequence[MinedCall]) -> dict[str, int]:
    presence = find_candidates(calls)
    won = np.array([call.won for call in calls], dtype=bool)
    shuffled = won[np.random.default_rng(0).permutation(len(won))]
    return {
        "log_odds": int((log_odds(presence.matrix, won) > 1.96).sum()),
        "log_odds_shuffled": int((log_odds(presence.matrix, shuffled) > 1.96).sum()),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
