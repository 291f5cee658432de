"""Settings: the only reader of the environment. Every setting is one field, documented in docs/settings.md."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from review.assistant.client import Endpoint
from review.bad_setting import BadSetting as BadSetting  # others know it from here
from review.notices.server import MailServer, read_mail_server

WHISPER_DEFAULT_CPU = "small"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the installation can be told from outside; made once by the entry point and passed on."""

    data: Path  # CALLCOACH_DATA: the data folder (database, recordings, Redis, logs)
    database_url: str  # CALLCOACH_DATABASE_URL: SQLAlchemy URL; default SQLite in the data folder
    redis_url: str | None  # CALLCOACH_REDIS_URL or REDIS_URL: an outside Redis; None means the app's own
    redis_server: str | None  # CALLCOACH_REDIS_SERVER: path of the redis-server program to start
    host: str  # CALLCOACH_HOST: address the web server binds
    port: int  # CALLCOACH_PORT
    public_url: str | None  # CALLCOACH_PUBLIC_URL: how people reach the UI; https makes cookies secure
    engine: str  # CALLCOACH_ENGINE: auto, whisper or sphinx
    retranscribe: str  # CALLCOACH_RETRANSCRIBE: ask or auto, what to do with drafts once a better model is there
    whisper_model: str  # CALLCOACH_WHISPER_MODEL: a local folder or a model name on the hub
    models: Path  # CALLCOACH_MODELS: folder where fetched models are kept
    language: str | None  # CALLCOACH_LANGUAGE: language of calls whose source says none; None means unknown
    standard: str | None  # CALLCOACH_STANDARD: standard for sources that name none; None means the shipped default
    region: str  # CALLCOACH_REGION: two-letter country for phone numbers without a prefix
    company_names: tuple[str, ...]  # CALLCOACH_COMPANY_NAMES: comma-separated, as reps say them when greeting
    watch: tuple[tuple[str, Path], ...]  # CALLCOACH_WATCH: source=folder pairs, comma-separated
    speech_workers: int  # CALLCOACH_SPEECH_WORKERS
    max_upload_bytes: int  # CALLCOACH_MAX_UPLOAD_MB
    lease_seconds: float  # CALLCOACH_LEASE_SECONDS: how long a claimed step may go without a heartbeat
    reconcile_seconds: float  # CALLCOACH_RECONCILE_SECONDS: how often the sweep looks for calls to ring again
    log_json: bool  # CALLCOACH_LOG_JSON: 1 for one JSON object a line
    metrics: str = "token"  # CALLCOACH_METRICS: who reads /metrics: token, local (this machine without one), off
    evaluation_show_hours: float = 0.0  # CALLCOACH_EVALUATION_SHOW_HOURS: from submitting until the rep sees it
    evaluation_edit_hours: float = 24.0  # CALLCOACH_EVALUATION_EDIT_HOURS: how long its author may open it again
    feedback_hours: float = 72.0  # CALLCOACH_FEEDBACK_HOURS: from a call to what people say of it, as it should be
    call_records: tuple[tuple[str, Path], ...] = ()  # CALLCOACH_CALL_RECORDS: source=file, as Asterisk's Master.csv
    call_records_zone: str | None = None  # CALLCOACH_CALL_RECORDS_ZONE: of their times; None: told from their ids
    time_zone: str = "UTC"  # CALLCOACH_TIME_ZONE: of the sellers; a promised day ends where they are
    win_back_control: float = 0.1  # CALLCOACH_WIN_BACK_CONTROL: share of closed leads left untouched for comparison
    win_back_watch_days: int = 90  # CALLCOACH_WIN_BACK_WATCH_DAYS: how long the untouched ones are watched
    win_back_days: int = 365  # CALLCOACH_WIN_BACK_DAYS: leads closed longer ago are left alone
    webhook_own_hosts: tuple[str, ...] = ()  # CALLCOACH_WEBHOOK_OWN_HOSTS: receivers that stand on our own network
    audit_anchor: Path | None = None  # CALLCOACH_AUDIT_ANCHOR: folder the audit log's end is written down in
    mail: MailServer | None = None  # CALLCOACH_MAIL, _MAIL_FROM, CALLCOACH_SMTP_HOST, _PORT, _TLS, _USER, _PASSWORD
    assistant: Endpoint | None = None  # CALLCOACH_ASSISTANT_URL, _MODEL, _KEY, _SECONDS: a local language model

    @property
    def audio(self) -> Path:
        """Folder of the original recordings, content-addressed."""
        return self.data / "recordings"

    @property
    def derived(self) -> Path:
        """Folder of what is made from recordings (web audio, peaks); can be made again."""
        return self.data / "derived"

    @property
    def work(self) -> Path:
        """Folder for temporary files of running steps."""
        return self.data / "work"

    @property
    def anchors(self) -> Path:
        """Folder the audit log's end is written down in; better one that the database's owner cannot change."""
        return self.audit_anchor or self.data / "audit"

    def secret_key(self) -> str:
        """The installation's own secret, made on first use and kept in the data folder with mode 600."""
        path = self.data / "secret.key"
        make_private_folder(self.data)
        if not path.exists():
            # Written whole under another name first: processes that start together read one key and never half of it.
            temporary = path.with_name(f"secret.key.{secrets.token_hex(8)}")
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "w", encoding="ascii") as file:
                    file.write(secrets.token_urlsafe(48) + "\n")
                    file.flush()
                    os.fsync(file.fileno())
                with contextlib.suppress(FileExistsError):
                    os.link(temporary, path)  # fails when another process was first; its key counts
            finally:
                temporary.unlink()
        return path.read_text(encoding="ascii").strip()


def make_private_folder(folder: Path) -> None:
    """Make a folder that only its owner can open: it will hold recordings of people.

    One that is there keeps the rights its owner gave it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment (or the mapping given). Raises BadSetting."""
    env = os.environ if environ is None else environ
    data = Path(env.get("CALLCOACH_DATA") or "data").expanduser().absolute()
    return Settings(
        data=data,
        database_url=_database_url(env) or f"sqlite:///{data / 'callcoach.sqlite'}",
        redis_url=_redis_url(env, "CALLCOACH_REDIS_URL") or _redis_url(env, "REDIS_URL"),
        redis_server=env.get("CALLCOACH_REDIS_SERVER") or None,
        host=env.get("CALLCOACH_HOST") or "127.0.0.1",
        port=_whole(env, "CALLCOACH_PORT", 8000, 1, 65535),
        public_url=(env.get("CALLCOACH_PUBLIC_URL") or "").rstrip("/") or None,
        engine=_choice(env, "CALLCOACH_ENGINE", "auto", ("auto", "whisper", "sphinx")),
        retranscribe=_choice(env, "CALLCOACH_RETRANSCRIBE", "ask", ("ask", "auto")),
        whisper_model=env.get("CALLCOACH_WHISPER_MODEL") or WHISPER_DEFAULT_CPU,
        models=Path(env.get("CALLCOACH_MODELS") or data / "models").expanduser().absolute(),
        language=env.get("CALLCOACH_LANGUAGE") or None,
        standard=env.get("CALLCOACH_STANDARD") or None,
        region=(env.get("CALLCOACH_REGION") or "DE").upper(),
        company_names=tuple(n.strip() for n in env.get("CALLCOACH_COMPANY_NAMES", "").split(",") if n.strip()),
        watch=_places(env, "CALLCOACH_WATCH"),
        call_records=_places(env, "CALLCOACH_CALL_RECORDS"),
        call_records_zone=_zone(env, "CALLCOACH_CALL_RECORDS_ZONE"),
        time_zone=_zone(env, "CALLCOACH_TIME_ZONE") or "UTC",
        speech_workers=_whole(env, "CALLCOACH_SPEECH_WORKERS", 1, 1, 64),
        max_upload_bytes=_whole(env, "CALLCOACH_MAX_UPLOAD_MB", 512, 1, 8192) * 1024 * 1024,
        lease_seconds=_seconds(env, "CALLCOACH_LEASE_SECONDS", 90.0),
        reconcile_seconds=_seconds(env, "CALLCOACH_RECONCILE_SECONDS", 5.0),
        log_json=env.get("CALLCOACH_LOG_JSON", "") in ("1", "true", "yes"),
        metrics=_choice(env, "CALLCOACH_METRICS", "token", ("token", "local", "off")),
        evaluation_show_hours=_hours(env, "CALLCOACH_EVALUATION_SHOW_HOURS", 0.0),
        evaluation_edit_hours=_hours(env, "CALLCOACH_EVALUATION_EDIT_HOURS", 24.0),
        feedback_hours=_hours(env, "CALLCOACH_FEEDBACK_HOURS", 72.0),
        win_back_control=_share(env, "CALLCOACH_WIN_BACK_CONTROL", 0.1),
        win_back_watch_days=_whole(env, "CALLCOACH_WIN_BACK_WATCH_DAYS", 90, 1, 730),
        win_back_days=_whole(env, "CALLCOACH_WIN_BACK_DAYS", 365, 1, 3650),
        webhook_own_hosts=tuple(
            host.strip().casefold() for host in env.get("CALLCOACH_WEBHOOK_OWN_HOSTS", "").split(",") if host.strip()
        ),
        audit_anchor=Path(text).expanduser().absolute() if (text := env.get("CALLCOACH_AUDIT_ANCHOR")) else None,
        mail=read_mail_server(env, data),
        assistant=_assistant(env),
    )


def process_environment(settings: Settings, **more: str) -> dict[str, str]:
    """The environment for a child process of the application: today's, with these settings written into it."""
    env = dict(os.environ)
    env.update(
        CALLCOACH_DATA=str(settings.data),
        CALLCOACH_DATABASE_URL=settings.database_url,
        CALLCOACH_HOST=settings.host,
        CALLCOACH_PORT=str(settings.port),
    )
    if settings.redis_url:
        env["CALLCOACH_REDIS_URL"] = settings.redis_url
    env.update(more)
    return env


def program_path() -> str:
    """The PATH programs are looked up on."""
    return os.environ.get("PATH", os.defpath)


def _whole(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name) or str(default)
    try:
        value = int(text)
    except ValueError:
        raise BadSetting(name, text, "give a whole number") from None
    if not low <= value <= high:
        raise BadSetting(name, text, f"give a number from {low} to {high}")
    return value


def _seconds(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        raise BadSetting(name, text, "give a number of seconds") from None
    if not 0 < value <= 86_400:
        raise BadSetting(name, text, "give a number of seconds above 0 and up to a day")
    return value


def _share(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        raise BadSetting(name, text, "give a share from 0 to 0.5") from None
    if not 0 <= value <= 0.5:
        raise BadSetting(name, text, "give a share from 0 to 0.5")
    return value


def _hours(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        raise BadSetting(name, text, "give a number of hours") from None
    if not 0 <= value <= 8760:
        raise BadSetting(name, text, "give a number of hours from 0 to 8760 (a year)")
    return value


def _choice(env: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = env.get(name) or default
    if value not in choices:
        raise BadSetting(name, value, f"give one of {', '.join(choices)}")
    return value


def _database_url(env: Mapping[str, str]) -> str | None:
    url = env.get("CALLCOACH_DATABASE_URL") or ""
    scheme, mark, rest = url.partition("://")
    fix = "give sqlite:////folder/file.sqlite or postgresql+psycopg://user@host/name"
    if mark and scheme not in ("sqlite", "sqlite+pysqlite", "postgres", "postgresql", "postgresql+psycopg"):
        raise BadSetting("CALLCOACH_DATABASE_URL", f"{scheme}://…", fix)  # what follows may hold a password
    if scheme.startswith("sqlite") and rest in ("", "/", "/:memory:"):
        raise BadSetting("CALLCOACH_DATABASE_URL", url, f"the processes share a file; {fix}")
    return url or None


def _redis_url(env: Mapping[str, str], name: str) -> str | None:
    url = env.get(name) or ""
    scheme, mark, _rest = url.partition("://")
    fix = "give redis://host:6379/0, rediss://... or unix:///path/of/the/socket"
    if not url:
        return None
    if not mark or scheme not in ("redis", "rediss", "unix"):
        raise BadSetting(name, f"{scheme}://…" if mark else url, fix)
    try:
        _port = urlsplit(url).port
    except ValueError:
        raise BadSetting(name, f"{scheme}://…", f"its port is no number up to 65535; {fix}") from None
    return url


def _assistant(env: Mapping[str, str]) -> Endpoint | None:
    url = (env.get("CALLCOACH_ASSISTANT_URL") or "").rstrip("/")
    if not url:
        return None
    name = "CALLCOACH_ASSISTANT_URL"
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        raise BadSetting(name, url, "its port is no number up to 65535") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise BadSetting(name, f"{parts.scheme}://…", "give http://host:port/v1 of a server of your own")
    model = env.get("CALLCOACH_ASSISTANT_MODEL") or ""
    if not model:
        raise BadSetting("CALLCOACH_ASSISTANT_MODEL", "", "give the model's name as the server knows it")
    seconds = _seconds(env, "CALLCOACH_ASSISTANT_SECONDS", 120.0)
    return Endpoint(url, model, env.get("CALLCOACH_ASSISTANT_KEY") or None, seconds)


def _places(env: Mapping[str, str], name: str) -> tuple[tuple[str, Path], ...]:
    """`source=folder` (or `=file`) pairs."""
    pairs = []
    for part in (p.strip() for p in env.get(name, "").split(",") if p.strip()):
        source, equals, place = part.partition("=")
        if not equals or not source.strip() or not place.strip():
            what = "folder" if name == "CALLCOACH_WATCH" else "file"
            raise BadSetting(name, part, f"write source={what}, several separated by commas")
        pairs.append((source.strip(), Path(place.strip()).expanduser().absolute()))
    return tuple(pairs)


def _zone(env: Mapping[str, str], name: str) -> str | None:
    text = env.get(name)
    if not text:
        return None
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError) as error:
        raise BadSetting(name, text, "write a time zone as Europe/Berlin or Asia/Seoul") from error
    return text
