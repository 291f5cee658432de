"""Anchors: the chain's head written down outside the database, so that a cut-off tail is noticed.

A file of JSON lines, `audit-anchor.jsonl`, in the data folder or in the folder that CALLCOACH_AUDIT_ANCHOR names:
another disk, or a share that can only be added to, so that whoever owns the database does not own this as well.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import AuditHead
from review.settings import make_private_folder

NAME: Final = "audit-anchor.jsonl"
TAIL_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Anchor:
    """The chain's end at a moment. `reset`: what was written before no longer counts, because of `why`."""

    number: int
    seal: str
    at: datetime
    reset: bool = False
    why: str = ""


class AnchorsUnreadable(ValueError):
    """A line of the file is not one of ours; the file is left as it is."""

    def __init__(self, path: Path, line: int) -> None:
        super().__init__(f"{path}, line {line}: this is no anchor of the audit log. Nothing was changed.")
        self.path = path
        self.line = line


def head_of(session: Session) -> Anchor:
    """Where the chain ends now."""
    head = session.execute(select(AuditHead)).scalar_one()
    return Anchor(head.number, head.seal, datetime.now(UTC))


def write_anchor(folder: Path, anchor: Anchor) -> bool:
    """Write the head down, unless it stands there already; True when it was. Raises OSError."""
    path = folder / NAME
    make_private_folder(folder)
    if not anchor.reset and (_last_line(path) or {}).get("seal") == anchor.seal:
        return False
    line = {"number": anchor.number, "seal": anchor.seal, "at": anchor.at.isoformat(timespec="seconds")}
    if anchor.reset:
        line |= {"reset": True, "why": anchor.why}
    with open(path, "ab", opener=_private) as file:
        _drop_half_line(path)
        file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def read_anchors(folder: Path) -> tuple[Anchor, ...]:
    """The anchors that count, oldest first; none when the file is not there. Raises AnchorsUnreadable, OSError."""
    path = folder / NAME
    if not path.exists():
        return ()
    found: list[Anchor] = []
    with path.open(encoding="utf-8") as file:
        for place, text in enumerate(file, 1):
            if not text.endswith("\n"):
                break  # a line that is just being written, or was cut off by a crash: the one before it counts
            try:
                line = json.loads(text)
                anchor = Anchor(
                    int(line["number"]),
                    str(line["seal"]),
                    datetime.fromisoformat(line["at"]),
                    bool(line.get("reset", False)),
                    str(line.get("why", "")),
                )
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise AnchorsUnreadable(path, place) from error
            if anchor.reset:
                found.clear()
            found.append(anchor)
    return tuple(found)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _drop_half_line(path: Path) -> None:
    """Take away what a crash left of a line, so that the next one can be read."""
    with path.open("rb+") as file:
        size = path.stat().st_size
        file.seek(max(0, size - TAIL_BYTES))
        tail = file.read()
        if tail and not tail.endswith(b"\n"):
            file.truncate(size - len(tail) + tail.rfind(b"\n") + 1)


def _last_line(path: Path) -> dict[str, object] | None:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    try:
        found = json.loads(lines[-1]) if lines else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
