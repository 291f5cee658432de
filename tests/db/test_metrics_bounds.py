"""One scrape costs the same however much there is: its statements are counted, and large tables searched."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sqlalchemy import event

from review.db import Database
from review.models import utc_now
from review.redis_address import connect
from review.settings import Settings, read_settings
from tests.db.measured import connect_all, text_of
from tests.factories import make_call


def settings_of(database: Database, folder: Path) -> Settings:
    """The installation in that folder, with this database; its Redis was never started."""
    return read_settings(
        {"CALLCOACH_DATA": str(folder), "CALLCOACH_DATABASE_URL": f"sqlite:///{database.url.database}"}
    )


def test_a_constant_number_of_statements_however_many_rows(sqlite_database: Database, tmp_path: Path) -> None:
    database, settings = sqlite_database, settings_of(sqlite_database, tmp_path)
    redis = connect(settings, timeout=0.2)
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    engine = database._read_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        text_of(settings, database, redis)
        empty = len(sent)
        connect_all(database, utc_now())
        with database.session() as db:
            for state in ("received", "dead", "scored"):
                for _ in range(20):
                    make_call(db, state=state)
        sent.clear()
        text_of(settings, database, redis)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    # One more for the webhook that is on, five more because a delivery came within the hour.
    assert len([statement for statement in sent if "INSERT" not in statement]) <= empty + 6
    assert empty < 40


def test_large_tables_are_searched_by_an_index(sqlite_database: Database, tmp_path: Path) -> None:
    settings = settings_of(sqlite_database, tmp_path)
    plans: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_more: object) -> None:
        beside = cursor.connection.cursor()
        beside.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        plans.extend(f"{row[3]} <- {statement}" for row in beside.fetchall())

    connect_all(sqlite_database, utc_now())
    event.listen(sqlite_database._read_engine, "before_cursor_execute", explain)
    try:
        text_of(settings, sqlite_database, connect(settings, timeout=0.2))
    finally:
        event.remove(sqlite_database._read_engine, "before_cursor_execute", explain)
    large = r"call|delivery|webhook_delivery|webhook_message|audio_fetch|outbox|letter|notification"
    scans = [plan for plan in plans if re.match(rf"SCAN ({large}) (?!USING COVERING INDEX)", plan)]
    # The newest transcripts, assessments and readings are read backwards by number, up to a limit.
    backwards = [plan for plan in plans if re.match(r"SCAN (transcript|assessment|drift_reading) ", plan)]
    assert scans == []
    assert len(backwards) == 4
    assert all("DESC" in plan and "LIMIT" in plan for plan in backwards)
