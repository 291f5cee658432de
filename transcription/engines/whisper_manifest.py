"""The list of a model's files with their SHA-256, written beside them when they come and compared with them later."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from transcription.engines.whisper_folder import CONFIG, MODEL, PREPROCESSOR, TOKENIZER, VOCABULARIES
from transcription.errors import EngineFailed

MANIFEST: Final = "callcoach-manifest.json"
PARTS: Final = (MODEL, CONFIG, TOKENIZER, PREPROCESSOR, *VOCABULARIES)
"""Files a model consists of; not every model has all of them."""

UNKNOWN_LICENCE: Final = "unknown"

_BLOCK: Final = 1 << 22
_SHA256: Final = re.compile(r"[0-9a-f]{64}")

Read = Callable[[int], None]
"""Called with the bytes read so far of a file being summed up."""


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One file of a model: bytes and SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model was when it came: where from, under which licence, and its files."""

    model: str
    repository: str | None
    licence: str
    files: tuple[ListedFile, ...]

    @property
    def sha256(self) -> str:
        """The checksum of the weights, by which people tell models apart."""
        return next((file.sha256 for file in self.files if file.name == MODEL), "")


def write_manifest(folder: Path, *, model: str, repository: str | None, licence: str) -> Manifest:
    """Sum up the files of a model and write the list beside them.

    Raises EngineFailed when a file just fetched is not the one its hub named (which keeps files under their SHA-256);
    that file is taken away, so that fetching again fetches it.
    """
    files = []
    for path in parts_of(folder):
        sha256 = sum_up(path)
        stored = path.resolve()
        if _SHA256.fullmatch(stored.name) and stored.name != sha256:
            stored.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            raise EngineFailed("whisper", f"{path.name} of the model {model} came damaged; fetch it again")
        files.append(ListedFile(path.name, path.stat().st_size, sha256))
    manifest = Manifest(model, repository, licence, tuple(files))
    written = json.dumps(_as_json(manifest), indent=2) + "\n"
    try:
        (folder / MANIFEST).write_text(written, encoding="utf-8")
    except OSError as error:
        why = f"the list of files of the model {model} could not be written ({error.strerror})"
        raise EngineFailed("whisper", why) from error
    return manifest


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest beside a model; None when there is none or it cannot be understood."""
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = tuple(ListedFile(str(f["name"]), int(f["size"]), str(f["sha256"])) for f in data["files"])
        return Manifest(str(data["model"]), data.get("repository"), str(data["licence"]), files)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def compare(folder: Path, manifest: Manifest, on_read: Read | None = None) -> list[str]:
    """What is wrong with the files, one phrase each ("model.bin is damaged"); nothing when they are as they came."""
    wrong = []
    for file in manifest.files:
        path = folder / file.name
        try:
            size = path.stat().st_size
            if size != file.size:
                wrong.append(f"{file.name} is damaged: it has {size} bytes instead of {file.size}")
            elif sum_up(path, on_read) != file.sha256:
                wrong.append(f"{file.name} is damaged: its checksum is not the one it came with")
        except FileNotFoundError:
            wrong.append(f"{file.name} is missing")
        except OSError as error:
            wrong.append(f"{file.name} cannot be read ({error.strerror})")
    return wrong


def parts_of(folder: Path) -> list[Path]:
    """The model's files that are there."""
    return [folder / name for name in PARTS if (folder / name).is_file()]


def sum_up(path: Path, on_read: Read | None = None) -> str:
    """SHA-256 of a file, read in blocks."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            total.update(block)
            if on_read is not None:
                on_read(file.tell())
    return total.hexdigest()


def _as_json(manifest: Manifest) -> dict[str, Any]:
    return {
        "schema": 1,
        "model": manifest.model,
        "repository": manifest.repository,
        "licence": manifest.licence,
        "files": [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in manifest.files],
    }
