"""The inbox: calls newest first, filtered, page by page; the choices of its filters and the counts of its tabs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from review.queries.call_rows import PHASES, CallRow

FLAGS = ("objection_missed", "wrongly_closed", "cannot_judge", "partial", "draft", "low_score")


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFilters:
    """What to show; None leaves a question open. Dates are days in UTC, both ends included."""

    state: str | None = None  # a phase (queued, transcribing, scoring, ready, failed, ...) or a state of the row
    rep_id: int | None = None
    team_id: int | None = None
    client_id: int | None = None
    direction: str | None = None  # inbound or outbound
    disposition: str | None = None
    language: str | None = None
    source: str | None = None
    queue: str | None = None
    flag: str | None = None  # one of FLAGS
    score_from: float | None = None  # 0..100
    score_to: float | None = None
    date_from: date | None = None
    date_to: date | None = None

    @property
    def active(self) -> int:
        """How many filters are set."""
        return len(self.to_query())

    def to_query(self) -> dict[str, str]:
        """The set filters as text, ready for a link; `read_filters` reads them back."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: _as_text(value) for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of calls. `next` is the opaque mark to ask for the page after this one; None on the last."""

    rows: tuple[CallRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One entry of a filter's list."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterChoices:
    """What the viewer can choose from in each filter: only what occurs among calls they may see."""

    states: tuple[str, ...]  # phases, in the order a call walks through them
    reps: tuple[Choice, ...]
    teams: tuple[Choice, ...]
    directions: tuple[str, ...]
    dispositions: tuple[str, ...]
    languages: tuple[str, ...]
    sources: tuple[str, ...]
    queues: tuple[str, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCounts:
    """How many calls the viewer can see in each state, zeros included."""

    total: int
    by_phase: Mapping[str, int]
    by_state: Mapping[str, int]


def read_filters(values: Mapping[str, str]) -> InboxFilters:
    """Filters from a page's query string. A value that makes no sense is left out: a stale link still opens."""
    return InboxFilters(
        state=_one_of(values.get("state"), (*PHASES, *(s for states in PHASES.values() for s in states))),
        rep_id=_whole(values.get("rep_id")),
        team_id=_whole(values.get("team_id")),
        client_id=_whole(values.get("client_id")),
        direction=_one_of(values.get("direction"), ("inbound", "outbound")),
        disposition=_text(values.get("disposition")),
        language=_text(values.get("language")),
        source=_text(values.get("source")),
        queue=_text(values.get("queue")),
        flag=_one_of(values.get("flag"), FLAGS),
        score_from=_number(values.get("score_from")),
        score_to=_number(values.get("score_to")),
        date_from=_day(values.get("date_from")),
        date_to=_day(values.get("date_to")),
    )


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else f"{value:g}" if isinstance(value, float) else str(value)


def _text(value: str | None) -> str | None:
    value = (value or "").strip().replace("\x00", "")
    return value[:200] or None


def _one_of(value: str | None, choices: tuple[str, ...]) -> str | None:
    return value if value in choices else None


def _whole(value: str | None) -> int | None:
    text = (value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _number(value: str | None) -> float | None:
    try:
        number = float((value or "").strip().replace(",", "."))
    except ValueError:
        return None
    return number if 0 <= number <= 200 else None


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat((value or "").strip())
    except ValueError:
        return None
