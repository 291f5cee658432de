"""The fields of a card that people write: read from a form, checked, and told apart from what stands there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from review.client_card.refusals import BadField
from review.comments.refusals import read_text
from review.models import POTENTIALS, Client

LONGEST_VALUE: Final = 500  # characters
LONGEST_NOTE: Final = 10_000
LONGEST_NAME: Final = 100  # as a CRM's own field names are kept
MOST_FIELDS: Final = 100
PLAIN: Final = ("potential", "client_group", "product_group", "note", "hot", "hot_note")
"""The fields every card has, in the order a conflict shows them; the company's own follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFields:
    """What people write on a card. `custom` is the company's own fields, by name."""

    potential: str = ""  # one of POTENTIALS, or empty
    client_group: str = ""
    product_group: str = ""
    note: str = ""
    hot: bool = False
    hot_note: str = ""
    custom: Mapping[str, str]

    def value(self, name: str) -> str:
        """One field as text: a plain one by its name, an own one as `custom.<name>`."""
        if name.startswith("custom."):
            return self.custom.get(name.removeprefix("custom."), "")
        found = getattr(self, name)
        return ("yes" if found else "") if isinstance(found, bool) else str(found)

    def names(self) -> tuple[str, ...]:
        """Every field there is: plain ones, then `custom.<name>`."""
        return (*PLAIN, *(f"custom.{name}" for name in self.custom))

    def to_json(self) -> dict[str, Any]:
        """As plain values, for a page that keeps a draft."""
        return {name: getattr(self, name) for name in PLAIN} | {"custom": dict(self.custom)}


def fields_of(client: Client) -> CardFields:
    """The fields as they stand in the row."""
    return CardFields(
        potential=client.potential or "",
        client_group=client.client_group or "",
        product_group=client.product_group or "",
        note=client.note or "",
        hot=client.hot,
        hot_note=client.hot_note,
        custom=own_texts(client.custom or {}),
    )


def own_texts(custom: Mapping[str, Any]) -> dict[str, str]:
    """The company's own fields as text, in the order of their names; a CRM may keep numbers and lists there."""
    return {str(name): _text(custom[name]) for name in sorted(custom, key=str.casefold)}


def check_fields(fields: CardFields, stored: CardFields | None = None, base: CardFields | None = None) -> CardFields:
    """The fields as they are stored; what stands in `stored` already is not asked: a CRM's values may be longer.

    A CRM may also have fields whose names differ in nothing but case: those that stand in `stored`, or stood in
    `base` when the form was opened, are kept apart. Raises BadField, TooLong.
    """

    def checked(label: str, name: str, longest: int) -> str:
        value = fields.value(name)
        if stored is not None and _plain(value) == _plain(stored.value(name)):
            return value
        return read_text(label, value, longest, needed=False)

    if fields.potential and fields.potential not in POTENTIALS:
        raise BadField("potential", f"'{fields.potential}' is none of {', '.join(POTENTIALS)}.")
    return replace(
        fields,
        client_group=checked("client group", "client_group", LONGEST_VALUE),
        product_group=checked("product group", "product_group", LONGEST_VALUE),
        note=checked("note", "note", LONGEST_NOTE),
        hot_note=checked("hot note", "hot_note", LONGEST_VALUE),
        custom=_check_own(
            fields.custom, stored.custom if stored is not None else {}, base.custom if base is not None else {}
        ),
    )


def as_spelled(fields: CardFields, stored: CardFields) -> CardFields:
    """The fields, own ones under the names they are stored with: a browser hands `Size  m` back as `Size m`."""
    known = {" ".join(name.split()): name for name in stored.custom if name not in fields.custom}
    own = {name if name in stored.custom else known.get(name, name): value for name, value in fields.custom.items()}
    return replace(fields, custom=own)


def differing(one: CardFields, other: CardFields) -> tuple[str, ...]:
    """The names of the fields that differ, plain ones first."""
    names = dict.fromkeys((*one.names(), *other.names()))
    return tuple(name for name in names if one.value(name) != other.value(name) or _only_one_has(name, one, other))


def moved_since(theirs: CardFields, base: CardFields, mine: CardFields) -> tuple[str, ...]:
    """Fields that say something else than when the form was opened, and not what the form says now.

    Spaces and line ends do not count: a browser hands them back in its own way.
    """
    return tuple(
        name for name in differing(theirs, base) if not _alike(name, theirs, base) and not _alike(name, theirs, mine)
    )


def keep_spelling(mine: CardFields, theirs: CardFields) -> CardFields:
    """The form's fields, each as it is stored where only line ends and outer spaces differ."""
    plain = {
        name: theirs.value(name)
        for name in ("client_group", "product_group", "note", "hot_note")
        if _plain(mine.value(name)) == _plain(theirs.value(name))
    }
    own = {
        name: theirs.custom[name] if name in theirs.custom and _plain(theirs.custom[name]) == _plain(value) else value
        for name, value in mine.custom.items()
    }
    return replace(mine, **plain, custom=own)  # type: ignore[arg-type]


def read_own(names: Sequence[str], values: Sequence[str]) -> dict[str, str]:
    """The company's own fields from a form's two lists; a line with neither name nor value is left out.

    Raises BadField for a value without a name and for a name that stands twice.
    """
    own: dict[str, str] = {}
    for name, value in zip(names, values, strict=False):
        name = " ".join(name.split())
        if not name and not value.strip():
            continue
        if not name:
            raise BadField(value.strip()[:40], "this value has no field name.")
        if name in own:
            raise BadField(name, "two fields have this name.")
        own[name] = value
    return own


def _check_own(own: Mapping[str, str], stored: Mapping[str, str], base: Mapping[str, str]) -> dict[str, str]:
    if len(own) > max(MOST_FIELDS, len(stored)):
        raise BadField("own fields", f"a card has at most {MOST_FIELDS}.")
    checked: dict[str, str] = {}
    alike = Counter(name.casefold() for name in own)
    for name in own:
        if alike[name.casefold()] > 1 and name not in stored and name not in base:
            raise BadField(name, "two fields have this name.")
    for name, value in own.items():
        if name in stored and _plain(stored[name]) == _plain(value):
            checked[name] = value
            continue
        kept = read_text("field name", name, LONGEST_NAME)
        checked[kept] = read_text(kept, value, LONGEST_VALUE, needed=False)
    return checked


def _alike(name: str, one: CardFields, other: CardFields) -> bool:
    same = " ".join(one.value(name).split()) == " ".join(other.value(name).split())
    return same and not _only_one_has(name, one, other)


def _plain(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()


def _only_one_has(name: str, one: CardFields, other: CardFields) -> bool:
    return name not in one.names() or name not in other.names()


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)
