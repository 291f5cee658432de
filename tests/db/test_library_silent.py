"""A clip whose sound is gone for good holds nobody up; who gave it is told which one; what only waits is still owed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from review.comments.playlists import get_playlist
from review.library.curating import close_clip
from review.library.listening import assess_oneself, report_heard
from review.library.refusals import NotHeardYet
from review.library.silent import tell_silent
from review.library.tasks import give_playlist, own_tasks, tasks_of
from review.library.unhearable import SETTLED, take_back_unhearable
from review.models import Call, Notification, User, WebAudio, utc_now
from tests.db.test_library import Shelf, given, shelf

__all__ = ["shelf"]


def sound_goes(shelf: Shelf, state: str, call: str = "a", **columns: object) -> None:
    with shelf.database.session() as session:
        session.execute(delete(WebAudio).where(WebAudio.call_id == shelf.calls[call]))
        session.execute(update(Call).where(Call.id == shelf.calls[call]).values(state=state, **columns))


def two_clips(shelf: Shelf) -> tuple[list[int], int, int]:
    """One clip of each call in a playlist for b, whose own call is the second: (clips, playlist, task)."""
    clips = [shelf.clip(), shelf.clip(call="b", title="Own", start=9.0, end=12.0)]
    shelf.share(clips[0])
    playlist, task = given(shelf, clips)
    return clips, playlist, task


def hear(shelf: Shelf, task: int, clip: int, seconds: float) -> None:
    with shelf.database.session() as session:
        report_heard(session, shelf.viewer("b"), task, clip, 0.0, seconds)


def counts(shelf: Shelf) -> tuple[int, int]:
    with shelf.database.read() as session:
        (row,) = own_tasks(session, shelf.viewer("b"))
    return row.clips, row.heard


def tell(shelf: Shelf) -> int:
    with shelf.database.session() as session:
        return tell_silent(session)


def sweep(shelf: Shelf) -> int:
    with shelf.database.session() as session:
        return take_back_unhearable(session, now=utc_now() + SETTLED + timedelta(minutes=1))


FOR_GOOD = [("dead", {}), ("no_audio", {}), ("scored", {}), ("transcribed", {"partial": True})]
COMING = [
    ("received", {}),
    ("transcribing", {}),
    ("needs_model", {}),
    ("transcribed", {}),
    ("scoring", {}),
    ("transcribed", {"partial": True, "score_partial": True}),
]


@pytest.mark.parametrize(("state", "columns"), FOR_GOOD)
def test_sound_that_is_gone_for_good_does_not_hold_the_listener_up(
    shelf: Shelf, state: str, columns: dict[str, object]
) -> None:
    clips, playlist, task = two_clips(shelf)
    sound_goes(shelf, state, **columns)
    assert counts(shelf) == (1, 0)
    with shelf.database.session() as session, pytest.raises(NotHeardYet):
        assess_oneself(session, shelf.viewer("b"), task, 4)
    hear(shelf, task, clips[1], 3.0)
    with shelf.database.session() as session:
        assess_oneself(session, shelf.viewer("b"), task, 4)
        (row,) = tasks_of(session, shelf.viewer("lead"), playlist)
        assert (row.done_at is not None, row.clips, row.heard) == (True, 1, 1)
        seen = {row.id: row for row in get_playlist(session, shelf.viewer("b"), playlist).clips}
    assert [(seen[clip].silent, seen[clip].playable) for clip in clips] == [(True, False), (False, True)]
    assert "too much" in seen[clips[0]].said, "its words can still be read"


@pytest.mark.parametrize(("state", "columns"), COMING)
def test_sound_that_is_still_to_come_is_owed(shelf: Shelf, state: str, columns: dict[str, object]) -> None:
    clips, playlist, task = two_clips(shelf)
    sound_goes(shelf, state, **columns)
    hear(shelf, task, clips[1], 3.0)
    assert counts(shelf) == (2, 1)
    with shelf.database.session() as session:
        with pytest.raises(NotHeardYet):
            assess_oneself(session, shelf.viewer("b"), task, 4)
        assert not any(row.silent for row in get_playlist(session, shelf.viewer("b"), playlist).clips)
    assert (tell(shelf), sweep(shelf)) == (0, 0)


def test_a_call_that_is_worked_on_again_is_owed_again(shelf: Shelf) -> None:
    two_clips(shelf)
    sound_goes(shelf, "dead")
    assert counts(shelf) == (1, 0)
    sound_goes(shelf, "received")
    assert counts(shelf) == (2, 0)


def test_what_was_heard_before_stays_heard(shelf: Shelf) -> None:
    clip = shelf.clip()
    shelf.share(clip)
    _playlist, task = given(shelf, [clip])
    hear(shelf, task, clip, 5.0)
    sound_goes(shelf, "dead")
    assert counts(shelf) == (1, 1)
    assert (tell(shelf), sweep(shelf)) == (0, 0), "there is nothing to take back: only the answer is missing"
    with shelf.database.session() as session:
        assess_oneself(session, shelf.viewer("b"), task, 5)


def test_a_playlist_without_any_sound_is_taken_back(shelf: Shelf) -> None:
    clip = shelf.clip()
    shelf.share(clip)
    _playlist, task = given(shelf, [clip])
    hear(shelf, task, clip, 2.0)
    sound_goes(shelf, "dead")
    with shelf.database.session() as session, pytest.raises(NotHeardYet):
        assess_oneself(session, shelf.viewer("b"), task, 5)
    assert [sweep(shelf), sweep(shelf)] == [1, 0]
    assert shelf.told("lead") == ["playlist_gone"]
    assert tell(shelf) == 0


@pytest.mark.parametrize("begun", [False, True])
def test_the_giver_is_told_once_which_clip_it_was(shelf: Shelf, begun: bool) -> None:
    clips, playlist, task = two_clips(shelf)
    with shelf.database.session() as session:
        give_playlist(session, shelf.viewer("lead"), playlist, user_ids=[shelf.users["other_boss"]])
    if begun:
        hear(shelf, task, clips[0], 2.0)
    assert tell(shelf) == 0
    sound_goes(shelf, "dead")
    assert [tell(shelf), tell(shelf)] == [1, 0]
    with shelf.database.read() as session:
        (body,) = session.scalars(select(Notification.body).where(Notification.user_id == shelf.users["lead"]))
    assert body == {"title": "Price talks", "clip": "Price", "url": f"/playlists/{playlist}"}
    assert shelf.told("b") == ["playlist_given"], "the page says it to those who listen"
    hear(shelf, task, clips[1], 3.0)
    assert counts(shelf) == (1, 1), "being told changes nothing of what was heard"


def test_nobody_is_told_of_what_is_not_theirs_or_not_owed(shelf: Shelf) -> None:
    clips, playlist, _task = two_clips(shelf)
    with shelf.database.session() as session:
        give_playlist(session, shelf.viewer("reviewer"), playlist, user_ids=[shelf.users["reviewer"]])
        close_clip(session, shelf.viewer("lead"), clips[0])
    sound_goes(shelf, "dead")
    assert tell(shelf) == 0, "b may not hear the clip any more, and the reviewer chose the playlist themselves"
    sound_goes(shelf, "dead", "b")
    with shelf.database.session() as session:
        session.execute(update(User).where(User.id == shelf.users["lead"]).values(disabled_at=utc_now()))
    assert tell(shelf) == 0
