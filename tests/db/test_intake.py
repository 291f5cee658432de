"""Intake: what becomes a call, what is refused, and which deliveries are one call, on both databases."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from review.db import Database
from review.errors import (
    BadFacts,
    EmptyFile,
    IntakeRefused,
    NotATranscriptFile,
    NotAudio,
    NothingSent,
    StorageFull,
    TooLarge,
    TooManyLegs,
)
from review.models import Call, CallLeg, Delivery, Recording, Source
from review.services.intake import Accepted, CallFacts, IncomingFile, accept_missed_call, accept_recording
from review.services.steps import note_web_audio
from review.storage import AudioStore
from tests import factories
from tests.factories import NOON, wav_bytes

PHONE = "+4930901820"
FACTS = CallFacts(source="pbx", direction="inbound", started_at=NOON, client_phone=PHONE, rep="Anna Klein")


def test_a_recording_becomes_a_call(database: Database, store: AudioStore) -> None:
    data = wav_bytes()
    accepted = _take(database, store, [data], replace(FACTS, external_id="17.42"), names=["../../17.wav"])
    assert accepted == Accepted(accepted.call_id, True, "received", ((accepted.call_id, "transcribe"),))
    call = _call(database, accepted)
    assert (call.source, call.external_id, call.state, call.attempts) == ("pbx", "17.42", "received", 0)
    assert (call.started_at, call.happened_at, call.rep_name, call.client_phone) == (NOON, NOON, "Anna Klein", PHONE)
    sha256 = hashlib.sha256(data).hexdigest()
    assert store.path(sha256).read_bytes() == data
    with database.read() as session:
        recording = session.scalars(select(Recording)).one()
        assert (recording.sha256, recording.size, recording.kind) == (sha256, len(data), "wav")
        assert session.scalars(select(CallLeg.original_name)).all() == ["17.wav"]
        source = session.scalars(select(Source)).one()
        assert (source.name, source.kind) == ("pbx", "upload")
        delivery = session.scalars(select(Delivery)).one()
        assert delivery.facts["files"] == [{"name": "17.wav", "sha256": sha256, "size": len(data)}]
        assert delivery.facts["rep"] == "Anna Klein"


def test_a_call_without_facts_is_known_by_its_bytes(database: Database, store: AudioStore) -> None:
    data = wav_bytes()
    first = _take(database, store, [data])
    again = _take(database, store, [data])
    other = _take(database, store, [wav_bytes()])
    assert (first.created, again.created, other.created) == (True, False, True)
    assert again.call_id == first.call_id
    assert again.ring == ()
    call = _call(database, first)
    assert call.external_id == "sha256:" + hashlib.sha256(data).hexdigest()
    assert call.started_at is None
    assert call.happened_at == call.created_at
    assert _deliveries(database, first) == 2


def test_a_repeat_gives_the_same_call_whatever_its_bytes(database: Database, store: AudioStore) -> None:
    facts = CallFacts(source="pbx", external_id="1")
    first = _take(database, store, [wav_bytes()], facts)
    again = _take(database, store, [wav_bytes()], facts, door="webhook")
    assert (again.call_id, again.created) == (first.call_id, False)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(CallLeg)) == 1
        assert session.scalar(select(func.count()).select_from(Recording)) == 2  # the second is kept all the same
    assert _deliveries(database, first) == 2


def test_a_recording_may_belong_to_several_calls(database: Database, store: AudioStore) -> None:
    announcement = wav_bytes()
    calls = {
        _take(database, store, [announcement], CallFacts(source="pbx", external_id=str(number))).call_id
        for number in range(3)
    }
    assert len(calls) == 3


@pytest.mark.parametrize("apart", [0.0, 2.9, -2.9])
def test_the_same_call_through_two_doors_is_one(database: Database, store: AudioStore, apart: float) -> None:
    first = _take(database, store, [wav_bytes()], replace(FACTS, external_id="17.42"), door="folder")
    started = NOON + timedelta(seconds=apart)
    other = replace(FACTS, source="provider", external_id="abc", started_at=started, disposition="closed_lost")
    second = _take(database, store, [wav_bytes()], other, door="webhook")
    assert (second.call_id, second.created) == (first.call_id, False)
    call = _call(database, first)
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
    first = _take(database, store, [wav_bytes()], replace(FACTS, external_id="1"))
    second = _take(database, store, [wav_bytes()], replace(FACTS, source="b", external_id="2", **different))
    assert first.call_id != second.call_id


def test_two_ids_of_one_source_are_two_calls(database: Database, store: AudioStore) -> None:
    first = _take(database, store, [wav_bytes()], replace(FACTS, external_id="1"))
    second = _take(database, store, [wav_bytes()], replace(FACTS, external_id="2"))
    assert first.call_id != second.call_id


def test_a_shared_id_joins_where_the_start_or_the_bytes_agree(database: Database, store: AudioStore) -> None:
    data = wav_bytes()
    first = _take(database, store, [data], CallFacts(source="a", external_id="17.42"))
    same_bytes = _take(database, store, [data], CallFacts(source="b", external_id="17.42"))
    other_bytes = _take(database, store, [wav_bytes()], CallFacts(source="c", external_id="17.42"))
    assert same_bytes.call_id == first.call_id
    assert other_bytes.call_id != first.call_id  # another switchboard that counts alike
    started = CallFacts(source="a", external_id="x9", started_at=NOON)
    timed = _take(database, store, [wav_bytes()], started)
    again = _take(database, store, [wav_bytes()], replace(started, source="b", started_at=NOON + timedelta(seconds=1)))
    assert again.call_id == timed.call_id


def test_an_upload_with_facts_meets_the_same_upload_without(database: Database, store: AudioStore) -> None:
    data = wav_bytes()
    bare = _take(database, store, [data])
    told = _take(database, store, [data], replace(FACTS, source="upload"))
    bare_again = _take(database, store, [data])
    assert {bare.call_id, told.call_id, bare_again.call_id} == {bare.call_id}
    call = _call(database, bare)
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
        return _take(database, store, [recordings[number % len(recordings)]], facts, door=door)

    with ThreadPoolExecutor(8) as pool:
        accepted = list(pool.map(deliver, range(16)))
    assert len({one.call_id for one in accepted}) == 1
    assert sum(one.created for one in accepted) == 1
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 1
        assert session.scalar(select(func.count()).select_from(Delivery)) == 16


def test_racing_first_deliveries_of_many_calls(database: Database, store: AudioStore) -> None:
    def deliver(number: int) -> Accepted:
        return _take(database, store, [wav_bytes(0.1)], CallFacts(source="pbx", external_id=str(number % 10)))

    with ThreadPoolExecutor(6) as pool:
        accepted = list(pool.map(deliver, range(30)))
    assert sum(one.created for one in accepted) == 10
    assert len({one.call_id for one in accepted}) == 10


def test_two_legs_are_one_call(database: Database, store: AudioStore) -> None:
    rep, client = wav_bytes(), wav_bytes()
    accepted = _take(database, store, [rep, client], names=["7.rep.wav", "7.client.wav"])
    with database.read() as session:
        legs = session.scalars(select(CallLeg).order_by(CallLeg.position)).all()
        assert [(leg.position, leg.original_name) for leg in legs] == [(0, "7.rep.wav"), (1, "7.client.wav")]
        assert legs[0].sha256 == hashlib.sha256(rep).hexdigest()
    assert _take(database, store, [rep, client]).call_id == accepted.call_id
    assert _take(database, store, [client, rep]).call_id != accepted.call_id  # the sides are swapped


def test_one_file_for_both_sides_is_one_recording(database: Database, store: AudioStore) -> None:
    data = wav_bytes()
    _take(database, store, [data, data])
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(CallLeg)) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello, this is no sound\n", "text"),
        ("hello in UTF-16".encode("utf-16"), "text"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b"\x7fELF" + bytes(60), "a program"),
        (b"PK\x03\x04" + bytes(60), "a zip archive"),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "a picture"),
        (b"ffconcat version 1.0\nfile secret.wav", "a list of other files"),
        (b"#EXTM3U\n#EXTINF:1\n/etc/passwd\n", "a playlist"),
        (b"v=0\no=- 0 0 IN IP4 127.0.0.1\n", "a session description"),
        (bytes(range(1, 32)) * 20, "no kind of sound we know"),
        (b"\x00", "no kind of sound we know"),
    ],
)
def test_what_is_no_recording_is_refused_with_what_it_looks_like(
    database: Database, store: AudioStore, data: bytes, words: str
) -> None:
    with pytest.raises(NotAudio, match=words) as caught:
        _take(database, store, [data], names=["evil.wav"])
    assert "'evil.wav' is not a recording" in str(caught.value)
    _nothing_is_kept(database, store)


def test_the_second_file_is_looked_at_before_the_first_is_written(database: Database, store: AudioStore) -> None:
    with pytest.raises(NotAudio):
        _take(database, store, [wav_bytes(), b"text"])
    _nothing_is_kept(database, store)


def test_other_refusals(database: Database, store: AudioStore) -> None:
    with pytest.raises(EmptyFile, match="0 bytes"):
        _take(database, store, [b""], names=["call.wav"])
    with pytest.raises(NothingSent):
        _take(database, store, [])
    with pytest.raises(TooManyLegs, match="3 files"):
        _take(database, store, [wav_bytes(), wav_bytes(), wav_bytes()])
    with pytest.raises(TooLarge):
        _take(database, store, [wav_bytes()], limit=1000)
    with pytest.raises(BadFacts, match="direction"):
        _take(database, store, [wav_bytes()], CallFacts(direction="up"))
    _nothing_is_kept(database, store)


def test_a_full_disk_is_said_and_nothing_kept(database: Database, store: AudioStore) -> None:
    store.floor = 1 << 62
    with pytest.raises(StorageFull):
        _take(database, store, [wav_bytes()])
    _nothing_is_kept(database, store)


def test_refusals_are_of_one_family() -> None:
    assert all(issubclass(kind, IntakeRefused) for kind in (NotAudio, EmptyFile, TooLarge, TooManyLegs, BadFacts))


def test_facts_that_come_later_fill_gaps_and_replace_nothing(database: Database, store: AudioStore) -> None:
    first = _take(database, store, [wav_bytes()], CallFacts(source="pbx", external_id="1", rep="Anna", queue="sales"))
    with database.session() as session:
        client = factories.make_client(session, phones=[PHONE])
        deal = factories.make_deal(session, client)
    later = replace(FACTS, external_id="1", rep=None, queue="support", disposition="won")
    again = _take(database, store, [wav_bytes()], later)
    assert again.call_id == first.call_id
    assert again.ring == ()  # it waits to be transcribed as before
    call = _call(database, first)
    assert (call.rep_name, call.queue) == ("Anna", "sales")
    assert (call.disposition, call.direction, call.started_at, call.happened_at) == ("won", "inbound", NOON, NOON)
    assert (call.client_id, call.deal_id, call.client_phone) == (client.id, deal.id, PHONE)


def test_a_scored_call_is_judged_again_when_it_turns_out_to_be_lost(database: Database, store: AudioStore) -> None:
    facts = CallFacts(source="pbx", external_id="1")
    first = _take(database, store, [wav_bytes()], facts)
    _set_state(database, first, "scored")
    assert _take(database, store, [wav_bytes()], replace(facts, queue="sales")).ring == ()
    again = _take(database, store, [wav_bytes()], replace(facts, disposition="closed_lost"))
    assert again.ring == ((first.call_id, "score"),)
    assert again.state == "transcribed"


def test_a_partial_call_is_not_judged_by_the_back_door(database: Database, store: AudioStore) -> None:
    facts = CallFacts(source="pbx", external_id="1")
    first = _take(database, store, [wav_bytes()], facts)
    _set_state(database, first, "scored", partial=True)
    assert _take(database, store, [wav_bytes()], replace(facts, disposition="won")).ring == ()


def test_rep_client_and_deal_are_found(database: Database, store: AudioStore) -> None:
    with database.session() as session:
        rep = factories.make_rep(session, "Anna Klein", extension="201", email="anna@example.com")
        shared = factories.make_client(session, phones=[PHONE])
        client = factories.make_client(session, external_id="C7", phones=[PHONE])
        deal = factories.make_deal(session, client, external_id="D9")
    for number, said in enumerate(("Anna Klein", "ANNA KLEIN", "201", "Anna@Example.com")):
        facts = CallFacts(source="pbx", external_id=f"rep{number}", rep=said)
        call = _call(database, _take(database, store, [wav_bytes()], facts))
        assert (call.rep_id, call.rep_name) == (rep.id, said)
    for number, facts in enumerate(
        (CallFacts(client="C7"), CallFacts(deal="D9"), CallFacts(client_phone="030 901820"))
    ):
        facts = replace(facts, source="pbx", external_id=f"client{number}")
        call = _call(database, _take(database, store, [wav_bytes()], facts, region="DE"))
        assert (call.client_id, call.deal_id) == (client.id, deal.id)  # the sharer has no open deal
    assert shared.id < client.id
    stranger = _call(database, _take(database, store, [wav_bytes()], replace(FACTS, client_phone="+4930111111")))
    assert (stranger.client_id, stranger.rep_id) == (None, rep.id)


def test_a_missed_call_is_kept_and_its_recording_may_follow(database: Database, store: AudioStore) -> None:
    with database.session() as session:
        missed = accept_missed_call(session, replace(FACTS, external_id="1"), door="webhook")
    assert (missed.created, missed.state, missed.ring) == (True, "no_audio", ())
    with database.session() as session:
        again = accept_missed_call(session, replace(FACTS, external_id="1"), door="webhook")
    assert (again.call_id, again.created, again.state) == (missed.call_id, False, "no_audio")
    came = _take(database, store, [wav_bytes()], replace(FACTS, external_id="1"))
    assert came == Accepted(missed.call_id, False, "received", ((missed.call_id, "transcribe"),))
    with pytest.raises(BadFacts, match="needs an id"), database.session() as session:
        accept_missed_call(session, CallFacts(client_phone=PHONE), door="webhook")


def test_a_better_copy_of_an_unreadable_recording_takes_its_place(database: Database, store: AudioStore) -> None:
    facts = CallFacts(source="pbx", external_id="1")
    broken, better = wav_bytes(), wav_bytes()
    first = _take(database, store, [broken], facts)
    _set_state(database, first, "dead")
    assert _take(database, store, [broken], facts).state == "dead"  # the same again is no better
    again = _take(database, store, [better], facts)
    assert again == Accepted(first.call_id, False, "received", ((first.call_id, "transcribe"),))
    with database.read() as session:
        assert session.scalars(select(CallLeg.sha256)).all() == [hashlib.sha256(better).hexdigest()]
    assert store.path(hashlib.sha256(broken).hexdigest()).read_bytes() == broken


def test_a_recording_that_was_played_is_never_replaced(database: Database, store: AudioStore) -> None:
    facts = CallFacts(source="pbx", external_id="1")
    data = wav_bytes()
    first = _take(database, store, [data], facts)
    _set_state(database, first, "dead")
    with database.session() as session:
        note_web_audio(session, first.call_id, "derived/0/1", 1.0)
    assert _take(database, store, [wav_bytes()], facts).state == "dead"
    with database.read() as session:
        assert session.scalars(select(CallLeg.sha256)).all() == [hashlib.sha256(data).hexdigest()]


def test_sound_may_follow_an_imported_transcript(database: Database, store: AudioStore) -> None:
    facts = CallFacts(source="pbx", external_id="1")
    words = factories.transcript_bytes(("rep", "Good morning"))
    first = _take(database, store, [], facts, transcript=words)
    _set_state(database, first, "scored")
    came = _take(database, store, [wav_bytes()], facts)
    assert came.ring == ((first.call_id, "transcribe"),)


def test_a_transcript_may_come_alone_with_the_call_or_later(database: Database, store: AudioStore) -> None:
    words = factories.transcript_bytes(("rep", "Good morning"), ("client", "Hello"))
    alone = _take(database, store, [], transcript=words)
    assert (alone.created, alone.state) == (True, "received")
    assert _take(database, store, [], transcript=words).call_id == alone.call_id
    facts = CallFacts(source="pbx", external_id="1")
    first = _take(database, store, [wav_bytes()], facts)
    _set_state(database, first, "needs_model")
    later = _take(database, store, [wav_bytes()], facts, transcript=words)
    assert later == Accepted(first.call_id, False, "received", ((first.call_id, "transcribe"),))
    call = _call(database, first)
    assert call.transcript_sha256 == hashlib.sha256(words).hexdigest()
    with database.read() as session:
        recording = session.get(Recording, call.transcript_sha256)
        assert recording is not None
        assert recording.kind == "transcript"


def test_what_is_no_transcript_is_refused(database: Database, store: AudioStore) -> None:
    for data in (b"just words", b'{"turns": 5}', b"\xff\xfe\x00", b"[" * 100_000):
        with pytest.raises(NotATranscriptFile, match="Nothing was kept"):
            _take(database, store, [wav_bytes()], transcript=data)
    _nothing_is_kept(database, store)


def _take(
    database: Database,
    store: AudioStore,
    files: list[bytes],
    facts: CallFacts | None = None,
    *,
    door: str = "upload",
    names: list[str] | None = None,
    transcript: bytes | None = None,
    **more: Any,
) -> Accepted:
    incoming = [
        IncomingFile(names[number] if names else f"{number}.wav", io.BytesIO(data)) for number, data in enumerate(files)
    ]
    words = IncomingFile("words.json", io.BytesIO(transcript)) if transcript is not None else None
    with database.session() as session:
        return accept_recording(session, store, incoming, facts or CallFacts(), door=door, transcript=words, **more)


def _call(database: Database, accepted: Accepted) -> Call:
    with database.read() as session:
        return session.scalars(select(Call).where(Call.id == accepted.call_id)).one()


def _deliveries(database: Database, accepted: Accepted) -> int | None:
    with database.read() as session:
        return session.scalar(select(func.count()).where(Delivery.call_id == accepted.call_id))


def _set_state(database: Database, accepted: Accepted, state: str, **columns: Any) -> None:
    with database.session() as session:
        call = session.get_one(Call, accepted.call_id)
        call.state = state
        for name, value in columns.items():
            setattr(call, name, value)


def _nothing_is_kept(database: Database, store: AudioStore) -> None:
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 0
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0
    assert [path for path in store.recordings.rglob("*") if path.is_file()] == []
