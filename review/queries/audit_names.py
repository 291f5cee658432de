"""Whom and what audit events speak of, by name: their rows hold numbers, which say nothing to a reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from review.models import ApiToken, Rep, SamplingRule, Team, User, Webhook
from review.queries.audit_log import LogRow

NAMED: Final[Mapping[str, tuple[InstrumentedAttribute[int], InstrumentedAttribute[str]]]] = {
    "user": (User.id, User.name),
    "team": (Team.id, Team.name),
    "rep": (Rep.id, Rep.name),
    "webhook": (Webhook.id, Webhook.name),
    "token": (ApiToken.id, ApiToken.name),
    "sampling_rule": (SamplingRule.id, SamplingRule.name),
}
"""Kinds of things whose name an administrator may read. Clients and calls are none: admins see no calls."""

SPEAKS_OF: Final[Mapping[str, str]] = {
    "user": "user",
    "user_id": "user",
    "person": "user",
    "people": "user",
    "gone": "user",
    "rep": "rep",
    "rep_id": "rep",
    "team": "team",
    "team_id": "team",
}
"""Details that hold the number of such a thing, or several."""

Names = Mapping[tuple[str, int], str]
"""Names by kind and number; a thing that is gone has none."""


def names_in(session: Session, rows: Iterable[LogRow]) -> Names:
    """The names of everything these events are about or speak of, by one statement a kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.subject_kind in NAMED and row.subject_id.isdecimal() and len(row.subject_id) <= 18:
            wanted[row.subject_kind].add(int(row.subject_id))
        for kind, number in _spoken_of(row.details):
            wanted[kind].add(number)
    found: dict[tuple[str, int], str] = {}
    for kind, numbers in sorted(wanted.items()):
        key, name = NAMED[kind]
        found |= {(kind, number): words for number, words in session.execute(select(key, name).where(key.in_(numbers)))}
    return found


def _spoken_of(details: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for field, value in details.items():
        if isinstance(value, dict):
            yield from _spoken_of(value)
        elif kind := SPEAKS_OF.get(field):
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, int) and not isinstance(one, bool) and 0 < one < 2**63:
                    yield kind, one
