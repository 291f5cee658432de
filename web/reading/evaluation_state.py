"""How a draft stands, as the page's script reads it after every save: figures already written for people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from review.evaluations import EvaluationView
from web.context import number, percent, when
from web.reading.evaluation import read_standing


def state_json(view: EvaluationView) -> dict[str, Any]:
    """Revision, figures, which criteria are asked, what is missing. No figure at all in a blind review."""
    found = read_standing(view)
    score = found.score
    return {
        "ok": True,
        "evaluation": view.id,
        "revision": view.revision,
        "savedAt": when(datetime.now(UTC), "HH:mm:ss"),
        "answered": found.answered,
        "criteria": found.criteria,
        "asked": dict(found.asked),
        "changed": list(found.changed),
        "missing": [{"criterion": item.criterion, "what": item.what} for item in found.wanting],
        "score": None
        if score is None
        else {
            "final": number(score.final),
            "raw": number(score.raw) if score.raw != score.final else "",
            "critical": number(score.critical),
            "coverage": percent(score.coverage),
            "failed": score.raw != score.final,
        },
        "sections": {
            name: {
                "points": "–" if item.possible is None else f"{number(item.earned)} / {number(item.possible)}",
                "failed": item.failed,
            }
            for name, item in found.sections.items()
        },
    }
