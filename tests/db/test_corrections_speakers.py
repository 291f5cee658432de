"""Speaker corrections in the export of training pairs: who was heard, who it was, and where in the sound."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from review.db import Database
from review.queries.corrections import read_layer
from review.services.corrections import correct_turn, undo_turn
from review.services.corrections_export import corrected_calls, read_pairs
from review.services.roles import swap_roles
from tests.factories import make_call, make_user, store_score, store_words
from tests.web.scores import assessment_of


def scored(session: Session) -> tuple[int, int]:
    """A call of three turns and a reviewer."""
    user = make_user(session, "reviewer", name="Ines Keller")
    call = make_call(session)
    store_words(session, call, ("rep", "Good morning"), ("client", "Hello"), ("rep", "Four thousand in all"))
    store_score(session, call, assessment_of("rep", quote="Good morning"))
    return int(call.id), int(user.id)


def change(session: Session, call: int, user: int, place: int, **what: Any) -> None:
    """Correct the turn at a place."""
    layer = read_layer(session, call)
    assert layer is not None
    correct_turn(session, call, user, layer.items[place].key, **what)


def test_a_turn_given_to_somebody_else_is_a_pair(database: Database) -> None:
    with database.session() as session:
        call, user = scored(session)
        change(session, call, user, 1, speaker="rep_2")
    with database.read() as session:
        assert corrected_calls(session) == (call,)
        (pair,) = read_pairs(session, call)
    found = pair.to_json()
    assert (found["turn"], found["speaker_before"], found["speaker_after"]) == (1, "client", "rep_2")
    assert found["before"] == found["after"] == "Hello"
    assert found["start"] < found["end"]


def test_swapped_sides_are_no_pair_and_name_both_speakers_of_one(database: Database) -> None:
    with database.session() as session:
        call, user = scored(session)
        swap_roles(session, call, user)
    with database.read() as session:
        assert corrected_calls(session) == ()
    with database.session() as session:
        change(session, call, user, 0, speaker="rep")  # the client of now, who was the machine's rep
    with database.read() as session:
        (pair,) = read_pairs(session, call)
    assert (pair.turn, pair.speaker_before, pair.speaker_after) == (0, "client", "rep")


def test_a_speaker_given_back_is_no_pair_and_words_and_speaker_are_one(database: Database) -> None:
    with database.session() as session:
        call, user = scored(session)
        change(session, call, user, 1, speaker="system")
        change(session, call, user, 2, speaker="client", text="Forty thousand in all")
    with database.session() as session:
        layer = read_layer(session, call)
        assert layer is not None
        undo_turn(session, call, user, layer.items[1].key)
    with database.read() as session:
        (pair,) = read_pairs(session, call)
    assert (pair.before, pair.after) == ("Four thousand in all", "Forty thousand in all")
    assert (pair.speaker_before, pair.speaker_after, pair.reviewer_id) == ("rep", "client", user)
