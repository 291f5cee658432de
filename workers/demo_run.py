"""The demo: everything started on this machine, sample calls brought in, progress and sign-ins in the terminal."""

from __future__ import annotations

import dataclasses
import http.client
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from redis import Redis
from sqlalchemy import select

from review.db import Database, open_database
from review.doorbell import ring
from review.migrations.run import upgrade
from review.models import Call
from review.queries.status import read_status
from review.redis_address import connect
from review.settings import WHISPER_DEFAULT_CPU, Settings
from review.storage import open_store
from transcription.engines import EngineRequest, choose_engine
from transcription.errors import NeedsModel
from workers.checks import check_before_start
from workers.demo.exchange.setup import exchange_environment, exchange_plans
from workers.demo_lock import address_of
from workers.demo_setup import SIGN_IN_FILE, SignIns, bring_samples, prepare
from workers.demo_stories import tell_stories
from workers.processes import make_supervisor
from workers.supervisor import Supervisor

DEMO_MODEL = "base"  # about 145 MB: small enough to fetch while somebody waits
LOOK_SECONDS = 1.0
TELL_SECONDS = 3.0  # between two lines when calls moved on
TELL_PERCENT_SECONDS = 15.0  # between two lines when only the percentage did
FINAL_STATES = ("scored", "needs_model", "no_audio", "dead")


def run_demo(
    settings: Settings,
    say: Callable[[str], None],
    *,
    exit_when_done: bool = False,
    reload: bool = False,
    exchange: bool = True,
) -> int:
    """Run the demo until Ctrl-C (or until every sample call is through); the exit code.

    `exchange`: new calls arrive every minute, too; never when the demo is to end by itself.

    Raises CommandRefused, in one sentence, for whatever keeps it from starting.
    """
    begun = time.monotonic()
    settings = demo_settings(settings)
    check_before_start(settings)
    say(f"callcoach demo: data in {settings.data}")
    if settings.mail is None or settings.mail.folder is not None:
        say(f"mails of the demo are written as files into {settings.data / 'mail'} (in working hours, UTC)")
    database = open_database(settings)
    try:
        upgrade(database)
        sign_ins = prepare(database, settings)
        say(f"speech engine for the sample calls: {engine_sentence(settings)}")
        exchange = exchange and not exit_when_done
        supervisor = make_supervisor(
            settings,
            say,
            reload=reload,
            also=exchange_plans(settings) if exchange else (),
            environment=(exchange_environment(settings) if exchange else {}) | mail_environment(settings),
        )
        try:
            supervisor.start()
            progress = Progress(settings, database, say, begun, sign_ins)
            progress.bring_in(supervisor)
            supervisor.run(lambda: progress.look(supervisor, exit_when_done=exit_when_done))
        finally:
            supervisor.stop()
        say("callcoach demo has ended; `make demo` starts it again with the same calls")
        return 1 if exit_when_done and progress.dead() else 0
    finally:
        database.dispose()


def demo_settings(settings: Settings) -> Settings:
    """The settings with the demo's smaller Whisper model, unless somebody named one."""
    if settings.whisper_model == WHISPER_DEFAULT_CPU:
        return dataclasses.replace(settings, whisper_model=DEMO_MODEL)
    return settings


def mail_environment(settings: Settings) -> dict[str, str]:
    """Mails become files where no mail server is named: no mail of a demo reaches anybody."""
    return {"CALLCOACH_MAIL": "file"} if settings.mail is None else {}


def engine_sentence(settings: Settings) -> str:
    """Which engine English calls will get, and why; asks the model hub for at most 3 s."""
    request = EngineRequest(
        engine=settings.engine,  # type: ignore[arg-type]
        model=settings.whisper_model,
        language="en",
        models_dir=settings.models,
    )
    try:
        choice = choose_engine(request)
    except NeedsModel as error:
        return f"none ({error.reason} {error.advice})"
    return f"{choice.name} {choice.model} ({choice.reason})"


@dataclass
class Progress:
    """Tells in the terminal how far the sample calls are; every line only when something changed."""

    settings: Settings
    database: Database
    say: Callable[[str], None]
    begun: float
    sign_ins: SignIns
    _looked: float = 0.0
    _told: float = 0.0
    _line: str = ""
    _web_ready: bool = False
    _first_ready: bool = False
    _all_done: bool = False
    _calls: list[int] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where people open the demo."""
        return address_of(self.settings)

    def bring_in(self, supervisor: Supervisor) -> None:
        """Take the sample calls in and ring for each; the processes are watched over meanwhile."""
        client: Redis = connect(self.settings)
        created = 0
        try:
            for _sample, accepted in bring_samples(self.database, self.settings, open_store(self.settings)):
                ring(client, accepted.ring)
                created += accepted.created
                self._calls.append(accepted.call_id)
                if supervisor.stopping:
                    return
                self.look(supervisor)
        finally:
            client.close()
        here = len(self._calls) - created
        self.say(f"{created} sample calls taken in" + (f", {here} were here already" if here else ""))

    def look(self, supervisor: Supervisor, *, exit_when_done: bool = False) -> None:
        """One look: says what changed since the last one. Asks for the end when all is done and that was wanted."""
        now = time.monotonic()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        supervisor.tick()
        if not self._web_ready and web_answers(self.settings):
            self._web_ready = True
            self.say(f"web server ready after {now - self.begun:.0f} s")
            self.tell_sign_ins()
        with self.database.read() as session:
            counts = dict(read_status(session).calls)
            columns = (Call.id, Call.state, Call.progress, Call.score_state)
            mine = session.execute(select(*columns).where(Call.id.in_(self._calls))).all()
        # A call in a language without rules is through as well, but nobody would see a score there.
        self._tell_first([row.id for row in mine if (row.state, row.score_state) == ("scored", "scored")], now)
        self._tell_counts(counts, [row.progress for row in mine if row.state == "transcribing"], now)
        done = bool(mine) and all(row.state in FINAL_STATES for row in mine)
        if done and self._web_ready and not self._all_done:
            self._all_done = True
            tell_stories(self.database)
            self.say(f"every sample call is through after {now - self.begun:.0f} s")
            self.tell_sign_ins()
            if exit_when_done:
                supervisor.request_stop()

    def dead(self) -> bool:
        """Whether a sample call ended as failed."""
        with self.database.read() as session:
            return session.scalar(select(Call.id).where(Call.id.in_(self._calls), Call.state == "dead")) is not None

    def tell_sign_ins(self) -> None:
        """The address, and who may sign in."""
        wide = max(len(user.email) for user in self.sign_ins.users)
        lines = ["", f"  Open {self.address}/ and sign in as one of", ""]
        for user in self.sign_ins.users:
            lines.append(f"    {user.email:<{wide}}  {user.role.replace('_', ' '):<14} {user.name}")
        kept = self.settings.data / SIGN_IN_FILE
        lines += ["", f"  with the passphrase  {self.sign_ins.passphrase}  (kept in {kept})"]
        lines += ["  Ctrl-C ends the demo; the calls stay.", ""]
        for line in lines:
            self.say(line)

    def _tell_first(self, scored: Sequence[int], now: float) -> None:
        if scored and not self._first_ready:
            self._first_ready = True
            self.say(f"first scored call after {now - self.begun:.0f} s: {self.address}/calls/{min(scored)}")

    def _tell_counts(self, counts: dict[str, int], progress: Sequence[float], now: float) -> None:
        counted = progress_line(counts, ())
        if now - self._told < (TELL_SECONDS if counted != self._line else TELL_PERCENT_SECONDS):
            return
        if counted == self._line and not progress:
            return
        self._line, self._told = counted, now
        self.say(progress_line(counts, progress))


def progress_line(counts: dict[str, int], progress: Sequence[float]) -> str:
    """`calls: 3 ready, 1 transcribing (40 %), 10 queued`, in the words of the pages."""
    scoring = counts.get("transcribed", 0) + counts.get("scoring", 0)
    percent = f" ({', '.join(f'{share * 100:.0f} %' for share in progress)})" if progress else ""
    parts = [
        (counts.get("scored", 0), "ready", ""),
        (counts.get("transcribing", 0), "transcribing", percent),
        (scoring, "scoring", ""),
        (counts.get("received", 0), "queued", ""),
        (counts.get("needs_model", 0), "need a speech model", ""),
        (counts.get("dead", 0), "failed", ""),
    ]
    return "calls: " + (", ".join(f"{count} {word}{more}" for count, word, more in parts if count) or "none yet")


def web_answers(settings: Settings) -> bool:
    """Whether the web server says it is ready."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    connection = http.client.HTTPConnection(host, settings.port, timeout=2.0)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
