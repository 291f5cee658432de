"""Sources and the audit log: made once, changed with a trace, read page by page."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from review.db import Database
from review.services import audit
from review.services.sources import UnknownSource, change_source, ensure_source, list_sources
from tests.factories import make_call, make_user


def test_a_source_is_made_once_and_keeps_its_settings(database: Database) -> None:
    with database.session() as session:
        ensure_source(session, "pbx", "folder", language="ru", company_names=["Нордхем"])
        ensure_source(session, "pbx", "api", language="en")
        make_call(session, source="pbx")
        make_call(session, source="pbx")
        make_call(session)
        rows = list_sources(session)
    assert [(row.name, row.kind, row.language, row.calls) for row in rows] == [
        ("pbx", "folder", "ru", 2),
        ("upload", "upload", None, 1),
    ]
    assert (rows[0].company_names, rows[0].rep_channel) == (("Нордхем",), 0)


@pytest.mark.postgres
def test_two_doors_may_make_the_same_source_at_once(postgres_database: Database) -> None:
    engine = postgres_database.engine
    outrun: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def outrun_it(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("INSERT INTO source") and not outrun:
            outrun.append(statement)
            with postgres_database.session() as other:
                ensure_source(other, "pbx", "folder", language="ru")

    try:
        with postgres_database.session() as session:
            ensure_source(session, "pbx", "api", language="en")
    finally:
        event.remove(engine, "before_cursor_execute", outrun_it)
    assert outrun
    with postgres_database.read() as session:
        assert [(row.name, row.kind, row.language) for row in list_sources(session)] == [("pbx", "folder", "ru")]


def test_a_change_of_a_source_leaves_a_trace(database: Database) -> None:
    with database.session() as session:
        user = make_user(session, "admin", name="Adam")
        ensure_source(session, "pbx", "folder")
        for _ in range(2):
            change_source(
                session, "pbx", language="en", rep_channel=1, standard="cold-call", company_names=["A"], by=user.id
            )
        (row,) = list_sources(session)
        assert (row.language, row.rep_channel, row.standard, row.company_names) == ("en", 1, "cold-call", ("A",))
        (event,) = audit.read_events(session)
        assert (event.action, event.user_name, event.subject_id) == ("source.changed", "Adam", "pbx")
        assert event.details["before"]["rep_channel"] == 0
        assert event.details["after"]["rep_channel"] == 1
        with pytest.raises(UnknownSource):
            change_source(session, "none", language=None, rep_channel=0, standard=None, company_names=[])


def test_the_log_is_read_page_by_page_and_goes_with_its_transaction(database: Database) -> None:
    with database.session() as session:
        for number in range(5):
            audit.record(session, None, "test.done", "thing", number, name=f"n{number}")
    with pytest.raises(RuntimeError), database.session() as session:
        audit.record(session, None, "test.undone", "thing", 9)
        session.flush()
        raise RuntimeError
    with database.read() as session:
        first = audit.read_events(session, limit=3)
        rest = audit.read_events(session, before_id=first[-1].id)
    assert [event.subject_id for event in (*first, *rest)] == ["4", "3", "2", "1", "0"]
    assert first[0].details == {"name": "n4"}
