"""A process that has the decoder's libraries loaded and forks a child for each file; `transcription.warm_children`.

It reads nothing of any file itself, so every child begins as clean as a new process would, a tenth of a second sooner.
Its end of a socket closes when its owner ends, and then it ends too; its children go with it.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import select
import signal
import socket
import struct
import sys
import traceback
from typing import Final, NoReturn

from transcription.children import WARM, child_main, die_with_parent

STATUS: Final = struct.Struct("=id")
"""What comes back when a child has ended: its exit code, or the signal that ended it as a negative number, and the
seconds of processor time it took."""

MOST_NAME: Final = 200
"""Bytes of a module's name."""


def serve(control: socket.socket) -> None:
    """Fork a child for each message until the owner is gone.

    A message is a module's name with four open files: the request, the answer, the errors, and a socket over which
    the exit code goes back. The child is killed as soon as the owner shuts that socket down.
    """
    wake, woken = os.pipe()
    for end in (wake, woken):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    running: dict[int, tuple[int, socket.socket]] = {}
    poll = select.poll()
    poll.register(control.fileno(), select.POLLIN)
    poll.register(wake, select.POLLIN)
    wanted = True
    while wanted or running:
        for descriptor, _ in poll.poll():
            if descriptor == control.fileno():
                message, files, _, _ = socket.recv_fds(control, MOST_NAME, 4)
                if not message:
                    # No more to come. Children somebody still waits for go on; those of an owner that is gone do not.
                    wanted = False
                    poll.unregister(descriptor)
                    continue
                pid = _start(message.decode("ascii"), files)
                status = socket.socket(fileno=files[3])
                running[status.fileno()] = pid, status
                poll.register(status.fileno(), select.POLLIN)
            elif descriptor == wake:
                with contextlib.suppress(BlockingIOError):
                    os.read(wake, 1024)
                for number, (pid, status) in list(running.items()):
                    if _report(pid, status):
                        with contextlib.suppress(KeyError):  # it is not watched any more when it was killed
                            poll.unregister(number)
                        del running[number]
                        status.close()
            elif descriptor in running:
                # Nothing is ever sent this way: the owner waits no longer.
                os.kill(running[descriptor][0], signal.SIGKILL)
                poll.unregister(descriptor)


def _start(module: str, files: list[int]) -> int:
    pid = os.fork()
    if pid == 0:
        _work(module, files)
    for file in files[:3]:
        os.close(file)
    return pid


def _work(module: str, files: list[int]) -> NoReturn:
    """In the child: nothing of the server's stays open, then the module does its work and the process ends."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        server = os.getppid()
        die_with_parent()
        if os.getppid() != server:
            os._exit(1)
        for number, file in enumerate(files[:3]):
            os.dup2(file, number)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        child_main(importlib.import_module(module).WORK)
    except BaseException:  # noqa: BLE001 - said on standard error, as a process of its own would
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(1)


def _report(pid: int, status: socket.socket) -> bool:
    """Send the exit code of a child that has ended; False while it has not."""
    done, code, used = os.wait4(pid, os.WNOHANG)
    if done == 0:
        return False
    with contextlib.suppress(OSError):  # nobody may be waiting any more
        status.send(STATUS.pack(os.waitstatus_to_exitcode(code), used.ru_utime + used.ru_stime))
    return True


def main() -> None:
    """Serve the socket on standard input."""
    # Interrupts are the owner's to handle; this process and its children end when the owner lets go.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir("/")
    for module in WARM:
        loaded = importlib.import_module(module)
        warm_up = getattr(loaded, "WARM_UP", None)
        if warm_up is not None:
            warm_up()
    serve(control)
    os._exit(0)


if __name__ == "__main__":
    main()
