"""Is a folder a whole CTranslate2 Whisper model? Checked file by file without loading it, so that nothing is missing
(and nothing is looked for on a network) once a call is being transcribed."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from transcription.errors import NeedsModel

MODEL: Final = "model.bin"
CONFIG: Final = "config.json"
TOKENIZER: Final = "tokenizer.json"
PREPROCESSOR: Final = "preprocessor_config.json"
VOCABULARIES: Final = ("vocabulary.json", "vocabulary.txt")

SPEC: Final = "WhisperSpec"
USUAL_BANDS: Final = 80
"""Mel bands taken when there is no preprocessor_config.json: right for every model but large-v3 and its kin (128)."""

_SIZED_SINCE: Final = 4  # from this version of the file on, each weight says its size in bytes
_MARKS: Final = ("<|startoftranscript|>", "<|notimestamps|>")


@dataclass(frozen=True, slots=True)
class _Weights:
    """What model.bin says about itself; None when its version is too old to say."""

    bands: int | None = None
    tokens: int | None = None
    width: int | None = None


def check_folder(folder: Path) -> None:
    """Raises NeedsModel naming the file that is missing, damaged, or of another model."""
    for name in (MODEL, CONFIG, TOKENIZER):
        if not (folder / name).is_file():
            raise broken_folder(folder, f"{name} is missing")
    weights = _read_weights(folder)
    config = _read_object(folder, CONFIG)
    if not config.get("alignment_heads"):
        raise broken_folder(folder, f"{CONFIG} has no 'alignment_heads', without which words get no times")
    vocabulary, name = _read_vocabulary(folder)
    if weights.tokens is not None and len(vocabulary) != weights.tokens:
        why = f"{name} holds {len(vocabulary)} tokens but {MODEL} was made with {weights.tokens}"
        raise broken_folder(folder, why)
    _check_tokenizer(folder, vocabulary)
    _check_bands(folder, weights)


def model_width(folder: Path) -> int | None:
    """How wide the model's layers are (tiny 384, base 512, small 768, large 1280); None when it does not say."""
    return _read_weights(folder).width


def broken_folder(folder: Path, why: str) -> NeedsModel:
    """The error for a model folder with a fault in it."""
    return NeedsModel(
        f"The Whisper model in the folder {folder.name} cannot be used: {why}.",
        "Copy the whole model again (model.bin, config.json, tokenizer.json, the vocabulary and, if there is one, "
        "preprocessor_config.json), or name another with --model or CALLCOACH_WHISPER_MODEL.",
    )


def _check_tokenizer(folder: Path, vocabulary: list[str]) -> None:
    added = _read_object(folder, TOKENIZER).get("added_tokens")
    tokens = {t.get("content"): t.get("id") for t in added if isinstance(t, dict)} if isinstance(added, list) else {}
    for mark in _MARKS:
        if mark not in tokens or mark not in vocabulary:
            raise broken_folder(folder, f"{TOKENIZER} or the vocabulary is not Whisper's: it has no {mark}")
        if tokens[mark] != vocabulary.index(mark):
            raise broken_folder(folder, f"{TOKENIZER} belongs to another Whisper model: it counts {mark} differently")


def _check_bands(folder: Path, weights: _Weights) -> None:
    present = (folder / PREPROCESSOR).exists()
    bands = _read_object(folder, PREPROCESSOR).get("feature_size", USUAL_BANDS) if present else USUAL_BANDS
    if weights.bands is not None and bands != weights.bands:
        fault = f"says {bands}" if present else f"is missing, which would mean {USUAL_BANDS}"
        raise broken_folder(folder, f"{MODEL} needs {weights.bands} mel bands, but {PREPROCESSOR} {fault}")


def _read_vocabulary(folder: Path) -> tuple[list[str], str]:
    for name in VOCABULARIES:
        path = folder / name
        if not path.is_file():
            continue
        if path.suffix == ".json":
            tokens = _read_json(folder, name)
            if not isinstance(tokens, list):
                raise broken_folder(folder, f"{name} is not a list of tokens")
            return [str(token) for token in tokens], name
        return _read_text(folder, name).removesuffix("\n").split("\n"), name
    raise broken_folder(folder, f"{' or '.join(VOCABULARIES)} is missing")


def _read_object(folder: Path, name: str) -> dict[str, Any]:
    data = _read_json(folder, name)
    if not isinstance(data, dict):
        raise broken_folder(folder, f"{name} is not a JSON object")
    return data


def _read_json(folder: Path, name: str) -> Any:
    try:
        return json.loads(_read_text(folder, name))
    except (ValueError, RecursionError):
        raise broken_folder(folder, f"{name} is damaged (not JSON)") from None


def _read_text(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise broken_folder(folder, f"{name} is damaged (not text)") from None
    except OSError as error:
        raise broken_folder(folder, f"{name} cannot be read ({error.strerror})") from None


def _read_weights(folder: Path) -> _Weights:
    """Walk over the weights' headers to the end of model.bin: a file cut short is found without loading it."""
    try:
        with open(folder / MODEL, "rb") as file:
            return _walk(folder, file)
    except OSError as error:
        raise broken_folder(folder, f"{MODEL} cannot be read ({error.strerror})") from None
    except (struct.error, UnicodeDecodeError):
        raise broken_folder(folder, f"{MODEL} is damaged or was not copied to its end") from None


def _walk(folder: Path, file: BinaryIO) -> _Weights:
    # The layout is CTranslate2's (specs/model_spec.py, ModelSpec._serialize); little-endian, texts end in a zero byte.
    head = file.read(40)
    file.seek(0)
    if head.startswith(b"version https://git-lfs"):
        raise broken_folder(folder, f"{MODEL} is a Git LFS pointer: the model itself was not downloaded")
    if SPEC.encode() not in head:
        raise broken_folder(folder, f"{MODEL} is not a Whisper model in CTranslate2's format")
    version = _number(file, "<I")
    _text(file)
    _number(file, "<I")
    if version < _SIZED_SINCE:
        return _Weights()
    size = (folder / MODEL).stat().st_size
    shapes: dict[str, tuple[int, ...]] = {}
    for _ in range(_number(file, "<I")):
        name = _text(file)
        shapes[name] = tuple(_number(file, "<I") for _ in range(_number(file, "<B")))
        _number(file, "<B")
        file.seek(_number(file, "<I"), 1)
        if file.tell() > size:
            raise struct.error(name)
    _number(file, "<I")
    bands = shapes.get("encoder/conv1/weight", ())
    tokens = shapes.get("decoder/embeddings/weight", ())
    if len(bands) < 2 or not tokens:
        return _Weights(tokens=tokens[0] if tokens else None)
    return _Weights(bands[1], tokens[0], bands[0])


def _number(file: BinaryIO, layout: str) -> int:
    (number,) = struct.unpack(layout, file.read(struct.calcsize(layout)))
    return int(number)


def _text(file: BinaryIO) -> str:
    return file.read(_number(file, "<H")).rstrip(b"\0").decode("utf-8")
