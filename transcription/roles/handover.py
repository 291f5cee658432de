"""Moments at which the words say that another rep takes over: put through, hold between, a new greeting or name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from transcription.roles.cues import load_handover, plain_text
from transcription.roles.sides import RoleHints, Saying
from transcription.transcript import Mark

WAITS: Final = ("music", "ringback", "tone", "announcement")
"""Kinds of marks heard while a call is handed over."""

LONGEST_WAIT: Final = 600.0
"""Seconds between "I'll put you through" and the new rep's first words."""

FEWEST_SIGNS: Final = 2
"""Signs out of three (said so, waited, greeted anew) that the words must give."""


@dataclass(frozen=True, slots=True)
class Handover:
    """A rep may have handed over: the old one's last word ends at `leaves`, the new one's first begins at `joins`."""

    leaves: float
    joins: float
    signs: tuple[str, ...]


def find_handovers(
    side: int, sayings: Sequence[Saying], hints: RoleHints, marks: Sequence[Mark] = ()
) -> tuple[Handover, ...]:
    """Where the words of one side say that another person takes over, in time order.

    Signs: "put_through" (somebody is announced), "waited" (hold music, ring-back or a tone between), "greeted" (a new
    greeting or name after it). At least FEWEST_SIGNS are needed.
    """
    phrases = load_handover(hints.language)
    if phrases is None:
        return ()
    found: list[Handover] = []
    announced: float | None = None
    before: Saying | None = None
    for saying in sayings:
        if saying.side != side or saying.start is None or saying.end is None:
            continue
        text = plain_text(saying.text, hints.language)
        if before is not None and before.end is not None:
            waited = any(m.kind in WAITS and m.start >= before.end - 1 and m.end <= saying.start + 1 for m in marks)
            said = announced is not None and saying.start - announced <= LONGEST_WAIT
            greeted = phrases.greets.search(text) is not None
            signs = tuple(
                name for name, there in (("put_through", said), ("waited", waited), ("greeted", greeted)) if there
            )
            if len(signs) >= FEWEST_SIGNS:
                found.append(Handover(before.end, saying.start, signs))
                announced = None
        if phrases.announces.search(text) is not None:
            announced = saying.end
        before = saying
    return tuple(found)
