"""Notifications in plain sentences: built here from a kind and its facts, so that they can be translated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from review.comments.notices import Notice
from web.context import clock
from web.reading.notice_kinds import AREAS

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notification: what happened, about which call, and where it leads."""

    row: Notice
    sentence: str
    url: str | None


def read_notice(row: Notice) -> NoticeView:
    """The notification as a sentence; a kind nobody here knows says only that there is something new."""
    write = SENTENCES.get(row.kind, _something)
    return NoticeView(row, write(row.body), _leads_to(row))


def _leads_to(row: Notice) -> str | None:
    """The page a notification is about: an address it names itself (one of ours), else its call at its second."""
    own = row.body.get("url")
    if isinstance(own, str) and own.startswith("/") and not own.startswith(("//", "/\\")):
        return own
    if row.kind == "assigned":
        return url_for("queue.index")
    if row.call_id is None:
        return None
    at = row.body.get("at")
    second = f"{at:.2f}" if isinstance(at, int | float) and at > 0 else None
    anchor = f"comment{row.body['comment']}" if isinstance(row.body.get("comment"), int) else None
    return url_for("calls.show", call_id=row.call_id, t=second, _anchor=anchor)


def _by(body: Body) -> str:
    return str(body.get("by") or _("Somebody"))


def _place(body: Body) -> str | None:
    at = body.get("at")
    return clock(float(at)) if isinstance(at, int | float) else None


def _mention(body: Body) -> str:
    place = _place(body)
    if place:
        return str(_("%(name)s named you in a comment at %(time)s", name=_by(body), time=place))
    return str(_("%(name)s named you in a comment", name=_by(body)))


def _reply(body: Body) -> str:
    return str(_("%(name)s answered in a thread you wrote in", name=_by(body)))


def _comment(body: Body) -> str:
    count = int(body.get("count") or 1)
    if count > 1:
        return str(
            ngettext(
                "%(num)s new comment, the last by %(name)s",
                "%(num)s new comments, the last by %(name)s",
                count,
                name=_by(body),
            )
        )
    place = _place(body)
    if place:
        return str(_("%(name)s commented at %(time)s", name=_by(body), time=place))
    return str(_("%(name)s commented on the call", name=_by(body)))


def _evaluation_shown(body: Body) -> str:
    return str(_("%(name)s evaluated your call", name=_by(body)))


def _evaluation_disputed(body: Body) -> str:
    return str(_("%(name)s disputes your evaluation", name=_by(body)))


def _assigned(body: Body) -> str:
    count = int(body.get("calls") or 1)
    rule = body.get("rule")
    if rule:
        return str(
            ngettext(
                "%(num)s call to review: drawn by the rule “%(rule)s”",
                "%(num)s calls to review: drawn by the rule “%(rule)s”",
                count,
                rule=rule,
            )
        )
    return str(ngettext("%(num)s call was given to you to review", "%(num)s calls were given to you to review", count))


def _handed_on(body: Body) -> str:
    before = body.get("from")
    if before:
        return str(_("You are to review a call that %(name)s had in the queue", name=before))
    return str(_("You are to review a call that nobody had in the queue"))


def _withdrawn(body: Body) -> str:
    return str(_("%(name)s took a call out of your queue: it needs no review", name=_by(body)))


def _bulk_done(body: Body) -> str:
    facts = {"done": int(body.get("done") or 0), "same": int(body.get("same") or 0), "left": int(body.get("left") or 0)}
    what = {
        "tag": _("Tagging calls is through: %(done)s done, %(same)s so already, %(left)s not done", **facts),
        "untag": _("Taking a tag off calls is through: %(done)s done, %(same)s so already, %(left)s not done", **facts),
        "assign": _("Giving calls out is through: %(done)s done, %(same)s so already, %(left)s not done", **facts),
        "rescore": _("Calls are sent to be scored again: %(done)s done, %(left)s not done", **facts),
    }
    return str(what.get(str(body.get("act")), _("There is something new")))


def _win_back_handed(body: Body) -> str:
    client = body.get("client")
    if client:
        return str(_("%(name)s reopened a lead for you: %(client)s", name=_by(body), client=client))
    return str(_("%(name)s reopened a lead for you", name=_by(body)))


def _webhook_off(body: Body) -> str:
    name = str(body.get("webhook") or "")
    if body.get("why") == "gone":
        return str(_("The webhook %(name)s was switched off: its receiver wants nothing any more", name=name))
    return str(_("The webhook %(name)s was switched off: nobody answered for 3 days", name=name))


def _mail_refused(body: Body) -> str:
    return str(_("Mails to %(address)s are refused for good: mend the address", address=body.get("address") or "–"))


def _mail_refused_person(body: Body) -> str:
    facts = {"address": body.get("address") or "–", "name": body.get("name") or ""}
    if facts["name"]:
        return str(_("Mails to %(name)s (%(address)s) are refused for good", **facts))
    return str(_("Mails to %(address)s are refused for good", **facts))


def _mail_failed(body: Body) -> str:
    return str(_("A mail to %(address)s could not be sent", address=body.get("address") or "–"))


def _mail_down(_body: Body) -> str:
    return str(_("The mail server cannot be used; mails wait and are tried again"))


def _something(_body: Body) -> str:
    return str(_("There is something new"))


SENTENCES: Final[dict[str, Callable[[Body], str]]] = {
    "mention": _mention,
    "reply": _reply,
    "comment": _comment,
    "evaluation_shown": _evaluation_shown,
    "evaluation_disputed": _evaluation_disputed,
    "assigned": _assigned,
    "handed_on": _handed_on,
    "withdrawn": _withdrawn,
    "bulk_done": _bulk_done,
    "win_back_handed": _win_back_handed,
    "mail_refused": _mail_refused,
    "mail_refused_person": _mail_refused_person,
    "mail_failed": _mail_failed,
    "mail_down": _mail_down,
    "webhook_off": _webhook_off,
    **{kind: write for area in AREAS for kind, write in area.items()},
}
"""How each kind of notification is said; a new kind is a function of its body, added to its area."""
