"""Keeping the objection episodes of a call's shown assessment as rows, with what people said of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from review.models import Call, ObjectionEpisode, Verdict
from review.services.call_flags import MISSED_OUTCOMES
from review.services.episode_merit import merit_of

NO_OBJECTION: Final = "none"


def keep_episodes(session: Session, call_id: int, assessment: Mapping[str, Any]) -> int:
    """Replace the call's episodes by those of the assessment (the contract's JSON); how many. Does not commit."""
    session.execute(
        delete(ObjectionEpisode).where(ObjectionEpisode.call_id == call_id).execution_options(synchronize_session=False)
    )
    stages = assessment.get("stages") or []
    rows = [
        ObjectionEpisode(call_id=call_id, number=number, **read_episode(item, stages))
        for number, item in enumerate(assessment.get("objections") or [], 1)
    ]
    session.add_all(rows)
    session.flush()
    if rows:
        judge_episodes(session, call_id)
    return len(rows)


def judge_episodes(session: Session, call_id: int) -> None:
    """Lay people's verdicts over the call's episodes, and count its missed objections by them. Does not commit."""
    said: dict[str, str] = {}
    verdicts = (
        select(Verdict.target, Verdict.answer)
        .where(Verdict.call_id == call_id, Verdict.kind == "objection")
        .order_by(Verdict.id)
    )
    for target, answer in session.execute(verdicts):
        said[target] = answer  # the newest stands
    rows = session.scalars(select(ObjectionEpisode).where(ObjectionEpisode.call_id == call_id)).all()
    if not said and all(row.judged is None for row in rows):
        return
    for row in rows:
        row.judged = None if row.turn is None else said.get(f"turn-{row.turn}")
        row.merit = merit_of(row.outcome, row.moves, row.faults, row.judged)
    shown = [row.judged or row.outcome for row in rows]
    session.execute(
        update(Call)
        .where(Call.id == call_id)
        .values(
            objections=sum(outcome != NO_OBJECTION for outcome in shown),
            objections_missed=sum(outcome in MISSED_OUTCOMES for outcome in shown),
        )
        .execution_options(synchronize_session=False)
    )
    session.flush()


def read_episode(item: Mapping[str, Any], stages: list[Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """The columns of one episode of an assessment; `stages` are the assessment's."""
    client, response = item.get("client") or {}, item.get("response") or {}
    types = [str(kind) for kind in item.get("types") or ["other"]]
    moves = [str(move["name"]) for move in item.get("moves") or []]
    faults = [str(fault["name"]) for fault in item.get("faults") or []]
    return {
        "type": types[0],
        "types": types,
        "outcome": str(item.get("outcome")),
        "severity": item.get("severity"),
        "reaction": str(item.get("reaction")),
        "start": client.get("start"),
        "quote": str(client.get("quote") or ""),
        "answer": response.get("quote"),
        "moves": moves,
        "faults": faults,
        "turn": client.get("turn"),
        "end": client.get("end"),
        "answer_start": response.get("start"),
        "answer_end": _end_of_answer(item),
        "stage": _stage_of(client.get("turn"), stages or []),
        "merit": merit_of(str(item.get("outcome")), moves, faults, None),
    }


def _end_of_answer(item: Mapping[str, Any]) -> float | None:
    """Where the last of the rep's moves and faults ends, in seconds: an answer may take several turns."""
    said = (item.get("response") or {}, *(item.get("moves") or []), *(item.get("faults") or []))
    return max((part["end"] for part in said if part.get("end") is not None), default=None)


def _stage_of(turn: int | None, stages: list[Mapping[str, Any]]) -> str | None:
    for stage in stages:
        first, last = (stage.get("turns") or (None, None))[:2]
        if turn is not None and first is not None and last is not None and first <= turn <= last:
            return str(stage["stage"])
    return None
