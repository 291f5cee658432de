"""Comments on a call: written, answered, changed and taken back; read with what the reader may do with each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from review.comments.people import find_mentions, list_viewers, reads_reviewers_words, viewers_of
from review.comments.refusals import Answered, Gone, MayNotSee, NotYours, OutsideCall, read_text
from review.comments.telling import tell_about
from review.errors import NoSuchCall
from review.models import Call, Comment, utc_now
from review.queries.blind import judges_blind
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.services.audit import record

MOST_CHARACTERS = 50_000
LATE = 1.0
"""Seconds behind the end of a call that a comment may stand at: players and files differ by a frame or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRow:
    """One comment as a person reads it; a deleted one keeps its words only for quality leads. `at` in seconds."""

    id: int
    parent_id: int | None
    author: str
    user_id: int | None
    at: float | None
    turn: int | None
    body: str
    names: tuple[str, ...]  # written with @ in the body, to be shown as names
    reviewers_only: bool
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    deleted_by: str | None
    may_edit: bool
    may_delete: bool
    replies: tuple[CommentRow, ...] = ()


def add_comment(
    session: Session,
    viewer: Viewer,
    call_id: int,
    body: str,
    *,
    at: float | None = None,
    turn: int | None = None,
    parent_id: int | None = None,
    reviewers_only: bool = False,
    token: str | None = None,
) -> int:
    """Write a comment and tell those it concerns; its id. The same `token` again gives the same comment.

    Raises NoSuchCall, Empty, TooLong, OutsideCall, Gone (the comment answered is no longer there) and MayNotSee
    (somebody named with @ may not see it). An answer stands where the first comment stands, and is seen by the same.
    """
    call = _call(session, viewer, call_id)
    if token:
        known = session.scalar(select(Comment.id).where(Comment.user_id == viewer.user_id, Comment.token == token))
        if known is not None:
            return int(known)
    text = read_text("comment", body, MOST_CHARACTERS)
    parent = _parent(session, viewer, call, parent_id)
    if parent is not None:
        at, turn, reviewers_only = parent.at, parent.turn, parent.reviewers_only
    reviewers_only = reviewers_only and reads_reviewers_words(viewer, call.rep_id)
    if at is not None and not 0 <= at <= (call.duration if call.duration is not None else at) + LATE:
        raise OutsideCall(at, at, call.duration)
    mentioned = _mentioned(session, viewer, text, call_id, reviewers_only=reviewers_only)
    comment = Comment(
        call_id=call_id,
        user_id=viewer.user_id,
        author=viewer.name,
        parent_id=parent.id if parent else None,
        at=at,
        turn=turn,
        body=text,
        reviewers_only=reviewers_only,
        mentions=[str(one.user_id) for one in mentioned],
        token=token or None,
    )
    try:
        with session.begin_nested():
            session.add(comment)
    except IntegrityError:  # the same form was sent twice at once: the other one is being stored
        known = session.scalar(select(Comment.id).where(Comment.user_id == viewer.user_id, Comment.token == token))
        if known is None:
            raise
        return int(known)
    tell_about(session, viewer, call, comment, mentioned)
    return int(comment.id)


def edit_comment(session: Session, viewer: Viewer, call_id: int, comment_id: int, body: str) -> None:
    """Change the words of one's own comment while nobody has answered it. People named anew are told.

    Raises NoSuchCall, Gone, NotYours, Answered, Empty, TooLong and MayNotSee.
    """
    call = _call(session, viewer, call_id)
    comment = _comment(session, viewer, call, comment_id)
    if comment.user_id != viewer.user_id:
        raise NotYours
    if session.scalar(select(Comment.id).where(Comment.parent_id == comment.id, Comment.deleted_at.is_(None)).limit(1)):
        raise Answered
    text = read_text("comment", body, MOST_CHARACTERS)
    if text == comment.body:
        return
    mentioned = _mentioned(session, viewer, text, call_id, reviewers_only=comment.reviewers_only)
    before = set(comment.mentions)
    comment.body = text
    comment.mentions = [str(one.user_id) for one in mentioned]
    comment.edited_at = utc_now()
    session.flush()
    fresh = tuple(one for one in mentioned if str(one.user_id) not in before)
    tell_about(session, viewer, call, comment, fresh, only_mentioned=True)


def delete_comment(session: Session, viewer: Viewer, call_id: int, comment_id: int) -> None:
    """Take a comment out of sight: one's own, or anybody's for a quality lead, who still sees that it was there.

    Raises NoSuchCall, Gone and NotYours.
    """
    call = _call(session, viewer, call_id)
    comment = _comment(session, viewer, call, comment_id)
    if comment.user_id != viewer.user_id and not viewer.has_role("quality_lead"):
        raise NotYours
    comment.deleted_at = utc_now()
    comment.deleted_by = viewer.name
    record(session, viewer.user_id, "comment.deleted", "comment", comment.id, call=call_id, author=comment.author)
    session.flush()


def read_comments(session: Session, viewer: Viewer, call_id: int, *, own_only: bool = False) -> tuple[CommentRow, ...]:
    """The call's comments by their second, those on the whole call last, answers below what they answer.

    `own_only`, to outsiders, and while the viewer is to judge the call blind: nobody else's opinion is shown. A deleted
    comment stays while somebody's answer stands below it, and for quality leads; its words only for them.
    """
    rep_id = session.scalar(select(Call.rep_id).where(Call.id == call_id, visible_calls(viewer)))
    rows = session.scalars(
        select(Comment)
        .join(Call, Call.id == Comment.call_id)
        .where(Comment.call_id == call_id, visible_calls(viewer))
        .order_by(Comment.id)
    ).all()
    if not reads_reviewers_words(viewer, rep_id):
        rows = [row for row in rows if not row.reviewers_only]
    if own_only or viewer.is_outsider or judges_blind(session, call_id, viewer.user_id):
        rows = [row for row in rows if row.user_id == viewer.user_id]
    named = {int(user_id) for row in rows for user_id in row.mentions}
    names = {one.user_id: (one.name, one.email) for one in list_viewers(session)} if named else {}
    answers: dict[int, list[Comment]] = {}
    for row in rows:
        if row.parent_id is not None:
            answers.setdefault(row.parent_id, []).append(row)
    lead = viewer.has_role("quality_lead")

    def shown(row: Comment) -> CommentRow | None:
        below = tuple(one for answer in answers.get(row.id, ()) if (one := shown(answer)) is not None)
        if row.deleted_at is not None and not below and not lead:
            return None
        mine = row.user_id == viewer.user_id
        there = row.deleted_at is None
        return CommentRow(
            id=row.id,
            parent_id=row.parent_id,
            author=row.author,
            user_id=row.user_id,
            at=row.at,
            turn=row.turn,
            body=row.body if there or lead else "",
            names=tuple(name for user_id in row.mentions for name in names.get(int(user_id), ())),
            reviewers_only=row.reviewers_only,
            created_at=row.created_at,
            edited_at=row.edited_at,
            deleted_at=row.deleted_at,
            deleted_by=row.deleted_by,
            may_edit=mine and there and not any(one.deleted_at is None for one in answers.get(row.id, ())),
            may_delete=there and (mine or lead),
            replies=below,
        )

    known = {row.id for row in rows}
    first = [one for row in rows if row.parent_id not in known and (one := shown(row)) is not None]
    return tuple(sorted(first, key=lambda one: (one.at is None, one.at or 0.0, one.id)))


def _call(session: Session, viewer: Viewer, call_id: int) -> Call:
    call = session.scalar(select(Call).where(Call.id == call_id, visible_calls(viewer)))
    if call is None:
        raise NoSuchCall(call_id)
    return call


def _comment(session: Session, viewer: Viewer, call: Call, comment_id: int) -> Comment:
    found = session.scalar(
        select(Comment).where(Comment.id == comment_id, Comment.call_id == call.id, Comment.deleted_at.is_(None))
    )
    if found is None or (found.reviewers_only and not reads_reviewers_words(viewer, call.rep_id)):
        raise Gone("comment")
    return found


def _parent(session: Session, viewer: Viewer, call: Call, parent_id: int | None) -> Comment | None:
    """The first comment of the thread: an answer to an answer joins the same thread."""
    if parent_id is None:
        return None
    found = _comment(session, viewer, call, parent_id)
    return session.get(Comment, found.parent_id) if found.parent_id is not None else found


def _mentioned(
    session: Session, viewer: Viewer, text: str, call_id: int, *, reviewers_only: bool
) -> tuple[Viewer, ...]:
    """Whom the text names, each of whom may see the comment. Raises MayNotSee.

    To somebody from outside an @ names nobody: who is found would tell them who works here.
    """
    if "@" not in text or viewer.is_outsider:
        return ()
    allowed = {one.user_id for one in viewers_of(session, call_id, reviewers_only=reviewers_only)}
    found: dict[int, Viewer] = {}
    refused = []
    for people in find_mentions(text, list_viewers(session)):
        seeing = [one for one in people if one.user_id in allowed]
        found.update({one.user_id: one for one in seeing})
        if not seeing:
            refused.append(people[0].name)
    if refused:
        raise MayNotSee(tuple(refused), reviewers_only=reviewers_only)
    return tuple(found.values())
