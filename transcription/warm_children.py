"""Children forked by a process that has their libraries loaded: started with the first of them, ended with its owner.

The limits of a child are the same as those of a process of its own, and so is what it may see: `transcription.children`
applies them in the child before the file is touched.
"""

from __future__ import annotations

import atexit
import os
import select
import socket
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from transcription.errors import AudioLimits

FORKS: Final = 200
"""Children of one server. All have its layout in memory, so it is replaced now and then, and after every crash."""

ENDING: Final = 10.0
"""Seconds a killed child may take to be gone."""

MOST_ANSWER: Final = 16 * 1024 * 1024
MOST_ERRORS: Final = 64 * 1024
"""Bytes read of what a child says; a broken one may write without end."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a child left: exit code (negative: the signal that ended it), standard output and error."""

    code: int
    out: bytes
    err: bytes


class ServerGone(Exception):
    """The server could not be started or ended under a child: the work can be done by a process of its own."""


class ChildServer:
    """The server's owner's side; several threads may use it at once. `command` starts it, with `environment` alone."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = list(command)
        self._environment = dict(environment)
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._leaving: list[subprocess.Popen[bytes]] = []
        self._forks = 0
        self._watching = False
        self.processor_seconds = 0.0
        """Of all children so far: the kernel does not count them as ours."""

    def run(self, module: str, request: bytes, wall: float) -> Ended:
        """The module's work on the request by a child. Raises AudioLimits after `wall` seconds, and ServerGone."""
        try:
            with ExitStack() as stack:
                files = [os.memfd_create(name) for name in ("request", "answer", "errors")]
                for file in files:
                    stack.callback(os.close, file)
                os.write(files[0], request)
                os.lseek(files[0], 0, os.SEEK_SET)
                here, there = socket.socketpair()
                stack.enter_context(here)
                with there:
                    self._send(module, [*files, there.fileno()])
                code, seconds = _wait(here, wall)
                ended = Ended(code, os.pread(files[1], MOST_ANSWER, 0), os.pread(files[2], MOST_ERRORS, 0))
        except OSError as error:
            self.end()
            raise ServerGone from error
        with self._lock:
            self.processor_seconds += seconds
        if code < 0:
            self.end()
        return ended

    def end(self) -> None:
        """Let the server go: it ends with its last child, and the next child gets a new server."""
        with self._lock:
            self._let_go()

    def _send(self, module: str, files: list[int]) -> None:
        with self._lock:
            if self._forks >= FORKS:
                self._let_go()
            control = self._control or self._start()
            self._forks += 1
            socket.send_fds(control, [module.encode("ascii")], files)

    def _start(self) -> socket.socket:
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            self._process = subprocess.Popen(
                self._command,
                stdin=there.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=self._environment,
            )
        self._control, self._forks = here, 0
        if not self._watching:
            self._watching = True
            os.register_at_fork(after_in_child=self._forget)
            atexit.register(self._close)
        return here

    def _forget(self) -> None:
        """In a process forked from the owner: the server is not ours, and must not wait for our end."""
        self._lock = threading.Lock()
        if self._control is not None:
            self._control.close()
        for process in (self._process, *self._leaving):
            if process is not None:
                process.returncode = 0  # no child of ours, so nothing to wait for
        self._control, self._process, self._leaving = None, None, []

    def _let_go(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._leaving.append(self._process)  # it ends with its last child
            self._process = None
        self._leaving = [process for process in self._leaving if process.poll() is None]

    def _close(self) -> None:
        """At the owner's own end: nobody waits for a child any more."""
        self.end()
        for process in self._leaving:
            process.kill()
            process.wait()


def _wait(status: socket.socket, wall: float) -> tuple[int, float]:
    """Exit code and processor seconds. Raises AudioLimits for a child that took too long, OSError without a server."""
    from transcription.child_server import STATUS

    waiting = select.poll()
    waiting.register(status, select.POLLIN)
    late = False
    try:
        late = not waiting.poll(wall * 1000)
    finally:
        # Interrupted or late, nothing is left behind: files the child writes may be deleted after this.
        if late or not waiting.poll(0):
            status.shutdown(socket.SHUT_WR)
            waiting.poll(ENDING * 1000)
    if late:
        raise AudioLimits("wall")
    answer = status.recv(STATUS.size)
    if len(answer) < STATUS.size:
        raise ConnectionError("the process that starts children has ended")
    code, seconds = STATUS.unpack(answer)
    return int(code), float(seconds)
