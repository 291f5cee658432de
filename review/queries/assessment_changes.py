"""What changed between two assessments of a call: the score, and each answer with both quotes and both reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LEAST_MOVE: Final = 0.05  # points; scores are shown to a tenth
_QUOTE_KEYS: Final = ("quote", "start", "end", "turn", "role", "speech_confidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The first evidence of an answer; times in seconds, None without them."""

    quote: str
    start: float | None
    end: float | None
    turn: int | None
    role: str
    speech_confidence: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One side of a change: the option's id (or `na`, `cannot_judge`, `unanswered`) and why."""

    answer: str
    points: float | None
    most: float | None
    confidence: float | None
    why: str
    quote: Quote | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChange:
    """A criterion answered otherwise; None where a version does not ask it. `cause` says what may be behind it."""

    criterion: str
    section: str
    before: Answer | None
    after: Answer | None
    cause: str  # added, removed, rules (other evidence), options (same finding, other option), weight


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentChange:
    """Everything that changed of one call; scores are 0..100 (+ bonus), None for not scored."""

    before_final: float | None
    after_final: float | None
    answers: tuple[AnswerChange, ...]
    causes: tuple[str, ...]  # standard, pack, model: what differs between the two

    @property
    def moved(self) -> bool:
        """Whether the score is another one, or is there on one side only."""
        if self.before_final is None or self.after_final is None:
            return self.before_final is not self.after_final
        return abs(self.after_final - self.before_final) > LEAST_MOVE

    @property
    def answered(self) -> tuple[AnswerChange, ...]:
        """The changes that are more than another weight."""
        return tuple(change for change in self.answers if change.cause != "weight")

    @property
    def weighed(self) -> tuple[AnswerChange, ...]:
        """The criteria with the same answer and another weight."""
        return tuple(change for change in self.answers if change.cause == "weight")

    @property
    def any(self) -> bool:
        """Whether score or answers changed."""
        return self.moved or bool(self.answers)


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> AssessmentChange:
    """The changes between two assessments in the contract's JSON, in the later one's order of criteria."""
    old = {item["id"]: item for item in before["criteria"]}
    new = {item["id"]: item for item in after["criteria"]}
    changes = [_change(old.get(key), new.get(key)) for key in (*new, *(key for key in old if key not in new))]
    return AssessmentChange(
        before_final=before["score"]["final"],
        after_final=after["score"]["final"],
        answers=tuple(change for change in changes if change is not None),
        causes=_causes(before, after),
    )


def _change(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> AnswerChange | None:
    either = new or old
    if either is None:
        return None
    if old is None:
        cause = "added"
    elif new is None:
        cause = "removed"
    elif old["answer"] != new["answer"]:
        cause = "options" if _quotes(old) == _quotes(new) and old["why"] == new["why"] else "rules"
    elif (old["points"], old["max"], old["weight"]) != (new["points"], new["max"], new["weight"]):
        cause = "weight"
    else:
        return None
    return AnswerChange(
        criterion=either["id"], section=either["section"], before=_answer(old), after=_answer(new), cause=cause
    )


def _answer(item: Mapping[str, Any] | None) -> Answer | None:
    if item is None:
        return None
    first = next(iter(item.get("evidence") or []), None)
    return Answer(
        answer=item["answer"],
        points=item["points"],
        most=item["max"],
        confidence=item["confidence"],
        why=item["why"],
        quote=None if first is None else Quote(**{key: first.get(key) for key in _QUOTE_KEYS}),
    )


def _quotes(item: Mapping[str, Any]) -> list[tuple[object, ...]]:
    return [(quote["turn"], quote["quote"]) for quote in item.get("evidence") or []]


def _causes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    differs = {
        "standard": (before["standard"], before["version"]) != (after["standard"], after["version"]),
        "pack": before["packs"] != after["packs"],
        "model": before.get("models") != after.get("models"),
    }
    return tuple(cause for cause, is_other in differs.items() if is_other)
