"""Which objection and which stage a new clip is about: what the call's assessment found at that place."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.comments.refusals import UnknownKind
from review.models import Call, ObjectionEpisode, Segment, StoredAssessment
from review.queries.blind import is_veiled
from review.queries.filters import OBJECTION_TYPES
from review.queries.objections_filter import STAGES
from review.queries.viewer import Viewer
from review.services.episodes import NO_OBJECTION


@dataclass(frozen=True, slots=True)
class Kinds:
    """An objection type and a stage of the script; "" where there is none."""

    objection: str = ""
    stage: str = ""


def suggest_kinds(session: Session, viewer: Viewer, call_id: int, start: float, end: float) -> Kinds:
    """What a stretch of a call is about; nothing where the viewer is to judge the call blind. At most four statements.

    The objection is the one whose words and answer share most of the stretch's time; the stage the one most of it
    lies in.
    """
    if session.scalar(select(Call.id).where(Call.id == call_id, is_veiled(viewer))) is not None:
        return Kinds()
    return Kinds(_objection(session, call_id, start, end), _stage(session, call_id, start, end))


def check_kinds(objection: str | None, stage: str | None) -> None:
    """Raises UnknownKind for what is neither None, "" nor a name everybody uses."""
    if objection and objection not in OBJECTION_TYPES:
        raise UnknownKind("objection", objection)
    if stage and stage not in STAGES:
        raise UnknownKind("stage", stage)


def _objection(session: Session, call_id: int, start: float, end: float) -> str:
    shares: dict[str, float] = {}
    found = session.execute(
        select(
            ObjectionEpisode.type,
            ObjectionEpisode.start,
            func.coalesce(ObjectionEpisode.answer_end, ObjectionEpisode.end, ObjectionEpisode.start),
        )
        .where(
            ObjectionEpisode.call_id == call_id,
            ObjectionEpisode.start.is_not(None),
            func.coalesce(ObjectionEpisode.judged, "") != NO_OBJECTION,
        )
        .order_by(ObjectionEpisode.number)
    )
    for kind, begins, ends in found:
        if begins is not None and ends is not None and begins < end and ends >= start:
            shares[kind] = shares.get(kind, 0.0) + min(end, ends) - max(start, begins)
    return max(shares, key=lambda kind: shares[kind]) if shares else ""


def _stage(session: Session, call_id: int, start: float, end: float) -> str:
    body = session.scalar(
        select(StoredAssessment.body)
        .where(StoredAssessment.call_id == call_id)
        .order_by(StoredAssessment.id.desc())
        .limit(1)
    )
    if body is None:
        return ""
    stages = unpack_body(body).get("stages") or []
    shares: dict[str, float] = {}
    turns = session.execute(
        select(Segment.turn, Segment.start, Segment.end)
        .where(Segment.call_id == call_id, Segment.start < end, Segment.end > start)
        .order_by(Segment.turn)
    )
    for turn, begins, ends in turns:
        for stage in stages:
            first, last = (stage.get("turns") or (None, None))[:2]
            if first is not None and last is not None and first <= turn <= last and stage.get("stage") in STAGES:
                name = str(stage["stage"])
                shares[name] = shares.get(name, 0.0) + min(end, float(ends or 0)) - max(start, float(begins or 0))
                break
    return max(shares, key=lambda name: shares[name]) if shares else ""
