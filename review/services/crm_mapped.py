"""Importing a table by its mapping: a dry run that shows what would change, and then the import itself."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import Client, ClientPhone
from review.services import audit
from review.services.crm_columns import COLUMNS, CUSTOM, keep_mapping
from review.services.crm_files import BadCell, CrmFile, CrmProblem, Line
from review.services.crm_rows import ClientRows, Counts, DealRows, RowChange, TaskRows
from review.services.crm_sheets import Sheet
from review.services.crm_words import POTENTIAL_WORDS, STATUSES
from review.services.matching import link_calls
from review.text.phones import read_phone

MOST_SHOWN: Final = 200
NEEDS: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "clients": (("name", "company"),),
    "deals": (("client", "client_phone"), ("title",)),
    "leads": (("client", "client_phone"), ("title",)),
    "tasks": (("client", "client_phone"), ("title",)),
}
"""For each entity: groups of columns of which one must be there."""
_DAY_FIRST: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})\.?(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_TIMES: Final = frozenset({"created_at", "stage_since", "opened_at", "closed_at", "due_at", "done_at"})


class MappingLacks(ReviewError):
    """A table cannot be imported without a column: `one_of` are the columns of which one is needed."""

    code = "mapping_lacks"

    def __init__(self, one_of: tuple[str, ...]) -> None:
        super().__init__(f"Say which column is {' or '.join(one_of)}: without it no line can be used.")
        self.one_of = one_of


@dataclass(frozen=True, slots=True)
class MappedReport:
    """What an import brings: counts, the first changes, and what cannot be used."""

    created: int
    updated: int
    unchanged: int
    changes: tuple[RowChange, ...]
    more_changes: int
    problems: tuple[CrmProblem, ...]


def preview_sheet(
    session: Session, sheet: Sheet, entity: str, columns: Mapping[str, str], *, region: str
) -> MappedReport:
    """What importing would change; nothing is changed. Raises MappingLacks."""
    point = session.begin_nested()
    try:
        return _import(session, sheet, entity, columns, region)
    finally:
        point.rollback()


def import_sheet(
    session: Session, sheet: Sheet, entity: str, columns: Mapping[str, str], *, region: str, by: int | None
) -> MappedReport:
    """Import, remember the mapping, and let calls find their clients. Raises MappingLacks. Does not commit."""
    report = _import(session, sheet, entity, columns, region)
    session.flush()
    keep_mapping(session, sheet.headings, entity, columns)
    link_calls(session)
    audit.record(
        session,
        by,
        "crm.imported",
        "crm",
        "sheet",
        file=sheet.name,
        entity=entity,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        problems=len(report.problems),
    )
    return report


def _import(session: Session, sheet: Sheet, entity: str, columns: Mapping[str, str], region: str) -> MappedReport:
    used = {heading: column for heading, column in columns.items() if column in (*COLUMNS[entity], CUSTOM)}
    for one_of in NEEDS[entity]:
        if not set(one_of) & set(used.values()):
            raise MappingLacks(one_of)
    changes: list[RowChange] = []
    file = MappedFile(session, sheet, entity, used, region, changes)
    rows: ClientRows | DealRows | TaskRows
    if entity == "clients":
        rows = ClientRows(session, file, region)
    else:
        rows = TaskRows(session, file) if entity == "tasks" else DealRows(session, file)
    file.each(rows.take)
    session.flush()
    counts: Counts = rows.counts
    shown = _joined(changes)
    return MappedReport(
        created=counts.created,
        updated=counts.updated,
        unchanged=counts.unchanged,
        changes=tuple(shown[:MOST_SHOWN]),
        more_changes=max(0, len(shown) - MOST_SHOWN),
        problems=tuple(file.problems),
    )


class MappedFile(CrmFile):
    """A table whose columns a person named, read as if it were one of the files of the folder import."""

    def __init__(
        self,
        session: Session,
        sheet: Sheet,
        entity: str,
        columns: Mapping[str, str],
        region: str,
        changes: list[RowChange],
    ) -> None:
        has = {column for column in columns.values() if column != CUSTOM} | {"id", "client"}
        super().__init__(Path(sheet.name), (), columns=frozenset(has), changes=changes)
        self._session = session
        self._sheet = sheet
        self._entity = entity
        self._columns = columns
        self._region = region

    def lines(self) -> Iterator[Line]:
        """The table's lines with the cells under our names."""
        places = [
            (at, f"custom.{heading}" if self._columns[heading] == CUSTOM else self._columns[heading])
            for at, heading in enumerate(self._sheet.headings)
            if heading in self._columns
        ]
        for number, values in self._sheet.lines:
            cells = {name: values[at] for at, name in places}
            try:
                yield Line(number, self._completed(cells))
            except BadCell as error:
                self.report(number, f"{error}; the line was skipped")

    def _completed(self, cells: dict[str, str]) -> dict[str, str]:
        for name in _TIMES & set(cells):
            cells[name] = _time(cells[name])
        for name, words in (("status", STATUSES), ("potential", POTENTIAL_WORDS)):
            if cells.get(name):
                cells[name] = _word(cells[name], words)
        if "phones" in cells:
            cells["phones"] = re.sub(r"\s*[,;/\n]\s*", "|", cells["phones"])
        if self._entity == "clients":
            cells.setdefault("id", "")
            cells["id"] = cells["id"] or self._client_key(cells)
            return cells
        if self._entity == "leads":
            cells["kind"] = "lead"
        cells["client"] = cells.get("client") or self._client_of(cells)
        parts = (cells["client"], cells.get("title", ""), cells.get("due_at", cells.get("opened_at", "")))
        cells["id"] = cells.get("id") or f"sheet:{_digest(parts)}"
        return cells

    def _client_key(self, cells: Mapping[str, str]) -> str:
        """A line without an id is the client with its number or address; else one of its own, found again by both."""
        phones = [found for text in cells.get("phones", "").split("|") if (found := read_phone(text, self._region))]
        for phone in phones:
            known = self._by_phone(phone)
            if known is not None:
                return known
        email = cells.get("email", "").casefold()
        if email:
            same = self._session.scalars(
                select(Client.external_id).where(Client.email == email, Client.external_id.is_not(None)).limit(2)
            ).all()
            if len(same) == 1 and same[0]:
                return same[0]
        key = phones[:1] or [email] if (phones or email) else [cells.get("name", ""), cells.get("company", "")]
        return f"sheet:{_digest(key)}"

    def _client_of(self, cells: Mapping[str, str]) -> str:
        phone = read_phone(cells.get("client_phone", ""), self._region)
        known = self._by_phone(phone) if phone is not None else None
        if known is None:
            raise BadCell(f"no client has the number {cells.get('client_phone', '')!r}")
        return known

    def _by_phone(self, phone: str) -> str | None:
        found = self._session.execute(
            select(Client.id, Client.external_id)
            .join(ClientPhone, ClientPhone.client_id == Client.id)
            .where(ClientPhone.e164 == phone)
            .limit(2)
        ).all()
        if len(found) != 1:
            return None
        if found[0].external_id is None:
            client = self._session.get_one(Client, found[0].id)
            client.external_id = f"sheet:{_digest([phone])}"
            self._session.flush()
            return client.external_id
        return str(found[0].external_id)


def _time(text: str) -> str:
    """A time as most programs write it, in ISO 8601; what is not understood stays, to be named as it is."""
    for pattern, order in ((_DAY_FIRST, (3, 2, 1)), (_YEAR_FIRST, (1, 2, 3))):
        found = pattern.fullmatch(text.strip())
        if found is not None:
            year, month, day = (int(found[at]) for at in order)
            hour, minute, second = (int(found[at] or 0) for at in (4, 5, 6))
            try:
                return datetime(year, month, day, hour, minute, second, tzinfo=UTC).isoformat()
            except ValueError:
                return text
    return text


def _word(text: str, words: Mapping[str, str]) -> str:
    folded = re.sub(r"[^\w]+", "", text.casefold())
    return next((ours for ours, theirs in words.items() if folded in theirs.split()), text)


def _digest(parts: Any) -> str:
    return hashlib.sha256("\x1f".join(str(part).casefold() for part in parts).encode("utf-8")).hexdigest()[:24]


def _joined(changes: list[RowChange]) -> list[RowChange]:
    """One entry for each line: a client's values, numbers and own fields are noted one after the other."""
    found: dict[int, RowChange] = {}
    for change in changes:
        before = found.get(change.line)
        if before is None:
            found[change.line] = change
        else:
            fields = (*before.fields, *change.fields)
            found[change.line] = RowChange(change.line, before.label, before.is_new, fields)
    return list(found.values())
