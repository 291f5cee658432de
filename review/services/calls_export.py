"""Calls as a table to take away: facts, scores and tags as CSV; with answers and objections too as JSON lines.

Every word of a call in it comes from the rows, where private numbers are masked.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.learning.shown import read_verdicts, standard_of, with_verdicts
from review.models import Call, ObjectionEpisode, StoredAssessment
from review.queries.call_rows import CallRow, read_call_row, select_calls
from review.queries.tags import tags_of
from review.queries.viewer import Viewer

MEDIA: Final[Mapping[str, str]] = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
MOST_EXPORTED: Final = 50_000  # calls in one file
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
COLUMNS: Final = (
    "id", "source", "external_id", "happened_at", "seconds", "direction", "rep", "team", "client", "company", "phone",
    "queue", "disposition", "loss_reason", "language", "state", "draft", "partial", "score", "score_state", "coverage",
    "objections", "objections_missed", "possibly_closed_wrongly", "cannot_judge", "tags",
)  # fmt: skip


def write_head(form: str) -> str:
    """What stands before the calls: a table's heading, with the mark by which spreadsheets know the encoding."""
    return "\ufeff" + _line(COLUMNS) if form == "csv" else ""


def write_calls(session: Session, viewer: Viewer, call_ids: Sequence[int], form: str) -> Iterator[str]:
    """The lines of these calls, in the order given; calls that are gone are left out. Their visibility is settled.

    A call the viewer is to judge blind comes with its facts alone.
    """
    found = session.execute(select_calls(viewer).where(Call.id.in_(list(call_ids))))
    rows = {row.id: row for row in map(read_call_row, found)}
    tags = tags_of(session, list(rows))
    for call_id in call_ids:
        if call_id not in rows:
            continue
        facts = _facts(rows[call_id], tags.get(call_id, ()))
        if form == "csv":
            yield _line([_cell(facts[name]) for name in COLUMNS])
        else:
            more: dict[str, Any] = {"criteria": [], "objection_episodes": []}
            if not rows[call_id].veiled:
                more = {"criteria": _criteria(session, call_id), "objection_episodes": _episodes(session, call_id)}
            yield json.dumps({**facts, **more}, ensure_ascii=False) + "\n"


def _facts(row: CallRow, tags: Sequence[str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "source": row.source,
        "external_id": row.external_id,
        "happened_at": row.started_at.isoformat(),
        "seconds": None if row.duration is None else round(row.duration, 2),
        "direction": row.direction,
        "rep": row.rep_name,
        "team": row.team_name,
        "client": row.client_name,
        "company": row.client_company,
        "phone": row.client_phone,
        "queue": row.queue,
        "disposition": row.disposition,
        "loss_reason": row.loss_reason,
        "language": row.language,
        "state": row.phase,
        "draft": row.draft,
        "partial": row.partial,
        "score": row.score_final,
        "score_state": row.score_state,
        "coverage": row.coverage,
        "objections": None if row.veiled else row.flags.objections,
        "objections_missed": None if row.veiled else row.flags.objections_missed,
        "possibly_closed_wrongly": row.flags.wrongly_rejected,
        "cannot_judge": row.flags.cannot_judge,
        "tags": list(tags),
    }


def _criteria(session: Session, call_id: int) -> list[dict[str, Any]]:
    """The answers as shown: a person's before the machine's."""
    stored = session.scalar(
        select(StoredAssessment).join(Call, Call.assessment_id == StoredAssessment.id).where(Call.id == call_id)
    )
    if stored is None:
        return []
    standard = standard_of(session, stored.standard, stored.version)
    shown = with_verdicts(unpack_body(stored.body), read_verdicts(session, call_id), standard)
    wanted = ("id", "section", "answer", "points", "max", "weight", "confidence")
    return [{name: item.get(name) for name in wanted} for item in shown.get("criteria") or []]


def _episodes(session: Session, call_id: int) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(ObjectionEpisode).where(ObjectionEpisode.call_id == call_id).order_by(ObjectionEpisode.number)
    )
    return [
        {
            "types": list(row.types),
            "outcome": row.judged or row.outcome,
            "judged_by_person": row.judged is not None,
            "reaction": row.reaction,
            "start": row.start,
            "client": row.quote,
            "rep": row.answer,
            "moves": list(row.moves),
            "faults": list(row.faults),
        }
        for row in rows
    ]


def _cell(value: Any) -> str:
    """A value as a cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        value = ", ".join(value)
    text = str(value)
    return "'" + text if text.startswith(_FORMULA) else text


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
