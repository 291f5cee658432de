"""The stronger back end, where it is wanted: a speaker embedding model of sherpa-onnx from a local folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from transcription.diarization.backend import Sound
from transcription.diarization.spectra import Floats
from transcription.errors import TranscriptionError
from transcription.speech import RATE

FOLDER: Final = "speakers"
"""The folder under the models' folder that holds the speaker model, one .onnx file."""

FRAMEWORKS: Final = ("wespeaker", "3d-speaker", "nemo")
"""What a model's own description may name as its origin, for sherpa-onnx to know how to feed it."""

_SHORTEST: Final = RATE // 2
"""Samples: models refuse less than a few frames, so a shorter window is repeated up to here."""


class SpeakerModelMissing(TranscriptionError):
    """The folder for a speaker model holds none, or several; names the folder and what was found."""

    code = "speaker_model_missing"

    def __init__(self, folder: Path, found: Sequence[str]) -> None:
        what = f"holds {len(found)} models ({', '.join(found)})" if found else "holds no .onnx file"
        super().__init__(
            f"Voices cannot be told apart with a model of your own: {folder} {what}. "
            "Put one speaker embedding model for sherpa-onnx there, or remove the folder to use the built-in one."
        )
        self.folder = folder
        self.found = tuple(found)


class SpeakerModelUnreadable(TranscriptionError):
    """sherpa-onnx does not take the file as a speaker model."""

    code = "speaker_model_unreadable"

    def __init__(self, model: Path) -> None:
        super().__init__(
            f"Voices cannot be told apart with {model}: sherpa-onnx does not read it as a speaker embedding model. "
            "Put another one there, or remove its folder to use the built-in one."
        )
        self.model = model


def sherpa_installed() -> bool:
    """True when the optional package is there (`pip install callcoach[speakers]`)."""
    try:
        import sherpa_onnx  # noqa: F401
    except ImportError:
        return False
    return True


def find_speaker_model(folder: Path) -> Path:
    """The one model in `folder`. Raises SpeakerModelMissing."""
    found = sorted(path for path in folder.glob("*.onnx") if path.is_file() and path.stat().st_size > 0)
    if len(found) != 1:
        raise SpeakerModelMissing(folder, [path.name for path in found])
    return found[0]


class SherpaBackend:
    """Describes windows with a sherpa-onnx speaker embedding model. Raises SpeakerModelUnreadable when it is none."""

    alone = 0.95  # as the built-in encoder; a model of one's own is not measured here

    def __init__(self, model: Path) -> None:
        import sherpa_onnx

        # Checked here: sherpa-onnx takes any network without complaint and then ends the process when it is used.
        if _framework(model) not in FRAMEWORKS:
            raise SpeakerModelUnreadable(model)
        config = sherpa_onnx.SpeakerEmbeddingExtractorConfig(model=str(model), num_threads=1, provider="cpu")
        try:
            if not config.validate():
                raise SpeakerModelUnreadable(model)
            self._extractor: Any = sherpa_onnx.SpeakerEmbeddingExtractor(config)
        except RuntimeError as error:
            raise SpeakerModelUnreadable(model) from error
        self.name = f"sherpa-onnx {model.stem}"

    def describe(self, sounds: Sequence[Sound]) -> Floats:
        """Unit vectors `(windows, size of the model)`."""
        rows = [self._embed(sound.samples[first:last]) for sound in sounds for first, last in sound.windows]
        return np.stack(rows) if rows else np.zeros((0, int(self._extractor.dim)), dtype=np.float32)

    def _embed(self, samples: np.ndarray[Any, np.dtype[np.int16]]) -> Floats:
        if 0 < samples.size < _SHORTEST:
            samples = np.tile(samples, -(-_SHORTEST // samples.size))
        stream = self._extractor.create_stream()
        stream.accept_waveform(RATE, samples.astype(np.float32) / np.float32(32768))
        stream.input_finished()
        vector = np.asarray(self._extractor.compute(stream), dtype=np.float32)
        unit: Floats = vector / max(float(np.linalg.norm(vector)), 1e-6)
        return unit


def _framework(model: Path) -> str | None:
    """The model's origin by its own description; None when it has none or is no network at all."""
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    try:
        session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    except (state.Fail, state.InvalidProtobuf, state.InvalidGraph, state.InvalidArgument, state.NotImplemented):
        return None
    found = session.get_modelmeta().custom_metadata_map.get("framework")
    return None if found is None else str(found)
