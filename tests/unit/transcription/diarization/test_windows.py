"""Windows over spans, and stretches put together from them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.diarization.stretches import Stretch, number_by_appearance, speaker_confidence, split_speakers
from transcription.diarization.windows import STEP, WINDOW, place_windows, window_seconds
from transcription.speech import RATE, Span, SpokenChannel


@given(st.floats(0, 14_000), st.floats(0.01, 60))
def test_windows_cover_a_span_and_stay_inside(start: float, length: float) -> None:
    span = Span(start, start + length)
    windows = place_windows(span)
    samples = round(span.length * RATE)
    assert windows[0][0] == 0
    assert windows[-1][1] == samples
    assert all(b - a <= round(WINDOW * RATE) for a, b in windows)
    assert all(0 < b[0] - a[0] <= round(STEP * RATE) for a, b in pairwise(windows))
    assert np.allclose(window_seconds([windows]).max(), min(samples, round(WINDOW * RATE)) / RATE)


def stretch(start: float, end: float, speaker: int, confidence: float = 0.9) -> Stretch:
    return Stretch(Span(start, end), speaker, confidence)


def test_each_speaker_gets_a_channel_over_the_same_file() -> None:
    channel = SpokenChannel(Path("call.raw"), (Span(0, 3), Span(4, 5)))
    people = split_speakers(channel, (stretch(0, 1, 0), stretch(1, 3, 1), stretch(4, 5, 0)))
    assert [person.spans for person in people] == [(Span(0, 1), Span(4, 5)), (Span(1, 3),)]
    assert {person.path for person in people} == {Path("call.raw")}
    assert split_speakers(channel, ()) == (SpokenChannel(Path("call.raw"), ()),)


def test_speakers_are_numbered_as_they_are_first_heard() -> None:
    numbered = number_by_appearance((stretch(0, 1, 1), stretch(1, 2, 0), stretch(2, 3, 1)))
    assert [s.speaker for s in numbered] == [0, 1, 0]


def test_confidence_of_a_stretch_of_time_is_weighted_by_what_lies_under_it() -> None:
    stretches = (stretch(0, 2, 0, 0.9), stretch(2, 4, 1, 0.5))
    assert speaker_confidence(stretches, Span(1, 3)) == pytest.approx(0.7)
    assert speaker_confidence(stretches, Span(0, 1)) == pytest.approx(0.9)
    assert speaker_confidence(stretches, Span(8, 9)) == 0.0
