"""The library over the API: clips found and decided about, praise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, abort

from review.comments.clips import change_clip, delete_clip, make_clip
from review.library import curating
from review.library.listing import LibraryFilter, get_clip, page_of_clips
from review.library.praise import praise_clip, praises_for, take_praise_back
from web.api.doing import answer, area, do_once, once_by_key
from web.api.library_models import (
    ClipChangeIn,
    ClipDecisionIn,
    ClipGoneOut,
    ClipIn,
    ClipOut,
    ClipPage,
    ClipPath,
    ClipPraiseIn,
    ClipPraiseList,
    ClipPraiseOut,
    ClipPraiseQuery,
    ClipQuery,
)
from web.api.models import CallPath
from web.api.paging import cut
from web.api.problems import Problem
from web.auth import viewer
from web.blueprints.library_told import library_told
from web.errors import Refused
from web.parts import parts

blueprint = area("library", "library", "Clips of calls, good examples and praise.")

READS: dict[Any, Any] = {404: Problem}
WRITES: dict[Any, Any] = {404: Problem, 409: Problem, 422: Problem}


@contextmanager
def told() -> Iterator[None]:
    """The library's refusals as programs read them: what is gone was never there."""
    try:
        with library_told():
            yield
    except Refused as refused:
        if refused.status == 410:
            abort(404)
        raise


@blueprint.get("/library/clips", responses={200: ClipPage, 422: Problem})
def list_clips(query: ClipQuery) -> Response:
    """List the clips that the token's person may hear, the newest first."""
    wanted = LibraryFilter(
        topic=query.topic,
        objection=query.objection,
        stage=query.stage,
        rep=query.rep_id,
        team=query.team_id,
        mark=query.mark,
    )
    place = query.place(int)
    with parts().database.read() as db:
        rows = page_of_clips(db, viewer(), wanted, after=place[1] if place else None, limit=query.limit + 1)
    shown, following = cut(rows, query.limit, lambda row: (row.id, row.id))
    return answer(ClipPage(clips=[ClipOut.model_validate(row) for row in shown], next=following))


@blueprint.get("/library/clips/<int:clip_id>", responses={200: ClipOut, **READS})
def read_clip(path: ClipPath) -> Response:
    """Read one clip."""
    with parts().database.read() as db:
        return answer(_clip(db, path.clip_id))


@blueprint.post("/calls/<int:call_id>/clips", responses={201: ClipOut, **WRITES})
@once_by_key
def create_clip(path: CallPath, body: ClipIn) -> Response:
    """Keep a stretch of a call as a clip; what it is about is suggested by the call's assessment unless it is said."""

    def act(db: Any) -> ClipOut:
        made = make_clip(
            db,
            viewer(),
            path.call_id,
            body.start,
            body.end,
            body.title,
            note=body.note,
            topic=body.topic,
            objection=body.objection,
            stage=body.stage,
        )
        return _clip(db, made)

    with told():
        return do_once(act)


@blueprint.put("/library/clips/<int:clip_id>", responses={200: ClipOut, **WRITES})
def update_clip(path: ClipPath, body: ClipChangeIn) -> Response:
    """Name one's own clip anew; kinds that are left out stay."""
    with told(), parts().database.session() as db:
        change_clip(
            db,
            viewer(),
            path.clip_id,
            title=body.title,
            note=body.note,
            topic=body.topic,
            objection=body.objection,
            stage=body.stage,
        )
        return answer(_clip(db, path.clip_id))


@blueprint.delete("/library/clips/<int:clip_id>", responses={200: ClipGoneOut, **READS})
def remove_clip(path: ClipPath) -> Response:
    """Throw one's own clip away, out of every playlist too; the call stays."""
    with told(), parts().database.session() as db:
        delete_clip(db, viewer(), path.clip_id)
    return answer(ClipGoneOut(id=path.clip_id))


@blueprint.post("/library/clips/<int:clip_id>/decision", responses={200: ClipOut, **WRITES})
def decide(path: ClipPath, body: ClipDecisionIn) -> Response:
    """Share or close a clip, call it a good example or none, ask to have it taken out, or keep it in spite of that."""
    acts: dict[str, Any] = {
        "share": lambda db: curating.share_clip(db, viewer(), path.clip_id),
        "close": lambda db: curating.close_clip(db, viewer(), path.clip_id),
        "good": lambda db: curating.choose_good(db, viewer(), path.clip_id, body.words),
        "not_good": lambda db: curating.drop_good(db, viewer(), path.clip_id),
        "ask_out": lambda db: curating.ask_out(db, viewer(), path.clip_id, body.words),
        "keep": lambda db: curating.keep_shared(db, viewer(), path.clip_id, body.words),
    }
    with told(), parts().database.session() as db:
        acts[body.act](db)
        return answer(_clip(db, path.clip_id))


@blueprint.put("/library/clips/<int:clip_id>/praise", responses={200: ClipOut, **WRITES})
def praise(path: ClipPath, body: ClipPraiseIn) -> Response:
    """Praise a clip; the rep whose voice it is is told the first time."""
    with told(), parts().database.session() as db:
        praise_clip(db, viewer(), path.clip_id, body.words)
        return answer(_clip(db, path.clip_id))


@blueprint.delete("/library/clips/<int:clip_id>/praise", responses={200: ClipOut, **READS})
def unpraise(path: ClipPath) -> Response:
    """Take one's own praise back; nothing happens where there was none."""
    with told(), parts().database.session() as db:
        found = _clip(db, path.clip_id)
        return answer(_clip(db, path.clip_id) if take_praise_back(db, viewer(), path.clip_id) else found)


@blueprint.get("/library/praise", responses={200: ClipPraiseList, 404: Problem, 422: Problem})
def list_praise(query: ClipPraiseQuery) -> Response:
    """List the praise of a rep whose calls the token's person may see."""
    with told(), parts().database.read() as db:
        found = praises_for(db, viewer(), query.rep_id)
    return answer(ClipPraiseList(praise=[ClipPraiseOut.model_validate(one) for one in found]))


def _clip(db: Any, clip_id: int) -> ClipOut:
    found = get_clip(db, viewer(), clip_id)
    if found is None:
        abort(404)
    return ClipOut.model_validate(found)
