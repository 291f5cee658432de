"""What a coach writes down of a session, checked: whether it can be stored says `read_terms`."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from review.coaching.refusals import BadField
from review.coaching.windows import LEAST_WEEKS, MOST_WEEKS, USUAL_WEEKS
from review.comments.refusals import Empty, TooLong, read_text
from review.models import ACTION_BY, CAUSES, PICKED

LONGEST_WORDS: Final = 2_000
LONGEST_NOTES: Final = 8_000
LONGEST_TITLE: Final = 120
MOST_CLIPS: Final = 12
FARTHEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipTerms:
    """A moment to speak of: one the session has already (`kept_id`), a clip of the library, or a stretch of a call.

    A stretch becomes a clip when the session is stored.
    """

    kept_id: int | None = None
    clip_id: int | None = None
    call_id: int | None = None
    start: float = 0.0  # seconds
    end: float = 0.0  # seconds
    title: str = ""
    good: bool = False  # it shows what went well


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTerms:
    """A session as the coach writes it. `standard` and `criterion` name the one thing it aims at."""

    went_well: str
    standard: str
    criterion: str
    cause: str
    action: str
    due_at: datetime
    action_by: str = "rep"
    talk_at: datetime | None = None
    notes: str = ""
    private_notes: str = ""
    picked: str = "figures"
    weeks_before: int = USUAL_WEEKS
    call_id: int | None = None  # the call it was picked for
    plan_id: int | None = None
    clips: tuple[ClipTerms, ...] = ()


def read_terms(terms: SessionTerms, now: datetime, *, was_due: datetime | None = None) -> SessionTerms:
    """The terms as they are stored. Raises BadField, naming the first field that cannot be.

    A due date lies in the future, unless it is the one that stood before (`was_due`).
    """
    made = replace(
        terms,
        went_well=read_words("went_well", terms.went_well, LONGEST_WORDS),
        action=read_words("action", terms.action, LONGEST_WORDS),
        notes=read_words("notes", terms.notes, LONGEST_NOTES, needed=False),
        private_notes=read_words("private_notes", terms.private_notes, LONGEST_NOTES, needed=False),
    )
    for field, value, known in (
        ("cause", made.cause, CAUSES),
        ("action_by", made.action_by, ACTION_BY),
        ("picked", made.picked, PICKED),
    ):
        if value not in known:
            raise BadField(field, "unknown" if value else "missing")
    if not made.standard or not made.criterion:
        raise BadField("criterion")
    check_day("due_at", made.due_at, now, was_due)
    if made.talk_at is not None and abs(made.talk_at - now) > FARTHEST:
        raise BadField("talk_at", "range")
    if not LEAST_WEEKS <= made.weeks_before <= MOST_WEEKS:
        raise BadField("weeks_before", "range", least=LEAST_WEEKS, most=MOST_WEEKS)
    if len(made.clips) > MOST_CLIPS:
        raise BadField("clips", "range", most=MOST_CLIPS)
    for clip in made.clips:
        stretch = clip.clip_id is None and clip.kept_id is None
        if stretch and not (math.isfinite(clip.start) and math.isfinite(clip.end)):
            raise BadField("clips", "unknown")
    return made


def check_day(field: str, at: datetime, now: datetime, before: datetime | None = None) -> None:
    """Raise BadField unless `at` lies ahead within a year, or is what stood there before."""
    if at == before:
        return
    if at <= now:
        raise BadField(field, "past")
    if at - now > FARTHEST:
        raise BadField(field, "range")


def read_words(field: str, text: str, most: int, *, needed: bool = True) -> str:
    """The text as it is stored. Raises BadField (missing, too_long)."""
    try:
        return read_text(field, text, most, needed=needed)
    except Empty as error:
        raise BadField(field, "missing") from error
    except TooLong as error:
        raise BadField(field, "too_long", most=most, length=error.facts["length"]) from error
