"""How far the machine's judgement can be trusted now: the newest nightly reading of each criterion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from prometheus_client.core import Metric
from sqlalchemy import select
from sqlalchemy.orm import Session

from review.metrics.gauges import gauges, word
from review.models import DriftReading

READINGS_READ: Final = 500  # the newest; one night's are one for each criterion and language


def learning_figures(session: Session) -> Iterator[Metric]:
    """Drift and agreement with people, as the newest night left them."""
    rows = session.execute(
        select(
            DriftReading.day,
            DriftReading.criterion,
            DriftReading.language,
            DriftReading.psi,
            DriftReading.kappa,
            DriftReading.alarms,
        )
        .order_by(DriftReading.id.desc())
        .limit(READINGS_READ)
    ).all()
    last = max((row.day for row in rows), default="")
    tonight = {(word(row.criterion), word(row.language)): row for row in rows if row.day == last}
    labels = ["criterion", "language"]
    yield gauges(
        "judge_drift_psi",
        "How far last week's answers are from those the criterion was measured on (population stability index).",
        labels,
        {key: row.psi for key, row in sorted(tonight.items()) if row.psi is not None},
    )
    yield gauges(
        "judge_agreement_kappa",
        "Agreement of the machine with people, smoothed over weeks (Cohen's kappa).",
        labels,
        {key: row.kappa for key, row in sorted(tonight.items()) if row.kappa is not None},
    )
    yield gauges(
        "judge_alarms",
        "Alarms the reading raised.",
        labels,
        {key: len(row.alarms) for key, row in sorted(tonight.items())},
    )
