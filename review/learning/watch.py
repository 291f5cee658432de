"""The nightly look at drift: calls of the last week against those a judge was measured on. It alarms, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.learning.data import judge_by_rules, read_label_rows, speech_of
from review.learning.in_use import Known, read_in_use
from review.models import Call, DriftReading, LearnedModel, StoredAssessment, utc_now
from review.services.audit import record
from review.upsert import insert_new
from scoring.assessment import CANNOT_JUDGE, UNANSWERED
from scoring.learning.drift import Snapshot, compare, read_snapshot, snapshot
from scoring.learning.labels import Label
from scoring.learning.measures import kappa
from scoring.learning.store import model_id

NOW: Final = timedelta(days=7)
BEFORE: Final = timedelta(days=28)  # before that week: what rules are compared with
MOST_CALLS: Final = 1500
MOST_READ_AGAIN: Final = 60  # calls whose words are looked through for unknown ones
FEWEST_VERDICTS: Final = 10  # in a week, for its kappa to count
WEEKS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRow:
    """One reading as the page shows it."""

    criterion: str
    language: str
    day: str
    judge: str
    calls: int
    psi: float | None
    unknown: float | None
    speech: float | None
    kappa: float | None
    alarms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Met:
    """A judged call of the last weeks: what a snapshot needs."""

    call_id: int
    standard: str
    version: int
    recent: bool
    language: str
    answers: dict[str, tuple[str, float | None]]
    speech: float | None


def read_drift(session: Session, days: int = 60) -> tuple[DriftRow, ...]:
    """The readings of the last days, oldest first."""
    since = (utc_now() - timedelta(days=days)).date().isoformat()
    rows = session.scalars(select(DriftReading).where(DriftReading.day >= since).order_by(DriftReading.day))
    return tuple(
        DriftRow(
            criterion=row.criterion,
            language=row.language,
            day=row.day,
            judge=row.judge,
            calls=row.calls,
            psi=row.psi,
            unknown=row.unknown,
            speech=row.speech,
            kappa=row.kappa,
            alarms=tuple(row.alarms),
        )
        for row in rows
    )


def look_for_drift(session: Session, data_folder: Path, now: datetime | None = None) -> tuple[DriftRow, ...]:
    """Today's reading of every criterion that was answered last week, kept once a day; those that alarm.

    An alarm is an audit event, so that it is seen even if nobody opens the page. Nothing is trained or moved by it.
    """
    now = now or utc_now()
    met = _met(session, now)
    charge = {known.loaded.id: known for known in read_in_use(session, data_folder).promoted}
    stored = {
        model.id: model for model in session.scalars(select(LearnedModel).where(LearnedModel.state == "promoted"))
    }
    labels = [label for label in read_label_rows(session, kind="criterion") if label.machine is not None]
    alarmed = []
    for criterion, language in sorted({(c, m.language) for m in met if m.recent for c in m.answers}):
        known = charge.get(model_id(criterion, language))
        mine = [item for item in met if item.language == language and criterion in item.answers]
        recent = [item for item in mine if item.recent]
        model = stored.get(known.id) if known else None
        then = read_snapshot(model.usual) if model else _snapshot([m for m in mine if not m.recent], criterion, None)
        reading = compare(
            then,
            _snapshot(recent, criterion, _unknown(session, known, recent, criterion) if known else None),
            kappas=_weekly(labels, criterion, language, now),
            expected=(model.test.get("model") or {}).get("kappa") if model else None,
        )
        row = DriftRow(
            criterion=criterion,
            language=language,
            day=now.date().isoformat(),
            judge=f"{model.version}" if model else "rules",
            calls=reading.calls,
            psi=_rounded(reading.psi),
            unknown=_rounded(reading.unknown),
            speech=_rounded(reading.speech),
            kappa=_rounded(reading.kappa),
            alarms=reading.alarms,
        )
        if _keep(session, row) and row.alarms:
            record(session, None, "drift.alarm", "criterion", model_id(criterion, language), alarms=list(row.alarms))
            alarmed.append(row)
    return tuple(alarmed)


def _keep(session: Session, row: DriftRow) -> bool:
    values: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("criterion", "language", "day", "judge", "calls", "psi", "unknown", "speech", "kappa")
    }
    made = insert_new(session, DriftReading, ("criterion", "language", "day"), alarms=list(row.alarms), **values)
    return made is not None


def _met(session: Session, now: datetime) -> list[_Met]:
    rows = session.execute(
        select(Call.id, Call.happened_at, StoredAssessment.body, StoredAssessment.standard, StoredAssessment.version)
        .join(StoredAssessment, StoredAssessment.id == Call.assessment_id)
        .where(Call.state == "scored", Call.happened_at >= now - NOW - BEFORE, Call.happened_at <= now)
        .order_by(Call.happened_at.desc(), Call.id.desc())
        .limit(MOST_CALLS)
    )
    found = []
    for row in rows:
        assessment = unpack_body(row.body)
        language = next(iter(sorted(assessment.get("packs") or {})), "")
        if not language:
            continue
        answers = {
            item["id"]: (item["answer"], item["confidence"])
            for item in assessment["criteria"]
            if item["answer"] != UNANSWERED
        }
        recent = row.happened_at >= now - NOW
        found.append(_Met(row.id, row.standard, row.version, recent, language, answers, speech_of(assessment)))
    return found


def _snapshot(met: Sequence[_Met], criterion: str, unknown: Sequence[float] | None) -> Snapshot:
    answers = [item.answers[criterion] for item in met]
    return snapshot(
        [answer for answer, _ in answers],
        [confidence for _, confidence in answers],
        unknown or (),
        [item.speech for item in met],
    )


def _unknown(session: Session, known: Known, recent: Sequence[_Met], criterion: str) -> list[float]:
    """The share of words a model never met, in the newest calls."""
    shares = []
    for item in recent[:MOST_READ_AGAIN]:
        judged = judge_by_rules(session, item.call_id, item.standard, item.version)
        asked = None
        if judged is not None:
            every = (c for section in judged.standard.sections for c in section.criteria)
            asked = next((c for c in every if c.id == criterion), None)
        if judged is not None and asked is not None and judged.results[criterion].answer != CANNOT_JUDGE:
            shares.append(known.loaded.model.unknown_words(judged.look(asked)))
    return shares


def _weekly(labels: Sequence[Label], criterion: str, language: str, now: datetime) -> list[float]:
    """The machine's agreement with people week by week, oldest first; weeks with few verdicts are left out."""
    weeks: dict[int, list[Label]] = {}
    for label in labels:
        if (label.target, label.language) == (criterion, language):
            age = (now - datetime.fromisoformat(label.at)).days // 7
            weeks.setdefault(age, []).append(label)
    return [
        kappa([label.machine for label in weeks[age]], [label.answer for label in weeks[age]])
        for age in sorted(weeks, reverse=True)
        if age < WEEKS and len(weeks[age]) >= FEWEST_VERDICTS
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
