"""What an audit event is about and what it says beside that, in words: kinds of things, fields and their values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext as _

from review.queries.audit_names import SPEAKS_OF, Names
from web.context import day, when

LONGEST_VALUE: Final = 160  # characters of one detail shown; the file has all
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def kind_words() -> dict[str, str]:
    """What an event can be about; one of a kind nobody gave words to is shown by its code."""
    return {
        "account": _("Account"),
        "calibration": _("calibration"),
        "call": _("call"),
        "client": _("client"),
        "clip": _("clip"),
        "coaching_plan": _("Coaching plan"),
        "coaching_session": _("coaching session"),
        "comment": _("Comment"),
        "crm": _("CRM"),
        "crm_connection": _("CRM"),
        "criterion": _("Criterion"),
        "invitation": _("invitation"),
        "model": _("model"),
        "playlist": _("playlist"),
        "quiz": _("quiz"),
        "rep": _("rep"),
        "sampling_rule": _("rule"),
        "source": _("Source"),
        "standard": _("standard"),
        "team": _("team"),
        "token": _("Token"),
        "user": _("Account"),
        "webhook": _("webhook"),
        "win_back_lead": _("lead"),
        "working_calendar": _("Working time"),
    }


def field_words() -> dict[str, str]:
    """What a detail is called; the page sets them all in small letters."""
    person, team, rep = _("Person"), _("Team"), _("Rep")
    return {
        "address": _("Address"),
        "after": _("after"),
        "before": _("before"),
        "benchmark": _("benchmark"),
        "blind": _("Blind"),
        "call": _("Call"),
        "calls": _("Calls"),
        "changed": _("changed"),
        "company": _("Company"),
        "created": _("created"),
        "criteria": _("Criteria"),
        "criterion": _("Criterion"),
        "due": _("due"),
        "email": _("E-mail"),
        "evaluation": _("Evaluation"),
        "extension": _("Extension"),
        "final": _("Score"),
        "handed_in": _("handed in"),
        "kind": _("kind"),
        "language": _("Language"),
        "manages": _("manages"),
        "name": _("name"),
        "note": _("note"),
        "people": _("People"),
        "person": person,
        "reason": _("Reason"),
        "rep": rep,
        "rep_id": rep,
        "role": _("Role"),
        "roles": _("Roles"),
        "scopes": _("What it may do"),
        "source": _("Source"),
        "standard": _("standard"),
        "state": _("State"),
        "tag": _("tag"),
        "team": team,
        "team_id": team,
        "title": _("title"),
        "turn": _("turn"),
        "until": _("Until"),
        "user": person,
        "user_id": person,
        "week": _("week"),
        "weeks": _("Weeks"),
        "zone": _("Time zone"),
    }


def role_words() -> dict[str, str]:
    """Each role by its name."""
    return {
        "rep": _("sales rep"),
        "manager": _("team manager"),
        "reviewer": _("quality reviewer"),
        "quality_lead": _("quality lead"),
        "head_of_sales": _("head of sales"),
        "external_reviewer": _("external reviewer"),
        "admin": _("admin"),
    }


def way_in(how: str) -> str:
    """How somebody signed in."""
    ways = {
        "passphrase": _("Passphrase"),
        "code": _("One-time code"),
        "invitation": _("invitation"),
        "provider": _("Another provider (OpenID Connect)"),
        "first": _("Set-up code"),
    }
    return str(ways.get(how, how))


def read_details(action: str, details: Mapping[str, Any], names: Names) -> Iterator[tuple[str, str]]:
    """The details as pairs of a name and what it says; a name is "" where the value says all."""
    fields = field_words()
    for name, value in details.items():
        if value is None or value in ("", [], {}):
            continue
        if name == "version":
            yield "", _("version %(n)s", n=value)
            continue
        if action == "user.signed_in" and name == "how":
            text = way_in(str(value)).lower()
            yield "", text
            continue
        text = _value(name, value, names, fields)
        yield (
            str(fields.get(name, name.replace("_", " "))),
            text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…",
        )


def _value(name: str, value: Any, names: Names, fields: Mapping[str, str]) -> str:
    """One detail as a person reads it: lists by commas, the parts of an object by their names."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, int) and (name in SPEAKS_OF):
        return names.get((SPEAKS_OF[name], value), str(value))
    if isinstance(value, str):
        return _text(name, value)
    if isinstance(value, list):
        return ", ".join(_value(name, one, names, fields) for one in value) or "–"
    if isinstance(value, dict):
        return "; ".join(
            f"{fields.get(part, part.replace('_', ' '))}: {_value(part, one, names, fields)}"
            for part, one in value.items()
        )
    return "–" if value is None else json.dumps(value, ensure_ascii=False)


def _text(name: str, value: str) -> str:
    if name in ("roles", "role", "before", "after") and value in (roles := role_words()):
        return str(roles[value])
    try:
        if _MOMENT.fullmatch(value):
            return when(datetime.fromisoformat(value))
        if _DAY.fullmatch(value):
            return day(date.fromisoformat(value))
    except ValueError:
        return value  # looks like a date and is none
    return value or "–"
