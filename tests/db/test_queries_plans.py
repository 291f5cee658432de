"""How the database walks for a page of the inbox: by an index that gives the order, never over every call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from review.db import Database
from review.queries.better_words import SpeechModelNow, read_offer
from review.queries.inbox import InboxFilters, list_calls
from review.queries.keyset import write_mark
from review.queries.objections_filter import ObjectionFilter
from review.queries.objections_list import best_and_worst
from review.queries.search import search_calls
from review.queries.selection import Selection, slice_selected
from review.queries.viewer import Viewer, load_viewer
from tests.factories import NOON, make_call, make_rep, make_user

MARK = write_mark(NOON, 5)


def plan_of(session: Session, read: Callable[[], object]) -> str:
    """SQLite's plan of the last statement `read` sends."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        sent.append((statement, parameters))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        read()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    statement, parameters = sent[-1]
    rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    return "\n".join(row[3] for row in rows)


@pytest.fixture
def viewers(sqlite_database: Database) -> dict[str, Viewer]:
    """A lead and a rep with a call."""
    with sqlite_database.session() as session:
        people = {role: make_user(session, role) for role in ("quality_lead", "rep")}
        make_call(session, rep_id=make_rep(session, user_id=people["rep"].id).id)
        found = {role: load_viewer(session, user.id) for role, user in people.items()}
    return {role: viewer for role, viewer in found.items() if viewer is not None}


@pytest.mark.parametrize(
    ("role", "filters", "index"),
    [
        ("quality_lead", InboxFilters(), "ix_call_happened_at_id"),
        ("quality_lead", InboxFilters(state="failed"), "ix_call_state_happened_at_id"),
        ("quality_lead", InboxFilters(rep_id=3), "ix_call_rep_id_happened_at_id"),
        ("quality_lead", InboxFilters(client_id=3), "ix_call_client_id_happened_at_id"),
        ("quality_lead", InboxFilters(language="ko"), "ix_call_language_happened_at_id"),
        ("quality_lead", InboxFilters(source="pbx"), "ix_call_source_happened_at_id"),
        ("rep", InboxFilters(), "ix_call_rep_id_happened_at_id"),
    ],
    ids=["all", "state", "rep", "client", "language", "source", "own"],
)
@pytest.mark.parametrize("after", [None, MARK], ids=["first", "later"])
def test_a_page_follows_an_index(
    sqlite_database: Database,
    viewers: dict[str, Viewer],
    role: str,
    filters: InboxFilters,
    index: str,
    after: str | None,
) -> None:
    with sqlite_database.read() as session:
        plan = plan_of(session, lambda: list_calls(session, viewers[role], filters, after=after))
    ids, _, _rest = plan.partition("SCAN wanted")
    assert index in ids, plan
    assert "TEMP B-TREE" not in ids, plan  # the order comes from the index, so a page reads as many rows as it shows


def test_counting_what_could_be_transcribed_better_reads_no_other_calls(
    sqlite_database: Database, viewers: dict[str, Viewer]
) -> None:
    now = SpeechModelNow(model="small", rank=30, reason="found", checked_at=NOON)
    with sqlite_database.read() as session:
        for viewer in (None, *viewers.values()):
            plan = plan_of(session, lambda seen=viewer: read_offer(session, seen, "auto", now))  # type: ignore[misc]
            assert "SCAN call" not in plan, plan
            assert "ix_call_state_speech_rank" in plan or viewer is viewers["rep"], plan


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        (InboxFilters(tag="coaching"), "ix_call_tag_tag_id_call_id"),
        (InboxFilters(evaluated="yes"), "ix_evaluation"),
        (InboxFilters(days=7), "ix_call_happened_at_id"),
        (InboxFilters(objection="price"), "ix_objection_episode_call_id_type"),
        (InboxFilters(objection="price", outcome="ignored"), "ix_objection_episode_call_id_type"),
    ],
    ids=["tag", "evaluated", "days", "objection", "outcome"],
)
def test_what_people_did_is_looked_up_and_calls_are_not_all_read(
    sqlite_database: Database, viewers: dict[str, Viewer], filters: InboxFilters, index: str
) -> None:
    with sqlite_database.read() as session:
        plan = plan_of(session, lambda: list_calls(session, viewers["quality_lead"], filters))
    assert index in plan, plan
    assert "SCAN call\n" not in f"{plan}\n", plan


def test_a_search_goes_from_the_words_to_the_calls(sqlite_database: Database, viewers: dict[str, Viewer]) -> None:
    with sqlite_database.read() as session:
        for viewer in viewers.values():
            plan = plan_of(session, lambda seen=viewer: search_calls(session, seen, "price -discount", by="rep"))  # type: ignore[misc]
            assert "VIRTUAL TABLE" in plan, plan
            assert "SCAN segment\n" not in f"{plan}\n", plan
            assert "SCAN call\n" not in f"{plan}\n", plan


def test_answers_side_by_side_come_in_order_from_their_index(
    sqlite_database: Database, viewers: dict[str, Viewer]
) -> None:
    with sqlite_database.read() as session:
        lead = viewers["quality_lead"]
        plan = plan_of(session, lambda: best_and_worst(session, lead, ObjectionFilter(), "price"))
    assert "ix_objection_episode_type_merit" in plan, plan
    assert "SCAN objection_episode" not in plan, plan


def test_a_slice_of_many_goes_on_where_the_last_one_ended(
    sqlite_database: Database, viewers: dict[str, Viewer]
) -> None:
    with sqlite_database.read() as session:
        lead, chosen = viewers["quality_lead"], Selection(filters=InboxFilters(state="ready"))
        plan = plan_of(session, lambda: slice_selected(session, lead, chosen, after=5, last=500))
    assert "SCAN call\n" not in f"{plan}\n", plan
