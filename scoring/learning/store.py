"""Models as files: written and read by skops, never pickle; only types named here are ever made, all else is refused.

A file holds the model and its card: what it judges, its version, its figures, and the SHA-256 of the labels it was
trained on. Whoever keeps the file keeps the SHA-256 of its bytes as well, and a file that differs is not read.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scoring.learning.criterion_model import CriterionModel, read_model
from scoring.learning.text_model import TextModel
from scoring.learning.text_part import TurnText

FORMAT: Final = 1
LARGEST: Final = 200 * 1024 * 1024  # bytes, unpacked: a text part has some 100,000 numbers
_HASH_LENGTH: Final = 64
_SCHEMA: Final = "schema.json"
_ADDRESS: Final = re.compile(r'"__id__": (?P<id>\d+)|"(?P<file>\d+)\.(?P<ending>np[yz])"')
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)

# The types of text parts. skops itself trusts numpy's arrays and scikit-learn's estimators; functions, and any class
# not named here, could run code when they are made.
ALLOWED: Final = (
    "scoring.learning.text_features.Block",
    "scoring.learning.text_features.TextFeatures",
    "scoring.learning.text_model.TextModel",
)


class ModelRefused(ValueError):
    """A file that is not read as a model; nothing in it was run. `why` says what is wrong with it."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"the model {name} was not loaded: {why}")
        self.name = name
        self.why = why


@dataclass(frozen=True, slots=True)
class Card:
    """What a model is. `id` is its name in assessments; `data_sha256` the hash of its training labels."""

    criterion: str
    language: str
    version: int
    data_sha256: str
    figures: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The model's name in an assessment's `models` and in `model:<id>` of its evidence."""
        return model_id(self.criterion, self.language)

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "criterion": self.criterion,
            "language": self.language,
            "version": self.version,
            "data_sha256": self.data_sha256,
            "figures": dict(self.figures),
        }


def model_id(criterion: str, language: str) -> str:
    """The name of a criterion's model in one language."""
    return f"{criterion}.{language}" if language else criterion


def save_model(path: Path, model: CriterionModel, card: Card) -> str:
    """Write the model with its card; the SHA-256 of the file. The same model and card give the same bytes."""
    from skops.io import dumps

    held = {
        "card": json.dumps(card.to_json()),
        "model": json.dumps(model.to_json()),
        "text": model.text.model if isinstance(model.text, TurnText) else None,
    }
    data = _steady(dumps(held))
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    with half.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    return hashlib.sha256(data).hexdigest()


def load_model(path: Path, sha256: str) -> tuple[CriterionModel, Card]:
    """The model in a file whose bytes must have this SHA-256. Raises ModelRefused."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelRefused(path.name, (error.strerror or str(error)).lower()) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ModelRefused(path.name, "its bytes are not those that were stored")
    return read_bytes(data, path.name)


def read_bytes(data: bytes, name: str) -> tuple[CriterionModel, Card]:
    """The model in the bytes of a file. Raises ModelRefused for anything but what this module writes."""
    from skops.io import get_untrusted_types, loads

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > LARGEST:
                raise ModelRefused(name, f"it holds more than {LARGEST // 1024**2} MB")
        unknown = sorted(set(get_untrusted_types(data=data)) - set(ALLOWED))
        if unknown:
            raise ModelRefused(name, f"it holds types that are not allowed: {', '.join(unknown)}")
        held = loads(data, trusted=list(ALLOWED))
    except ModelRefused:
        raise
    except Exception as error:  # a broken file breaks the reader in many ways, all refusals
        raise ModelRefused(name, f"it is no model file ({type(error).__name__})") from error
    if not isinstance(held, dict) or set(held) != {"card", "model", "text"}:
        raise ModelRefused(name, "it is no model of a criterion")
    try:
        card = _read_card(json.loads(held["card"]))
        text = held["text"]
        return read_model(json.loads(held["model"]), TurnText(text) if isinstance(text, TextModel) else None), card
    except (KeyError, TypeError, ValueError) as error:
        raise ModelRefused(name, f"its card or its numbers cannot be read ({error})") from error


def _read_card(data: Mapping[str, Any]) -> Card:
    if data.get("format") != FORMAT:
        raise ValueError(f"format {data.get('format')!r} is not {FORMAT}")
    trained_on = str(data["data_sha256"])
    if len(trained_on) != _HASH_LENGTH:
        raise ValueError("it does not say which labels it was trained on")
    return Card(str(data["criterion"]), str(data["language"]), int(data["version"]), trained_on, dict(data["figures"]))


def _steady(data: bytes) -> bytes:
    """The archive without what differs from run to run: times, the order of members, and memory addresses as names."""
    numbers: dict[str, str] = {}

    def renumbered(found: re.Match[str]) -> str:
        number = numbers.setdefault(found["id"] or found["file"], str(len(numbers) + 1))
        return f'"__id__": {number}' if found["id"] else f'"{number}.{found["ending"]}"'

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        schema = _ADDRESS.sub(renumbered, source.read(_SCHEMA).decode())
        members = {_SCHEMA: schema.encode()}
        for name in source.namelist():
            stem, _dot, ending = name.partition(".")
            if name != _SCHEMA:
                members[f"{numbers[stem]}.{ending}"] = source.read(name)
        for name in sorted(members):
            target.writestr(zipfile.ZipInfo(name, _LONG_AGO), members[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()
