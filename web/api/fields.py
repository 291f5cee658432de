"""Types of single fields that every part of the API shares: nothing they let in makes a database or a clock fail.

`RowId` for ids in bodies and queries, `Line` and `Words` for texts, `Moment` for times, `Seconds` for places in a
recording. In paths, `<int:...>` is limited to the same numbers by the application itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, Field

LARGEST_ID: Final = 2**63 - 1
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_NO_NUL: Final = {"pattern": r"^[^\u0000]*$"}


def check_text(text: str) -> str:
    """The text, unless no database can hold it. Raises ValueError for NUL and for half a character of UTF-16."""
    if "\x00" in text:
        raise ValueError("leave out the character NUL")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("send whole Unicode characters: a half of one stands in the text")
    return text


def check_line(text: str) -> str:
    """The text as one line without space around it. Raises ValueError when nothing is left, and as `check_text`."""
    line = " ".join(check_text(text).split())
    if not line:
        raise ValueError("write something")
    return line


def check_moment(at: datetime) -> datetime:
    """The time in UTC. Raises ValueError outside the years 1970 to 2199: clocks and databases differ there."""
    try:
        moment = at.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise ValueError("send a time between 1970 and 2199") from error
    if not EARLIEST <= moment < LATEST:
        raise ValueError("send a time between 1970 and 2199")
    return moment


RowId = Annotated[int, Field(ge=1, le=LARGEST_ID, description="An id.")]
Line = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra=_NO_NUL), AfterValidator(check_line)]
"""A name or title: one line of 1 to 200 characters."""
Word = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra=_NO_NUL), AfterValidator(check_text)]
"""An id or key that is a text: 1 to 200 characters, taken as it is."""
Note = Annotated[str, Field(max_length=2000, json_schema_extra=_NO_NUL), AfterValidator(check_text)]
"""A reason or a short note: at most 2,000 characters, may be empty."""
Words = Annotated[str, Field(max_length=50_000, json_schema_extra=_NO_NUL), AfterValidator(check_text)]
"""A long text: at most 50,000 characters, may be empty."""
Moment = Annotated[AwareDatetime, AfterValidator(check_moment)]
"""ISO 8601 with a zone, kept in UTC."""
Seconds = Annotated[float, Field(ge=0, le=10**7, allow_inf_nan=False, description="Seconds from the call's start.")]
