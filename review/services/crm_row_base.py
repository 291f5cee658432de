"""What the classes that turn lines of a CRM's files into rows share: counts, ids seen, and what each line changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from review.models import Client, Rep
from review.services.crm_files import BadCell, CrmFile, Line
from review.services.people import find_rep

LONGEST_KEY: Final = 200  # characters of an id or code


@dataclass(frozen=True, slots=True)
class RowChange:
    """What one line makes or changes: `fields` are (column, before, after) as people read them."""

    line: int
    label: str
    is_new: bool
    fields: tuple[tuple[str, str, str], ...]


COLUMN_OF: Final[Mapping[str, str]] = {
    "client_group": "group", "rep_id": "rep", "client_id": "client", "deal_id": "deal", "team_id": "team"
}  # fmt: skip
"""How a file calls what a row calls otherwise."""


@dataclass(slots=True)
class Counts:
    """How many rows were made, changed, or already as the file says."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def count(self, *, is_new: bool, changed: bool) -> None:
        """Count one row."""
        if is_new:
            self.created += 1
        elif changed:
            self.updated += 1
        else:
            self.unchanged += 1


class Rows:
    """What all files share: the counts, ids seen, and the reps already looked up."""

    def __init__(self, session: Session, file: CrmFile) -> None:
        self.session = session
        self.file = file
        self.counts = Counts()
        self._seen: dict[str, int] = {}
        self._reps: dict[str, int | None] = {}

    def _once(self, line: Line, column: str) -> str:
        """The line's key. Raises BadCell when an earlier line has the same."""
        key = line.required(column)
        if len(key) > LONGEST_KEY:
            raise BadCell(f"{column} is longer than {LONGEST_KEY} characters")
        if key in self._seen:
            raise BadCell(f"{column} {key!r} is on line {self._seen[key]} already")
        self._seen[key] = line.number
        return key

    def _rep(self, line: Line) -> int | None:
        """The rep the line names; one who is not known is reported and left out."""
        text = line.text("rep")
        if text is None:
            return None
        if text not in self._reps:
            self._reps[text] = find_rep(self.session, text)
        if self._reps[text] is None:
            self.file.report(line.number, f"rep {text!r} is not known, or means several; imported without a rep")
        return self._reps[text]

    def _change(self, line: Line, label: str, row: object, values: Mapping[str, Any], *, is_new: bool) -> bool:
        """Set what differs; True when anything did. What the file has no column for stays as it is."""
        has = self.file.columns
        kept = {name: value for name, value in values.items() if has is None or COLUMN_OF.get(name, name) in has}
        before = {name: None if is_new else getattr(row, name) for name in kept}
        changed = {name: value for name, value in kept.items() if before[name] != value}
        for name, value in changed.items():
            setattr(row, name, value)
        self._note(line, label, {name: (before[name], value) for name, value in changed.items()}, is_new=is_new)
        return bool(changed)

    def _note(self, line: Line, label: str, fields: Mapping[str, tuple[Any, Any]], *, is_new: bool) -> None:
        """Keep what a line changes, for the dry run."""
        if self.file.changes is not None and (fields or is_new):
            shown = tuple(
                (COLUMN_OF.get(name, name), self._shown(name, old), self._shown(name, new))
                for name, (old, new) in fields.items()
            )
            self.file.changes.append(RowChange(line.number, label, is_new, shown))

    def _shown(self, name: str, value: Any) -> str:
        if value is None:
            return ""
        if name == "rep_id":
            rep = self.session.get(Rep, value)
            return rep.name if rep is not None else ""
        if name == "client_id":
            client = self.session.get(Client, value)
            return client.name or client.company or "" if client is not None else ""
        return value.isoformat(sep=" ", timespec="minutes") if isinstance(value, datetime) else str(value)
