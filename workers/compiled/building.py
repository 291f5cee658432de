"""Compiles scoring into its folder: all of it or nothing, beside what already stands there."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from workers.compiled.modules import compiled_modules
from workers.compiled.place import CODE, PACKAGE, place_for, sources

_NEEDED: Final = ("mypyc", "setuptools")
_COMPILERS: Final = ("cc", "gcc", "clang")
_LAST_LINES: Final = 12


class CannotCompile(Exception):
    """Scoring could not be compiled; the plain code goes on working. `reason` says what is missing or went wrong."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"scoring was not compiled, and goes on as before: {reason}")
        self.reason = reason


def compile_scoring(data: Path, environment: Mapping[str, str], *, code: Path = CODE, optimisation: str = "2") -> Path:
    """Compile the package as it stands in `code`; returns the folder. What fits already is left as it is.

    `environment`: for the compiler's process. Folders of earlier code are removed once the new one stands. Raises
    CannotCompile.
    """
    place = place_for(data, code)
    if place.is_dir():
        return place
    _check_tools()
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="making-", dir=place.parent) as folder:
        made = Path(folder) / "made"
        _copy(sources(code), code, made)
        _compile(made, environment, code, optimisation)
        _keep_package(made)
        try:
            made.rename(place)
        except OSError as error:
            if not place.is_dir():  # else another process was faster, with the same code
                raise CannotCompile(f"{place} cannot be written ({error.strerror})") from error
    _remove_others(place)
    return place


def _check_tools() -> None:
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise CannotCompile(f"{' and '.join(missing)} not installed (pip install 'callcoach[compiled]')")
    if not any(map(shutil.which, _COMPILERS)):
        raise CannotCompile("there is no C compiler (on Debian: apt install gcc python3-dev)")


def _copy(paths: Iterable[Path], code: Path, made: Path) -> None:
    for path in paths:
        goal = made / path.relative_to(code)
        goal.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, goal)


def _compile(made: Path, environment: Mapping[str, str], code: Path, optimisation: str) -> None:
    command = [sys.executable, "-m", "workers.compiled.extension", optimisation, *compiled_modules(made)]
    env = {**environment, "PYTHONPATH": str(code), "PYTHONSAFEPATH": "1", "CFLAGS": "-w"}
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        done = subprocess.run(command, cwd=made, env=env, stdout=said, stderr=subprocess.STDOUT, check=False)
        said.seek(0)
        words = said.read().strip().splitlines()
    if done.returncode != 0 or not list(made.glob("*.so")):
        raise CannotCompile("the compiler gave up: " + " | ".join(words[-_LAST_LINES:]))


def _keep_package(made: Path) -> None:
    """Leave the package and the library its modules share; all else was for compiling."""
    for entry in made.iterdir():
        if entry.is_dir() and entry.name != PACKAGE:
            shutil.rmtree(entry)
        elif entry.is_file() and entry.suffix != ".so":
            os.unlink(entry)


def _remove_others(place: Path) -> None:
    for folder in place.parent.iterdir():
        if folder != place and folder.is_dir() and not folder.name.startswith("making-"):
            shutil.rmtree(folder, ignore_errors=True)
