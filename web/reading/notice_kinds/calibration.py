"""What notifications of calibration say. Where one leads stands in its body as `url`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

Body = Mapping[str, Any]


def _name(body: Body) -> str:
    return str(body.get("name") or "")


def _invited(body: Body) -> str:
    return str(
        ngettext(
            "%(by)s asks you to score %(num)s call for the calibration “%(name)s”",
            "%(by)s asks you to score %(num)s calls for the calibration “%(name)s”",
            int(body.get("calls") or 1),
            by=str(body.get("by") or _("Somebody")),
            name=_name(body),
        )
    )


def _due(body: Body) -> str:
    return str(
        ngettext(
            "The calibration “%(name)s” closes soon: %(num)s call waits for you",
            "The calibration “%(name)s” closes soon: %(num)s calls wait for you",
            int(body.get("calls") or 1),
            name=_name(body),
        )
    )


def _done(body: Body) -> str:
    return str(_("Everything is handed in for the calibration “%(name)s”: you may close it", name=_name(body)))


def _closed(body: Body) -> str:
    if body.get("drafts"):
        return str(
            ngettext(
                "The calibration “%(name)s” closed before you handed in %(num)s scorecard: what you filled in is kept",
                "The calibration “%(name)s” closed before you handed in %(num)s scorecards: what you filled in is kept",
                int(body["drafts"]),
                name=_name(body),
            )
        )
    if body.get("by"):
        return str(_("%(by)s closed the calibration “%(name)s”: see what it found", by=body["by"], name=_name(body)))
    return str(_("The calibration “%(name)s” closed at its deadline: see what it found", name=_name(body)))


def _cancelled(body: Body) -> str:
    return str(_("The calibration “%(name)s” was called off", name=_name(body)))


def _withdrawn(body: Body) -> str:
    criterion = str(body.get("criterion") or "")
    return str(_("The automatic mode of “%(criterion)s” was withdrawn: it no longer passes", criterion=criterion))


SENTENCES: Mapping[str, Callable[[Body], str]] = {
    "calibration_invited": _invited,
    "calibration_due": _due,
    "calibration_done": _done,
    "calibration_closed": _closed,
    "calibration_cancelled": _cancelled,
    "automatic_withdrawn": _withdrawn,
}
