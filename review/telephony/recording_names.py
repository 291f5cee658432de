"""What the name of a recording tells: FreePBX's and Issabel's grammar, and the unique id in any name.

`<kind>-<called>-<caller>-YYYYMMDD-HHMMSS-<uniqueid>.wav`, kinds out, in, exten, internal, external, q, rg, g, force
and ondemand; older ones write `OUT201-…`, `q4000-…` or `g600-…` without the caller. The time is the PBX's local one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import PurePath
from typing import Final

from review.telephony.asterisk_times import Clock
from review.telephony.pbx_call import Direction, is_extension, is_outside

_ID: Final = re.compile(r"(?<![\d.])(?:[A-Za-z][\w]*-)?(\d{9,11}\.\d{1,9})(?![\d])")
_NAME: Final = re.compile(
    r"(?P<kind>out|in|internal|external|exten|q|rg|g|force|ondemand)-(?P<called>[^-]+)-(?P<caller>[^-]+)"
    r"-(?P<day>\d{8})-(?P<time>\d{6})-(?P<id>\d{9,11}\.\d+)",
    re.IGNORECASE,
)
_OLD: Final = re.compile(
    r"(?P<kind>OUT|IN|q|g)(?P<own>\d{2,})-(?P<day>\d{8})-(?P<time>\d{6})-(?P<id>\d{9,11}\.\d+)", re.IGNORECASE
)
_INBOUND: Final = ("in", "q", "rg", "g", "external")


@dataclass(frozen=True, slots=True)
class NamedRecording:
    """What a recording's name says of its call; None where it says nothing. `started_at` is aware."""

    unique_id: str
    started_at: datetime | None = None
    direction: Direction | None = None
    rep: str | None = None
    client_phone: str | None = None
    queue: str | None = None


def read_name(name: str, *, zone: tzinfo | None = None) -> NamedRecording | None:
    """What this file's name (with or without folders) tells, None when it holds no unique id.

    The zone of the time is told from the id where none is given: the id counts seconds of UTC.
    """
    stem = PurePath(name).name
    match = _NAME.search(stem)
    if match:
        return _grammar(match, zone)
    match = _OLD.search(stem)
    if match:
        own, kind = match["own"], match["kind"].casefold()
        return NamedRecording(
            match["id"],
            _moment(match, zone),
            "outbound" if kind == "out" else "inbound",
            rep=own if kind in ("out", "in") and is_extension(own) else None,
            queue=own if kind in ("q", "g") else None,
        )
    found = _ID.search(stem)
    return NamedRecording(found[1]) if found else None


def _grammar(match: re.Match[str], zone: tzinfo | None) -> NamedRecording:
    kind, called, caller = match["kind"].casefold(), match["called"], match["caller"]
    direction: Direction | None
    if kind == "internal" or (is_extension(called) and is_extension(caller)):
        direction = "internal"
    elif kind == "out" or is_extension(caller):
        direction = "outbound"
    elif kind in _INBOUND or is_extension(called):
        direction = "inbound"
    else:
        direction = None
    rep = caller if direction != "inbound" else called
    client = called if direction == "outbound" else caller
    return NamedRecording(
        match["id"],
        _moment(match, zone),
        direction,
        rep=rep if is_extension(rep) and kind not in ("q", "rg", "g") else None,
        client_phone=client if is_outside(client) else None,
        queue=called if kind in ("q", "rg", "g") else None,
    )


def _moment(match: re.Match[str], zone: tzinfo | None) -> datetime | None:
    try:
        local = datetime.strptime(match["day"] + match["time"], "%Y%m%d%H%M%S")
    except ValueError:
        return None
    return Clock(zone, [(local, match["id"])]).aware(local, match["id"]).astimezone(UTC)
