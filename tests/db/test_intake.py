"""Intake: what becomes a call and what is refused, on both databases."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace

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
from review.models import CallLeg, Delivery, Recording, Source
from review.services.intake import Accepted, CallFacts
from review.storage import AudioStore
from tests import factories
from tests.db.taking import FACTS, PHONE, assert_nothing_kept, count_deliveries, read_call, take
from tests.factories import NOON, wav_bytes


def test_a_recording_becomes_a_call(database: Database, store: AudioStore) -> None:
    data = wav_bytes()
    accepted = take(database, store, [data], replace(FACTS, external_id="17.42"), names=["../../17.wav"])
    assert accepted == Accepted(accepted.call_id, True, "received", ((accepted.call_id, "transcribe"),))
    call = read_call(database, accepted)
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
    first = take(database, store, [data])
    again = take(database, store, [data])
    other = take(database, store, [wav_bytes()])
    assert (first.created, again.created, other.created) == (True, False, True)
    assert again.call_id == first.call_id
    assert again.ring == ()
    call = read_call(database, first)
    assert call.external_id == "sha256:" + hashlib.sha256(data).hexdigest()
    assert call.started_at is None
    assert call.happened_at == call.created_at
    assert count_deliveries(database, first) == 2


def test_two_legs_are_one_call(database: Database, store: AudioStore) -> None:
    rep, client = wav_bytes(), wav_bytes()
    accepted = take(database, store, [rep, client], names=["7.rep.wav", "7.client.wav"])
    with database.read() as session:
        legs = session.scalars(select(CallLeg).order_by(CallLeg.position)).all()
        assert [(leg.position, leg.original_name) for leg in legs] == [(0, "7.rep.wav"), (1, "7.client.wav")]
        assert legs[0].sha256 == hashlib.sha256(rep).hexdigest()
    assert take(database, store, [rep, client]).call_id == accepted.call_id
    assert take(database, store, [client, rep]).call_id != accepted.call_id  # the sides are swapped


def test_one_file_for_both_sides_is_one_recording(database: Database, store: AudioStore) -> None:
    data = wav_bytes()
    take(database, store, [data, data])
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
        take(database, store, [data], names=["evil.wav"])
    assert "'evil.wav' is not a recording" in str(caught.value)
    assert_nothing_kept(database, store)


def test_headerless_telephone_sound_is_taken_by_its_name_and_only_if_it_sounds(
    database: Database, store: AudioStore
) -> None:
    quiet_line = b"\xfe\x7e\xfd\x7f" * 2000
    with pytest.raises(NotAudio):
        take(database, store, [quiet_line], names=["call.bin"])
    for data in (b"hello, this is no sound\n" * 300, random.Random(1).randbytes(8000), b"\x7fELF" + bytes(4000)):
        with pytest.raises(NotAudio):
            take(database, store, [data], names=["call.ulaw"])
    assert_nothing_kept(database, store)
    take(database, store, [quiet_line], names=["call.ULAW"])
    with database.read() as session:
        assert session.scalars(select(Recording.kind)).one() == "ulaw"
        assert session.scalars(select(CallLeg.original_name)).one() == "call.ULAW"


def test_the_second_file_is_looked_at_before_the_first_is_written(database: Database, store: AudioStore) -> None:
    with pytest.raises(NotAudio):
        take(database, store, [wav_bytes(), b"text"])
    assert_nothing_kept(database, store)


def test_other_refusals(database: Database, store: AudioStore) -> None:
    with pytest.raises(EmptyFile, match="0 bytes"):
        take(database, store, [b""], names=["call.wav"])
    with pytest.raises(NothingSent):
        take(database, store, [])
    with pytest.raises(TooManyLegs, match="3 files"):
        take(database, store, [wav_bytes(), wav_bytes(), wav_bytes()])
    with pytest.raises(TooLarge):
        take(database, store, [wav_bytes()], limit=1000)
    with pytest.raises(BadFacts, match="direction"):
        take(database, store, [wav_bytes()], CallFacts(direction="up"))
    assert_nothing_kept(database, store)


def test_a_full_disk_is_said_and_nothing_kept(database: Database, store: AudioStore) -> None:
    store.floor = 1 << 62
    with pytest.raises(StorageFull):
        take(database, store, [wav_bytes()])
    assert_nothing_kept(database, store)


def test_refusals_are_of_one_family() -> None:
    assert all(issubclass(kind, IntakeRefused) for kind in (NotAudio, EmptyFile, TooLarge, TooManyLegs, BadFacts))


def test_rep_client_and_deal_are_found(database: Database, store: AudioStore) -> None:
    with database.session() as session:
        rep = factories.make_rep(session, "Anna Klein", extension="201", email="anna@example.com")
        shared = factories.make_client(session, phones=[PHONE])
        client = factories.make_client(session, external_id="C7", phones=[PHONE])
        deal = factories.make_deal(session, client, external_id="D9")
    for number, said in enumerate(("Anna Klein", "ANNA KLEIN", "201", "Anna@Example.com")):
        facts = CallFacts(source="pbx", external_id=f"rep{number}", rep=said)
        call = read_call(database, take(database, store, [wav_bytes()], facts))
        assert (call.rep_id, call.rep_name) == (rep.id, said)
    for number, facts in enumerate(
        (CallFacts(client="C7"), CallFacts(deal="D9"), CallFacts(client_phone="030 901820"))
    ):
        facts = replace(facts, source="pbx", external_id=f"client{number}")
        call = read_call(database, take(database, store, [wav_bytes()], facts, region="DE"))
        assert (call.client_id, call.deal_id) == (client.id, deal.id)  # the sharer has no open deal
    assert shared.id < client.id
    stranger = read_call(database, take(database, store, [wav_bytes()], replace(FACTS, client_phone="+4930111111")))
    assert (stranger.client_id, stranger.rep_id) == (None, rep.id)


def test_what_is_no_transcript_is_refused(database: Database, store: AudioStore) -> None:
    for data in (b"just words", b'{"turns": 5}', b"\xff\xfe\x00", b"[" * 100_000):
        with pytest.raises(NotATranscriptFile, match="Nothing was kept"):
            take(database, store, [wav_bytes()], transcript=data)
    assert_nothing_kept(database, store)
