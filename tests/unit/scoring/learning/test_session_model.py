"""Sessions told apart by the mix of what their turns do; turn models never see the session they describe."""

from __future__ import annotations

from scoring.learning.measures import auc
from scoring.learning.session_model import (
    MIX,
    Facet,
    LabelledTurn,
    held_out_views,
    talk_share,
    train_judges,
    train_session_model,
    view_session,
)

FACETS = (Facet("behaviour", "rep"), Facet("lean", "client"))
ASK = ["What matters to you?", "How was that for you?", "What would you change?"]
TELL = ["You must stop now.", "You have to do this.", "I tell you it is bad."]


def session(number: int, *, good: bool) -> list[LabelledTurn]:
    turns = []
    for n in range(4):
        asks = good != (n == number % 4)  # one turn of the other kind in each, so that the mix decides
        text = (ASK if asks else TELL)[(number + n) % 3]
        turns.append(LabelledTurn("rep", text, {"behaviour": "question" if asks else "advice"}))
        said = "I want to change that." if good else "I do not want to."
        turns.append(LabelledTurn("client", said, {"lean": "towards" if good else "away"}))
    return turns


SESSIONS = [session(n, good=n % 2 == 0) for n in range(24)]
GOOD = [n % 2 == 0 for n in range(24)]


def test_good_sessions_score_higher_than_bad_ones_not_seen() -> None:
    model = train_session_model(SESSIONS[:16], GOOD[:16], FACETS)
    assert auc(GOOD[16:], [model.score(s) for s in SESSIONS[16:]]) > 0.95


def test_the_same_sessions_give_the_same_scores() -> None:
    one = train_session_model(SESSIONS, GOOD, FACETS)
    other = train_session_model(SESSIONS, GOOD, FACETS)
    assert [one.score(s) for s in SESSIONS] == [other.score(s) for s in SESSIONS]


def test_the_mix_is_of_each_facet_and_the_talk() -> None:
    view = view_session(SESSIONS[0], train_judges(SESSIONS, FACETS))
    mix = view.blocks[MIX]
    assert set(mix) == {
        "behaviour advice",
        "behaviour question",
        "lean away",
        "lean towards",
        "rep talks",
    }
    assert mix["behaviour question"] > mix["behaviour advice"]
    assert all(-1 <= value <= 1 for value in mix.values())


def test_training_views_come_from_models_that_did_not_see_the_session() -> None:
    """A session with words nobody else says looks the same whatever its labels are."""
    odd = [LabelledTurn("rep", "Zebra zebra.", {"behaviour": "question"})]
    swapped = [LabelledTurn("rep", "Zebra zebra.", {"behaviour": "advice"})]
    one = held_out_views([odd, *SESSIONS], [True, *GOOD], FACETS)[0]
    other = held_out_views([swapped, *SESSIONS], [True, *GOOD], FACETS)[0]
    assert one == other


def test_a_facet_of_one_class_and_an_empty_session_are_left_out() -> None:
    only = [[LabelledTurn("rep", "Hello.", {"behaviour": "question"})]]
    assert train_judges(only, FACETS) == ()
    assert talk_share([]) is None
    assert view_session([], train_judges(SESSIONS, FACETS)).blocks[MIX] == {}
