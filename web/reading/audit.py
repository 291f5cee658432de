"""Audit events in words: what was done, to what, and what a broken chain means."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _

from review.audit_chain.checking import Fault
from review.queries.audit_log import LogRow
from web.reading.audit_words import action_words, area_words

LONGEST_VALUE: Final = 160  # characters of one detail shown; the file has all


@dataclass(frozen=True, slots=True)
class LogLine:
    """One event as the page shows it; `url` leads to what it is about, where there is a page for that."""

    row: LogRow
    what: str
    details: tuple[tuple[str, str], ...]
    url: str | None


def read_row(row: LogRow) -> LogLine:
    """The event in words."""
    return LogLine(row, action_name(row.action), tuple(_details(row.details)), _leads_to(row))


def action_name(action: str) -> str:
    """What was done; a kind of act nobody gave words to is shown by its code."""
    return action_words().get(action) or action


def group_actions(actions: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The acts that occur by what they are about, each group by its words."""
    names = area_words()
    groups: dict[str, list[str]] = {}
    for action in actions:
        area = action.partition(".")[0]
        groups.setdefault(names.get(area, area), []).append(action)
    return sorted(groups.items())


def fault_sentence(fault: Fault) -> str:
    """What was done to the log, as far as the chain tells."""
    facts = {"place": fault.number, "until": fault.until, "row": fault.event}
    if fault.kind == "missing" and fault.number != fault.until:
        return str(_("Events %(place)s to %(until)s are missing: they were deleted.", **facts))
    if fault.kind == "cut" and fault.number != fault.until:
        return str(_("The end is cut off: events %(place)s to %(until)s are known of and not there.", **facts))
    said = {
        "edited": _("Event %(place)s is not as it was sealed: it was changed, or changed places.", **facts),
        "missing": _("Event %(place)s is missing: it was deleted.", **facts),
        "unlinked": _("Event %(place)s does not follow on the one before it.", **facts),
        "unsealed": _("An event was put in from outside (row %(row)s): it has no seal.", **facts),
        "cut": _("The end is cut off: event %(place)s is known of and not there.", **facts),
        "rewritten": _("Event %(place)s has another seal than was written down outside.", **facts),
        "earlier": _("Something from before the log was sealed is not as it was.", **facts),
        "other_key": _("No event has this installation's seal: the file secret.key, or the whole log, is another one."),
        "anchors_unreadable": _("The file with the written-down ends of the log cannot be read."),
    }
    return str(said.get(fault.kind, fault.kind))


def _leads_to(row: LogRow) -> str | None:
    if not row.subject_id.isdecimal() or len(row.subject_id) > 18:
        return None
    number = int(row.subject_id)
    if row.subject_kind == "call":
        return url_for("calls.show", call_id=number)
    return url_for("clients.show", client_id=number) if row.subject_kind == "client" else None


def _details(details: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for name, value in details.items():
        if value is None or value in ("", [], {}):
            continue
        text = _value(value)
        yield name.replace("_", " "), text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _value(value: Any) -> str:
    """One detail as a person reads it: lists by commas, the parts of an object by their names."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    if isinstance(value, dict):
        return "; ".join(f"{name.replace('_', ' ')}: {_value(item)}" for name, item in value.items())
    return "–" if value is None else json.dumps(value, ensure_ascii=False)
