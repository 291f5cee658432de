"""The tags in use, and those on given calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import CallTag, Tag

MOST_TAGS: Final = 300  # offered in a list; more words than that are no list any more


def list_tags(session: Session) -> tuple[str, ...]:
    """The names of the tags, in the order of the alphabet. One statement."""
    return tuple(session.scalars(select(Tag.name).order_by(Tag.folded).limit(MOST_TAGS)))


def tags_of(session: Session, call_ids: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
    """The names on each of the calls; a call without a tag is left out. One statement; none without calls."""
    wanted = sorted(set(call_ids))
    if not wanted:
        return {}
    rows = session.execute(
        select(CallTag.call_id, Tag.name)
        .join(Tag, Tag.id == CallTag.tag_id)
        .where(CallTag.call_id.in_(wanted))
        .order_by(CallTag.call_id, Tag.folded)
    )
    found: dict[int, tuple[str, ...]] = {}
    for call_id, name in rows:
        found[call_id] = (*found.get(call_id, ()), name)
    return found
