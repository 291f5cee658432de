"""The filters of lists of calls by what machine and people found; tags and views on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.db import Database
from review.models import Call, CallTag, Evaluation, SavedView, Tag, Team, utc_now
from review.queries.filters import InboxFilters, read_filters
from review.queries.inbox import list_calls
from review.queries.selection import Selection, count_selected, slice_selected
from review.queries.tags import list_tags, tags_of
from review.queries.viewer import Viewer, load_viewer
from review.queries.views import default_query, list_views
from review.services.episodes import keep_episodes
from review.services.tags import MOST_ON_A_CALL, TagRefused, tag_calls, untag_calls
from review.services.views import (
    MOST_VIEWS,
    NoSuchView,
    ViewRefused,
    choose_default,
    delete_view,
    move_view,
    rename_view,
    save_view,
    share_view,
)
from tests.factories import make_call, make_rep, make_team, make_user, store_words


def viewer_of(session: Session, *roles: str, team: Team | None = None) -> Viewer:
    user = make_user(session, *roles)
    if team is not None:
        make_rep(session, team=team, user_id=user.id)
    found = load_viewer(session, user.id)
    assert found is not None
    return found


def matching(session: Session, **wanted: str) -> list[int]:
    page = list_calls(session, viewer_of(session, "quality_lead"), read_filters(wanted))
    return [row.id for row in page.rows]


def test_length_and_period(database: Database) -> None:
    with database.session() as session:
        short = make_call(session, duration=29.0, happened_at=utc_now() - timedelta(hours=30)).id
        long = make_call(session, duration=600.0, happened_at=utc_now() - timedelta(days=8)).id
        unknown = make_call(session, happened_at=utc_now()).id
        assert matching(session, length_from="0.5") == [long]
        assert matching(session, length_to="0.5") == [short]
        assert matching(session, length_from="0,1", length_to="10") == [short, long]
        assert matching(session, days="7") == [unknown, short]
        assert matching(session, days="1") == [unknown]


def test_by_objection_and_by_what_a_person_said_of_it(database: Database) -> None:
    with database.session() as session:
        made = {}
        for name, kind, outcome in (("a", "price", "ignored"), ("b", "price", "handled"), ("c", "timing", "ignored")):
            call = make_call(session, objections=1)
            item = {"types": [kind], "client": {"turn": 1}, "outcome": outcome, "reaction": "neutral"}
            keep_episodes(session, call.id, {"objections": [item]})
            made[name] = call.id
        assert matching(session, objection="price") == [made["b"], made["a"]]
        assert matching(session, outcome="ignored") == [made["c"], made["a"]]
        assert matching(session, objection="price", outcome="ignored") == [made["a"]]
        assert matching(session, objection="timing", outcome="handled") == []


def test_evaluated_or_not(database: Database) -> None:
    with database.session() as session:
        calls = {}
        for state in ("draft", "submitted", "void", None):
            calls[state] = make_call(session).id
            if state:
                session.add(
                    Evaluation(
                        call_id=calls[state],
                        standard="x",
                        version=1,
                        reviewer="R",
                        saved_by="R",
                        state=state,
                        revision=1,
                    )
                )
        session.flush()
        assert matching(session, evaluated="yes") == [calls["submitted"]]
        assert matching(session, evaluated="no") == [calls[None], calls["void"], calls["draft"]]


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("Обучение ёлки", "обучение ЕЛКИ"), ("ＶＩＰ", "vip"), ("교육 콜", "교육  콜"), ("培训", "培训")],
)
def test_a_tag_is_found_however_it_is_typed(database: Database, typed: str, asked: str) -> None:
    with database.session() as session:
        user = make_user(session, "reviewer")
        first, second = make_call(session).id, make_call(session).id
        made = tag_calls(session, user.id, [first, first, 10**9], typed)
        assert (made.changed, made.same) == ((first,), ())
        again = tag_calls(session, user.id, [first, second], asked)
        assert (again.name, again.changed, again.same) == (made.name, (second,), (first,))
        assert matching(session, tag=asked) == [second, first]
        assert matching(session, tag="nothing") == []
        assert tags_of(session, [first, second]) == {first: (made.name,), second: (made.name,)}
        assert list_tags(session) == (made.name,)
        assert untag_calls(session, user.id, [first], asked).changed == (first,)
        assert list_tags(session) == (made.name,)
        assert untag_calls(session, user.id, [first, second], asked).same == (first,)
        assert list_tags(session) == ()


def test_a_call_carries_so_many_tags_and_no_more(database: Database) -> None:
    with database.session() as session:
        user = make_user(session, "reviewer")
        call = make_call(session).id
        for n in range(MOST_ON_A_CALL):
            tag_calls(session, user.id, [call], f"tag {n}")
        one_more = tag_calls(session, user.id, [call], "one more")
        assert (one_more.changed, one_more.full) == ((), (call,))
        assert len(list_tags(session)) == MOST_ON_A_CALL
        with pytest.raises(TagRefused):
            tag_calls(session, user.id, [call], "\u200b \t")
        session.delete(session.get_one(Call, call))
        session.flush()
        assert session.scalar(select(func.count()).select_from(CallTag)) == 0
        assert session.scalar(select(func.count()).select_from(Tag)) == MOST_ON_A_CALL


def test_a_selection_is_counted_and_gone_through(database: Database) -> None:
    with database.session() as session:
        lead = viewer_of(session, "quality_lead")
        ids = []
        for n in range(5):
            call = make_call(session)
            store_words(session, call, ("rep", "the price" if n % 2 else "the weather"))
            ids.append(call.id)
        everything = count_selected(session, lead, Selection())
        assert (everything.count, everything.last) == (5, ids[-1])
        asked = Selection(text="price", by="rep")
        assert count_selected(session, lead, asked).count == 2
        assert count_selected(session, lead, Selection(text="price", by="client")).count == 0
        assert count_selected(session, lead, Selection(text="-")).count == 0
        assert slice_selected(session, lead, asked, after=0, last=ids[-1], limit=1) == (ids[1],)
        assert slice_selected(session, lead, asked, after=ids[1], last=ids[-1]) == (ids[3],)
        ticked = Selection(ids=(ids[0], ids[4], 10**9), filters=InboxFilters(state="failed"))
        assert slice_selected(session, lead, ticked, after=0, last=ids[-1]) == (ids[0], ids[4])
        stranger = viewer_of(session, "rep")
        assert count_selected(session, stranger, ticked).count == 0


def test_views_have_an_order_a_default_and_those_who_see_them(database: Database) -> None:
    with database.session() as session:
        north, south = make_team(session, "North"), make_team(session, "South")
        lead = viewer_of(session, "quality_lead")
        of_north, of_south = viewer_of(session, "rep", team=north), viewer_of(session, "rep", team=south)
        first = save_view(session, lead, "inbox", " My   first ", "days=7")
        second = save_view(session, lead, "inbox", "second", "days=1", shared="team", team_id=north.id)
        third = save_view(session, lead, "inbox", "third", "days=2", shared="everybody")
        save_view(session, lead, "objections", "elsewhere", "days=2")
        assert [view.name for view in list_views(session, lead, "inbox")] == ["My first", "second", "third"]
        move_view(session, lead, third, -1)
        move_view(session, lead, third, -1)
        move_view(session, lead, third, -1)
        move_view(session, lead, second, 1)
        assert [view.id for view in list_views(session, lead, "inbox")] == [third, first, second]
        assert [view.id for view in list_views(session, of_north, "inbox")] == [second, third]
        assert [view.id for view in list_views(session, of_south, "inbox")] == [third]

        choose_default(session, of_south, "inbox", third)
        assert default_query(session, of_south, "inbox") == "days=2"
        assert [view.default for view in list_views(session, lead, "inbox")] == [False, False, False]
        with pytest.raises(NoSuchView):
            choose_default(session, of_south, "inbox", second)
        share_view(session, lead, third, "nobody")
        assert default_query(session, of_south, "inbox") is None
        with pytest.raises(NoSuchView):
            rename_view(session, of_south, third, "mine now")
        with pytest.raises(ViewRefused):
            rename_view(session, lead, third, "second")
        rename_view(session, lead, third, "third")
        choose_default(session, lead, "inbox", first)
        assert delete_view(session, lead, first) == "My first"
        assert default_query(session, lead, "inbox") is None
        assert [view.id for view in list_views(session, lead, "inbox")] == [third, second]


def test_a_person_keeps_so_many_views(database: Database) -> None:
    with database.session() as session:
        lead = viewer_of(session, "quality_lead")
        for n in range(MOST_VIEWS):
            save_view(session, lead, "inbox", f"view {n}", "days=7")
        with pytest.raises(ViewRefused):
            save_view(session, lead, "inbox", "one more", "days=7")
        save_view(session, lead, "inbox", "view 3", "days=30")
        assert session.scalar(select(func.count()).select_from(SavedView)) == MOST_VIEWS
