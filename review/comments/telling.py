"""Whom a comment is told to: those it names, those it answers, the rep of the call, and managers when the rep asks.

Each person hears of a comment once, by the nearest of these reasons, and nobody of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.comments.notices import notify
from review.comments.people import viewers_of
from review.models import Call, Comment, Rep, TeamMember
from review.queries.viewer import Viewer


def tell_about(
    session: Session,
    writer: Viewer,
    call: Call,
    comment: Comment,
    mentioned: Sequence[Viewer],
    *,
    only_mentioned: bool = False,
) -> None:
    """Notify everybody a comment concerns; `only_mentioned` after a change of its words."""
    reasons: dict[int, str] = {one.user_id: "mention" for one in mentioned}
    if not only_mentioned:
        for user_id in _thread(session, comment):
            reasons.setdefault(user_id, "reply")
        for user_id in _owners(session, writer, call):
            reasons.setdefault(user_id, "comment")
    reasons.pop(writer.user_id, None)
    if not reasons:
        return
    reading = {one.user_id for one in viewers_of(session, call.id, reviewers_only=comment.reviewers_only)}
    body = {"by": writer.name, "comment": comment.id, "at": comment.at}
    for user_id, reason in sorted(reasons.items()):
        if user_id in reading:
            notify(session, user_id, reason, call_id=call.id, body=body, together=reason == "comment")


def _thread(session: Session, comment: Comment) -> list[int]:
    """Who wrote in the thread that the comment answers in."""
    if comment.parent_id is None:
        return []
    found = session.scalars(
        select(Comment.user_id).where(
            (Comment.id == comment.parent_id) | (Comment.parent_id == comment.parent_id),
            Comment.user_id.is_not(None),
            Comment.deleted_at.is_(None),
        )
    )
    return sorted({int(user_id) for user_id in found if user_id is not None})


def _owners(session: Session, writer: Viewer, call: Call) -> list[int]:
    """The rep of the call; when the rep writes, the managers of the rep's team."""
    rep = session.get(Rep, call.rep_id) if call.rep_id is not None else None
    if rep is None:
        return []
    if rep.user_id != writer.user_id:
        return [rep.user_id] if rep.user_id is not None else []
    return list(
        session.scalars(
            select(TeamMember.user_id).where(TeamMember.team_id == rep.team_id, TeamMember.is_manager.is_(True))
        )
    )
