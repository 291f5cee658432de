"""The sweep: rings for what is due, buries what ran out of attempts, wakes what waited for a model, tidies up."""

from __future__ import annotations

import dataclasses
import os
import threading
import time

from redis import Redis
from sqlalchemy import update

from review.doorbell import open_queue
from review.models import Call, Source
from review.queries.better_words import read_model_now, read_offer
from review.states import MAX_ATTEMPTS, claim_call, park_needs_model
from tests.factories import store_words, wav_bytes
from tests.waiting import wait_until
from tests.workers.installation import Installation
from transcription.engines import EngineChoice, EngineRequest
from transcription.errors import NeedsModel
from transcription.work_folders import work_folder
from workers.leftovers import WORK_PREFIX
from workers.sweep import note_better_model, run_sweep, sweep_once, wake_calls_waiting_for_model


def change(installation: Installation, call_id: int, **values: object) -> None:
    """Change a call's row as time would."""
    with installation.database.session() as session:
        session.execute(update(Call).where(Call.id == call_id).values(**values))


def sweep(installation: Installation, *, rehint: float = 60.0) -> int:
    """One round of the sweep."""
    return sweep_once(installation.database, installation.redis, rehint=rehint)


def test_a_due_call_is_rung_once_and_again_only_later(installation: Installation) -> None:
    call_id = installation.accept_words("due").call_id
    change(installation, call_id, hinted_at=0.0)
    assert sweep(installation) == 1
    assert open_queue("speech", installation.redis).count == 1
    assert sweep(installation) == 0, "rung twice within a minute"
    assert sweep(installation, rehint=0.0) == 1


def test_a_call_at_work_is_left_alone_until_its_lease_ends(installation: Installation) -> None:
    call_id = installation.accept_words("at work").call_id
    with installation.database.session() as session:
        assert claim_call(session, call_id, "transcribe", lease=60.0)
    change(installation, call_id, hinted_at=0.0)
    assert sweep(installation) == 0
    change(installation, call_id, lease_until=0.0)
    assert sweep(installation) == 1


def test_a_call_that_ran_out_of_attempts_ends_visibly(installation: Installation) -> None:
    call_id = installation.accept_words("worn out").call_id
    change(installation, call_id, state="transcribing", attempts=MAX_ATTEMPTS, lease_until=0.0, lease_token="gone")
    assert sweep(installation) == 0
    call = installation.call(call_id)
    assert call.state == "dead"
    assert call.failure is not None
    assert call.failure["code"] == "worker_lost"


def test_redis_away_does_not_stop_the_sweep(installation: Installation) -> None:
    call_id = installation.accept_words("silent").call_id
    change(installation, call_id, hinted_at=0.0)
    installation.redis.shutdown(nosave=True)
    assert sweep(installation) == 1
    assert installation.state(call_id) == "received"


def test_calls_that_waited_for_a_model_go_on_when_there_is_one(installation: Installation) -> None:
    call_id = installation.accept_words("waiting").call_id
    with installation.database.session() as session:
        claim = claim_call(session, call_id, "transcribe")
        assert claim is not None
        assert park_needs_model(session, claim, "no model", "provide one")
    client: Redis = installation.redis

    def none(_request: EngineRequest) -> EngineChoice:
        raise NeedsModel("There is none.", "Provide one.")

    def one(_request: EngineRequest) -> EngineChoice:
        return EngineChoice("whisper", "small", "it is there now")

    request = EngineRequest()
    assert wake_calls_waiting_for_model(installation.database, client, request, none) == 0
    assert installation.state(call_id) == "needs_model"
    assert wake_calls_waiting_for_model(installation.database, client, request, one) == 1
    assert installation.state(call_id) == "received"
    assert open_queue("speech", client).count == 1


def test_what_killed_processes_left_is_removed(installation: Installation) -> None:
    work, incoming = installation.settings.work, installation.store.recordings / "incoming"
    (work / "call-old").mkdir(parents=True)
    incoming.mkdir(parents=True)
    (incoming / "old").write_bytes(b"half")
    long_ago = time.time() - 2 * 24 * 3600
    (incoming / "new").write_bytes(b"half")
    os.utime(incoming / "old", (long_ago, long_ago))
    stop = threading.Event()
    thread = threading.Thread(target=run_sweep, args=(installation.settings, stop))
    with work_folder(work, WORK_PREFIX) as at_work:
        thread.start()
        try:
            wait_until(lambda: not (work / "call-old").exists(), seconds=10, what="the old folder to be removed")
            wait_until(lambda: not (incoming / "old").exists(), seconds=10, what="the half-written file to be removed")
            assert at_work.is_dir()
            assert (incoming / "new").exists()
        finally:
            stop.set()
            thread.join()


def better(_request: EngineRequest) -> EngineChoice:
    """A model that was not there before."""
    return EngineChoice("whisper", "small", "found in the models folder")


def drafts(installation: Installation, *names: str) -> list[int]:
    """Calls with sound, transcribed by the stand-in."""
    made = [installation.accept_audio(name, wav_bytes(0.3)).call_id for name in names]
    with installation.database.session() as session:
        for call_id in made:
            store_words(session, session.get_one(Call, call_id), state="scored", engine="sphinx", draft=True)
    for call_id in made:
        change(installation, call_id, speech_rank=0)
    return made


def test_a_better_model_is_noted_and_drafts_wait_for_a_person(installation: Installation) -> None:
    (call_id,) = drafts(installation, "draft")
    assert note_better_model(installation.database, installation.redis, installation.settings, better) == 0
    assert installation.state(call_id) == "scored"
    with installation.database.read() as session:
        now = read_model_now(session)
        assert now is not None
        assert (now.model, now.rank) == ("small", 30)
        offer = read_offer(session, None, "auto")
    assert offer is not None
    assert offer.calls == 1


def test_drafts_go_by_themselves_only_where_the_settings_say_so_and_once(installation: Installation) -> None:
    call_ids = drafts(installation, "first", "second")
    settings = dataclasses.replace(installation.settings, engine="auto", retranscribe="auto")
    for sent in (2, 0):
        assert note_better_model(installation.database, installation.redis, settings, better) == sent
    assert {installation.state(call_id) for call_id in call_ids} == {"received"}
    assert open_queue("speech", installation.redis).count == 2
    for call_id in call_ids:
        change(installation, call_id, state="scored")
    assert note_better_model(installation.database, installation.redis, settings, better) == 0, "again and again"


def test_calls_of_a_source_pinned_to_the_stand_in_are_not_woken(installation: Installation) -> None:
    call_id = installation.accept_audio("pinned", wav_bytes(0.3), language="ru").call_id
    change(installation, call_id, state="needs_model")
    with installation.database.session() as session:
        session.execute(update(Source).values(engine="sphinx"))
    woken = wake_calls_waiting_for_model(installation.database, installation.redis, EngineRequest(), better)
    assert (woken, installation.state(call_id)) == (0, "needs_model")


def test_nobody_asks_for_a_model_while_no_call_needs_one(installation: Installation) -> None:
    installation.accept_audio("queued", wav_bytes(0.3))

    def asked(_request: EngineRequest) -> EngineChoice:
        raise AssertionError("a model hub was asked for nothing")

    assert note_better_model(installation.database, installation.redis, installation.settings, asked) == 0
