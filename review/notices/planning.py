"""Which notifications go out by mail now: decided by each person's choices, hours and calendar, letters put down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from review.models import Call, Letter, Notification, RefusedAddress, User
from review.notices.choices import Choices, choices_of
from review.notices.kinds import kind_of
from review.notices.leases import Taken, give_back
from review.notices.letters import KEPT_TRYING, put_down
from review.queries.viewer import load_viewer
from review.queries.visibility import visible_calls
from review.working_time.calendar import Calendar
from review.working_time.due import calendar_of, calendars_of

AT_ONCE: Final = 2000  # notifications decided about in one transaction
LATE: Final = timedelta(hours=2)  # a daily mail that much after its time waits for the next one while it is quiet
OVERDUE: Final = timedelta(days=1)  # after its time a letter that no sender took up is ended
TOO_LATE: Final = {"notices": timedelta(minutes=15), "digest": LATE}  # so old a letter minds quiet hours once more
KEPT: Final = timedelta(days=30)  # letters that were sent are known for so long


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a notification is for, and what holds for them."""

    user_id: int
    email: str
    language: str
    reachable: bool  # has a sign-in, and an address that takes mail
    choices: Choices
    calendar: Calendar


def plan_mail(session: Session, now: datetime, *, can_send: bool) -> int:
    """Decide about every notification that is due for it; how many letters were put down. Commits nothing.

    What may not go yet is given a later moment. Read, hidden and no longer visible ones are never mailed, and none
    while mail is not set up: whoever sets it up later is not flooded with the past. Two at once share the work.
    """
    due = list(
        session.scalars(
            select(Notification)
            .where(Notification.mail_at <= now)
            .order_by(Notification.mail_at, Notification.id)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
    )
    by_reader: dict[int, list[Notification]] = defaultdict(list)
    for row in due:
        if can_send and row.read_at is None and not row.hidden:
            by_reader[row.user_id].append(row)
        else:
            _no_more(row)
    readers = _load_readers(session, by_reader)
    letters = 0
    for user_id, rows in sorted(by_reader.items()):
        reader = readers.get(user_id)
        if reader is None or not reader.reachable:
            for row in rows:
                _no_more(row)
            continue
        letters += _plan_for(session, reader, _still_theirs(session, reader, rows), now)
    session.flush()
    return letters


def plan_again(session: Session, letter: Taken, now: datetime) -> bool:
    """Take back a letter that would come in its reader's quiet hours: what it tells is decided about anew.

    That happens when the mail server was away until then. False when it may go now, or has waited as long as any mail
    is kept. Commits nothing.
    """
    if letter.user_id is None:
        return False
    told = Notification.letter_id == letter.id
    first = session.scalar(select(func.min(Notification.created_at)).where(told))
    if first is None or now - first > KEPT_TRYING:
        return False
    habit = choices_of(session, [letter.user_id])[letter.user_id].habit
    if habit.quiet_until(calendar_of(session, letter.user_id), now) is None or not give_back(session, letter):
        return False
    session.execute(update(Notification).where(told).values(letter_id=None, mail="new", mail_at=now))
    session.execute(delete(Letter).where(Letter.id == letter.id))
    return True


def forget_old_letters(session: Session, now: datetime) -> None:
    """Take out letters that ended a month ago, and end those that nobody could send in their time.

    A sender ends them itself; this is for installations where mail was never set up.
    """
    session.execute(delete(Letter).where(Letter.ended_at < now - KEPT))
    session.execute(
        update(Letter)
        .where(Letter.state == "waiting", Letter.expires_at < now - OVERDUE)
        .values(state="failed", error="it could not be sent in time", ended_at=now, body={})
    )


def _plan_for(session: Session, reader: Reader, rows: list[Notification], now: datetime) -> int:
    at_once: list[Notification] = []
    daily: list[Notification] = []
    habit = reader.choices.habit
    quiet_until = habit.quiet_until(reader.calendar, now)
    today = habit.here(reader.calendar).day_of(now)
    works_today = reader.calendar.is_working_day(today)
    for row in rows:
        way = reader.choices.way(row.kind)
        if way == "mail":
            if quiet_until is None or kind_of(row.kind).urgent:
                at_once.append(row)
            else:
                row.mail, row.mail_at = "mail", quiet_until
        elif way == "digest":
            late = row.mail_at is not None and now - row.mail_at > LATE and quiet_until is not None
            if row.mail == "digest" and works_today and not late:
                daily.append(row)
            else:
                row.mail, row.mail_at = "digest", habit.next_digest(reader.calendar, now)
        else:
            _no_more(row)
    return _write(session, reader, "notices", at_once) + _write(session, reader, "digest", daily)


def _write(session: Session, reader: Reader, kind: str, rows: list[Notification]) -> int:
    if not rows:
        return 0
    first = min(row.id for row in rows)
    letter = put_down(
        session,
        reader.email,
        kind,
        {},
        language=reader.language,
        key=f"{kind}:{reader.user_id}:{first}",  # a notification goes out in one letter, so its number names it
        user_id=reader.user_id,
    )
    for row in rows:
        row.letter_id = letter
        _no_more(row)
    return 1


def _no_more(row: Notification) -> None:
    row.mail, row.mail_at = "", None


def _still_theirs(session: Session, reader: Reader, rows: list[Notification]) -> list[Notification]:
    """Without those about calls that the reader may not see any more."""
    about = {row.call_id for row in rows if row.call_id is not None}
    if not about:
        return rows
    viewer = load_viewer(session, reader.user_id)
    seen = set(session.scalars(select(Call.id).where(Call.id.in_(about), visible_calls(viewer)))) if viewer else set()
    kept = []
    for row in rows:
        if row.call_id is None or row.call_id in seen:
            kept.append(row)
        else:
            _no_more(row)
    return kept


def _load_readers(session: Session, wanted: Mapping[int, object]) -> dict[int, Reader]:
    users = session.execute(
        select(User.id, User.email, User.language, User.disabled_at, RefusedAddress.address)
        .outerjoin(RefusedAddress, RefusedAddress.address == User.email)
        .where(User.id.in_(wanted))
    ).all()
    ids = [user.id for user in users]
    choices, calendars = choices_of(session, ids), calendars_of(session, ids)
    return {
        user.id: Reader(
            user_id=user.id,
            email=user.email,
            language=user.language,
            reachable=user.disabled_at is None and user.address is None and "@" in user.email,
            choices=choices[user.id],
            calendar=calendars[user.id],
        )
        for user in users
    }
