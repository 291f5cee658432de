"""Reading the CRM's CSV files line by line: every line either has its cells by column name, or a reason why not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

LARGEST_FILE: Final = 64 * 1024 * 1024  # bytes; a CRM export of this size should come in parts
LONGEST_CELL: Final = 2_000  # characters
_LINES_PER_RECORD: Final = 50  # a quoted note may run over lines; an unclosed quote must not swallow the file
_LARGEST_AMOUNT: Final = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class CrmProblem:
    """Something in a file that was not imported, or not as it stands; `line` counts from 1."""

    file: str
    line: int
    why: str


class BadCell(ValueError):
    """A cell that cannot be used; the text says what is wrong and what to write."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line's cells; an absent column and an empty cell both read as ''."""

    number: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str | None:
        """The cell, or None when it is empty."""
        return self.cells.get(column, "").strip() or None

    def required(self, column: str) -> str:
        """The cell. Raises BadCell when it is empty."""
        value = self.text(column)
        if value is None:
            raise BadCell(f"{column} is empty")
        return value

    def choice(self, column: str, choices: Sequence[str], default: str | None) -> str | None:
        """One of the words allowed, in any case. Raises BadCell for another."""
        value = (self.text(column) or "").casefold().replace(" ", "_") or None
        if value is not None and value not in choices:
            raise BadCell(f"{column} {self.text(column)!r} is none of {', '.join(choices)}")
        return value or default

    def time(self, column: str) -> datetime | None:
        """An aware time in UTC; None when the cell is empty. Raises BadCell."""
        value = self.text(column)
        return None if value is None else read_time(column, value)

    def amount(self, column: str) -> Decimal | None:
        """A sum of money to two places; None when the cell is empty. Raises BadCell."""
        value = self.text(column)
        return None if value is None else read_amount(column, value)


@dataclass(slots=True)
class CrmFile:
    """A file being read: what was wrong is gathered in `problems` while the good lines are handed out."""

    path: Path
    required: tuple[str, ...]
    problems: list[CrmProblem] = field(default_factory=list)
    columns: frozenset[str] | None = None  # what the file says anything about; None: all that can be said
    changes: list[Any] | None = None  # where what would change is noted, when somebody wants to see it

    def report(self, line: int, why: str) -> None:
        """Note that something on a line was not imported."""
        self.problems.append(CrmProblem(self.path.name, line, why))

    def lines(self) -> Iterator[Line]:
        """The usable lines, in order."""
        text = self._text()
        if text is None:
            return
        rows = text.records()
        header = next(rows, None)
        if header is None:
            self.report(1, "the file is empty")
            return
        columns = [cell.strip().casefold() for cell in header.cells]
        missing = [name for name in self.required if name not in columns]
        if missing:
            self.report(
                header.number, f"the first line does not name the column {', '.join(missing)}; nothing was read"
            )
            return
        if len(set(filter(None, columns))) != len([name for name in columns if name]):
            self.report(header.number, "the first line names a column twice; nothing was read")
            return
        for row in rows:
            line = self._usable(row, columns)
            if line is not None:
                yield line

    def each(self, use: Callable[[Line], None]) -> None:
        """Call `use` with every usable line; a BadCell it raises is reported and that line skipped."""
        for line in self.lines():
            try:
                use(line)
            except BadCell as error:
                self.report(line.number, f"{error}; the line was skipped")

    def _text(self) -> _CsvText | None:
        try:
            if self.path.stat().st_size > LARGEST_FILE:
                self.report(1, f"the file is larger than {LARGEST_FILE // 1024 // 1024} MB; split it")
                return None
            data = self.path.read_bytes()
        except OSError as error:
            self.report(1, f"the file cannot be read ({error.strerror or 'error'})")
            return None
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            self.report(1, "the file is UTF-16; save it as CSV in UTF-8")
            return None
        return _CsvText(data.decode("utf-8-sig", "surrogateescape"), self.report)

    def _usable(self, row: _Row, columns: Sequence[str]) -> Line | None:
        if not any(cell.strip() for cell in row.cells):
            return None
        if len(row.cells) != len(columns):
            self.report(row.number, f"it has {len(row.cells)} cells where the first line names {len(columns)} columns")
            return None
        for name, cell in zip(columns, row.cells, strict=True):
            if any("\ud800" <= character <= "\udfff" for character in cell):
                self.report(row.number, f"{name or 'a cell'} is not UTF-8 text")
                return None
            if "\x00" in cell or len(cell) > LONGEST_CELL:
                self.report(row.number, f"{name or 'a cell'} holds a NUL or over {LONGEST_CELL} characters")
                return None
        return Line(row.number, dict(zip(columns, row.cells, strict=True)))


def read_time(column: str, value: str) -> datetime:
    """ISO 8601 with a zone, without one (UTC), or a date alone (midnight UTC). Raises BadCell."""
    wrong = BadCell(f"{column} {value!r} is no time; write it like 2026-11-17T10:42:00+01:00 or 2026-11-17")
    try:
        at = datetime.combine(date.fromisoformat(value), time(), tzinfo=UTC)
    except ValueError:
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            raise wrong from None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    if not 1970 <= at.year <= 2200:
        raise wrong
    return at.astimezone(UTC)


def read_amount(column: str, value: str) -> Decimal:
    """A sum written `4800`, `4800.5`, `4 800,50`, `4,800.50` or `4.800,50`. Raises BadCell where it is ambiguous."""
    digits = re.sub(r"[\s']", "", value)
    if re.fullmatch(r"-?\d{1,3}[.,]\d{3}", digits):
        raise BadCell(f"{column} {value!r} can be read in two ways; write it without a mark between thousands")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d{1,2})?", digits):
        digits = digits.replace(",", "")
    elif re.fullmatch(r"-?\d{1,3}(\.\d{3})+(,\d{1,2})?", digits):
        digits = digits.replace(".", "")
    digits = digits.replace(",", ".")
    try:
        amount = Decimal(digits) if re.fullmatch(r"-?\d+(\.\d+)?", digits) else None
    except InvalidOperation:
        amount = None
    if amount is None or abs(amount) >= _LARGEST_AMOUNT:
        raise BadCell(f"{column} {value!r} is no sum; write it like 4800 or 4800.50")
    return amount.quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class _CsvText:
    text: str
    report: Callable[[int, str], None]

    def records(self) -> Iterator[_Row]:
        """Records one after the other; a record that breaks the rules of quoting is reported, and only its first line
        is given up."""
        lines = list(io.StringIO(self.text, newline=""))
        separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
        at = 0
        while at < len(lines):
            upto = min(at + _LINES_PER_RECORD, len(lines))
            reader = csv.reader((lines[k] for k in range(at, upto)), delimiter=separator, strict=True)
            try:
                cells = next(reader)
            except csv.Error as error:
                self.report(at + 1, f"its quotes do not fit together ({error}); the line was skipped")
                at += 1
                continue
            yield _Row(at + 1, cells)
            at += reader.line_num
