"""Comments and notifications: who may write, read, change and name whom; who is told; nothing is stored twice."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from review.comments.comments import add_comment, delete_comment, edit_comment, read_comments
from review.comments.notices import count_unread, list_notices, mark_read, notify
from review.comments.people import find_mentions, suggest, viewers_of
from review.comments.refusals import Answered, Empty, Gone, MayNotSee, NotYours, OutsideCall, TooLong
from review.db import Database
from review.errors import NoSuchCall
from review.models import AuditEvent, Comment
from review.queries.viewer import Viewer, load_viewer
from tests.factories import make_call, make_rep, make_team, make_user

NAMES = {
    "rep": "Rita Rep",
    "manager": "Max Berg",
    "reviewer": "Ines Keller",
    "quality_lead": "Lea Long",
    "outsider": "Rita Reptile",
    "korean": "김민수",
}


@dataclass(frozen=True)
class Desk:
    """A rep with a call, the rep's manager, a reviewer, a lead, and a rep of another team."""

    database: Database
    users: dict[str, int]
    call: int

    def viewer(self, who: str) -> Viewer:
        with self.database.read() as session:
            found = load_viewer(session, self.users[who])
        assert found is not None
        return found

    def write(self, who: str, body: str, **more: object) -> int:
        with self.database.session() as session:
            return add_comment(session, self.viewer(who), self.call, body, **more)  # type: ignore[arg-type]

    def told(self, who: str) -> list[tuple[str, str]]:
        with self.database.read() as session:
            page = list_notices(session, self.viewer(who))
        return [(row.kind, row.body["by"]) for row in page.rows if row.read_at is None]


@pytest.fixture
def desk(database: Database) -> Desk:
    with database.session() as session:
        users = {
            "rep": make_user(session, "rep", name=NAMES["rep"]),
            "manager": make_user(session, "manager", name=NAMES["manager"]),
            "reviewer": make_user(session, "reviewer", name=NAMES["reviewer"], email="ines@example.com"),
            "quality_lead": make_user(session, "quality_lead", name=NAMES["quality_lead"]),
            "outsider": make_user(session, "rep", name=NAMES["outsider"]),
            "korean": make_user(session, "reviewer", name=NAMES["korean"]),
        }
        team = make_team(session, managers=[users["manager"]])
        rep = make_rep(session, team=team, user_id=users["rep"].id)
        make_rep(session, user_id=users["outsider"].id)
        call = make_call(session, rep_id=rep.id, duration=120.0)
        return Desk(database, {name: user.id for name, user in users.items()}, call.id)


def rows(desk: Desk, who: str) -> list[str]:
    with desk.database.read() as session:
        return [row.body for row in read_comments(session, desk.viewer(who), desk.call)]


def test_comments_stand_by_their_second_as_they_were_typed(desk: Desk) -> None:
    desk.write("reviewer", "<b>bold</b> & 5 < 6", at=61.5, turn=3)
    desk.write("reviewer", "about the whole")
    desk.write("reviewer", "first", at=2.0)
    assert rows(desk, "rep") == ["first", "<b>bold</b> & 5 < 6", "about the whole"]


def test_who_may_not_see_the_call_neither_reads_nor_writes(desk: Desk) -> None:
    desk.write("reviewer", "hello")
    assert rows(desk, "outsider") == []
    with pytest.raises(NoSuchCall):
        desk.write("outsider", "hello")


def test_too_long_empty_or_outside_the_call_is_refused(desk: Desk) -> None:
    with pytest.raises(TooLong) as refused:
        desk.write("reviewer", "<p>" + "x" * 60_000)
    assert refused.value.facts["length"] == 60_003
    with pytest.raises(Empty):
        desk.write("reviewer", " \n\t ")
    with pytest.raises(OutsideCall):
        desk.write("reviewer", "late", at=500.0)
    with pytest.raises(OutsideCall):
        desk.write("reviewer", "no number", at=float("nan"))
    desk.write("reviewer", "<p>" + "x" * 20_000, at=120.5)
    assert len(rows(desk, "reviewer")) == 1


def test_the_same_form_sent_twice_is_one_comment(desk: Desk) -> None:
    assert desk.write("reviewer", "once", token="t1") == desk.write("reviewer", "once", token="t1")
    assert desk.write("manager", "once", token="t1") != desk.write("reviewer", "once", token="t1")
    assert rows(desk, "reviewer") == ["once", "once"]


def test_reviewers_words_are_not_the_reps_to_read(desk: Desk) -> None:
    first = desk.write("reviewer", "between us", reviewers_only=True)
    desk.write("manager", "I agree", parent_id=first)
    assert rows(desk, "rep") == []
    assert desk.told("rep") == []
    assert rows(desk, "manager") == ["between us"]
    with desk.database.read() as session:
        (row,) = read_comments(session, desk.viewer("quality_lead"), desk.call)
    assert [one.reviewers_only for one in row.replies] == [True]
    with pytest.raises(Gone):
        desk.write("rep", "what is this", parent_id=first)
    with pytest.raises(MayNotSee):
        desk.write("reviewer", "@Rita Rep look", reviewers_only=True)
    desk.write("rep", "mine", reviewers_only=True)  # a rep has nobody to hide it from
    assert rows(desk, "rep") == ["mine"]


def test_mentions_reach_those_who_may_see_the_call(desk: Desk) -> None:
    desk.write("reviewer", "@max berg, and @Rita Rep: well done; not a@b.com, not @nobody", at=4.0)
    assert desk.told("manager") == [("mention", "Ines Keller")]
    assert desk.told("rep") == [("mention", "Ines Keller")]
    with pytest.raises(MayNotSee) as refused:
        desk.write("reviewer", "@Rita Reptile look")
    assert refused.value.facts["names"] == ("Rita Reptile",)
    assert len(rows(desk, "rep")) == 1
    desk.write("manager", "@김민수님 한번 들어보세요")
    assert desk.told("korean") == [("mention", "Max Berg")]
    desk.write("manager", "@ines@example.com look")
    assert desk.told("reviewer") == [("mention", "Max Berg")]


def test_a_longer_name_is_not_taken_for_a_shorter_one(desk: Desk) -> None:
    with desk.database.read() as session:
        everybody = [desk.viewer(who) for who in desk.users]
        seeing = viewers_of(session, desk.call)
    named = [[one.name for one in people] for people in find_mentions("@Rita Reptile @Rita Repx @Rita Rep.", everybody)]
    assert named == [["Rita Reptile"], ["Rita Rep"]]
    assert [one.name for one in suggest(seeing, "ri")] == ["Rita Rep"]
    assert [one.name for one in suggest(seeing, "ber")] == ["Max Berg"]
    assert len(suggest(seeing, "")) == 5


def test_the_rep_is_told_once_and_managers_when_the_rep_writes(desk: Desk) -> None:
    desk.write("reviewer", "one")
    desk.write("reviewer", "two")
    with desk.database.read() as session:
        (notice,) = list_notices(session, desk.viewer("rep")).rows
    assert (notice.kind, notice.body["count"]) == ("comment", 2)
    assert desk.told("manager") == []
    desk.write("rep", "why?")
    assert desk.told("manager") == [("comment", "Rita Rep")]
    assert desk.told("rep") == [("comment", "Ines Keller")]


def test_an_answer_is_told_to_the_thread(desk: Desk) -> None:
    first = desk.write("reviewer", "one", at=3.0)
    answer = desk.write("rep", "because", parent_id=first)
    assert desk.told("reviewer") == [("reply", "Rita Rep")]
    desk.write("manager", "@Rita Rep thanks", parent_id=answer)
    assert desk.told("rep") == [("mention", "Max Berg"), ("comment", "Ines Keller")]
    with desk.database.read() as session:
        (row,) = read_comments(session, desk.viewer("reviewer"), desk.call)
    assert [(one.body, one.at) for one in row.replies] == [("because", 3.0), ("@Rita Rep thanks", 3.0)]


def test_changing_and_taking_back(desk: Desk) -> None:
    first = desk.write("reviewer", "one")
    with desk.database.session() as session:
        edit_comment(session, desk.viewer("reviewer"), desk.call, first, "one, @Max Berg")
    assert desk.told("manager") == [("mention", "Ines Keller")]
    with desk.database.session() as session, pytest.raises(NotYours):
        edit_comment(session, desk.viewer("quality_lead"), desk.call, first, "mine now")
    desk.write("rep", "answer", parent_id=first)
    with desk.database.session() as session, pytest.raises(Answered):
        edit_comment(session, desk.viewer("reviewer"), desk.call, first, "changed behind an answer")
    with desk.database.session() as session, pytest.raises(NotYours):
        delete_comment(session, desk.viewer("manager"), desk.call, first)
    with desk.database.session() as session:
        delete_comment(session, desk.viewer("reviewer"), desk.call, first)
    with desk.database.session() as session:
        assert session.query(AuditEvent).filter_by(action="comment.deleted").count() == 1
        assert session.query(Comment).count() == 2
        (seen,) = read_comments(session, desk.viewer("rep"), desk.call)
        assert (seen.body, seen.deleted_by, len(seen.replies)) == ("", "Ines Keller", 1)
        (trace,) = read_comments(session, desk.viewer("quality_lead"), desk.call)
        assert trace.body == "one, @Max Berg"
    with desk.database.session() as session, pytest.raises(Gone):
        delete_comment(session, desk.viewer("reviewer"), desk.call, first)


def test_a_deleted_comment_without_answers_is_a_trace_for_leads_only(desk: Desk) -> None:
    only = desk.write("reviewer", "never mind")
    with desk.database.session() as session:
        delete_comment(session, desk.viewer("quality_lead"), desk.call, only)
    assert rows(desk, "reviewer") == []
    assert rows(desk, "quality_lead") == ["never mind"]


def test_notifications_are_ones_own_and_of_calls_one_may_see(desk: Desk) -> None:
    with desk.database.session() as session:
        notify(session, desk.users["outsider"], "mention", call_id=desk.call, body={"by": "x"})
        mine = notify(session, desk.users["rep"], "mention", call_id=desk.call, body={"by": "a"})
        notify(session, desk.users["rep"], "assigned", body={"by": "b"})
        notify(session, desk.users["manager"], "assigned", body={"by": "c"})
    with desk.database.session() as session:
        assert count_unread(session, desk.viewer("outsider")) == 0
        assert count_unread(session, desk.viewer("rep")) == 2
        assert mark_read(session, desk.viewer("manager"), [mine]) == 0
        assert mark_read(session, desk.viewer("rep"), [mine]) == 1
        assert [row.read_at is None for row in list_notices(session, desk.viewer("rep")).rows] == [True, False]
        assert mark_read(session, desk.viewer("rep")) == 1
        assert count_unread(session, desk.viewer("manager")) == 1
