"""The facts that webhooks are told of, each put down where it is stored: a scored call, a new flag, an evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import Call, Evaluation, Webhook
from review.queries.filters import flag_condition
from review.services.assessments import show_assessment
from review.webhooks.events import tell

FLAGS: Final = ("objection_missed", "wrongly_closed", "cannot_judge", "low_score")
"""Flags that the machine's judgement raises; how a call was recorded or transcribed is told by the call itself."""


def raised_flags(session: Session, call_id: int) -> frozenset[str]:
    """The flags that are up on a call as it is shown now; none while nobody is to be told of anything."""
    if session.scalar(select(Webhook.id).where(Webhook.state == "on").limit(1)) is None:
        return frozenset()
    found = session.execute(
        select(*(flag_condition(flag).label(flag) for flag in FLAGS)).where(Call.id == call_id)
    ).first()
    return frozenset() if found is None else frozenset(flag for flag in FLAGS if found._mapping[flag])


def show_and_tell(session: Session, call_id: int, assessment_id: int, data: Mapping[str, Any]) -> None:
    """Show a stored assessment on its call; who wants to know is told, also of each flag that was not up before.

    Does not commit.
    """
    before = raised_flags(session, call_id)
    shown = session.execute(select(Call.rep_id, Call.assessment_id).where(Call.id == call_id)).one()
    show_assessment(session, call_id, assessment_id, data)
    rep_id, score = shown.rep_id, data["score"]
    tell(
        session,
        "call.scored",
        call_id,
        {
            "assessment_id": assessment_id,
            "standard": _word(data["standard"]),
            "version": data["version"],
            "score": score["final"],
            "coverage": score["coverage"],
            "state": score["state"],
            "again": shown.assessment_id is not None,
            "rep_id": rep_id,
        },
    )
    for flag in sorted(raised_flags(session, call_id) - before):
        tell(session, "flag.raised", call_id, {"flag": flag, "assessment_id": assessment_id, "rep_id": rep_id})


def tell_submitted(session: Session, row: Evaluation, rep_id: int | None) -> None:
    """A person has handed in a scorecard, for the first time or changed. Does not commit."""
    tell(
        session,
        "evaluation.submitted",
        row.id,
        {
            "call_id": row.call_id,
            "standard": _word(row.standard),
            "version": row.version,
            "score": row.final,
            "coverage": row.coverage,
            "again": row.first_submitted_at != row.submitted_at,
            "reviewer_id": row.user_id,
            "rep_id": rep_id,
        },
    )


def _word(text: str) -> str:
    return text[:100]
