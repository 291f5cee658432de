"""Checks before anything is started: port, disk, data folder. Each refusal is one sentence with what to do."""

from __future__ import annotations

import dataclasses
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from review.settings import BadSetting, Settings, make_private_folder
from workers.cli.errors import CommandRefused

OLDEST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 1_250_000_000  # the store refuses recordings under 1 GiB, and what is made of them needs room too


def override(
    settings: Settings, *, host: str | None = None, port: int | None = None, data: Path | None = None
) -> Settings:
    """The settings with what the command line says in place of what the environment says. Raises BadSetting."""
    if port is not None and not 1 <= port <= 65535:
        raise BadSetting("--port", str(port), "give a number from 1 to 65535")
    if data is not None:
        data = data.expanduser().absolute()
        settings = dataclasses.replace(
            settings,
            data=data,
            database_url=_moved(settings.database_url, settings.data, data),
            models=data / "models" if settings.models == settings.data / "models" else settings.models,
        )
    return dataclasses.replace(settings, host=host or settings.host, port=port or settings.port)


def check_python(version: tuple[int, ...] = sys.version_info[:2]) -> None:
    """Refuse an interpreter that is too old."""
    if tuple(version) < OLDEST_PYTHON:
        have, need = ".".join(map(str, version[:2])), ".".join(map(str, OLDEST_PYTHON))
        raise CommandRefused(f"this is Python {have}, and callcoach needs {need} or newer: install python{need}.")


def check_port(host: str, port: int) -> None:
    """Refuse a port that another program holds or that we may not open."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen(1)
    except PermissionError:
        raise CommandRefused(f"port {port} may be opened only by root: take another, for example 8000.") from None
    except socket.gaierror:
        raise CommandRefused(f"{host!r} is not an address of this machine: try 127.0.0.1 or 0.0.0.0.") from None
    except OSError as error:
        if error.errno in (98, 48):  # EADDRINUSE on Linux and macOS
            raise CommandRefused(
                f"port {port} on {host} is taken by another program: stop it or take another port "
                f"(PORT={port + 1 if port < 65535 else 8000})."
            ) from None
        raise CommandRefused(f"{host}:{port} cannot be opened ({error.strerror}): try 127.0.0.1.") from None


def check_data_folder(folder: Path) -> None:
    """Make the data folder, for its owner alone; refuse one that cannot be written."""
    try:
        make_private_folder(folder)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"callcoach")
            probe.flush()
    except OSError as error:
        raise CommandRefused(
            f"the data folder {folder} cannot be written ({(error.strerror or str(error)).lower()}): "
            "name another with DATA=... or CALLCOACH_DATA."
        ) from None


def free_bytes(folder: Path) -> int:
    """Bytes free for us on the disk of `folder`, or of its nearest parent that exists."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    return shutil.disk_usage(place).free


def check_disk(folder: Path, least: int = LEAST_FREE_BYTES) -> None:
    """Refuse to start with less than `least` bytes free on the data folder's disk."""
    free = free_bytes(folder)
    if free < least:
        raise CommandRefused(
            f"only {free / 1e9:.1f} GB are free on the disk of {folder}, and {least / 1e9:.1f} GB are needed: "
            "make room or name a folder on another disk with DATA=..."
        )


def check_before_start(settings: Settings) -> None:
    """Everything that must hold before an installation is started on this machine. Raises CommandRefused."""
    check_python()
    check_data_folder(settings.data)
    check_disk(settings.data)
    check_port(settings.host, settings.port)


def _moved(url: str, old: Path, new: Path) -> str:
    """The database URL of the new data folder when it was the default one of the old."""
    return f"sqlite:///{new / 'callcoach.sqlite'}" if url == f"sqlite:///{old / 'callcoach.sqlite'}" else url
