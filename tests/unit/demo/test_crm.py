"""The demo CRM: every line is taken by the importer, and it agrees with the sample calls."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from review.db import Database, open_url
from review.migrations import run
from review.services.crm_import import import_crm
from workers.demo.manifest import crm_folder, sample_calls
from workers.demo.script import read_scripts

SCRIPTS = {script.id: script for script in read_scripts()}


def rows(name: str) -> list[dict[str, str]]:
    with (crm_folder() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CLIENTS = {row["id"]: row for row in rows("clients")}
DEALS = {row["id"]: row for row in rows("deals")}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty SQLite database."""
    made = open_url(f"sqlite:///{tmp_path / 'demo.sqlite'}")
    run.upgrade(made)
    yield made
    made.dispose()


def test_every_line_is_imported_and_a_second_time_changes_nothing(database: Database) -> None:
    total = sum(len(rows(name)) for name in ("clients", "deals", "tasks", "reps", "loss_reasons"))
    with database.session() as session:
        first = import_crm(session, crm_folder())
    assert first.problems == ()
    assert (first.created, first.updated, first.unchanged) == (total, 0, 0)
    with database.session() as session:
        second = import_crm(session, crm_folder())
    assert (second.created, second.updated, second.unchanged) == (0, 0, total)


def test_more_clients_than_calls_and_deals_in_several_stages() -> None:
    assert len(CLIENTS) > len(sample_calls())
    assert len({deal["stage"] for deal in DEALS.values()}) >= 5
    assert {deal["status"] for deal in DEALS.values()} == {"open", "won", "closed_lost", "unqualified"}
    assert all(deal["loss_reason"] for deal in DEALS.values() if deal["status"] in ("closed_lost", "unqualified"))


def test_reps_sell_in_two_teams() -> None:
    reps = {row["name"]: row for row in rows("reps")}
    assert len({row["team"] for row in reps.values()}) == 2
    assert {call.facts["rep"] for call in sample_calls()} == set(reps)


@pytest.mark.parametrize("call", sample_calls(), ids=lambda call: call.name)
def test_a_call_agrees_with_its_deal_and_client(call) -> None:  # type: ignore[no-untyped-def]
    deal = DEALS[call.facts["deal"]]
    assert (deal["client"], deal["rep"]) == (call.facts["client"], call.facts["rep"])
    assert deal["status"] == call.facts["disposition"]
    assert deal["loss_reason"] == call.facts.get("loss_reason", "")
    assert call.facts["client_phone"] in CLIENTS[deal["client"]]["phones"]
    assert datetime.fromisoformat(deal["opened_at"]) <= datetime.fromisoformat(call.facts["started_at"])


def deal_of(situation: str) -> list[dict[str, str]]:
    return [DEALS[call.facts["deal"]] for call in sample_calls() if situation in SCRIPTS[call.name].shows]


def offers_sent(deal: dict[str, str]) -> list[str]:
    tasks = [task for task in rows("tasks") if task["deal"] == deal["id"]]
    return [task["done_at"] for task in tasks if "offer" in task["title"].lower() and task["done_at"]]


def test_the_broken_promise_left_no_offer_and_the_kept_one_did() -> None:
    (broken,) = deal_of("promise_broken")
    (kept,) = deal_of("promise_kept")
    assert offers_sent(broken) == []
    assert len(offers_sent(kept)) == 1
    assert any(task["deal"] == broken["id"] and not task["done_at"] for task in rows("tasks"))


def test_nobody_tries_a_wrongly_rejected_lead_again() -> None:
    wrong = {deal["id"] for deal in deal_of("wrong_rejection")}
    assert len(wrong) == 3
    assert all(task["deal"] not in wrong for task in rows("tasks"))


def test_the_quick_close_took_minutes() -> None:
    deal = DEALS[next(call for call in sample_calls() if call.name == "en-quick-close").facts["deal"]]
    started = SCRIPTS["en-quick-close"].started_at
    assert datetime.fromisoformat(deal["closed_at"]) - started < timedelta(minutes=5)
