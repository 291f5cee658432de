"""The kinds of notifications, their groups and ways in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask_babel import gettext as _

from review.notices.kinds import leader_of

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
    "dispute_to_decide": lambda: _("A dispute is mine to decide"),
    "dispute_deadline": lambda: _("A deadline of a dispute is near"),
    "dispute_news": lambda: _("News of a dispute I have part in"),
    "dispute_stranded": lambda: _("A dispute waits and nobody may decide it"),
    "calibration_invited": lambda: _("I am asked to score calls for a calibration"),
    "calibration_due": lambda: _("A calibration closes soon and waits for me"),
    "calibration_news": lambda: _("A calibration is complete, closed or called off"),
    "automatic_withdrawn": lambda: _("A criterion lost its automatic mode"),
    "coaching_asked": lambda: _("A coaching session or plan is made or changed with me"),
    "coaching_deadline": lambda: _("Something agreed in coaching is due or late"),
    "coaching_news": lambda: _("News of my coaching sessions and plans"),
    "library_praise": lambda: _("Praise for how I spoke"),
    "library_voice": lambda: _("My voice in the library, and who asks to be taken out"),
    "library_given": lambda: _("A playlist or quiz is given to me"),
    "library_deadline": lambda: _("A playlist or quiz of mine is due or late"),
    "library_done": lambda: _("Somebody finished what I gave them, or did not"),
    "win_back_handed": lambda: _("A reopened lead is given to me"),
    "bulk_done": lambda: _("Work on many calls is through"),
    "webhook_off": lambda: _("A program is no longer told: it does not answer"),
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
    """What a kind is called, or what it follows; one that nobody has named is other news."""
    return str(KINDS.get(leader_of(kind), GROUPS["other"])())


def way_label(way: str) -> str:
    """A way's name."""
    return str(WAYS.get(way, WAYS["app"])())
