"""The table of rules by which a promise counts as kept, read from `promise_rules.yaml` beside this file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml

FILE: Final = Path(__file__).parent / "promise_rules.yaml"
TRACES: Final = ("email", "note", "task", "stage", "call_out", "call_in")
_LETTERS_WITHOUT_SPACES: Final = re.compile(r"[ᄀ-ᇿ가-힣㐀-䶿一-鿿]")


class BadPromiseRules(ValueError):
    """The table cannot be used; `where` names the line that is wrong."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"promise_rules.yaml, {where}: {why}")
        self.where = where


@dataclass(frozen=True, slots=True)
class PromiseRule:
    """What keeps one kind of promise. `days` are working days, `late_days` days of the calendar."""

    traces: frozenset[str]
    topic: re.Pattern[str]
    done: re.Pattern[str]
    days: int
    late_days: int
    silence: Literal["overdue", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class PromiseRules:
    """All rules; `of` gives that of a kind, unknown kinds as `other`."""

    rules: Mapping[str, PromiseRule]
    denied: re.Pattern[str]
    working_day_ends: int  # hour of the local day
    weekend: frozenset[int]  # Monday is 0
    redial_minutes: int

    def of(self, what: str) -> PromiseRule:
        """The rule for one kind of promise."""
        return self.rules.get(what, self.rules["other"])


@cache
def promise_rules() -> PromiseRules:
    """The rules that ship. Raises BadPromiseRules."""
    return read_rules(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def read_rules(data: Mapping[str, Any]) -> PromiseRules:
    """Rules from the file's data. Raises BadPromiseRules naming the line that is wrong."""
    words = {name: _pattern(forms) for name, forms in data["words"].items()}
    rules = {name: _rule(name, line, words) for name, line in data["rules"].items()}
    if "other" not in rules:
        raise BadPromiseRules("rules", "a rule 'other' must stand there for kinds without one")
    return PromiseRules(
        rules,
        words["denied"],
        int(data["working_day_ends"]),
        frozenset(data["weekend"]),
        int(data["redial_minutes"]),
    )


def _rule(name: str, line: Mapping[str, Any], words: Mapping[str, re.Pattern[str]]) -> PromiseRule:
    unknown = set(line["traces"]) - set(TRACES)
    if unknown:
        raise BadPromiseRules(name, f"no such traces: {sorted(unknown)}")
    if line["silence"] not in ("overdue", "cannot_tell"):
        raise BadPromiseRules(name, f"silence is 'overdue' or 'cannot_tell', not {line['silence']!r}")
    for part in ("topic", "done"):
        if line[part] not in words:
            raise BadPromiseRules(name, f"no words are named {line[part]!r}")
    return PromiseRule(
        frozenset(line["traces"]),
        words[line["topic"]],
        words[line["done"]],
        int(line["days"]),
        int(line["late_days"]),
        line["silence"],
    )


def _pattern(forms: Sequence[str]) -> re.Pattern[str]:
    """The forms as one search: at the beginning of a word, or anywhere where a script has no spaces between words."""
    return re.compile(
        "|".join(
            re.escape(form) if _LETTERS_WITHOUT_SPACES.search(form) else rf"(?<!\w){re.escape(form)}"
            for form in (str(form).casefold() for form in forms)
        )
    )
