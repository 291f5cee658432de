"""Names to listen for: only near a doubt, never in a window without one, few, and kept only if the doubt is less."""

from __future__ import annotations

import pytest

from transcription.engines.whisper_call import LOOPING
from transcription.engines.whisper_hearing import Hearing
from transcription.engines.whisper_hints import (
    MOST_HINT_TOKENS,
    MOST_HINTS,
    better_with_hints,
    hint_tokens,
    hints_for,
)
from transcription.engines.whisper_words import HeardWord


def words(*said: tuple[str, float]) -> tuple[HeardWord, ...]:
    return tuple(HeardWord(text, n * 0.4, n * 0.4 + 0.3, sure) for n, (text, sure) in enumerate(said))


def hearing(*said: tuple[str, float], compression: float = 1.2) -> Hearing:
    return Hearing(words(*said), (1, 2), -0.4, 0.01, compression, "en")


DOUBT = hearing(("we", 0.9), ("use", 0.9), ("cold", 0.3), ("coach", 0.4), ("daily", 0.8))


def test_a_window_without_doubt_gets_no_hints() -> None:
    sure = words(("we", 0.9), ("use", 0.9), ("cold", 0.8), ("coach", 0.8))
    assert hints_for(sure, ["Callcoach"]) == ()
    assert hints_for((), ["Callcoach"]) == ()


def test_an_unsure_stretch_brings_the_names_it_is_near_to() -> None:
    assert hints_for(DOUBT.words, ["Callcoach", "Acme Insurance", "Budget Pro"]) == ("Callcoach",)


def test_a_doubt_far_from_every_name_brings_none() -> None:
    assert hints_for(words(("the", 0.9), ("weather", 0.2)), ["Callcoach", "Acme"]) == ()


def test_a_name_that_was_heard_needs_no_hint() -> None:
    assert hints_for(words(("use", 0.9), ("Callcoach", 0.3)), ["Callcoach"]) == ()


@pytest.mark.parametrize(
    ("heard", "name"),
    [(("по", "колл", "коучу"), "Коллкоуч"), (("인터", "벳"), "인터넷"), (("我", "们", "腾", "迅"), "腾讯")],
)
def test_names_are_found_in_other_scripts(heard: tuple[str, ...], name: str) -> None:
    assert hints_for(words(*((text, 0.3) for text in heard)), [name, "Zzyzx"]) == (name,)


def test_hints_are_few_and_the_nearest_come_first() -> None:
    names = [f"coach{letter}" for letter in "abcdefghijklmnop"] + ["coachx Pro", "coachy"]
    found = hints_for(
        words(
            ("coachz", 0.1),
        ),
        names,
    )
    assert len(found) == MOST_HINTS
    assert found == tuple(sorted(found))  # all as near as each other, so by name


def test_the_text_before_a_window_is_bounded_by_whole_names() -> None:
    by_letter = lambda text: [ord(c) for c in text]  # noqa: E731
    tokens = hint_tokens(["a" * 20, "b" * 20, "c" * 20], by_letter)
    assert len(tokens) <= MOST_HINT_TOKENS
    assert "".join(map(chr, tokens)) == "a" * 20 + ", " + "b" * 20
    assert hint_tokens([], by_letter) == []


def test_the_second_hearing_is_kept_only_if_the_doubt_is_less_and_nothing_sure_is_lost() -> None:
    better = hearing(("we", 0.9), ("use", 0.9), ("Callcoach", 0.8), ("daily", 0.8))
    assert better_with_hints(DOUBT, better, LOOPING)
    less_sure = hearing(("we", 0.7), ("use", 0.6), ("Callcoach", 0.5), ("daily", 0.5))
    assert not better_with_hints(DOUBT, less_sure, LOOPING)
    loses_a_sure_word = hearing(("we", 0.9), ("Callcoach", 0.9), ("Callcoach", 0.9))
    assert not better_with_hints(DOUBT, loses_a_sure_word, LOOPING)
    looping = hearing(("we", 0.9), ("use", 0.9), ("Callcoach", 0.9), ("daily", 0.9), compression=3.0)
    assert not better_with_hints(DOUBT, looping, LOOPING)
    assert not better_with_hints(DOUBT, hearing(), LOOPING)
