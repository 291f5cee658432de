"""What every template may use: the viewer, the navigation, languages, and filters that write values for people."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_interval
from flask import Flask, current_app, g, request, url_for
from flask_babel import Babel, format_date, format_datetime, format_decimal, format_percent, get_locale
from flask_babel import gettext as _

from review.accounts.first_run import FirstSteps, read_steps
from review.comments.notices import count_unread
from review.sampling.queue import count_open
from review.text.phones import display_phone
from review.ui_languages import UI_LANGUAGES
from web.access import rule_of
from web.auth import known_viewer
from web.navigation import NavigationGroup, navigation_of
from web.parts import parts
from web.phrases import set_up_phrases
from web.security import csp_nonce
from web.wording import FILTERS as WORDING

DEFAULT_LANGUAGE = UI_LANGUAGES[0]
LANGUAGE_COOKIE = "language"
TIME_ZONE_COOKIE = "timezone"  # set by the page's script: the browser knows where its user sits


@dataclass(frozen=True, slots=True)
class Language:
    """One entry of the language switch, named in itself."""

    code: str
    name: str
    active: bool


def set_up_pages(app: Flask) -> None:
    """Give templates their languages, variables and filters."""
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT_LANGUAGE
    Babel(app, locale_selector=choose_language, timezone_selector=choose_time_zone)
    set_up_phrases(app)
    app.context_processor(page_variables)
    for name, write in {**FILTERS, **WORDING}.items():
        app.add_template_filter(write, name)


def choose_language() -> str:
    """The viewer's language, else the one chosen before signing in, else the browser's."""
    viewer = known_viewer()
    for chosen in (viewer.language if viewer else None, request.cookies.get(LANGUAGE_COOKIE)):
        if chosen in UI_LANGUAGES:
            return str(chosen)
    return request.accept_languages.best_match(UI_LANGUAGES, DEFAULT_LANGUAGE) or DEFAULT_LANGUAGE


def _own_name(code: str) -> str:
    """How a language calls itself, as the first word of a line: English, Русский."""
    name = Locale.parse(code).get_display_name(code) or code
    return name[:1].upper() + name[1:]


def choose_time_zone() -> zoneinfo.ZoneInfo | None:
    """The browser's time zone once it has told it; UTC until then."""
    name = request.cookies.get(TIME_ZONE_COOKIE)
    if not name:
        return None
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def page_variables() -> dict[str, Any]:
    """The variables of every template."""
    current = str(get_locale() or DEFAULT_LANGUAGE)
    return {
        "viewer": known_viewer(),
        "navigation": navigation(),
        "page_address": page_address,
        "first_steps": first_steps,
        "unread_notices": unread_notices,
        "waiting_calls": waiting_calls,
        "csp_nonce": csp_nonce(),
        "page_languages": tuple(Language(code, _own_name(code), code == current) for code in UI_LANGUAGES),
        "current_language": current,
        "asset": asset_url,
    }


def navigation() -> tuple[NavigationGroup, ...]:
    """The pages this viewer can open, in groups; empty before signing in."""
    viewer = known_viewer()
    return () if viewer is None else navigation_of(viewer)


def page_address(endpoint: str) -> str | None:
    """The address of a page without parts, where it opens to this viewer; None where it does not."""
    viewer = known_viewer()
    return url_for(endpoint) if viewer is not None and rule_of(endpoint).allows(viewer) else None


def first_steps() -> FirstSteps | None:
    """The list of first steps for those who set things up; None once it is done or put away. Asked by the inbox."""
    viewer = known_viewer()
    if viewer is None or not viewer.has_role("admin", "quality_lead", "head_of_sales"):
        return None
    settings = parts().settings
    watches = bool(settings.watch or settings.call_records)
    with parts().database.read() as db:
        steps = read_steps(db, named=bool(settings.company_names), watches=watches)
    return None if steps.dismissed or steps.done else steps


def waiting_calls() -> int:
    """How many calls this viewer has to score; asked by the navigation only, like `unread_notices`."""
    viewer = known_viewer()
    if viewer is None:
        return 0
    with parts().database.read() as db:
        return count_open(db, viewer)


def unread_notices() -> int:
    """How many notifications this viewer has not read; asked by the navigation only, not by pieces of pages."""
    viewer = known_viewer()
    if viewer is None:
        return 0
    if "unread_notices" not in g:  # a page may say it twice
        with parts().database.read() as db:
            g.unread_notices = count_unread(db, viewer)
    return int(g.unread_notices)


def asset_url(name: str) -> str:
    """The address of a static file; it changes with the file, so that browsers may keep it."""
    path = Path(current_app.static_folder or "") / name
    if not path.is_file():
        return url_for("static", filename=name)
    return url_for("static", filename=name, v=f"{path.stat().st_mtime_ns // 1_000_000:x}")


def clock(seconds: float | None) -> str:
    """Seconds as m:ss, or h:mm:ss from an hour on; a dash when unknown."""
    if seconds is None:
        return "–"
    whole = max(0, int(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"


def duration(seconds: float | None) -> str:
    """Seconds in words short enough for a table: "42 s", "4 min", "2 h 5 min", "3 d"."""
    if seconds is None:
        return "–"
    whole = max(0, round(seconds))
    if whole < 60:
        return str(_("%(n)s s", n=whole))
    if whole < 3600:
        return str(_("%(n)s min", n=round(whole / 60)))
    if whole < 2 * 86_400:
        return str(_("%(h)s h %(m)s min", h=whole // 3600, m=whole % 3600 // 60))
    return str(_("%(n)s d", n=whole // 86_400))


def when(value: datetime | None, form: str = "short") -> str:
    """A moment in the viewer's language and time zone. `form`: short, medium, long, date or time."""
    if value is None:
        return "–"
    if form == "date":
        return str(format_datetime(value, day_pattern()))
    if form == "time":
        return str(format_datetime(value, "HH:mm"))
    return str(format_datetime(value, f"{day_pattern()}, HH:mm" if form == "short" else form))


def day(value: date | None) -> str:
    """A day in the viewer's language."""
    return "–" if value is None else str(format_date(value, day_pattern()))


def period(key: str) -> str:
    """The days of a draw's period, "2026-11-22" or "2026-W47", as a span of days in the viewer's language."""
    try:
        if "-W" not in key:
            return day(date.fromisoformat(key))
        first = date.fromisoformat(f"{key}-1")
    except ValueError:
        return key
    locale = "en_GB" if (found := str(get_locale() or DEFAULT_LANGUAGE)) == "en" else found  # days before months
    return str(format_interval(first, first + timedelta(days=6), "yMMMd", fuzzy=True, locale=locale))


def day_pattern() -> str:
    """A day as the viewer's language writes it: year first in Korean and Chinese."""
    return {"ko": "y년 M월 d일", "zh": "y年M月d日"}.get(str(get_locale() or DEFAULT_LANGUAGE)[:2], "d MMM y")


def month(value: date | None) -> str:
    """A month in the viewer's language."""
    return "–" if value is None else str(format_date(value, "LLLL y"))


def phone(value: str | None) -> str:
    """A phone number as people write it."""
    return display_phone(value)


def number(value: float | Decimal | None, digits: int = 0) -> str:
    """A number in the viewer's language, rounded to `digits` decimals; a dash when unknown."""
    if value is None:
        return "–"
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(value, pattern))


def percent(share: float | None) -> str:
    """A share of 0..1 as a whole percentage; a dash when unknown."""
    return "–" if share is None else str(format_percent(share))


def size(value: float | None) -> str:
    """Bytes as kB, MB or GB."""
    if value is None:
        return "–"
    for unit, divisor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= divisor:
            return f"{number(value / divisor, 1 if value < 10 * divisor else 0)} {unit}"
    return f"{number(value)} B"


def state_label(state: str | None) -> str:
    """A call's state or phase in the user's words."""
    words: dict[str, Callable[[], str]] = {
        "received": lambda: _("queued"),
        "queued": lambda: _("queued"),
        "transcribing": lambda: _("transcribing"),
        "transcribed": lambda: _("scoring"),
        "scoring": lambda: _("scoring"),
        "scored": lambda: _("ready"),
        "ready": lambda: _("ready"),
        "needs_model": lambda: _("needs a speech model"),
        "no_audio": lambda: _("not recorded"),
        "dead": lambda: _("failed"),
        "failed": lambda: _("failed"),
    }
    return words[state]() if state in words else (state or "–")


FILTERS: dict[str, Callable[..., object]] = {
    "clock": clock,
    "duration": duration,
    "when": when,
    "day": day,
    "month": month,
    "period": period,
    "phone": phone,
    "number": number,
    "percent": percent,
    "size": size,
    "state_label": state_label,
}
