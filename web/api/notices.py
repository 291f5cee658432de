"""Notifications, choices and working time over the API: one's own news, how it comes, and the calendars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Final, Literal

from flask import Response, abort, jsonify
from flask_babel import gettext as _
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from review.comments.notices import mark_read as mark_rows_read
from review.comments.notices import page_notices
from review.notices.choices import BadChoice, Choices, Habit, choose
from review.notices.choices import read_choices as find_choices
from review.working_time.editing import (
    BadWorkingTime,
    CalendarRow,
    Day,
    UnknownTeam,
    begin_calendar,
    read_calendar,
    replace_calendar,
)
from review.working_time.week import read_minutes, write_minutes
from web.api.fields import Line, Moment, RowId
from web.api.paging import NEXT, PageQuery, cut
from web.api.problems import Problem
from web.auth import viewer
from web.errors import Refused
from web.parts import parts
from web.reading.notices import read_notice

blueprint = APIBlueprint(
    "api_notices",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="notifications", description="One's own news, how it comes, and working time.")],
    abp_security=[{"token": []}],
    abp_responses={401: Problem, 403: Problem},
)

TIME: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
HOURS: Final = r"^([0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2})?$"
ClockTime = Annotated[str, Field(pattern=TIME, description="As 09:30, in the person's zone.")]
DayHours = Annotated[str, Field(pattern=HOURS, description="As 09:00-18:00, at most until 24:00; empty: a day off.")]
Way = Literal["app", "mail", "digest", "off"]


class NoticeQuery(PageQuery):
    """Which notifications."""

    unread: bool = Field(False, description="Only those not read yet.")


class NoticeOut(BaseModel):
    """One notification; the sentence is in the token owner's language."""

    id: int
    kind: str
    sentence: str
    call_id: int | None
    url: str | None = Field(description="The page it leads to, as a path of this installation.")
    created_at: datetime
    read_at: datetime | None


class NoticeList(BaseModel):
    """A page of notifications, the newest first."""

    notifications: list[NoticeOut]
    unread: int
    next: str | None = Field(description=NEXT)


class MarkRead(BaseModel):
    """Which to mark read: those named, or all when none are named."""

    model_config = ConfigDict(extra="forbid")

    ids: list[RowId] | None = Field(None, max_length=500)


class Marked(BaseModel):
    """How many were unread before."""

    marked: int


class ChoicesIn(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    ways: dict[str, Way] = Field(default_factory=dict, max_length=200, description="The way by kind.")
    digest_at: ClockTime | None = None
    quiet: Literal["calendar", "own", "none"] | None = None
    quiet_from: ClockTime | None = None
    quiet_to: ClockTime | None = None
    zone: str | None = Field(None, max_length=60, description="As Europe/Berlin; empty: the calendar's.")


class ChoicesOut(BaseModel):
    """How each kind reaches the token's owner, and when mails come."""

    ways: dict[str, Way]
    digest_at: str
    quiet: Literal["calendar", "own", "none"]
    quiet_from: str
    quiet_to: str
    zone: str


class DayIn(BaseModel):
    """A day unlike its weekday."""

    model_config = ConfigDict(extra="forbid")

    day: date
    name: Line
    kind: Literal["holiday", "extra"] = Field("holiday", description="extra: people work all the same.")


class WorkingTimeIn(BaseModel):
    """A whole calendar: it takes the place of the one there is."""

    model_config = ConfigDict(extra="forbid")

    zone: str = Field(min_length=1, max_length=60, description="As Europe/Berlin.")
    week: list[DayHours] = Field(min_length=7, max_length=7, description="Monday first.")
    days: list[DayIn] = Field(default_factory=list, max_length=1000)


class WorkingTimeOut(BaseModel):
    """A calendar."""

    team_id: int | None = Field(description="null: the installation's.")
    zone: str
    week: list[str]
    days: list[DayIn]
    changed_at: Moment | None
    changed_by: str


class TeamPath(BaseModel):
    """Which team."""

    team_id: RowId


@blueprint.get("/notifications", responses={200: NoticeList, 422: Problem})
def list_notifications(query: NoticeQuery) -> Response:
    """List the notifications of the token's owner, newest first."""
    place = query.place(datetime)
    with parts().database.read() as db:
        rows, unread = page_notices(db, viewer(), place, limit=query.limit + 1, only_unread=query.unread)
    shown, following = cut(rows, query.limit, lambda row: (row.created_at, row.id))
    found = [
        NoticeOut(
            id=row.id,
            kind=row.kind,
            sentence=read.sentence,
            call_id=row.call_id,
            url=read.url,
            created_at=row.created_at,
            read_at=row.read_at,
        )
        for row in shown
        for read in (read_notice(row),)
    ]
    return jsonify(NoticeList(notifications=found, unread=unread, next=following).model_dump(mode="json"))


@blueprint.post("/notifications/read", responses={200: Marked, 422: Problem})
def mark_read(body: MarkRead) -> Response:
    """Mark notifications of the token's owner read."""
    with parts().database.session() as db:
        marked = mark_rows_read(db, viewer(), body.ids)
    return jsonify(Marked(marked=marked).model_dump())


@blueprint.get("/notifications/choices", responses={200: ChoicesOut})
def read_choices() -> Response:
    """Read how each kind of notification reaches the token's owner."""
    with parts().database.read() as db:
        return _choices(find_choices(db, viewer().user_id))


@blueprint.put("/notifications/choices", responses={200: ChoicesOut, 422: Problem})
def write_choices(body: ChoicesIn) -> Response:
    """Change how notifications reach the token's owner; what is left out stays as it is."""
    with parts().database.session() as db:
        before = find_choices(db, viewer().user_id).habit
        habit = Habit(
            digest_at=before.digest_at if body.digest_at is None else read_minutes(body.digest_at),
            quiet=body.quiet or before.quiet,
            quiet_from=before.quiet_from if body.quiet_from is None else read_minutes(body.quiet_from),
            quiet_to=before.quiet_to if body.quiet_to is None else read_minutes(body.quiet_to),
            zone=before.zone if body.zone is None else body.zone,
        )
        try:
            kept = choose(db, viewer().user_id, body.ways, habit)
        except BadChoice as error:
            raise _refused("ways" if error.name in body.ways else error.name, str(error)) from error
        return _choices(kept)


@blueprint.get("/working-time", responses={200: WorkingTimeOut})
def read_working_time() -> Response:
    """Read the installation's calendar."""
    with parts().database.read() as db:
        return _calendar(read_calendar(db))


@blueprint.put("/working-time", responses={200: WorkingTimeOut, 422: Problem})
def write_working_time(body: WorkingTimeIn) -> Response:
    """Put a calendar in the place of the installation's. Deadlines already set keep their moment."""
    return _replace(None, body)


@blueprint.get("/teams/<int:team_id>/working-time", responses={200: WorkingTimeOut, 404: Problem})
def read_team_working_time(path: TeamPath) -> Response:
    """Read a team's own calendar; 404 where the installation's holds for it."""
    with parts().database.read() as db:
        return _calendar(_known(lambda: read_calendar(db, path.team_id)))


@blueprint.put("/teams/<int:team_id>/working-time", responses={200: WorkingTimeOut, 404: Problem, 422: Problem})
def write_team_working_time(path: TeamPath, body: WorkingTimeIn) -> Response:
    """Give a team a calendar of its own, or put this one in its place."""
    return _replace(path.team_id, body)


def _replace(team_id: int | None, body: WorkingTimeIn) -> Response:
    days = [Day(day.day, day.name, day.kind) for day in body.days]
    with parts().database.session() as db:
        begin_calendar(db, parts().settings.time_zone)
        try:
            _known(lambda: replace_calendar(db, viewer(), team_id, zone=body.zone, week=body.week, days=days))
        except BadWorkingTime as error:
            raise _refused(error.field, str(error)) from error
        return _calendar(read_calendar(db, team_id))


def _known(read: Callable[[], CalendarRow]) -> CalendarRow:
    try:
        return read()
    except UnknownTeam:
        abort(404)


def _calendar(row: CalendarRow) -> Response:
    made = WorkingTimeOut(
        team_id=row.team_id,
        zone=row.zone,
        week=list(row.week),
        days=[
            DayIn(day=day.day, name=day.name, kind="extra" if day.kind == "extra" else "holiday") for day in row.days
        ],
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )
    return jsonify(made.model_dump(mode="json"))


def _choices(choices: Choices) -> Response:
    habit = choices.habit
    made = {
        "ways": {kind: choices.way(kind) for kind in choices.kinds()},
        "digest_at": write_minutes(habit.digest_at),
        "quiet": habit.quiet,
        "quiet_from": write_minutes(habit.quiet_from),
        "quiet_to": write_minutes(habit.quiet_to),
        "zone": habit.zone,
    }
    return jsonify(ChoicesOut.model_validate(made).model_dump(mode="json"))


def _refused(field: str, fix: str) -> Refused:
    return Refused(
        422,
        _("The field '%(field)s' cannot be used", field=field),
        _("Nothing was changed."),
        fix[:200],
        code="bad_field",
        field=field,
        fix=fix[:200],
    )
