"""Call facts as they arrive: read from text fields, checked, and put into the words the tables use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

from review.errors import BadFacts
from review.models import CALL_RESULTS, DIRECTIONS, DISPOSITIONS
from review.services.display_names import display_text, has_control
from review.text.phones import read_phone

LONGEST: Final = 300  # characters of one fact
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "direction": {"in": "inbound", "incoming": "inbound", "out": "outbound", "outgoing": "outbound"},
    "disposition": {"lost": "closed_lost", "closed": "closed_lost", "disqualified": "unqualified"},
    "result": {"missed": "not_answered", "no_answer": "not_answered", "unanswered": "not_answered"},
}
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "direction": DIRECTIONS,
    "disposition": DISPOSITIONS,
    "result": CALL_RESULTS,
}
_LONGEST_TALK: Final = 7 * 86_400  # seconds; more is a clock that was wrong
_SHORTEST_NUMBER: Final = 6  # digits
_FIRST_YEAR, _LAST_YEAR = 1950, 2200  # outside them a clock was wrong; the years 1 and 9999 have times without UTC
_NO_NUMBER: Final = frozenset({"anonymous", "unknown", "unavailable", "restricted", "private", "withheld"})


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What a sender knows of a call; None means unknown. `started_at` is aware; `client` and `deal` are CRM ids.

    `rep` is a name, extension or e-mail address; `client_phone` any usual spelling of a number; `result` says whether
    somebody answered, `talk_seconds` counts from then on.
    """

    source: str = "upload"
    external_id: str | None = None
    direction: str | None = None
    started_at: datetime | None = None
    rep: str | None = None
    client_phone: str | None = None
    queue: str | None = None
    disposition: str | None = None
    loss_reason: str | None = None
    language: str | None = None
    client: str | None = None
    deal: str | None = None
    result: str | None = None
    talk_seconds: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The known facts as plain data, as the delivery keeps them."""
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in known.items()
            if value is not None
        }


FACT_NAMES: Final = tuple(field.name for field in fields(CallFacts))


def read_facts(mapping: Mapping[str, str]) -> CallFacts:
    """The facts among text fields (a CSV line, a form, query arguments); other fields and empty ones are passed over.

    Raises BadFacts naming the field, its value and the fix.
    """
    values: dict[str, Any] = {}
    for name in FACT_NAMES:
        text = (mapping.get(name) or "").strip()
        if not text:
            continue
        values[name] = _READERS[name](name, text) if name in _READERS else text
    return check_facts(CallFacts(**values))


def check_facts(facts: CallFacts, *, region: str | None = None) -> CallFacts:
    """The same facts in the tables' words, numbers as E.164 where `region` (a country) allows. Raises BadFacts."""
    values: dict[str, Any] = {}
    for field in fields(facts):
        value = getattr(facts, field.name)
        if isinstance(value, str):
            values[field.name] = _read_text(field.name, value)
    checked = replace(facts, **values)
    if checked.source is None:
        checked = replace(checked, source="upload")
    if checked.started_at is not None and checked.started_at.tzinfo is None:
        raise BadFacts("started_at", checked.started_at.isoformat(), _TIME_FIX)
    if checked.started_at is not None and not _FIRST_YEAR <= checked.started_at.year <= _LAST_YEAR:
        raise BadFacts("started_at", checked.started_at.isoformat(), f"give a year {_FIRST_YEAR}-{_LAST_YEAR}")
    return replace(
        checked,
        direction=_choose("direction", checked.direction),
        disposition=_choose("disposition", checked.disposition),
        result=_choose("result", checked.result),
        language=_read_language(checked.language),
        client_phone=_read_number(checked.client_phone, region),
    )


_TIME_FIX: Final = "give the time with its zone, for example 2026-11-17T10:42:00+01:00"


def _read_time(name: str, text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise BadFacts(name, text[:80], _TIME_FIX) from None
    if time.tzinfo is None:
        raise BadFacts(name, text[:80], _TIME_FIX)
    return time


def _read_seconds(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) > _LONGEST_TALK:
        raise BadFacts(name, text[:80], "give whole seconds, at most a week")
    return int(text)


_READERS: Final[Mapping[str, Callable[[str, str], Any]]] = {"started_at": _read_time, "talk_seconds": _read_seconds}


def _read_text(name: str, text: str) -> str | None:
    if name in ("source", "external_id", "client", "deal"):  # ids: changing one would make it another
        text = text.strip()
        if len(text) > LONGEST:
            raise BadFacts(name, text[:40] + "…", f"use at most {LONGEST} characters")
        if has_control(text):
            raise BadFacts(name, display_text(text), "it holds characters that cannot be seen: send it without them")
        return text or None
    return display_text(text, longest=LONGEST) or None


def _choose(name: str, text: str | None) -> str | None:
    if text is None:
        return None
    word = re.sub(r"[\s-]+", "_", text.casefold())
    word = _WORDS[name].get(word, word)
    if word not in _CHOICES[name]:
        raise BadFacts(name, text, f"use one of {', '.join(_CHOICES[name])}")
    return word


def _read_language(text: str | None) -> str | None:
    if text is None:
        return None
    language = re.split(r"[-_]", text.casefold())[0]
    if not _LANGUAGE.fullmatch(language):
        raise BadFacts("language", text, "give its two-letter code, such as en, ru, ko or zh")
    return language


def _read_number(text: str | None, region: str | None) -> str | None:
    """E.164 where it is a number; other text (an extension, a SIP address) as it came; None for a hidden number."""
    if text is None or text.casefold() in _NO_NUMBER:
        return None
    if sum(character.isdigit() for character in text) < _SHORTEST_NUMBER:
        return text  # an inner extension; read as a number of the region it would look like a stranger's
    return read_phone(text, region or "ZZ") or text
