"""What happens on the demo's exchange, minute by minute, and what its CRM does then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Way = Literal["folder", "webhook", "missed"]


@dataclass(frozen=True, slots=True)
class Moment:
    """One event. `conversation` names a recording (None: nobody took the call); `closes` and `wins` are deals."""

    way: Way
    conversation: str | None = None
    client_phone: str | None = None  # of a missed call
    extension: str = "201"
    closes: str | None = None


LEAD: Final = "D-2019"
"""The deal of the story: closed after `ex-partner-away` though the client asked to be called again."""

BACK: Final = "ex-partner-back"

DAY: Final = (
    Moment("folder", "ex-partner-away", closes=LEAD),
    Moment("webhook", "ex-school"),
    Moment("missed", client_phone="+441614960121", extension="203"),
    Moment("folder", "ex-shelves"),
    Moment("webhook", "ex-trust"),
    Moment("missed", client_phone="+12125550126", extension="202"),
)
"""In this order, once around; afterwards only the conversations that close nothing are heard again."""

ROUNDS: Final = 4
"""How often the day is gone through: a demo left running overnight must not fill the disk."""


def moment(number: int) -> Moment | None:
    """The event of a minute, counted from 0; None when the day's rounds are over."""
    if number >= ROUNDS * len(DAY):
        return None
    chosen = DAY[number % len(DAY)]
    if number >= len(DAY) and chosen.closes:
        return Moment("folder", "ex-shelves")
    return chosen
