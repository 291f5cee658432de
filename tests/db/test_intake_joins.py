"""Which deliveries are one call: repeats, other doors, races, and calls that only look alike, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from review.db import Database
from review.models import Call, CallLeg, Delivery, Recording
from review.services.intake import Accepted, CallFacts
from review.storage import AudioStore
from tests.db.taking import FACTS, count_deliveries, read_call, take
from tests.factories import NOON, wav_bytes


def test_a_repeat_gives_the_same_call_whatever_its_bytes(database: Database, store: AudioStore) -> None:
    facts = CallFacts(source="pbx", external_id="1")
    first = take(database, store, [wav_bytes()], facts)
    again = take(database, store, [wav_bytes()], facts, door="webhook")
    assert (again.call_id, again.created) == (first.call_id, False)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(CallLeg)) == 1
        assert session.scalar(select(func.count()).select_from(Recording)) == 2  # the second is kept all the same
    assert count_deliveries(database, first) == 2


def test_a_recording_may_belong_to_several_calls(database: Database, store: AudioStore) -> None:
    announcement = wav_bytes()
    calls = {
        take(database, store, [announcement], CallFacts(source="pbx", external_id=str(number))).call_id
        for number in range(3)
    }
    assert len(calls) == 3


@pytest.mark.parametrize("apart", [0.0, 2.9, -2.9])
def test_the_same_call_through_two_doors_is_one(database: Database, store: AudioStore, apart: float) -> None:
    first = take(database, store, [wav_bytes()], replace(FACTS, external_id="17.42"), door="folder")
    started = NOON + timedelta(seconds=apart)
    other = replace(FACTS, source="provider", external_id="abc", started_at=started, disposition="closed_lost")
    second = take(database, store, [wav_bytes()], other, door="webhook")
    assert (second.call_id, second.created) == (first.call_id, False)
    call = read_call(database, first)
    assert (call.source, call.external_id, call.disposition) == ("pbx", "17.42", "closed_lost")
    with database.read() as session:
        doors = session.execute(select(Delivery.door, Delivery.source, Delivery.external_id).order_by(Delivery.id))
        assert [tuple(row) for row in doors] == [("folder", "pbx", "17.42"), ("webhook", "provider", "abc")]


@pytest.mark.parametrize(
    "different",
    [
        {"started_at": NOON + timedelta(seconds=4)},
        {"client_phone": "+4930901821"},
        {"rep": "Boris Meyer"},
        {"direction": "outbound"},
    ],
)
def test_calls_that_differ_in_one_fact_are_two(
    database: Database, store: AudioStore, different: dict[str, Any]
) -> None:
    first = take(database, store, [wav_bytes()], replace(FACTS, external_id="1"))
    second = take(database, store, [wav_bytes()], replace(FACTS, source="b", external_id="2", **different))
    assert first.call_id != second.call_id


def test_two_ids_of_one_source_are_two_calls(database: Database, store: AudioStore) -> None:
    first = take(database, store, [wav_bytes()], replace(FACTS, external_id="1"))
    second = take(database, store, [wav_bytes()], replace(FACTS, external_id="2"))
    assert first.call_id != second.call_id


def test_a_shared_id_joins_where_the_start_or_the_bytes_agree(database: Database, store: AudioStore) -> None:
    data = wav_bytes()
    first = take(database, store, [data], CallFacts(source="a", external_id="17.42"))
    same_bytes = take(database, store, [data], CallFacts(source="b", external_id="17.42"))
    other_bytes = take(database, store, [wav_bytes()], CallFacts(source="c", external_id="17.42"))
    assert same_bytes.call_id == first.call_id
    assert other_bytes.call_id != first.call_id  # another switchboard that counts alike
    started = CallFacts(source="a", external_id="x9", started_at=NOON)
    timed = take(database, store, [wav_bytes()], started)
    again = take(database, store, [wav_bytes()], replace(started, source="b", started_at=NOON + timedelta(seconds=1)))
    assert again.call_id == timed.call_id


def test_an_upload_with_facts_meets_the_same_upload_without(database: Database, store: AudioStore) -> None:
    data = wav_bytes()
    bare = take(database, store, [data])
    told = take(database, store, [data], replace(FACTS, source="upload"))
    bare_again = take(database, store, [data])
    assert {bare.call_id, told.call_id, bare_again.call_id} == {bare.call_id}
    call = read_call(database, bare)
    assert (call.started_at, call.happened_at, call.direction) == (NOON, NOON, "inbound")


@pytest.mark.parametrize("each_its_own", [True, False], ids=["re-encoded", "same bytes"])
def test_the_same_call_by_webhook_upload_and_folder_at_once(
    database: Database, store: AudioStore, each_its_own: bool
) -> None:
    recordings = [wav_bytes(0.1) for _ in range(16 if each_its_own else 1)]
    doors = [
        ("webhook", replace(FACTS, source="provider", external_id="p-1")),
        ("upload", replace(FACTS, source="upload", started_at=NOON + timedelta(seconds=1))),
        ("folder", replace(FACTS, source="pbx", external_id="17.42")),
        ("webhook", replace(FACTS, source="provider", external_id="p-1")),
    ]

    def deliver(number: int) -> Accepted:
        door, facts = doors[number % len(doors)]
        return take(database, store, [recordings[number % len(recordings)]], facts, door=door)

    with ThreadPoolExecutor(8) as pool:
        accepted = list(pool.map(deliver, range(16)))
    assert len({one.call_id for one in accepted}) == 1
    assert sum(one.created for one in accepted) == 1
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 1
        assert session.scalar(select(func.count()).select_from(Delivery)) == 16


def test_racing_first_deliveries_of_many_calls(database: Database, store: AudioStore) -> None:
    def deliver(number: int) -> Accepted:
        return take(database, store, [wav_bytes(0.1)], CallFacts(source="pbx", external_id=str(number % 10)))

    with ThreadPoolExecutor(6) as pool:
        accepted = list(pool.map(deliver, range(30)))
    assert sum(one.created for one in accepted) == 10
    assert len({one.call_id for one in accepted}) == 10
