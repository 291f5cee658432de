"""The migrations give the models' tables on both databases, keep rows on the way down and up, and survive a race."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Connection, String, func, select, text
from sqlalchemy.orm import Session

from review.db import Database, open_url
from review.migrations import check, run
from review.models import Base, Call, Segment, Source, User, UserRole
from tests import factories


def test_tables_are_those_of_the_models(database: Database) -> None:
    assert run.check(database) == []
    assert run.is_current(database)


def test_check_sees_a_difference(empty_database: Database) -> None:
    run.upgrade(empty_database)
    with empty_database.session() as session:
        session.execute(text("ALTER TABLE team ADD COLUMN colour VARCHAR"))
        session.execute(text("DROP INDEX ix_call_state_next_at"))
    found = str(run.check(empty_database))
    assert "colour" in found
    assert "ix_call_state_next_at" in found


def test_check_command_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main([]) == 0
    assert "sqlite: the migrations give the tables of the models" in capsys.readouterr().out


def test_up_down_up(empty_database: Database) -> None:
    assert run.current(empty_database) is None
    run.upgrade(empty_database)
    assert run.current(empty_database) == run.head()
    run.downgrade(empty_database, "base")
    assert run.current(empty_database) is None
    run.upgrade(empty_database)
    assert run.check(empty_database) == []


def test_rows_survive_down_and_up_of_a_later_revision(empty_database: Database) -> None:
    run.upgrade(empty_database)
    with empty_database.session() as session:
        factories.make_user(session, "rep", "manager")
        factories.store_words(session, factories.make_call(session))
    before = _count_rows(empty_database)
    run.downgrade(empty_database, "0004")
    run.upgrade(empty_database)
    assert _count_rows(empty_database) == before
    assert before["user_role"] == 2
    assert before["segment"] == 2


def test_foreign_keys_are_off_while_migrating_and_on_otherwise(sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
    with run.locked_connection(sqlite_database) as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 0


@pytest.mark.parametrize("foreign_keys", ["OFF", "ON"])
def test_a_table_that_is_copied_keeps_its_children(sqlite_database: Database, foreign_keys: str) -> None:
    """The copy drops the old table; with foreign keys on (the negative control) that deletes every child row."""
    with sqlite_database.session() as session:
        factories.make_user(session, "rep", "manager")
    if foreign_keys == "OFF":
        with run.locked_connection(sqlite_database) as connection:
            _copy_user_table(connection)
    else:
        with sqlite_database.engine.begin() as connection:
            _copy_user_table(connection)
    left = _count_rows(sqlite_database)["user_role"]
    assert left == (2 if foreign_keys == "OFF" else 0)


def test_broken_references_undo_the_migration(sqlite_database: Database) -> None:
    with run.locked_connection(sqlite_database) as connection:
        connection.execute(text("INSERT INTO user_role(user_id, role) VALUES (77, 'rep')"))
    with pytest.raises(run.BrokenReferences, match="1 rows would point at nothing"):
        run.downgrade(sqlite_database, "0004")
    assert run.current(sqlite_database) == run.head()


def test_racing_upgrades_make_the_tables_once(empty_database: Database) -> None:
    url = empty_database.url.render_as_string(hide_password=False)

    def upgrade(_: int) -> str | None:
        mine = open_url(url)
        try:
            run.upgrade(mine)
            return run.current(mine)
        finally:
            mine.dispose()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(upgrade, range(4))) == {run.head()}
    assert run.check(empty_database) == []


def test_a_newer_database_is_left_alone(empty_database: Database) -> None:
    run.upgrade(empty_database)
    with empty_database.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(run.NewerDatabase, match="nothing was changed"):
        run.upgrade(empty_database)


def test_a_forked_child_opens_its_own_connections(database: Database) -> None:
    """A connection shared by two processes mixes their answers up; rq forks for every job."""
    with database.session() as session:
        factories.make_user(session, "rep")
        theirs = session.connection().connection.dbapi_connection
        own = id(theirs)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with database.session() as session:
            same = id(session.connection().connection.dbapi_connection) == own
            users = session.scalar(select(func.count()).select_from(User))
        os.write(writer, f"{same} {users}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 100) == b"False 1"
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 1


def test_deleted_turns_leave_the_search_index(database: Database) -> None:
    with database.session() as session:
        call = factories.make_call(session)
        factories.store_words(session, call, ("rep", "parrot"))
        assert _hits(session, "parrot") == 1
        session.execute(Call.__table__.delete().where(Call.id == call.id))  # type: ignore[attr-defined]
        assert session.scalar(select(func.count()).select_from(Segment)) == 0
        assert _hits(session, "parrot") == 0


def test_reading_sessions_cannot_write(database: Database) -> None:
    with database.read() as session, pytest.raises(Exception, match=r"(?i)read-?only"):
        session.execute(text("INSERT INTO team(name) VALUES ('x')"))


def test_sqlite_is_opened_as_promised(sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        pragmas = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 30_000,
    }


def test_a_failed_block_keeps_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError, match="halfway"), database.session() as session:
        factories.make_user(session, "rep")
        raise RuntimeError("halfway")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0
        assert session.scalar(select(func.count()).select_from(UserRole)) == 0


def test_eight_writers_lose_no_update(database: Database) -> None:
    with database.session() as session:
        call_id = factories.make_call(session).id

    def add(_: int) -> None:
        for _turn in range(10):
            with database.session() as session:
                row = session.get(Call, call_id, with_for_update=True)
                assert row is not None
                row.attempts += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(8)))
    with database.read() as session:
        assert session.scalar(select(Call.attempts)) == 80


def _copy_user_table(connection: Connection) -> None:
    operations = Operations(MigrationContext.configure(connection))
    with operations.batch_alter_table("user", recreate="always") as batch:
        batch.add_column(Column("colour", String))


def _hits(session: Session, word: str) -> int:
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    found = "segment_fts WHERE segment_fts MATCH :word" if on_sqlite else "segment WHERE tsv @@ to_tsquery(:word)"
    return int(session.execute(text(f"SELECT count(*) FROM {found}"), {"word": word}).scalar_one())


def _count_rows(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_drafts_there_before_can_be_offered_a_better_model(empty_database: Database) -> None:
    run.upgrade(empty_database, "0006")
    day = "'2026-01-01 00:00:00'"
    columns = "name, kind, rep_channel, company_names, created_at"
    source = f"INSERT INTO source ({columns}) VALUES ('pbx', 'api', 0, '[]', {day})"
    call = """INSERT INTO call (source, external_id, happened_at, state, attempts, next_at, hinted_at, progress,
        partial, score_partial, draft, objections, objections_missed, created_at, updated_at)
        VALUES ('pbx', '{name}', {day}, 'scored', 0, 0, 0, 0, false, false, {draft}, 0, 0, {day}, {day})"""
    with empty_database.session() as session:
        session.execute(text(source))
        for name, draft in (("draft", "true"), ("fine", "false")):
            session.execute(text(call.format(name=name, draft=draft, day=day)))
    run.upgrade(empty_database)
    with empty_database.session() as session:
        assert session.scalars(select(Call.speech_rank).order_by(Call.external_id)).all() == [0, None]
        found = session.scalars(select(Source)).one()
        assert (found.products, found.accuracy, found.engine) == ([], "normal", None)
