"""The judge of closed leads as a file: plain JSON with its card. Nothing in it can run; what differs is not read."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from scoring.learning.rejection_model import RejectionModel, read_rejection_model
from scoring.learning.store import ModelRefused

FORMAT: Final = 1
LARGEST: Final = 50 * 1024 * 1024  # bytes: some thousand calls' words make one or two million


def save_head(path: Path, model: RejectionModel, card: Mapping[str, Any]) -> str:
    """Write the model with its card; the SHA-256 of the file. The same model and card give the same bytes."""
    held = {"format": FORMAT, "card": dict(card), "rejection": model.to_json()}
    data = json.dumps(held, ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(",", ":")).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    with half.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    return hashlib.sha256(data).hexdigest()


def load_head(path: Path, sha256: str) -> RejectionModel:
    """The model in a file whose bytes must have this SHA-256. Raises ModelRefused."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise ModelRefused(path.name, (error.strerror or str(error)).lower()) from error
    if len(data) > LARGEST:
        raise ModelRefused(path.name, f"it holds more than {LARGEST // 1024**2} MB")
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ModelRefused(path.name, "its bytes are not those that were stored")
    return read_head(data, path.name)


def read_head(data: bytes, name: str) -> RejectionModel:
    """The model in the bytes of a file. Raises ModelRefused for anything but what this module writes."""
    try:
        held = json.loads(data)
        if not isinstance(held, dict) or held.get("format") != FORMAT:
            raise ModelRefused(name, "it is no model of closed leads")
        model = read_rejection_model(held["rejection"])
        _check(model)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, ModelRefused):
            raise
        raise ModelRefused(name, f"its numbers cannot be read ({type(error).__name__})") from error
    return model


def _check(model: RejectionModel) -> None:
    """A weight for every feature, and numbers that can be counted with. Raises ValueError."""
    inner = model.model
    if len(inner.weights) < sum(len(block.names) for block in inner.blocks):
        raise ValueError("fewer weights than features")
    numbers = [inner.offset, *inner.weights]
    for block in inner.blocks:
        if len(block.names) != len(block.factors):
            raise ValueError("a block's names and factors differ in number")
        numbers += [block.weight, *block.factors]
    if not all(map(math.isfinite, numbers)):
        raise ValueError("a number that is none")
