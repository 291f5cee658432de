"""Which Whisper model can be had: a local folder, one fetched or copied before, or one the model hub would give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from transcription.engines.whisper_folder import CONFIG, MODEL, TOKENIZER, check_folder
from transcription.engines.whisper_hub import (
    HubAnswer,
    ask_hub,
    ask_licence,
    fetch_model,
    hub_address,
    hub_name,
    within,
)
from transcription.engines.whisper_manifest import UNKNOWN_LICENCE, write_manifest
from transcription.errors import EngineFailed, NeedsModel

__all__ = ["KNOWN_MODELS", "FoundModel", "HubModel", "bring_model", "find_model", "within"]


@dataclass(frozen=True, slots=True)
class HubModel:
    """A published model: its repository on the hub, about how many megabytes it takes, and its licence there."""

    repository: str
    megabytes: int
    licence: str = "MIT"


KNOWN_MODELS: Final = {
    "tiny": HubModel("Systran/faster-whisper-tiny", 75),
    "tiny.en": HubModel("Systran/faster-whisper-tiny.en", 75),
    "base": HubModel("Systran/faster-whisper-base", 145),
    "base.en": HubModel("Systran/faster-whisper-base.en", 145),
    "small": HubModel("Systran/faster-whisper-small", 485),
    "small.en": HubModel("Systran/faster-whisper-small.en", 485),
    "medium": HubModel("Systran/faster-whisper-medium", 1530),
    "medium.en": HubModel("Systran/faster-whisper-medium.en", 1530),
    "large-v1": HubModel("Systran/faster-whisper-large-v1", 3090),
    "large-v2": HubModel("Systran/faster-whisper-large-v2", 3090),
    "large-v3": HubModel("Systran/faster-whisper-large-v3", 3090),
    "large": HubModel("Systran/faster-whisper-large-v3", 3090),
    "large-v3-turbo": HubModel("mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1620),
    "turbo": HubModel("mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1620),
    "distil-small.en": HubModel("Systran/faster-distil-whisper-small.en", 335),
    "distil-medium.en": HubModel("Systran/faster-distil-whisper-medium.en", 790),
    "distil-large-v2": HubModel("Systran/faster-distil-whisper-large-v2", 1515),
    "distil-large-v3": HubModel("Systran/faster-distil-whisper-large-v3", 1515),
    "distil-large-v3.5": HubModel("distil-whisper/distil-large-v3.5-ct2", 1515),
}
"""The names faster-whisper gives to published models; a test holds this table to its own."""

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model that can be had; `folder` is None while it is only on the hub. `why` is for people."""

    name: str
    folder: Path | None
    why: str


def find_model(
    model: str, *, models_dir: Path | None = None, hub_timeout: float = 3.0, hub: str | None = None
) -> FoundModel:
    """Where a model, named by folder, short name or hub repository, can be had; fetches and loads nothing.

    Asks the hub (for at most `hub_timeout` seconds, the answer is remembered for a minute) only when the model is not
    on this machine. Raises NeedsModel saying what was looked for, what is wrong with it and what to do.
    """
    here = _find_here(model, models_dir)
    if here is not None:
        return here
    repository, size = _on_hub(model)
    hub = hub or hub_address()
    answer = ask_hub(repository, timeout=hub_timeout, hub=hub)
    if answer is HubAnswer.HAS:
        return FoundModel(model, None, f"Whisper model {model}, fetched from {hub_name(hub)} on first use{size}")
    if answer is HubAnswer.LACKS:
        raise NeedsModel(
            f"The Whisper model {model} is not on this machine and the model hub has no model '{repository}' for us.",
            f"Check the name, or name the folder of a model. {_known_names()}",
        )
    if answer is HubAnswer.OFFLINE:
        why = ", which is set to stay offline"
    else:
        why = f" and the model hub does not answer ({hub_name(hub)}, within {hub_timeout:g} s)"
    raise NeedsModel(
        f"The Whisper model {model} is not on this machine{why}.",
        f"Name the folder of a converted model (CTranslate2 format) with --model or CALLCOACH_WHISPER_MODEL, copy one "
        f"to {_copy_to(model, models_dir)}, or let this machine reach {hub_name(hub)} once.",
    )


def bring_model(
    model: str, *, models_dir: Path | None = None, hub: str | None = None, bar: bool | None = None
) -> tuple[str, Path]:
    """The model's name and its checked local folder; fetched from the hub when it is not here yet.

    `bar` shows how far fetching is (None: on a terminal). Raises NeedsModel, and EngineFailed when fetching broke off.
    """
    here = _find_here(model, models_dir)
    if here is not None and here.folder is not None:
        return here.name, here.folder
    repository, _ = _on_hub(model)
    hub = hub or hub_address()
    folder = fetch_model(repository, models_dir, hub=hub, bar=bar)
    try:
        check_folder(folder)
    except NeedsModel as broken:
        raise EngineFailed("whisper", f"the fetched model {model} is not whole ({broken.reason})") from broken
    known = next((known.licence for known in KNOWN_MODELS.values() if known.repository == repository), None)
    licence = known or ask_licence(repository, hub=hub) or UNKNOWN_LICENCE
    write_manifest(folder, model=model, repository=repository, licence=licence)
    return model, folder


def locate(model: str, models_dir: Path | None) -> tuple[Path | None, str | None]:
    """(folder, repository) of a model by folder or name, whole or not; folder None when it is not on this machine.

    Raises NeedsModel when there is no such folder, or nobody knows such a name.
    """
    if _is_path(model):
        return _named_folder(model), None
    if models_dir is not None and re.fullmatch(r"[\w.-]+", model) and (models_dir / model).is_dir():
        known = KNOWN_MODELS.get(model)
        return models_dir / model, known.repository if known else None
    repository, _ = _on_hub(model)
    for copied in _copies(model, repository, models_dir):
        return copied, repository
    return _cached(repository, models_dir), repository


def _find_here(model: str, models_dir: Path | None) -> FoundModel | None:
    """A model on this machine; None when there is none, NeedsModel when there is one with a fault."""
    if _is_path(model):
        folder = _named_folder(model)
        check_folder(folder)
        return FoundModel(folder.resolve().name, folder, f"Whisper model in the folder {folder.resolve().name}")
    repository, _ = _on_hub(model)
    for copied in _copies(model, repository, models_dir):
        check_folder(copied)
        return FoundModel(model, copied, f"Whisper model {model}, found in the models folder")
    fetched = _find_fetched(repository, models_dir)
    return None if fetched is None else FoundModel(model, fetched, f"Whisper model {model}, fetched before")


def _find_fetched(repository: str, models_dir: Path | None) -> Path | None:
    """The folder of a model in the hub library's cache; None when it is not there or only in part."""
    folder = _cached(repository, models_dir)
    if folder is None:
        return None
    try:
        check_folder(folder)
    except NeedsModel:
        return None  # a download broke off: fetching again goes on where it stopped
    return folder


def _cached(repository: str, models_dir: Path | None) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    for name in (MODEL, CONFIG, TOKENIZER):
        found = try_to_load_from_cache(repository, name, cache_dir=models_dir)
        if isinstance(found, str):
            return Path(found).parent
    return None


def _copies(model: str, repository: str, models_dir: Path | None) -> Iterator[Path]:
    """Folders in the models folder into which somebody copied the model."""
    if models_dir is not None:
        for name in dict.fromkeys((model.replace("/", "--"), repository.partition("/")[2])):
            if (models_dir / name).is_dir():
                yield models_dir / name


def _named_folder(model: str) -> Path:
    folder = Path(model).expanduser()
    if not folder.is_dir():
        raise NeedsModel(
            f"There is no Whisper model folder {model}.",
            f"Check the path, or give the name of a model. {_known_names()}",
        )
    return folder


def _is_path(model: str) -> bool:
    if not model or model in KNOWN_MODELS:
        return False
    return model.startswith(("/", "./", "../", "~")) or model.count("/") > 1 or Path(model).is_dir()


def _on_hub(model: str) -> tuple[str, str]:
    """(repository, ", about N MB" when known) of a short name or a repository's own name."""
    known = KNOWN_MODELS.get(model)
    if known is not None:
        return known.repository, f", about {known.megabytes} MB"
    if _REPOSITORY.fullmatch(model):
        return model, ""
    raise NeedsModel(f"There is no Whisper model called '{model}'.", f"Give the folder of a model. {_known_names()}")


def _known_names() -> str:
    return f"Known names: {', '.join(KNOWN_MODELS)}."


def _copy_to(model: str, models_dir: Path | None) -> str:
    return "a folder of your own" if models_dir is None else f"the folder {models_dir / model.replace('/', '--')}"
