"""Audit events in words: what was done, to what, and what a broken chain means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from review.audit_chain.checking import Fault
from review.queries.audit_log import LogRow
from review.queries.audit_names import Names
from web.reading.audit_details import kind_words, read_details
from web.reading.audit_words import action_words, area_words


@dataclass(frozen=True, slots=True)
class LogLine:
    """One event as the page shows it.

    `about` names what it is about, "" where that says nothing more; `number` is its kind and number. `url` leads to
    it, where there is a page for that; `others` to everything the log has on it.
    """

    row: LogRow
    what: str
    about: str
    number: str
    details: tuple[tuple[str, str], ...]
    url: str | None
    others: str


def read_rows(rows: Iterable[LogRow], names: Names) -> list[LogLine]:
    """The events in words."""
    actions, kinds = action_words(), kind_words()
    return [_read_row(row, names, actions, kinds) for row in rows]


def _read_row(row: LogRow, names: Names, actions: dict[str, str], kinds: dict[str, str]) -> LogLine:
    number = f"{kinds.get(row.subject_kind, row.subject_kind.replace('_', ' '))} {row.subject_id}"
    return LogLine(
        row=row,
        what=actions.get(row.action) or row.action,
        about=_about(row, names) or number if _says_more(row) else "",
        number=number,
        details=tuple(read_details(row.action, row.details, names)),
        url=_leads_to(row),
        others=url_for("audit.index", kind=row.subject_kind, id=row.subject_id),
    )


def _says_more(row: LogRow) -> bool:
    """False where the event is about its own actor, or about the one installation there is."""
    own = row.subject_kind == "user" and row.subject_id == str(row.actor)
    return not own and row.subject_kind != "installation"


def _about(row: LogRow, names: Names) -> str | None:
    if row.subject_id == "installation":
        return str(_("Everybody"))
    if not row.subject_id.isdecimal() or len(row.subject_id) > 18:
        return row.subject_id if row.subject_kind in ("account", "source", "crm") else None
    return names.get((row.subject_kind, int(row.subject_id)))


def group_actions(actions: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The acts that occur and their words, by what they are about; one nobody gave words to by its code."""
    names, words = area_words(), action_words()
    groups: dict[str, list[tuple[str, str]]] = {}
    for action in actions:
        area = action.partition(".")[0]
        groups.setdefault(names.get(area, area), []).append((action, words.get(action, action)))
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
