"""What comes later to a known call: facts, recordings, transcripts, on both databases."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from sqlalchemy import select

from review.db import Database
from review.errors import (
    BadFacts,
)
from review.models import CallLeg, Recording
from review.services.intake import Accepted, CallFacts, accept_missed_call
from review.services.steps import note_web_audio
from review.storage import AudioStore
from tests import factories
from tests.db.taking import FACTS, PHONE, read_call, set_state, take
from tests.factories import NOON, wav_bytes


def test_facts_that_come_later_fill_gaps_and_replace_nothing(database: Database, store: AudioStore) -> None:
    first = take(database, store, [wav_bytes()], CallFacts(source="pbx", external_id="1", rep="Anna", queue="sales"))
    with database.session() as session:
        client = factories.make_client(session, phones=[PHONE])
        deal = factories.make_deal(session, client)
    later = replace(FACTS, external_id="1", rep=None, queue="support", disposition="won")
    again = take(database, store, [wav_bytes()], later)
    assert again.call_id == first.call_id
    assert again.ring == ()  # it waits to be transcribed as before
    call = read_call(database, first)
    assert (call.rep_name, call.queue) == ("Anna", "sales")
    assert (call.disposition, call.direction, call.started_at, call.happened_at) == ("won", "inbound", NOON, NOON)
    assert (call.client_id, call.deal_id, call.client_phone) == (client.id, deal.id, PHONE)


def test_a_scored_call_is_judged_again_when_it_turns_out_to_be_lost(database: Database, store: AudioStore) -> None:
    facts = CallFacts(source="pbx", external_id="1")
    first = take(database, store, [wav_bytes()], facts)
    set_state(database, first, "scored")
    assert take(database, store, [wav_bytes()], replace(facts, queue="sales")).ring == ()
    again = take(database, store, [wav_bytes()], replace(facts, disposition="closed_lost"))
    assert again.ring == ((first.call_id, "score"),)
    assert again.state == "transcribed"


def test_a_partial_call_is_not_judged_by_the_back_door(database: Database, store: AudioStore) -> None:
    facts = CallFacts(source="pbx", external_id="1")
    first = take(database, store, [wav_bytes()], facts)
    set_state(database, first, "scored", partial=True)
    assert take(database, store, [wav_bytes()], replace(facts, disposition="won")).ring == ()


def test_a_missed_call_is_kept_and_its_recording_may_follow(database: Database, store: AudioStore) -> None:
    with database.session() as session:
        missed = accept_missed_call(session, replace(FACTS, external_id="1"), door="webhook")
    assert (missed.created, missed.state, missed.ring) == (True, "no_audio", ())
    with database.session() as session:
        again = accept_missed_call(session, replace(FACTS, external_id="1"), door="webhook")
    assert (again.call_id, again.created, again.state) == (missed.call_id, False, "no_audio")
    came = take(database, store, [wav_bytes()], replace(FACTS, external_id="1"))
    assert came == Accepted(missed.call_id, False, "received", ((missed.call_id, "transcribe"),))
    with pytest.raises(BadFacts, match="needs an id"), database.session() as session:
        accept_missed_call(session, CallFacts(client_phone=PHONE), door="webhook")


def test_a_better_copy_of_an_unreadable_recording_takes_its_place(database: Database, store: AudioStore) -> None:
    facts = CallFacts(source="pbx", external_id="1")
    broken, better = wav_bytes(), wav_bytes()
    first = take(database, store, [broken], facts)
    set_state(database, first, "dead")
    assert take(database, store, [broken], facts).state == "dead"  # the same again is no better
    again = take(database, store, [better], facts)
    assert again == Accepted(first.call_id, False, "received", ((first.call_id, "transcribe"),))
    with database.read() as session:
        assert session.scalars(select(CallLeg.sha256)).all() == [hashlib.sha256(better).hexdigest()]
    assert store.path(hashlib.sha256(broken).hexdigest()).read_bytes() == broken


def test_a_recording_that_was_played_is_never_replaced(database: Database, store: AudioStore) -> None:
    facts = CallFacts(source="pbx", external_id="1")
    data = wav_bytes()
    first = take(database, store, [data], facts)
    set_state(database, first, "dead")
    with database.session() as session:
        note_web_audio(session, first.call_id, "derived/0/1", 1.0)
    assert take(database, store, [wav_bytes()], facts).state == "dead"
    with database.read() as session:
        assert session.scalars(select(CallLeg.sha256)).all() == [hashlib.sha256(data).hexdigest()]


def test_a_different_recording_under_a_known_id_is_kept_and_said(database: Database, store: AudioStore) -> None:
    facts = CallFacts(source="pbx", external_id="1")
    first_bytes, second_bytes = wav_bytes(), wav_bytes()
    first = take(database, store, [first_bytes], facts)
    assert not first.differs
    assert not take(database, store, [first_bytes], facts).differs
    other = take(database, store, [second_bytes], facts)
    assert (other.call_id, other.created, other.differs, other.ring) == (first.call_id, False, True, ())
    assert take(database, store, [first_bytes, second_bytes], facts).differs  # one of the two is not the call's
    assert store.path(hashlib.sha256(second_bytes).hexdigest()).read_bytes() == second_bytes
    with database.read() as session:
        assert session.scalars(select(CallLeg.sha256)).all() == [hashlib.sha256(first_bytes).hexdigest()]
    assert not take(database, store, [], facts, transcript=factories.transcript_bytes(("rep", "Hello"))).differs


def test_sound_may_follow_an_imported_transcript(database: Database, store: AudioStore) -> None:
    facts = CallFacts(source="pbx", external_id="1")
    words = factories.transcript_bytes(("rep", "Good morning"))
    first = take(database, store, [], facts, transcript=words)
    set_state(database, first, "scored")
    came = take(database, store, [wav_bytes()], facts)
    assert came.ring == ((first.call_id, "transcribe"),)


def test_a_transcript_may_come_alone_with_the_call_or_later(database: Database, store: AudioStore) -> None:
    words = factories.transcript_bytes(("rep", "Good morning"), ("client", "Hello"))
    alone = take(database, store, [], transcript=words)
    assert (alone.created, alone.state) == (True, "received")
    assert take(database, store, [], transcript=words).call_id == alone.call_id
    facts = CallFacts(source="pbx", external_id="1")
    sound = wav_bytes()
    first = take(database, store, [sound], facts)
    set_state(database, first, "needs_model")
    later = take(database, store, [sound], facts, transcript=words)
    assert later == Accepted(first.call_id, False, "received", ((first.call_id, "transcribe"),))
    call = read_call(database, first)
    assert call.transcript_sha256 == hashlib.sha256(words).hexdigest()
    with database.read() as session:
        recording = session.get(Recording, call.transcript_sha256)
        assert recording is not None
        assert recording.kind == "transcript"
