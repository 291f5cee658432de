"""Makes voice_model.npz from the Resemblyzer wheel: its speaker encoder's weights alone, as 16-bit floats.

Run once: python -m transcription.diarization.convert_voice_model Resemblyzer-0.1.4-py3-none-any.whl
The wheel's weights are a pickle; it is read with a restricted unpickler, so nothing in it can run and torch is not
needed. What was taken, from where, and under which licence is told in VOICE_MODEL.md beside this file.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

WHEEL_SHA256: Final = "8f12eb2f1a9982d32e8db7856de754709b59c93a77bcf0ff536584b619a9dd1f"
_MEMBER: Final = "resemblyzer/pretrained.pt"
_LAYERS: Final = 3
_WANTED: Final = (
    *(
        f"lstm.{kind}_{side}_l{layer}"
        for layer in range(_LAYERS)
        for kind in ("weight", "bias")
        for side in ("ih", "hh")
    ),
    "linear.weight",
    "linear.bias",
)
_TYPES: Final = {"FloatStorage": "<f4", "LongStorage": "<i8", "IntStorage": "<i4", "DoubleStorage": "<f8"}


class WrongWheel(ValueError):
    """The file is not the wheel this was written for; carries the checksum found."""

    def __init__(self, found: str) -> None:
        super().__init__(f"The wheel's SHA-256 is {found}, expected {WHEEL_SHA256}: take Resemblyzer 0.1.4 from PyPI.")
        self.found = found


def convert(wheel: Path, target: Path) -> None:
    """Write the encoder's weights found in `wheel` to `target`. Raises WrongWheel, UnpicklingError."""
    content = wheel.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != WHEEL_SHA256:
        raise WrongWheel(found)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        weights = read_weights(io.BytesIO(archive.read(_MEMBER)))
    # savez stamps the time of day into the archive; a fixed stamp keeps the file's bytes the same on every run.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(weights):
            buffer = io.BytesIO()
            np.save(buffer, weights[name].astype(np.float16), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), buffer.getvalue(), zipfile.ZIP_DEFLATED)


def read_weights(file: BinaryIO) -> dict[str, NDArray[np.float32]]:
    """The encoder's arrays from torch's older file layout: header pickles, the objects, then each storage's numbers."""
    storages: dict[str, _Storage] = {}
    for _ in range(3):  # magic number, protocol, type sizes
        _Reader(file, storages).load()
    state = _Reader(file, storages).load()["model_state"]
    for key in _Reader(file, storages).load():
        storage = storages[key]
        count = int(np.frombuffer(file.read(8), dtype="<i8")[0])
        dtype = np.dtype(storage.dtype)
        storage.numbers = np.frombuffer(file.read(count * dtype.itemsize), dtype=dtype)
    return {name: state[name].array() for name in _WANTED}


class _Storage:
    def __init__(self, dtype: str) -> None:
        self.dtype = dtype
        self.numbers: NDArray[Any] = np.zeros(0)


class _Tensor:
    def __init__(self, storage: _Storage, offset: int, shape: tuple[int, ...], *_rest: Any) -> None:
        self._storage, self._offset, self._shape = storage, offset, shape

    def array(self) -> NDArray[np.float32]:
        count = int(np.prod(self._shape))
        return self._storage.numbers[self._offset : self._offset + count].reshape(self._shape).astype(np.float32)


class _Reader(pickle.Unpickler):
    """Knows tensors, storages and ordered dictionaries, refuses any other name."""

    def __init__(self, file: BinaryIO, storages: dict[str, _Storage]) -> None:
        super().__init__(file)
        self._storages = storages

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Tensor
        if module == "torch" and name in _TYPES:
            return _TYPES[name]
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a file of weights")

    def persistent_load(self, pid: Any) -> _Storage:
        _kind, dtype, key, *_rest = pid
        return self._storages.setdefault(key, _Storage(dtype))


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(__file__).with_name("voice_model.npz"))
