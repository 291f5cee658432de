"""What a letter is about when it is sent: its reader as they are now, and the notifications it still has to tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.comments.notices import Notice
from review.models import Call, Notification, User
from review.notices.choices import read_choices
from review.notices.leases import Taken
from review.queries.viewer import load_viewer
from review.queries.visibility import visible_calls
from review.working_time.due import calendar_of

SHOWN: Final = 40  # notifications told one by one; of more only the number
NAMES_CLIENTS: Final = frozenset({"client", "phone", "quote", "text", "number"})
"""Facts that stay in the application: a mail leaves the house, and passes machines that are not ours."""


@dataclass(frozen=True, slots=True)
class Content:
    """The reader and what is to be told. `url` and the other facts of a letter put down by hand are in its body."""

    address: str
    name: str
    language: str
    zone: str
    user_id: int | None
    notices: tuple[Notice, ...] = ()
    more: int = 0


def read_content(session: Session, letter: Taken) -> Content | None:
    """What the letter says now; None when there is nothing left to say: all was read, or the reader has gone."""
    if letter.kind not in ("notices", "digest"):
        name = letter.body.get("name")
        zone = calendar_of(session, letter.user_id).zone
        return Content(letter.address, name if isinstance(name, str) else "", letter.language, zone, letter.user_id)
    if letter.user_id is None or (viewer := load_viewer(session, letter.user_id)) is None:
        return None
    theirs = (
        Notification.letter_id == letter.id,
        Notification.user_id == viewer.user_id,
        Notification.read_at.is_(None),
        Notification.hidden.is_(False),
        Notification.call_id.is_(None) | visible_calls(viewer),
    )
    rows = session.execute(
        select(Notification, Call.happened_at)
        .outerjoin(Call, Call.id == Notification.call_id)
        .where(*theirs)
        .order_by(Notification.id)
        .limit(SHOWN)
    ).all()
    if not rows:
        return None
    count = session.scalar(
        select(func.count()).select_from(Notification).outerjoin(Call, Call.id == Notification.call_id).where(*theirs)
    )
    choices = read_choices(session, viewer.user_id)
    kept = tuple(
        Notice(
            id=row.id,
            kind=row.kind,
            call_id=row.call_id,
            body={name: value for name, value in row.body.items() if name not in NAMES_CLIENTS},
            created_at=row.created_at,
            read_at=None,
            client=None,
            happened_at=happened_at,
        )
        for row, happened_at in rows
    )
    zone = choices.habit.here(calendar_of(session, viewer.user_id)).zone
    # The address of the moment: whoever changed theirs since gets the mail there.
    address = session.scalar(select(User.email).where(User.id == viewer.user_id)) or letter.address
    return Content(address, viewer.name, viewer.language, zone, viewer.user_id, kept, int(count or 0) - len(kept))
