"""The voice activity network computed with NumPy says what onnxruntime says of the same file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from transcription import silero


def pieces(seed: int, count: int) -> np.ndarray:
    """Sound whose loudness and pitch change, in pieces as the network takes them."""
    random = np.random.default_rng(seed)
    time = np.arange(count * 576) / 16_000
    voice = np.sin(2 * np.pi * 150 * time + 3 * np.sin(2 * np.pi * 3 * time)) * (np.sin(2 * np.pi * 0.7 * time) > 0)
    sound = 0.2 * voice + random.normal(0, 0.01, time.size)
    return sound.astype(np.float32).reshape(count, 576)


def test_the_same_probabilities_block_after_block() -> None:
    ours, theirs = silero.voice_network(), silero._with_onnxruntime()
    assert isinstance(ours, silero._Silero)
    state, other = silero.new_state(), silero.new_state()
    seen = []
    for seed in range(4):
        block = pieces(seed, 120)
        made, state = ours(block, state)
        wanted, other = theirs(block, other)
        assert made.shape == wanted.shape == (120,)
        assert np.abs(made - wanted).max() < 1e-4
        seen.append(made)
    assert np.ptp(np.concatenate(seen)) > 0.1


def test_pieces_together_are_pieces_one_by_one() -> None:
    network, block = silero.voice_network(), pieces(1, 10)
    whole, _ = network(block, silero.new_state())
    state, single = silero.new_state(), []
    for piece in block:
        probability, state = network(piece[None], state)
        single.append(probability)
    assert np.abs(whole - np.concatenate(single)).max() < 1e-5


@pytest.mark.parametrize("change", ["another network", "cut short", "no file", "noise"])
def test_a_file_with_another_network_is_left_to_onnxruntime(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    known = silero._model_file()
    assert known is not None
    data = known.read_bytes()
    changed = {
        "another network": data.replace(b"LSTM", b"GRU_"),
        "cut short": data[: len(data) // 2],
        "noise": b"\xff" * 200,
    }
    file = tmp_path / "silero_vad_v7.onnx"
    if change in changed:
        file.write_bytes(changed[change])
    monkeypatch.setattr(silero, "_model_file", lambda: file if file.exists() else None)
    monkeypatch.setattr(silero, "_with_onnxruntime", lambda: "onnxruntime")
    silero.voice_network.cache_clear()
    try:
        assert silero.voice_network() == "onnxruntime"
    finally:
        silero.voice_network.cache_clear()
