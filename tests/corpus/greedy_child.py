"""A child that takes as much of a resource, or breaks down, as it is told to, for testing that the limits hold."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any, Final

from transcription.children import child_main


def take(request: dict[str, Any]) -> dict[str, Any]:
    """Take 500 MB of memory, or processor time without end; crash; be killed; fail; or say what this process sees."""
    if request["what"] == "memory":
        return {"taken": len(bytearray(500 * 1024 * 1024))}
    if request["what"] == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if request["what"] == "error":
        raise OSError(request["number"], os.strerror(request["number"]))
    if request["what"] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if request["what"] == "fail":
        raise RuntimeError("it did not work")
    if request["what"] == "look":
        listed = [Path("/proc/self/fd", name) for name in os.listdir("/proc/self/fd") if int(name) > 2]
        files = [os.readlink(file) for file in listed if file.is_symlink()]  # the listing's is closed
        return {"files": files, "names": sorted(os.environ), "is": os.getpid()}
    if request["what"] == "process":
        Path(request["path"]).write_text(str(os.getpid()), encoding="ascii")
    while True:
        pass


WORK: Final = take


if __name__ == "__main__":
    child_main(WORK)
