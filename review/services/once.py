"""Requests of programs that are done once: sent again with the same key, the first answer is given again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import ApiOnce, utc_now
from review.upsert import insert_new

REMEMBERED: Final = timedelta(hours=48)


class KeyUsedOtherwise(ReviewError):
    """The key came before with another request: whoever sends it would take the other answer for its own."""

    code = "key_used_otherwise"

    def __init__(self, key: str) -> None:
        super().__init__(f"The key {key!r} was used for another request. Nothing was changed.")
        self.key = key


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered the first time."""

    status: int
    answer: dict[str, Any]


def begin(session: Session, token_id: int, key: str, request: bytes) -> Answered | None:
    """Mark the request as being done, in the transaction that does it; the first answer if it was done before.

    A request that is being done at the same moment is waited for. Raises KeyUsedOtherwise. Does not commit.
    """
    digest = hashlib.sha256(request).hexdigest()
    made = insert_new(
        session,
        ApiOnce,
        ("token_id", "key"),
        token_id=token_id,
        key=key,
        request=digest,
        status=0,
        answer={},
        created_at=utc_now(),
    )
    if made is not None:
        return None
    row = session.execute(
        select(ApiOnce.request, ApiOnce.status, ApiOnce.answer).where(ApiOnce.token_id == token_id, ApiOnce.key == key)
    ).one()
    if row.request != digest:
        raise KeyUsedOtherwise(key)
    return Answered(row.status, row.answer)


def finish(session: Session, token_id: int, key: str, status: int, answer: dict[str, Any]) -> None:
    """Keep the answer with the request. Does not commit."""
    session.execute(
        update(ApiOnce).where(ApiOnce.token_id == token_id, ApiOnce.key == key).values(status=status, answer=answer)
    )


def forget_old(session: Session, now: datetime) -> int:
    """Forget requests older than REMEMBERED; how many."""
    gone = session.execute(delete(ApiOnce).where(ApiOnce.created_at < now - REMEMBERED))
    return int(gone.rowcount)  # type: ignore[attr-defined]
