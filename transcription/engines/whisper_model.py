"""A Whisper model in memory: CTranslate2's model with its tokenizer and features, loaded from a checked folder.

faster-whisper's own loading brings the libraries for decoding and for the network with it, 20 MB in every process that
keeps a model.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from transcription.engines.whisper_features import MelFeatures
from transcription.engines.whisper_folder import MODEL, PREPROCESSOR, TOKENIZER, broken_folder
from transcription.engines.whisper_tokens import WhisperTokens
from transcription.errors import EngineFailed

COMPUTE: Final = {"cpu": ("int8", "int8_float32", "float32"), "cuda": ("float16", "int8_float16", "float32")}
"""Kinds of arithmetic in the order they are tried. A card too small for half precision gets whole numbers."""

_SETTINGS: Final = {"feature_size": "bands", "sampling_rate": "rate", "hop_length": "hop", "n_fft": "width"}
"""Names in preprocessor_config.json and ours."""


@dataclass
class LoadedModel:
    """`model` is CTranslate2's, `compute` its kind of arithmetic."""

    model: Any
    tokens: WhisperTokens
    features: MelFeatures
    compute: str

    def encode(self, features: NDArray[np.float32]) -> Any:
        """Windows' features (windows, bands, frames) after the encoder, on the device where the decoder is."""
        from ctranslate2 import StorageView

        # With several cards nobody knows which of them will write a window down.
        apart = self.model.device == "cuda" and len(self.model.device_index) > 1
        return self.model.encode(StorageView.from_array(np.ascontiguousarray(features)), to_cpu=apart)


def load_model(folder: Path, called: str, device: str, crew: int, threads: int) -> LoadedModel:
    """The model with `crew` workers of so many threads each. Raises NeedsModel and EngineFailed."""
    import ctranslate2
    from tokenizers import Tokenizer

    supported = ctranslate2.get_supported_compute_types(device)
    kinds = [kind for kind in COMPUTE[device] if kind in supported] or ["default"]
    file = TOKENIZER
    while True:
        try:
            tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            file = MODEL
            model = ctranslate2.models.Whisper(
                str(folder), device=device, compute_type=kinds[0], intra_threads=threads, inter_threads=crew
            )
        except MemoryError as error:
            raise EngineFailed("whisper", f"there is not enough memory for the model {called}") from error
        except Exception as error:  # both libraries raise bare exceptions on a file they cannot use
            if device == "cuda" and file == MODEL:
                if "out of memory" in str(error) and len(kinds) > 1:
                    del kinds[0]
                    continue
                raise EngineFailed("whisper", first_line(error)) from error
            raise broken_folder(folder, f"{file} does not load ({first_line(error)})") from error
        return LoadedModel(
            model, WhisperTokens(tokenizer, model.is_multilingual), MelFeatures(**_settings(folder)), kinds[0]
        )


def first_line(error: Exception) -> str:
    """The first line of an error of somebody else's, as the end of a sentence."""
    lines = str(error).strip().splitlines()
    first = lines[0] if lines else type(error).__name__
    if "out of memory" in first:
        return "the graphics card ran out of memory"
    return first.rstrip(".")


def _settings(folder: Path) -> dict[str, int]:
    """What the folder says about its features; the usual ones where it says nothing."""
    try:
        said = json.loads((folder / PREPROCESSOR).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {ours: said[name] for name, ours in _SETTINGS.items() if isinstance(said.get(name), int)}
