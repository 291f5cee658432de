"""Speech-like errors: about the share asked for, the same every time, in every script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.learning.noise import noisy, noisy_utterance
from scoring.learning.utterances import Utterance

LONG = "we would like to know what the offer costs before the end of the month because our budget is small " * 20


def test_no_errors_when_none_are_wanted() -> None:
    assert noisy("as it was,  with two spaces", 0.0, 1) == "as it was,  with two spaces"


def test_about_the_share_asked_for() -> None:
    changed = noisy(LONG, 0.2, 5, "en").split()
    kept = sum(word in set(LONG.split()) for word in changed)
    assert 0.5 * len(LONG.split()) < kept < len(LONG.split())
    assert changed != LONG.split()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("네 그런데 가격이 조금 비싼 것 같아요", "ko"),
        ("这个价格有点贵我再考虑一下", "zh"),
        ("это слишком дорого для нас", "ru"),
    ],
)
def test_every_script_is_misheard_and_always_alike(text: str, language: str) -> None:
    assert noisy(text, 1.0, 3, language) != text
    assert noisy(text, 0.5, 3, language) == noisy(text, 0.5, 3, language)


def test_the_turns_before_are_misheard_too() -> None:
    said = noisy_utterance(Utterance(LONG, (LONG,), "client", ("rep",), 0.5, "en"), 0.3, 1)
    assert said.text == said.previous[0] != LONG
    assert said.role == "client"


@given(st.text(max_size=60), st.floats(0, 1), st.integers(0, 9))
def test_any_text_is_the_same_twice(text: str, rate: float, seed: int) -> None:
    assert noisy(text, rate, seed) == noisy(text, rate, seed)


def test_an_impossible_share_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        noisy("a", 1.5, 0)
