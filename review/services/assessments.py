"""Storing an assessment beside earlier ones, and showing it: on the call's row, in lists of what was said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from review.bodies import pack_body
from review.client_card.keeping import keep_said
from review.learning.shown import refresh_call
from review.models import Call, StoredAssessment
from review.performance.results import keep_machine
from review.services.call_flags import count_flags
from review.services.episodes import keep_episodes


def append_assessment(session: Session, call_id: int, transcript_id: int, data: Mapping[str, Any]) -> int:
    """Keep an assessment (the contract's JSON) of a transcript beside earlier ones; its id. Does not commit."""
    score = data["score"]
    row = StoredAssessment(
        call_id=call_id,
        transcript_id=transcript_id,
        standard=data["standard"],
        version=data["version"],
        raw=score["raw"],
        final=score["final"],
        critical=score["critical"],
        coverage=score["coverage"],
        state=score["state"],
        body=pack_body(dict(data)),
    )
    session.add(row)
    session.flush()
    return row.id


def show_assessment(session: Session, call_id: int, assessment_id: int, data: Mapping[str, Any]) -> None:
    """Make a stored assessment the one the call shows, in lists and searches too. Does not commit."""
    score = data["score"]
    values = {
        "assessment_id": assessment_id,
        "score_final": score["final"],
        "score_state": score["state"],
        "coverage": score["coverage"],
        **count_flags(dict(data)),
    }
    session.execute(
        update(Call).where(Call.id == call_id).values(**values).execution_options(synchronize_session=False)
    )
    refresh_call(session, call_id, dict(data))  # what people decided of this call outranks the machine
    keep_episodes(session, call_id, dict(data))
    keep_said(session, call_id, data)
    keep_machine(session, call_id, data)
