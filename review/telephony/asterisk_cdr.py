"""Asterisk's call-detail files: lines into calls, broken lines told by their number and passed over."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from review.telephony.asterisk_layouts import DISPOSITIONS, Layout, UnknownLayout, heading_of, recognise
from review.telephony.asterisk_times import Clock, read_time
from review.telephony.pbx_call import Direction, PbxCall, Result, is_extension, is_outside

_ENDPOINT: Final = re.compile(r"(?P<tech>[A-Za-z0-9]+)/(?P<name>.+?)(?:-[0-9a-f]{6,}(?:;\d)?)?$")
_MOST_SECONDS: Final = 48 * 3600


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line that tells of no call: its number (from 1) and what is wrong with it."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class CdrLine:
    """One line: one channel's part in a call. Missing columns are empty; `start` is as written (see Clock)."""

    number: int
    cells: dict[str, str]
    start: datetime
    result: Result
    seconds: int

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def call(self) -> str:
        """Lines of one call share this; "" when the file has no ids."""
        return self["linkedid"] or self["uniqueid"]


@dataclass(frozen=True, slots=True)
class CdrFile:
    """Everything read from a call-detail file, calls in order of time."""

    layout: Layout
    lines: int
    calls: tuple[PbxCall, ...]
    broken: tuple[BrokenLine, ...]


def read_cdr(text: str, *, zone: tzinfo | None = None, layout: Layout | None = None) -> CdrFile:
    """The calls of a call-detail file. `zone` is that of its times; without one it is told from the ids.

    Raises UnknownLayout.
    """
    numbered = list(_rows(text))
    whole = [row for _, row, fault in numbered if fault is None]
    if not whole:
        return CdrFile(layout or Layout("empty", ()), 0, (), tuple(BrokenLine(n, why) for n, _, why in numbered if why))
    try:
        layout = layout or recognise(whole)
    except ValueError as error:
        raise UnknownLayout(0) from error
    read: list[CdrLine] = []
    broken: list[BrokenLine] = []
    for number, row, fault in numbered:
        if layout.heading and heading_of(row) == layout.columns:
            continue
        line = fault or _read_line(number, row, layout)
        if isinstance(line, str):
            broken.append(BrokenLine(number, line))
        else:
            read.append(line)
    clock = Clock(zone, [(line.start, line["uniqueid"]) for line in read])
    return CdrFile(layout, len(read) + len(broken), tuple(_calls(read, clock)), tuple(broken))


def recognise_text(head: str) -> Layout:
    """The order of the columns of a file that begins so; a last line that is cut off does no harm. UnknownLayout."""
    rows = [row for _, row, fault in _rows(head) if fault is None]
    if not rows:
        raise UnknownLayout(0)
    return recognise(rows)


def _rows(text: str) -> Iterator[tuple[int, list[str], str | None]]:
    """(number of the line, its cells, what is wrong with it)."""
    head = text[:20_000]
    separator = max(",;\t", key=head.count)
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if "\x00" in line:
            yield number, [], "it holds zero bytes: the file was cut off or damaged here"
            continue
        try:
            row = next(csv.reader(io.StringIO(line), delimiter=separator, strict=True))
        except (csv.Error, StopIteration) as error:
            yield number, [], f"its quotes do not match ({error})"
            continue
        yield number, row, None


def _read_line(number: int, row: Sequence[str], layout: Layout) -> CdrLine | str:
    """The line, or what is wrong with it."""
    if len(row) != len(layout.columns):
        return f"it has {len(row)} columns, the others have {len(layout.columns)}"
    cells = {name: cell.strip() for name, cell in zip(layout.columns, row, strict=True) if name}
    start = read_time(cells["start"])
    if start is None or not 1990 <= start.year <= 2200:
        return f"its start {cells['start'][:40]!r} is no time"
    result = DISPOSITIONS.get(cells["disposition"].upper())
    if result is None:
        return f"its disposition {cells['disposition'][:40]!r} is none of Asterisk's"
    seconds = _seconds(cells, start)
    if seconds is None:
        return f"its seconds {cells.get('billsec', '')[:40]!r} are no number"
    return CdrLine(number, cells, start, result, seconds)  # type: ignore[arg-type]


def _seconds(cells: dict[str, str], start: datetime) -> int | None:
    text = cells.get("billsec", "")
    if not text:
        answer, end = read_time(cells.get("answer", "")), read_time(cells.get("end", ""))
        if answer is None or end is None:
            return 0
        return max(0, round((end - answer).total_seconds()))
    try:
        seconds = round(float(text))
    except (ValueError, OverflowError):
        return None
    return seconds if 0 <= seconds <= _MOST_SECONDS else None


def _calls(lines: Sequence[CdrLine], clock: Clock) -> Iterator[PbxCall]:
    groups: dict[str, list[CdrLine]] = {}
    for line in lines:
        groups.setdefault(line.call or f"line {line.number}", []).append(line)
    calls = [_call(group, clock) for group in groups.values()]
    yield from sorted(calls, key=lambda call: (call.started_at, call.external_id))


def _call(group: Sequence[CdrLine], clock: Clock) -> PbxCall:
    """One call of its lines: a queue rings many (not answered), a transfer is answered twice."""
    spoken = [line for line in group if line.result == "answered" and line.seconds > 0 and _with_a_person(line)]
    main = max(spoken, key=lambda line: (line.seconds, -line.number)) if spoken else group[-1]
    starts = [clock.aware(line.start, line["uniqueid"]) for line in group]
    ways = [way for line in (main, *group) if (way := _way(line)) is not None]
    direction = ways[0] if ways else None
    reps = list(dict.fromkeys(rep for line in (main, *spoken) if (rep := _rep(line, direction))))
    if not spoken and not reps:
        reps = [rep for line in group if (rep := _rep(line, direction))][:1]
    clients = [number for line in (main, *group) if (number := _client(line, direction))]
    queue = next((line["dst"] for line in group if line["lastapp"].casefold() == "queue" and line["dst"]), None)
    started = min(starts)
    return PbxCall(
        external_id=main.call or _made_id(main, started),
        started_at=started,
        direction=direction,
        result="answered" if spoken else _unanswered(main),
        talk_seconds=sum(line.seconds for line in spoken),
        rep=reps[0] if reps else None,
        other_reps=tuple(reps[1:]),
        client_phone=clients[0] if clients else None,
        queue=queue if direction == "inbound" else None,
        ids=tuple(dict.fromkeys(line["uniqueid"] for line in group if line["uniqueid"])),
        recordings=tuple(dict.fromkeys(name for line in group if (name := _recording(line)))),
        lines=tuple(line.number for line in group),
    )


def _with_a_person(line: CdrLine) -> bool:
    """Whether another channel answered: a menu, an announcement or a mailbox answers alone."""
    return bool(line["dstchannel"]) or "dstchannel" not in line.cells


def _unanswered(line: CdrLine) -> Result:
    return "not_answered" if line.result == "answered" else line.result


def endpoint(channel: str) -> str:
    """Whose channel it is: `201` of `PJSIP/201-0000001a`, `SIP/201-00a1b2c3` and `Local/201@from-queue-000001;2`."""
    match = _ENDPOINT.match(channel.strip())
    return match["name"].partition("@")[0] if match else ""


def _way(line: CdrLine) -> Direction | None:
    caller = line["src"] if is_extension(line["src"]) else endpoint(line["channel"])
    called = endpoint(line["dstchannel"])
    called = called if is_extension(called) else line["dst"]
    if is_extension(caller):  # the number shown to the other side may be the company's; the channel is the caller's
        if is_outside(line["dst"]):
            return "outbound"
        return "internal" if is_extension(called) and called != caller else None
    return "inbound" if line["src"] or is_extension(called) else None


def _rep(line: CdrLine, direction: Direction | None) -> str | None:
    if direction == "inbound":
        called = endpoint(line["dstchannel"])
        if is_extension(called):
            return called
        return line["dst"] if is_extension(line["dst"]) and line["lastapp"].casefold() != "queue" else None
    named = line["cnum"] or line["src"]
    found = named if is_extension(named) else endpoint(line["channel"])
    return found if is_extension(found) else None


def _client(line: CdrLine, direction: Direction | None) -> str | None:
    number = line["dst"] if direction == "outbound" else line["src"]
    return number if is_outside(number) else None


def _recording(line: CdrLine) -> str | None:
    if line["recordingfile"]:
        return line["recordingfile"]
    written = line["lastdata"] if line["lastapp"].casefold() in ("mixmonitor", "monitor") else line["userfield"]
    name = written.partition(",")[0].strip().removeprefix("audio:")
    return name if re.search(r"\.[A-Za-z0-9]{2,5}$", name) else None


def _made_id(line: CdrLine, started: datetime) -> str:
    """For files without ids: the same line gives the same id again."""
    parties = "|".join((line["src"], line["dst"], line["channel"]))
    return f"cdr:{started.isoformat()}|{parties}"[:300]
