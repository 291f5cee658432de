"""Private numbers that a correction brings to light are masked in the history of the turns they stand in, too."""

from __future__ import annotations

from sqlalchemy import select

from review.db import Database
from review.models import Correction
from review.queries.corrections import read_layer
from review.services.corrections import correct_turn, join_turn, undo_turn
from review.services.corrections_layer import Layer
from review.services.corrections_private import muted_by_hand
from tests.factories import make_call, make_user, store_words

TURNS = (
    ("rep", "And the card number please"),
    ("client", "Yes go on"),
    ("client", "Hello there"),
    ("rep", "Thank you"),
)


def prepared(database: Database, *turns: tuple[str, str]) -> tuple[int, int]:
    with database.session() as session:
        user, call = make_user(session, "reviewer"), make_call(session)
        store_words(session, call, *turns)
        return int(call.id), int(user.id)


def layer_of(database: Database, call: int) -> Layer:
    with database.read() as session:
        layer = read_layer(session, call)
    assert layer is not None
    return layer


def write(database: Database, case: tuple[int, int], place: int, text: str) -> None:
    key = layer_of(database, case[0]).items[place].key
    with database.session() as session:
        correct_turn(session, *case, key, text=text)


def history(database: Database, call: int) -> str:
    with database.read() as session:
        rows = session.scalars(select(Correction).where(Correction.call_id == call)).all()
        return str([(row.before, row.after) for row in rows])


def shown(layer: Layer) -> list[str]:
    return [item.turn.text for item in layer.items]


def test_the_half_a_person_wrote_first_is_masked_in_its_own_edits(database: Database) -> None:
    case = prepared(database, ("rep", "Good morning"), ("client", "Hm"), ("client", "Well"), ("rep", "Thank you"))
    write(database, case, 1, "it says 4242 4242")
    write(database, case, 1, "and it says 4242 4242")
    assert "4242" in history(database, case[0]), "half of a number says nothing by itself"
    write(database, case, 2, "my card number goes on 4242 4242")
    assert "4242" not in history(database, case[0])
    layer = layer_of(database, case[0])
    assert layer.lost == ()
    assert "4242" not in str(shown(layer) + [item.machine.text for item in layer.items])
    assert muted_by_hand(layer.edits), "the sound is silent there as well"


def test_the_half_the_machine_heard_is_masked_in_the_edit_that_hides_it(database: Database) -> None:
    case = prepared(database, ("rep", "Good morning"), ("client", "it says 4242 4242"), ("client", "Well"))
    write(database, case, 2, "my card number goes on 4242 4242")
    assert "4242" not in history(database, case[0])
    layer = layer_of(database, case[0])
    assert layer.lost == ()
    assert "4242" not in str(shown(layer) + [item.machine.text for item in layer.items])
    assert muted_by_hand(layer.edits)


def test_taking_back_what_hides_a_number_does_not_show_it(database: Database) -> None:
    case = prepared(database, ("rep", "Good morning"), ("client", "Hm"), ("client", "Well"))
    write(database, case, 1, "it says 4242 4242")
    write(database, case, 2, "my card number goes on 4242 4242")
    for _ in range(2):
        key = layer_of(database, case[0]).items[1].key
        with database.session() as session:
            undo_turn(session, *case, key)
        layer = layer_of(database, case[0])
        assert layer.lost == ()
        assert "4242" not in str(shown(layer)) + history(database, case[0])
    assert shown(layer)[1] == "Hm"


def test_a_number_that_joining_brings_to_light_leaves_no_half_behind(database: Database) -> None:
    case = prepared(database, ("rep", "Good morning"), ("client", "card 4242 4242"), ("client", "4242 4242"))
    keys = [item.key for item in layer_of(database, case[0]).items]
    with database.session() as session:
        join_turn(session, *case, keys[1], keys[2])
    layer = layer_of(database, case[0])
    assert layer.lost == ()
    assert "4242" not in str(shown(layer))
    assert "4242 4242" not in history(database, case[0])
