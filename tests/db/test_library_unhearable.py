"""Playlists of which nothing is left to hear are taken back with the reason; nobody owes what cannot be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from review.comments.clips import delete_clip
from review.comments.playlists import add_to_playlist, make_playlist, take_from_playlist
from review.library.curating import close_clip
from review.library.listening import assess_oneself, report_heard
from review.library.tasks import give_playlist, own_tasks, take_back, tasks_of
from review.library.unhearable import SETTLED, take_back_unhearable
from review.models import AuditEvent, Call, PlaylistHeard, PlaylistTask, Rep, User, utc_now
from review.sampling.handing import put
from tests.db.test_library import Shelf, given, shelf

__all__ = ["shelf"]


def sweep(shelf: Shelf) -> int:
    with shelf.database.session() as session:
        return take_back_unhearable(session, now=utc_now() + SETTLED + timedelta(minutes=1))


def call_goes(shelf: Shelf, clip: int, playlist: int) -> None:
    with shelf.database.session() as session:
        session.delete(session.get_one(Call, shelf.calls["a"]))


def clip_goes(shelf: Shelf, clip: int, playlist: int) -> None:
    with shelf.database.session() as session:
        delete_clip(session, shelf.viewer("reviewer"), clip)


def clip_closes(shelf: Shelf, clip: int, playlist: int) -> None:
    with shelf.database.session() as session:
        close_clip(session, shelf.viewer("lead"), clip)


def clip_is_taken_out(shelf: Shelf, clip: int, playlist: int) -> None:
    with shelf.database.session() as session:
        take_from_playlist(session, shelf.viewer("lead"), playlist, clip)


@pytest.mark.parametrize("goes", [call_goes, clip_goes, clip_closes, clip_is_taken_out])
def test_nothing_left_to_hear_is_taken_back_once_and_told(
    shelf: Shelf, goes: Callable[[Shelf, int, int], None]
) -> None:
    clip = shelf.clip()
    shelf.share(clip)
    playlist, task = given(shelf, [clip])
    with shelf.database.session() as session:
        report_heard(session, shelf.viewer("b"), task, clip, 0.0, 2.0)
    assert sweep(shelf) == 0
    goes(shelf, clip, playlist)
    with shelf.database.session() as session:
        assert take_back_unhearable(session) == 0, "a playlist may be given before its clips are in it"
    assert [sweep(shelf), sweep(shelf)] == [1, 0]
    assert shelf.told("b") == ["playlist_given", "playlist_gone"]
    assert shelf.told("lead") == ["playlist_gone"]
    with shelf.database.read() as session:
        assert own_tasks(session, shelf.viewer("b")) == ()
        assert tasks_of(session, shelf.viewer("lead"), playlist) == ()
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "playlist.taken_back")).one()
        assert event.details == {"person": shelf.users["b"], "why": "nothing_to_hear"}
        kept = session.scalar(select(func.count()).select_from(PlaylistHeard))
        assert kept == (0 if goes in (call_goes, clip_goes) else 1), "what was heard stays while there is the clip"


def test_what_is_opened_again_goes_on_where_it_stood(shelf: Shelf) -> None:
    clip = shelf.clip()
    shelf.share(clip)
    playlist, task = given(shelf, [clip])
    with shelf.database.session() as session:
        report_heard(session, shelf.viewer("b"), task, clip, 0.0, 5.0)
    clip_closes(shelf, clip, playlist)
    assert sweep(shelf) == 1
    shelf.share(clip)
    with shelf.database.session() as session:
        give_playlist(session, shelf.viewer("lead"), playlist, user_ids=[shelf.users["b"]])
        assert own_tasks(session, shelf.viewer("b"))[0].heard == 1
        assess_oneself(session, shelf.viewer("b"), task, 4)


def test_one_clip_left_is_something_to_hear(shelf: Shelf) -> None:
    clips = [shelf.clip(), shelf.clip(title="Second", start=9.0, end=12.0)]
    for clip in clips:
        shelf.share(clip)
    playlist, task = given(shelf, clips)
    clip_closes(shelf, clips[0], playlist)
    assert sweep(shelf) == 0
    with shelf.database.session() as session:
        report_heard(session, shelf.viewer("b"), task, clips[1], 0.0, 3.0)
        assess_oneself(session, shelf.viewer("b"), task, 5)
    clip_closes(shelf, clips[1], playlist)
    assert sweep(shelf) == 0, "what was done stays done"
    with shelf.database.read() as session:
        assert own_tasks(session, shelf.viewer("b"))[0].done_at is not None


def test_a_call_one_is_still_to_judge_blind_only_waits(shelf: Shelf) -> None:
    clip = shelf.clip()
    with shelf.database.session() as session:
        lead = shelf.viewer("lead")
        playlist = make_playlist(session, lead, "Price talks")
        add_to_playlist(session, lead, playlist, clip)
        give_playlist(session, lead, playlist, user_ids=[shelf.users["boss"]])
        asked = {"call_id": shelf.calls["a"], "user_id": shelf.users["boss"], "part": "chosen", "blind": True}
        put(session, {**asked, "why": [], "standard": None, "due_at": None, "assigned_by": None})
        assert own_tasks(session, shelf.viewer("boss"))[0].clips == 0
    assert sweep(shelf) == 0


def test_a_rep_who_moved_away_takes_the_clips_out_of_their_old_managers_hearing(shelf: Shelf) -> None:
    clip = shelf.clip()
    with shelf.database.session() as session:
        lead = shelf.viewer("lead")
        playlist = make_playlist(session, lead, "Price talks")
        add_to_playlist(session, lead, playlist, clip)
        give_playlist(session, lead, playlist, user_ids=[shelf.users["boss"]])
    assert sweep(shelf) == 0
    with shelf.database.session() as session:
        session.execute(update(Rep).where(Rep.id == shelf.reps["a"]).values(team_id=shelf.teams["b"]))
    assert sweep(shelf) == 1
    assert shelf.told("boss") == ["playlist_given", "playlist_gone"]


def test_nobody_is_told_of_what_was_taken_back_already_or_of_people_who_left(shelf: Shelf) -> None:
    clip = shelf.clip()
    shelf.share(clip)
    playlist, task = given(shelf, [clip])
    clip_closes(shelf, clip, playlist)
    with shelf.database.session() as session:
        session.execute(update(User).where(User.id == shelf.users["b"]).values(disabled_at=utc_now()))
    assert sweep(shelf) == 0
    with shelf.database.session() as session:
        session.execute(update(User).where(User.id == shelf.users["b"]).values(disabled_at=None))
        take_back(session, shelf.viewer("lead"), task)
    assert sweep(shelf) == 0
    with shelf.database.read() as session:
        assert session.get_one(PlaylistTask, task).withdrawn_at is not None
