"""Every kind of letter in words: the same sentences as the application's pages, never what a client said, no scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from review.comments.notices import Notice
from review.notices.choices import DAY
from review.notices.contents import Content
from review.notices.kinds import KINDS, kind_of, leader_of
from review.notices.leases import Taken
from review.notices.message import Written
from web.context import when
from web.mail.pieces import Line, Link, Mail, Section, as_text
from web.mail.stopping import make_token
from web.reading.notice_choices import group_label, kind_label
from web.reading.notices import read_notice


class NoWords(LookupError):
    """There is a letter of a kind that nobody has written words for."""


class Writing:
    """Writes letters for one installation: `base` is how people reach it, `secret` signs the addresses that end mails.

    Must be used within a request context whose language and zone are the reader's.
    """

    def __init__(self, base: str, secret: str) -> None:
        self.base = base.rstrip("/")
        self._secret = secret

    def write(self, letter: Taken, content: Content) -> Written:
        """The letter in both forms. Raises NoWords for an unknown kind."""
        compose = KINDS_OF_LETTERS.get(letter.kind)
        if compose is None:
            raise NoWords(letter.kind)
        mail = compose(self, letter.body, content)
        html = render_template("mail/letter.html", mail=mail)
        return Written(mail.subject, as_text(mail), html, mail.stop_url)

    def address(self, path: str) -> str:
        """A page's whole address, always on our own host: of an address with another host only the path counts."""
        parts = urlsplit(path.removeprefix(self.base))
        own = parts.path if parts.path.startswith("/") and not parts.path.startswith(("//", "/\\")) else "/"
        return self.base + urlunsplit(("", "", own, parts.query, parts.fragment))

    def stop(self, content: Content, kind: str) -> str | None:
        """The address that ends mails of a kind for the reader."""
        if content.user_id is None:
            return None
        return self.address(url_for("notice_choices.stop", token=make_token(self._secret, content.user_id, kind)))


def _greeting(content: Content) -> str:
    return str(_("Hello %(name)s,", name=content.name)) if content.name else str(_("Hello,"))


def _line(writing: Writing, notice: Notice) -> Line:
    read = read_notice(notice)
    about = ""
    if notice.call_id is not None and notice.happened_at is not None:
        about = str(_("call of %(when)s", when=when(notice.happened_at)))
    return Line(read.sentence, about, writing.address(read.url) if read.url else None)


def _notices(writing: Writing, _body: Mapping[str, Any], content: Content) -> Mail:
    """News sent at once; those that came together while mails waited are one mail."""
    kinds = sorted({leader_of(notice.kind) for notice in content.notices}, key=_place)
    lines = tuple(_line(writing, notice) for notice in content.notices)
    count = len(lines) + content.more
    subject = (
        lines[0].sentence
        if count == 1
        else str(ngettext("%(num)s new notification", "%(num)s new notifications", count))
    )
    return Mail(
        subject=subject,
        greeting=_greeting(content),
        sections=(Section("", lines),),
        act=_to_all(writing, content.more) if count > 1 else None,
        small=(_why(kinds),),
        links=(_choices(writing), *_stops(writing, content, kinds)),
        stop_url=writing.stop(content, kinds[0]) if len(kinds) == 1 else writing.stop(content, "+".join(kinds)),
    )


def _digest(writing: Writing, _body: Mapping[str, Any], content: Content) -> Mail:
    """The daily mail: everything since the last one, grouped by what it is about."""
    ordered = sorted(content.notices, key=lambda notice: (_place(notice.kind), notice.id))
    sections = tuple(
        Section(group_label(group), tuple(_line(writing, notice) for notice in found))
        for group, found in groupby(ordered, key=lambda notice: kind_of(notice.kind).group)
    )
    count = len(ordered) + content.more
    stop_url = writing.stop(content, DAY)
    links = [_choices(writing)]
    if stop_url:
        links.append(Link(str(_("Stop the daily mail")), stop_url))
    return Mail(
        subject=str(ngettext("Your day: %(num)s new notification", "Your day: %(num)s new notifications", count)),
        greeting=_greeting(content),
        sections=sections,
        act=_to_all(writing, content.more),
        small=(str(_("You get this mail on working days when there is something new.")),),
        links=tuple(links),
        stop_url=stop_url,
    )


def _invitation(writing: Writing, body: Mapping[str, Any], content: Content) -> Mail:
    by = body.get("by")
    opening = (
        str(_("%(name)s invites you to Callcoach, where sales calls are reviewed and coached.", name=by))
        if by
        else str(_("You are invited to Callcoach, where sales calls are reviewed and coached."))
    )
    return Mail(
        subject=str(_("Your invitation to Callcoach")),
        greeting=_greeting(content),
        opening=(opening,),
        act=Link(str(_("Choose your passphrase and begin")), writing.address(str(body.get("url") or "/"))),
        closing=(*_how_long(body), str(_("If you do not know what this is about, do nothing."))),
    )


def _password_reset(writing: Writing, body: Mapping[str, Any], content: Content) -> Mail:
    by = body.get("by")
    opening = (
        str(_("%(name)s asked that you choose a new passphrase.", name=by))
        if by
        else str(_("Somebody, probably you, asked to choose a new passphrase for your sign-in."))
    )
    return Mail(
        subject=str(_("Choose a new passphrase")),
        greeting=_greeting(content),
        opening=(opening,),
        act=Link(str(_("Choose a new passphrase")), writing.address(str(body.get("url") or "/"))),
        closing=(*_how_long(body), str(_("If it was not you, do nothing: your passphrase stays as it is."))),
    )


def _address_changed(writing: Writing, body: Mapping[str, Any], content: Content) -> Mail:
    by = body.get("by")
    opening = (
        str(_("%(name)s changed the e-mail address of your sign-in. Mails go to the new one from now on.", name=by))
        if by
        else str(_("The e-mail address of your sign-in was changed. Mails go to the new one from now on."))
    )
    return Mail(
        subject=str(_("The address of your sign-in was changed")),
        greeting=_greeting(content),
        opening=(opening, str(_("If this is not right, tell an administrator at once."))),
        act=Link(str(_("Open Callcoach")), writing.address(str(body.get("url") or "/"))),
    )


def _mail_test(writing: Writing, body: Mapping[str, Any], content: Content) -> Mail:
    return Mail(
        subject=str(_("A test mail from Callcoach")),
        greeting=_greeting(content),
        opening=(str(_("Mails from this installation arrive. Nothing needs to be done.")),),
        act=Link(str(_("Open Callcoach")), writing.address("/")),
    )


def _how_long(body: Mapping[str, Any]) -> tuple[str, ...]:
    hours = body.get("hours")
    if not isinstance(hours, int | float) or hours <= 0:
        return ()
    if hours >= 48:
        days = int(hours // 24)
        return (str(ngettext("The link works for %(num)s day.", "The link works for %(num)s days.", days)),)
    return (str(ngettext("The link works for %(num)s hour.", "The link works for %(num)s hours.", max(1, int(hours)))),)


def _to_all(writing: Writing, more: int) -> Link:
    words = (
        str(ngettext("Open them all, with %(num)s more", "Open them all, with %(num)s more", more))
        if more
        else str(_("Open all notifications"))
    )
    return Link(words, writing.address(url_for("notifications.index")))


def _why(kinds: list[str]) -> str:
    if len(kinds) == 1:
        return str(_("You get this mail because “%(kind)s” is set to come at once.", kind=kind_label(kinds[0])))
    return str(_("You get this mail because such news is set to come at once."))


def _choices(writing: Writing) -> Link:
    return Link(str(_("Choose what comes by mail")), writing.address(url_for("notice_choices.index")))


def _stops(writing: Writing, content: Content, kinds: list[str]) -> tuple[Link, ...]:
    found = []
    for kind in kinds:
        url = writing.stop(content, kind)
        if url:
            found.append(Link(str(_("No more mails about: %(kind)s", kind=kind_label(kind))), url))
    return tuple(found)


def _place(kind: str) -> int:
    """A kind's place in the list of kinds; those not listed come last."""
    return PLACES.get(leader_of(kind), len(PLACES))


PLACES: Final[Mapping[str, int]] = {kind: place for place, kind in enumerate(KINDS)}

KINDS_OF_LETTERS: Final[Mapping[str, Callable[[Writing, Mapping[str, Any], Content], Mail]]] = {
    "notices": _notices,
    "digest": _digest,
    "invitation": _invitation,
    "password_reset": _password_reset,
    "address_changed": _address_changed,
    "mail_test": _mail_test,
}
