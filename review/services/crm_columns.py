"""What the columns of a table are: guessed from their headings in four languages, said by a person, remembered."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy.orm import Session

from review.models import CrmMapping, utc_now
from review.services.crm_words import HEADINGS

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "clients": ("id", "name", "company", "phones", "email", "potential", "group", "product_group", "note",
                "created_at"),
    "deals": ("id", "client", "client_phone", "title", "stage", "stage_since", "amount", "currency", "rep", "status",
              "loss_reason", "opened_at", "closed_at"),
    "leads": ("id", "client", "client_phone", "title", "stage", "stage_since", "amount", "currency", "rep", "status",
              "loss_reason", "opened_at", "closed_at"),
    "tasks": ("id", "client", "client_phone", "deal", "title", "rep", "due_at", "done_at"),
}  # fmt: skip
"""What a file can bring, and the columns of each."""
CUSTOM: Final = "custom"
"""A column kept on the client's card under its own heading."""

_BY_WORD: Final[Mapping[str, tuple[str, ...]]] = {
    word: tuple(column for column, words in HEADINGS.items() if word in words.split())
    for words in HEADINGS.values()
    for word in words.split()
}
_TELLING: Final[Mapping[str, frozenset[str]]] = {
    "tasks": frozenset({"due_at", "done_at", "deal"}),
    "deals": frozenset({"stage", "amount", "status", "loss_reason", "closed_at", "stage_since"}),
    "clients": frozenset({"phones", "email", "company"}),
}


def guess_columns(headings: Sequence[str], entity: str) -> dict[str, str]:
    """{heading: column} for headings that clearly mean one of the entity's columns; each column at most once."""
    found: dict[str, str] = {}
    for heading in headings:
        folded = re.sub(r"[\W_]+", "", heading.casefold())
        folded_with_dot = re.sub(r"[^\w.]+", "", heading.casefold())
        for column in _BY_WORD.get(folded) or _BY_WORD.get(folded_with_dot) or ():
            if column in COLUMNS[entity] and column not in found.values():
                found[heading] = column
                break
    if entity != "clients":  # a column of numbers in a list of deals is the client's
        for heading in headings:
            folded = re.sub(r"[\W_]+", "", heading.casefold())
            if heading not in found and "phones" in _BY_WORD.get(folded, ()) and "client_phone" not in found.values():
                found[heading] = "client_phone"
    return found


def guess_entity(headings: Sequence[str]) -> str:
    """What the lines are most likely: tasks where there are due dates, deals where there are sums or stages."""
    best, most = "clients", 0
    for entity, telling in _TELLING.items():
        hits = len(telling & set(guess_columns(headings, entity).values()))
        if hits > most:
            best, most = entity, hits
    if best == "deals" and any(re.search(r"\blead|лид|리드|线索", heading.casefold()) for heading in headings):
        return "leads"
    return best


def recall_mapping(session: Session, headings: Sequence[str]) -> tuple[str, dict[str, str]] | None:
    """(entity, {heading: column}) that a person chose for these headings before; None when nobody did."""
    row = session.get(CrmMapping, _key(headings))
    if row is None or row.entity not in COLUMNS:
        return None
    return row.entity, {str(h): str(c) for h, c in row.columns.items() if h in headings}


def keep_mapping(session: Session, headings: Sequence[str], entity: str, columns: Mapping[str, str]) -> None:
    """Remember what was chosen. Does not commit."""
    row = session.get(CrmMapping, _key(headings))
    if row is None:
        session.add(CrmMapping(headings=_key(headings), entity=entity, columns=dict(columns), used_at=utc_now()))
    else:
        row.entity, row.columns, row.used_at = entity, dict(columns), utc_now()
    session.flush()


def _key(headings: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(heading.casefold() for heading in headings).encode("utf-8")).hexdigest()
