"""Quiet places: speech is cut there and nowhere else."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from transcription.diarization.atoms import SHORTEST, cut_quietly


@given(arrays(np.float32, st.integers(0, 300), elements=st.floats(-90, 0, width=32)))
def test_atoms_tile_the_frames_and_none_is_shorter_than_a_syllable(loudness: np.ndarray) -> None:
    atoms = cut_quietly(loudness)
    edges = [atom.first for atom in atoms] + [atom.last for atom in atoms[-1:]]
    assert [atom.last for atom in atoms] == edges[1:]
    assert edges[:1] + edges[-1:] == ([0, len(loudness)] if len(loudness) else [])
    assert all(atom.last - atom.first >= SHORTEST for atom in atoms) or len(atoms) == 1


def test_a_pause_is_cut_at_its_middle_and_steady_speech_is_not() -> None:
    loudness = np.full(200, -20.0, dtype=np.float32)
    assert len(cut_quietly(loudness)) == 1
    loudness[95:106] = -50 + np.abs(np.arange(-5, 6))
    atoms = cut_quietly(loudness)
    assert len(atoms) == 2
    assert 95 <= atoms[1].first <= 105
    assert atoms[1].dip > 20


def test_a_shallow_dip_is_no_pause() -> None:
    loudness = np.full(200, -20.0, dtype=np.float32)
    loudness[95:106] = -24
    assert len(cut_quietly(loudness)) == 1
