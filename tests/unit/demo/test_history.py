"""The demo's history fits its CRM: every line finds its client, deal and rep, and a second time brings nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from review.db import Database, open_url
from review.migrations import run
from review.models import Call, Client, CrmEmail, CrmNote, DealStage, DoNotCall
from review.services.crm_import import import_crm
from review.services.sources import ensure_source
from workers.demo.manifest import crm_folder
from workers.demo.script import SOURCE
from workers.demo_history import bring_history, read_lines

TABLES = {"emails": CrmEmail, "notes": CrmNote, "stages": DealStage, "calls": Call}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A migrated SQLite database with the demo's CRM."""
    made = open_url(f"sqlite:///{tmp_path / 'demo.sqlite'}")
    run.upgrade(made)
    with made.session() as session:
        ensure_source(session, SOURCE, "import")
        import_crm(session, crm_folder())
    yield made
    made.dispose()


def test_every_line_is_taken_once(database: Database) -> None:
    with database.session() as session:
        made = bring_history(session)
    assert made == sum(len(list(read_lines(name))) for name in TABLES)
    with database.session() as session:
        assert bring_history(session) == 0
        for name, table in TABLES.items():
            lines = list(read_lines(name))
            assert session.scalar(select(func.count()).select_from(table)) == len(lines)
            for column in ("rep_id", "deal_id"):
                named = [line for line in lines if line[column.removesuffix("_id")]]
                found = session.scalar(select(func.count()).where(getattr(table, column).is_not(None)))
                assert found == len(named), (name, column)
        assert session.scalar(select(func.count()).select_from(DoNotCall)) == 1


def test_a_card_changed_by_hand_is_left_as_it_is(database: Database) -> None:
    with database.session() as session:
        bring_history(session)
        hot = session.scalars(select(Client).where(Client.hot)).all()
        assert {client.external_id for client in hot} == {"C-1001", "C-1011"}
        hot[0].hot, hot[0].custom, hot[0].revision = False, {}, 2
    with database.session() as session:
        bring_history(session)
        assert len(session.scalars(select(Client).where(Client.hot)).all()) == 1
