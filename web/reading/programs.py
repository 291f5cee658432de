"""Tokens and webhooks in words: what a token may do, what a webhook tells, why a delivery did not arrive."""

from __future__ import annotations

from flask_babel import gettext as _


def scope_words() -> tuple[tuple[str, str], ...]:
    """What a token may do with each scope."""
    return (
        ("calls:read", _("Read calls, transcripts and what the machine thinks of them, clients and leads")),
        ("calls:write", _("Deliver calls; write comments, verdicts and fields of clients")),
        ("reviews:read", _("Read evaluations, disputes and calibrations")),
        ("reviews:write", _("Submit evaluations, open and decide disputes")),
        ("coaching:read", _("Read coaching, the library and quizzes")),
        ("coaching:write", _("Write coaching, the library and quizzes")),
        ("people:read", _("Read people, teams and how they are doing")),
        ("people:write", _("Change people and teams")),
        ("settings:write", _("Set up webhooks")),
        ("metrics:read", _("Read the figures for operators (/metrics): how much waits and fails, nothing of calls")),
    )


def event_words() -> tuple[tuple[str, str], ...]:
    """When each event happens."""
    return (
        ("call.scored", _("A call was scored, or scored again with another result")),
        (
            "flag.raised",
            _(
                "A flag went up: a missed objection, a lead that may have been closed wrongly, a low score, or much "
                "that could not be judged"
            ),
        ),
        ("evaluation.submitted", _("A person handed in a scorecard")),
        ("dispute.decided", _("A dispute was decided")),
    )


def address_words(why: str) -> str:
    """What to do about an address that cannot be used."""
    words = {
        "bad_address": _("Give a whole address like https://example.com/hooks, without user and password."),
        "not_https": _(
            "The address must begin with https://. Hosts on your own network may use http when they are named in "
            "CALLCOACH_WEBHOOK_OWN_HOSTS."
        ),
        "no_name": _("The name in this address is not known here. Look at its spelling."),
        "inner_address": _(
            "This address leads into an inner network. If the receiver is yours, name its host in "
            "CALLCOACH_WEBHOOK_OWN_HOSTS."
        ),
    }
    return str(words.get(why, words["bad_address"]))


def why_words(why: str, status: int | None) -> str:
    """What came of one try of a delivery."""
    if not why:
        return str(_("taken (%(status)s)", status=status))
    words = {
        "bad_address": _("the address cannot be read"),
        "not_https": _("the address is not https"),
        "no_name": _("its name is not known"),
        "inner_address": _("it leads into an inner network"),
        "unreachable": _("nobody could be reached there"),
        "timeout": _("no answer in time"),
        "redirect": _("it points elsewhere (%(status)s); redirects are not followed", status=status),
        "gone": _("it wants nothing any more (410)"),
        "status": _("it answered %(status)s", status=status),
        "secret_lost": _("its signing secret cannot be read any more: make a new one"),
        "fault": _("a fault on our side, see the log"),
    }
    return str(words.get(why, why))
