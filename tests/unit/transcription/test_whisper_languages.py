"""Languages of a call: voted over several windows, and a window's own only when that is beyond doubt."""

from __future__ import annotations

import pytest

from transcription.engines.whisper_languages import DETECT_WINDOWS, Spoken, spread, vote
from transcription.engines.whisper_windows import Piece, Window
from transcription.speech import Span


def window(seconds: float, channel: int = 0) -> Window:
    return Window(channel, (Piece(Span(0.0, seconds), 0.0),))


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 9, 400])
def test_windows_to_ask_are_spread_over_the_call(count: int) -> None:
    chosen = spread([window(10.0)] * count)
    assert len(chosen) == min(count, DETECT_WINDOWS)
    assert chosen == sorted(set(chosen))
    assert all(0 <= n < count for n in chosen)
    assert count < 8 or chosen[-1] >= count / 2


def test_the_vote_counts_seconds_of_speech() -> None:
    spoken = vote([window(30.0), window(2.0)], [{"ru": 0.7, "uk": 0.3}, {"en": 0.9, "ru": 0.1}])
    assert spoken.language == "ru"
    assert spoken.probability == pytest.approx((0.7 * 30 + 0.1 * 2) / 32)


def test_equal_votes_give_the_same_answer_every_time() -> None:
    assert vote([window(5.0)], [{"ko": 0.5, "en": 0.5}]).language == "en"


def test_a_window_surely_in_another_language_is_heard_in_it() -> None:
    spoken = Spoken("en", 0.8)
    assert spoken.of_window(window(20.0), {"de": 0.97, "en": 0.01}) == ("de", 0.97)
    assert spoken.of_window(window(20.0), {"en": 0.9, "de": 0.05}) == ("en", 0.9)


@pytest.mark.parametrize(
    ("seconds", "heard"),
    [(20.0, {"de": 0.6, "en": 0.05}), (20.0, {"de": 0.86, "en": 0.14}), (2.0, {"de": 0.99, "en": 0.0})],
)
def test_a_window_in_doubt_stays_with_the_call(seconds: float, heard: dict[str, float]) -> None:
    assert Spoken("en", 0.8).of_window(window(seconds), heard) == ("en", heard["en"])


def test_a_given_language_is_not_questioned() -> None:
    assert Spoken("ru").of_window(window(20.0), None) == ("ru", None)
