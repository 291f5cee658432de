"""The library: who hears a shared clip, what is decided about it, praise, and playlists worked through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from review.comments.clips import change_clip, delete_clip, list_clips, make_clip
from review.comments.playlists import add_to_playlist, delete_playlist, get_playlist, make_playlist
from review.comments.refusals import Empty, Gone, NotYours, UnknownKind
from review.db import Database
from review.library.curating import LONGEST_SHARED, ask_out, choose_good, close_clip, drop_good, keep_shared, share_clip
from review.library.giving import list_learners
from review.library.hearing import clip_sound
from review.library.listening import assess_oneself, read_heard, report_heard
from review.library.listing import LibraryFilter, list_library, read_library_filter
from review.library.praise import praise_clip, praises_of, take_praise_back
from review.library.refusals import (
    NobodyThere,
    NotHeardYet,
    NotShared,
    NotYourChoice,
    OutOfRange,
    OwnVoice,
    PastDue,
    StillWorkedOn,
    TooLongToShare,
)
from review.library.reminding import remind
from review.library.rows import ClipRow
from review.library.tasks import give_playlist, own_tasks, take_back, tasks_of
from review.models import (
    AuditEvent,
    Call,
    Client,
    Clip,
    Notification,
    ObjectionEpisode,
    PlaylistTask,
    WebAudio,
    utc_now,
)
from review.queries.viewer import Viewer, load_viewer
from tests.factories import make_call, make_rep, make_team, make_user, store_words

ROLES = {
    "a": "rep", "b": "rep", "boss": "manager", "other_boss": "manager", "reviewer": "reviewer", "lead": "quality_lead",
    "outside": "external_reviewer",
}  # fmt: skip


@dataclass(frozen=True)
class Shelf:
    """Two reps with a call each in two teams, their managers, a lead, and one clip of a's call."""

    database: Database
    users: dict[str, int]
    reps: dict[str, int]
    calls: dict[str, int]
    teams: dict[str, int]

    def viewer(self, who: str) -> Viewer:
        with self.database.read() as session:
            found = load_viewer(session, self.users[who])
        assert found is not None
        return found

    def clip(self, who: str = "reviewer", call: str = "a", title: str = "Price", **more: object) -> int:
        span = {"start": 3.0, "end": 8.0} | {name: more.pop(name) for name in ("start", "end") if name in more}
        with self.database.session() as session:
            return make_clip(session, self.viewer(who), self.calls[call], span["start"], span["end"], title, **more)  # type: ignore[arg-type]

    def rows(self, who: str, **wanted: object) -> tuple[ClipRow, ...]:
        with self.database.read() as session:
            return list_library(session, self.viewer(who), LibraryFilter(**wanted)).rows  # type: ignore[arg-type]

    def titles(self, who: str, **wanted: object) -> list[str]:
        return [row.title for row in self.rows(who, **wanted)]

    def share(self, clip: int) -> bool:
        with self.database.session() as session:
            return share_clip(session, self.viewer("lead"), clip)

    def told(self, who: str) -> list[str]:
        with self.database.read() as session:
            wanted = select(Notification.kind).where(Notification.user_id == self.users[who]).order_by(Notification.id)
            return list(session.scalars(wanted))


@pytest.fixture
def shelf(database: Database) -> Shelf:
    with database.session() as session:
        users = {name: make_user(session, role, name=f"Person {name}") for name, role in ROLES.items()}
        teams = {
            "a": make_team(session, managers=[users["boss"]]),
            "b": make_team(session, managers=[users["other_boss"]]),
        }
        reps, calls = {}, {}
        for name in ("a", "b"):
            rep = make_rep(session, f"Rep {name}", team=teams[name], user_id=users[name].id)
            client = Client(name="Marta Lindqvist", company="Nordlys")
            session.add(client)
            session.flush()
            call = make_call(session, rep_id=rep.id, duration=600.0, client_id=client.id, language="en")
            store_words(
                session, call, ("rep", "Our price is twelve hundred"), ("client", "that is too much for Lindqvist"),
                ("rep", "I see and what would fit"), ("client", "eight hundred at most"),
            )  # fmt: skip
            call.duration = 600.0
            session.add(WebAudio(call_id=call.id, folder=f"derived/{name}", duration=600.0))
            session.add(
                ObjectionEpisode(
                    call_id=call.id, number=1, type="price", types=["price"], outcome="handled", reaction="accepts",
                    quote="that is too much", moves=[], faults=[], start=3.0, end=5.0, answer_start=6.0, answer_end=8.0,
                    stage="price",
                )
            )  # fmt: skip
            reps[name], calls[name] = rep.id, call.id
        return Shelf(
            database,
            {name: user.id for name, user in users.items()},
            reps,
            calls,
            {name: team.id for name, team in teams.items()},
        )


def test_what_a_clip_is_about_is_suggested_and_can_be_changed(shelf: Shelf) -> None:
    clip = shelf.clip()
    assert shelf.rows("reviewer")[0].objection == "price"
    own = shelf.clip(title="Own words", objection="trust", stage="close")
    with shelf.database.session() as session:
        change_clip(
            session, shelf.viewer("reviewer"), clip, title="Price", note="", topic="", objection="", stage="price"
        )
        with pytest.raises(UnknownKind):
            change_clip(session, shelf.viewer("reviewer"), own, title="x", note="", topic="", objection="weather")
    kinds = {row.id: (row.objection, row.stage) for row in shelf.rows("reviewer")}
    assert kinds == {clip: ("", "price"), own: ("trust", "close")}


def test_facets_count_and_narrow(shelf: Shelf) -> None:
    shelf.clip(topic="opening")
    shelf.clip(call="b", title="Second", topic="opening")
    shelf.clip(title="Far off", start=100.0, end=110.0, topic="close")
    with shelf.database.read() as session:
        page = list_library(session, shelf.viewer("reviewer"), LibraryFilter(topic="opening"))
    assert page.count == 2
    assert {one.value: one.count for one in page.facets["topic"]} == {"opening": 2, "close": 1}
    assert {one.label: one.count for one in page.facets["rep"]} == {"Rep a": 1, "Rep b": 1}
    assert [one.value for one in page.facets["objection"]] == ["price"]
    assert shelf.titles("reviewer", rep=shelf.reps["b"]) == ["Second"]
    assert shelf.titles("reviewer", q="far OFF") == ["Far off"]
    assert shelf.titles("a") == ["Far off", "Price"]
    assert read_library_filter({"stage": "nothing", "rep": "x", "mark": "good"}) == LibraryFilter(mark="good")


def test_a_shared_clip_is_open_to_every_seller_and_nothing_else_of_the_call(shelf: Shelf) -> None:
    clip = shelf.clip()
    assert shelf.titles("b") == []
    assert shelf.share(clip)
    assert not shelf.share(clip), "it was shared already"
    row = shelf.rows("b")[0]
    assert (row.opens, row.client, row.rep) == (False, None, "Rep a")
    assert row.said == "that is too much for […] – I see and what would fit"
    assert (row.may_change, row.may_share, row.may_choose) == (False, False, False)
    with shelf.database.read() as session:
        piece = clip_sound(session, shelf.viewer("b"), clip)
        assert piece is not None
        assert (piece.folder, piece.start, piece.end) == ("derived/a", 3.0, 8.0)
        assert clip_sound(session, shelf.viewer("outside"), clip) is None
        assert list_clips(session, shelf.viewer("b")).rows == ()
    assert shelf.titles("outside") == []
    assert shelf.rows("reviewer")[0].client == "Marta Lindqvist"
    assert shelf.told("a") == ["clip_shared"]
    with shelf.database.session() as session:
        assert close_clip(session, shelf.viewer("lead"), clip)
        assert clip_sound(session, shelf.viewer("b"), clip) is None
        acts = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    assert [act for act in acts if act.startswith("clip.")] == ["clip.shared", "clip.closed"]


def test_words_cut_at_the_border_of_a_shared_clip(shelf: Shelf) -> None:
    clip = shelf.clip(start=3.7, end=7.0, title="Half")
    shelf.share(clip)
    said = shelf.rows("b")[0].said
    assert said.startswith("too much for […]")
    assert "would fit" not in said
    assert "twelve hundred" not in said


def test_only_leads_share_and_never_a_good_part_of_a_call(shelf: Shelf) -> None:
    clip = shelf.clip()
    long = shelf.clip(start=0.0, end=LONGEST_SHARED + 1)
    with shelf.database.session() as session:
        for who in ("reviewer", "boss", "a"):
            with pytest.raises(NotYourChoice):
                share_clip(session, shelf.viewer(who), clip)
        with pytest.raises(Gone):
            share_clip(session, shelf.viewer("b"), clip)
        with pytest.raises(TooLongToShare):
            share_clip(session, shelf.viewer("lead"), long)


def test_the_rep_may_ask_to_have_it_taken_out(shelf: Shelf) -> None:
    clip = shelf.clip()
    with shelf.database.session() as session:
        with pytest.raises(NotShared):
            ask_out(session, shelf.viewer("a"), clip, "I was ill")
        share_clip(session, shelf.viewer("lead"), clip)
        with pytest.raises(NotYourChoice):
            ask_out(session, shelf.viewer("b"), clip, "I dislike it")
        ask_out(session, shelf.viewer("a"), clip, "I was ill")
        ask_out(session, shelf.viewer("a"), clip, "I was ill that day")
    assert shelf.told("lead") == ["clip_asked_out"], "asked twice, told once"
    assert [row.asked_why for row in shelf.rows("lead", mark="asked")] == ["I was ill that day"]
    assert shelf.rows("b")[0].asked_why is None, "nobody else reads it"
    assert shelf.titles("b", mark="asked") == [], "nor finds out by narrowing the list"
    assert shelf.titles("a", mark="asked") == ["Price"]
    with shelf.database.read() as session:
        asked = [list_library(session, shelf.viewer(who), LibraryFilter()).asked for who in ("lead", "a", "b")]
        assert asked == [1, 1, 0]
    with shelf.database.session() as session:
        with pytest.raises(Empty):
            keep_shared(session, shelf.viewer("lead"), clip, " ")
        keep_shared(session, shelf.viewer("lead"), clip, "It helps the new ones")
    assert shelf.rows("a")[0].answer == "It helps the new ones"
    with shelf.database.session() as session:
        ask_out(session, shelf.viewer("a"), clip, "Still")
        close_clip(session, shelf.viewer("lead"), clip)
    assert shelf.told("a") == ["clip_shared", "clip_kept_shared", "clip_taken_out"]


def test_good_examples_stand_first_with_the_sentence_why(shelf: Shelf) -> None:
    good = shelf.clip(title="Good")
    shelf.clip(title="Newer")
    with shelf.database.session() as session:
        with pytest.raises(NotYourChoice):
            choose_good(session, shelf.viewer("reviewer"), good, "Because")
        with pytest.raises(Gone):
            choose_good(session, shelf.viewer("other_boss"), good, "Because")
        choose_good(session, shelf.viewer("boss"), good, "Asks before answering")
        choose_good(session, shelf.viewer("lead"), good, "Asks first, then answers")
    rows = shelf.rows("reviewer")
    assert [(row.title, row.good_why) for row in rows] == [("Good", "Asks first, then answers"), ("Newer", None)]
    assert shelf.titles("reviewer", mark="good") == ["Good"]
    assert shelf.told("a") == ["clip_good"]
    with shelf.database.session() as session:
        assert drop_good(session, shelf.viewer("boss"), good)
        assert not drop_good(session, shelf.viewer("boss"), good)


def test_praise_is_given_once_and_the_rep_is_told(shelf: Shelf) -> None:
    clip = shelf.clip()
    shelf.share(clip)
    with shelf.database.session() as session:
        assert praise_clip(session, shelf.viewer("b"), clip)
        assert not praise_clip(session, shelf.viewer("b"), clip, "How calm you stay")
        with pytest.raises(OwnVoice):
            praise_clip(session, shelf.viewer("a"), clip)
        with pytest.raises(Gone):
            praise_clip(session, shelf.viewer("outside"), clip)
    row = shelf.rows("b")[0]
    assert (row.praises, row.praised, shelf.rows("a")[0].praised) == (1, True, False)
    with shelf.database.read() as session:
        found = praises_of(session, [shelf.reps["a"]])
        assert [(one.by, one.words, one.clip_title) for one in found] == [("Person b", "How calm you stay", "Price")]
        assert praises_of(session, [shelf.reps["a"]], utc_now() + timedelta(hours=1)) == ()
        assert praises_of(session, []) == ()
    assert shelf.told("a") == ["clip_shared", "clip_praised"]
    with shelf.database.session() as session:
        assert take_praise_back(session, shelf.viewer("b"), clip)
    assert shelf.rows("a")[0].praises == 0


def given(shelf: Shelf, clips: list[int], **more: object) -> tuple[int, int]:
    """A playlist of the lead's with these clips, given to b; the playlist's and the task's ids."""
    with shelf.database.session() as session:
        lead = shelf.viewer("lead")
        playlist = make_playlist(session, lead, "Price talks")
        for clip in clips:
            add_to_playlist(session, lead, playlist, clip)
        give_playlist(session, lead, playlist, user_ids=[shelf.users["b"]], **more)  # type: ignore[arg-type]
        return playlist, own_tasks(session, shelf.viewer("b"))[0].id


def test_a_playlist_is_done_when_it_was_really_played_and_answered(shelf: Shelf) -> None:
    first, closed = shelf.clip(), shelf.clip(title="Closed", start=20.0, end=30.0)
    shelf.share(first)
    playlist, task = given(shelf, [first, closed], due_on=(utc_now() + timedelta(days=3)).date())
    viewer = shelf.viewer("b")
    assert shelf.told("b") == ["playlist_given"]
    with shelf.database.session() as session:
        row = own_tasks(session, viewer)[0]
        assert (row.clips, row.heard, row.late) == (1, 0, False), "a clip one may not hear is not asked of one"
        assert get_playlist(session, viewer, playlist).hidden == 1
        now = utc_now()
        assert not report_heard(session, viewer, task, first, 0.0, 2.5, now=now).done
        with pytest.raises(NotHeardYet):
            assess_oneself(session, viewer, task, 4)
        with pytest.raises(Gone):
            report_heard(session, viewer, task, closed, 0.0, 5.0, now=now)
        with pytest.raises(Gone):
            report_heard(session, shelf.viewer("a"), task, first, 0.0, 5.0, now=now)
    with shelf.database.session() as session:
        assert read_heard(session, task)[first].place == 2.5
        assert report_heard(session, viewer, task, first, 2.5, 5.0, now=now + timedelta(seconds=3)).done
        for wrong in (0, 6, 10**12):
            with pytest.raises(OutOfRange):
                assess_oneself(session, viewer, task, wrong)
        assess_oneself(session, viewer, task, 4, "I will ask before I answer")
        assess_oneself(session, viewer, task, 3)
    assert shelf.told("lead") == ["playlist_done"], "told once"
    with shelf.database.read() as session:
        assert [
            (row.name, row.rating, row.heard, row.clips) for row in tasks_of(session, shelf.viewer("lead"), playlist)
        ] == [("Person b", 3, 1, 1)]
        assert tasks_of(session, shelf.viewer("other_boss"), playlist)[0].rating == 3, "the manager of b's team"
        assert tasks_of(session, shelf.viewer("boss"), playlist) == ()


def test_nobody_hears_a_minute_in_a_second(shelf: Shelf) -> None:
    clip = shelf.clip(start=0.0, end=120.0)
    shelf.share(clip)
    _, task = given(shelf, [clip])
    now, viewer = utc_now(), shelf.viewer("b")
    with shelf.database.session() as session:
        for at in range(0, 120, 10):
            state = report_heard(session, viewer, task, clip, at, at + 10.0, now=now)
        assert not state.done
        for odd in ((float("nan"), 3.0), (-4.0, 3.0), (9.0, 2.0), (float("inf"), float("inf"))):
            report_heard(session, viewer, task, clip, *odd, now=now)
        for at in range(0, 120, 10):
            state = report_heard(session, viewer, task, clip, at, at + 10.0, now=now + timedelta(seconds=at))
        assert state.done, "in its own time it is heard"


def test_small_reports_and_many_clips_at_once_are_no_faster(shelf: Shelf) -> None:
    long = shelf.clip(start=0.0, end=60.0)
    short = [shelf.clip(title=f"Short {at}", start=float(at), end=at + 15.0) for at in range(3)]
    for clip in (long, *short):
        shelf.share(clip)
    _, task = given(shelf, [long, *short])
    now, viewer = utc_now(), shelf.viewer("b")
    with shelf.database.session() as session:
        for tenth in range(0, 600, 5):
            state = report_heard(session, viewer, task, long, tenth / 10, tenth / 10 + 0.5, now=now)
        assert not state.done, "two hundred reports in a second are no minute"
        assert not any(report_heard(session, viewer, task, clip, 0.0, 15.0, now=now).done for clip in short)
        at = now
        for clip in short:  # heard one after the other at the player's highest speed
            for begin in (0.0, 5.0, 10.0):
                at += timedelta(seconds=5 / 3)
                state = report_heard(session, viewer, task, clip, begin, begin + 5.0, now=at)
            assert state.done


def test_nobody_takes_over_what_others_gave_them(shelf: Shelf) -> None:
    clip = shelf.clip()
    shelf.share(clip)
    due_on = (utc_now() + timedelta(days=3)).date()
    playlist, task = given(shelf, [clip], due_on=due_on)
    viewer = shelf.viewer("b")
    with shelf.database.session() as session:
        assert give_playlist(session, viewer, playlist, user_ids=[viewer.user_id]) == 0
        row = session.get_one(PlaylistTask, task)
        assert (row.by_user_id, row.due_at is None) == (shelf.users["lead"], False)
        with pytest.raises(NotYours):
            take_back(session, viewer, task)
        take_back(session, shelf.viewer("lead"), task)
        assert give_playlist(session, viewer, playlist, user_ids=[viewer.user_id]) == 1, "now it is their own choice"


def test_giving_is_for_managers_in_their_teams_and_leads(shelf: Shelf) -> None:
    clip = shelf.clip()
    shelf.share(clip)
    playlist, task = given(shelf, [clip])
    with shelf.database.session() as session:
        with pytest.raises(NotYourChoice):
            give_playlist(session, shelf.viewer("a"), playlist, user_ids=[shelf.users["b"]])
        with pytest.raises(NobodyThere):
            give_playlist(session, shelf.viewer("boss"), playlist, user_ids=[shelf.users["b"]])
        with pytest.raises(NobodyThere):
            give_playlist(session, shelf.viewer("lead"), playlist, user_ids=[shelf.users["outside"]])
        with pytest.raises(PastDue):
            give_playlist(
                session,
                shelf.viewer("lead"),
                playlist,
                user_ids=[shelf.users["a"]],
                due_on=utc_now().date() - timedelta(days=2),
            )
        assert give_playlist(session, shelf.viewer("boss"), playlist, team_id=shelf.teams["a"]) == 1
        assert give_playlist(session, shelf.viewer("boss"), playlist, team_id=shelf.teams["a"]) == 0, "they have it"
        assert give_playlist(session, shelf.viewer("reviewer"), playlist, user_ids=[shelf.users["reviewer"]]) == 1
        names = [one.name for one in list_learners(session, shelf.viewer("boss")).people]
        assert names == ["Person a", "Person boss"]
        assert list_learners(session, shelf.viewer("a")).people == ()
        with pytest.raises(StillWorkedOn):
            delete_playlist(session, shelf.viewer("lead"), playlist)
        with pytest.raises(NotYours):
            take_back(session, shelf.viewer("b"), task)
        take_back(session, shelf.viewer("lead"), task)
        with pytest.raises(Gone):
            take_back(session, shelf.viewer("lead"), task)
        assert own_tasks(session, shelf.viewer("b")) == ()
        give_playlist(session, shelf.viewer("lead"), playlist, user_ids=[shelf.users["b"]])
        assert own_tasks(session, shelf.viewer("b"))[0].id == task, "it goes on where it stood"


def test_reminders_go_out_once(shelf: Shelf) -> None:
    clip = shelf.clip()
    shelf.share(clip)
    _, task = given(shelf, [clip], due_on=(utc_now() + timedelta(days=9)).date())
    with shelf.database.session() as session:
        due = session.get_one(PlaylistTask, task).due_at
        assert due is not None
        assert remind(session, now=due - timedelta(days=2)) == 0
        assert remind(session, now=due - timedelta(hours=2)) == 1
        assert remind(session, now=due - timedelta(hours=1)) == 0
        assert remind(session, now=due + timedelta(hours=1)) == 2
        assert remind(session, now=due + timedelta(hours=2)) == 0
    assert shelf.told("b") == ["playlist_given", "playlist_soon", "playlist_late"]
    assert shelf.told("lead") == ["playlist_not_done"]


def test_a_call_that_goes_takes_its_clips_with_it_and_leaves_the_playlist(shelf: Shelf) -> None:
    clip = shelf.clip()
    shelf.share(clip)
    playlist, task = given(shelf, [clip])
    with shelf.database.session() as session:
        report_heard(session, shelf.viewer("b"), task, clip, 0.0, 4.0)
        praise_clip(session, shelf.viewer("b"), clip)
        session.delete(session.get_one(Call, shelf.calls["a"]))
    with shelf.database.session() as session:
        assert session.scalar(select(func.count()).select_from(Clip)) == 0
        assert get_playlist(session, shelf.viewer("b"), playlist).clips == ()
        assert own_tasks(session, shelf.viewer("b"))[0].clips == 0


def test_a_clip_that_is_thrown_away_is_heard_by_nobody(shelf: Shelf) -> None:
    clip = shelf.clip()
    shelf.share(clip)
    given(shelf, [clip])
    with shelf.database.session() as session:
        choose_good(session, shelf.viewer("lead"), clip, "Calm")
        praise_clip(session, shelf.viewer("b"), clip)
        delete_clip(session, shelf.viewer("reviewer"), clip)
    assert shelf.titles("b") == []
