"""What is done to the audit log under an innocent look: events before the first one, a cut that was overgrown; and a
check while people act."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from review.audit_chain import checking
from review.audit_chain.anchors import head_of, read_anchors, write_anchor
from review.db import Database
from review.models import AuditEvent, AuditHead
from tests.db.test_audit_chain import SECRET, act, check, kinds


@pytest.fixture
def sealing(database: Database) -> Iterator[Database]:
    """The same database, opened as the application opens it."""
    opened = Database(database.url, lambda: SECRET)
    yield opened
    opened.dispose()


@pytest.mark.parametrize("number", [0, -1, -7])
def test_an_event_put_in_before_the_first_one_is_found(sealing: Database, number: int) -> None:
    act(sealing, 2)
    row = {"action": "call.tagged", "subject_kind": "call", "subject_id": "1", "details": {}}
    with sealing.engine.begin() as connection:
        connection.execute(insert(AuditEvent).values(**row, number=number, previous="", seal="1" * 64))
    assert kinds(check(sealing)) == {"unsealed"}


def test_a_cut_that_was_overgrown_and_written_down_again_is_found(sealing: Database, tmp_path: Path) -> None:
    act(sealing, 4)
    with sealing.read() as session:
        write_anchor(tmp_path, head_of(session))
        before = session.execute(select(AuditEvent.seal).where(AuditEvent.number == 3)).scalar_one()
    with sealing.engine.begin() as connection:
        connection.execute(delete(AuditEvent).where(AuditEvent.number == 4))
        connection.execute(update(AuditHead).values(number=3, seal=before))
    act(sealing, 1, first=50)
    with sealing.read() as session:
        assert write_anchor(tmp_path, head_of(session)), "the same number, another seal"
    assert [(fault.kind, fault.number) for fault in check(sealing, *read_anchors(tmp_path)).faults] == [
        ("rewritten", 4)
    ]


def test_what_people_do_during_a_check_is_no_fault(sealing: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    act(sealing, 3)
    read = checking._sealed

    def meanwhile(session: Session) -> Iterator[Any]:
        act(sealing, 2, first=60)
        yield from read(session)
        act(sealing, 1, first=70)

    monkeypatch.setattr(checking, "_sealed", meanwhile)
    assert check(sealing).whole
    monkeypatch.undo()
    assert (check(sealing).whole, check(sealing).events) == (True, 6)
