"""What notifications of coaching and its follow-up say. Where one leads stands in its body as `url`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

Body = Mapping[str, Any]


def _by(body: Body) -> str:
    return str(body.get("by") or _("Somebody"))


def _rep(body: Body) -> str:
    return str(body.get("rep") or _("Somebody"))


def _steps_late(body: Body) -> str:
    return str(
        ngettext(
            "%(num)s step of %(name)s's coaching plan is behind",
            "%(num)s steps of %(name)s's coaching plan are behind",
            int(body.get("steps") or 1),
            name=_rep(body),
        )
    )


def _taken_over(body: Body) -> str:
    if body.get("plan"):
        return str(_("%(name)s leads your coaching plan from now on", name=_by(body)))
    return str(_("%(name)s leads your coaching session from now on", name=_by(body)))


SENTENCES: Mapping[str, Callable[[Body], str]] = {
    "coaching_planned": lambda body: str(_("%(name)s planned a coaching session with you", name=_by(body))),
    "coaching_changed": lambda body: str(
        _("%(name)s changed what you agreed on: please confirm it again", name=_by(body))
    ),
    "coaching_confirmed": lambda body: str(_("%(name)s confirmed what you agreed on", name=_by(body))),
    "coaching_held": lambda body: str(_("%(name)s noted your coaching session as held", name=_by(body))),
    "coaching_done": lambda body: str(_("The agreed action is marked done: %(name)s", name=_rep(body))),
    "coaching_not_done": lambda body: str(_("%(name)s marked the agreed action as not done", name=_by(body))),
    "coaching_followed_up": lambda body: str(
        _("%(name)s read what your later calls show of your coaching session", name=_by(body))
    ),
    "coaching_closed": lambda body: str(_("%(name)s closed your coaching session", name=_by(body))),
    "coaching_taken_over": _taken_over,
    "coaching_comment": lambda body: str(_("%(name)s wrote a comment on a coaching session", name=_by(body))),
    "coaching_due": lambda body: str(_("An agreed action is due within a day: %(name)s", name=_rep(body))),
    "coaching_late": lambda body: str(_("A coaching session is overdue: %(name)s", name=_rep(body))),
    "coaching_ready": lambda body: str(_("The follow-up of a coaching session can be read: %(name)s", name=_rep(body))),
    "coaching_plan": lambda body: str(_("%(name)s made a coaching plan with you", name=_by(body))),
    "coaching_plan_ended": lambda body: str(_("%(name)s ended your coaching plan", name=_by(body))),
    "coaching_step_done": lambda body: str(_("A step of a coaching plan is done: %(name)s", name=_rep(body))),
    "coaching_steps_late": _steps_late,
}
