"""What every CRM connector must do when reading, shown against fakes of the real shapes, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from review.crm.sync import sync_connection
from review.models import (
    Client,
    ClientPhone,
    CrmConflict,
    CrmConnection,
    CrmEmail,
    CrmId,
    CrmNote,
    CrmTask,
    Deal,
    DealStage,
    Rep,
)
from tests.db.crm_world import BOX, NONSENSE, ODD, SLOW_DOWN, THEIR_FAULT, World, world
from tests.factories import make_call

__all__ = ["world"]


def test_everything_arrives_over_many_pages_and_twice_changes_nothing(world: World) -> None:
    with world.database.session() as session:
        call = make_call(session, client_phone="+4930901810", started_at=datetime(2025, 11, 18, tzinfo=UTC))
        call_id = call.id
    report = world.sync()
    assert report.error == ""
    names = sorted(client.name for client in world.rows(Client))
    assert names == [f"Contact {number}" for number in range(501, 506)]
    assert {client.company for client in world.rows(Client)} == {"Nordhem"}
    assert [phone.e164 for phone in world.rows(ClientPhone)] == [f"+49309018{n}0" for n in range(1, 6)]
    first, lost, strangers = (world.deal(remote) for remote in world.fake.deal_ids)
    assert (first.title, first.status, first.amount, first.rep_id) == ("Lead 1", "open", Decimal(4800), world.rep_id)
    assert (lost.status, lost.closed_by_id) == ("closed_lost", world.rep_id)
    assert lost.closed_at == datetime(2025, 11, 17, 8, 0, 20, tzinfo=UTC)
    assert strangers.rep_id is None
    assert [(stage.deal_id, stage.status) for stage in world.rows(DealStage) if stage.status != "open"] == [
        (lost.id, "closed_lost")
    ]
    [note], [email], [task] = world.rows(CrmNote), world.rows(CrmEmail), world.rows(CrmTask)
    assert (note.deal_id, note.body.replace("[b]", "").replace("[/b]", "")) == (first.id, "Любит дуб")
    assert (email.subject, email.direction, email.client_id) == ("Предложение", "outbound", first.client_id)
    assert (task.title, task.rep_id if world.fake.kind != "rest" else world.rep_id) == ("Позвонить", world.rep_id)
    with world.database.read() as session:
        from review.models import Call

        assert session.get_one(Call, call_id).client_id == first.client_id
        unknown = session.scalars(select(CrmId.label).where(CrmId.entity == "rep", CrmId.row_id.is_(None))).all()
    assert unknown == ["Nobody Known <nobody@example.com>"]
    before = report.counts
    again = world.sync()
    assert again.error == ""
    assert (again.counts.created, again.counts.updated, again.counts.conflicts) == (0, 0, 0)
    assert before.created >= 5 + 3 + 3
    with world.database.session() as session:  # from the very beginning again: the same pages change nothing either
        session.get_one(CrmConnection, world.connection_id).cursor = {}
    whole = world.sync()
    assert (whole.counts.created, whole.counts.updated, whole.counts.conflicts) == (0, 0, 0)
    assert whole.counts.unchanged >= again.counts.unchanged


def test_loss_reasons_can_be_read_by_name(world: World) -> None:
    from review.models import LossReason

    world.sync()
    reason = world.deal(world.fake.deal_ids[1]).loss_reason
    names = {row.code: row.name for row in world.rows(LossReason)}
    assert names.get(str(reason), reason) == "Дорого"


def test_the_next_sync_asks_only_for_what_changed(world: World) -> None:
    world.sync()
    asked = len(world.fake.asked)
    world.fake.rename(world.fake.deal_ids[0], "Twelve desks")
    report = world.sync()
    assert report.counts.updated == 1
    assert world.deal(world.fake.deal_ids[0]).title == "Twelve desks"
    assert len(world.fake.asked) - asked < asked


def test_a_token_that_ran_out_is_renewed_once_and_kept(world: World) -> None:
    if not world.fake.can_refresh:
        pytest.skip("this kind has no tokens that run out")
    world.fake.expire()
    assert world.sync().error == ""
    assert world.fake.refreshed == 1
    assert world.sync().error == ""
    assert world.fake.refreshed == 1  # the new one was kept
    with world.database.read() as session:
        body = session.get_one(CrmConnection, world.connection_id).secrets
    assert body is not None
    assert b"token" not in body
    assert BOX.open(world.connection_id, body)["token"] == "token-1"


def test_a_token_that_cannot_be_renewed_stops_the_connection_until_a_person_acts(world: World) -> None:
    world.fake.expire()
    if world.fake.can_refresh:
        world.fake.refresh_token = "taken back"
    report = world.sync()
    assert "give a new one" in report.error
    with world.database.read() as session:
        connection = session.get_one(CrmConnection, world.connection_id)
    assert (connection.state, connection.lease_token) == ("broken", None)
    assert world.rows(Client) == []


def test_too_many_requests_are_waited_for_as_long_as_was_asked(world: World) -> None:
    world.fake.faults = [SLOW_DOWN, SLOW_DOWN]
    assert world.sync().error == ""
    assert world.waited[:2] == [7.0, 7.0]
    assert len(world.rows(Client)) == 5


def test_a_long_wait_is_put_off_and_what_was_read_stays(world: World) -> None:
    world.sync()
    world.fake.rename_contact("Marta Lindqvist")
    path = {"amocrm": "/tasks", "bitrix24": "crm.activity", "hubspot": "/tasks", "rest": "/tasks"}[world.fake.kind]
    world.fake.faults_at[path] = [(429, {"Retry-After": "900"}, b"{}")]
    report = world.sync()
    assert "slow down" in report.error
    assert "Marta Lindqvist" in {client.name for client in world.rows(Client)}
    with world.database.read() as session:
        from review.clock import database_now

        connection = session.get_one(CrmConnection, world.connection_id)
        left = connection.next_at - float(session.scalar(select(database_now())) or 0.0)
    assert connection.state == "active"
    assert 600 < left <= 900
    assert world.sync().error == ""


def test_their_faults_are_tried_again(world: World) -> None:
    world.fake.faults = [THEIR_FAULT, THEIR_FAULT]
    assert world.sync().error == ""
    assert len(world.waited) == 2
    world.fake.faults = [THEIR_FAULT] * 4
    assert "502" in world.sync().error
    assert world.sync().error == ""


@pytest.mark.parametrize("answer", [NONSENSE, ODD], ids=["no JSON", "odd JSON"])
def test_nonsense_is_reported_and_nothing_is_lost(world: World, answer: Any) -> None:
    world.sync()
    path = {"amocrm": "/leads", "bitrix24": "crm.deal.list", "hubspot": "/deals/search", "rest": "/deals"}
    world.fake.faults_at[path[world.fake.kind]] = [answer]
    assert world.sync().error != ""
    assert len(world.rows(Deal)) == 3
    assert world.sync().error == ""


def test_a_deal_that_was_deleted_there_is_marked_and_kept(world: World) -> None:
    world.sync()
    world.fake.delete(world.fake.deal_ids[1])
    report = world.sync()
    if world.fake.kind == "rest":
        assert report.counts.gone == 0  # a mapping knows lists of changes only
        return
    assert report.counts.gone == 1
    assert len(world.rows(Deal)) == 3
    assert [row.remote_id for row in world.rows(CrmId) if row.deleted] == [world.fake.deal_ids[1]]
    assert world.sync().counts.gone == 0


def test_what_a_person_changed_here_stays_and_the_clash_is_logged(world: World) -> None:
    world.sync()
    with world.database.session() as session:
        client = session.scalars(select(Client).where(Client.name == "Contact 501")).one()
        client.name = "Marta, the boss"
        client.custom = {**client.custom, "Size": "60"}
    world.fake.rename_contact("Marta L.")
    assert world.sync().counts.conflicts == 1
    changed = next(client for client in world.rows(Client) if client.name == "Marta, the boss")
    assert changed.custom["Size"] == "60"
    [clash] = world.rows(CrmConflict)
    assert (clash.field, clash.ours, clash.theirs, clash.won) == ("name", "Marta, the boss", "Marta L.", "ours")
    assert world.sync().counts.conflicts == 0


def test_a_page_is_not_kept_without_its_place_nor_the_place_without_its_page(world: World) -> None:
    world.fake.faults_at[
        {"amocrm": "/leads", "bitrix24": "crm.deal.list", "hubspot": "/deals/search", "rest": "/deals"}[world.fake.kind]
    ] = [(403, {}, b'{"message": "no rights"}')]
    assert world.sync().error != ""
    assert world.rows(Deal) == []
    assert world.sync().error == ""
    assert len(world.rows(Deal)) == 3


def test_another_process_that_took_over_keeps_the_slow_one_out(world: World) -> None:
    with world.database.session() as session:
        from review.clock import database_now

        connection = session.get_one(CrmConnection, world.connection_id)
        connection.lease_token = "other"
        connection.lease_until = float(session.scalar(select(database_now())) or 0.0) + 60
    assert sync_connection(world.database, world.connection_id, BOX, region="DE") is None
    assert world.fake.asked == []


def test_two_connections_do_not_mix_their_rows(world: World) -> None:
    world.sync()
    settings, secrets = world.fake.connection()
    with world.database.session() as session:
        second = CrmConnection(kind=world.fake.kind, name="another", settings=settings, cursor={}, counts={})
        session.add(second)
        session.flush()
        second.secrets = BOX.close(second.id, {**secrets, "token": world.fake.token})
        second_id = second.id
    report = sync_connection(world.database, second_id, BOX, region="DE", wait=world.waited.append)
    assert report is not None
    assert report.error == ""
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Deal)) == 6
        assert session.scalar(select(func.count()).select_from(Client)) == 10


def test_a_rep_here_is_matched_by_address(world: World) -> None:
    world.sync()
    assert [rep.name for rep in world.rows(Rep)] == ["Anna Kim"]
    later = datetime.now(UTC) + timedelta(days=1)
    assert all(deal.opened_at is None or deal.opened_at < later for deal in world.rows(Deal))
