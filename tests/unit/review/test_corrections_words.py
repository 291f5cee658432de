"""The words of a turn under a person's hand: nothing is lost, what was left alone keeps its time and confidence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from review.services.corrections_words import (
    BY_HAND,
    changed_spans,
    join,
    join_texts,
    opcodes,
    read_tokens,
    retime,
    rewrite,
    said,
    same_place,
    split,
    word_spans,
)
from transcription.transcript import Turn, Word

LETTERS = st.text(alphabet="abcdеё好的가.,'-", min_size=1, max_size=6)
TEXTS = st.lists(LETTERS, min_size=1, max_size=12).map(" ".join)


def turn_of(text: str, *, start: float = 10.0) -> Turn:
    """A turn whose words last half a second each, all of them heard with confidence 0.4."""
    words = tuple(Word(w, start + n * 0.5, start + n * 0.5 + 0.4, 0.4) for n, w in enumerate(text.split()))
    return Turn("client", text, start, start + 0.5 * len(words), 0.9, 1, words)


@given(TEXTS)
def test_writing_the_same_words_changes_nothing(text: str) -> None:
    turn = turn_of(text)
    assert rewrite(turn, text) == turn
    assert changed_spans(text, text) == ()


@given(TEXTS, TEXTS)
def test_the_new_text_is_all_there_in_order_and_in_time(old: str, new: str) -> None:
    turn = turn_of(old)
    made = rewrite(turn, new)
    assert made.text == new
    assert "".join(word.text for word in made.words).replace(" ", "") == new.replace(" ", "")
    assert all(word in turn.words or word.confidence == BY_HAND for word in made.words)
    times = [at for word in made.words for at in (word.start, word.end)]
    assert all(at is not None and 10.0 <= at <= turn.end for at in times)
    starts = [word.start for word in made.words]
    assert starts == sorted(starts)


def test_only_what_was_written_by_hand_is_certain() -> None:
    made = rewrite(turn_of("we open on the tent of january"), "we open on the tenth of january")
    assert [(w.text, w.confidence) for w in made.words if w.confidence == BY_HAND] == [("tenth", BY_HAND)]
    (tenth,) = [w for w in made.words if w.text == "tenth"]
    assert (tenth.start, tenth.end) == (12.0, 12.4), "it has the time of the word it replaces"
    assert changed_spans("we open on the tent", "we open on the tenth") == ((15, 20),)


def test_scripts_without_spaces_change_sign_by_sign() -> None:
    words = (Word("你好", 0.0, 1.0, 0.9), Word("我是", 1.0, 2.0, 0.9), Word("王经理", 2.0, 4.0, 0.3))
    made = rewrite(Turn("rep", "你好我是王经理", 0.0, 4.0, words=words), "你好我是黄经理")
    assert [w.text for w in made.words] == ["你好", "我是", "黄", "经", "理"]
    assert made.words[:2] == words[:2]


def test_a_turn_without_a_word_list_gets_none() -> None:
    assert rewrite(Turn("rep", "good morning"), "good evening") == Turn("rep", "good evening")


@given(TEXTS, st.data())
def test_split_and_join_lose_no_word(text: str, data: st.DataObject) -> None:
    turn = turn_of(text)
    places = [token.start for token in read_tokens(text)][1:]
    if not places:
        return
    at = data.draw(st.sampled_from(places))
    first, second = split(turn, at)
    assert first.text
    assert second.text
    assert first.words + second.words == turn.words
    assert (first.start, second.end) == (turn.start, turn.end)
    assert None not in (first.end, second.start)
    whole = join(first, second)
    assert said(whole.text) == said(text)
    assert (whole.words, whole.start, whole.end) == (turn.words, turn.start, turn.end)


@given(TEXTS, st.floats(0.0, 50.0), st.floats(0.1, 30.0))
def test_a_moved_turn_keeps_its_words_inside_and_in_order(text: str, start: float, length: float) -> None:
    made = retime(turn_of(text), start, start + length)
    assert [w.text for w in made.words] == text.split()
    times = [at for w in made.words for at in (w.start, w.end) if at is not None]
    assert all(start - 0.006 <= at <= start + length + 0.006 for at in times)
    assert times == sorted(times)


def test_a_place_in_rewritten_text_is_found_in_the_machines() -> None:
    old, new = "good mourning this is anna", "good morning to you this is anna"
    assert old[same_place(old, new, new.index("this")) :] == "this is anna"
    assert same_place(old, new, len(new)) == len(old)
    assert same_place(old, old, 5) == 5


def test_joined_texts_have_a_space_where_their_script_has_one() -> None:
    assert join_texts("good ", " morning") == "good morning"
    assert join_texts("你好。", "我是") == "你好。我是"


def test_a_word_that_is_not_in_the_text_stands_empty() -> None:
    turn = Turn("rep", "good morning", words=(Word("good"), Word("evening"), Word("morning")))
    assert word_spans(turn) == [(0, 4), (4, 4), (5, 12)]


def test_a_word_said_thousands_of_times_is_compared_at_once() -> None:
    turn = turn_of("yes " * 5000 + "well " + "yes " * 4000)
    made = rewrite(turn, turn.text.replace("well", "so then"))
    assert [word.text for word in made.words[4999:5003]] == ["yes", "so", "then", "yes"]
    assert (made.words[4999], made.words[5002]) == (turn.words[4999], turn.words[5001])
    assert len(rewrite(turn, "no " + "yes yes no " * 3000).words) == 9001


@given(TEXTS, TEXTS)
def test_what_an_edit_did_leads_from_the_old_text_to_the_new(old: str, new: str) -> None:
    before, after = ([token.text for token in read_tokens(text)] for text in (old, new))
    at = 0
    made: list[str] = []
    for tag, i1, i2, j1, j2 in opcodes(old, new):
        assert i1 == at, "nothing is left out"
        assert tag != "equal" or before[i1:i2] == after[j1:j2]
        made += after[j1:j2]
        at = i2
    assert (at, made) == (len(before), after)
