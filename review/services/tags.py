"""Tags: words that people put on calls and take off again. Nothing here commits."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import Call, CallTag, Tag, utc_now
from review.services.audit import record
from review.text.folding import fold_name
from review.upsert import insert_new

LONGEST_TAG: Final = 40  # characters
MOST_ON_A_CALL: Final = 20


class TagRefused(ReviewError):
    """A tag that cannot be; nothing was stored."""

    code = "tag_refused"

    def __init__(self) -> None:
        super().__init__(f"A tag is a word or a few, at most {LONGEST_TAG} characters. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Tagged:
    """What came of it: the tag's name, the calls changed, those that were so already, and those that are full."""

    name: str
    changed: tuple[int, ...]
    same: tuple[int, ...]
    full: tuple[int, ...] = ()


def tag_calls(session: Session, user_id: int, call_ids: Iterable[int], name: str) -> Tagged:
    """Put a tag on calls that exist; made when it is new. Raises TagRefused. Who sees the calls is not asked here."""
    name = read_name(name)
    wanted = sorted(set(call_ids))
    there = set(session.scalars(select(Call.id).where(Call.id.in_(wanted))))
    if not there:
        return Tagged(name, (), ())
    tag = _find_or_make(session, user_id, name)
    had = set(session.scalars(select(CallTag.call_id).where(CallTag.tag_id == tag.id, CallTag.call_id.in_(wanted))))
    full = _full(session, there - had)
    changed = [call_id for call_id in wanted if call_id in there and call_id not in had and call_id not in full]
    for call_id in changed:
        values = {"call_id": call_id, "tag_id": tag.id, "user_id": user_id, "created_at": utc_now()}
        if insert_new(session, CallTag, ("call_id", "tag_id"), **values) is not None:
            record(session, user_id, "call.tagged", "call", call_id, tag=tag.name)
    _forget_unused(session, tag.id)
    return Tagged(tag.name, tuple(changed), tuple(sorted(had & there)), tuple(sorted(full)))


def untag_calls(session: Session, user_id: int, call_ids: Iterable[int], name: str) -> Tagged:
    """Take a tag off calls; a tag on no call any more is forgotten. Raises TagRefused."""
    name = read_name(name)
    wanted = sorted(set(call_ids))
    tag = session.scalar(select(Tag).where(Tag.folded == fold_name(name)))
    if tag is None:
        return Tagged(name, (), tuple(wanted))
    had = sorted(session.scalars(select(CallTag.call_id).where(CallTag.tag_id == tag.id, CallTag.call_id.in_(wanted))))
    session.execute(delete(CallTag).where(CallTag.tag_id == tag.id, CallTag.call_id.in_(had)))
    for call_id in had:
        record(session, user_id, "call.untagged", "call", call_id, tag=tag.name)
    shown = tag.name
    _forget_unused(session, tag.id)
    return Tagged(shown, tuple(had), tuple(call_id for call_id in wanted if call_id not in set(had)))


def read_name(name: str) -> str:
    """The tag as it is kept: single spaces, no control characters. Raises TagRefused for none, and when too long."""
    clean = "".join(" " if unicodedata.category(sign).startswith("C") else sign for sign in name)
    clean = " ".join(clean.split())
    if not fold_name(clean) or len(clean) > LONGEST_TAG:
        raise TagRefused
    return clean


def _find_or_make(session: Session, user_id: int, name: str) -> Tag:
    key = fold_name(name)
    tag = session.scalar(select(Tag).where(Tag.folded == key))
    if tag is None:
        insert_new(session, Tag, ("folded",), name=name, folded=key, user_id=user_id, created_at=utc_now())
        tag = session.scalars(select(Tag).where(Tag.folded == key)).one()
    return tag


def _full(session: Session, call_ids: set[int]) -> set[int]:
    on = Counter(session.scalars(select(CallTag.call_id).where(CallTag.call_id.in_(sorted(call_ids)))))
    return {call_id for call_id in call_ids if on[call_id] >= MOST_ON_A_CALL}


def _forget_unused(session: Session, tag_id: int) -> None:
    # Locked first: who is putting it on a call at this moment is waited for, and then seen.
    session.execute(select(Tag.id).where(Tag.id == tag_id).with_for_update())
    session.execute(
        delete(Tag)
        .where(Tag.id == tag_id, ~exists().where(CallTag.tag_id == tag_id))
        .execution_options(synchronize_session=False)
    )
