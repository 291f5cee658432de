"""The audit log finds every edit, deletion, swap, insertion and cut tail that was made behind Callcoach's back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from review.audit_chain.anchors import Anchor, AnchorsUnreadable, head_of, read_anchors, write_anchor
from review.audit_chain.checking import Checked, check_chain
from review.audit_chain.links import derive_key
from review.db import Database
from review.migrations import run
from review.models import AuditEvent, AuditHead, User
from review.services.audit import record

SECRET = "the installation's own secret, forty long"
KEY = derive_key(SECRET)


@pytest.fixture
def sealing(database: Database) -> Iterator[Database]:
    """The same database, opened as the application opens it."""
    opened = Database(database.url, lambda: SECRET)
    yield opened
    opened.dispose()


def act(database: Database, count: int = 1, *, first: int = 0) -> None:
    for number in range(first, first + count):
        with database.session() as session:
            record(session, None, "call.tagged", "call", number, tag=f"tag {number}", share=number / 4)


def check(database: Database, *anchors: Anchor) -> Checked:
    with database.read() as session:
        return check_chain(session, KEY, anchors)


def kinds(found: Checked) -> set[str]:
    return {fault.kind for fault in found.faults}


def change(database: Database, place: int, /, **values: Any) -> None:
    with database.engine.begin() as connection:
        connection.execute(update(AuditEvent).where(AuditEvent.number == place).values(**values))


def test_acts_of_people_are_a_whole_chain(sealing: Database) -> None:
    act(sealing, 5)
    with sealing.session() as session:
        for number in range(3):
            record(session, None, "call.untagged", "call", number)
    found = check(sealing)
    assert (found.whole, found.events, found.last) == (True, 8, 8)


def test_what_was_rolled_back_leaves_no_gap(sealing: Database) -> None:
    act(sealing)
    with pytest.raises(RuntimeError), sealing.session() as session:
        record(session, None, "call.tagged", "call", 1)
        raise RuntimeError("the act failed")
    with sealing.session() as session:
        with pytest.raises(RuntimeError), session.begin_nested():
            record(session, None, "call.tagged", "call", 2)
            session.flush()
            raise RuntimeError("a part of it failed")
        with session.begin_nested():
            record(session, None, "call.tagged", "call", 3)
        record(session, None, "call.tagged", "call", 4)
    found = check(sealing)
    assert (found.whole, found.events) == (True, 3)


def test_many_at_once_make_one_chain(sealing: Database) -> None:
    threads = [threading.Thread(target=act, args=(sealing, 6), kwargs={"first": 10 * n}) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = check(sealing)
    assert (found.whole, found.events, found.last) == (True, 30, 30)


def test_the_account_may_go_and_the_act_stays_theirs(sealing: Database) -> None:
    with sealing.session() as session:
        user = User(email="gone@example.com", name="Gone", password_hash="x")
        session.add(user)
        session.flush()
        record(session, user.id, "call.tagged", "call", 1)
        number = user.id
    with sealing.session() as session:
        session.execute(delete(User).where(User.id == number))
    assert check(sealing).whole
    with sealing.read() as session:
        assert session.scalar(select(AuditEvent.actor)) == number
    with sealing.session() as session:
        others = [User(email=f"{name}@example.com", name=name, password_hash="x") for name in ("one", "two")]
        session.add_all(others)
        session.flush()
        session.execute(update(AuditEvent).values(user_id=others[-1].id))
    assert kinds(check(sealing)) == {"edited"}


@pytest.mark.parametrize(
    "values",
    [
        {"action": "call.untagged"},
        {"subject_id": "99"},
        {"details": {"tag": "other"}},
        {"actor": 5},
        {"seal": "0" * 64},
    ],
)
def test_an_edit_is_found_where_it_was_made(sealing: Database, values: dict[str, Any]) -> None:
    act(sealing, 5)
    change(sealing, 3, **values)
    found = check(sealing)
    assert [fault.number for fault in found.faults if fault.kind == "edited"] == [3]


def test_deleted_events_are_named_by_their_places(sealing: Database) -> None:
    act(sealing, 6)
    with sealing.engine.begin() as connection:
        connection.execute(delete(AuditEvent).where(AuditEvent.number.in_([3, 4])))
    found = check(sealing)
    assert [(fault.kind, fault.number, fault.until) for fault in found.faults] == [("missing", 3, 4)]


def test_two_events_that_changed_places_are_found(sealing: Database) -> None:
    act(sealing, 4)
    with sealing.engine.begin() as connection:
        place = {row.number: row for row in connection.execute(select(*AuditEvent.__table__.c))}
        for number, other in ((2, 3), (3, 2)):
            values = {"subject_id": place[other].subject_id, "details": place[other].details, "at": place[other].at}
            connection.execute(update(AuditEvent).where(AuditEvent.number == number).values(**values))
    assert [(fault.kind, fault.number) for fault in check(sealing).faults] == [("edited", 2), ("edited", 3)]


def test_links_that_changed_places_with_their_seals_are_found(sealing: Database) -> None:
    act(sealing, 4)
    for number, to in ((2, 99), (3, 2), (99, 3)):
        change(sealing, number, number=to)
    assert not check(sealing).whole


def test_events_put_in_are_found_with_or_without_a_seal(sealing: Database) -> None:
    act(sealing, 3)
    row = {"action": "call.tagged", "subject_kind": "call", "subject_id": "1", "details": {}}
    with sealing.engine.begin() as connection:
        connection.execute(insert(AuditEvent).values(**row))
    assert kinds(check(sealing)) == {"unsealed"}
    with sealing.engine.begin() as connection:
        connection.execute(insert(AuditEvent).values(**row, number=4, previous="0" * 64, seal="1" * 64))
    assert kinds(check(sealing)) >= {"unsealed", "edited"}


def test_a_cut_tail_is_found_by_the_head_and_with_the_head_cut_too_by_the_anchor(
    sealing: Database, tmp_path: Path
) -> None:
    act(sealing, 5)
    with sealing.read() as session:
        write_anchor(tmp_path, head_of(session))
        before = session.execute(select(AuditEvent.seal).where(AuditEvent.number == 3)).scalar_one()
    with sealing.engine.begin() as connection:
        connection.execute(delete(AuditEvent).where(AuditEvent.number > 3))
    assert [(fault.kind, fault.number, fault.until) for fault in check(sealing).faults] == [("cut", 4, 5)]
    with sealing.engine.begin() as connection:
        connection.execute(update(AuditHead).values(number=3, seal=before))
    assert check(sealing).whole, "without anything outside, nobody can know"
    anchors = read_anchors(tmp_path)
    assert [(fault.kind, fault.number, fault.until) for fault in check(sealing, *anchors).faults] == [("cut", 4, 5)]
    act(sealing, 4, first=20)
    assert kinds(check(sealing, *anchors)) == {"rewritten"}, "written on over the cut"


def test_a_head_taken_away_stops_nobody_and_is_seen(sealing: Database) -> None:
    act(sealing, 2)
    with sealing.engine.begin() as connection:
        connection.execute(delete(AuditHead))
    assert not check(sealing).whole
    act(sealing, 2, first=5)
    assert (check(sealing).whole, check(sealing).last) == (True, 4)


def test_what_was_there_before_the_chain_is_kept_by_its_fingerprint(empty_database: Database) -> None:
    run.upgrade(empty_database)
    act(empty_database, 3)
    run.downgrade(empty_database, "0031")
    run.upgrade(empty_database)
    opened = Database(empty_database.url, lambda: SECRET)
    act(opened, 2, first=5)
    found = check(opened)
    assert (found.whole, found.events, found.earlier) == (True, 2, 3)
    with opened.engine.begin() as connection:
        connection.execute(update(AuditEvent).where(AuditEvent.number.is_(None)).values(subject_id="77"))
    assert kinds(check(opened)) == {"earlier"}
    opened.dispose()


def _edit(session: Session, number: int, other: int) -> None:
    session.execute(update(AuditEvent).where(AuditEvent.number == number).values(subject_id="changed"))


def _delete(session: Session, number: int, other: int) -> None:
    session.execute(delete(AuditEvent).where(AuditEvent.number == number))


def _insert(session: Session, number: int, other: int) -> None:
    values = {"action": "x.y", "subject_kind": "call", "subject_id": "1", "details": {}}
    session.execute(insert(AuditEvent).values(**values, number=None))


def _swap(session: Session, number: int, other: int) -> None:
    pair = {
        row.number: row for row in session.execute(select(*AuditEvent.__table__.c)) if row.number in (number, other)
    }
    for place, source in ((number, other), (other, number)):
        session.execute(update(AuditEvent).where(AuditEvent.number == place).values(subject_id=pair[source].subject_id))


def _cut(session: Session, number: int, other: int) -> None:
    session.execute(delete(AuditEvent).where(AuditEvent.number >= number))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tamper=st.sampled_from([_edit, _delete, _insert, _swap, _cut]),
    places=st.lists(st.integers(1, 9), min_size=2, max_size=2, unique=True),
)
def test_nothing_done_to_a_chain_goes_unseen(
    sealing: Database, tamper: Callable[[Session, int, int], None], places: list[int]
) -> None:
    with sealing.engine.begin() as connection:
        connection.execute(delete(AuditEvent))
        connection.execute(delete(AuditHead))
    act(sealing, 9)
    with sealing.read() as session:
        anchor = head_of(session)
    assert check(sealing, anchor).whole
    with sealing.session() as session:
        tamper(session, *places)
    assert not check(sealing, anchor).whole


def test_anchors_are_written_once_and_after_a_restore_anew(tmp_path: Path, sealing: Database) -> None:
    act(sealing, 2)
    with sealing.read() as session:
        head = head_of(session)
    assert write_anchor(tmp_path, head)
    assert not write_anchor(tmp_path, head)
    path = tmp_path / "audit-anchor.jsonl"
    with path.open("a") as file:
        file.write('{"number": 9, "sea')  # the machine went down while writing
    assert [anchor.number for anchor in read_anchors(tmp_path)] == [2]
    act(sealing, 1, first=7)
    with sealing.read() as session:
        assert write_anchor(tmp_path, head_of(session))
    assert [anchor.number for anchor in read_anchors(tmp_path)] == [2, 3]
    assert path.stat().st_mode & 0o077 == 0
    again = Anchor(1, "aa", head.at, reset=True, why="restored from the backup of Monday")
    assert write_anchor(tmp_path, again)
    assert [anchor.why for anchor in read_anchors(tmp_path)] == ["restored from the backup of Monday"]
    path.write_text('{"other": 1}\n')
    with pytest.raises(AnchorsUnreadable):
        read_anchors(tmp_path)
