"""The encoder's network against its equations, and the files it comes from."""

from __future__ import annotations

import hashlib
import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from transcription.diarization.backend import Sound
from transcription.diarization.cepstral import CepstralBackend
from transcription.diarization.convert_voice_model import WrongWheel, convert, read_weights
from transcription.diarization.encoder import MODEL, embed_mels
from transcription.diarization.shipped import ShippedBackend
from transcription.speech import RATE

MODEL_SHA256 = "3b714df472e996fdb1b658e8d558bc063cecc14be39ee8757dfa4684e92becf8"


def test_the_model_is_the_one_that_was_converted() -> None:
    assert hashlib.sha256(MODEL.read_bytes()).hexdigest() == MODEL_SHA256
    assert MODEL.with_name("VOICE_MODEL.LICENSE").is_file()
    assert "Apache-2.0" in MODEL.with_name("VOICE_MODEL.md").read_text(encoding="utf-8")


def by_the_equations(mels: np.ndarray) -> np.ndarray:
    """One window through the network, gate by gate, in double precision."""
    with np.load(MODEL) as stored:
        weights = {name: stored[name].astype(np.float64) for name in stored}
    below = list(mels.astype(np.float64))
    for layer in range(3):
        hidden = cell = np.zeros(256)
        above = []
        for frame in below:
            gates = weights[f"lstm.weight_ih_l{layer}"] @ frame + weights[f"lstm.bias_ih_l{layer}"]
            gates += weights[f"lstm.weight_hh_l{layer}"] @ hidden + weights[f"lstm.bias_hh_l{layer}"]
            into, forget, new, out = gates.reshape(4, 256)
            cell = _logistic(forget) * cell + _logistic(into) * np.tanh(new)
            hidden = _logistic(out) * np.tanh(cell)
            above.append(hidden)
        below = above
    raw = np.maximum(weights["linear.weight"] @ below[-1] + weights["linear.bias"], 0)
    return raw / np.linalg.norm(raw)


def _logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def windows(count: int) -> np.ndarray:
    return np.random.default_rng(0).gamma(0.5, 0.02, (count, 30, 40)).astype(np.float32)


def test_the_network_is_its_equations_whatever_is_beside_a_window() -> None:
    mels = windows(3)
    together = embed_mels(mels)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for row, one in zip(together, mels, strict=True):
        assert np.allclose(row, by_the_equations(one), atol=2e-4)


@pytest.mark.parametrize("backend", [ShippedBackend(), CepstralBackend()])
def test_a_back_end_gives_one_row_a_window_and_the_same_bytes_every_time(
    backend: ShippedBackend | CepstralBackend,
) -> None:
    samples = np.random.default_rng(0).normal(0, 3000, 2 * RATE).astype(np.int16)
    sound = Sound(samples, ((0, 19_200), (4_800, 24_000), (0, 3_000)))
    with threadpool_limits(1):
        first, again = backend.describe([sound]), backend.describe([sound])
    assert len(first) == 3
    assert first.tobytes() == again.tobytes()
    assert len(backend.describe([])) == 0


@pytest.mark.parametrize("backend", [ShippedBackend(), CepstralBackend()])
def test_silence_and_a_splinter_of_sound_are_described_too(backend: ShippedBackend | CepstralBackend) -> None:
    quiet = Sound(np.zeros(RATE, dtype=np.int16), ((0, RATE), (0, 100)))
    assert np.isfinite(backend.describe([quiet])).all()


def test_another_wheel_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.whl").write_bytes(b"PK")
    with pytest.raises(WrongWheel, match="SHA-256"):
        convert(tmp_path / "other.whl", tmp_path / "model.npz")
    assert not (tmp_path / "model.npz").exists()


def test_a_file_of_weights_that_would_run_something_is_refused() -> None:
    class Runs:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return print, ("run",)

    header = b"".join(pickle.dumps(n, protocol=2) for n in (1, 2, {}))
    with pytest.raises(pickle.UnpicklingError, match="no place in a file of weights"):
        read_weights(io.BytesIO(header + pickle.dumps({"model_state": Runs()}, protocol=2)))


def test_the_archive_holds_arrays_and_nothing_else() -> None:
    with zipfile.ZipFile(MODEL) as archive:
        assert all(name.endswith(".npy") for name in archive.namelist())
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
