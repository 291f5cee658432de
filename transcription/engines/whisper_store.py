"""The Whisper models of this machine: which are here, how large, under which licence, and whether they are whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from transcription.engines.whisper_folder import MODEL, check_folder
from transcription.engines.whisper_manifest import (
    UNKNOWN_LICENCE,
    Manifest,
    compare,
    parts_of,
    read_manifest,
    write_manifest,
)
from transcription.engines.whisper_models import KNOWN_MODELS, locate
from transcription.errors import NeedsModel

State = Literal["here", "broken", "not_here"]

_CACHED: Final = "models--"


@dataclass(frozen=True, slots=True)
class KeptModel:
    """A model that is here or can be fetched by name. `bytes` is about what it takes when it is not here;
    `problem` says in words what is wrong with one that is broken."""

    name: str
    state: State
    folder: Path | None
    bytes: int
    licence: str
    repository: str | None
    manifest: Manifest | None = None
    problem: str | None = None


def list_models(models_dir: Path | None) -> list[KeptModel]:
    """Every known model, and every other one in the models folder. Reads no weights and asks no hub."""
    listed: dict[str, KeptModel] = {}
    for name, known in KNOWN_MODELS.items():
        if known.repository in {model.repository for model in listed.values()}:
            continue  # "large" and "turbo" are other names of models listed already
        listed[name] = look_at(name, models_dir)
    for name, folder in _others(models_dir):
        if folder not in {model.folder for model in listed.values()}:
            listed.setdefault(name, _look(name, folder, None))
    return list(listed.values())


def look_at(name: str, models_dir: Path | None) -> KeptModel:
    """One model by folder or name. Raises NeedsModel when it is neither here nor a name anybody knows."""
    folder, repository = locate(name, models_dir)
    if folder is not None:
        return _look(folder.resolve().name if "/" in name and repository is None else name, folder, repository)
    known = next((model for model in KNOWN_MODELS.values() if model.repository == repository), None)
    size, licence = (known.megabytes * 1_000_000, known.licence) if known else (0, UNKNOWN_LICENCE)
    return KeptModel(name, "not_here", None, size, licence, repository)


def check_model(model: KeptModel) -> list[str]:
    """Everything wrong with a model that is here, one phrase each; its files are read to their ends."""
    if model.folder is None:
        return ["it is not on this machine"]
    wrong = compare(model.folder, model.manifest) if model.manifest is not None else []
    if not wrong and model.problem is not None:
        wrong = [model.problem]
    return wrong


def record_model(model: KeptModel) -> KeptModel:
    """The model with its files listed as they are now, for one that was copied here by hand. Raises EngineFailed."""
    if model.folder is None:
        return model
    write_manifest(model.folder, model=model.name, repository=model.repository, licence=model.licence)
    return _look(model.name, model.folder, model.repository)


def _look(name: str, folder: Path, repository: str | None) -> KeptModel:
    manifest = read_manifest(folder)
    try:
        check_folder(folder)
        state, problem = "here", None
    except NeedsModel as broken:
        state, problem = "broken", broken.reason.rstrip(".")
    known = next((model for model in KNOWN_MODELS.values() if model.repository == repository), None)
    return KeptModel(
        name,
        "broken" if state == "broken" else "here",
        folder,
        sum(path.stat().st_size for path in parts_of(folder)),
        manifest.licence if manifest else known.licence if known else UNKNOWN_LICENCE,
        repository or (manifest.repository if manifest else None),
        manifest,
        problem,
    )


def _others(models_dir: Path | None) -> Iterator[tuple[str, Path]]:
    """(name, folder) of models copied into the models folder, and of those fetched by their repository's name."""
    if models_dir is None or not models_dir.is_dir():
        return
    for folder in sorted(models_dir.iterdir()):
        if folder.name.startswith(_CACHED):
            repository = folder.name.removeprefix(_CACHED).replace("--", "/", 1)
            found, _ = locate(repository, models_dir)
            if found is not None:
                yield repository, found
        elif (folder / MODEL).is_file():
            yield folder.name, folder
