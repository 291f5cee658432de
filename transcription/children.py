"""Work on untrusted sound in a child process with limits on memory, processor time, file size, files and time.

The parent side is `run_child`; the child side is `child_main`, which a child module calls with its own function.
Both ends talk JSON: one object on standard input, one on standard output.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from transcription.errors import (
    NO_ROOM,
    AudioLimits,
    AudioTooLong,
    EngineFailed,
    MachineLimit,
    TranscriptionError,
    UnreadableAudio,
)
from transcription.warm_children import ChildServer, Ended, ServerGone

WARM: Final = ("transcription.decode_child", "transcription.encode_child")
"""Modules whose children are forked by a process that has loaded them already; each has its work as `WORK`."""

_ENVIRONMENT: Final = {
    "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # Blocks of sound are freed and asked for again all the time: kept, they need not be fetched from the system and
    # filled with zeros each time, which takes as long as decoding.
    "MALLOC_MMAP_THRESHOLD_": str(4 * 1024 * 1024),
    "MALLOC_TRIM_THRESHOLD_": str(8 * 1024 * 1024),
    "PATH": os.defpath,
    "LC_ALL": "C.UTF-8",
}
_SERVER: Final = ChildServer([sys.executable, "-m", "transcription.child_server"], _ENVIRONMENT)

_PR_SET_PDEATHSIG: Final = 1
_CRASHES: Final = (signal.SIGSEGV, signal.SIGABRT, signal.SIGFPE, signal.SIGILL, signal.SIGBUS, signal.SIGTRAP)


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """Limits of one child; sizes in bytes, times in seconds.

    `memory` is what it may take beyond its own program (about 45 MB resident), so that it stays under 300 MB.
    A call of four hours takes about 80 s of processor time; slow machines and busy ones get several times that.
    """

    memory: int = 200 * 1024 * 1024
    cpu: int = 600
    wall: float = 900.0
    file: int = 600 * 1024 * 1024


def run_child(module: str, request: dict[str, Any], limits: ChildLimits) -> dict[str, Any]:
    """The answer of a child of its own to the request: forked where the module is in `WARM`, else `python -m module`.

    Raises what the child reports (UnreadableAudio, AudioTooLong), AudioLimits when it went over a limit, MachineLimit
    when the machine has less than that limit (a full disk, a lower ulimit), and EngineFailed when the fault is ours.
    """
    payload = json.dumps({"limits": asdict(limits), **request}).encode()
    ended = None
    if module in WARM:
        with contextlib.suppress(ServerGone):
            ended = _SERVER.run(module, payload, limits.wall)
    if ended is None:
        ended = _alone(module, payload, limits.wall)
    if ended.code == 0:
        answer: dict[str, Any] = json.loads(ended.out)
        if "error" in answer:
            raise _reported(answer["error"])
        return answer
    raise _ended_badly(ended.code, ended.err.decode("utf-8", "replace"), limits)


def server_seconds() -> float:
    """Processor seconds of forked children so far, which `resource.getrusage` does not count."""
    return _SERVER.processor_seconds


def _alone(module: str, payload: bytes, wall: float) -> Ended:
    """The work done by a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_ENVIRONMENT,
    )
    try:
        out, err = process.communicate(payload, timeout=wall)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise AudioLimits("wall") from None
    except BaseException:
        process.kill()
        process.communicate()
        raise
    return Ended(process.returncode, out, err)


def child_main(work: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Run one request in this process and answer it; called by a child module when it is started."""
    die_with_parent()
    with open(0, "rb", closefd=False) as file:
        request = json.load(file)
    lower = _apply_limits(ChildLimits(**request.pop("limits")))
    try:
        answer = work(request)
    except MemoryError:
        answer = _over("memory", lower)
    except AudioTooLong as error:
        answer = {"error": {"kind": "too_long", "limit": error.limit}}
    except UnreadableAudio as error:
        answer = {"error": {"kind": "unreadable", "why": error.why, "looks_like": error.looks_like}}
    except OSError as error:  # FFmpeg's errors are among them
        if error.errno == errno.EFBIG:
            answer = _over("file", lower)
        elif error.errno in NO_ROOM:
            answer = {"error": {"kind": "machine", "limit": "disk"}}
        else:
            raise
    with open(1, "wb", closefd=False) as file:
        file.write(json.dumps(answer).encode())
    # The decoder's own clean-up can crash on damaged files; the answer is out and every file is closed.
    os._exit(0)


def allow_no_more_files() -> None:
    """From here on this process cannot open another file or socket, whatever the sound file asks for."""
    probe = os.open(os.devnull, os.O_RDONLY)
    os.close(probe)
    resource.setrlimit(resource.RLIMIT_NOFILE, (probe, probe))


def _apply_limits(limits: ChildLimits) -> frozenset[str]:
    """Set the limits, none higher than the machine's own; which of them the machine has set lower than ours."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    wanted = {
        "memory": (resource.RLIMIT_AS, pages * resource.getpagesize() + limits.memory, 0),
        "cpu": (resource.RLIMIT_CPU, limits.cpu, 5),
        "file": (resource.RLIMIT_FSIZE, limits.file, 0),
    }
    lower = set()
    for name, (kind, ours, grace) in wanted.items():
        if _set_lower(kind, ours):
            lower.add(name)
            continue
        highest = resource.getrlimit(kind)[1]
        above = ours + grace
        resource.setrlimit(kind, (ours, above if highest == resource.RLIM_INFINITY else min(above, highest)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    return frozenset(lower)


def _set_lower(kind: int, ours: int) -> bool:
    """Whether the machine has set its limit of this kind lower than ours."""
    there = resource.getrlimit(kind)[0]
    return there not in (resource.RLIM_INFINITY, -1) and there < ours


def _over(limit: str, lower: frozenset[str]) -> dict[str, Any]:
    """The answer of a child that went over a limit: the machine's, where that is lower than ours."""
    if limit in lower:
        return {"error": {"kind": "machine", "limit": limit}}
    return {"error": {"kind": "limit", "limit": "disk" if limit == "file" else limit}}


def die_with_parent() -> None:
    """Have the kernel end this process when the thread that started it ends, however that comes about."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _reported(error: dict[str, Any]) -> TranscriptionError:
    if error["kind"] == "too_long":
        return AudioTooLong(error["limit"])
    if error["kind"] == "limit":
        return AudioLimits(error["limit"])
    if error["kind"] == "machine":
        return MachineLimit(error["limit"])
    return UnreadableAudio(error["why"], looks_like=error.get("looks_like"))


def _ended_badly(code: int, stderr: str, limits: ChildLimits) -> TranscriptionError:
    if code < 0:
        sign = signal.Signals(-code)
        if sign == signal.SIGXCPU:
            return MachineLimit("cpu") if _set_lower(resource.RLIMIT_CPU, limits.cpu) else AudioLimits("cpu")
        if sign == signal.SIGKILL:
            # Our own limit on memory ends in an error, not in a kill: this is the system's doing, short of memory.
            return MachineLimit("memory")
        if sign in _CRASHES:
            return UnreadableAudio("it is so damaged that the decoder broke down on it")
    lines = [line for line in stderr.strip().splitlines() if line.strip()]
    return EngineFailed("decoder", lines[-1] if lines else f"it ended with code {code}")
