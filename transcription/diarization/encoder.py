"""The speaker encoder that ships: a GE2E network (Wan et al. 2018) run with numpy; see VOICE_MODEL.md."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from transcription.diarization.spectra import Floats

WINDOW_FRAMES: Final = 160
"""Frames of 10 ms the encoder was trained on; fewer are taken too."""

SIZE: Final = 256
_LAYERS: Final = 3
MODEL: Final = Path(__file__).with_name("voice_model.npz")


def embed_mels(mels: Floats) -> Floats:
    """Unit vectors `(windows, 256)` that lie close together for one voice, from mel power `(windows, frames, 40)`."""
    weights = _weights()
    count, frames, _ = mels.shape
    below = np.ascontiguousarray(mels.transpose(1, 0, 2))
    hidden = np.zeros((count, SIZE), dtype=np.float32)
    for layer in range(_LAYERS):
        into = weights[f"ih{layer}"]
        # What comes from below is known for all times at once: one large product instead of many small ones.
        driven = (below.reshape(frames * count, -1) @ into).reshape(frames, count, 4 * SIZE) + weights[f"bias{layer}"]
        below = _run(driven, weights[f"hh{layer}"])
        hidden = below[-1]
    raw = np.maximum(hidden @ weights["out"] + weights["out_bias"], 0)
    embedded: Floats = raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-6)
    return embedded


def _run(driven: Floats, within: Floats) -> Floats:
    """One layer over all frames: `driven` is `(frames, windows, 4 * 256)`, gates in torch's order i, f, g, o."""
    frames, count, _ = driven.shape
    hidden = np.zeros((count, SIZE), dtype=np.float32)
    cell = np.zeros((count, SIZE), dtype=np.float32)
    outputs = np.empty((frames, count, SIZE), dtype=np.float32)
    for n in range(frames):
        gates = driven[n] + hidden @ within
        # The logistic function by the hyperbolic tangent: half the cost of an exponential, and it cannot overflow.
        opened = np.float32(0.5) + np.float32(0.5) * np.tanh(np.float32(0.5) * gates)
        cell = opened[:, SIZE : 2 * SIZE] * cell + opened[:, :SIZE] * np.tanh(gates[:, 2 * SIZE : 3 * SIZE])
        hidden = opened[:, 3 * SIZE :] * np.tanh(cell)
        outputs[n] = hidden
    return outputs


@lru_cache(maxsize=1)
def _weights() -> dict[str, Floats]:
    """The model's matrices as 32-bit floats, turned so that a row of data multiplies from the left (6 MB)."""
    found: dict[str, Floats] = {}
    with np.load(MODEL, allow_pickle=False) as stored:
        for layer in range(_LAYERS):
            for side in ("ih", "hh"):
                found[f"{side}{layer}"] = np.ascontiguousarray(
                    stored[f"lstm.weight_{side}_l{layer}"].astype(np.float32).T
                )
            found[f"bias{layer}"] = stored[f"lstm.bias_ih_l{layer}"].astype(np.float32) + stored[
                f"lstm.bias_hh_l{layer}"
            ].astype(np.float32)
        found["out"] = np.ascontiguousarray(stored["linear.weight"].astype(np.float32).T)
        found["out_bias"] = stored["linear.bias"].astype(np.float32)
    return found
