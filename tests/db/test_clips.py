"""Clips and playlists: made of calls one may see, found only where the call is, in an order people choose."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from review.comments.clips import change_clip, delete_clip, list_clips, make_clip
from review.comments.playlists import (
    add_to_playlist,
    delete_playlist,
    get_playlist,
    list_playlists,
    make_playlist,
    move_in_playlist,
    take_from_playlist,
)
from review.comments.refusals import Empty, Gone, NotYours, OutsideCall, TooLong
from review.db import Database
from review.errors import NoSuchCall
from review.queries.viewer import Viewer, load_viewer
from tests.factories import make_call, make_rep, make_user, store_words


@dataclass(frozen=True)
class Shelf:
    """Two reps with a call each, and a reviewer."""

    database: Database
    users: dict[str, int]
    calls: dict[str, int]

    def viewer(self, who: str) -> Viewer:
        with self.database.read() as session:
            found = load_viewer(session, self.users[who])
        assert found is not None
        return found

    def clip(self, who: str, call: str, title: str, start: float = 0.0, end: float = 2.0, **more: str) -> int:
        with self.database.session() as session:
            return make_clip(session, self.viewer(who), self.calls[call], start, end, title, **more)

    def titles(self, who: str, **more: object) -> list[str]:
        with self.database.read() as session:
            return [row.title for row in list_clips(session, self.viewer(who), **more).rows]  # type: ignore[arg-type]


@pytest.fixture
def shelf(database: Database) -> Shelf:
    with database.session() as session:
        users = {
            name: make_user(session, "reviewer" if name == "reviewer" else "rep") for name in ("a", "b", "reviewer")
        }
        calls = {}
        for name in ("a", "b"):
            call = make_call(session, rep_id=make_rep(session, user_id=users[name].id).id, duration=60.0)
            store_words(session, call, ("rep", "the first price"), ("client", "that is too much"), ("rep", "I see"))
            calls[name] = call.id
        return Shelf(database, {name: user.id for name, user in users.items()}, calls)


def test_a_clip_is_seen_where_its_call_is(shelf: Shelf) -> None:
    shelf.clip("reviewer", "a", "Good opening", topic="opening")
    shelf.clip("reviewer", "b", "Price, 100 %", note="argued", topic="price")
    assert shelf.titles("reviewer") == ["Price, 100 %", "Good opening"]
    assert shelf.titles("a") == ["Good opening"]
    assert shelf.titles("b", text="good") == []
    assert shelf.titles("reviewer", text="ARGUED") == ["Price, 100 %"]
    assert shelf.titles("reviewer", text="100 %") == ["Price, 100 %"]
    assert shelf.titles("reviewer", text="0_%") == []
    assert shelf.titles("reviewer", topic="opening") == ["Good opening"]
    assert shelf.titles("a", mine=True) == []
    with pytest.raises(NoSuchCall):
        shelf.clip("a", "b", "not mine")


def test_a_clip_shows_what_is_said_in_it(shelf: Shelf) -> None:
    shelf.clip("a", "a", "Both", 1.0, 4.0)
    with shelf.database.read() as session:
        (row,) = list_clips(session, shelf.viewer("a")).rows
    assert row.said == "the first price – that is too much"
    assert (row.seconds, row.playable) == (3.0, False)


@pytest.mark.parametrize(
    ("start", "end"), [(2.0, 1.0), (1.0, 1.1), (-1.0, 2.0), (50.0, 90.0), (0.0, float("inf")), (float("nan"), 2.0)]
)
def test_no_stretch_of_the_call_no_clip(shelf: Shelf, start: float, end: float) -> None:
    with pytest.raises(OutsideCall):
        shelf.clip("a", "a", "Nothing", start, end)


def test_titles_are_needed_and_fit(shelf: Shelf) -> None:
    with pytest.raises(Empty):
        shelf.clip("a", "a", "  ")
    with pytest.raises(TooLong):
        shelf.clip("a", "a", "x" * 121)


def test_only_its_maker_changes_a_clip(shelf: Shelf) -> None:
    clip = shelf.clip("reviewer", "a", "Good opening")
    with shelf.database.session() as session:
        with pytest.raises(NotYours):
            change_clip(session, shelf.viewer("a"), clip, title="Mine", note="", topic="")
        with pytest.raises(Gone):
            delete_clip(session, shelf.viewer("b"), clip)
        change_clip(session, shelf.viewer("reviewer"), clip, title="Opening", note="n", topic="t")
    assert shelf.titles("a") == ["Opening"]
    with shelf.database.session() as session:
        delete_clip(session, shelf.viewer("reviewer"), clip)
    assert shelf.titles("a") == []


def test_a_playlist_has_an_order_and_hides_what_one_may_not_hear(shelf: Shelf) -> None:
    clips = [shelf.clip("reviewer", name, title) for name, title in (("a", "1"), ("b", "2"), ("a", "3"))]
    reviewer = shelf.viewer("reviewer")
    with shelf.database.session() as session:
        playlist = make_playlist(session, reviewer, "Best answers")
        for clip in clips:
            assert add_to_playlist(session, reviewer, playlist, clip)
        assert not add_to_playlist(session, reviewer, playlist, clips[0])

    def order(who: str) -> list[str]:
        with shelf.database.read() as session:
            return [row.title for row in get_playlist(session, shelf.viewer(who), playlist).clips]

    assert order("reviewer") == ["1", "2", "3"]
    assert order("a") == ["1", "3"]
    with shelf.database.session() as session:
        move_in_playlist(session, reviewer, playlist, clips[2], -2)
        move_in_playlist(session, reviewer, playlist, clips[1], 5)
    assert order("reviewer") == ["3", "1", "2"]
    with shelf.database.session() as session:
        with pytest.raises(NotYours):
            take_from_playlist(session, shelf.viewer("a"), playlist, clips[0])
        take_from_playlist(session, reviewer, playlist, clips[1])
    with shelf.database.read() as session:
        assert [(row.title, row.count) for row in list_playlists(session, shelf.viewer("a"))] == [("Best answers", 2)]
        assert list_playlists(session, shelf.viewer("b")) == ()
        with pytest.raises(Gone):
            get_playlist(session, shelf.viewer("b"), playlist)
    with shelf.database.session() as session:
        delete_playlist(session, reviewer, playlist)
    assert len(shelf.titles("reviewer")) == 3


def test_nobody_puts_in_what_they_may_not_hear(shelf: Shelf) -> None:
    clip = shelf.clip("reviewer", "b", "B's")
    with shelf.database.session() as session:
        playlist = make_playlist(session, shelf.viewer("a"), "Mine")
        with pytest.raises(Gone):
            add_to_playlist(session, shelf.viewer("a"), playlist, clip)
