"""Keeping the objection episodes of a call's shown assessment as rows, for lists and counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from review.models import ObjectionEpisode


def keep_episodes(session: Session, call_id: int, assessment: Mapping[str, Any]) -> int:
    """Replace the call's episodes by those of the assessment (the contract's JSON); how many. Does not commit."""
    session.execute(
        delete(ObjectionEpisode).where(ObjectionEpisode.call_id == call_id).execution_options(synchronize_session=False)
    )
    rows = [
        ObjectionEpisode(call_id=call_id, number=number, **read_episode(item))
        for number, item in enumerate(assessment.get("objections") or [], 1)
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)


def read_episode(item: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of one episode of an assessment."""
    client, response = item.get("client") or {}, item.get("response") or {}
    types = [str(kind) for kind in item.get("types") or ["other"]]
    return {
        "type": types[0],
        "types": types,
        "outcome": str(item.get("outcome")),
        "severity": item.get("severity"),
        "reaction": str(item.get("reaction")),
        "start": client.get("start"),
        "quote": str(client.get("quote") or ""),
        "answer": response.get("quote"),
        "moves": [str(move["name"]) for move in item.get("moves") or []],
        "faults": [str(fault["name"]) for fault in item.get("faults") or []],
    }
