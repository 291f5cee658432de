"""Silero's voice activity network, read from the file that comes with faster-whisper and computed with NumPy alone.

The network is small: a short Fourier transform, four convolutions, one recurrent layer. Computed here it takes no more
time than onnxruntime, whose libraries and session would hold 30 MB in every process that hears, beside the speech
model. Probabilities differ by less than 0.00001. A file with another network (a later version's) goes to onnxruntime.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

HIDDEN: Final = 128
_STEPS: Final = 4
"""Looks of the Fourier transform at one piece of sound, and how far apart they are."""
_STRIDE: Final = 128
_BINS: Final = 129

_SHAPES: Final = {
    "encoder.feature_extractor.forward_basis_buffer": (2 * _BINS, 1, 2 * _STRIDE),
    "encoder.conv_layers.0.weight": (128, _BINS, 3),
    "encoder.conv_layers.0.bias": (128,),
    "encoder.conv_layers.1.weight": (64, 128, 3),
    "encoder.conv_layers.1.bias": (64,),
    "encoder.conv_layers.2.weight": (64, 64, 3),
    "encoder.conv_layers.2.bias": (64,),
    "encoder.conv_layers.3.weight": (HIDDEN, 64, 3),
    "encoder.conv_layers.3.bias": (HIDDEN,),
    "onnx::LSTM_209": (1, 4 * HIDDEN, HIDDEN),
    "onnx::LSTM_210": (1, 4 * HIDDEN, HIDDEN),
    "onnx::LSTM_211": (1, 8 * HIDDEN),
    "decoder.conv1d.weight": (1, HIDDEN, 1),
    "decoder.conv1d.bias": (1,),
}
_OPERATIONS: Final = (
    "Pad Unsqueeze Conv Slice Slice Pow Pow Add Sqrt Conv Relu Conv Relu Conv Relu Conv Relu Transpose LSTM Squeeze "
    "Relu Transpose Conv Sigmoid Reshape"
)
"""What the network of the known version does, in order; only then is it computed here."""

_DOWN: Final = (1, 2, 2, 1)
"""Steps of the four convolutions."""

State = tuple[Array, Array]
"""What the network remembers from one piece of sound to the next: hidden and cell, (128,) each."""

Network = Callable[[Array, State], tuple[Array, State]]
"""Pieces of sound (n, 64 + 512), the samples before a piece included, to a probability each; and the new state."""


def new_state() -> State:
    """Before the first sound of a channel."""
    return np.zeros(HIDDEN, dtype=np.float32), np.zeros(HIDDEN, dtype=np.float32)


@cache
def voice_network() -> Network:
    """The network, read once. Several threads may use it at once."""
    weights = _known_weights(_model_file())
    if weights is None:
        return _with_onnxruntime()
    _one_thread()
    return _Silero(weights)


class _Silero:
    def __init__(self, weights: dict[str, Array]) -> None:
        self._basis = np.ascontiguousarray(weights["encoder.feature_extractor.forward_basis_buffer"][:, 0].T)
        self._layers = [
            (_as_matrix(weights[f"encoder.conv_layers.{n}.weight"]), weights[f"encoder.conv_layers.{n}.bias"], step)
            for n, step in enumerate(_DOWN)
        ]
        self._into = np.ascontiguousarray(weights["onnx::LSTM_209"][0].T)
        self._again = np.ascontiguousarray(weights["onnx::LSTM_210"][0].T)
        both = weights["onnx::LSTM_211"][0]
        self._bias = both[: 4 * HIDDEN] + both[4 * HIDDEN :]
        self._last = weights["decoder.conv1d.weight"][0, :, 0].copy()
        self._last_bias = weights["decoder.conv1d.bias"]

    def __call__(self, pieces: Array, state: State) -> tuple[Array, State]:
        hidden, state = self._remember(self._look(pieces), state)
        score = np.maximum(hidden, 0) @ self._last + self._last_bias
        return (1 / (1 + np.exp(-score))).astype(np.float32), state

    def _look(self, pieces: Array) -> Array:
        """What each piece alone gives the recurrent layer, (n, 4 * 128)."""
        count = len(pieces)
        mirrored = np.concatenate((pieces, pieces[:, -2 : -_STRIDE // 2 - 2 : -1]), axis=1)
        looks = np.stack([mirrored[:, n * _STRIDE : n * _STRIDE + 2 * _STRIDE] for n in range(_STEPS)], axis=1)
        waves = looks.reshape(-1, 2 * _STRIDE) @ self._basis
        part: Array = np.sqrt(waves[:, :_BINS] ** 2 + waves[:, _BINS:] ** 2).reshape(count, _STEPS, _BINS)
        for matrix, bias, step in self._layers:
            part = _convolve(part, matrix, bias, step)
        looked: Array = part[:, 0] @ self._into + self._bias
        return looked

    def _remember(self, looked: Array, state: State) -> tuple[Array, State]:
        """The recurrent layer's output for each piece; its gates stand in the order input, output, forget, cell."""
        hidden, cell = state
        said = np.empty((len(looked), HIDDEN), dtype=np.float32)
        for n, own in enumerate(looked):
            gates = hidden @ self._again
            gates += own
            open_ = 1 / (1 + np.exp(-gates[: 3 * HIDDEN]))
            cell = open_[2 * HIDDEN :] * cell + open_[:HIDDEN] * np.tanh(gates[3 * HIDDEN :])
            hidden = open_[HIDDEN : 2 * HIDDEN] * np.tanh(cell)
            said[n] = hidden
        return said, (hidden, cell)


def _as_matrix(weight: Array) -> Array:
    """Weights of a convolution over three neighbours, (out, in, 3), as a matrix (3 * in, out)."""
    return np.ascontiguousarray(weight.transpose(2, 1, 0).reshape(-1, weight.shape[0]))


def _convolve(part: Array, matrix: Array, bias: Array, step: int) -> Array:
    """(n, times, in) to (n, times / step, out), silence beyond both ends, negative values cut off."""
    count, times, width = part.shape
    padded = np.zeros((count, times + 2, width), dtype=np.float32)
    padded[:, 1:-1] = part
    columns = [padded[:, at : at + 3].reshape(count, 3 * width) for at in range(0, times, step)]
    made = np.stack(columns, axis=1) @ matrix
    made += bias
    return np.maximum(made, 0, out=made)


def _one_thread() -> None:
    """From now on NumPy multiplies with one thread in this process: channels are heard side by side and beside the
    engine, and with more threads the products here take three times the processor time.
    """
    from threadpoolctl import ThreadpoolController

    ThreadpoolController().select(internal_api="openblas").limit(limits=1)


def _with_onnxruntime() -> Network:
    from faster_whisper.vad import get_vad_model

    session = get_vad_model().session

    def run(pieces: Array, state: State) -> tuple[Array, State]:
        hidden, cell = (part.reshape(1, 1, -1) for part in state)
        output, hidden, cell = session.run(None, {"input": pieces, "h": hidden, "c": cell})
        return np.asarray(output, dtype=np.float32).reshape(-1), (hidden.reshape(-1), cell.reshape(-1))

    return run


def _model_file() -> Path | None:
    """Silero's model beside faster-whisper, which itself is not loaded."""
    found = find_spec("faster_whisper")
    folders = list(found.submodule_search_locations or ()) if found else []
    files = sorted(file for folder in folders for file in Path(folder, "assets").glob("silero_vad*.onnx"))
    return files[-1] if files else None


def _known_weights(file: Path | None) -> dict[str, Array] | None:
    """The weights by name; None when the file does not hold the network that is computed here."""
    try:
        graph = next(value for field, value in _fields(file.read_bytes()) if field == 7) if file else b""
        nodes = [dict(_fields(value)) for field, value in _fields(graph) if field == 1]
        operations = [node[4].decode("ascii") for node in nodes]
        weights = dict(_tensor(value) for field, value in _fields(graph) if field == 5)
    except (OSError, ValueError, LookupError, StopIteration, TypeError, AttributeError):
        return None
    if operations != _OPERATIONS.split() or any(
        name not in weights or weights[name].shape != shape for name, shape in _SHAPES.items()
    ):
        return None
    return weights


def _tensor(message: bytes) -> tuple[str, Array]:
    """A stored tensor of the ONNX format: dimensions 1, kind 2 (1 is float32), name 8, raw data 9."""
    dimensions: list[int] = []
    name, kind, raw = "", 0, b""
    for field, value in _fields(message):
        if field == 1:
            dimensions += [value] if isinstance(value, int) else list(_numbers(value))
        elif field == 2:
            kind = value
        elif field == 8:
            name = value.decode("utf-8")
        elif field == 9:
            raw = value
    if kind != 1:
        return name, np.zeros(0, dtype=np.float32)
    return name, np.frombuffer(raw, dtype="<f4").reshape(dimensions)


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """(field, value) of a protocol buffer message: numbers as int, all else as bytes."""
    at = 0
    while at < len(message):
        key, at = _number(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _number(message, at)
            yield key >> 3, value
            continue
        if kind == 2:
            length, at = _number(message, at)
        else:
            length = {1: 8, 5: 4}[kind]
        yield key >> 3, message[at : at + length]
        at += length


def _numbers(packed: bytes) -> Iterator[int]:
    at = 0
    while at < len(packed):
        value, at = _number(packed, at)
        yield value


def _number(message: bytes, at: int) -> tuple[int, int]:
    """(number, where it ends): seven bits a byte, lowest first."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
