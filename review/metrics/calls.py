"""Calls in figures: how many in each state, how long the oldest waits, why some failed, how long the stages took."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from prometheus_client.core import Metric
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from review.metrics.gauges import age, gauges, word
from review.models import Call, StoredAssessment, StoredTranscript
from review.queries.status import STATES, WAITING

WAITING_READ: Final = 10_000  # of one state, those first in turn
FAILURES_READ: Final = 2_000  # the newest failed calls
STAGES_READ: Final = 500  # the newest transcripts, and the newest assessments
WINDOW: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
QUANTILES: Final = (("0.5", 0.5), ("0.95", 0.95), ("1", 1.0))


def call_figures(session: Session, now: float) -> Iterator[Metric]:
    """The figures of calls; `now` by the database's clock."""
    counted = session.execute(select(Call.state, func.count()).group_by(Call.state))
    states = dict.fromkeys(STATES, 0) | dict(counted.all())
    yield gauges("calls", "Calls by state.", ["state"], {(state,): states[state] for state in STATES})
    yield gauges(
        "calls_oldest_seconds",
        "How long the oldest call of a state that is to be worked on has been here (sent again: since then).",
        ["state"],
        {(state,): age(now, _oldest(session, state)) or 0.0 for state in WAITING},
    )
    yield from _failures(session, now)
    yield from _stages(session, now)


def _oldest(session: Session, state: str) -> datetime | None:
    first = (
        select(func.coalesce(Call.again_at, Call.created_at).label("at"))
        .where(Call.state == state)
        .order_by(Call.next_at)
        .limit(WAITING_READ)
        .subquery()
    )
    oldest: datetime | None = session.scalar(select(func.min(first.c.at)))
    return oldest


def _failures(session: Session, now: float) -> Iterator[Metric]:
    yesterday = datetime.fromtimestamp(now, UTC) - DAY
    dead = (
        select(Call.failure, Call.updated_at)
        .where(Call.state == "dead")
        .order_by(Call.happened_at.desc(), Call.id.desc())
        .limit(FAILURES_READ)
    )
    kinds: Counter[tuple[str, ...]] = Counter()
    lately: Counter[tuple[str, ...]] = Counter()
    for failure, at in session.execute(dead):
        kind = (word((failure or {}).get("step")), word((failure or {}).get("code")))
        kinds[kind] += 1
        lately[kind] += at >= yesterday
    labels = ["step", "reason"]
    yield gauges(
        "failed_calls",
        "Calls that are failed, by step and reason. The newest 2,000.",
        labels,
        dict(sorted(kinds.items())),
    )
    yield gauges(
        "failed_calls_last_day",
        "Of those, the ones that failed or were changed in the last 24 hours.",
        labels,
        dict(sorted(lately.items())),
    )


def _stages(session: Session, now: float) -> Iterator[Metric]:
    since = datetime.fromtimestamp(now, UTC) - WINDOW
    heard = _seconds(session.execute(_newest_transcripts()), since)
    scored = [(row.arrived, row.heard, row.judged) for row in session.execute(_newest_assessments())]
    stages = {
        "transcribe": heard,
        "score": _seconds([(heard_at, judged) for _arrived, heard_at, judged in scored], since),
        "whole": _seconds([(arrived, judged) for arrived, _heard, judged in scored], since),
    }
    yield gauges(
        "stage_seconds",
        "Seconds a call took, waiting included, over those that ended in the last hour: from its arrival to its "
        "transcript, from there to its score, and both. The newest 500 at most.",
        ["stage", "quantile"],
        {
            (stage, shown): _quantile(found, share)
            for stage, found in stages.items()
            if found
            for shown, share in QUANTILES
        },
    )
    yield gauges(
        "stage_calls",
        "Calls that these seconds were taken from.",
        ["stage"],
        {(stage,): len(found) for stage, found in stages.items()},
    )


def _newest_transcripts() -> Any:
    """(arrived, transcribed) of the newest transcripts, calls that were transcribed again left out."""
    newest = (
        select(StoredTranscript.call_id, StoredTranscript.number, StoredTranscript.created_at)
        .order_by(StoredTranscript.id.desc())
        .limit(STAGES_READ)
        .subquery()
    )
    return (
        select(Call.created_at, newest.c.created_at)
        .join_from(newest, Call, Call.id == newest.c.call_id)
        .where(newest.c.number == 1)
    )


def _newest_assessments() -> Any:
    """(arrived, transcribed, scored) of the newest assessments, calls that were scored again left out."""
    newest = (
        select(StoredAssessment.id, StoredAssessment.transcript_id, StoredAssessment.created_at)
        .order_by(StoredAssessment.id.desc())
        .limit(STAGES_READ)
        .subquery()
    )
    earlier = aliased(StoredAssessment)
    return (
        select(
            Call.created_at.label("arrived"),
            StoredTranscript.created_at.label("heard"),
            newest.c.created_at.label("judged"),
        )
        .join_from(newest, StoredTranscript, StoredTranscript.id == newest.c.transcript_id)
        .join(Call, Call.id == StoredTranscript.call_id)
        .where(
            StoredTranscript.number == 1,
            ~exists().where(earlier.transcript_id == newest.c.transcript_id, earlier.id < newest.c.id),
        )
    )


def _seconds(spans: Any, since: datetime) -> list[float]:
    """How long each took that ended since then, the shortest first."""
    return sorted(max(0.0, (end - begin).total_seconds()) for begin, end in spans if end >= since)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The nearest rank: a value that was really measured."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
