"""The model hub: does it answer and have a model, and fetching one. Nothing else of the engine uses a network."""

from __future__ import annotations

import errno
import http.client
import json
import logging
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, Final, TypeVar

from transcription.errors import EngineFailed

log = logging.getLogger("transcription.models")

REMEMBERED_SECONDS: Final = 60.0
"""How long an answer is remembered in this process, so that a worker without a hub does not wait at every call."""

FILES: Final = ["config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*"]
"""What a model consists of; a repository's other files are left where they are."""


class HubAnswer(Enum):
    """What the hub says of a model: it has it, it has no such (open) model, no answer, or it may not be asked."""

    HAS = "has"
    LACKS = "lacks"
    SILENT = "silent"
    OFFLINE = "offline"


_DISK: Final = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)

_Answer = TypeVar("_Answer")

_remembered: dict[tuple[str, str], tuple[float, HubAnswer]] = {}


def hub_address() -> str:
    """The hub the hub's own library uses: huggingface.co, or a mirror set for it."""
    from huggingface_hub import constants

    return str(constants.ENDPOINT)


def hub_name(hub: str) -> str:
    """A hub's address as people say it: "huggingface.co"."""
    return hub.partition("://")[2].strip("/") or hub


def ask_hub(repository: str, *, timeout: float, hub: str) -> HubAnswer:
    """Ask the hub whether it has a model, for at most `timeout` seconds in all; fetches nothing.

    No name service, no route, a refused or broken connection and an error of the hub all count as silence. The hub
    library's own offline switch is obeyed.
    """
    from huggingface_hub.constants import is_offline_mode

    if is_offline_mode():
        return HubAnswer.OFFLINE
    for key in ((hub, ""), (hub, repository)):
        known = _remembered.get(key)
        if known is not None and time.monotonic() - known[0] < REMEMBERED_SECONDS:
            return known[1]
    answer = within(lambda: _ask(repository, timeout, hub), timeout) or HubAnswer.SILENT
    _remembered[hub, "" if answer is HubAnswer.SILENT else repository] = (time.monotonic(), answer)
    return answer


def within(ask: Callable[[], _Answer | None], timeout: float) -> _Answer | None:
    """The answer if it comes within `timeout` seconds, else None. Looking a name up has no time limit of its own."""
    answers: list[_Answer | None] = []
    asking = threading.Thread(target=lambda: answers.append(ask()), name="model-hub", daemon=True)
    asking.start()
    asking.join(timeout)
    return answers[0] if answers else None


def forget_answers() -> None:
    """Ask the hub afresh next time."""
    _remembered.clear()


def ask_licence(repository: str, *, hub: str, timeout: float = 3.0) -> str | None:
    """The licence the model's page states ("mit"), as the hub tells it; None when it does not."""
    url = f"{hub}/api/models/{repository}"
    if not url.startswith(("https://", "http://")):
        return None
    asked = urllib.request.Request(url, headers={"User-Agent": "callcoach"})  # noqa: S310

    def ask() -> str | None:
        try:
            with urllib.request.urlopen(asked, timeout=timeout) as answer:  # noqa: S310
                told = json.load(answer)
        except (OSError, ValueError, http.client.HTTPException):
            return None
        tags = told.get("tags") if isinstance(told, dict) else None
        stated = [str(tag).partition(":")[2] for tag in tags or [] if str(tag).startswith("license:")]
        return stated[0] if stated else None

    return within(ask, timeout)


def fetch_model(repository: str, models_dir: Path | None, *, hub: str, bar: bool | None = None) -> Path:
    """Fetch a model into `models_dir` (None: the hub library's own cache) and return its folder.

    `bar` shows on standard error how far it is (None: when that is a terminal). A broken download goes on where it
    stopped next time. Raises EngineFailed when it broke off.
    """
    from huggingface_hub import snapshot_download

    log.info("fetching the Whisper model %s from %s", repository, hub_name(hub))
    begun = time.monotonic()
    try:
        folder = snapshot_download(
            repository,
            cache_dir=models_dir,
            endpoint=hub,
            allow_patterns=FILES,
            token=False,
            tqdm_class=_bar_class(sys.stderr.isatty() if bar is None else bar),
        )
    except Exception as error:  # its errors are its own, its HTTP library's and the system's
        if isinstance(error, OSError) and error.errno in _DISK:
            why = f"the model {repository} could not be stored ({error.strerror})"
        else:
            why = f"the model {repository} could not be fetched from {hub_name(hub)}"
            _remembered[hub, ""] = (time.monotonic(), HubAnswer.SILENT)
        raise EngineFailed("whisper", why) from error
    log.info("the Whisper model %s is here after %.0f s", repository, time.monotonic() - begun)
    return Path(folder)


def _ask(repository: str, timeout: float, hub: str) -> HubAnswer:
    url = f"{hub}/api/models/{repository}"
    if not url.startswith(("https://", "http://")):
        return HubAnswer.SILENT
    asked = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "callcoach"})  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=timeout):  # noqa: S310
            return HubAnswer.HAS
    except urllib.error.HTTPError as error:
        with error:
            return HubAnswer.LACKS if error.code in (401, 403, 404) else HubAnswer.SILENT
    except (OSError, ValueError, http.client.HTTPException):
        return HubAnswer.SILENT


def _bar_class(shown: bool) -> Any:
    """The hub library's progress bar; in logs a bar would be noise."""
    from huggingface_hub.utils.tqdm import tqdm

    class Bar(tqdm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs["disable"] = not shown
            super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    return Bar
