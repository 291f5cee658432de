"""Keeping promises and facts of a call's shown assessment as rows: a card then opens no assessment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from review.models import CallFact, CallPromise


def keep_said(session: Session, call_id: int, assessment: Mapping[str, Any]) -> None:
    """Replace the call's promises and facts by those of the assessment (the contract's JSON). Does not commit."""
    for table in (CallPromise, CallFact):
        session.execute(delete(table).where(table.call_id == call_id).execution_options(synchronize_session=False))
    session.add_all(
        CallPromise(
            call_id=call_id,
            number=number,
            said_by=str(item.get("by") or ""),
            what=str(item.get("what") or "other"),
            due_on=_day(item.get("due")),
            **_place(item),
        )
        for number, item in enumerate(promises_once(assessment.get("promises") or []), 1)
    )
    session.add_all(
        CallFact(
            call_id=call_id,
            number=number,
            name=str(item.get("id") or ""),
            value=str(item.get("value") or ""),
            **_place(item),
        )
        for number, item in enumerate(assessment.get("facts_found") or [], 1)
    )
    session.flush()


def promises_once(promises: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The promises of a call without those said again for the same day, as people do when they part."""
    said = set()
    for item in promises:
        key = (item.get("by"), item.get("what"), item.get("due"))
        if key[2] is None or key not in said:
            yield item
        said.add(key)


def _place(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item.get(name) for name in ("turn", "start", "end")} | {"quote": str(item.get("quote") or "")}


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)) if text else None
