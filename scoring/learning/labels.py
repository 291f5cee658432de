"""Labels: what people decided about one answer of one call, as training data and as JSON lines.

A label is append-only: a reviewer who thinks again gives another one. `settle` says what stands for each call.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

Kind = Literal["criterion", "objection", "rejection"]
DrawnBy = Literal["random", "risk", "chosen"]

SCHEMA: Final = 1
KINDS: Final[tuple[str, ...]] = get_args(Kind)
DRAWN_BY: Final[tuple[str, ...]] = get_args(DrawnBy)


class NotALabel(ValueError):
    """A line that is no label; `why` says what is wrong with it, `line` its number where it came from a file."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why if line is None else f"line {line}: {why}")
        self.why = why
        self.line = line


@dataclass(frozen=True, slots=True)
class LabelSpan:
    """Where in the call a person saw it: the turn as delivered, seconds, and the words; each None where not said."""

    turn: int | None = None
    start: float | None = None
    end: float | None = None
    quote: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {"turn": self.turn, "start": self.start, "end": self.end, "quote": self.quote}


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One decision. `answer` is an option's id, `na` or `cannot_judge`; `machine` what the machine had said, if it had.

    `call` names the call among all labels (source and external id); `rep` who spoke for the company ("" unknown);
    `called_at` and `at` are ISO times of the call and of the decision. `drawn_by` says how the call came to be looked
    at: only `random` ones give unbiased agreement. `blind`: the person had not seen the machine's answer; an
    installation's own knowledge, which no export carries.
    """

    kind: Kind
    call: str
    target: str
    answer: str
    reviewer: str
    at: str
    machine: str | None = None
    standard: str = ""
    version: int = 0
    language: str = ""
    rep: str = ""
    called_at: str = ""
    drawn_by: DrawnBy = "chosen"
    span: LabelSpan | None = None
    reason: str = ""
    packs: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    blind: bool = field(default=False, compare=False)

    @property
    def confirms(self) -> bool:
        """Whether the person agrees with the machine."""
        return self.machine is not None and self.machine == self.answer

    def to_json(self) -> dict[str, Any]:
        """One line of an export; keys in a fixed order."""
        return {
            "schema": SCHEMA,
            "kind": self.kind,
            "call": self.call,
            "target": self.target,
            "answer": self.answer,
            "machine": self.machine,
            "standard": self.standard,
            "version": self.version,
            "language": self.language,
            "rep": self.rep,
            "called_at": self.called_at,
            "reviewer": self.reviewer,
            "at": self.at,
            "drawn_by": self.drawn_by,
            "span": None if self.span is None else self.span.to_json(),
            "reason": self.reason,
            "packs": dict(sorted(self.packs.items())),
            "models": dict(sorted(self.models.items())),
        }


def read_labels(lines: Iterable[str]) -> list[Label]:
    """The labels of a JSON lines file; empty lines are left out. Raises NotALabel naming the line."""
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(read_label(json.loads(line)))
        except json.JSONDecodeError as error:
            raise NotALabel(f"it is not JSON ({error.msg.lower()})", number) from error
        except NotALabel as error:
            raise NotALabel(error.why, number) from error
    return found


def read_label(data: object) -> Label:
    """The label in a JSON object. Raises NotALabel."""
    if not isinstance(data, Mapping):
        raise NotALabel("it is not a JSON object")
    if data.get("schema", SCHEMA) != SCHEMA:
        raise NotALabel(f"its schema is {data.get('schema')!r}, and this version reads {SCHEMA}")
    for key in ("kind", "call", "target", "answer", "reviewer", "at"):
        if not isinstance(data.get(key), str) or not data[key]:
            raise NotALabel(f"'{key}' must be a text that is not empty")
    if data["kind"] not in KINDS:
        raise NotALabel(f"'kind' must be one of {', '.join(KINDS)}")
    drawn_by = data.get("drawn_by", "chosen")
    if drawn_by not in DRAWN_BY:
        raise NotALabel(f"'drawn_by' must be one of {', '.join(DRAWN_BY)}")
    texts = {key: _text(data, key) for key in ("standard", "language", "rep", "called_at", "reason")}
    machine, version = data.get("machine"), data.get("version", 0)
    if machine is not None and not isinstance(machine, str):
        raise NotALabel("'machine' must be a text or null")
    if not isinstance(version, int) or isinstance(version, bool):
        raise NotALabel("'version' must be a whole number")
    return Label(
        kind=data["kind"],
        call=data["call"],
        target=data["target"],
        answer=data["answer"],
        reviewer=data["reviewer"],
        at=data["at"],
        machine=machine,
        version=version,
        drawn_by=drawn_by,
        span=_span(data.get("span")),
        packs=_versions(data, "packs"),
        models=_versions(data, "models"),
        standard=texts["standard"],
        language=texts["language"],
        rep=texts["rep"],
        called_at=texts["called_at"],
        reason=texts["reason"],
    )


def latest_by_reviewer(labels: Sequence[Label]) -> list[Label]:
    """Each reviewer's last word on each target of each call, in order of call, target and reviewer."""
    last: dict[tuple[str, str, str, str], Label] = {}
    for label in sorted(labels, key=lambda label: label.at):
        last[(label.call, label.kind, label.target, label.reviewer)] = label
    return [last[key] for key in sorted(last)]


def settle(labels: Sequence[Label]) -> list[Label]:
    """One label for each target of each call: what most reviewers say last; the newest of them where they are even."""
    by_target: dict[tuple[str, str, str], list[Label]] = {}
    for label in latest_by_reviewer(labels):
        by_target.setdefault((label.call, label.kind, label.target), []).append(label)
    settled = []
    for key in sorted(by_target):
        given = sorted(by_target[key], key=lambda label: (label.at, label.reviewer))
        counts: dict[str, int] = {}
        for label in given:
            counts[label.answer] = counts.get(label.answer, 0) + 1
        most = max(counts.values())
        settled.append([label for label in given if counts[label.answer] == most][-1])
    return settled


def data_hash(labels: Sequence[Label]) -> str:
    """SHA-256 of the labels as JSON lines in a fixed order: which data a model was trained on."""
    lines = sorted(json.dumps(label.to_json(), ensure_ascii=False, separators=(",", ":")) for label in labels)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key) or ""
    if not isinstance(value, str):
        raise NotALabel(f"'{key}' must be a text")
    return value


def _versions(data: Mapping[str, Any], key: str) -> dict[str, str]:
    value = data.get(key) or {}
    if not isinstance(value, Mapping) or not all(isinstance(item, str) for pair in value.items() for item in pair):
        raise NotALabel(f"'{key}' must be an object of texts")
    return dict(value)


def _span(value: object) -> LabelSpan | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise NotALabel("'span' must be an object")
    turn, quote = value.get("turn"), value.get("quote")
    if turn is not None and (not isinstance(turn, int) or isinstance(turn, bool) or turn < 0):
        raise NotALabel("'span.turn' must be a whole number")
    if quote is not None and not isinstance(quote, str):
        raise NotALabel("'span.quote' must be a text")
    return LabelSpan(turn, _second(value, "start"), _second(value, "end"), quote)


def _second(value: Mapping[str, Any], key: str) -> float | None:
    number = value.get(key)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number < 1e7:
        raise NotALabel(f"'span.{key}' must be seconds")
    return float(number)
