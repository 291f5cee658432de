"""A third voice that takes over from one of two, in vectors whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from transcription.diarization.clustering import tell_voices
from transcription.diarization.third_voice import find_third

STEP = 0.3
FAR = 12.0

TRANSFER = ((0, 20), (1, 25), (0, 20), (1, 15), (0, 15), (2, 25), (1, 20), (2, 30), (1, 10), (2, 15))
CENTRES = {0: (0.0, 0.0), 1: (FAR, 8.0), 2: (FAR, -8.0)}
"""The third is nearer to the second than to the first, so that two voices are first the first and both others."""


def windows(parts: Sequence[tuple[int, int]], seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectors, who speaks in each, and the windows' times, of people speaking so many windows each."""
    random = np.random.default_rng(seed)
    who = np.repeat([person for person, _ in parts], [count for _, count in parts])
    vectors = random.normal(0, 1, (len(who), 16))
    vectors[:, :2] += np.array([CENTRES[person] for person in who])
    return vectors.astype(np.float32), who, np.arange(len(who)) * STEP


def third(parts: Sequence[tuple[int, int]], seed: int = 0) -> np.ndarray | None:
    vectors, _, times = windows(parts, seed)
    voices = tell_voices(vectors)
    assert voices.count == 2
    found = find_third(vectors, times, np.full(len(times), STEP), voices)
    if found is None:
        return None
    assert found.count == 3
    assert 0.8 < found.sure <= 1
    return np.argmax(found.evidence, axis=1)


@pytest.mark.parametrize("seed", range(3))
def test_who_takes_over_is_a_voice_of_his_own(seed: int) -> None:
    labels = third(TRANSFER, seed)
    assert labels is not None
    who = windows(TRANSFER, seed)[1]
    groups = [set(labels[who == person]) for person in range(3)]
    assert [len(group) for group in groups] == [1, 1, 1]
    assert len(set.union(*groups)) == 3


def test_it_does_not_matter_which_two_are_alike() -> None:
    # The first and the third are the alike ones: the two that change places.
    parts = tuple(({0: 1, 1: 0, 2: 2}[person], count) for person, count in TRANSFER)
    assert third(parts) is not None


@pytest.mark.parametrize("seed", range(5))
def test_two_people_stay_two(seed: int) -> None:
    assert third(tuple((person % 2, count) for person, count in TRANSFER), seed) is None


def test_three_people_in_turn_throughout_are_not_a_takeover() -> None:
    assert third(((0, 12), (1, 12), (2, 12)) * 6) is None


def test_a_voice_of_a_few_seconds_is_no_third_person() -> None:
    assert third((*TRANSFER[:5], (1, 20), (0, 20), (2, 12), (1, 20))) is None


def test_nobody_stays_nobody_took_over() -> None:
    """Three people one after the other: nothing says which two of them changed places."""
    assert third(((0, 60), (1, 60), (2, 60))) is None


def test_a_third_voice_barely_apart_leaves_the_turns_concerned_unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CENTRES, 1, (FAR, 2.3))
    monkeypatch.setitem(CENTRES, 2, (FAR, -2.3))
    vectors, who, times = windows(TRANSFER)
    found = find_third(vectors, times, np.full(len(times), STEP), tell_voices(vectors))
    assert found is not None
    labels = np.argmax(found.evidence, axis=1)
    alone, *alike = (int(np.median(labels[who == person])) for person in range(3))
    assert found.of_each[alone] > 0.9
    assert all(found.of_each[voice] < 0.7 for voice in alike)
