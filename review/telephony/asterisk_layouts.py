"""In which order a call-detail file of Asterisk has its columns: known orders, a heading line, or what stands in them.

Orders from Asterisk's own sources (`cdr_csv.c`, the samples of `cdr_custom.conf`) and FreePBX's table `cdr`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from review.errors import ReviewError


def _columns(names: str) -> tuple[str, ...]:
    return tuple(names.split())


MASTER: Final = _columns(
    "accountcode src dst dcontext clid channel dstchannel lastapp lastdata start answer end duration billsec "
    "disposition amaflags"
)
_NEWER: Final = ("peeraccount", "linkedid", "sequence")
_CUSTOM: Final = _columns(
    "clid src dst dcontext channel dstchannel lastapp lastdata start answer end duration billsec disposition "
    "amaflags accountcode uniqueid userfield"
)
_TABLE: Final = _columns(
    "start clid src dst dcontext channel dstchannel lastapp lastdata duration billsec disposition amaflags "
    "accountcode uniqueid userfield"
)
_FREEPBX: Final = _columns(
    "did recordingfile cnum cnam outbound_cnum outbound_cnam dst_cnam linkedid peeraccount sequence"
)

KNOWN: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("Master.csv", MASTER),
    ("Master.csv with uniqueid", (*MASTER, "uniqueid")),
    ("Master.csv with userfield", (*MASTER, "userfield")),
    ("Master.csv with uniqueid and userfield", (*MASTER, "uniqueid", "userfield")),
    ("Master.csv with the newer columns", (*MASTER, *_NEWER)),
    ("Master.csv with uniqueid and the newer columns", (*MASTER, "uniqueid", *_NEWER)),
    ("Master.csv with userfield and the newer columns", (*MASTER, "userfield", *_NEWER)),
    ("Master.csv with all columns", (*MASTER, "uniqueid", "userfield", *_NEWER)),
    ("cdr_custom", _CUSTOM),
    ("cdr_custom with sequence", (*_CUSTOM, "sequence")),
    ("cdr_custom with linkedid", (*_CUSTOM, "linkedid")),
    ("table cdr", _TABLE),
    ("table cdr of FreePBX", (*_TABLE, *_FREEPBX)),
)

ALIASES: Final = {
    "calldate": "start",
    "starttime": "start",
    "start_time": "start",
    "answertime": "answer",
    "endtime": "end",
    "source": "src",
    "destination": "dst",
    "destinationcontext": "dcontext",
    "destinationchannel": "dstchannel",
    "callerid": "clid",
    "lastapplication": "lastapp",
    "billableseconds": "billsec",
    "unique_id": "uniqueid",
    "linked_id": "linkedid",
    "recording_file": "recordingfile",
}
NEEDED: Final = ("src", "dst", "start", "disposition")

DISPOSITIONS: Final = {
    "ANSWERED": "answered",
    "NO ANSWER": "not_answered",
    "NOANSWER": "not_answered",
    "BUSY": "busy",
    "FAILED": "failed",
    "CONGESTION": "failed",
}
TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?|\d{9,11}(?:\.\d{1,6})?")
UNIQUE_ID: Final = re.compile(r"(?:[\w-]+-)?(\d{9,11})\.\d{1,9}")
_CHANNEL: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*/\S+")
_CALLER: Final = re.compile(r'".*" <.*>|<[^>]*>')
_NUMBER: Final = re.compile(r"\+?[\d*#]{1,25}|s|i|t|h|anonymous", re.IGNORECASE)

_LOOKED_AT: Final = 400  # lines
_ENOUGH: Final = 0.8  # of the lines must fit an order for it to be the file's


class UnknownLayout(ReviewError):
    """The columns of a call-detail file could not be told; `columns` is how many its lines mostly have."""

    code = "unknown_layout"

    def __init__(self, columns: int) -> None:
        super().__init__(
            f"The order of the {columns} columns could not be told, so no call was read. Name them in order with "
            "--columns, for example src,dst,channel,dstchannel,start,disposition,uniqueid (a dash for one not needed)."
        )
        self.columns = columns


@dataclass(frozen=True, slots=True)
class Layout:
    """What to call this order, the columns' names ("" for one of no use), and whether the first line names them."""

    name: str
    columns: tuple[str, ...]
    heading: bool = False


def named_layout(names: str) -> Layout:
    """The order a person wrote down: names with commas, a dash for a column of no use. Raises ValueError."""
    columns = tuple("" if name.strip() == "-" else _own_name(name) for name in names.split(","))
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise ValueError(f"the columns must name {', '.join(missing)}")
    return Layout("as given", columns)


def recognise(rows: Sequence[Sequence[str]]) -> Layout:
    """The order of the columns of these lines. Raises UnknownLayout; ValueError when there is no line."""
    if not rows:
        raise ValueError("no line")
    heading = heading_of(rows[0])
    if all(name in heading for name in NEEDED):
        return Layout("with a heading", heading, heading=True)
    looked = rows[:_LOOKED_AT]
    best: tuple[int, str, tuple[str, ...]] | None = None
    for name, columns in KNOWN:
        fitting = sum(1 for row in looked if _fits(row, columns))
        if fitting >= _ENOUGH * sum(1 for row in looked if len(row) == len(columns)) and (
            best is None or fitting > best[0]
        ):
            best = (fitting, name, columns)
    if best is not None and best[0] > len(looked) / 2:
        return Layout(best[1], best[2])
    return _by_content(looked)


def heading_of(row: Sequence[str]) -> tuple[str, ...]:
    """The cells of a heading line in our names."""
    return tuple(_own_name(cell) for cell in row)


def _own_name(text: str) -> str:
    name = text.strip().strip("\ufeff\"'").casefold().replace(" ", "")
    return ALIASES.get(name, name)


def _fits(row: Sequence[str], columns: Sequence[str]) -> bool:
    if len(row) != len(columns):
        return False
    cells = dict(zip(columns, row, strict=True))
    return (
        TIME.fullmatch(cells["start"]) is not None
        and cells["disposition"].upper() in DISPOSITIONS
        and cells["duration"].replace(".", "", 1).isdigit()
        and cells["billsec"].replace(".", "", 1).isdigit()
        and ("uniqueid" not in cells or UNIQUE_ID.fullmatch(cells["uniqueid"]) is not None)
        and (not cells.get("linkedid") or UNIQUE_ID.fullmatch(cells["linkedid"]) is not None)
        and (not cells.get("sequence") or cells["sequence"].isdigit())
        and not UNIQUE_ID.fullmatch(cells.get("userfield", ""))
        and (not cells.get("clid") or not TIME.fullmatch(cells["clid"]))
    )


def _by_content(rows: Sequence[Sequence[str]]) -> Layout:
    """An order of the company's own, told from what stands in each column. Raises UnknownLayout."""
    widths = [len(row) for row in rows]
    width = max(sorted(set(widths)), key=widths.count)
    cells = [[row[n].strip() for row in rows if len(row) == width] for n in range(width)]
    columns = [""] * width
    for n, kinds in enumerate(cells):
        if _mostly(kinds, lambda text: text.upper() in DISPOSITIONS):
            columns[n] = "disposition"
        elif _mostly(kinds, lambda text: UNIQUE_ID.fullmatch(text) is not None):
            columns[n] = "linkedid" if "uniqueid" in columns else "uniqueid"
        elif _mostly(kinds, lambda text: TIME.fullmatch(text) is not None):
            columns[n] = next((name for name in ("start", "answer", "end") if name not in columns), "")
        elif _mostly(kinds, lambda text: _CHANNEL.fullmatch(text) is not None):
            columns[n] = next((name for name in ("channel", "dstchannel") if name not in columns), "")
        elif _mostly(kinds, lambda text: _CALLER.fullmatch(text) is not None):
            columns[n] = "clid"
    _name_numbers(columns, cells)
    if any(name not in columns for name in NEEDED):
        raise UnknownLayout(width)
    return Layout("told from its contents", tuple(columns))


def _name_numbers(columns: list[str], cells: Sequence[Sequence[str]]) -> None:
    """src and dst: the first two columns of numbers; duration and billsec: two after the start, the first longer."""
    start = columns.index("start") if "start" in columns else len(columns)
    free = [n for n, name in enumerate(columns) if not name and _mostly(cells[n], lambda t: bool(_NUMBER.fullmatch(t)))]
    spoken = [n for n in free if n > start]
    for n, after in itertools.pairwise(spoken):
        pairs = [(a, b) for a, b in zip(cells[n], cells[after], strict=True) if a.isdigit() and b.isdigit()]
        if pairs and all(len(a) <= 6 and int(a) >= int(b) for a, b in pairs):
            columns[n], columns[after] = "duration", "billsec"
            break
    parties = [n for n in free if not columns[n]]
    for n, name in zip(parties, ("src", "dst"), strict=False):
        columns[n] = name


def _mostly(cells: Sequence[str], test: object) -> bool:
    said = [text for text in cells if text]
    return bool(said) and callable(test) and sum(1 for text in said if test(text)) >= _ENOUGH * len(said)
