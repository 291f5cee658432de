"""The insurance sales calls as judged cases, shared by the tasks that read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.assessment import Objection
from scoring.case import Case
from scoring.conversation import prepare
from scoring.engine import open_case
from scoring.facts import Facts
from scoring.learning.calls import CallView, view_call
from scoring.objections import find_objections
from scoring.packs import load_pack
from scoring.rejection import find_rejection, weigh
from transcription.transcript import Transcript, Turn

CLOSED = Facts(disposition="closed_lost")


@dataclass(frozen=True)
class JudgedCall:
    """A call with what the rules find in it; `probability` is the rules' of having been closed wrongly."""

    id: str
    outcome: str
    case: Case
    objections: tuple[Objection, ...]
    probability: float
    view: CallView

    @property
    def soft(self) -> bool:
        """Whether the client only put it off."""
        return self.outcome.startswith("process paused")

    @property
    def hard(self) -> bool:
        """Whether the client refused."""
        return self.outcome == "customer not interested"


def judge_calls(rows: Sequence[Mapping[str, Any]]) -> list[JudgedCall]:
    """The calls judged by the rules as if each lead had been closed; calls without a word are left out."""
    pack = load_pack("en")
    found = []
    for row in rows:
        turns = tuple(Turn(role=turn["role"], text=turn["text"]) for turn in row["turns"])
        transcript = Transcript(turns=turns, language="en")
        conversation = prepare(transcript)
        if not conversation.turns:
            continue
        case = open_case(transcript, conversation, pack, CLOSED)
        objections = find_objections(case)
        finding = find_rejection(case, CLOSED, objections)
        assert finding is not None
        view = view_call(case, weigh(case, CLOSED, objections))
        found.append(
            JudgedCall(str(row["id"]), str(row["outcome"]).strip().lower(), case, objections, finding.probability, view)
        )
    return found
