"""Who is who, said by hand: the swap, naming the rep, and what the source of the calls learns from swaps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from review.bodies import pack_body
from review.db import Database
from review.models import AuditEvent, Call, Source, StoredTranscript, utc_now
from review.queries.corrections import read_layer
from review.services.corrections import CorrectionRefused, correct_turn
from review.services.roles import (
    LEARN_CALLS,
    LEARN_SWAPS,
    RolesChanged,
    latest_role_change,
    name_rep,
    swap_roles,
    undo_role_change,
)
from review.services.sources import UnknownSource
from review.services.steps import load_for_score, load_for_transcribe
from tests.factories import make_call, make_user, store_score, store_words
from tests.web.scores import assessment_of
from transcription.transcript import Transcript, Turn

TURNS = (("rep", "Hello I need chairs"), ("client", "Good morning Riverside Furniture"))


def make_reviewer(database: Database) -> int:
    with database.session() as session:
        return int(make_user(session, "reviewer", name="Ines Keller").id)


def make_scored(database: Database, *, source: str = "pbx", mono: bool = False) -> int:
    """A scored call whose rep was taken from the source's rep channel."""
    with database.session() as session:
        call = make_call(session, source=source)
        channel = session.scalars(select(Source.rep_channel).where(Source.name == source)).one()
        transcript_id = store_words(session, call, *TURNS)
        store_score(session, call, assessment_of("rep"))
        row = session.get_one(StoredTranscript, transcript_id)
        transcript = shaped(session.get_one(StoredTranscript, transcript_id), channel, mono=mono)
        row.body, row.quality = pack_body(transcript.to_json()), transcript.to_json()["quality"]
        row.created_at = utc_now()
        return int(call.id)


def shaped(row: StoredTranscript, rep_channel: int, *, mono: bool) -> Transcript:
    from review.bodies import unpack_body

    made = Transcript.from_json(unpack_body(row.body))
    turns = tuple(replace(turn, channel=_channel(turn, rep_channel, mono=mono)) for turn in made.turns)
    return replace(made, turns=turns, quality=replace(made.quality, channels=1 if mono else 2))


def _channel(turn: Turn, rep_channel: int, *, mono: bool) -> int:
    return 0 if mono else rep_channel if turn.role == "rep" else 1 - rep_channel


def roles_of(database: Database, call_id: int) -> list[str]:
    with database.read() as session:
        layer = read_layer(session, call_id)
    assert layer is not None
    return [turn.role for turn in layer.transcript.turns]


def swap(database: Database, call_id: int, user: int) -> object:
    with database.session() as session:
        return swap_roles(session, call_id, user).learned


def test_one_click_swaps_and_the_same_click_takes_it_back(database: Database) -> None:
    user, call = make_reviewer(database), make_scored(database)
    with database.session() as session:
        done = swap_roles(session, call, user)
    assert (done.saved.next, done.saved.layer.swapped) == ("score", True)
    assert roles_of(database, call) == ["client", "rep"]
    with database.read() as session:
        work = load_for_score(session, call)
        assert [(turn.role, turn.role_confidence) for turn in work.transcript.turns] == [("client", 1.0), ("rep", 1.0)]
        events = session.scalars(select(AuditEvent.action)).all()
        assert events == ["correction.roles"]
    swap(database, call, user)
    assert roles_of(database, call) == ["rep", "client"]


def test_two_people_who_swap_at_once_do_not_undo_each_other(database: Database) -> None:
    user, call = make_reviewer(database), make_scored(database)
    with database.session() as session:
        swap_roles(session, call, user, seen=0)
    with pytest.raises(RolesChanged), database.session() as session:
        swap_roles(session, call, user, seen=0)
    assert roles_of(database, call) == ["client", "rep"]


def test_turns_corrected_before_a_swap_are_swapped_with_the_others(database: Database) -> None:
    user, call = make_reviewer(database), make_scored(database)
    with database.session() as session:
        key = read_layer(session, call).items[1].key  # type: ignore[union-attr]
        correct_turn(session, call, user, key, speaker="rep_2")
    swap(database, call, user)
    with database.read() as session:
        turns = read_layer(session, call).transcript.turns  # type: ignore[union-attr]
    assert [(turn.role, turn.speaker) for turn in turns] == [("client", "client"), ("client", "client_2")]


def test_somebody_says_who_of_two_voices_is_the_rep(database: Database) -> None:
    user = make_reviewer(database)
    with database.session() as session:
        call = make_call(session)
        store_words(session, call, ("speaker_a", "Hello I need chairs"), ("speaker_b", "Good morning"))
        store_score(session, call, assessment_of("rep"))
        call_id = int(call.id)
    with pytest.raises(CorrectionRefused), database.session() as session:
        swap_roles(session, call_id, user)
    with database.session() as session:
        assert name_rep(session, call_id, user, "speaker_b").saved.next == "score"
    assert roles_of(database, call_id) == ["client", "rep"]
    with pytest.raises(CorrectionRefused), database.session() as session:
        name_rep(session, call_id, user, "speaker_a")


def test_confirming_makes_it_certain(database: Database) -> None:
    user, call = make_reviewer(database), make_scored(database)
    with database.session() as session:
        name_rep(session, call, user, "rep")
    with database.read() as session:
        layer = read_layer(session, call)
        assert layer is not None
        assert {turn.role_confidence for turn in layer.transcript.turns} == {1.0}
        assert not layer.swapped
    assert roles_of(database, call) == ["rep", "client"]


def test_a_source_learns_when_it_keeps_happening(database: Database) -> None:
    user = make_reviewer(database)
    calls = [make_scored(database) for _ in range(LEARN_CALLS)]
    told = [swap(database, call, user) for call in calls[:LEARN_SWAPS]]
    assert told[:-1] == [None] * (LEARN_SWAPS - 1)
    change = told[-1]
    with database.session() as session:
        assert latest_role_change(session, "pbx") == change
        assert change is not None
        assert (change.before, change.after, change.reason, change.by) == (0, 1, "learned", "Ines Keller")  # type: ignore[attr-defined]
        assert sorted(change.calls) == sorted(calls[:LEARN_SWAPS])  # type: ignore[attr-defined]
        later = make_call(session, source="pbx", legs=2)
        assert load_for_transcribe(session, later.id).channel_roles == ("client", "rep")
        actions = session.scalars(select(AuditEvent.action)).all()
        assert actions.count("source.rep_channel_learned") == 1
    assert roles_of(database, calls[-1]) == ["rep", "client"], "calls that are there keep their roles"


def test_what_was_learned_can_be_taken_back_and_is_not_learned_from_the_same_calls(database: Database) -> None:
    user = make_reviewer(database)
    calls = [make_scored(database) for _ in range(LEARN_SWAPS)]
    for call in calls:
        swap(database, call, user)
    with database.session() as session:
        change = undo_role_change(session, "pbx", user)
        assert change is not None
        assert (change.before, change.after, change.reason) == (1, 0, "undone")
        assert session.scalars(select(Source.rep_channel).where(Source.name == "pbx")).one() == 0
    with database.session() as session:
        assert undo_role_change(session, "pbx", user) is None
        with pytest.raises(UnknownSource):
            undo_role_change(session, "nowhere", user)
    extra = make_scored(database)
    assert swap(database, extra, user) is None, "only calls transcribed since count again"


def test_swaps_that_were_taken_back_teach_nothing(database: Database) -> None:
    user = make_reviewer(database)
    calls = [make_scored(database) for _ in range(LEARN_SWAPS)]
    for call in calls[:-1]:
        swap(database, call, user)
    swap(database, calls[0], user)
    assert swap(database, calls[-1], user) is None


def test_calls_on_one_channel_teach_nothing(database: Database) -> None:
    user = make_reviewer(database)
    for call in [make_scored(database, mono=True) for _ in range(LEARN_CALLS)]:
        assert swap(database, call, user) is None
    with database.read() as session:
        assert latest_role_change(session, "pbx") is None


def test_old_swaps_are_outweighed_by_newer_calls(database: Database) -> None:
    user = make_reviewer(database)
    old = [make_scored(database) for _ in range(LEARN_SWAPS)]
    for _ in range(LEARN_CALLS):
        make_scored(database)
    for call in old:
        assert swap(database, call, user) is None


def test_a_swap_against_the_settings_teaches_nothing(database: Database) -> None:
    """The machine had found the rep on the other channel by the words: the setting was right."""
    user = make_reviewer(database)
    calls = [make_scored(database) for _ in range(LEARN_SWAPS)]
    with database.session() as session:
        session.scalars(select(Source).where(Source.name == "pbx")).one().rep_channel = 1
    for call in calls:
        assert swap(database, call, user) is None
    with database.read() as session:
        assert session.scalars(select(Call.source)).first() == "pbx"
