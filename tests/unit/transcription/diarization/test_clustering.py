"""One voice or two in vectors whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.diarization.clustering import FEWEST, SAMPLE, soften, tell_voices


def cloud(seed: int, count: int, apart: float) -> np.ndarray:
    """Vectors of one voice, or of two in turn whose means lie `apart` standard deviations from each other."""
    random = np.random.default_rng(seed)
    vectors = random.normal(0, 1, (count, 16))
    vectors[: count // 2, 0] += apart
    return vectors.astype(np.float32)


@pytest.mark.parametrize("seed", range(5))
def test_one_voice_is_not_cut_in_two(seed: int) -> None:
    voices = tell_voices(cloud(seed, 200, 0.0))
    assert voices.count == 1
    assert voices.sure > 0.8


@pytest.mark.parametrize("seed", range(5))
def test_two_voices_are_told_apart(seed: int) -> None:
    voices = tell_voices(cloud(seed, 200, 9.0))
    assert voices.count == 2
    assert voices.sure > 0.9
    labels = np.argmax(voices.evidence, axis=1)
    assert len(set(labels[:100])) == len(set(labels[100:])) == 1
    assert labels[0] != labels[-1]


def test_more_windows_than_are_clustered_are_all_labelled() -> None:
    voices = tell_voices(cloud(1, SAMPLE + 501, 9.0))
    assert voices.evidence.shape == (SAMPLE + 501, 2)
    labels = np.argmax(voices.evidence, axis=1)
    assert len(set(labels[: SAMPLE // 2])) == 1


def test_too_little_speech_is_one_voice_with_no_opinion() -> None:
    voices = tell_voices(cloud(0, FEWEST - 1, 30.0))
    assert (voices.count, voices.sure) == (1, 0.5)
    assert tell_voices(np.zeros((0, 1), dtype=np.float32)).count == 1


def test_equal_windows_are_one_voice() -> None:
    assert tell_voices(np.ones((40, 4), dtype=np.float32)).count == 1


def test_only_one_voice_may_be_asked_for_and_a_margin_asks_for_more() -> None:
    vectors = cloud(0, 200, 9.0)
    assert tell_voices(vectors, most=1).count == 1
    assert tell_voices(vectors, margin=50.0).count == 1


@given(st.integers(0, 50))
def test_the_same_windows_give_the_same_voices(seed: int) -> None:
    vectors = cloud(seed, 60, 9.0)
    assert np.array_equal(tell_voices(vectors).evidence, tell_voices(vectors).evidence)


@given(st.floats(-60, 0), st.floats(-60, 0), st.floats(0.05, 1.2))
def test_no_window_carries_more_than_its_length_allows(first: float, second: float, seconds: float) -> None:
    softened = soften(np.array([[first, second]]), np.array([seconds]))
    gap = softened[0, 0] - softened[0, 1]
    assert (gap > 0) == (first > second) or abs(gap) < 1e-6
    assert abs(gap) <= np.log(49) + 1e-9
    longer = soften(np.array([[first, second]]), np.array([seconds * 1.5]))
    assert abs(longer[0, 0] - longer[0, 1]) >= abs(gap) - 1e-9
