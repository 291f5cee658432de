"""Alive, ready and the health page, with Redis away and with Redis there."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import text

from review.db import Database
from review.doorbell import queue_depths
from review.redis_address import connect
from review.settings import Settings
from review.storage import AudioStore
from tests.factories import make_call, wav_bytes
from tests.web.conftest import SignIn, post
from web.app import create_app
from workers.embedded_redis import ensure_redis, stop_redis


def test_alive_says_nothing_more(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_ready_but_degraded_while_redis_is_away(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert (answer.json["status"], answer.json["failed"]) == ("degraded", ["redis"])


def test_ready_names_a_database_of_another_version(client: FlaskClient, database: Database) -> None:
    with database.session() as db:
        db.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "not ready")
    assert "migrations" in answer.json["failed"]


def test_ready_names_a_full_disk(settings: Settings, database: Database) -> None:
    app = create_app(settings, database=database, store=AudioStore(settings.data, floor=2**60, reserve=0))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert "disk" in answer.json["failed"]


def test_an_empty_database_is_not_ready(tmp_path: Path, settings: Settings) -> None:
    app = create_app(dataclasses.replace(settings, database_url=f"sqlite:///{tmp_path / 'empty.sqlite'}"))
    assert app.test_client().get("/readyz").json["checks"]["migrations"] == "failed"


@pytest.fixture
def running_redis(settings: Settings) -> Iterator[Redis]:
    """A real Redis in the installation's own folder."""
    running = ensure_redis(settings)
    yield connect(settings)
    if running.process is not None:
        stop_redis(settings, running.process)


@pytest.mark.usefixtures("running_redis")
def test_ready_when_everything_answers(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"], answer.json["failed"]) == (200, "ready", [])


def test_an_upload_rings_and_the_health_page_shows_the_queue(sign_in: SignIn, running_redis: Redis) -> None:
    browser = sign_in("quality_lead")
    answer = post(browser, "/upload", {"file": (io.BytesIO(wav_bytes(0.1)), "a.wav")}, page="/upload")
    assert answer.status_code == 302
    assert queue_depths(running_redis)["speech"] == 1
    page = browser.get("/health").text
    assert "in the queues: transcribing calls 1" in page
    assert "nobody works on: transcribing calls, scoring calls" in page


@pytest.mark.usefixtures("running_redis")
def test_rates_are_counted_in_redis_for_all_processes(
    settings: Settings, database: Database, running_redis: Redis
) -> None:
    first, second = (create_app(settings, database=database).test_client() for _process in range(2))
    statuses = [browser.post("/sign-in").status_code for _try in range(31) for browser in (first, second)]
    assert statuses[:60] == [400] * 60
    assert statuses[60:] == [429, 429]


def test_the_health_page_tells_what_to_do(sign_in: SignIn, database: Database) -> None:
    with database.session() as db:
        make_call(db, state="needs_model", engine_wait={"reason": "No Whisper model for ko.", "advice": "Fetch one."})
        make_call(
            db,
            state="dead",
            failure={
                "code": "unreadable",
                "message": "It is damaged.",
                "kept": "",
                "advice": "Export it.",
                "step": "transcribe",
            },
        )
    text_of_page = sign_in("admin").get("/health").text
    for said in ("No Whisper model for ko.", "Fetch one.", "Nothing is lost", "free"):
        assert said in text_of_page
