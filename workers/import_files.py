"""Bringing recordings in by hand: files and folders, with a table of facts when there is one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from workers.bundles import BadFactsFile, Bundle, audio_files, bundles

FILE_COLUMNS = ("file", "second_leg", "transcript")


@dataclass(frozen=True, slots=True)
class Planned:
    """One call to bring in, or what is wrong with a line of the table (`problem`, and then nothing to bring in)."""

    bundle: Bundle
    facts: dict[str, str] = field(default_factory=dict)
    problem: str | None = None
    label: str = ""


def plan_import(paths: Sequence[Path], table: Path | None) -> Iterator[Planned]:
    """What `callcoach import` will bring in, in order: lines of the table first, then files it does not name.

    Raises BadFactsFile when the table itself cannot be read.
    """
    found = audio_files(paths)
    named: set[Path] = set()
    if table is not None:
        for line in read_table(table):
            planned = _from_line(line, table, found)
            named.update(path.resolve() for path in planned.bundle.legs)
            yield planned
    rest = [path for path in found if path.resolve() not in named]
    for bundle in bundles(rest):
        label = " + ".join(str(leg) for leg in bundle.legs)
        missing = [leg for leg in bundle.legs if not leg.is_file()]
        if missing:
            yield Planned(bundle, problem=f"there is no file {missing[0]}", label=label)
            continue
        try:
            yield Planned(bundle, bundle.facts(), label=label)
        except BadFactsFile as error:
            yield Planned(bundle, problem=str(error), label=label)


def read_table(path: Path) -> list[dict[str, str]]:
    """The lines of a facts table: comma or semicolon, UTF-8, column names in the first line, one of them `file`.

    Raises BadFactsFile.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFactsFile(f"'{path}' is not UTF-8 text: save it as CSV UTF-8.") from error
    except OSError as error:
        raise BadFactsFile(f"'{path}' cannot be read: {(error.strerror or str(error)).lower()}.") from error
    head = text.partition("\n")[0]
    separator = ";" if head.count(";") > head.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        columns = [(name or "").strip().casefold() for name in reader.fieldnames or ()]
        rows = list(reader)
    except csv.Error as error:
        raise BadFactsFile(f"'{path}' cannot be read as a table (line {reader.line_num}: {error}).") from error
    if "file" not in columns:
        raise BadFactsFile(f"'{path}' has no column 'file': the first line must name the columns.")
    lines = []
    for row in rows:
        values = [value for key, value in row.items() if key is not None]
        lines.append({name: (value or "").strip() for name, value in zip(columns, values, strict=False)})
    return lines


def _from_line(line: dict[str, str], table: Path, found: Sequence[Path]) -> Planned:
    facts = {name: value for name, value in line.items() if name and name not in FILE_COLUMNS and value}
    paths: list[Path] = []
    for column in ("file", "second_leg"):
        if not line.get(column):
            continue
        path = _locate(line[column], table, found)
        if path is None:
            label = line[column]
            return Planned(
                Bundle(()), problem=f"the table names it, and it is not there (column {column})", label=label
            )
        paths.append(path)
    if not paths and not line.get("transcript"):
        return Planned(Bundle(()), problem="the line names no file", label=table.name)
    bundle = Bundle(tuple(paths))
    if line.get("transcript"):
        transcript = _locate(line["transcript"], table, ())
        if transcript is None:
            return Planned(bundle, problem="its transcript is not there", label=line["transcript"])
        bundle = replace(bundle, transcript=transcript)
    elif paths:
        bundle = replace(bundle, transcript=bundles(paths[:1])[0].transcript)
    return Planned(bundle, facts, label=" + ".join(str(path) for path in paths) or line["transcript"])


def _locate(name: str, table: Path, found: Sequence[Path]) -> Path | None:
    """The file a line means: beside the table, as named from here, or among the given files by its name."""
    for path in (table.parent / name, Path(name)):
        if path.is_file():
            return path
    same = [path for path in found if path.name == Path(name).name and path.is_file()]
    return same[0] if len(same) == 1 else None
