"""The kinds of notifications, their groups and ways in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask_babel import gettext as _

Words = Callable[[], str]

GROUPS: Final[Mapping[str, Words]] = {
    "comments": lambda: _("Comments"),
    "reviewing": lambda: _("Reviewing"),
    "disputes": lambda: _("Disputes"),
    "calibration": lambda: _("Calibration"),
    "coaching": lambda: _("Coaching"),
    "library": lambda: _("Library and quizzes"),
    "clients": lambda: _("Clients and leads"),
    "account": lambda: _("My sign-in"),
    "system": lambda: _("The installation"),
    "other": lambda: _("Other news"),
}
"""The groups in the order of the page."""

KINDS: Final[Mapping[str, Words]] = {
    "mention": lambda: _("Somebody names me in a comment"),
    "reply": lambda: _("Somebody answers in a thread I wrote in"),
    "comment": lambda: _("Comments on calls of mine"),
    "assigned": lambda: _("Calls are given to me to review"),
    "handed_on": lambda: _("A call is handed on to me to review"),
    "withdrawn": lambda: _("A call is taken out of my queue"),
    "evaluation_shown": lambda: _("My call was evaluated"),
    "evaluation_disputed": lambda: _("An evaluation of mine is disputed"),
    "dispute_raised": lambda: _("A dispute is mine to decide"),
    "dispute_escalated": lambda: _("A dispute was taken further to me"),
    "dispute_soon": lambda: _("The time to decide on a dispute ends soon"),
    "dispute_overdue": lambda: _("A dispute is overdue"),
    "dispute_answered": lambda: _("The manager has decided on a dispute of mine"),
    "dispute_further_soon": lambda: _("The time to take a dispute further ends soon"),
    "dispute_window": lambda: _("The time to dispute an evaluation ends soon"),
    "dispute_for_you": lambda: _("My manager disputes an evaluation of a call of mine"),
    "dispute_decided": lambda: _("A dispute is decided"),
    "dispute_answered_scorer": lambda: _("The manager has decided on a dispute of an evaluation of mine"),
    "dispute_with_lead": lambda: _("A dispute went to the quality lead"),
    "dispute_withdrawn": lambda: _("A dispute was taken back"),
    "dispute_void": lambda: _("A dispute ended with its evaluation"),
    "dispute_stranded": lambda: _("A dispute waits and nobody may decide it"),
    "win_back_handed": lambda: _("A reopened lead is given to me"),
    "bulk_done": lambda: _("Work on many calls is through"),
    "mail_refused": lambda: _("My address refuses mail"),
    "mail_refused_person": lambda: _("Somebody's address refuses mail"),
    "mail_failed": lambda: _("A mail could not be sent"),
    "mail_down": lambda: _("The mail server cannot be used"),
}
"""What each kind is called where people choose how it reaches them."""

WAYS: Final[Mapping[str, Words]] = {
    "app": lambda: _("Here only"),
    "mail": lambda: _("Mail at once"),
    "digest": lambda: _("Daily mail"),
    "off": lambda: _("Off"),
}


def group_label(group: str) -> str:
    """A group's heading."""
    return str(GROUPS.get(group, GROUPS["other"])())


def kind_label(kind: str) -> str:
    """What a kind is called; one that nobody has named is other news."""
    return str(KINDS.get(kind, GROUPS["other"])())


def way_label(way: str) -> str:
    """A way's name."""
    return str(WAYS.get(way, WAYS["app"])())
