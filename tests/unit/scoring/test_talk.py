"""The timing measures, each on a call made so that its value can be worked out by hand."""

from __future__ import annotations

import pytest

from scoring.assessment import Metrics, Span
from scoring.conversation import prepare
from scoring.spans import MetricSpans
from scoring.talk import measure, utterances
from transcription.transcript import Mark, Role, Transcript, Turn, Word


def turn(role: Role, start: float, end: float, text: str = "so this is what we talk about now.") -> Turn:
    return Turn(role, text, start, end)


def metrics_of(transcript: Transcript) -> Metrics:
    conversation = prepare(transcript)
    return measure(transcript, conversation, utterances(transcript, conversation))


def measured(*turns: Turn, duration: float | None = None, language: str = "en") -> Metrics:
    transcript = Transcript(turns, language=language, duration=duration)
    return metrics_of(transcript)


def test_talk_ratio_is_the_reps_share_of_talking_time() -> None:
    found = measured(turn("rep", 0, 6), turn("client", 7, 9), turn("rep", 10, 12), turn("client", 12, 22))
    assert found.talk_ratio == pytest.approx(8 / 20)


def test_announcements_count_for_nobody() -> None:
    found = measured(turn("system", 0, 30), turn("rep", 30, 34), turn("client", 34, 38))
    assert found.talk_ratio == pytest.approx(0.5)
    assert found.dead_air == ()


def test_a_monologue_runs_through_the_clients_mhm_and_ends_with_a_real_turn() -> None:
    found = measured(
        turn("rep", 0, 20),
        turn("client", 20, 20.5, "mhm"),
        turn("rep", 21, 41),
        turn("client", 42, 44),
        turn("rep", 45, 50),
    )
    assert found.longest_monologue == pytest.approx(41)


def test_patience_is_the_silence_before_the_reps_answers() -> None:
    found = measured(
        turn("client", 0, 2),
        turn("rep", 2.4, 4),
        turn("client", 5, 6),
        turn("rep", 7.0, 8),
        turn("client", 9, 10),
        turn("rep", 9.8, 12),
    )
    assert found.patience_median == pytest.approx(0.4)
    assert found.patience_p90 == pytest.approx(0.4 + 0.8 * 0.6)


def test_starting_into_an_unfinished_sentence_is_an_interruption() -> None:
    cut = measured(turn("client", 0, 5, "I wanted to ask if the tables can be"), turn("rep", 4.6, 8))
    finished = measured(turn("client", 0, 5, "I wanted to ask about the tables."), turn("rep", 4.6, 8))
    barely = measured(turn("client", 0, 5, "I wanted to ask if the tables can be"), turn("rep", 4.8, 8))
    listening = measured(turn("client", 0, 5, "I wanted to ask if the tables can be"), turn("rep", 4.6, 5, "mhm"))
    assert [m.interruptions for m in (cut, finished, barely, listening)] == [1, 0, 0, 0]


def test_without_punctuation_only_a_quick_end_counts_as_cut_off() -> None:
    quick = measured(turn("client", 0, 5, "i wanted to ask if"), turn("rep", 4.6, 8, "we have many of them"))
    talks_on = measured(turn("client", 0, 9, "i wanted to ask if"), turn("rep", 4.6, 8, "we have many of them"))
    assert quick.interruptions == 1
    assert talks_on.interruptions == 0


def test_dead_air_is_silence_of_both_above_three_seconds() -> None:
    found = measured(turn("rep", 0, 4), turn("client", 7, 9), turn("rep", 13.5, 15), turn("client", 14, 20))
    assert found.dead_air == (Span(9, 13.5),)


def test_dead_air_inside_a_turn_is_seen_by_its_words() -> None:
    words = (Word("wait", 0, 0.5), Word("please", 0.6, 1.0), Word("so", 9.0, 9.3), Word("here", 9.4, 9.8))
    found = measured(Turn("rep", "wait please so here", 0, 9.8, words=words), turn("client", 10, 12))
    assert found.dead_air == (Span(1.0, 9.0),)


def test_hold_music_and_ringing_between_turns_are_not_dead_air() -> None:
    turns = (turn("rep", 0, 4), turn("client", 20, 22))
    marks = (Mark(4.5, 12, "music", 0), Mark(12.5, 19, "ringback", 0), Mark(23, 60, "music", 0))
    transcript = Transcript(turns, language="en", marks=marks)
    assert metrics_of(transcript).dead_air == ()
    noisy = Transcript(turns, language="en", marks=(Mark(4.5, 19, "noise", 0),))
    assert metrics_of(noisy).dead_air == (Span(4, 20),)


def test_pace_counts_words_and_in_korean_and_chinese_syllables() -> None:
    english = measured(turn("rep", 0, 6, "one two three four five six seven eight nine ten"), turn("client", 7, 9))
    korean = measured(turn("rep", 0, 6, "안녕하세요 반갑습니다"), turn("client", 7, 9, "네 좋아요"), language="ko")
    assert english.pace_rep == pytest.approx(100)
    assert korean.pace_rep == pytest.approx(100)


def test_interactivity_is_changes_of_speaker_a_minute() -> None:
    found = measured(turn("rep", 0, 5), turn("client", 6, 9), turn("rep", 10, 12), turn("client", 13, 14), duration=30)
    assert found.interactivity == pytest.approx(6)


@pytest.mark.parametrize(
    "turns",
    [
        (Turn("rep", "hello there"), Turn("client", "hi")),
        (turn("rep", 0, 4), Turn("client", "no times here at all")),
        (Turn("rep", "far too many words for so short a time " * 5, 0, 0.5), turn("client", 1, 1.1)),
        (Turn("rep", "backwards", 5, 3), turn("client", 6, 8)),
    ],
    ids=["none", "some missing", "impossible pace", "end before start"],
)
def test_without_good_times_no_timing_measure_is_available(turns: tuple[Turn, ...]) -> None:
    found = measured(*turns)
    assert found == Metrics(questions=None, open_questions=None)


def test_unknown_speakers_have_no_reps_measures() -> None:
    found = measured(turn("speaker_a", 0, 5), turn("speaker_b", 6, 9))
    assert (found.talk_ratio, found.longest_monologue, found.pace_rep) == (None, None, None)
    assert found.dead_air == ()


def test_one_voice_that_nobody_knows_gives_no_figures_between_two_people() -> None:
    metrics = measured(turn("speaker_a", 0.0, 4.0), turn("speaker_a", 5.0, 9.0), duration=10.0)
    assert (metrics.talk_ratio, metrics.interruptions, metrics.interactivity) == (None, None, None)


def test_every_figure_knows_the_seconds_it_was_taken_from() -> None:
    found = measured(
        turn("client", 0, 5, "I wanted to ask if the tables can be"),
        turn("rep", 4.6, 8),
        turn("client", 9, 10),
        turn("rep", 11.5, 30),
        turn("client", 31, 33),
    )
    spans = found.spans
    assert spans.longest_monologue == Span(11.5, 30)
    assert found.longest_monologue == pytest.approx(18.5)
    assert [(span.start, span.end) for span in spans.patience] == [(4.6, 4.6), (10, 11.5)]
    assert [(span.by, span.turn, span.start, span.end) for span in spans.interruptions] == [("rep", 1, 4.6, 5)]
    assert found.interruptions == len(spans.interruptions)


def test_without_times_there_are_no_stretches() -> None:
    transcript = Transcript((Turn("rep", "Hello there."), Turn("client", "Hello.")), language="en")
    assert metrics_of(transcript).spans == MetricSpans()
