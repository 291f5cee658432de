"""Three sides of one value: what the CRM said last, what it says now, and what stands here; and which one stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

CHANGED_HERE: Final = "changed_here"
"""Changed by hand here and also there: ours stays."""
CRM_LEADS: Final = "crm_leads"
"""Changed here and there, in a value the CRM leads (a deal's stage, status, sum, responsible): theirs stays."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A value changed on both sides."""

    field: str
    ours: str
    theirs: str
    won: str
    why: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What to set here, what did not agree, and what the CRM is known to say from now on."""

    values: dict[str, Any]
    clashes: tuple[Clash, ...]
    said: dict[str, Any]


def merge(
    ours: Mapping[str, Any], said: Mapping[str, Any] | None, theirs: Mapping[str, Any], *, crm_leads: bool
) -> Merged:
    """Merge named values. `said` is None for a row the CRM tells of for the first time: what we lack is filled in,
    and what differs counts as changed on both sides.

    A value nobody changed here follows the CRM; one that was changed here stays while the CRM says what it said.
    """
    values: dict[str, Any] = {}
    clashes: list[Clash] = []
    for name, value in theirs.items():
        now, mine = plain(value), plain(ours.get(name))
        before = plain(said.get(name)) if said is not None else None
        if mine == now or (said is not None and now == before and name in said):
            continue  # the same, or only changed here
        if mine in (None, "") or (said is not None and mine == before):
            values[name] = value
            continue
        won = "theirs" if crm_leads else "ours"
        clashes.append(Clash(name, show(mine), show(now), won, CRM_LEADS if crm_leads else CHANGED_HERE))
        if crm_leads:
            values[name] = value
    return Merged(values, tuple(clashes), {name: plain(value) for name, value in theirs.items()})


def merge_set(ours: set[str], said: Mapping[str, Any] | None, name: str, theirs: set[str]) -> set[str]:
    """A set (telephone numbers): what was added on either side is in, what the CRM took away is out."""
    before = set((said or {}).get(name) or ())
    return (ours - (before - theirs)) | (theirs - (before - ours))


def plain(value: Any) -> Any:
    """A value as JSON keeps it, so that one read back equals one just made."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value.quantize(Decimal("0.01")))
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return value


def show(value: Any) -> str:
    """A value in a log, short."""
    return "" if value is None else str(value)[:300]
