"""The most likely sequence of speakers and how sure each part is, against counting out every sequence."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transcription.diarization.smoothing import certainty, most_likely

evidences = st.lists(st.tuples(st.floats(-8, 0), st.floats(-8, 0)), min_size=1, max_size=7).map(np.array)


def every_sequence(evidence: np.ndarray, change: float) -> dict[tuple[int, ...], float]:
    """The score of each sequence of speakers."""
    count = len(evidence)
    return {
        way: sum(evidence[n, who] for n, who in enumerate(way)) - change * sum(a != b for a, b in pairwise(way))
        for way in product((0, 1), repeat=count)
    }


@given(evidences, st.floats(0, 6))
def test_no_sequence_is_likelier_than_the_one_found(evidence: np.ndarray, change: float) -> None:
    scores = every_sequence(evidence, change)
    found = tuple(int(who) for who in most_likely(evidence, np.full(len(evidence), change)))
    assert scores[found] >= max(scores.values()) - 1e-9


@given(evidences, st.floats(0, 6))
def test_certainty_is_the_share_of_all_sequences(evidence: np.ndarray, change: float) -> None:
    scores = every_sequence(evidence, change)
    total = sum(np.exp(score) for score in scores.values())
    sure = certainty(evidence, np.full(len(evidence), change))
    for n in range(len(evidence)):
        first = sum(np.exp(score) for way, score in scores.items() if way[n] == 0)
        assert np.isclose(sure[n, 0], first / total, atol=1e-9)
        assert np.isclose(sure[n].sum(), 1)


def test_one_stray_atom_does_not_make_a_turn_but_a_clear_one_does() -> None:
    evidence = np.array([[0.0, -4.0], [-1.0, 0.0], [0.0, -4.0]])
    assert list(most_likely(evidence, np.full(3, 3.0))) == [0, 0, 0]
    evidence[1] = (-9.0, 0.0)
    assert list(most_likely(evidence, np.full(3, 3.0))) == [0, 1, 0]


def test_nothing_heard_is_nobody() -> None:
    assert most_likely(np.zeros((0, 2)), np.zeros(0)).size == 0
    assert certainty(np.zeros((0, 2)), np.zeros(0)).shape == (0, 2)
