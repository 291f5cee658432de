"""Working time: the calendars of the installation and of teams, their hours, holidays and extra days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from review.working_time.due import calendar_of, load_calendars, scope_of
from review.working_time.editing import (
    BadWorkingTime,
    CalendarRow,
    Day,
    UnknownTeam,
    add_days,
    begin_calendar,
    give_own_calendar,
    list_teams,
    read_calendar,
    remove_day,
    save_hours,
    take_own_calendar,
)
from review.working_time.holidays import UnknownCountry, propose
from review.working_time.week import read_week
from web.auth import viewer
from web.errors import Refused
from web.parts import parts
from web.reading.working_time import country_choices, week_words, weekday_names, zones

blueprint = Blueprint("working_time", __name__, url_prefix="/working-time")

# In addresses the installation's calendar is team 0.


@blueprint.get("")
def index() -> str:
    """The installation's calendar."""
    return _page(None)


@blueprint.get("/<int:team_id>")
def team(team_id: int) -> str:
    """A team's own calendar."""
    return _page(team_id or None)


@blueprint.post("/<int:team_id>")
def save(team_id: int) -> Response:
    """Keep zone and hours."""
    form = request.form
    week = []
    for at in range(7):
        start, end = form.get(f"from{at}", "").strip(), form.get(f"to{at}", "").strip()
        works = form.get(f"works{at}") == "1"
        week.append(f"{start}-{'24:00' if end == '00:00' else end}" if works else "")
    with _changing(), parts().database.session() as db:
        begin_calendar(db, parts().settings.time_zone)
        save_hours(db, viewer(), team_id or None, zone=form.get("zone", "").strip(), week=week)
    flash(_("Working hours are kept. Deadlines already set stay where they are."))
    return _back(team_id)


@blueprint.post("/<int:team_id>/own")
def own(team_id: int) -> Response:
    """Give a team a calendar of its own, or the installation's again (`act=remove`)."""
    remove = request.form.get("act") == "remove"
    with _changing(), parts().database.session() as db:
        begin_calendar(db, parts().settings.time_zone)
        if remove:
            take_own_calendar(db, viewer(), team_id)
        else:
            give_own_calendar(db, viewer(), team_id)
    flash(_("The installation’s calendar holds for the team again.") if remove else _("The team has its own calendar."))
    return _back(0 if remove else team_id)


@blueprint.post("/<int:team_id>/days")
def days(team_id: int) -> Response:
    """Add one day or several that were proposed, or take one out (`act=remove`)."""
    form = request.form
    with _changing(), parts().database.session() as db:
        begin_calendar(db, parts().settings.time_zone)
        if form.get("act") == "remove":
            remove_day(db, viewer(), team_id or None, _day(form.get("day", "")))
            said = _("Taken out.")
        else:
            chosen = [
                Day(_day(text), form.get(f"name.{text}", form.get("name", "")), form.get(f"kind.{text}", _kind()))
                for text in form.getlist("day")
            ]
            count = add_days(db, viewer(), team_id or None, chosen, country=form.get("country"))
            said = ngettext("%(num)s day is in the calendar.", "%(num)s days are in the calendar.", count)
    flash(said)
    return _back(team_id)


@blueprint.get("/<int:team_id>/holidays")
def holidays(team_id: int) -> str:
    """National holidays of a country and year, to choose from."""
    args = request.args
    country, region = args.get("country", "")[:2].upper(), args.get("region", "")[:10]
    year = int(args["year"]) if args.get("year", "").isdecimal() and len(args["year"]) == 4 else _this_year()
    with parts().database.read() as db:
        row = _read(lambda: read_calendar(db, team_id or None))
        known = load_calendars(db, [scope_of(team_id or None)])
        calendar = known.get(scope_of(team_id or None)) or calendar_of(db)
    choices = country_choices()
    if not country:
        country, _dash, region = row.country.partition("-")
    proposed: tuple[Day, ...] = ()
    if country:
        try:
            proposed = propose(country, region, year, language=str(get_locale()), calendar=calendar)
        except UnknownCountry:
            region = ""
            if any(choice.code == country for choice in choices):  # another country was chosen than the region's
                proposed = propose(country, region, year, language=str(get_locale()), calendar=calendar)
    return render_template(
        "working_time/holidays.html",
        row=row,
        team_id=team_id,
        countries=choices,
        country=country,
        regions=next((choice.regions for choice in choices if choice.code == country), ()),
        region=region,
        year=year,
        years=range(_this_year() - 1, _this_year() + 3),
        proposed=proposed,
        weekdays=weekday_names("abbreviated"),
    )


def _page(team_id: int | None) -> str:
    with parts().database.read() as db:
        row = _read(lambda: read_calendar(db, team_id))
        teams = list_teams(db)
    zone = row.zone if row.changed_at else parts().settings.time_zone
    today = datetime.now(UTC).date()
    return render_template(
        "working_time/index.html",
        row=row,
        team_id=team_id or 0,
        zone=zone,
        teams=teams,
        week=[(name, *_split(text)) for name, text in zip(weekday_names(), row.week, strict=True)],
        hours=week_words(read_week(row.week)),
        zones=zones(),
        coming=[day for day in row.days if day.day >= today],
        past=[day for day in reversed(row.days) if day.day < today],
        weekdays=weekday_names("abbreviated"),
        today=today,
    )


def _split(text: str) -> tuple[str, str]:
    start, _dash, end = text.partition("-")
    return start, "00:00" if end == "24:00" else end


def _this_year() -> int:
    return datetime.now(UTC).year


def _kind() -> str:
    return request.form.get("kind", "holiday")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadWorkingTime("day", text[:20]) from error


def _back(team_id: int) -> Response:
    return redirect(url_for(".team", team_id=team_id) if team_id else url_for(".index"))


def _read(read: Callable[[], CalendarRow]) -> CalendarRow:
    try:
        return read()
    except UnknownTeam:
        abort(404)


@contextmanager
def _changing() -> Iterator[None]:
    """Answer what cannot be kept with what to do about it."""
    fixes = {
        "zone": _("Write a time zone as Europe/Berlin or Asia/Seoul."),
        "week": _("Give at least one working day, each with a beginning before its end."),
        "day": _("Write the day as 2026-12-24, of a year from 2000 to 2100."),
        "name": _("Give the day a name of at most 80 characters."),
        "kind": _("Say whether the day is a holiday or an extra day of work."),
        "days": _("Take out days of past years first."),
    }
    try:
        yield
    except UnknownTeam:
        abort(404)
    except BadWorkingTime as error:
        raise Refused(
            422,
            _("Working time cannot be kept like this"),
            _("The calendar is as it was."),
            fixes.get(error.field, ""),
            field=error.field,
        ) from error
