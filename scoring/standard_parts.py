"""What a scorecard is made of: sections, criteria of four kinds, their options, conditions and auto-fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Final

KINDS: Final = ("options", "yes_no", "range", "text")
"""How a criterion is answered: one of several options, yes or no, a number, or words that give no points."""

MODES: Final = ("machine", "suggest", "people")
"""Who answers: the machine, a person to whom the machine suggests an answer, or people alone."""

NO_ANSWERS: Final = ("cannot_judge", "unanswered")
"""Results that say nothing of the call, so that a condition on them is neither met nor unmet."""

_NEAR: Final = 1e-6  # a step written in decimals ("0.1") is not exact as a float


@dataclass(frozen=True, slots=True)
class Condition:
    """The criterion is asked only when the one named (it stands before) was answered with one of `answers`."""

    criterion: str
    answers: tuple[str, ...]

    def met(self, answers: Mapping[str, str]) -> bool | None:
        """Whether it is, given the answers by criterion; None while the other criterion has no answer."""
        given = answers.get(self.criterion)
        if given is None or given in NO_ANSWERS:
            return None
        return given in self.answers


@dataclass(frozen=True, slots=True)
class Fail:
    """An auto-fail by a threshold: under `below` the section or the whole (`fails`) counts 0 in the final score."""

    below: float
    fails: str


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `least` (worst) to `most` (best) in steps; the number is the points. `fail` is an auto-fail."""

    least: float
    most: float
    step: float = 1.0
    fail: Fail | None = None

    def values(self) -> tuple[str, ...]:
        """Every number one may answer, as answers are written."""
        return tuple(
            _written(self.least + n * self.step) for n in range(round((self.most - self.least) / self.step) + 1)
        )

    def number(self, answer: str) -> float | None:
        """The number an answer stands for; None where it is no number of the range."""
        try:
            value = float(answer)
        except ValueError:
            return None
        if not isfinite(value) or not self.least - _NEAR <= value <= self.most + _NEAR:
            return None
        steps = (value - self.least) / self.step
        return value if abs(steps - round(steps)) < _NEAR else None


@dataclass(frozen=True, slots=True)
class Option:
    """An answer option. `level` is the detector's finding it stands for; `auto_fail` is `section`, `whole` or None."""

    id: str
    points: float
    label: Mapping[str, str]
    level: str | None = None
    auto_fail: str | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question of the scorecard. `settings` are the detector's own thresholds; `good` and `bad` are examples.

    `options` are empty for a range (then there is `range`) and for text, which has no points and no weight.
    """

    id: str
    question: Mapping[str, str]
    guidance: Mapping[str, str]
    detector: str
    settings: Mapping[str, float | str | tuple[str, ...]]
    options: tuple[Option, ...]
    weight: float
    critical: bool = False
    bonus: bool = False
    kind: str = "options"
    mandatory: bool = False
    na_allowed: bool = True
    when: Condition | None = None
    mode: str = "machine"
    good: Mapping[str, str] = field(default_factory=dict)
    bad: Mapping[str, str] = field(default_factory=dict)
    range: Range | None = None

    @property
    def least(self) -> float:
        """The fewest points an answer gives."""
        if self.range is not None:
            return self.range.least
        return min([option.points for option in self.options], default=0.0)

    @property
    def most(self) -> float:
        """The most points an answer gives."""
        if self.range is not None:
            return self.range.most
        return max([option.points for option in self.options], default=0.0)

    @property
    def answers(self) -> tuple[str, ...]:
        """Every answer that gives points: the options' ids, or the numbers of the range; none for text."""
        return tuple(option.id for option in self.options) if self.range is None else self.range.values()

    def chosen(self, answer: str) -> Option | None:
        """The option an answer chooses (for a range one made of its number); None for anything else, typed text too."""
        if self.range is None:
            for option in self.options:
                if option.id == answer:
                    return option
            return None
        value = self.range.number(answer)
        if value is None:
            return None
        fail = self.range.fail
        return Option(_written(value), value, {}, auto_fail=fail.fails if fail and value < fail.below else None)

    def option(self, option_id: str) -> Option:
        """The option of that id, or the range's number. Raises KeyError."""
        found = self.chosen(option_id)
        if found is None:
            raise KeyError(option_id)
        return found

    def option_for(self, level: str) -> Option:
        """The option standing for a detector's level. Raises KeyError (the loader has checked that it exists)."""
        for option in self.options:
            if option.level == level:
                return option
        raise KeyError(level)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the scorecard; `weight` is its share against the other sections, `fail` an auto-fail in percent."""

    id: str
    title: Mapping[str, str]
    weight: float
    criteria: tuple[Criterion, ...]
    fail: Fail | None = None


def _written(value: float) -> str:
    return format(round(value, 6) + 0.0, "f").rstrip("0").rstrip(".")
