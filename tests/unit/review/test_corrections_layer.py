"""The layer of corrections: laid exactly over its own transcript, fitted to a new one, never lost."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from review.services.corrections_layer import Layer, lay, undoing
from review.services.corrections_types import Edit, Heard, map_roles, speaker_of, with_speaker
from review.services.corrections_words import join, retime, rewrite, split
from tests.factories import make_transcript
from transcription.transcript import Redaction, Transcript, Turn

MACHINE = make_transcript(
    ("rep", "good mourning this is anna"),
    ("client", "hello anna what is the prize"),
    ("rep", "four thousand for the tent of january"),
    ("client", "that is too much"),
)
SWAP = {"rep": "client", "client": "rep"}
OLD, NEW = 1, 2  # ids of transcripts
_ids = itertools.count(1)


def edit_of(layer: Layer, kind: str, turn: int, after: Sequence[Turn], **more: object) -> Edit:
    """An edit made on what the layer shows."""
    count = 2 if kind == "join" else 1
    before = tuple(item.turn for item in layer.items[turn : turn + count])
    return Edit(
        id=next(_ids),
        transcript_id=layer.transcript_id,
        kind=kind,  # type: ignore[arg-type]
        turn=turn,
        before=before,
        after=tuple(after),
        **more,  # type: ignore[arg-type]
    )


def words(layer: Layer, turn: int, text: str) -> Edit:
    return edit_of(layer, "words", turn, [rewrite(layer.items[turn].turn, text)])


def undo(layer: Layer, turn: int) -> Edit:
    way = undoing(layer, turn)
    assert way is not None
    first, now, then, undone = way
    return Edit(
        id=next(_ids),
        transcript_id=layer.transcript_id,
        kind="undo",
        turn=first,
        before=now,
        after=then,
        undoes=undone,
    )


def roles(layer: Layer, mapping: dict[str, str]) -> Edit:
    heard = tuple(
        Heard(turn.start or 0.0, turn.end or 0.0, map_roles(turn, mapping).role) for turn in layer.transcript.turns
    )
    return Edit(id=next(_ids), transcript_id=layer.transcript_id, kind="roles", roles=mapping, heard=heard)


def texts(layer: Layer) -> list[str]:
    return [turn.text for turn in layer.transcript.turns]


def grow(transcript: Transcript, transcript_id: int, makers: Sequence[object]) -> list[Edit]:
    """Edits made one after the other, each on what the ones before it left."""
    edits: list[Edit] = []
    for make in makers:
        edits.append(make(lay(transcript, transcript_id, edits)))  # type: ignore[operator]
    return edits


def test_without_edits_the_machines_transcript_is_shown() -> None:
    layer = lay(MACHINE, OLD, ())
    assert layer.transcript == MACHINE
    assert [item.origin for item in layer.items] == [0, 1, 2, 3]
    assert (layer.swapped, layer.decisions) == (False, 0)


ACTS = st.sampled_from(["words", "speaker", "time", "split", "join", "swap", "undo"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ACTS, st.integers(0, 9)), max_size=12))
def test_any_line_of_edits_can_be_laid_again_and_taken_back(acts: list[tuple[str, int]]) -> None:
    edits: list[Edit] = []
    for act, number in acts:
        layer = lay(MACHINE, OLD, edits)
        place = number % len(layer.items)
        turn = layer.items[place].turn
        if act == "words":
            edits.append(words(layer, place, f"{turn.text} and {number}"))
        elif act == "speaker":
            who = ("rep", "client", "rep_2", "system", "unknown")[number % 5]
            edits.append(edit_of(layer, "speaker", place, [with_speaker(turn, who)]))
        elif act == "time" and turn.start is not None and turn.end is not None:
            edits.append(edit_of(layer, "time", place, [retime(turn, turn.start, turn.end + 0.5)]))
        elif act == "split" and " " in turn.text:
            edits.append(edit_of(layer, "split", place, split(turn, turn.text.index(" ") + 1)))
        elif act == "join" and place + 1 < len(layer.items):
            edits.append(edit_of(layer, "join", place, [join(turn, layer.items[place + 1].turn)]))
        elif act == "swap":
            edits.append(roles(layer, SWAP))
        elif act == "undo" and undoing(layer, place):
            edits.append(undo(layer, place))
    layer = lay(MACHINE, OLD, edits)
    assert layer.lost == ()
    assert layer == lay(MACHINE, OLD, edits), "the same in, the same out"
    assert len({item.key for item in layer.items}) == len(layer.items)
    assert Transcript.from_json(layer.transcript.to_json()).turns == layer.transcript.turns
    # Everything that touches turns can be taken back, until only the decisions on who is who are left.
    for _ in range(100):
        place = next((n for n in range(len(layer.items)) if undoing(layer, n)), None)
        if place is None:
            break
        edits.append(undo(layer, place))
        layer = lay(MACHINE, OLD, edits)
    assert texts(layer) == [turn.text for turn in MACHINE.turns]
    expected = [map_roles(turn, SWAP) if layer.swapped else turn for turn in MACHINE.turns]
    assert [turn.role for turn in layer.transcript.turns] == [turn.role for turn in expected]


def test_an_edit_of_something_else_is_listed_and_changes_nothing() -> None:
    layer = lay(MACHINE, OLD, ())
    strange = replace(words(layer, 0, "good morning"), before=(Turn("rep", "something else"),))
    after = lay(MACHINE, OLD, [strange])
    assert (after.lost, after.transcript) == ((strange.id,), MACHINE)


def test_the_key_of_a_turn_tells_whether_somebody_changed_it() -> None:
    before = lay(MACHINE, OLD, ())
    edits = grow(MACHINE, OLD, [lambda layer: words(layer, 1, "hello anna what is the price")])
    after = lay(MACHINE, OLD, edits)
    assert after.find(before.items[1].key) is None
    assert [item.turn.text for item in after.successors(before.items[1].key)] == ["hello anna what is the price"]
    assert after.find(before.items[2].key) == 2
    back = lay(MACHINE, OLD, [*edits, undo(after, 1)])
    assert back.find(before.items[1].key) == 1, "what was taken back is the turn that had been read"


def test_a_part_changed_later_must_be_taken_back_first() -> None:
    edits = grow(
        MACHINE,
        OLD,
        [
            lambda layer: edit_of(layer, "split", 0, split(layer.items[0].turn, 14)),
            lambda layer: words(layer, 1, "this is Anna"),
        ],
    )
    layer = lay(MACHINE, OLD, edits)
    assert undoing(layer, 0) is None
    assert undoing(layer, 1) is not None


def test_what_the_machine_had_follows_splits_and_joins() -> None:
    edits = grow(
        MACHINE,
        OLD,
        [
            lambda layer: words(layer, 0, "good morning this is Anna"),
            lambda layer: edit_of(layer, "split", 0, split(layer.items[0].turn, 13)),
        ],
    )
    layer = lay(MACHINE, OLD, edits)
    assert [item.machine.text for item in layer.items[:2]] == ["good mourning", "this is anna"]
    edits += [edit_of(layer, "join", 0, [join(layer.items[0].turn, layer.items[1].turn)])]
    assert lay(MACHINE, OLD, edits).items[0].machine.text == "good mourning this is anna"


def test_a_second_rep_is_named_and_the_first_one_too() -> None:
    edits = grow(
        MACHINE, OLD, [lambda layer: edit_of(layer, "speaker", 2, [with_speaker(layer.items[2].turn, "rep_2")])]
    )
    turns = lay(MACHINE, OLD, edits).transcript.turns
    assert [turn.speaker for turn in turns] == ["rep", None, "rep_2", None]
    assert speaker_of(turns[2]) == "rep_2"
    unknown = with_speaker(MACHINE.turns[0], "unknown")
    assert (unknown.role, unknown.role_confidence, speaker_of(unknown)) == ("speaker_a", 0.0, "unknown")


def test_masks_follow_their_turns() -> None:
    hidden = make_transcript(("rep", "hello there"), ("client", "my card is [card] yes"))
    hidden = replace(hidden, redactions=(Redaction("card", 1, 4.2, 4.6),))
    edits = grow(hidden, OLD, [lambda layer: edit_of(layer, "split", 0, split(layer.items[0].turn, 6))])
    assert lay(hidden, OLD, edits).transcript.redactions == (Redaction("card", 2, 4.2, 4.6),)
    edits += [words(lay(hidden, OLD, edits), 2, "my own card is [card] yes")]
    (redaction,) = lay(hidden, OLD, edits).transcript.redactions
    assert (redaction.kind, redaction.turn) == ("card", 2)


def test_the_mean_confidence_follows_the_words() -> None:
    machine = replace(MACHINE, quality=replace(MACHINE.quality, word_confidence=0.95))
    edits = grow(machine, OLD, [lambda layer: words(layer, 3, "no no no no no")])
    assert (lay(machine, OLD, edits).transcript.quality.word_confidence or 0) > 0.95


# A new transcript of the same call.


def again(*turns: tuple[str, str]) -> Transcript:
    return make_transcript(*turns, engine="whisper", model="large")


def test_words_are_put_right_again_where_they_are_still_wrong() -> None:
    edits = grow(MACHINE, OLD, [lambda layer: words(layer, 2, "four thousand for the tenth of january")])
    newer = again(
        ("rep", "Good morning, this is Anna."),
        ("client", "Hello Anna, what is the price?"),
        ("rep", "four thousand for the tent of January please"),
        ("client", "That is too much."),
    )
    layer = lay(newer, NEW, edits)
    assert layer.lost == ()
    assert texts(layer)[2] == "four thousand for the tenth of January please"
    assert [w.confidence for w in layer.transcript.turns[2].words if w.text == "tenth"] == [1.0]


def test_what_the_new_engine_hears_rightly_needs_no_edit() -> None:
    edits = grow(MACHINE, OLD, [lambda layer: words(layer, 0, "good morning this is anna")])
    newer = again(("rep", "Good morning this is Anna and others"), *[(t.role, t.text) for t in MACHINE.turns[1:]])
    layer = lay(newer, NEW, edits)
    assert layer.lost == ()
    assert texts(layer)[0] == "Good morning this is Anna and others"


def test_an_edit_whose_words_are_gone_is_listed_not_lost() -> None:
    edits = grow(MACHINE, OLD, [lambda layer: words(layer, 2, "four thousand for the tenth of january")])
    newer = again(("rep", "something quite different"), ("client", "and more of it"))
    layer = lay(newer, NEW, edits)
    assert layer.lost == (edits[0].id,)
    assert layer.transcript.turns == newer.turns
    assert layer.edits == tuple(edits)


def test_speaker_time_split_and_join_fit_where_the_same_was_said() -> None:
    edits = grow(
        MACHINE,
        OLD,
        [
            lambda layer: edit_of(layer, "speaker", 3, [with_speaker(layer.items[3].turn, "rep_2")]),
            lambda layer: edit_of(layer, "time", 3, [retime(layer.items[3].turn, 9.5, 11.0)]),
            lambda layer: edit_of(layer, "split", 1, split(layer.items[1].turn, 11)),
        ],
    )
    newer = replace(MACHINE, model="large", turns=tuple(replace(t, text=t.text.capitalize()) for t in MACHINE.turns))
    layer = lay(newer, NEW, edits)
    assert layer.lost == ()
    assert texts(layer)[1:3] == ["Hello anna", "what is the prize"]
    last = layer.transcript.turns[-1]
    assert (speaker_of(last), last.start, last.end) == ("rep_2", 9.5, 11.0)
    joined = grow(newer, NEW, [lambda old: edit_of(old, "join", 0, [join(old.items[0].turn, old.items[1].turn)])])
    assert len(lay(MACHINE, OLD, joined).items) == 3


def test_edits_taken_back_before_need_no_place_in_a_new_transcript() -> None:
    edits = grow(MACHINE, OLD, [lambda layer: words(layer, 0, "quite another thing"), lambda layer: undo(layer, 0)])
    layer = lay(again(("rep", "nothing of it")), NEW, edits)
    assert (layer.lost, texts(layer)) == ((), ["nothing of it"])


def test_who_is_who_is_kept_by_who_was_heard_when() -> None:
    edits = grow(MACHINE, OLD, [lambda layer: roles(layer, SWAP)])
    same = lay(replace(MACHINE, model="large"), NEW, edits)
    assert [turn.role for turn in same.transcript.turns] == ["client", "rep", "client", "rep"]
    assert same.swapped
    right = replace(MACHINE, turns=tuple(map_roles(turn, SWAP) for turn in MACHINE.turns))
    kept = lay(right, NEW, edits)
    assert [turn.role for turn in kept.transcript.turns] == ["client", "rep", "client", "rep"]
    assert not kept.swapped, "the new transcript had it right by itself"
    unnamed = {"rep": "speaker_b", "client": "speaker_a"}
    mono = replace(MACHINE, turns=tuple(map_roles(turn, unnamed) for turn in MACHINE.turns))
    assert [turn.role for turn in lay(mono, NEW, edits).transcript.turns] == ["client", "rep", "client", "rep"]


def test_later_edits_stand_on_the_fitted_ones() -> None:
    edits = grow(MACHINE, OLD, [lambda layer: edit_of(layer, "split", 1, split(layer.items[1].turn, 11))])
    newer = replace(MACHINE, model="large")
    edits.append(words(lay(newer, NEW, edits), 2, "what is the price"))
    layer = lay(newer, NEW, edits)
    assert (layer.lost, texts(layer)[1:3]) == ((), ["hello anna", "what is the price"])
    edits.append(undo(layer, 2))
    layer = lay(newer, NEW, edits)
    edits.append(undo(layer, 2))
    assert texts(lay(newer, NEW, edits)) == [turn.text for turn in newer.turns]
