"""Figures for operators on both back ends: what is counted, what is bounded, and that nobody is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy import update

from review.db import Database
from review.models import (
    Call,
    StoredAssessment,
    StoredTranscript,
    utc_now,
)
from review.redis_address import connect
from review.settings import Settings, read_settings
from tests.db.measured import connect_all, read_figures, text_of
from tests.factories import make_call, store_score, store_words
from tests.web.scores import assessment_of


@pytest.fixture
def settings(tmp_path: object, database: Database) -> Settings:
    """The installation whose database is the test's own; its Redis was never started."""
    url = database.url.render_as_string(hide_password=False)
    return read_settings({"CALLCOACH_DATA": str(tmp_path), "CALLCOACH_DATABASE_URL": url})


@pytest.fixture
def redis(settings: Settings) -> Iterator[Redis]:
    """A client of a Redis that is away."""
    client = connect(settings, timeout=0.2)
    yield client
    client.close()


def test_an_empty_installation_has_every_figure(settings: Settings, database: Database, redis: Redis) -> None:
    found = read_figures(settings, database, redis)
    assert found["database_up"] == found["database_current"] == {(): 1}
    assert found["redis_up"] == {(): 0}
    assert found["queue_jobs"] == found["queue_oldest_job_seconds"] == found["workers"] == {}
    assert len(found["calls"]) == 8
    assert set(found["calls"].values()) == {0}
    assert set(found["calls_oldest_seconds"].values()) == {0}
    assert found["failed_calls"] == found["stage_seconds"] == found["judge_alarms"] == {}
    assert found["stage_calls"] == {("transcribe",): 0, ("score",): 0, ("whole",): 0}
    assert set(found["deliveries_last_hour"].values()) == {0}
    assert found["webhook_messages_last_hour"] == {("failed",): 0, ("sent",): 0}
    assert found["crm_outbox"] == {("failed",): 0, ("waiting",): 0}
    assert found["speech_engine_info"] == {}
    assert found["database_bytes"][()] > 0
    assert found["disk_free_bytes"][()] > 0
    assert [key[:2] for key in found["speech_library_info"]] == [("auto", "whisper"), ("auto", "sphinx")]


def test_calls_by_state_and_how_long_they_wait(settings: Settings, database: Database, redis: Redis) -> None:
    now = utc_now()
    with database.session() as db:
        make_call(db, state="received", created_at=now - timedelta(hours=2))
        make_call(db, state="received", created_at=now - timedelta(hours=9), again_at=now - timedelta(hours=1))
        make_call(db, state="scoring", created_at=now - timedelta(minutes=5), next_at=7.0)
        make_call(db, state="scored", created_at=now - timedelta(days=40))
    found = read_figures(settings, database, redis)
    assert {state: count for (state,), count in found["calls"].items() if count} == {
        "received": 2,
        "scoring": 1,
        "scored": 1,
    }
    oldest = {state: seconds for (state,), seconds in found["calls_oldest_seconds"].items()}
    assert oldest["received"] == pytest.approx(7200, abs=120)
    assert oldest["scoring"] == pytest.approx(300, abs=120)
    assert oldest["transcribing"] == 0


def test_failures_by_step_and_reason(settings: Settings, database: Database, redis: Redis) -> None:
    def failed(step: str, code: str) -> dict[str, str]:
        return {"step": step, "code": code, "message": "Anna said +49 30 1234567", "kept": "", "advice": ""}

    with database.session() as db:
        for _ in range(2):
            make_call(db, state="dead", failure=failed("transcribe", "unreadable_audio"))
        old = make_call(db, state="dead", failure=failed("score", "worker_lost"))
        make_call(db, state="dead", failure=failed("score", "Anna Berg +49301234567"))
        make_call(db, state="dead")
        make_call(db, state="scored", failure=failed("transcribe", "engine_failed"))
        db.execute(update(Call).where(Call.id == old.id).values(updated_at=utc_now() - timedelta(hours=25)))
    found = read_figures(settings, database, redis)
    assert found["failed_calls"] == {
        ("unreadable_audio", "transcribe"): 2,
        ("worker_lost", "score"): 1,
        ("other", "score"): 1,
        ("other", "other"): 1,
    }
    assert found["failed_calls_last_day"][("worker_lost", "score")] == 0
    assert found["failed_calls_last_day"][("unreadable_audio", "transcribe")] == 2


def test_the_stages_of_calls_that_ended_within_the_hour(settings: Settings, database: Database, redis: Redis) -> None:
    now = utc_now()

    def ended(ago: float, waited: float, judged: float) -> Call:
        """A call that was scored `ago` seconds before now, `judged` after its words, they `waited` after it came."""
        end = now - timedelta(seconds=ago)
        heard = end - timedelta(seconds=judged)
        call = make_call(db, created_at=heard - timedelta(seconds=waited))
        transcript = store_words(db, call)
        score = store_score(db, call, assessment_of("rep", quote="Good morning"), transcript_id=transcript)
        db.execute(update(StoredTranscript).where(StoredTranscript.id == transcript).values(created_at=heard))
        db.execute(update(StoredAssessment).where(StoredAssessment.id == score).values(created_at=end))
        return call

    with database.session() as db:
        first, *_rest = [ended(60, waited, judged=2) for waited in (10, 20, 30, 400)]
        ended(7200, 9999, judged=99)  # too long ago
        assessment = assessment_of("rep", quote="Good morning")
        store_score(db, first, assessment)  # scored again: no stage of the call
        store_words(db, first)  # transcribed again
        store_score(db, first, assessment)
    found = read_figures(settings, database, redis)
    assert found["stage_calls"] == {("transcribe",): 4, ("score",): 4, ("whole",): 4}
    seconds = {key: pytest.approx(value, abs=0.01) for key, value in found["stage_seconds"].items()}
    assert seconds == {
        **{(quantile, "transcribe"): value for quantile, value in (("0.5", 20), ("0.95", 400), ("1", 400))},
        **{(quantile, "score"): 2 for quantile in ("0.5", "0.95", "1")},
        **{(quantile, "whole"): value for quantile, value in (("0.5", 22), ("0.95", 402), ("1", 402))},
    }
    assert [key[:2] for key in found["speech_engine_info"]] == [("whisper", "small")]


def test_connections(settings: Settings, database: Database, redis: Redis) -> None:
    number = str(connect_all(database, utc_now()))
    found = read_figures(settings, database, redis)
    assert found["source_last_delivery_seconds"] == {("mango", number): pytest.approx(600, abs=120)}
    assert found["fetches"] == {
        ("mango", number, "waiting"): 1,
        ("mango", number, "fetching"): 0,
        ("mango", number, "failed"): 2,
        ("none", "0", "waiting"): 1,
    }
    assert found["fetch_oldest_seconds"]["mango", number] == pytest.approx(10_800, abs=120)
    assert found["deliveries_last_hour"] == {
        ("waiting",): 1,
        ("accepted",): 2,
        ("ignored",): 0,
        ("refused",): 1,
        ("failed",): 0,
    }
    assert found["delivery_oldest_seconds"][()] == pytest.approx(3000, abs=120)
    assert found["webhooks"] == {("on",): 1, ("off",): 0, ("failed",): 1}
    assert found["webhook_messages_last_hour"] == {("failed",): 1, ("sent",): 1}
    assert found["webhook_messages_waiting"] == {(): 1}
    assert found["webhook_oldest_seconds"][()] == pytest.approx(1200, abs=120)
    assert [value for key, value in found["crm_connections"].items() if key[2] == "broken"] == [1]
    assert list(found["crm_failures"].values()) == [4]
    assert list(found["crm_last_sync_seconds"].values()) == [pytest.approx(86_400, abs=120)]
    assert found["crm_outbox"] == {("failed",): 1, ("waiting",): 1}
    assert found["judge_agreement_kappa"] == {("greeting", "en"): 0.4}
    assert found["judge_drift_psi"] == {("greeting", "en"): 0.3}
    assert found["judge_alarms"] == {("greeting", "en"): 1}


def test_nobody_is_named(settings: Settings, database: Database, redis: Redis) -> None:
    connect_all(database, utc_now())
    with database.session() as db:
        call = make_call(db, client_phone="+49301234567", rep_name="Anna Berg")
        store_words(db, call, model="/home/anna.berg/models/+49301234567")
    text = text_of(settings, database, redis)
    assert not re.search(r"anna|berg|1234567", text, re.IGNORECASE)


def test_a_database_of_another_version_is_told(settings: Settings, empty_database: Database, redis: Redis) -> None:
    found = read_figures(settings, empty_database, redis)
    assert (found["database_up"][()], found["database_current"][()]) == (1, 0)
    assert "calls" not in found
    assert "disk_free_bytes" in found
