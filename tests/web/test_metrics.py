"""/metrics: who may read it, from where, in which form, and what it says while Redis or the database is away."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis
from rq import Worker
from rq.job import Job

from review.db import Database
from review.doorbell import open_queue, ring
from review.redis_address import connect
from review.services.tokens import create_api_token
from review.settings import BadSetting, Settings, read_settings
from review.storage import AudioStore
from tests.factories import make_call
from tests.web.conftest import Crew, SignIn
from web.app import create_app
from workers.embedded_redis import ensure_redis, stop_redis

URL = "/metrics"
Make = Callable[..., Flask]


@pytest.fixture
def make(settings: Settings, database: Database, store: AudioStore) -> Make:
    """An application with other settings."""

    def build(**changed: Any) -> Flask:
        other = dataclasses.replace(settings, **changed)
        return create_app(other, database=database, store=store, redis=connect(settings, timeout=0.2))

    return build


@pytest.fixture
def running_redis(settings: Settings) -> Iterator[Redis]:
    """A real Redis in the installation's own folder."""
    running = ensure_redis(settings)
    yield connect(settings)
    if running.process is not None:
        stop_redis(settings, running.process)


def header(database: Database, crew: Crew, role: str, *scopes: str) -> dict[str, str]:
    """The header of a new token."""
    with database.session() as db:
        token = create_api_token(db, crew.users[role], "scraper", scopes).token
    return {"Authorization": f"Bearer {token}"}


def figures(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    """Name -> values of the labels -> figure."""
    return {
        family.name.removeprefix("callcoach_"): {tuple(s.labels.values()): s.value for s in family.samples}
        for family in text_string_to_metric_families(text)
    }


def test_a_token_with_the_scope_reads_the_text_form(app: Flask, database: Database, crew: Crew) -> None:
    with database.session() as db:
        make_call(db, state="scored")
    answer = app.test_client().get(URL, headers=header(database, crew, "admin", "metrics:read"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    lines = answer.text.splitlines()
    at = lines.index("# HELP callcoach_calls Calls by state.")
    assert lines[at : at + 10] == [
        "# HELP callcoach_calls Calls by state.",
        "# TYPE callcoach_calls gauge",
        'callcoach_calls{state="received"} 0.0',
        'callcoach_calls{state="transcribing"} 0.0',
        'callcoach_calls{state="transcribed"} 0.0',
        'callcoach_calls{state="scoring"} 0.0',
        'callcoach_calls{state="scored"} 1.0',
        'callcoach_calls{state="dead"} 0.0',
        'callcoach_calls{state="needs_model"} 0.0',
        'callcoach_calls{state="no_audio"} 0.0',
    ]
    names = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(names) == len(set(names))


def test_no_other_token_and_no_session(app: Flask, sign_in: SignIn, database: Database, crew: Crew) -> None:
    browser = app.test_client()
    assert browser.get(URL).status_code == 401
    assert browser.get(URL, headers={"Authorization": "Bearer cc_guessed"}).status_code == 401
    assert sign_in("admin").get(URL).status_code == 401
    other = browser.get(URL, headers=header(database, crew, "admin", "calls:read", "settings:write"))
    assert other.status_code == 403
    assert 'scope="metrics:read"' in other.headers["WWW-Authenticate"]
    assert browser.get(URL, headers=header(database, crew, "reviewer", "metrics:read")).status_code == 403
    reads = header(database, crew, "head_of_sales", "metrics:read")
    assert browser.get(URL, headers=reads).status_code == 200
    assert browser.get("/api/v1/calls", headers=reads).status_code == 403


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("127.8.8.8", {"Host": "127.0.0.1:8000"}, 200),
        ("::1", {"Host": "[::1]:8000"}, 200),
        ("::ffff:127.0.0.1", {}, 200),
        ("10.0.0.9", {}, 401),
        ("::ffff:10.0.0.9", {}, 401),
        ("", {}, 401),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 401),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}, 401),
        ("127.0.0.1", {"X-Real-IP": "203.0.113.9"}, 401),
        ("127.0.0.1", {"Via": "1.1 proxy"}, 401),
        ("127.0.0.1", {"Host": "coach.example.com"}, 401),
        ("127.0.0.1", {"Host": "localhost.example.com"}, 401),
    ],
)
def test_this_machine_needs_no_token_where_so_set(make: Make, peer: str, headers: dict[str, str], status: int) -> None:
    browser = make(metrics="local").test_client()
    answer = browser.get(URL, headers=headers, environ_base={"REMOTE_ADDR": peer})
    assert answer.status_code == status


def test_a_proxy_cannot_be_told_that_a_request_is_local(make: Make) -> None:
    browser = make(metrics="local", public_url="https://coach.example.com").test_client()
    for forged in ("127.0.0.1", "203.0.113.9, 127.0.0.1"):
        answer = browser.get(URL, headers={"X-Forwarded-For": forged}, environ_base={"REMOTE_ADDR": "127.0.0.1"})
        assert answer.status_code == 401
    beyond = browser.get(URL, headers={"X-Forwarded-For": "127.0.0.1"}, environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert beyond.status_code == 401
    assert browser.get(URL).status_code == 200


def test_a_token_is_good_from_this_machine_too_and_off_is_off(make: Make, database: Database, crew: Crew) -> None:
    token = header(database, crew, "admin", "metrics:read")
    assert make(metrics="local").test_client().get(URL, headers={**token, "Host": "coach.lan"}).status_code == 200
    assert make(metrics="off").test_client().get(URL, headers=token).status_code == 404
    assert make(metrics="off").test_client().get(URL).status_code == 401


def test_the_setting(settings: Settings) -> None:
    assert settings.metrics == "token"
    assert read_settings({"CALLCOACH_METRICS": "local"}).metrics == "local"
    with pytest.raises(BadSetting, match="CALLCOACH_METRICS"):
        read_settings({"CALLCOACH_METRICS": "everybody"})


def test_redis_away_is_a_figure_and_no_fault(app: Flask, database: Database, crew: Crew) -> None:
    answer = app.test_client().get(URL, headers=header(database, crew, "admin", "metrics:read"))
    found = figures(answer.text)
    assert answer.status_code == 200
    assert found["redis_up"] == {(): 0}
    assert found["database_up"] == {(): 1}
    assert found["queue_jobs"] == found["workers"] == {}
    assert "calls" in found


def test_queues_and_workers_are_the_same_from_every_process(make: Make, running_redis: Redis) -> None:
    ring(running_redis, [(1, "transcribe"), (2, "transcribe"), (3, "score")])
    first = open_queue("speech", running_redis).get_job_ids(0, 1)[0]
    before = datetime.now(UTC) - timedelta(hours=1)
    running_redis.hset(Job.key_for(first), "enqueued_at", before.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    worker = Worker([open_queue("speech", running_redis)], connection=running_redis, serializer="json")
    worker.register_birth()  # type: ignore[no-untyped-call]
    worker.set_state("busy")
    for process in (make(metrics="local"), make(metrics="local")):
        found = figures(process.test_client().get(URL).text)
        assert found["redis_up"] == {(): 1}
        assert found["queue_jobs"] == {("speech",): 2, ("score",): 1, ("light",): 0}
        assert found["queue_oldest_job_seconds"]["speech",] == pytest.approx(3600, abs=120)
        assert found["queue_oldest_job_seconds"]["light",] == 0
        assert found["workers"]["speech", "busy"] == 1
        assert sum(found["workers"].values()) == 1
    worker.register_death()  # type: ignore[no-untyped-call]
    assert sum(figures(make(metrics="local").test_client().get(URL).text)["workers"].values()) == 0


def test_the_database_away_is_a_figure_for_whoever_needs_no_token(make: Make, settings: Settings) -> None:
    file = settings.data / "callcoach.sqlite"
    app = make(metrics="local")
    file.write_bytes(b"no database " * 4096)
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(file).execute("SELECT 1 FROM call")
    answer = app.test_client().get(URL)
    found = figures(answer.text)
    assert answer.status_code == 200
    assert found["database_up"] == {(): 0}
    assert "calls" not in found
    assert found["disk_free_bytes"][()] > 0


def test_asked_too_often_is_refused(make: Make) -> None:
    browser = make(metrics="local").test_client()
    assert {browser.get(URL).status_code for _ in range(60)} == {200}
    assert browser.get(URL).status_code == 429
