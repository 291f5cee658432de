"""A call as a telephone system tells of it, before it is matched with anyone here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from review.services.call_facts import CallFacts

Direction = Literal["inbound", "outbound", "internal"]
Result = Literal["answered", "not_answered", "busy", "failed"]

LONGEST_EXTENSION: Final = 5
"""Digits of a colleague's own number at most; a number of six digits and more is somebody outside."""

_EXTENSION: Final = re.compile(rf"\d{{2,{LONGEST_EXTENSION}}}")
_OUTSIDE: Final = re.compile(rf"\+?[\d() .-]{{{LONGEST_EXTENSION + 1},30}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PbxCall:
    """One call with everybody who took part. `talk_seconds` counts from the answer of a person, 0 when nobody did.

    `ids` are the unique ids of its channels, `recordings` the names its records give for the audio, `lines` the
    numbers of the lines it was read from (from 1). `started_at` is aware.
    """

    external_id: str
    started_at: datetime
    direction: Direction | None
    result: Result
    talk_seconds: int = 0
    rep: str | None = None
    other_reps: tuple[str, ...] = ()
    client_phone: str | None = None
    queue: str | None = None
    ids: tuple[str, ...] = ()
    recordings: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether two people spoke."""
        return self.result == "answered"

    def facts(self, source: str) -> CallFacts:
        """What the intake takes; a call among colleagues has no direction there."""
        return CallFacts(
            source=source,
            external_id=self.external_id,
            direction=self.direction if self.direction in ("inbound", "outbound") else None,
            started_at=self.started_at,
            rep=self.rep,
            client_phone=self.client_phone,
            queue=self.queue,
            result=self.result,
            talk_seconds=self.talk_seconds,
        )


def is_extension(text: str | None) -> bool:
    """Whether this is a colleague's own number."""
    return bool(text) and _EXTENSION.fullmatch(text or "") is not None


def is_outside(text: str | None) -> bool:
    """Whether this is a number of the telephone network."""
    return bool(text) and _OUTSIDE.fullmatch(text or "") is not None
