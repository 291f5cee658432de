"""Comments on calls over the API: read, written, changed and taken back, as on the call's page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, abort
from pydantic import BaseModel, ConfigDict, Field

from review.comments import comments as service
from review.comments.comments import CommentRow
from review.queries.call import get_call_row
from web.api.doing import answer, area, do_once, once_by_key
from web.api.fields import RowId, Seconds, Words
from web.api.models import CallPath
from web.api.problems import Problem
from web.auth import viewer
from web.blueprints.comments import refusals_told
from web.parts import parts

blueprint = area("comments", "comments", "What people say about a call, at a second or on the whole of it.")


class CommentIn(BaseModel):
    """A new comment."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"body": "Well asked, and well heard.", "at": 61.5}}
    )

    body: Words = Field(min_length=1, description="`@name` tells a person who may see the call.")
    at: Seconds | None = Field(None, description="Where in the call; left out: the whole call.")
    turn: int | None = Field(None, ge=0, le=10**6)
    parent_id: RowId | None = Field(None, description="The comment that this one answers.")
    reviewers_only: bool = Field(False, description="Not shown to the rep.")


class CommentChange(BaseModel):
    """Other words for one's own comment."""

    model_config = ConfigDict(extra="forbid")

    body: Words = Field(min_length=1)


class CommentPath(CallPath):
    """Which comment."""

    comment_id: RowId


class CommentOut(BaseModel):
    """One comment with the answers below it; the words of a deleted one are kept only for quality leads."""

    id: int
    parent_id: int | None
    author: str
    user_id: int | None
    at: float | None
    turn: int | None
    body: str
    reviewers_only: bool
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    replies: list[CommentOut]


class CommentList(BaseModel):
    """The comments of one call, those at a second first."""

    comments: list[CommentOut]


class CommentMade(BaseModel):
    """The stored comment."""

    id: int


@blueprint.get("/calls/<int:call_id>/comments", responses={200: CommentList, 404: Problem})
def list_comments(path: CallPath) -> Response:
    """List a call's comments with their answers."""
    with parts().database.read() as db:
        if get_call_row(db, viewer(), path.call_id) is None:
            abort(404)
        rows = service.read_comments(db, viewer(), path.call_id)
    return answer(CommentList(comments=[_out(row) for row in rows]))


@blueprint.post(
    "/calls/<int:call_id>/comments",
    responses={201: CommentMade, 404: Problem, 409: Problem, 410: Problem, 422: Problem},
)
@once_by_key
def write_comment(path: CallPath, body: CommentIn) -> Response:
    """Write a comment in the name of the token's person; whom it concerns is told."""

    def write(db: Any) -> CommentMade:
        return CommentMade(
            id=service.add_comment(
                db,
                viewer(),
                path.call_id,
                body.body,
                at=body.at,
                turn=body.turn,
                parent_id=body.parent_id,
                reviewers_only=body.reviewers_only,
            )
        )

    with refusals_told():
        return do_once(write)


@blueprint.put(
    "/calls/<int:call_id>/comments/<int:comment_id>",
    responses={200: CommentMade, 404: Problem, 410: Problem, 422: Problem},
)
def change_comment(path: CommentPath, body: CommentChange) -> Response:
    """Change the words of one's own comment while nobody has answered it."""
    with refusals_told(), parts().database.session() as db:
        service.edit_comment(db, viewer(), path.call_id, path.comment_id, body.body)
    return answer(CommentMade(id=path.comment_id))


@blueprint.delete(
    "/calls/<int:call_id>/comments/<int:comment_id>", responses={200: CommentMade, 404: Problem, 410: Problem}
)
def delete_comment(path: CommentPath) -> Response:
    """Take a comment back: one's own, or anybody's for a quality lead."""
    with refusals_told(), parts().database.session() as db:
        service.delete_comment(db, viewer(), path.call_id, path.comment_id)
    return answer(CommentMade(id=path.comment_id))


def _out(row: CommentRow) -> CommentOut:
    names = ("id", "parent_id", "author", "user_id", "at", "turn", "body", "reviewers_only")
    times = ("created_at", "edited_at", "deleted_at")
    return CommentOut(
        **{name: getattr(row, name) for name in (*names, *times)}, replies=[_out(reply) for reply in row.replies]
    )
