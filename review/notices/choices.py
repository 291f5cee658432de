"""What one person chose: how each kind of notification reaches them, when the daily mail comes, when mails wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from review.models import NoticeChoice, NoticeHabit, Notification, UserRole, utc_now
from review.notices.kinds import KINDS, kind_of, kinds_for, leader_of
from review.working_time.calendar import MIDNIGHT, Calendar, find_zone

QUIET: Final = ("calendar", "own", "none")
DAY: Final = "digest"  # the name of the daily mail where a kind is named


class BadChoice(ValueError):
    """A choice that cannot be made; `name` is the field."""

    def __init__(self, name: str, value: object) -> None:
        super().__init__(f"{name}={value!r} cannot be chosen")
        self.name = name
        self.value = value


@dataclass(frozen=True, slots=True)
class Habit:
    """When mails come: the daily one's time, and when the others wait. Minutes after midnight in the person's zone."""

    digest_at: int = 9 * 60
    quiet: str = "calendar"  # calendar: outside working hours; own: quiet_from to quiet_to; none: never
    quiet_from: int = 19 * 60
    quiet_to: int = 8 * 60
    zone: str = ""  # empty: the calendar's

    def here(self, calendar: Calendar) -> Calendar:
        """The calendar in the person's own zone."""
        return replace(calendar, zone=self.zone) if self.zone else calendar

    def next_digest(self, calendar: Calendar, now: datetime) -> datetime:
        """The next moment of the daily mail: at its time on a working day, after `now`."""
        here = self.here(calendar)
        return next(at for day in here.working_days(here.day_of(now)) if (at := here.at(day, self.digest_at)) > now)

    def quiet_until(self, calendar: Calendar, now: datetime) -> datetime | None:
        """When mails may go out again; None when they may now."""
        here = self.here(calendar)
        if self.quiet == "calendar":
            opens = here.next_opening(now)
            return opens if opens > now else None
        if self.quiet == "none" or self.quiet_from == self.quiet_to:
            return None
        clock = here.local(now)
        minutes, first, last = clock.hour * 60 + clock.minute, self.quiet_from, self.quiet_to
        through_midnight = first > last
        if not (first <= minutes or minutes < last if through_midnight else first <= minutes < last):
            return None
        ends = here.at(clock.date(), last + (MIDNIGHT if through_midnight and minutes >= first else 0))
        return ends if ends > now else None


@dataclass(frozen=True, slots=True)
class Choices:
    """What one person gets how."""

    user_id: int
    roles: frozenset[str]
    habit: Habit = Habit()
    chosen: Mapping[str, str] = field(default_factory=dict)

    def way(self, kind: str) -> str:
        """app, mail, digest or off. What was chosen before a kind's limits changed is held to them."""
        known = kind_of(kind)
        way = self.chosen.get(leader_of(kind)) or known.default(self.roles & known.roles or self.roles)
        return way if way in known.ways() else "app"

    def kinds(self) -> tuple[str, ...]:
        """The kinds that can reach this person."""
        return kinds_for(self.roles)


def is_off(session: Session, user_id: int, kind: str) -> bool:
    """Whether the person has switched this kind, or the one it follows, off altogether."""
    if kind_of(kind).always:
        return False
    chosen = select(NoticeChoice.way).where(NoticeChoice.user_id == user_id, NoticeChoice.kind == leader_of(kind))
    return session.scalar(chosen) == "off"


def read_choices(session: Session, user_id: int) -> Choices:
    """One person's choices, with the defaults where they made none."""
    return choices_of(session, [user_id])[user_id]


def choices_of(session: Session, user_ids: Collection[int]) -> Mapping[int, Choices]:
    """The choices of each person, by a constant number of statements."""
    roles: dict[int, set[str]] = {user_id: set() for user_id in user_ids}
    chosen: dict[int, dict[str, str]] = {user_id: {} for user_id in user_ids}
    for user_id, role in session.execute(select(UserRole.user_id, UserRole.role).where(UserRole.user_id.in_(roles))):
        roles[user_id].add(role)
    for row in session.scalars(select(NoticeChoice).where(NoticeChoice.user_id.in_(roles))):
        chosen[row.user_id][row.kind] = row.way
    habits = {
        row.user_id: Habit(row.digest_at, row.quiet, row.quiet_from, row.quiet_to, row.zone)
        for row in session.scalars(select(NoticeHabit).where(NoticeHabit.user_id.in_(roles)))
    }
    return {
        user_id: Choices(user_id, frozenset(roles[user_id]), habits.get(user_id, Habit()), chosen[user_id])
        for user_id in user_ids
    }


def choose(session: Session, user_id: int, ways: Mapping[str, str], habit: Habit | None = None) -> Choices:
    """Keep a person's choices: the kinds named, the others as they were. Mails that wait follow the new choice.

    A choice that is the default is kept as the default, so that it follows a later change of role.
    Raises BadChoice.
    """
    before = read_choices(session, user_id)
    for kind, way in ways.items():
        if kind not in KINDS or way not in KINDS[kind].ways():
            raise BadChoice(kind, way)
    if habit is not None:
        _check(habit)
        _keep_habit(session, user_id, habit)
    for kind, way in ways.items():
        session.execute(delete(NoticeChoice).where(NoticeChoice.user_id == user_id, NoticeChoice.kind == kind))
        if way != replace(before, chosen={}).way(kind):
            session.add(NoticeChoice(user_id=user_id, kind=kind, way=way))
    session.flush()
    look_again(session, [user_id])
    return read_choices(session, user_id)


def stop_mail(session: Session, user_id: int, kind: str) -> None:
    """No more mails of one kind, or no daily mail (`digest`): what they told is told in the application alone."""
    choices = read_choices(session, user_id)
    kinds = [leader_of(kind)] if kind != DAY else [name for name in KINDS if choices.way(name) == "digest"]
    choose(session, user_id, {name: "app" for name in kinds if name in KINDS and choices.way(name) in ("mail", DAY)})


def look_again(session: Session, user_ids: Collection[int] | None = None) -> None:
    """Let notifications whose mail waits be decided about anew: a choice, a calendar or an address has changed."""
    waiting = update(Notification).where(Notification.mail_at.is_not(None))
    if user_ids is not None:
        waiting = waiting.where(Notification.user_id.in_(user_ids))
    session.execute(waiting.values(mail="new", mail_at=utc_now()))


def _keep_habit(session: Session, user_id: int, habit: Habit) -> None:
    row = session.get(NoticeHabit, user_id)
    if row is None:
        row = NoticeHabit(user_id=user_id)
        session.add(row)
    row.digest_at, row.quiet, row.zone = habit.digest_at, habit.quiet, habit.zone
    row.quiet_from, row.quiet_to = habit.quiet_from, habit.quiet_to


def _check(habit: Habit) -> None:
    for name in ("digest_at", "quiet_from", "quiet_to"):
        value = getattr(habit, name)
        if not 0 <= value < MIDNIGHT:
            raise BadChoice(name, value)
    if habit.quiet not in QUIET:
        raise BadChoice("quiet", habit.quiet)
    if habit.zone:
        try:
            find_zone(habit.zone)
        except ValueError as error:
            raise BadChoice("zone", habit.zone) from error
