"""From uncertain evidence per atom to turns: the most likely sequence of speakers, and how sure each atom is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


def most_likely(evidence: Doubles, changes: Doubles) -> NDArray[np.int64]:
    """Viterbi: the speaker of every atom.

    `evidence` is `(atoms, speakers)` log-likelihoods, `changes` `(atoms,)` the cost of a change of speaker at each
    atom's beginning (the first is not used). Ties go to the lower number.
    """
    count, speakers = evidence.shape
    score = evidence[0].copy() if count else np.zeros(speakers)
    back = np.zeros((count, speakers), dtype=np.int64)
    for n in range(1, count):
        best = int(np.argmax(score))
        stay = score
        come = score[best] - changes[n]
        back[n] = np.where(come > stay, best, np.arange(speakers))
        score = np.maximum(stay, come) + evidence[n]
    path = np.zeros(count, dtype=np.int64)
    if count:
        path[-1] = int(np.argmax(score))
        for n in range(count - 1, 0, -1):
            path[n - 1] = back[n, path[n]]
    return path


def certainty(evidence: Doubles, changes: Doubles) -> Doubles:
    """Forward-backward: the probability `(atoms, speakers)` of each speaker, with the same model as `most_likely`."""
    count, _speakers = evidence.shape
    forward = np.zeros_like(evidence)
    backward = np.zeros_like(evidence)
    for n in range(count):
        forward[n] = evidence[n] + (_step(forward[n - 1], changes[n]) if n else 0.0)
    for n in range(count - 2, -1, -1):
        backward[n] = _step(backward[n + 1] + evidence[n + 1], changes[n + 1])
    both = forward + backward
    both -= both.max(axis=1, keepdims=True)
    shares = np.exp(both)
    result: Doubles = shares / shares.sum(axis=1, keepdims=True)
    return result


def _step(score: Doubles, change: float) -> Doubles:
    """Log-sum over the ways into each speaker: staying, or a change from any of the others."""
    top = score.max()
    shares = np.exp(score - top)
    others = (shares.sum() - shares) * np.exp(-change)
    result: Doubles = np.log(np.maximum(shares + others, 1e-300)) + top
    return result
