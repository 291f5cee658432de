"""How many processor cores this process may use: its affinity and, in a container, the share its control group has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from math import floor
from pathlib import Path
from typing import Final

_GROUPS: Final = Path("/sys/fs/cgroup")
_OWN: Final = Path("/proc/self/cgroup")


def usable_cores(groups: Path = _GROUPS, own: Path = _OWN) -> int:
    """Whole cores, at least 1. More threads than that only wait for each other."""
    cores = len(os.sched_getaffinity(0))
    shares = [share for share in _shares(groups, own) if share > 0]
    return max(1, min([cores, *(floor(share) for share in shares)]))


def _shares(groups: Path, own: Path) -> Iterator[float]:
    """Cores allowed by each control group this process is in, from its own up to the root (versions 2 and 1)."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0":
            for group in _up(groups, path):
                quota, _, period = _read(group / "cpu.max").partition(" ")
                yield _ratio(quota, period)
        elif "cpu" in controllers.split(","):
            for group in _up(groups / "cpu", path):
                yield _ratio(_read(group / "cpu.cfs_quota_us"), _read(group / "cpu.cfs_period_us"))


def _up(root: Path, path: str) -> Iterator[Path]:
    parts = [part for part in path.split("/") if part and part != ".."]
    for count in range(len(parts), -1, -1):
        yield root.joinpath(*parts[:count])


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _ratio(quota: str, period: str) -> float:
    """0 when there is no limit ("max" or -1)."""
    return int(quota) / int(period) if quota.isdigit() and period.isdigit() and int(period) > 0 else 0.0
