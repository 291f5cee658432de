"""The detectors a standard may name: their levels (worst to best) and the settings they take.

Kept apart from the detectors themselves so that reading a standard loads no rule pack.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class DetectorSpec:
    """What a standard must know of a detector. `numbers` are the settings that are numbers."""

    name: str
    levels: tuple[str, ...]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


_ALL: Final = (
    # Only a reviewer can answer; the machine leaves it unanswered.
    DetectorSpec("person", ()),
    # One of the named groups of phrases is said by `role` (rep) in `window` (opening, close, anywhere).
    DetectorSpec("says", ("absent", "present"), required=("groups",), optional=("role", "window")),
    # Greets and says the own name.
    DetectorSpec("greeting", ("neither", "one", "both"), optional=("window",)),
    # Names the own company.
    DetectorSpec("company", ("absent", "present"), optional=("window",)),
    # Asks about the client's needs: `some` for the middle level, `enough` for the best.
    DetectorSpec("needs_questions", ("few", "some", "enough"), optional=("some", "enough"), numbers=("some", "enough")),
    # At least `enough` of the needs questions are open.
    DetectorSpec("open_questions", ("absent", "present"), optional=("enough",), numbers=("enough",)),
    # States a price; `applies` is always, or raised (not applicable when nobody brought the price up).
    DetectorSpec("price_given", ("absent", "present"), optional=("applies",)),
    # The worst outcome over the call's objection episodes, on the reviewers' scale 0-3; none: not applicable.
    DetectorSpec("objections_handled", ("missed", "started", "partial", "handled")),
    # Every objection is acknowledged or clarified before it is answered; none: not applicable.
    DetectorSpec("objections_understood", ("absent", "present")),
    # No arguing, cutting off, instant discount; no objection: not applicable.
    DetectorSpec("objections_calm", ("faulty", "calm")),
    # Agrees what happens next: nothing, a step without a date, a step with a date.
    DetectorSpec("next_step", ("none", "undated", "dated")),
    # No phrase of the groups `groups` (forbidden, pressure).
    DetectorSpec("no_phrase", ("said", "clean"), required=("groups",), optional=("role",)),
    # The rep's share of talking time lies in the band.
    DetectorSpec("talk_share", ("outside", "inside"), optional=("least", "most"), numbers=("least", "most")),
    # Lets the client finish: at most `most` interruptions by the rep a minute of the client's talk.
    DetectorSpec("lets_finish", ("interrupts", "listens"), optional=("most",), numbers=("most",)),
)

DETECTORS: Final = {spec.name: spec for spec in _ALL}
