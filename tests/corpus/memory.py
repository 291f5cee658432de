"""The peak memory of child processes, read from the kernel while they run."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def watch_children(command: bytes) -> Iterator[dict[int, float]]:
    """Peaks in MB by process id of this process's descendants whose command line holds `command`.

    The kernel's own high-water mark is read every 10 ms. `getrusage` would not do: it counts what the child had of its
    parent before it became its own program.
    """
    peaks: dict[int, float] = {}
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.01):
            for child in _children():
                peaks[child] = max(peaks.get(child, 0.0), _peak_mb(child, command))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peaks
    finally:
        done.set()
        watcher.join()


def _children(parent: int | None = None) -> list[int]:
    """All that were started by a process, and by those it started."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{parent or os.getpid()}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):  # the thread has just ended
                found.extend(int(child) for child in (task / "children").read_text(encoding="ascii").split())
    except (FileNotFoundError, ProcessLookupError):  # or the whole process
        return found
    return [process for child in found for process in (child, *_children(child))]


def _peak_mb(process: int, command: bytes) -> float:
    try:
        if command not in Path(f"/proc/{process}/cmdline").read_bytes():
            return 0.0
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(line.split()[1]) / 1024
