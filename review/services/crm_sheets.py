"""A table out of a CSV or Excel file: headings and lines of texts, whatever program wrote it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from review.errors import ReviewError
from review.services.crm_files import LONGEST_CELL

MOST_LINES: Final = 20_000
MOST_COLUMNS: Final = 100
LARGEST_UNPACKED: Final = 64 * 1024 * 1024  # bytes, 20,000 lines of 40 columns; a zip of 0.4 MB may unpack to 150 MB
MOST_ROWS: Final = 1_048_576  # Excel has no more; a file that names row 2,000,000,000 leaves all before it empty
_ENCODINGS: Final = ("utf-8-sig", "cp1251", "cp949", "gb18030")
_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"


class BadSheet(ReviewError):
    """A file that no table can be read from; the text says what to do."""

    code = "bad_sheet"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the headings, and (number in the file, cells) of each line that holds something."""

    name: str
    headings: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]
    cut: bool = False  # there were more lines than MOST_LINES


def read_sheet(path: Path, name: str) -> Sheet:
    """Read the first table of the file; `name` is what people call it. Raises BadSheet."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise BadSheet(f"'{name}' is not there any more: upload it again.") from error
    if not start:
        raise BadSheet(f"'{name}' is empty.")
    if start == _OLD_EXCEL:
        raise BadSheet(f"'{name}' is in the old Excel format: save it as .xlsx or CSV and upload that.")
    return _make(name, _excel(path, name) if start == _ZIP else _csv(path, name))


def _make(name: str, records: Iterable[tuple[int, list[str]]]) -> Sheet:
    rows = iter(records)
    first = next((cells for _number, cells in rows if any(cells)), None)
    if first is None:
        raise BadSheet(f"'{name}' holds no lines.")
    width = max((at + 1 for at, cell in enumerate(first) if cell), default=0)
    if width > MOST_COLUMNS:
        raise BadSheet(f"'{name}' has more than {MOST_COLUMNS} columns: leave out those that are not needed.")
    headings = tuple(cell or f"({at + 1})" for at, cell in enumerate(first[:width]))
    if len(set(headings)) != len(headings):
        twice = next(heading for heading in headings if headings.count(heading) > 1)
        raise BadSheet(f"The first line of '{name}' has the heading '{twice}' twice: name the columns apart.")
    lines: list[tuple[int, tuple[str, ...]]] = []
    cut = False
    for number, cells in rows:
        if len(lines) == MOST_LINES:
            cut = True
            break
        padded = (cells + [""] * width)[:width]
        if any(padded):
            lines.append((number, tuple(padded)))
    if not lines:
        raise BadSheet(f"'{name}' has headings but no lines below them.")
    return Sheet(name, headings, tuple(lines), cut)


def _csv(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        text = ""
        for encoding in _ENCODINGS:
            try:
                text = data.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    if not text or "\x00" in text[:10_000]:
        raise BadSheet(f"'{name}' is neither an Excel file nor CSV text.")
    first = text.lstrip().partition("\n")[0]
    separator = max((";", ",", "\t"), key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        for cells in reader:
            yield reader.line_num, [_clean(cell) for cell in cells]
    except csv.Error as error:
        raise BadSheet(f"'{name}' cannot be read behind line {reader.line_num} ({error}).") from error


def _excel(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > LARGEST_UNPACKED:
                raise BadSheet(f"'{name}' is too large: export fewer lines at once.")
        book = load_workbook(path, read_only=True, data_only=True)
    except BadSheet:
        raise
    except Exception as error:
        raise BadSheet(f"'{name}' is no Excel file that can be read: save it anew as .xlsx or as CSV.") from error
    try:
        sheet = book.worksheets[0] if book.worksheets else None
        if sheet is None:
            raise BadSheet(f"'{name}' holds no sheet.")
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1), 1):
            if number > MOST_ROWS:
                break
            filled = any(value is not None for value in row)
            yield number, [_clean(_text(value)) for value in row] if filled else []
    except BadSheet:
        raise
    except Exception as error:
        raise BadSheet(f"'{name}' is broken: save it anew as .xlsx or as CSV.") from error
    finally:
        book.close()


def _text(value: Any) -> str:
    """A cell as people read it: whole numbers without a point, times in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _clean(text: str) -> str:
    return text.replace("\x00", "").replace("\ufeff", "").strip()[:LONGEST_CELL]
