"""Run a program that dies with its starter: `python tied.py STARTER_PID SIGNAL PROGRAM ARG...` (Linux).

The kernel sends SIGNAL to the program when its starter ends, however it ends, so that a supervisor killed with
SIGKILL leaves nothing running. Only the standard library is imported: the file is run before anything is loaded.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent(parent: int, sig: int = signal.SIGKILL) -> None:
    """Ask the kernel for `sig` when the parent process ends; exits now if `parent` is already gone.

    The kernel watches the *thread* that forked: fork from the main thread. Other systems than Linux have no such
    call, there the child outlives its parent and ends by the lease.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(sig), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        os._exit(143)


def tied_command(command: Sequence[str], sig: int = signal.SIGTERM) -> list[str]:
    """The command line that runs `command` tied to this process."""
    return [sys.executable, str(Path(__file__).resolve()), str(os.getpid()), str(int(sig)), *command]


def main(argv: Sequence[str]) -> None:
    """Tie this process to its starter, then become the program."""
    die_with_parent(int(argv[0]), int(argv[1]))
    try:
        os.execvp(argv[2], list(argv[2:]))  # noqa: S606 - a fixed argument list, no shell meant
    except OSError as error:
        print(f"{argv[2]}: {error.strerror}", file=sys.stderr)
        sys.exit(127)


if __name__ == "__main__":
    main(sys.argv[1:])
