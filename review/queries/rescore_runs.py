"""Runs that scored calls again, as pages show them: the list, the spread of score moves, the calls that changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.models import Call, RescoreChange, RescoreRun, StoredAssessment, User, WebAudio
from review.queries.assessment_changes import LEAST_MOVE, AssessmentChange, compare
from review.queries.blind import not_veiled
from review.queries.call_parts import read_standard
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.services.rescore import RunRow, run_row
from scoring.standards import StandardText

RUNS_SHOWN: Final = 50
CALLS_ON_A_PAGE: Final = 25
STEP: Final = 5  # points of score in one bar of the spread


@dataclass(frozen=True, slots=True)
class Bar:
    """Calls whose score moved by `low` to `low` + STEP points (above 0) or `low` - STEP to `low` (below 0)."""

    low: int
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How the scores of a run's calls moved."""

    bars: tuple[Bar, ...]  # from the greatest loss to the greatest gain, without gaps; empty when none moved
    up: int
    down: int
    same: int  # not one point moved, or only answers
    began_or_ended: int  # scored on one side only
    mean: float | None  # over the calls that moved


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedCall:
    """A call whose score or answers changed, with everything that changed; `why` where it could not be judged."""

    call_id: int
    happened_at: datetime
    rep_name: str | None
    client_phone: str | None
    before_final: float | None
    after_final: float | None
    answers: int
    why: str | None
    change: AssessmentChange | None
    before_standard: StandardText | None
    after_standard: StandardText | None
    audio_ready: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPage:
    """One page of changed calls, the greatest moves first."""

    rows: tuple[ChangedCall, ...]
    page: int  # from 1
    pages: int
    calls: int


def list_runs(session: Session, limit: int = RUNS_SHOWN) -> tuple[RunRow, ...]:
    """The runs, newest first."""
    return tuple(map(run_row, session.scalars(select(RescoreRun).order_by(RescoreRun.id.desc()).limit(limit))))


def names_of(session: Session, rows: tuple[RunRow, ...]) -> Mapping[int, str]:
    """Who asked for the runs, by their ids."""
    wanted = sorted({row.by for row in rows if row.by is not None})
    if not wanted:
        return {}
    found = session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {row.id: row.name for row in found}


def read_spread(session: Session, run: RunRow) -> Spread:
    """The spread of the score moves of a run: counts only, so that it says nothing of single calls."""
    move = RescoreChange.after_final - RescoreChange.before_final
    mine = (RescoreChange.run_id == run.id, RescoreChange.why.is_(None))
    # Away from nought: 0.1 to 5 points up is the first bar above it, 0.1 to 5 down the first below.
    steps = cast(func.round(func.abs(move) / STEP + 0.4999), Integer)
    rows = session.execute(
        select((move > 0).label("up"), steps.label("steps"), func.count().label("calls"), func.sum(move).label("sum"))
        .where(*mine, move.is_not(None), func.abs(move) > LEAST_MOVE)
        .group_by("up", "steps")
    ).all()
    one_sided = session.scalar(
        select(func.count()).where(*mine, RescoreChange.before_final.is_(None) != RescoreChange.after_final.is_(None))
    )
    counts = {(int(row.steps) - 1 if row.up else -int(row.steps)): int(row.calls) for row in rows}
    moved = sum(counts.values())
    up = sum(count for index, count in counts.items() if index >= 0)
    span = range(min(counts), max(counts) + 1) if counts else range(0)
    return Spread(
        bars=tuple(Bar(index * STEP, counts.get(index, 0)) for index in span),
        up=up,
        down=moved - up,
        same=run.done - run.failed - moved - (one_sided or 0),
        began_or_ended=one_sided or 0,
        mean=sum(float(row.sum) for row in rows) / moved if moved else None,
    )


def read_changed(session: Session, viewer: Viewer, run_id: int, page: int = 1) -> ChangedPage:
    """The changed calls the viewer may see and need not judge blind, greatest moves first, failures before all."""
    mine = (RescoreChange.run_id == run_id, visible_calls(viewer), not_veiled(viewer))
    joined = select(func.count()).select_from(RescoreChange).join(Call, Call.id == RescoreChange.call_id).where(*mine)
    calls = session.scalar(joined) or 0
    pages = max(1, -(-calls // CALLS_ON_A_PAGE))
    page = min(max(1, page), pages)
    size = func.abs(func.coalesce(RescoreChange.after_final, 0) - func.coalesce(RescoreChange.before_final, 0))
    found = session.execute(
        select(
            RescoreChange,
            Call.happened_at,
            Call.rep_name,
            Call.client_phone,
            WebAudio.call_id.is_not(None).label("audio_ready"),
        )
        .join(Call, Call.id == RescoreChange.call_id)
        .outerjoin(WebAudio, WebAudio.call_id == Call.id)
        .where(*mine)
        .order_by(RescoreChange.why.is_(None), size.desc(), RescoreChange.call_id.desc())
        .offset((page - 1) * CALLS_ON_A_PAGE)
        .limit(CALLS_ON_A_PAGE)
    ).all()
    bodies = _bodies(session, [row.RescoreChange for row in found])
    texts: dict[tuple[str, int], StandardText | None] = {}
    rows = []
    for row in found:
        change = row.RescoreChange
        before, after = bodies.get(change.before_id or 0), bodies.get(change.after_id or 0)
        rows.append(
            ChangedCall(
                call_id=change.call_id,
                happened_at=row.happened_at,
                rep_name=row.rep_name,
                client_phone=row.client_phone,
                before_final=change.before_final,
                after_final=change.after_final,
                answers=change.answers,
                why=change.why,
                change=compare(before, after) if before and after else None,
                before_standard=_text(session, texts, before, viewer.language),
                after_standard=_text(session, texts, after, viewer.language),
                audio_ready=bool(row.audio_ready),
            )
        )
    return ChangedPage(rows=tuple(rows), page=page, pages=pages, calls=calls)


def _bodies(session: Session, changes: list[RescoreChange]) -> dict[int, dict[str, Any]]:
    wanted = {found for change in changes for found in (change.before_id, change.after_id) if found is not None}
    rows = session.execute(
        select(StoredAssessment.id, StoredAssessment.body).where(StoredAssessment.id.in_(sorted(wanted)))
    )
    return {found: unpack_body(body) for found, body in rows}


def _text(
    session: Session,
    known: dict[tuple[str, int], StandardText | None],
    assessment: Mapping[str, Any] | None,
    language: str,
) -> StandardText | None:
    if assessment is None:
        return None
    key = (str(assessment["standard"]), int(assessment["version"]))
    if key not in known:
        known[key] = read_standard(session, assessment, language)
    return known[key]
