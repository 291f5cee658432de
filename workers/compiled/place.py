"""Where compiled scoring stands, and whether it was made from exactly the code that is here.

It is a whole copy of the package beside its compiled modules, in a folder named by the fingerprint of its sources.
After an update the name no longer fits and the plain code runs: what is old is never run.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

CODE: Final = Path(__file__).resolve().parents[2]
"""The folder that holds the product's packages."""

PACKAGE: Final = "scoring"
FOLDER: Final = "compiled"
"""Its folder within the data folder."""

_READ_FOR_TYPES: Final = "transcription"


def compiled_folder(data: Path, code: Path = CODE) -> Path | None:
    """The folder to put before all others where Python looks for modules; None when nothing fitting is there."""
    found = place_for(data, code)
    return found if found.is_dir() else None


def place_for(data: Path, code: Path = CODE) -> Path:
    """Where compiled scoring of this code and this Python belongs."""
    return data / FOLDER / fingerprint(code)


def fingerprint(code: Path = CODE) -> str:
    """Python's version and a hash of every file that the compiled package is made of: 32 hexadecimal digits."""
    total = hashlib.sha256()
    for path in sources(code):
        name = path.relative_to(code).as_posix()
        total.update(f"{name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return f"{sys.implementation.cache_tag}-{total.hexdigest()[:32]}"


def sources(code: Path = CODE) -> Iterator[Path]:
    """Every file of the package, and the modules whose types it is compiled against, in a settled order."""
    for package, kinds in ((PACKAGE, ""), (_READ_FOR_TYPES, ".py")):
        for path in sorted((code / package).rglob(f"*{kinds}")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def environment_with(folder: Path | None, code: Path = CODE, before: str = "") -> dict[str, str]:
    """What a child process needs in its environment to run the compiled package; nothing when there is none.

    `before` is the search path it would have had: it stays, behind ours.
    """
    if folder is None:
        return {}
    # Without the second, a child started in the product's own folder would find the plain package first.
    path = os.pathsep.join(part for part in (str(folder), str(code), before) if part)
    return {"PYTHONPATH": path, "PYTHONSAFEPATH": "1"}
