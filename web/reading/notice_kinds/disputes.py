"""What notifications of disputes say. Where one leads stands in its body as `url`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from web.context import when

Body = Mapping[str, Any]


def _who(body: Body) -> str:
    return str(body.get("who") or body.get("by") or _("Somebody"))


def _due(body: Body) -> str | None:
    due = body.get("due")
    try:
        return when(datetime.fromisoformat(due)) if isinstance(due, str) else None
    except ValueError:
        return None


def _raised(body: Body) -> str:
    due = _due(body)
    if due:
        return str(
            _("%(name)s disputes an evaluation: it is yours to decide until %(when)s", name=_who(body), when=due)
        )
    return str(_("%(name)s disputes an evaluation: it is yours to decide", name=_who(body)))


def _evaluation_disputed(body: Body) -> str:
    return str(_("%(name)s disputes your evaluation", name=_who(body)))


def _for_you(body: Body) -> str:
    return str(_("%(name)s disputes an evaluation of your call", name=_who(body)))


def _answered(body: Body) -> str:
    due = _due(body)
    if due:
        return str(
            _(
                "%(name)s decided on the dispute; it can be taken to the quality lead until %(when)s",
                name=_who(body),
                when=due,
            )
        )
    return str(_("%(name)s decided on the dispute", name=_who(body)))


def _answered_scorer(body: Body) -> str:
    return str(_("%(name)s decided on the dispute of your evaluation", name=_who(body)))


def _escalated(body: Body) -> str:
    due = _due(body)
    if body.get("why") == "undecided":
        words = _("A dispute was not decided in time by the manager: it is yours to decide until %(when)s", when=due)
    elif body.get("why") == "no_manager":
        words = _("A dispute has no manager who could decide: it is yours to decide until %(when)s", when=due)
    else:
        words = _("%(name)s brings a dispute to you: to decide until %(when)s", name=_who(body), when=due)
    return str(words)


def _with_lead(body: Body) -> str:
    return str(_("The dispute is with the quality lead now"))


def _decided(body: Body) -> str:
    granted, whole = int(body.get("granted") or 0), int(body.get("of") or 0)
    if not granted:
        return str(_("The dispute is decided: the evaluation stands as it is"))
    if granted < whole:
        return str(_("The dispute is decided: %(granted)s of %(whole)s answers changed", granted=granted, whole=whole))
    return str(_("The dispute is decided: it was accepted, and the score changed with it"))


def _withdrawn(body: Body) -> str:
    return str(_("%(name)s took the dispute back", name=_who(body)))


def _void(body: Body) -> str:
    return str(_("The dispute ended: its evaluation was made void"))


def _soon(body: Body) -> str:
    due = _due(body)
    return str(_("A dispute waits for your decision until %(when)s", when=due) if due else _raised(body))


def _overdue(body: Body) -> str:
    due = _due(body)
    return str(_("A dispute is overdue: it was to be decided until %(when)s", when=due))


def _further_soon(body: Body) -> str:
    return str(_("Until %(when)s you can take the dispute to the quality lead", when=_due(body)))


def _stranded(_body: Body) -> str:
    return str(_("A dispute waits and nobody may decide it: another quality lead is needed"))


def _window(body: Body) -> str:
    return str(_("Until %(when)s you can dispute the evaluation of your call", when=_due(body)))


SENTENCES: Mapping[str, Callable[[Body], str]] = {
    "dispute_raised": _raised,
    "evaluation_disputed": _evaluation_disputed,
    "dispute_for_you": _for_you,
    "dispute_answered": _answered,
    "dispute_answered_scorer": _answered_scorer,
    "dispute_escalated": _escalated,
    "dispute_with_lead": _with_lead,
    "dispute_decided": _decided,
    "dispute_withdrawn": _withdrawn,
    "dispute_void": _void,
    "dispute_soon": _soon,
    "dispute_overdue": _overdue,
    "dispute_further_soon": _further_soon,
    "dispute_stranded": _stranded,
    "dispute_window": _window,
}
