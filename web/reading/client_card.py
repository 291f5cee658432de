"""A card's forms as a view reads them, its conflicts as a page shows them, and why something was refused, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from review.client_card.fields import CardFields, differing, read_own
from review.client_card.refusals import NoSuchClient
from review.comments.refusals import WritingRefused
from web.access import rule_of
from web.auth import viewer
from web.errors import Refused
from web.parts import parts


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictLine:
    """One field that two people left with different values; `take_mine`: this person changed it."""

    name: str  # as the form names it; `custom.<name>` for the company's own
    theirs: str
    mine: str
    take_mine: bool


def read_form(form: MultiDict[str, str]) -> CardFields:
    """The card's fields as the form sent them. Raises BadField for fields that cannot be told apart."""
    return CardFields(
        potential=form.get("potential", ""),
        client_group=form.get("client_group", ""),
        product_group=form.get("product_group", ""),
        note=form.get("note", ""),
        hot=form.get("hot") == "1",
        hot_note=form.get("hot_note", ""),
        custom=read_own(form.getlist("own_name"), form.getlist("own_value")),
    )


def read_fields_json(text: str | None) -> CardFields | None:
    """Fields as a page keeps them in a draft; None for what is no such thing."""
    try:
        data = json.loads(text or "")
        own = {str(name): str(value) for name, value in data["custom"].items()}
        plain = {name: str(data.get(name) or "") for name in ("potential", "client_group", "product_group")}
        return CardFields(
            **plain,
            note=str(data.get("note") or ""),
            hot=bool(data.get("hot")),
            hot_note=str(data.get("hot_note") or ""),
            custom=own,
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def compare(theirs: CardFields, mine: CardFields, base: CardFields | None) -> tuple[ConflictLine, ...]:
    """The fields that differ; what this person left as it was when they opened the card is taken from the other."""
    return tuple(
        ConflictLine(
            name=name,
            theirs=theirs.value(name),
            mine=mine.value(name),
            take_mine=base is None
            or mine.value(name) != base.value(name)
            or (name in mine.names()) != (name in base.names()),
        )
        for name in differing(theirs, mine)
    )


def fields_from_json(data: Mapping[str, Any]) -> CardFields:
    """The fields a conflict was told with."""
    return CardFields(**data)


def sellers_zone() -> ZoneInfo:
    """Where a promised day ends."""
    return ZoneInfo(parts().settings.time_zone)


def crm_setup_url() -> str | None:
    """The page on which a CRM is connected; None for a reader who may not open it."""
    return url_for("crm.index") if rule_of("crm.index").allows(viewer()) else None


def name_pieces(text: str, names: Sequence[str]) -> tuple[tuple[bool, str], ...]:
    """A comment's text in pieces, each with whether it is a name written with @; together they are the text."""
    if not names:
        return ((False, text),)
    people = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pieces = re.split(rf"(@(?:{people}))", text, flags=re.IGNORECASE)
    return tuple((bool(number % 2), piece) for number, piece in enumerate(pieces) if piece)


@contextmanager
def card_refusals_told() -> Iterator[None]:
    """What the card's services refuse, in the viewer's language."""
    try:
        yield
    except NoSuchClient:
        abort(404)
    except WritingRefused as refusal:
        status = {"gone": 410, "not_yours": 403}.get(refusal.code, 422)
        kept = _("Nothing was stored.") if status == 422 else _("Nothing was changed.")
        raise Refused(
            status, _sentence(refusal), kept, code=refusal.code, field=refusal.facts.get("field")
        ) from refusal


def _sentence(refusal: WritingRefused) -> str:
    facts = refusal.facts
    if refusal.code == "too_long":
        return str(
            ngettext(
                "This is %(num)s character long; at most %(most)s fit",
                "This is %(num)s characters long; at most %(most)s fit",
                int(str(facts["length"])),
                most=facts["most"],
            )
        )
    if refusal.code == "mention":
        raw = facts["names"]
        names = ", ".join(raw) if isinstance(raw, tuple) else ""
        return str(_("%(names)s may not see this client: take the name out or choose somebody else", names=names))
    if refusal.code == "field":
        return str(
            _(
                "The field “%(field)s” cannot be stored: give every value a name, and every name once",
                field=facts["field"],
            )
        )
    words = {
        "empty": _("Write a few words first"),
        "not_yours": _("Only the person who wrote this may change it"),
        "gone": _("This is no longer there; open the card anew"),
    }
    return str(words.get(refusal.code, refusal))
