"""Transcribing again: who is offered what, who goes, what is kept when it fails, and the trace."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from sqlalchemy import select, update

from review import states
from review.db import Database
from review.models import AuditEvent, Call, Delivery, Source, StoredTranscript, utc_now
from review.queries.better_words import SpeechModelNow, is_offered, read_model_now, read_offer
from review.queries.viewer import load_viewer
from review.services.retranscribe import (
    NotOffered,
    look_for_model,
    note_model,
    transcribe_again,
    transcribe_all_again,
)
from review.services.steps import load_for_transcribe, store_transcript
from review.settings import read_settings
from review.speech_rank import DRAFT, rank_of_model, rank_of_transcript
from review.states import Failure
from tests import factories
from tests.db.claiming import claim, read_row
from tests.factories import make_transcript
from transcription.engines import EngineChoice, EngineRequest
from transcription.errors import NeedsModel

SMALL = SpeechModelNow(model="small", rank=30, reason="found", checked_at=utc_now())
NONE = SpeechModelNow(model=None, rank=None, reason="The hub does not answer.", checked_at=utc_now())


@pytest.mark.parametrize(
    ("better", "worse"), [("tiny", None), ("base", "tiny"), ("small.en", "base.en"), ("large-v3-turbo", "small")]
)
def test_models_are_ranked_by_size(better: str, worse: str | None) -> None:
    assert rank_of_model("whisper", better) > (DRAFT if worse is None else rank_of_model("whisper", worse))
    assert rank_of_model("whisper", f"/models/faster-whisper-{better}") == rank_of_model("whisper", better)


def test_what_cannot_be_compared_is_never_offered() -> None:
    assert rank_of_transcript("imported", None, draft=False) is None
    assert rank_of_transcript("whisper", "our-own-model", draft=False) is None
    assert rank_of_transcript("sphinx", "en-us", draft=True) == DRAFT
    assert rank_of_model("whisper", "our-own-model") > DRAFT, "any Whisper model is better than the stand-in"


def test_drafts_and_waiting_calls_are_offered_a_better_model(database: Database) -> None:
    with database.session() as session:
        draft = _transcribed(session, engine="sphinx", model="en-us", draft=True)
        tiny = _transcribed(session, model="tiny")
        _transcribed(session, model="medium")
        _transcribed(session, engine="imported", model=None)
        waiting = factories.make_call(session, state="needs_model").id
        factories.make_call(session, state="needs_model", legs=0)  # nothing to listen to
        factories.make_call(session)  # not transcribed yet
        assert read_offer(session, None, "auto") is None, "nobody has looked for a model yet"
        note_model(session, NONE)
        assert read_offer(session, None, "auto") is None
        note_model(session, SMALL)
        offer = read_offer(session, None, "auto")
        assert offer is not None
        assert (offer.calls, offer.waiting, offer.model, offer.many, offer.running) == (3, 1, "small", False, 0)
        assert is_offered(session, tiny, "auto") == read_model_now(session)
        sent = transcribe_all_again(session, engine="auto")
        assert {call_id for call_id, _step in sent} == {draft, tiny, waiting}
        assert {step for _call_id, step in sent} == {"transcribe"}
        after = read_offer(session, None, "auto")
        assert after is not None
        assert (after.calls, after.running, after.sent, after.share) == (0, 3, 3, 0.0)
        session.execute(update(Call).where(Call.id == tiny).values(state="scored", speech_rank=30))
        later = read_offer(session, None, "auto")
        assert later is not None
        assert (later.running, later.sent) == (2, 3)
        assert later.share == pytest.approx(1 / 3)


def test_the_installation_and_the_source_say_which_engine(database: Database) -> None:
    with database.session() as session:
        note_model(session, SMALL)
        plain = _transcribed(session, draft=True)
        pinned = _transcribed(session, draft=True, source="english-line")
        session.execute(update(Source).where(Source.name == "english-line").values(engine="sphinx"))
        assert (is_offered(session, plain, "auto"), is_offered(session, pinned, "auto")) != (None, None)
        assert is_offered(session, pinned, "auto") is None
        assert is_offered(session, plain, "sphinx") is None
        session.execute(update(Source).where(Source.name == "english-line").values(engine="whisper"))
        assert is_offered(session, pinned, "sphinx") is not None


def test_an_english_model_is_offered_to_english_calls_only(database: Database) -> None:
    with database.session() as session:
        note_model(session, dataclasses.replace(SMALL, model="small.en"))
        english, russian = _transcribed(session, draft=True), _transcribed(session, draft=True)
        session.execute(update(Call).where(Call.id == russian).values(language="ru"))
        assert is_offered(session, english, "auto") is not None
        assert is_offered(session, russian, "auto") is None


def test_a_manager_sends_only_the_own_teams_calls(database: Database) -> None:
    with database.session() as session:
        manager = factories.make_user(session, "manager")
        mine = factories.make_rep(session, team=factories.make_team(session, managers=[manager]))
        own, other = _transcribed(session, draft=True, rep_id=mine.id), _transcribed(session, draft=True)
        note_model(session, SMALL)
        viewer = load_viewer(session, manager.id)
        assert viewer is not None
        offer = read_offer(session, viewer, "auto")
        assert offer is not None
        assert offer.calls == 1
        assert transcribe_all_again(session, viewer=viewer, by=manager.id, engine="auto") == [(own, "transcribe")]
        assert session.get_one(Call, other).state == "scored"
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        assert [(e.action, e.subject_id, e.user_id) for e in events] == [
            ("calls.transcribe_again", "1", manager.id),
            ("call.transcribe_again", str(own), manager.id),
        ]
        assert events[1].details["model"] == "small"


def test_one_call_goes_when_it_is_offered_or_somebody_insists(database: Database) -> None:
    with database.session() as session:
        good = _transcribed(session, model="large-v3")
        busy = factories.make_call(session, state="transcribing").id
        silent = factories.make_call(session, state="needs_model", legs=0).id
        note_model(session, SMALL)
        with pytest.raises(NotOffered):
            transcribe_again(session, good, engine="auto")
        with pytest.raises(NotOffered, match="transcribing"):
            transcribe_again(session, busy, engine="auto", offered_only=False)
        with pytest.raises(NotOffered, match="without a recording"):
            transcribe_again(session, silent, engine="auto", offered_only=False)
        assert transcribe_again(session, good, engine="auto", offered_only=False) == [(good, "transcribe")]
        call = session.get_one(Call, good)
        assert call.again_at is not None
        assert load_for_transcribe(session, good).again


def test_a_new_transcript_comes_beside_the_old_one(database: Database) -> None:
    with database.session() as session:
        call_id = _transcribed(session, draft=True)
        note_model(session, SMALL)
        transcribe_again(session, call_id, engine="auto")
    held = claim(database, call_id)
    assert held is not None
    with database.session() as session:
        stored = store_transcript(session, held, make_transcript(("rep", "Better words")), "small is there now")
    assert stored is not None
    assert stored.next == "score"
    with database.read() as session:
        rows = session.scalars(select(StoredTranscript).order_by(StoredTranscript.number)).all()
        assert [(row.number, row.draft) for row in rows] == [(1, True), (2, False)]
        assert is_offered(session, call_id, "auto") is None
    assert read_row(database, call_id).speech_rank == 30


def test_what_the_call_had_is_kept_when_trying_again_fails(database: Database) -> None:
    with database.session() as session:
        call_id = _transcribed(session, draft=True)
        note_model(session, SMALL)
        transcribe_again(session, call_id, engine="auto")
    held = claim(database, call_id)
    assert held is not None
    with database.session() as session:
        assert states.bury(session, held, Failure("engine_failed", "The engine stopped."))
    row = read_row(database, call_id)
    assert (row.state, row.attempts, row.lease_token) == ("scored", 0, None)
    assert row.failure is not None
    assert row.failure["message"] == "The engine stopped."
    with database.session() as session:
        assert is_offered(session, call_id, "auto") is not None, "it can be tried once more"
        assert transcribe_all_again(session, engine="auto", never_sent=True) == [], "but not by itself"


def test_a_call_with_words_never_waits_for_a_model(database: Database) -> None:
    with database.session() as session:
        call_id = _transcribed(session, draft=True)
        states.send_again(session, [call_id])
    held = claim(database, call_id)
    assert held is not None
    with database.session() as session:
        assert states.park_needs_model(session, held, "No model.", "Copy one.")
    row = read_row(database, call_id)
    assert (row.state, row.engine_wait) == ("scored", None)
    assert row.failure is not None
    assert (row.failure["code"], row.failure["advice"]) == ("needs_model", "Copy one.")


def test_an_old_workers_claim_changes_nothing(database: Database) -> None:
    with database.session() as session:
        call_id = _transcribed(session, draft=True)
        states.send_again(session, [call_id])
    late = claim(database, call_id, lease=-1.0)
    mine = claim(database, call_id)
    assert late is not None
    assert mine is not None
    with database.session() as session:
        assert not states.bury(session, late, Failure("engine_failed", "Too late."))
        assert store_transcript(session, late, make_transcript(("rep", "Stale")), None) is None
    assert read_row(database, call_id).state == "transcribing"
    with database.read() as session:
        assert len(session.scalars(select(StoredTranscript)).all()) == 1


def test_looking_for_a_model_says_what_there_is(tmp_path: Path) -> None:
    settings = read_settings({"CALLCOACH_DATA": str(tmp_path), "CALLCOACH_WHISPER_MODEL": "small"})

    def found(request: EngineRequest) -> EngineChoice:
        assert (request.engine, request.model) == ("whisper", "small")
        return EngineChoice("whisper", "small", "found in the models folder")

    def missing(_request: EngineRequest) -> EngineChoice:
        raise NeedsModel("The hub does not answer.", "Copy a model.")

    there = look_for_model(settings, found)
    assert (there.model, there.rank, there.reason) == ("small", 30, "found in the models folder")
    none = look_for_model(settings, missing)
    assert (none.model, none.rank, none.reason) == (None, None, "The hub does not answer.")


def _transcribed(session, *, draft: bool = False, engine: str = "whisper", model: str | None = "small", **columns):  # type: ignore[no-untyped-def]
    call = factories.make_call(session, **columns)
    factories.store_words(session, call, state="scored", draft=draft, engine=engine, model=model)
    call.speech_rank = rank_of_transcript(engine, model, draft=draft)
    session.flush()
    return call.id


def test_a_worker_lost_for_good_leaves_what_the_call_had(database: Database) -> None:
    with database.session() as session:
        again, fresh = _transcribed(session, draft=True), factories.make_call(session).id
        states.send_again(session, [again])
        lost = {"state": "transcribing", "attempts": states.MAX_ATTEMPTS, "lease_until": 0.0, "lease_token": "gone"}
        session.execute(update(Call).where(Call.id.in_([again, fresh])).values(**lost))
        assert sorted(states.bury_exhausted(session)) == sorted([again, fresh])
    assert (read_row(database, again).state, read_row(database, again).attempts) == ("scored", 0)
    assert read_row(database, fresh).state == "dead"
    failure = read_row(database, again).failure
    assert failure is not None
    assert failure["code"] == "worker_lost"


@pytest.mark.parametrize(("said", "asked", "kept"), [(None, None, "ru"), ("en", "en", "en")])
def test_a_language_only_heard_is_heard_anew_and_one_that_was_said_stays(
    database: Database, said: str | None, asked: str | None, kept: str
) -> None:
    with database.session() as session:
        call_id = factories.make_call(session, language="en", source="pbx", external_id="a").id
        facts = {"source": "pbx"} if said is None else {"source": "pbx", "language": said}
        session.add(Delivery(call_id=call_id, source="pbx", external_id="a", door="api", facts=facts))
        factories.store_words(session, session.get_one(Call, call_id), state="scored")
        note_model(session, SMALL)
        transcribe_again(session, call_id, engine="auto", offered_only=False)
        assert load_for_transcribe(session, call_id).language == asked
    held = claim(database, call_id)
    assert held is not None
    with database.session() as session:
        better = dataclasses.replace(make_transcript(("rep", "Добрый день")), language="ru")
        assert store_transcript(session, held, better, "small is there now") is not None
    assert read_row(database, call_id).language == kept
