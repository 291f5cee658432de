"""What tells voices apart: the Protocol each back end fulfils, and which one runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from transcription.diarization.spectra import Floats


@dataclass(frozen=True, slots=True)
class Sound:
    """int16 samples at 16 kHz and the windows in them to describe, as (first, last) sample numbers."""

    samples: NDArray[np.int16]
    windows: tuple[tuple[int, int], ...]


class VoiceBackend(Protocol):
    """Turns windows of speech into vectors that lie close together when one person speaks."""

    @property
    def name(self) -> str:
        """Short name, as benchmarks print it."""

    @property
    def alone(self) -> float:
        """The most confidence 0..1 that "all is one person" deserves: how many pairs it told apart where measured."""

    def describe(self, sounds: Sequence[Sound]) -> Floats:
        """A vector for every window of every sound, in order: `(windows, size)` float32, close for one voice.

        The same windows give the same vectors, whatever else is in the list.
        """


def choose_backend(models_dir: Path | None = None) -> VoiceBackend:
    """The best back end that can run here.

    A model in `models_dir`/speakers where sherpa-onnx is installed, else the encoder that ships with the product, else
    (its file was left out of an installation) cepstra and pitch. Raises SpeakerModelMissing and SpeakerModelUnreadable:
    whoever made that folder wants its model, and is told rather than given another.
    """
    from transcription.diarization.cepstral import CepstralBackend
    from transcription.diarization.encoder import MODEL
    from transcription.diarization.sherpa import FOLDER, SherpaBackend, find_speaker_model, sherpa_installed
    from transcription.diarization.shipped import ShippedBackend

    if models_dir is not None and (models_dir / FOLDER).is_dir() and sherpa_installed():
        return SherpaBackend(find_speaker_model(models_dir / FOLDER))
    return ShippedBackend() if MODEL.is_file() else CepstralBackend()
