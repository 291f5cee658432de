"""What a model of questions sees of a turn, and that it learns people's habit from synthetic turns."""

from __future__ import annotations

import pytest

from scoring.learning.call_model import train_call_model
from scoring.learning.question_view import OPEN, PRESENT, TURN, AskedTurn, rules_ask, view_open, view_question
from scoring.packs import Pack, load_pack

THINGS = ["coffee", "paper", "insurance", "water", "windows", "tyres", "flowers", "software"]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("en")


@pytest.mark.parametrize(
    ("text", "punctuated", "kind"),
    [
        ("What do you use?", True, "kind: order, last"),
        ("What do you use? I ask because it matters.", True, "kind: order, earlier"),
        ("So you use bottles?", True, "kind: statement, last"),
        ("Yes?", True, "kind: tag"),
        ("I was wondering if you use bottles.", True, "kind: found without a mark"),
        ("We use bottles.", True, "kind: none"),
        ("so what do you use", False, "kind: found without a mark"),
        ("so you use bottles", False, "kind: none"),
    ],
)
def test_the_kind_of_asking_is_seen(pack: Pack, text: str, punctuated: bool, kind: str) -> None:
    features = view_question(AskedTurn(text), pack, punctuated=punctuated).blocks[TURN]
    assert [name for name in features if name.startswith("kind:")] == [kind]


def test_an_empty_turn_has_no_features(pack: Pack) -> None:
    assert view_question(AskedTurn("", "Hello.", "Bye."), pack, punctuated=True).blocks[TURN] == {}
    assert view_open(AskedTurn(" "), pack, punctuated=True).blocks[TURN] == {}
    assert rules_ask(AskedTurn(""), pack, punctuated=True) == (False, False)


def test_subject_matter_is_left_out_of_shapes(pack: Pack) -> None:
    one, other = (
        set(view_question(AskedTurn(f"Do you like {thing}?"), pack, punctuated=True).blocks[TURN])
        for thing in ("coffee", "paper")
    )
    shapes = ("shape:", "marked:", "end shape:")
    assert {n for n in one if n.startswith(shapes)} == {n for n in other if n.startswith(shapes)}
    assert one != other


def test_a_habit_is_learned(pack: Pack) -> None:
    """People here take "so you ...?" answered by yes or no for a question, and "sounds like ...?" for none."""
    turns, labels = [], []
    for thing in THINGS:
        turns += [
            AskedTurn(f"So you buy {thing}?", after="Yes."),
            AskedTurn(f"Sounds like {thing} is a lot of work?", after="Mm, I never know where to begin."),
            AskedTurn(f"We sell {thing}.", after="I see."),
        ]
        labels += [True, False, False]
    views = [view_question(turn, pack, punctuated=True) for turn in turns]
    model = train_call_model(views, labels, PRESENT, calibrate=False)
    yes = view_question(AskedTurn("So you buy shoes?", after="Yes."), pack, punctuated=True)
    no = view_question(AskedTurn("Sounds like shoes is a lot?", after="Mm, I never know."), pack, punctuated=True)
    assert model.score(yes) > model.score(no)
    assert model.explain(yes)


def test_open_and_closed_questions_are_learned_beside_the_rule(pack: Pack) -> None:
    turns = [AskedTurn(f"What do you think of {thing}?", after="Well, a lot of things.") for thing in THINGS]
    turns += [AskedTurn(f"Do you have {thing}?", after="No.") for thing in THINGS]
    labels = [True] * len(THINGS) + [False] * len(THINGS)
    model = train_call_model([view_open(t, pack, punctuated=True) for t in turns], labels, OPEN, calibrate=False)
    assert model.probability(view_open(AskedTurn("How do you see it?"), pack, punctuated=True)) > 0.5
    assert model.probability(view_open(AskedTurn("Do you see it?"), pack, punctuated=True)) < 0.5
