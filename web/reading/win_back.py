"""Closed leads as the win-back page says them: reasons with their quotes or the CRM's facts, and a brief in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from review.win_back.findings import Found
from review.win_back.leads import LeadRow
from web.context import when
from web.loss_reasons import loss_reason_words
from web.machine_sentences import translate_sentence
from web.reading.evidence import EvidenceRow, read_evidence

Facts = Mapping[str, Any]
LEAD_IN: Final = 8.0  # seconds played where a quote has no end


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLine:
    """One reason: what it says, and the words it lies in with the call they are of."""

    id: str
    text: str
    evidence: EvidenceRow | None
    call_id: int | None
    plays: bool
    opens: bool

    @property
    def span(self) -> tuple[float, float] | None:
        """What to play, in seconds of the call."""
        if self.evidence is None or self.evidence.start is None or not self.plays:
            return None
        end = self.evidence.end
        return (
            self.evidence.start,
            end if end is not None and end > self.evidence.start else self.evidence.start + LEAD_IN,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadLine:
    """One lead of a list."""

    row: LeadRow
    reasons: tuple[ReasonLine, ...]
    against: tuple[ReasonLine, ...]


def read_lines(rows: Iterable[LeadRow]) -> tuple[LeadLine, ...]:
    """The leads in their order."""
    return tuple(read_line(row) for row in rows)


def read_line(row: LeadRow) -> LeadLine:
    """One lead."""
    return LeadLine(
        row=row,
        reasons=tuple(_reason(item, row) for item in row.reasons),
        against=tuple(_reason(item, row) for item in row.against),
    )


def reason_words(item: Found) -> str:
    """What a reason says, in the viewer's language: the scorer's sentence, or one made of the CRM's facts."""
    if item.why:
        return translate_sentence(item.why)
    say = _SAID.get(item.id)
    return say(item.facts) if say else item.id


def _reason(item: Found, row: LeadRow) -> ReasonLine:
    return ReasonLine(
        id=item.id,
        text=reason_words(item),
        evidence=read_evidence(item.evidence),
        call_id=item.call_id,
        plays=item.call_id in row.plays,
        opens=item.call_id in row.opens,
    )


def _time(facts: Facts, name: str, form: str = "short") -> str:
    try:
        return when(datetime.fromisoformat(str(facts.get(name))), form)
    except ValueError:
        return "–"


def _number(facts: Facts, name: str) -> int:
    value = facts.get(name)
    return int(value) if isinstance(value, int | float) else 0


def _few_attempts(facts: Facts) -> str:
    count = _number(facts, "count")
    if not count:
        return str(_("Nobody tried to call the client."))
    return str(
        ngettext(
            "Only %(num)s attempt to reach the client, the last on %(day)s.",
            "Only %(num)s attempts to reach the client, the last on %(day)s.",
            count,
            day=_time(facts, "at", "date"),
        )
    )


def _crowded(facts: Facts) -> str:
    return str(
        _(
            "All %(count)s attempts were made between %(first)s and %(last)s, none after.",
            count=_number(facts, "count"),
            first=_time(facts, "first"),
            last=_time(facts, "last"),
        )
    )


def _same_hour(facts: Facts) -> str:
    return str(
        _(
            "All %(count)s attempts were made at the same time of the day, about %(time)s.",
            count=_number(facts, "count"),
            time=_time(facts, "first", "time"),
        )
    )


def _on_creation(facts: Facts) -> str:
    return str(
        ngettext(
            "Closed %(num)s minute after it was created.",
            "Closed %(num)s minutes after it was created.",
            _number(facts, "minutes"),
        )
    )


def _at_once(facts: Facts) -> str:
    minutes = _number(facts, "minutes")
    if not minutes:
        return str(_("Closed as soon as the call was over."))
    return str(ngettext("Closed %(num)s minute after the call.", "Closed %(num)s minutes after the call.", minutes))


def _task(facts: Facts) -> str:
    return str(
        _(
            "The task “%(title)s”, due on %(day)s, was never done.",
            title=facts.get("title"),
            day=_time(facts, "due", "date"),
        )
    )


def _other(facts: Facts) -> str:
    reason = loss_reason_words(str(facts.get("reason") or ""))
    return str(
        _("The loss reason says nothing: “%(reason)s”.", reason=reason) if reason else _("No loss reason is given.")
    )


def _unrecorded(facts: Facts) -> str:
    reason = loss_reason_words(str(facts.get("reason") or ""))
    return str(_("Closed as “%(reason)s”, yet no call with the client is recorded.", reason=reason))


def _tried_often(facts: Facts) -> str:
    return str(
        _(
            "%(count)s attempts on %(days)s days, all in vain.",
            count=_number(facts, "count"),
            days=_number(facts, "days"),
        )
    )


_SAID: Final[Mapping[str, Callable[[Facts], str]]] = {
    "never_called": lambda facts: str(_("Closed without a single call to the client.")),
    "few_attempts": _few_attempts,
    "clustered_attempts": _crowded,
    "same_hour": _same_hour,
    "client_called": lambda facts: str(
        _("The client called on %(time)s and was not called back.", time=_time(facts, "at"))
    ),
    "closed_on_creation": _on_creation,
    "closed_at_once": _at_once,
    "task_never_done": _task,
    "reason_other": _other,
    "no_recording": _unrecorded,
    "tried_often": _tried_often,
    "tried_again": lambda facts: str(
        _("There were later attempts, the last on %(day)s.", day=_time(facts, "at", "date"))
    ),
    "mail_after": lambda facts: str(
        _("An e-mail was sent after the call, on %(day)s.", day=_time(facts, "at", "date"))
    ),
}
