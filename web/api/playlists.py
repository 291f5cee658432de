"""Playlists over the API: made, filled, given, listened through and answered."""

from __future__ import annotations

from typing import Any

from flask import Response, abort

from review.comments import playlists as service
from review.library.listening import assess_oneself, report_heard
from review.library.tasks import give_playlist, own_task, own_tasks, take_back, tasks_of
from web.api.doing import answer, area, do_once, once_by_key
from web.api.library import READS, WRITES, told
from web.api.library_models import (
    ClipGoneOut,
    ClipHeardIn,
    ClipHeardOut,
    ClipOut,
    GivenToIn,
    GivenToOut,
    ListeningList,
    ListeningOut,
    PlaylistClipIn,
    PlaylistClipPath,
    PlaylistIn,
    PlaylistLine,
    PlaylistMoveIn,
    PlaylistOut,
    PlaylistPage,
    PlaylistPath,
    PlaylistTaskPath,
    SelfAssessmentIn,
)
from web.api.paging import PageQuery, cut
from web.api.problems import Problem
from web.auth import viewer
from web.parts import parts

blueprint = area("playlists", "playlists", "Clips in an order, given to people, heard through and answered.")


@blueprint.get("/playlists", responses={200: PlaylistPage, 422: Problem})
def list_playlists(query: PageQuery) -> Response:
    """List the playlists that hold a clip the token's person may hear, their own and those given to them."""
    place = query.place(int)
    with parts().database.read() as db:
        rows = sorted(service.list_playlists(db, viewer()), key=lambda row: -row.id)
    rows = [row for row in rows if place is None or row.id < place[1]][: query.limit + 1]
    shown, following = cut(rows, query.limit, lambda row: (row.id, row.id))
    return answer(PlaylistPage(playlists=[PlaylistLine.model_validate(row) for row in shown], next=following))


@blueprint.post("/playlists", responses={201: PlaylistLine, **WRITES})
@once_by_key
def create_playlist(body: PlaylistIn) -> Response:
    """Make an empty playlist."""

    def act(db: Any) -> PlaylistLine:
        made = service.make_playlist(db, viewer(), body.title, note=body.note)
        return PlaylistLine.model_validate(service.get_playlist(db, viewer(), made).row)

    with told():
        return do_once(act)


@blueprint.get("/playlists/<int:playlist_id>", responses={200: PlaylistOut, **READS})
def read_playlist(path: PlaylistPath) -> Response:
    """Read one playlist with its clips in order."""
    with told(), parts().database.read() as db:
        return answer(_playlist(db, path.playlist_id))


@blueprint.put("/playlists/<int:playlist_id>", responses={200: PlaylistOut, **WRITES})
def update_playlist(path: PlaylistPath, body: PlaylistIn) -> Response:
    """Name one's own playlist anew."""
    with told(), parts().database.session() as db:
        service.change_playlist(db, viewer(), path.playlist_id, title=body.title, note=body.note)
        return answer(_playlist(db, path.playlist_id))


@blueprint.delete("/playlists/<int:playlist_id>", responses={200: ClipGoneOut, **WRITES})
def remove_playlist(path: PlaylistPath) -> Response:
    """Throw one's own playlist away, unless others have it to hear; its clips stay."""
    with told(), parts().database.session() as db:
        service.delete_playlist(db, viewer(), path.playlist_id)
    return answer(ClipGoneOut(id=path.playlist_id))


@blueprint.delete("/playlists/<int:playlist_id>/clips/<int:clip_id>", responses={200: PlaylistOut, **WRITES})
def take_clip_out(path: PlaylistClipPath) -> Response:
    """Take a clip out; the clip stays."""
    with told(), parts().database.session() as db:
        service.take_from_playlist(db, viewer(), path.playlist_id, path.clip_id)
        return answer(_playlist(db, path.playlist_id))


@blueprint.post("/playlists/<int:playlist_id>/clips/<int:clip_id>/move", responses={200: PlaylistOut, **WRITES})
def move_clip(path: PlaylistClipPath, body: PlaylistMoveIn) -> Response:
    """Move a clip some places down or up, no further than the ends."""
    with told(), parts().database.session() as db:
        service.move_in_playlist(db, viewer(), path.playlist_id, path.clip_id, body.by)
        return answer(_playlist(db, path.playlist_id))


@blueprint.delete("/playlists/<int:playlist_id>/tasks/<int:task_id>", responses={200: ListeningList, **READS})
def take_playlist_back(path: PlaylistTaskPath) -> Response:
    """Take it back from somebody; what was heard is kept. Those who still have it."""
    with told(), parts().database.session() as db:
        service.get_playlist(db, viewer(), path.playlist_id)
        if not any(row.id == path.task_id for row in tasks_of(db, viewer(), path.playlist_id)):
            abort(404)
        take_back(db, viewer(), path.task_id)
        rows = tasks_of(db, viewer(), path.playlist_id)
    return answer(ListeningList(tasks=[ListeningOut.model_validate(row) for row in rows]))


@blueprint.post("/playlists/<int:playlist_id>/clips", responses={200: PlaylistOut, **WRITES})
def add_clip(path: PlaylistPath, body: PlaylistClipIn) -> Response:
    """Put a clip at the end; nothing happens when it is in there already."""
    with told(), parts().database.session() as db:
        service.add_to_playlist(db, viewer(), path.playlist_id, body.clip_id)
        return answer(_playlist(db, path.playlist_id))


@blueprint.post("/playlists/<int:playlist_id>/give", responses={200: GivenToOut, **WRITES})
def give(path: PlaylistPath, body: GivenToIn) -> Response:
    """Give it to people or a team, or take it on oneself by one's own id."""
    with told(), parts().database.session() as db:
        given = give_playlist(
            db, viewer(), path.playlist_id, user_ids=body.user_ids, team_id=body.team_id, due_on=body.due_on
        )
    return answer(GivenToOut(given=given))


@blueprint.get("/playlists/<int:playlist_id>/progress", responses={200: ListeningList, **READS})
def read_progress(path: PlaylistPath) -> Response:
    """Read how far those are whom the token's person may follow."""
    with told(), parts().database.read() as db:
        service.get_playlist(db, viewer(), path.playlist_id)
        rows = tasks_of(db, viewer(), path.playlist_id)
    return answer(ListeningList(tasks=[ListeningOut.model_validate(row) for row in rows]))


@blueprint.get("/listening", responses={200: ListeningList})
def list_listening() -> Response:
    """List the playlists the token's person is to hear, those due first first."""
    with parts().database.read() as db:
        rows = own_tasks(db, viewer())
    return answer(ListeningList(tasks=[ListeningOut.model_validate(row) for row in rows]))


@blueprint.post("/playlists/<int:playlist_id>/heard", responses={200: ClipHeardOut, **WRITES})
def note_heard(path: PlaylistPath, body: ClipHeardIn) -> Response:
    """Note that a piece of a clip was played; no more is believed than could be played since the last report."""
    with told(), parts().database.session() as db:
        clip = report_heard(db, viewer(), _task(db, path.playlist_id), body.clip_id, body.start, body.end)
    return answer(ClipHeardOut(place=clip.place, done=clip.done))


@blueprint.put("/playlists/<int:playlist_id>/assessment", responses={200: ListeningOut, **WRITES})
def assess(path: PlaylistPath, body: SelfAssessmentIn) -> Response:
    """Answer for oneself once every clip is heard: I do this on my calls, 1 to 5."""
    with told(), parts().database.session() as db:
        assess_oneself(db, viewer(), _task(db, path.playlist_id), body.rating, body.words)
        return answer(ListeningOut.model_validate(own_task(db, viewer(), path.playlist_id)))


def _playlist(db: Any, playlist_id: int) -> PlaylistOut:
    found = service.get_playlist(db, viewer(), playlist_id)
    line = PlaylistLine.model_validate(found.row)
    clips = [ClipOut.model_validate(row) for row in found.clips]
    return PlaylistOut(**line.model_dump(), clips=clips, hidden=found.hidden)


def _task(db: Any, playlist_id: int) -> int:
    found = own_task(db, viewer(), playlist_id)
    if found is None:
        abort(404)
    return found.id
