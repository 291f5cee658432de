"""The detector of the agreed next step: who does what, and when.

Agreed means that the rep commits ("I'll send it on Thursday"), or proposes and the client accepts, or the client asks
and the rep confirms. A client's wish that the rep does not confirm, and a step without a date, are half.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scoring.case import Case, Window
from scoring.detectors.finding import Finding, cannot_judge
from scoring.detectors.phrases import absence_confidence
from scoring.matching import Hit
from scoring.standards import Criterion

_REACH: Final = 3  # merged turns around a step in which its date may be said
_LEVEL_ORDER: Final = ("none", "undated", "dated")


@dataclass(frozen=True, slots=True)
class Step:
    """A step found: the hit that states it, its date and who confirmed it."""

    level: str
    hits: tuple[Hit, ...]
    confidence: float
    why: str


def next_step(case: Case, criterion: Criterion) -> Finding:
    """The best step in the close of the call."""
    window = case.window("close")
    steps = find_steps(case, window)
    best = max(steps, key=lambda step: (_LEVEL_ORDER.index(step.level), step.hits[0].turn), default=None)
    if best is not None and best.level == "dated":
        return _finding(case, best)
    doubt = case.doubt("rep", window, absence=True)
    if doubt is not None:
        return cannot_judge(doubt, () if best is None else tuple(case.evidence(hit) for hit in best.hits))
    if best is not None:
        return _finding(case, best)
    absence = case.absence(window, ("next_step",), "rep")
    return Finding("none", "No agreed next step in the close.", absence_confidence(case, window), (), absence)


def find_steps(case: Case, window: Window) -> list[Step]:
    """Every step agreed in the window."""
    steps: list[Step] = []
    for hit in case.found(("next_step",), window, "rep"):
        step = _rep_step(case, hit)
        if step is not None:
            steps.append(step)
    for hit in case.found(("client_step", "callback"), window, "client"):
        steps.append(_client_step(case, hit))
    return steps


def _rep_step(case: Case, hit: Hit) -> Step | None:
    tags = hit.entry.tags
    reply = case.conversation.next_turn(hit.turn, "client", within=1)
    refused = reply is not None and bool(case.in_turn(reply.index, "refuse") or case.in_turn(reply.index, "hard_no"))
    accepted = None if reply is None else next(iter(_acceptance(case, reply.index)), None)
    if refused and accepted is None:
        return None
    if "done" in tags:
        return Step("dated", (hit,), hit.confidence, "The step is being done in the call.")
    if "propose" in tags and accepted is None:
        return None
    date = _date_near(case, hit)
    hits = tuple(h for h in (hit, date, accepted) if h is not None)
    if date is not None:
        return Step("dated", hits, min(hit.confidence, date.confidence), "A next step with a date was agreed.")
    return Step("undated", hits, hit.confidence, "A next step was agreed, without a date.")


def _acceptance(case: Case, turn: int) -> list[Hit]:
    found = [*case.in_turn(turn, "accept"), *case.in_turn(turn, "client_step")]
    return sorted(found, key=lambda hit: hit.start)


def _client_step(case: Case, hit: Hit) -> Step:
    date = _date_near(case, hit)
    reply = case.conversation.next_turn(hit.turn, "rep", within=1)
    confirmed = reply is not None and _confirms(case, reply.index)
    hits = tuple(h for h in (hit, date) if h is not None and (h is hit or h.start != hit.start))
    if confirmed and date is not None:
        return Step(
            "dated", hits, min(hit.confidence, date.confidence) * 0.9, "The client asked and the rep confirmed."
        )
    why = "The client asked for it, not confirmed by the rep." if not confirmed else "Agreed, without a date."
    return Step("undated", hits, hit.confidence * 0.85, why)


def _confirms(case: Case, turn: int) -> bool:
    """Whether the rep takes the client's wish up: with a step or a date, or by plainly agreeing."""
    if case.in_turn(turn, "next_step") or case.in_turn(turn, "date"):
        return True
    words = [token.surface for sentence in case.turn(turn).sentences[:2] for token in sentence.tokens]
    text = " ".join(words[:8])
    return any(
        phrase in text
        for phrase in (
            "will do",
            "i will",
            "we will",
            "no problem",
            "of course",
            "gladly",
            "sure",
            "absolutely",
            "certainly",
            "definitely",
        )
    )


def _date_near(case: Case, hit: Hit) -> Hit | None:
    """The nearest date to a step: in its own turn, else in the next turns or the one before."""

    def dates(turn: int) -> list[Hit]:
        return case.in_turn(turn, "date")

    same = dates(hit.turn)
    if same:
        return min(same, key=lambda date: (min(abs(date.start - hit.end), abs(hit.start - date.end)), date.start))
    for turn in (hit.turn + 1, hit.turn - 1, hit.turn + 2):
        if 0 <= turn < len(case.conversation.turns) and abs(turn - hit.turn) < _REACH:
            found = dates(turn)
            if found:
                return found[0]
    return None


def _finding(case: Case, step: Step) -> Finding:
    return Finding(step.level, step.why, step.confidence, tuple(case.evidence(hit) for hit in step.hits))
