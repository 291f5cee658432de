"""Call facts from outside the recording (CRM, telephony): frozen, every part optional, JSON as in the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

DIRECTIONS: Final = ("inbound", "outbound")
DISPOSITIONS: Final = ("open", "won", "closed_lost", "unqualified")
ATTEMPT_RESULTS: Final = ("reached", "not_reached", "busy", "voicemail", "wrong_number")


class NotFacts(ValueError):
    """The data is not call facts in the contract's shape; `key` names the part and the message says what it takes."""

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(f"the facts' '{key}' {expected}" if key else f"the facts {expected}")
        self.key = key
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to reach the client; `at` is aware or None."""

    at: datetime | None
    result: str


@dataclass(frozen=True, slots=True)
class Task:
    """A CRM task on the lead; `done` None while it is open."""

    due: datetime | None
    done: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about the call and its lead; None means unknown."""

    direction: str | None = None
    started_at: datetime | None = None
    rep: str | None = None
    rep_names: tuple[str, ...] = ()
    company_names: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    disposition: str | None = None
    loss_reason: str | None = None
    closed_at: datetime | None = None
    deal_value: float | None = None
    currency: str | None = None
    do_not_call: bool = False
    duplicate_of: str | int | None = None
    attempts: tuple[Attempt, ...] | None = None
    tasks: tuple[Task, ...] | None = None
    other_calls: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The contract's JSON object; unknown parts are left out."""
        data: dict[str, Any] = {
            "direction": self.direction,
            "started_at": _iso(self.started_at),
            "rep": self.rep,
            "rep_names": list(self.rep_names) or None,
            "company_names": list(self.company_names) or None,
            "products": list(self.products) or None,
            "competitors": list(self.competitors) or None,
            "disposition": self.disposition,
            "loss_reason": self.loss_reason,
            "closed_at": _iso(self.closed_at),
            "deal_value": self.deal_value,
            "currency": self.currency,
            "do_not_call": self.do_not_call or None,
            "duplicate_of": self.duplicate_of,
            "attempts": None
            if self.attempts is None
            else [{"at": _iso(a.at), "result": a.result} for a in self.attempts],
            "tasks": None if self.tasks is None else [{"due": _iso(t.due), "done": _iso(t.done)} for t in self.tasks],
            "other_calls": self.other_calls,
        }
        return {key: value for key, value in data.items() if value is not None}

    @classmethod
    def from_json(cls, data: object) -> Facts:
        """Read the contract's JSON; unknown keys are ignored. Raises NotFacts naming the key and what it takes."""
        if not isinstance(data, Mapping):
            raise NotFacts("", "must be a JSON object")
        number = _number(data, "deal_value")
        other = _number(data, "other_calls")
        return cls(
            direction=_choice(data, "direction", DIRECTIONS),
            started_at=_time(data, "started_at"),
            rep=_text(data, "rep"),
            rep_names=_texts(data, "rep_names"),
            company_names=_texts(data, "company_names"),
            products=_texts(data, "products"),
            competitors=_texts(data, "competitors"),
            disposition=_choice(data, "disposition", DISPOSITIONS),
            loss_reason=_text(data, "loss_reason"),
            closed_at=_time(data, "closed_at"),
            deal_value=number,
            currency=_text(data, "currency"),
            do_not_call=_flag(data, "do_not_call"),
            duplicate_of=_identity(data, "duplicate_of"),
            attempts=_attempts(data),
            tasks=_tasks(data),
            other_calls=None if other is None else int(other),
        )


def _attempts(data: Mapping[str, Any]) -> tuple[Attempt, ...] | None:
    items = _objects(data, "attempts")
    if items is None:
        return None
    return tuple(
        Attempt(_time(item, "at"), _choice(item, "result", ATTEMPT_RESULTS) or "not_reached") for item in items
    )


def _tasks(data: Mapping[str, Any]) -> tuple[Task, ...] | None:
    items = _objects(data, "tasks")
    return None if items is None else tuple(Task(_time(item, "due"), _time(item, "done")) for item in items)


def _iso(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _objects(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]] | None:
    value = data.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise NotFacts(key, "must be a list of objects")
    return value


def _text(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise NotFacts(key, "must be text")
    return value


def _identity(data: Mapping[str, Any], key: str) -> str | int | None:
    value = data.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, str | int)):
        raise NotFacts(key, "must be an id (text or a whole number)")
    return value


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = data.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise NotFacts(key, "must be a list of texts")
    return tuple(value)


def _choice(data: Mapping[str, Any], key: str, choices: tuple[str, ...]) -> str | None:
    value = _text(data, key)
    if value is not None and value not in choices:
        raise NotFacts(key, f"must be one of {', '.join(choices)}, not {value!r}")
    return value


def _flag(data: Mapping[str, Any], key: str) -> bool:
    value = data.get(key)
    if value is not None and not isinstance(value, bool):
        raise NotFacts(key, "must be true or false")
    return bool(value)


def _number(data: Mapping[str, Any], key: str) -> float | None:
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise NotFacts(key, "must be a number")
    return value


def _time(data: Mapping[str, Any], key: str) -> datetime | None:
    value = _text(data, key)
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise NotFacts(key, f"must be a time in ISO 8601, such as 2026-11-17T10:42:00+01:00, not {value!r}") from error
