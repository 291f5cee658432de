"""Where a Whisper model is: a local folder, one fetched earlier, or the model hub, asked briefly whether it answers."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from transcription.errors import NeedsModel

NEEDED: Final = ("config.json", "model.bin", "tokenizer.json")
"""Files without which loading fails or would reach for the network later (the tokenizer)."""

ADVICE: Final = (
    "Put a converted model folder (faster-whisper format) on this machine and name it with --model or "
    "CALLCOACH_WHISPER_MODEL, or let this machine reach the model hub."
)
_FETCHED: Final = ["config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*"]


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model that can be had; `folder` is None while it is only on the hub, `why` is for the transcript."""

    folder: Path | None
    why: str


def find_model(model: str, *, models_dir: Path | None, hub_timeout: float) -> FoundModel:
    """Where the model is. Fetches nothing; waits at most `hub_timeout` seconds for the hub. Raises NeedsModel."""
    local = _local_folder(model, models_dir)
    if local is not None:
        _check_folder(local, model)
        return FoundModel(local, f"the Whisper model {local.name} is on this machine")
    repository = repository_of(model)
    cached = _cached(repository, models_dir)
    if cached is not None:
        return FoundModel(cached, f"the Whisper model {model} was fetched earlier")
    _ask_hub(model, repository, hub_timeout)
    return FoundModel(None, f"the Whisper model {model} can be fetched from the model hub")


def fetch_model(model: str, *, models_dir: Path | None) -> Path:
    """The model's folder, fetched from the hub if it is not here, with a bar on a terminal. Raises NeedsModel."""
    local = _local_folder(model, models_dir)
    if local is not None:
        _check_folder(local, model)
        return local
    repository = repository_of(model)
    folder = _cached(repository, models_dir) or _download(model, repository, models_dir)
    _check_folder(folder, model)
    return folder


def repository_of(model: str) -> str:
    """The hub repository of a short model name ("small"); "org/name" stays as it is. Raises NeedsModel."""
    if "/" in model:
        return model
    from faster_whisper.utils import _MODELS

    known = _MODELS.get(model)
    if known is None:
        raise NeedsModel(
            f"There is no Whisper model called '{model}'.", f"Use one of {', '.join(_MODELS)}, or a folder."
        )
    return str(known)


def _local_folder(model: str, models_dir: Path | None) -> Path | None:
    path = Path(model).expanduser()
    if path.is_dir():
        return path
    if path.is_absolute() or model.startswith((".", "~")):
        raise NeedsModel(f"There is no model folder {model}.", ADVICE)
    if models_dir is not None and (models_dir / model / "model.bin").is_file():
        return models_dir / model
    return None


def _check_folder(folder: Path, model: str) -> None:
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if not any(folder.glob("vocabulary.*")):
        missing.append("vocabulary.json")
    if missing:
        raise NeedsModel(f"The Whisper model {model} is not whole: {', '.join(missing)} is missing.", ADVICE)


def _cached(repository: str, models_dir: Path | None) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        found = Path(
            snapshot_download(repository, cache_dir=models_dir, allow_patterns=_FETCHED, local_files_only=True)
        )
    except LocalEntryNotFoundError:
        return None
    except HFValidationError as error:
        raise NeedsModel(f"'{repository}' is no model name.", ADVICE) from error
    return found if (found / "model.bin").is_file() else None


def _download(model: str, repository: str, models_dir: Path | None) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError
    from tqdm.auto import tqdm  # type: ignore[import-untyped, unused-ignore]

    class Bar(tqdm):  # type: ignore[type-arg, misc, unused-ignore]
        """Drawn on a terminal only; a service's log stays free of it."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs["disable"] = None
            super().__init__(*args, **kwargs)

    try:
        return Path(snapshot_download(repository, cache_dir=models_dir, allow_patterns=_FETCHED, tqdm_class=Bar))
    except (HfHubHTTPError, OSError, RuntimeError, ValueError) as error:
        why = str(error).strip().splitlines()[:1] or [type(error).__name__]
        raise NeedsModel(f"The Whisper model {model} could not be fetched ({why[0][:200]}).", ADVICE) from error


def _ask_hub(model: str, repository: str, timeout: float) -> None:
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        raise NeedsModel(f"The Whisper model {model} is not on this machine, which is set to stay offline.", ADVICE)
    url = f"{constants.ENDPOINT}/api/models/{repository}"
    answer = within(lambda: _status(url, timeout), timeout)
    if answer in (401, 403, 404):
        raise NeedsModel(f"The model hub has no model '{repository}' for us.", ADVICE)
    if answer is None or answer >= 400:
        raise NeedsModel(f"The Whisper model {model} is not on this machine and the model hub does not answer.", ADVICE)


def within(ask: Callable[[], int | None], timeout: float) -> int | None:
    """The answer if it comes within `timeout` seconds, else None. Looking a name up has no time limit of its own."""
    answers: list[int | None] = []
    thread = threading.Thread(target=lambda: answers.append(ask()), daemon=True)
    thread.start()
    thread.join(timeout)
    return answers[0] if answers else None


def _status(url: str, timeout: float) -> int | None:
    if not url.startswith(("https://", "http://")):
        return None
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=timeout) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except (OSError, ValueError):
        return None
