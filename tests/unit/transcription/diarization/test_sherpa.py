"""Which back end runs, with and without sherpa-onnx and a model for it."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from transcription.diarization import choose_backend, encoder
from transcription.diarization.backend import Sound
from transcription.diarization.cepstral import CepstralBackend
from transcription.diarization.sherpa import SherpaBackend, SpeakerModelMissing, SpeakerModelUnreadable
from transcription.diarization.shipped import ShippedBackend


class Installed:
    """Stands for the package where only its presence matters."""


def test_without_models_the_built_in_encoder_runs(tmp_path: Path) -> None:
    assert isinstance(choose_backend(None), ShippedBackend)
    assert isinstance(choose_backend(tmp_path), ShippedBackend)


def test_without_the_encoders_file_cepstra_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "MODEL", tmp_path / "voice_model.npz")
    assert isinstance(choose_backend(None), CepstralBackend)


def test_a_model_without_the_package_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sherpa_onnx", None)
    (tmp_path / "speakers").mkdir()
    (tmp_path / "speakers" / "model.onnx").write_bytes(b"model")
    assert isinstance(choose_backend(tmp_path), ShippedBackend)


@pytest.mark.parametrize("names", [(), ("notes.txt",), ("a.onnx", "b.onnx")])
def test_a_folder_without_exactly_one_model_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    monkeypatch.setitem(sys.modules, "sherpa_onnx", Installed())
    (tmp_path / "speakers").mkdir()
    for name in names:
        (tmp_path / "speakers" / name).write_bytes(b"model")
    with pytest.raises(SpeakerModelMissing, match="Put one speaker embedding model") as caught:
        choose_backend(tmp_path)
    assert str(tmp_path / "speakers") in str(caught.value)


@pytest.mark.parametrize("network", ["damaged", "of another kind"])
def test_a_file_that_is_no_speaker_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: str
) -> None:
    monkeypatch.setitem(sys.modules, "sherpa_onnx", Installed())
    (tmp_path / "speakers").mkdir()
    model = tmp_path / "speakers" / "model.onnx"
    model.write_bytes(b"not a network" if network == "damaged" else mean_network({}))
    with pytest.raises(SpeakerModelUnreadable, match=r"model\.onnx"):
        choose_backend(tmp_path)


def test_a_real_sherpa_model_describes_windows(tmp_path: Path) -> None:
    pytest.importorskip("sherpa_onnx", reason="the optional package sherpa-onnx is not installed")
    (tmp_path / "speakers").mkdir()
    facts = {"framework": "wespeaker", "language": "English", "url": "", "comment": "", "sample_rate": "16000"}
    facts |= {"output_dim": "80", "normalize_samples": "1", "feature_normalize_type": "global-mean"}
    (tmp_path / "speakers" / "mean.onnx").write_bytes(mean_network(facts))
    backend = choose_backend(tmp_path)
    assert isinstance(backend, SherpaBackend)
    assert backend.name == "sherpa-onnx mean"
    samples = np.random.default_rng(0).normal(0, 3000, 32_000).astype(np.int16)
    rows = backend.describe([Sound(samples, ((0, 19_200), (8_000, 27_200), (0, 1_600)))])
    assert rows.shape == (3, 80)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)


def mean_network(facts: dict[str, str]) -> bytes:
    """A small ONNX network with this description: the mean of features over time, `(1, T, 80)` to `(1, 80)`."""
    axes = _field(1, "axes") + _field(8, 1) + _field(20, 7)
    keep = _field(1, "keepdims") + _field(3, 0) + _field(20, 2)
    node = _field(1, "feats") + _field(2, "embs") + _field(4, "ReduceMean") + _field(5, axes) + _field(5, keep)
    graph = _field(1, node) + _field(2, "mean")
    graph += _field(11, _tensor("feats", (1, "T", 80))) + _field(12, _tensor("embs", (1, 80)))
    described = b"".join(_field(14, _field(1, key) + _field(2, value)) for key, value in facts.items())
    return _field(1, 8) + _field(7, graph) + _field(8, _field(1, "") + _field(2, 13)) + described


def _tensor(name: str, shape: tuple[int | str, ...]) -> bytes:
    sizes = b"".join(_field(1, _field(1, size) if isinstance(size, int) else _field(2, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, 1) + _field(2, sizes)))


def _field(number: int, value: int | str | bytes) -> bytes:
    """One field of a protocol buffer: a number, or a length and bytes."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    low = value & 0x7F
    return struct.pack("B", low | 0x80) + _varint(value >> 7) if value > 0x7F else struct.pack("B", low)
