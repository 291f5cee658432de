"""What one worker process keeps between jobs: the database, the store, the loaded speech engine, and a stop request."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from review.db import Database, open_database
from review.services.sealed import Seal
from review.settings import Settings, read_settings
from review.storage import AudioStore, open_store
from transcription.engines import Engine, EngineChoice, EngineRequest, choose_engine, load_engine
from transcription.engines.cores import usable_cores

if TYPE_CHECKING:
    from redis import Redis

log = logging.getLogger("workers")

STOP_GRACE_SECONDS = 20.0  # between a stop request and handing the claim back whatever the job is doing
CHOICE_SECONDS = 60.0  # how long "which engine" is remembered; asking the model hub may take seconds


@dataclass
class Runtime:
    """One process's own database, store, engines and stop request. Made after a fork, never shared across one."""

    settings: Settings
    database: Database
    store: AudioStore
    choose: Callable[[EngineRequest], EngineChoice] = choose_engine
    load: Callable[[EngineChoice], Engine] | None = None
    stopping: threading.Event = field(default_factory=threading.Event)
    _choices: dict[tuple[str, str | None], tuple[float, EngineChoice]] = field(default_factory=dict)
    _engines: dict[tuple[str, str], Engine] = field(default_factory=dict)
    _redis: Redis | None = None
    _seal: Seal | None = None
    _give_back: Callable[[], None] | None = None

    current: ClassVar[Runtime | None] = None
    current_pid: ClassVar[int] = 0

    @classmethod
    def get(cls) -> Runtime:
        """This process's runtime, opened on first use; a forked child opens its own."""
        if cls.current is None or cls.current_pid != os.getpid():
            cls.current = open_runtime(read_settings())
            cls.current_pid = os.getpid()
        return cls.current

    @classmethod
    def use(cls, runtime: Runtime) -> None:
        """Make `runtime` this process's own."""
        cls.current, cls.current_pid = runtime, os.getpid()

    @property
    def redis(self) -> Redis:
        """The client the doorbell is rung with."""
        if self._redis is None:
            from review.redis_address import connect

            self._redis = connect(self.settings)
        return self._redis

    @property
    def seal(self) -> Seal:
        """What closes the originals of masked words, keyed by the installation's secret key."""
        if self._seal is None:
            self._seal = Seal(self.settings.secret_key())
        return self._seal

    def engine_for(self, request: EngineRequest) -> tuple[Engine, EngineChoice]:
        """The engine chosen for a request, loaded at most once per process. Raises NeedsModel, EngineFailed."""
        key = (request.engine, request.language)
        remembered = self._choices.get(key)
        if remembered is None or time.monotonic() - remembered[0] > CHOICE_SECONDS:
            remembered = (time.monotonic(), self.choose(request))
            self._choices[key] = remembered
        choice = remembered[1]
        loaded = self._engines.get((choice.name, choice.model))
        if loaded is None:
            begun = time.monotonic()
            loaded = self.load(choice) if self.load else load_engine(choice, threads=self.speech_threads())
            self._engines[(choice.name, choice.model)] = loaded
            log.info("speech engine %s %s loaded in %.1f s", choice.name, choice.model, time.monotonic() - begun)
        return loaded, choice

    def speech_threads(self) -> int:
        """Processor cores for the speech engine of one worker: the machine's, shared among its speech workers."""
        return max(1, usable_cores() // self.settings.speech_workers)

    def request_stop(self) -> None:
        """The process was asked to end: running work stops between segments; after a grace the claim is handed back.

        Safe in a signal handler: it only sets a flag and starts a thread.
        """
        if self.stopping.is_set():
            return
        self.stopping.set()
        threading.Thread(target=self._end_late_work, name="stop-grace", daemon=True).start()

    def holding(self, give_back: Callable[[], None] | None) -> None:
        """Tell how to hand back the claim now being worked on; None when there is none."""
        self._give_back = give_back

    def close(self) -> None:
        """Close the connections of this process."""
        self.database.dispose()
        if self._redis is not None:
            self._redis.close()

    def _end_late_work(self) -> None:
        end = time.monotonic() + STOP_GRACE_SECONDS
        pause = threading.Event()
        while time.monotonic() < end:
            if self._give_back is None:
                return
            pause.wait(0.1)
        give_back = self._give_back
        if give_back is not None:
            log.warning("the running step did not stop in %.0f s; its claim is handed back", STOP_GRACE_SECONDS)
            give_back()
            os._exit(0)


def open_runtime(settings: Settings) -> Runtime:
    """A runtime with its own database connections and store; no engine is loaded yet."""
    return Runtime(settings=settings, database=open_database(settings), store=open_store(settings))
