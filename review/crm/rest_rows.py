"""Rows of a mapped CRM as neutral rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from review.crm.connector import Company, Contact, Deal, Email, Note, Person, Reason, Row, StageMove, Task
from review.crm.pushing import is_true
from review.crm.reading import currency_of, id_of, iso_time, money, plain_text, text_of
from review.crm.rest_mapping import ListMap, value_at

_STATUSES: Final = ("open", "won", "closed_lost", "unqualified")


def field_at(item: Mapping[str, Any], mapped: ListMap, name: str) -> Any:
    """A mapped field of a row; None where it is not mapped."""
    path = mapped.fields.get(name)
    return value_at(item, path) if path else None


def _texts(found: Any) -> tuple[str, ...]:
    many = found if isinstance(found, list) else [found]
    return tuple(text for one in many if (text := text_of(value_at(one, "value|number|phone") or one)) is not None)


def _own_id(item: Mapping[str, Any], mapped: ListMap) -> str:
    found = id_of(field_at(item, mapped, "id"))
    if found is None:
        raise KeyError(mapped.fields["id"])
    return found


def _person(item: Mapping[str, Any], mapped: ListMap) -> Person:
    own = _own_id(item, mapped)
    return Person(
        id=own,
        name=text_of(field_at(item, mapped, "name")) or own,
        email=text_of(field_at(item, mapped, "email")),
        extension=text_of(field_at(item, mapped, "extension")),
    )


def _reason(item: Mapping[str, Any], mapped: ListMap) -> Reason:
    own = _own_id(item, mapped)
    return Reason(code=own, name=text_of(field_at(item, mapped, "name")) or own)


def _company(item: Mapping[str, Any], mapped: ListMap) -> Company:
    own = _own_id(item, mapped)
    return Company(
        id=own,
        name=text_of(field_at(item, mapped, "name")) or own,
        phones=_texts(field_at(item, mapped, "phones")),
        email=text_of(field_at(item, mapped, "email")),
        created_at=iso_time(field_at(item, mapped, "created")),
    )


def _contact(item: Mapping[str, Any], mapped: ListMap) -> Contact:
    never = field_at(item, mapped, "do_not_call")
    known = ("potential", "client_group", "product_group", "note")
    custom = [name for name in mapped.fields if name.startswith("custom.")]
    return Contact(
        id=_own_id(item, mapped),
        name=text_of(field_at(item, mapped, "name")) or "",
        phones=_texts(field_at(item, mapped, "phones")),
        email=text_of(field_at(item, mapped, "email")),
        company=text_of(field_at(item, mapped, "company")),
        company_id=id_of(field_at(item, mapped, "company_id")),
        known={name: text for name in known if (text := text_of(field_at(item, mapped, name))) is not None},
        custom={
            n.removeprefix("custom."): text for n in custom if (text := text_of(field_at(item, mapped, n))) is not None
        },
        created_at=iso_time(field_at(item, mapped, "created")),
        do_not_call=None if never is None else is_true(never),
    )


def _deal(item: Mapping[str, Any], mapped: ListMap) -> Deal:
    own = _own_id(item, mapped)
    kind = "lead" if (text_of(field_at(item, mapped, "kind")) or "").casefold() == "lead" else "deal"
    return Deal(
        id=own,
        kind=kind,
        title=text_of(field_at(item, mapped, "title")) or own,
        contact_id=id_of(field_at(item, mapped, "client")),
        company_id=id_of(field_at(item, mapped, "company_id")),
        stage=text_of(field_at(item, mapped, "stage")),
        stage_since=iso_time(field_at(item, mapped, "stage_since")),
        status=_status(item, mapped),
        amount=money(field_at(item, mapped, "amount")),
        currency=currency_of(field_at(item, mapped, "currency")),
        person_id=id_of(field_at(item, mapped, "person")),
        loss_reason=text_of(field_at(item, mapped, "loss_reason")),
        opened_at=iso_time(field_at(item, mapped, "opened")),
        closed_at=iso_time(field_at(item, mapped, "closed")),
        closed_by_id=id_of(field_at(item, mapped, "closed_by")),
        url=text_of(field_at(item, mapped, "url")),
    )


def _status(item: Mapping[str, Any], mapped: ListMap) -> str:
    word = (text_of(field_at(item, mapped, "status")) or "").casefold()
    found = mapped.statuses.get(word, word)
    return found if found in _STATUSES else "open"


def _move(item: Mapping[str, Any], mapped: ListMap) -> StageMove | None:
    at, deal, stage = (field_at(item, mapped, name) for name in ("at", "deal", "stage"))
    when, own, shown = iso_time(at), id_of(deal), text_of(stage)
    if when is None or own is None or shown is None:
        return None
    return StageMove(
        deal_id=own,
        stage=shown,
        status=_status(item, mapped),
        at=when,
        person_id=id_of(field_at(item, mapped, "person")),
    )


def _owner(item: Mapping[str, Any], mapped: ListMap) -> dict[str, str | None]:
    names = {"deal_id": "deal", "contact_id": "client", "person_id": "person"}
    return {ours: id_of(field_at(item, mapped, theirs)) for ours, theirs in names.items()}


def _task(item: Mapping[str, Any], mapped: ListMap) -> Task:
    own = _own_id(item, mapped)
    return Task(
        id=own,
        title=text_of(field_at(item, mapped, "title")) or own,
        due_at=iso_time(field_at(item, mapped, "due")),
        done_at=iso_time(field_at(item, mapped, "done")),
        **_owner(item, mapped),
    )


def _note(item: Mapping[str, Any], mapped: ListMap) -> Note | None:
    at = iso_time(field_at(item, mapped, "at"))
    if at is None:
        return None
    body = plain_text(field_at(item, mapped, "body"))
    return Note(id=_own_id(item, mapped), body=body, at=at, **_owner(item, mapped))


def _email(item: Mapping[str, Any], mapped: ListMap) -> Email | None:
    at = iso_time(field_at(item, mapped, "at"))
    if at is None:
        return None
    incoming = str(field_at(item, mapped, "direction") or "").casefold() in ("in", "inbound", "incoming")
    return Email(
        id=_own_id(item, mapped),
        subject=text_of(field_at(item, mapped, "subject")) or "",
        at=at,
        direction="inbound" if incoming else "outbound",
        **_owner(item, mapped),
    )


MAKERS: Final[Mapping[str, Callable[[Mapping[str, Any], ListMap], Row | None]]] = {
    "people": _person,
    "reasons": _reason,
    "companies": _company,
    "clients": _contact,
    "deals": _deal,
    "moves": _move,
    "tasks": _task,
    "notes": _note,
    "emails": _email,
}
"""The lists in the order they are read, and what makes a row of each of their items."""
