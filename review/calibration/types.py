"""What a calibration is made of, how it is seen, and refusals that carry their facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from review.errors import ReviewError

MOST_CALLS: Final = 50  # a session is done in days; more belongs to sampling with a second reviewer
MOST_PEOPLE: Final = 20
MOST_DAYS: Final = 60  # working days
LONGEST_NAME: Final = 120
LONGEST_NOTE: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a lead asks for. `lot` more calls of the standard are drawn at random beside the chosen `call_ids`."""

    name: str
    standard: str
    version: int | None = None  # None: the newest
    call_ids: tuple[int, ...] = ()
    lot: int = 0
    user_ids: tuple[int, ...] = ()
    against: str = "none"  # none, benchmark or consensus
    benchmark_id: int | None = None
    days: int = 3  # working days
    note: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A person of whom nothing is asked on one call, and why: own_call, cannot_see, scored, waiting or gone."""

    name: str
    call_id: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one person is. `asked` calls are theirs to score; `here` is False for somebody who cannot any more."""

    person: int
    name: str
    mine: bool
    asked: int
    done: int
    here: bool

    @property
    def finished(self) -> bool:
        """Whether all that was asked was handed in."""
        return self.asked > 0 and self.done == self.asked


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One session in a list. `done` of `asked` scorecards were handed in; `mine` of them wait for the viewer."""

    id: int
    name: str
    note: str
    standard: str
    version: int
    state: str
    against: str
    benchmark_id: int | None
    benchmark: str
    calls: int
    people: tuple[Progress, ...]
    due_at: datetime
    created_at: datetime
    created_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    closed_how: str
    may_lead: bool

    @property
    def asked(self) -> int:
        """Scorecards asked for."""
        return sum(one.asked for one in self.people)

    @property
    def done(self) -> int:
        """Scorecards handed in."""
        return sum(one.done for one in self.people)

    @property
    def mine(self) -> int:
        """Scorecards that wait for the viewer."""
        return sum(one.asked - one.done for one in self.people if one.mine and self.state == "open")

    @property
    def left(self) -> tuple[Progress, ...]:
        """Who handed in nothing of what was asked, and so is in no figure."""
        return tuple(one for one in self.people if not one.done)

    @property
    def unfinished(self) -> tuple[Progress, ...]:
        """Who handed in a part."""
        return tuple(one for one in self.people if 0 < one.done < one.asked)

    @property
    def counted(self) -> int:
        """People with anything to compare."""
        return sum(one.done > 0 for one in self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCall:
    """One call of a session. `title`, `sub` are empty where the viewer may not see the call; `mine` their own state.

    `mine` is '' (nothing asked), waiting, draft or done.
    """

    number: int
    call_id: int
    how: str
    visible: bool
    title: str
    rep: str
    at: datetime | None
    duration: float | None
    mine: str
    assignment_id: int | None
    evaluation_id: int | None
    done: int
    asked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A session before it is judged: who is how far, never what anybody answered."""

    row: SessionRow
    calls: tuple[SessionCall, ...]
    left_out: tuple[LeftOut, ...]


class BadCalibration(ReviewError):
    """A session cannot be made as asked; nothing was stored. `field` names the part, `why` the reason, facts beside."""

    code = "bad_calibration"

    def __init__(self, field: str, why: str, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.field = field
        self.why = why
        self.facts: Mapping[str, Any] = facts


class NoSuchCalibration(ReviewError):
    """There is no such session, or it is not this person's to see."""

    code = "no_such_calibration"

    def __init__(self, calibration_id: int) -> None:
        super().__init__(f"There is no calibration {calibration_id} that you may see.")
        self.calibration_id = calibration_id


class CalibrationNotNow(ReviewError):
    """The session does not do this in its `state`; nothing was changed."""

    code = "calibration_not_now"

    def __init__(self, act: str, state: str) -> None:
        super().__init__(f"The calibration is {state}; it cannot be done now ({act}). Nothing was changed.")
        self.act = act
        self.state = state


class BadAgreed(ReviewError):
    """An agreed answer that cannot be kept: `what` is call, criterion, answer or note. Nothing was stored."""

    code = "bad_agreed"

    def __init__(self, what: str, message: str) -> None:
        super().__init__(message)
        self.what = what


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a group agreed on for one criterion of one call; `by` wrote it down."""

    answer: str
    note: str
    by: str | None = None
    at: datetime | None = field(default=None, compare=False)
