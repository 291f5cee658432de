"""A command of ours as a process of its own beside the sweep: its memory goes with it, and the sweep never waits."""

from __future__ import annotations

import logging
import signal
import subprocess
import time
from collections.abc import Sequence

from review.settings import Settings, process_environment
from workers.supervisor import own_command
from workers.tied import tied_command

log = logging.getLogger("workers")


class OwnProcess:
    """At most one run at a time of one kind of work; `name` stands in the log."""

    def __init__(self, name: str, longest_seconds: float) -> None:
        self.name = name
        self.longest_seconds = longest_seconds
        self.process: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    @property
    def runs(self) -> bool:
        """Whether a run is on; one that ended is cleared up by asking, and one that hangs is ended."""
        if self.process is None:
            return False
        code = self.process.poll()
        if code is None:
            if time.monotonic() - self._started > self.longest_seconds:
                log.warning("%s hangs and is ended", self.name)
                self.process.kill()
            return True
        if code:
            log.warning("%s ended with code %d", self.name, code)
        self.process = None
        return False

    def start(self, settings: Settings, arguments: Sequence[str]) -> None:
        """Run `callcoach ARGUMENTS` with one thread for numeric libraries; ends with the process that started it."""
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            tied_command(own_command(*arguments), signal.SIGTERM),
            stdin=subprocess.DEVNULL,
            env=process_environment(settings, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"),
        )

    def stop(self) -> None:
        """End a run that is on."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=10)
