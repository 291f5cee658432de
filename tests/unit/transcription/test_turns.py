"""From words on channels to turns: order, cuts, roles, and text nobody said."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.channels import name_voices
from transcription.cleanup import clean_utterances
from transcription.errors import WrongChannels
from transcription.speech import Span, Utterance
from transcription.transcript import Turn, Word
from transcription.turns import TURN_GAP, Voice, join_words, merge_channels
from transcription.vad import VadOptions, spans_of

FINE = ["so", "the", "price", "is", "fine"]
REP, CLIENT = Voice("rep", 0.9, 0), Voice("client", 0.9, 1)


def spoken(*words: tuple[str, float, float]) -> list[Utterance]:
    said = tuple(Word(text, start, end, 0.9) for text, start, end in words)
    return [Utterance(Span(said[0].start or 0, said[-1].end or 0), said)] if said else []


def brief(turns: tuple[Turn, ...]) -> list[tuple[str, str, float | None, float | None]]:
    return [(turn.role, turn.text, turn.start, turn.end) for turn in turns]


def test_an_utterance_is_cut_where_the_other_side_answers() -> None:
    rep = spoken(("how", 0, 0.2), ("are", 0.2, 0.4), ("you", 0.4, 0.6), ("great", 2.0, 2.3))
    client = spoken(("fine", 1.0, 1.4))
    assert brief(merge_channels([rep, client], [REP, CLIENT], "en")) == [
        ("rep", "how are you", 0, 0.6),
        ("client", "fine", 1.0, 1.4),
        ("rep", "great", 2.0, 2.3),
    ]


def test_a_word_said_over_the_other_keeps_its_time() -> None:
    rep = spoken(*((f"w{n}", n * 0.5, n * 0.5 + 0.5) for n in range(6)))
    client = spoken(("yes", 1.1, 1.3))
    turns = merge_channels([rep, client], [REP, CLIENT], "en")
    assert brief(turns) == [("rep", "w0 w1 w2 w3 w4 w5", 0, 3.0), ("client", "yes", 1.1, 1.3)]


def test_long_silence_ends_a_turn_and_short_pauses_do_not() -> None:
    rep = spoken(("one", 0, 1), ("two", 2, 3), ("three", 5.5, 6))
    assert [t[1] for t in brief(merge_channels([rep, []], [REP, CLIENT], "en"))] == ["one two", "three"]


def test_turns_are_in_time_order_whatever_the_words() -> None:
    rng = np.random.default_rng(1)
    channels = []
    for _ in range(2):
        starts = np.sort(rng.uniform(0, 200, 80))
        channels.append(spoken(*((f"w{n}", float(s), float(s) + 0.3) for n, s in enumerate(starts))))
    turns = merge_channels(channels, [REP, CLIENT], "en")
    starts = [turn.start or 0.0 for turn in turns]
    assert starts == sorted(starts)
    assert sum(len(turn.words) for turn in turns) == 160


said_words = st.lists(
    st.tuples(
        st.floats(0, 90, allow_nan=False), st.floats(0, 1.5, allow_nan=False), st.sampled_from([None, 0.4, 0.95])
    ),
    max_size=30,
)


@given(st.lists(said_words, min_size=1, max_size=3))
def test_no_word_is_lost_or_doubled_and_turns_are_in_order_of_time(
    channels: list[list[tuple[float, float, float | None]]],
) -> None:
    """Every word is in one turn of its own channel, in its channel's order; turns begin one after another."""
    spoken_channels = []
    for number, timed in enumerate(channels):
        words = [
            Word(f"c{number}w{n}", round(start, 3), round(start + length, 3), 0.9)
            for n, (start, length, _) in enumerate(sorted(timed, key=lambda item: item[0]))
        ]
        facts = [{} if sure is None else {"speaker_confidence": sure} for *_, sure in timed]
        spoken_channels.append([Utterance(Span(0, 92), (w,), f) for w, f in zip(words, facts, strict=True)])
    voices = [Voice("rep", 0.9, 0), Voice("client", 0.9, 1), Voice("rep", 0.8, 2, "rep_2")][: len(channels)]
    turns = merge_channels(spoken_channels, voices, "en")
    for number, utterances in enumerate(spoken_channels):
        said = [w for turn in turns if turn.channel == number for w in turn.words]
        assert said == [w for u in utterances for w in u.words]
    assert sum(len(turn.words) for turn in turns) == sum(map(len, spoken_channels))
    starts = [turn.start or 0.0 for turn in turns]
    assert starts == sorted(starts)
    for turn in turns:
        assert turn.text == " ".join(w.text for w in turn.words)
        assert turn.start == min(w.start or 0.0 for w in turn.words)
        assert turn.end == max(w.end or 0.0 for w in turn.words)
        assert turn.role_confidence is not None
        assert 0 < turn.role_confidence <= 0.9
    for before, after in pairwise(turns):
        same = (before.channel, before.speaker) == (after.channel, after.speaker)
        assert not same or (after.start or 0.0) - (before.end or 0.0) > TURN_GAP


def test_a_turns_confidence_is_the_mean_of_its_parts_by_length() -> None:
    parts = [
        Utterance(Span(0, 3), (Word("long", 0, 3, 0.9),), {"speaker_confidence": 1.0}),
        Utterance(Span(3.5, 4.5), (Word("short", 3.5, 4.5, 0.9),), {"speaker_confidence": 0.5}),
    ]
    (turn,) = merge_channels([parts], [Voice("rep", 0.8, 0)], "en")
    assert turn.role_confidence == pytest.approx(0.8 * (3 * 1.0 + 1 * 0.5) / 4)
    (plain,) = merge_channels([spoken(("one", 0, 1), ("two", 2, 3))], [Voice("rep", 0.8, 0)], "en")
    assert plain.role_confidence == 0.8
    (unknown,) = merge_channels([spoken(("one", 0, 1))], [Voice("rep", None, 0)], "en")
    assert unknown.role_confidence is None


def test_two_reps_on_one_channel_have_turns_of_their_own() -> None:
    first, second = spoken(("hello", 0, 1)), spoken(("sales", 1.5, 2))
    turns = merge_channels([first, second], [Voice("rep", 0.9, 0, "rep"), Voice("rep", 0.9, 0, "rep_2")], "en")
    assert [(t.text, t.speaker) for t in turns] == [("hello", "rep"), ("sales", "rep_2")]


def test_a_turn_in_another_language_is_a_turn_of_its_own() -> None:
    english = spoken(("price", 0, 1))[0]
    chinese = Utterance(Span(1.2, 2), (Word("价格", 1.2, 1.6, 0.9), Word("多少", 1.6, 2, 0.9)), {"language": "zh"})
    same = Utterance(Span(2.2, 3), (Word("okay", 2.2, 3, 0.9),), {"language": "en"})
    turns = merge_channels([[english, chinese, same]], [REP], "en-US")
    assert [(t.text, t.language) for t in turns] == [("price", None), ("价格多少", "zh"), ("okay", None)]


def test_chinese_is_written_without_spaces_and_english_names_with_them() -> None:
    assert join_words(["我们", "用", "iPhone", "Pro", "吗", "？"], "zh-CN") == "我们用iPhone Pro吗？"
    assert join_words(["价格", "太", "高"], "en") == "价格 太 高"


def test_two_channels_are_rep_and_client_unless_told_otherwise() -> None:
    assert [v.role for v in name_voices(2)] == ["rep", "client"]
    assert [v.role for v in name_voices(2, ("client", "rep"))] == ["client", "rep"]
    assert [v.role for v in name_voices(2, ("caller", "callee"), "inbound")] == ["client", "rep"]
    assert [v.role for v in name_voices(2, ("caller", "callee"), "outbound")] == ["rep", "client"]


def test_one_channel_does_not_claim_to_know_who_speaks() -> None:
    for roles in (None, ("rep", "client")):
        (voice,) = name_voices(1, roles)
        assert (voice.role, voice.confidence) == ("speaker_a", 0.0)
    assert name_voices(1, ("client",))[0].role == "client"


@pytest.mark.parametrize(("count", "roles"), [(2, ("rep",)), (3, ("rep", "client")), (2, ("a", "b"))])
def test_roles_that_do_not_fit_are_refused(count: int, roles: tuple[str, ...]) -> None:
    with pytest.raises(WrongChannels):
        name_voices(count, roles)
    with pytest.raises(WrongChannels):
        name_voices(2, ("caller", "callee"), None)


def test_words_where_nobody_speaks_are_removed_and_recorded() -> None:
    said = spoken(("hello", 1.0, 1.4), ("thanks", 9.0, 9.5), ("for", 9.5, 9.7), ("watching", 9.7, 10.2))
    kept, removed = clean_utterances(said, [Span(0.8, 1.6)], "en")
    assert [w.text for u in kept for w in u.words] == ["hello"]
    assert [(r.text, r.reason, r.start, r.end) for r in removed] == [
        ("thanks for watching", "outside_speech", 9.0, 10.2)
    ]


def test_a_loop_is_cut_to_its_first_round_and_emphasis_is_not() -> None:
    phrase = [(w, n * 0.1, n * 0.1 + 0.1) for n, w in enumerate(FINE * 12)]
    kept, removed = clean_utterances(spoken(*phrase), [Span(0, 7)], "en")
    assert [w.text for u in kept for w in u.words] == FINE
    assert removed[0].reason == "loop"
    assert len(removed[0].text.split()) == 55
    no = spoken(*((w, n * 0.2, n * 0.2 + 0.2) for n, w in enumerate(["No,", "no,", "no,", "no."])))
    assert clean_utterances(no, [Span(0, 1)], "en") == (tuple(no), ())


def test_whispers_own_doubt_about_speech_is_heeded() -> None:
    (utterance,) = spoken(("you", 1.0, 1.4))
    doubted = Utterance(utterance.span, utterance.words, {"no_speech_prob": 0.9, "avg_logprob": -1.5})
    kept, removed = clean_utterances([doubted], [Span(0, 2)], "en")
    assert (kept, [r.reason for r in removed]) == ((), ["no_speech"])


def probabilities(*parts: tuple[float, float]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.concatenate([np.full(round(seconds / 0.032), p, dtype=np.float32) for p, seconds in parts])


def test_speech_spans_join_short_pauses_and_drop_clicks() -> None:
    track = probabilities((0, 1), (0.9, 1), (0.1, 0.2), (0.9, 1), (0, 2), (0.9, 0.1), (0, 1))
    spans = spans_of(track, 6.3, VadOptions())
    assert len(spans) == 1
    assert spans[0].start == pytest.approx(0.8, abs=0.05)
    assert spans[0].end == pytest.approx(3.4, abs=0.08)


def test_long_speech_is_cut_where_it_is_least_likely() -> None:
    track = probabilities((0.9, 15), (0.6, 0.1), (0.9, 14))
    spans = spans_of(track, 29.1, VadOptions(longest=20.0))
    assert [round(s.end) for s in spans] == [15, 29]
    assert all(b.start >= a.end for a, b in pairwise(spans))
    assert spans_of(np.zeros(0, dtype=np.float32), 0.0, VadOptions()) == ()
