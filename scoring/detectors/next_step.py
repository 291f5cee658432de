"""The detector of the agreed next step: who does what, and when.

Agreed means that the rep commits ("I'll send it on Thursday"), or proposes and the client accepts, or the client asks
and the rep confirms. A client's wish that the rep does not confirm, and a step without a date, are half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scoring.case import Case, Window
from scoring.detectors.finding import Finding, cannot_judge
from scoring.detectors.phrases import absence_confidence
from scoring.matching import Hit
from scoring.standards import Criterion

_LEVEL_ORDER: Final = ("none", "undated", "dated")
_FIRST_WORDS: Final = 8  # of a reply: whether it confirms


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
        step = _client_step(case, hit)
        if step is not None:
            steps.append(step)
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


def _client_step(case: Case, hit: Hit) -> Step | None:
    reply = case.conversation.next_turn(hit.turn, "rep", within=1)
    if reply is None:
        return None
    takes_up = _takes_up(case, reply.index)
    if takes_up is None:
        return None
    date = _date_near(case, hit)
    hits = tuple(h for h in (hit, date) if h is not None and (h is hit or h.start != hit.start))
    if takes_up == "confirms" and date is not None:
        confidence = min(hit.confidence, date.confidence) * 0.9
        return Step("dated", hits, confidence, "The client asked and the rep confirmed.")
    why = "Agreed, without a date." if takes_up == "confirms" else "The client asked; the rep did not confirm it."
    return Step("undated", hits, hit.confidence * 0.85, why)


def _takes_up(case: Case, turn: int) -> str | None:
    """Whether the rep `confirms` the client's wish, merely `hears` it ("okay, fine"), or passes it over (None)."""
    if any("propose" not in hit.entry.tags for hit in case.in_turn(turn, "next_step")):
        return "confirms"
    language = case.pack.vocabulary.language
    first = _FIRST_WORDS * language.gap // 3  # a syllable is a third of a word or so
    words = [token.stem for sentence in case.turn(turn).sentences[:2] for token in sentence.tokens][:first]
    if any(_holds(words, saying) for saying in case.pack.lists.get("confirming", ())):
        return "confirms"
    hears = any(tuple(words[: len(saying)]) == saying for saying in case.pack.lists.get("hearing", ()))
    return "hears" if hears else None


def _holds(words: Sequence[str], saying: Sequence[str]) -> bool:
    return any(tuple(words[at : at + len(saying)]) == saying for at in range(len(words) - len(saying) + 1))


def _date_near(case: Case, hit: Hit) -> Hit | None:
    """The date of a step: in its own turn; else in the answer; else in the wish of the client it answers."""
    same = case.in_turn(hit.turn, "date")
    if same:
        in_sentence = [date for date in same if date.sentence == hit.sentence]
        return min(in_sentence or same, key=lambda date: (abs(date.start - hit.start), date.start))
    after = case.in_turn(hit.turn + 1, "date")
    if after and _acceptance(case, hit.turn + 1):
        return after[0]
    wishes = [*case.in_turn(hit.turn - 1, "client_step"), *case.in_turn(hit.turn - 1, "callback")]
    before = case.in_turn(hit.turn - 1, "date")
    return before[0] if wishes and before else None


def _finding(case: Case, step: Step) -> Finding:
    return Finding(step.level, step.why, step.confidence, tuple(case.evidence(hit) for hit in step.hits))
