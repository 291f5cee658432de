"""The brief of a reopened lead as text to be edited: who, what was said, what to say, when to call; and due dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from flask_babel import get_timezone
from flask_babel import gettext as _

from review.win_back.brief import BriefParts, best_hours
from review.win_back.leads import LeadRow
from web.context import day, when
from web.loss_reasons import loss_reason_words
from web.wording import masked_words

WORKDAYS: Final = 5  # Monday to Friday
END_OF_DAY: Final = time(17, 0)


def write_brief(lead: LeadRow, parts: BriefParts) -> str:
    """The brief in the viewer's language, one paragraph for each thing; what is not known is left out."""
    pieces = [_who(lead)]
    if parts.said:
        said = [
            _("%(day)s: “%(quote)s”", day=when(one.at, "date"), quote=masked_words(one.quote)) for one in parts.said
        ]
        pieces.append("\n".join([_("What the client said"), *(f"– {line}" for line in said)]))
    for met in parts.met:
        lines = [
            _(
                "Objection, %(kind)s: “%(quote)s” (%(outcome)s)",
                kind=_kind(met.kind),
                quote=masked_words(met.quote),
                outcome=_outcome(met.outcome),
            )
        ]
        lines += [_("– answered well elsewhere: “%(answer)s”", answer=masked_words(answer)) for answer in met.best]
        pieces.append("\n".join(lines))
    pieces.append(_when_to_call(parts))
    return "\n\n".join(str(piece) for piece in pieces if piece)


def suggest_due(parts: BriefParts, now: datetime) -> datetime:
    """The day the client named, else the next working day, at the end of it in the viewer's zone."""
    here = now.astimezone(zone())
    wanted = parts.next_contact or here.date() + timedelta(days=1)
    while wanted.weekday() >= WORKDAYS:
        wanted += timedelta(days=1)
    return datetime.combine(wanted, END_OF_DAY, tzinfo=zone())


def read_due(text: str) -> datetime | None:
    """The end of a day as a form sends it (ISO date), in the viewer's zone; None where it is none."""
    try:
        return datetime.combine(date.fromisoformat(text.strip()), END_OF_DAY, tzinfo=zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def zone() -> ZoneInfo:
    """The viewer's time zone."""
    found = get_timezone()
    return found if isinstance(found, ZoneInfo) else ZoneInfo("UTC")


def _who(lead: LeadRow) -> str:
    name = ", ".join(part for part in (lead.client, lead.company) if part) or _("Client not known")
    lines = [f"{name}: {lead.title}" if lead.title else name]
    if lead.loss_reason:  # without who closed it: the new owner is to call, not to judge
        reason = loss_reason_words(lead.loss_reason)
        lines.append(_("Closed as “%(reason)s” on %(day)s.", reason=reason, day=when(lead.closed_at, "date")))
    return "\n".join(lines)


def _when_to_call(parts: BriefParts) -> str:
    lines = []
    if parts.next_contact is not None:
        lines.append(_("The client named a day: %(day)s.", day=day(parts.next_contact)))
    hours = best_hours(tuple(at.astimezone(zone()) for at in parts.spoke))
    if hours:
        told = ", ".join(f"{hour}–{hour + 1}" for hour in sorted(hours))
        lines.append(_("Spoke with us before at these hours: %(hours)s.", hours=told))
    elif parts.silent:
        tried = ", ".join(sorted({when(at, "time") for at in parts.silent}))
        lines.append(_("Was not reached at %(times)s: try another time of the day.", times=tried))
    return "\n".join(lines)


def _kind(code: str) -> str:
    names: dict[str, str] = {
        "price": _("price"),
        "timing": _("timing"),
        "authority": _("authority"),
        "need": _("no need"),
        "competitor": _("competitor"),
        "trust": _("trust"),
        "brush_off": _("brush-off"),
        "fit": _("fit"),
        "other": _("other"),
    }
    return names.get(code, code)


def _outcome(code: str) -> str:
    names: dict[str, str] = {
        "handled": _("handled"),
        "partial": _("partly handled"),
        "mishandled": _("mishandled"),
        "ignored": _("ignored"),
    }
    return names.get(code, code)
