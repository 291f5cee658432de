"""Is it alive, is it ready, and the health page: what is wrong and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask import Blueprint, Response, jsonify, render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from review.notices.server import MailServer
from review.notices.status import MailStatus, read_mail_status
from review.queries import installation
from review.queries.installation import DatabaseState, DiskState, EngineRow, RedisState
from review.queries.status import Status, read_status
from web.context import duration, number, size, when
from web.machine_sentences import translate_sentence
from web.parts import parts

blueprint = Blueprint("health", __name__)

NEEDED = frozenset({"database", "migrations", "disk"})  # without one of them no call can be taken in
LATE_WORKER = 60.0  # seconds without a heartbeat after which a worker is called silent
LONG_WAIT = 900.0  # seconds after which a waiting call is worth a look


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the health page."""

    name: str
    label: str
    state: Literal["good", "warn", "bad"]
    detail: str
    advice: str = ""


@blueprint.get("/healthz")
def alive() -> Response:
    """This process answers; nothing else was asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """Whether calls can be taken in; 503 and the name of what is in the way.

    Redis away is named but is no reason to send senders elsewhere: calls are taken in and wait for their workers.
    """
    database = installation.read_database(parts().database)
    checks = {
        "database": database.answers,
        "migrations": database.current,
        "redis": installation.read_redis(parts().redis).answers,
        "disk": installation.read_disk(parts().store).enough,
    }
    failed = [name for name, holds in checks.items() if not holds]
    good = not NEEDED.intersection(failed)
    answer = jsonify(
        status="not ready" if not good else "degraded" if failed else "ready",
        failed=failed,
        checks={name: "ok" if holds else "failed" for name, holds in checks.items()},
    )
    return answer, 200 if good else 503


@blueprint.get("/health")
def page() -> str:
    """The health page."""
    made = parts()
    database = installation.read_database(made.database)
    redis = installation.read_redis(made.redis)
    with made.database.read() as db:
        status, mail = read_status(db), read_mail_status(db)
    checks = (
        check_database(database),
        check_redis(redis),
        check_workers(redis),
        check_waiting(status, redis),
        *check_models(status),
        check_engines(installation.read_engines(made.settings), installation.read_engines(made.settings, "en")),
        check_disk(installation.read_disk(made.store)),
        check_failures(status),
        check_mail(made.settings.mail, mail),
    )
    return render_template("health.html", checks=checks, status=status, queues=redis.queues, workers=redis.workers)


def check_database(state: DatabaseState) -> Check:
    """Database and migrations."""
    label = _("Database")
    if not state.answers:
        return Check("database", label, "bad", _("does not answer"), _("Start it, or mend CALLCOACH_DATABASE_URL."))
    if not state.current:
        return Check("database", label, "bad", _("its tables are of another version"), _("Run: callcoach migrate"))
    return Check("database", label, "good", _("answers, tables up to date"))


def check_redis(state: RedisState) -> Check:
    """Redis, which wakes the workers."""
    if state.answers:
        return Check("redis", _("Redis"), "good", _("answers"))
    return Check(
        "redis",
        _("Redis"),
        "bad",
        _("does not answer; calls are still taken in and wait"),
        _("Start it again. Nothing is lost: waiting calls go on by themselves."),
    )


def check_workers(state: RedisState) -> Check:
    """Whether somebody works on every queue."""
    label = _("Workers")
    if not state.answers:
        return Check("workers", label, "warn", _("unknown while Redis does not answer"))
    alive_queues = {
        queue
        for worker in state.workers
        if worker.heartbeat_age is not None and worker.heartbeat_age < LATE_WORKER * 10
        for queue in worker.queues
    }
    idle = [queue for queue in ("speech", "score") if queue not in alive_queues]
    if idle:
        return Check(
            "workers",
            label,
            "bad",
            _("nobody works on: %(queues)s", queues=", ".join(_queue_words(queue) for queue in idle)),
            _("Run: callcoach worker %(queue)s", queue=idle[0]),
        )
    return Check("workers", label, "good", _("%(n)s at work", n=len(state.workers)))


def _queue_words(queue: str) -> str:
    """What is done in a queue, in the viewer's words."""
    words = {"speech": _("transcribing calls"), "score": _("scoring calls"), "light": _("everything else")}
    return str(words.get(queue, queue))


def check_waiting(status: Status, state: RedisState) -> Check:
    """How long the oldest call waits, and how much waits."""
    label = _("Waiting calls")
    depths = ", ".join(f"{_queue_words(name)} {number(depth)}" for name, depth in state.queues.items())
    if status.oldest_waiting_seconds is None:
        return Check("waiting", label, "good", _("none"))
    detail = _("the oldest waits %(time)s", time=duration(status.oldest_waiting_seconds))
    if depths:
        detail = _("%(detail)s; in the queues: %(depths)s", detail=detail, depths=depths)
    if status.oldest_waiting_seconds > LONG_WAIT:
        return Check(
            "waiting", label, "warn", detail, _("More speech workers help: set CALLCOACH_SPEECH_WORKERS and restart.")
        )
    return Check("waiting", label, "good", detail)


def check_models(status: Status) -> tuple[Check, ...]:
    """Calls that wait for a speech model, one line for each reason."""
    return tuple(
        Check(
            "model",
            _("Calls waiting for a speech model"),
            "warn",
            ngettext(
                "%(num)s call: %(why)s", "%(num)s calls: %(why)s", waiting.calls, why=translate_sentence(waiting.reason)
            ),
            translate_sentence(waiting.advice),
        )
        for waiting in status.waiting_for_model
    )


def check_engines(engines: tuple[EngineRow, ...], for_english: tuple[EngineRow, ...]) -> Check:
    """Which speech engine would run, and why; `for_english` is what would run were the call known to be English."""
    label = _("Speech engine")
    chosen = next((engine for engine in engines if engine.available), None)
    if chosen is None:
        why = translate_sentence(next((engine.why for engine in engines if engine.name == "whisper"), ""))
        stand_in = next((engine for engine in for_english if engine.available), None)
        if stand_in is None:
            return Check("engine", label, "warn", _("none can run: %(reasons)s", reasons=why))
        detail = _(
            "calls known to be English are transcribed as drafts by the stand-in %(engine)s; others wait for a model",
            engine=stand_in.name,
        )
        return Check("engine", label, "warn", detail, why)
    facts = {"engine": chosen.name, "model": chosen.model, "why": translate_sentence(chosen.why)}
    detail = _("%(engine)s (%(model)s): %(why)s", **facts) if chosen.model else _("%(engine)s: %(why)s", **facts)
    if chosen.name == "sphinx":
        return Check(
            "engine", label, "warn", detail, _("A stand-in: its transcripts are drafts. Provide a Whisper model.")
        )
    return Check("engine", label, "good", detail)


def check_disk(state: DiskState) -> Check:
    """Room for recordings."""
    detail = _("%(free)s free", free=size(state.free))
    if not state.enough:
        return Check(
            "disk", _("Disk"), "bad", detail, _("New recordings are refused under %(floor)s.", floor=size(state.floor))
        )
    if state.free < 3 * state.floor:
        return Check("disk", _("Disk"), "warn", detail, _("Make room soon."))
    return Check("disk", _("Disk"), "good", detail)


def check_failures(status: Status) -> Check:
    """Calls that failed within a day."""
    label = _("Failed in the last 24 hours")
    if not status.failed_last_day_count:
        return Check("failed", label, "good", _("none"))
    return Check(
        "failed", label, "warn", number(status.failed_last_day_count), _("Open them to see why and try again.")
    )


def check_mail(server: MailServer | None, status: MailStatus) -> Check:
    """Whether mails go out, and what waits."""
    label = _("E-mail")
    if server is None:
        return Check("mail", label, "good", _("not set up: notifications come in the application only"))
    detail = (
        ngettext(
            "%(num)s mail waits, the oldest since %(when)s",
            "%(num)s mails wait, the oldest since %(when)s",
            status.waiting,
            when=when(status.oldest),
        )
        if status.waiting
        else _("nothing waits")
    )
    if status.error:
        advice = _("Mend the mail server or its settings; what waits is sent then. Try it with: callcoach mail test")
        return Check("mail", label, "bad", f"{detail}; {status.error}", advice)
    if status.refused:
        detail = ngettext(
            "%(num)s address refuses mail; %(rest)s",
            "%(num)s addresses refuse mail; %(rest)s",
            status.refused,
            rest=detail,
        )
        return Check("mail", label, "warn", detail, _("Mend the addresses on the page about e-mail."))
    return Check("mail", label, "good", detail)
