"""What is in a person's hands when they are shut out: calls that wait for them, scorecards begun and handed in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.models import Evaluation
from review.sampling.reviewers import open_loads


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How many calls wait for the person to score, and how many evaluations of theirs are drafts or handed in."""

    waiting: int
    drafts: int
    handed_in: int


def read_held(session: Session, user_id: int) -> Held:
    """The numbers; an evaluation that was made void is in neither. Two statements."""
    counted = select(Evaluation.state == "draft", func.count()).where(
        Evaluation.user_id == user_id, Evaluation.state != "void"
    )
    found = {bool(row[0]): row[1] for row in session.execute(counted.group_by(Evaluation.state == "draft"))}
    return Held(
        waiting=open_loads(session, [user_id]).get(user_id, 0),
        drafts=found.get(True, 0),
        handed_in=found.get(False, 0),
    )
