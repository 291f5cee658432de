"""What workers read before a step and store after it: the fence first, results beside earlier ones, facts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from review import states
from review.bodies import unpack_body
from review.db import Database
from review.errors import NoSuchCall, NotRetried
from review.models import Call, LossReason, Segment, StandardVersion, StoredAssessment, StoredTranscript, WebAudio
from review.services.calls import retry_call, score_again, score_partial_call
from review.services.steps import (
    NoTranscript,
    load_for_score,
    load_for_transcribe,
    note_web_audio,
    store_assessment,
    store_transcript,
)
from review.states import Claim, Failure, Step
from scoring.assessment import Assessment, CriterionResult, Score
from scoring.facts import Facts, Task
from scoring.standards import load_standard
from tests import factories
from tests.factories import NOON, make_transcript
from transcription.transcript import AudioQuality

TURNS = (("rep", "Good morning, this is Anna"), ("client", "That is too expensive"))


def test_transcribing_is_told_everything(database: Database) -> None:
    with database.session() as session:
        factories.make_source(session, "pbx", language="ru", rep_channel=1)
        two = factories.make_call(session, source="pbx", legs=2, direction="inbound")
        own = factories.make_call(session, language="ko")
        work = load_for_transcribe(session, two.id, default_language="en")
        assert [leg.name[-5:] for leg in work.legs] == ["0.wav", "1.wav"]
        assert (work.language, work.direction, work.channel_roles) == ("ru", "inbound", ("client", "rep"))
        assert work.imported is None
        work = load_for_transcribe(session, own.id, default_language="en")
        assert (work.language, work.channel_roles) == ("ko", None)
        plain = factories.make_call(session)
        assert load_for_transcribe(session, plain.id, default_language="en").language == "en"
        assert load_for_transcribe(session, plain.id).language is None
        factories.make_source(session, "hotline", language="en", queue_languages={"support-ko": "ko"})
        korean = factories.make_call(session, source="hotline", queue="support-ko")
        english = factories.make_call(session, source="hotline", queue="sales")
        assert [load_for_transcribe(session, call.id).language for call in (korean, english)] == ["ko", "en"]
        with pytest.raises(NoSuchCall):
            load_for_transcribe(session, 10**9)


def test_a_transcript_is_stored_shown_and_searchable(database: Database) -> None:
    call_id = _call(database)
    transcript = make_transcript(*TURNS, draft=True)
    claim = _claim(database, call_id)
    with database.session() as session:
        stored = store_transcript(session, claim, transcript, "whisper is here")
    assert stored is not None
    assert stored.next == "score"
    call = _row(database, call_id)
    assert (call.state, call.duration, call.draft, call.partial, call.language) == (
        "transcribed",
        6.0,
        True,
        False,
        "en",
    )
    with database.read() as session:
        row = session.scalars(select(StoredTranscript)).one()
        assert (row.number, row.engine, row.model, row.reason) == (1, "whisper", "small", "whisper is here")
        assert unpack_body(row.body) == transcript.to_json()
        assert row.quality["channels"] == 2
        segments = session.scalars(select(Segment).order_by(Segment.turn)).all()
        assert [(s.turn, s.role, s.start, s.end, s.text) for s in segments] == [
            (0, "rep", 0.0, 2.0, TURNS[0][1]),
            (1, "client", 3.0, 5.0, TURNS[1][1]),
        ]


def test_a_second_transcript_stands_beside_the_first(database: Database) -> None:
    call_id = _call(database, language="ru")
    for text in ("first words", "second words"):
        with database.session() as session:
            states.make_ready(session, call_id, "transcribe", when=("transcribed",))
        claim = _claim(database, call_id)
        with database.session() as session:
            assert store_transcript(session, claim, make_transcript(("rep", text)), None)
    with database.read() as session:
        assert session.scalars(select(StoredTranscript.number).order_by(StoredTranscript.number)).all() == [1, 2]
        assert session.scalars(select(Segment.text)).all() == ["second words"]
        assert load_for_score(session, call_id).transcript.turns[0].text == "second words"
    assert _row(database, call_id).language == "ru"  # said by the sender, not overwritten by what was heard


def test_a_late_worker_stores_nothing(database: Database) -> None:
    call_id = _call(database)
    late = _claim(database, call_id, lease=-1.0)
    second = _claim(database, call_id)
    with database.session() as session:
        assert store_transcript(session, late, make_transcript(("rep", "stale")), None) is None
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(StoredTranscript)) == 0
        assert session.scalar(select(func.count()).select_from(Segment)) == 0
    with database.session() as session:
        assert store_transcript(session, second, make_transcript(*TURNS), None) is not None
        assert store_transcript(session, second, make_transcript(*TURNS), None) is None
    late_score = _claim(database, call_id, "score", lease=-1.0)
    _claim(database, call_id, "score")
    with database.session() as session:
        assert store_assessment(session, late_score, _assess(), "text") is None
        assert session.scalar(select(func.count()).select_from(StoredAssessment)) == 0
        assert session.scalar(select(func.count()).select_from(StandardVersion)) == 0


def test_an_assessment_is_stored_and_copied_onto_the_call(database: Database) -> None:
    call_id = _transcribed(database)
    for _ in range(2):
        claim = _claim(database, call_id, "score")
        with database.session() as session:
            assessment = _assess()
            assert store_assessment(session, claim, assessment, load_standard("cold-call").source_text) is not None
        data = assessment.to_json()
        call = _row(database, call_id)
        assert call.state == "scored"
        assert (call.score_final, call.score_state, call.coverage) == (61.0, "scored", 0.5)
        assert call.cannot_judge == 0.5
        with database.session() as session:
            row = session.get_one(StoredAssessment, call.assessment_id)
            assert unpack_body(row.body) == data
            assert (row.standard, row.version) == ("cold-call", data["version"])
            assert session.get_one(StandardVersion, ("cold-call", data["version"])).text.startswith("#")
            assert score_again(session, call_id) == "score"
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(StoredAssessment)) == 2


def test_a_partial_recording_is_shown_but_not_scored_until_a_person_says_so(database: Database) -> None:
    call_id = _call(database)
    partial = make_transcript(*TURNS, quality=AudioQuality(partial=True, declared=60.0, decoded=30.0))
    with database.session() as session:
        stored = store_transcript(session, _claimed(session, call_id), partial, None)
    assert stored is not None
    assert stored.next is None
    call = _row(database, call_id)
    assert (call.state, call.partial, call.score_state, call.score_final) == ("scored", True, "not_scored", None)
    with database.session() as session:
        assert states.reconcile(session, rehint=0) == []
        assert score_partial_call(session, call_id) == "score"
    assert _row(database, call_id).state == "transcribed"
    # What a person said holds for a new transcript of the call as well.
    with database.session() as session:
        states.make_ready(session, call_id, "transcribe", when=("transcribed",))
        again = store_transcript(session, _claimed(session, call_id), partial, None)
        assert again is not None
        assert again.next == "score"


def test_a_call_without_words_is_no_place_for_scoring(database: Database) -> None:
    call_id = _call(database, state="transcribed")
    with database.read() as session, pytest.raises(NoTranscript):
        load_for_score(session, call_id)


def test_an_odd_text_can_be_stored(database: Database) -> None:
    call_id = _call(database)
    transcript = make_transcript(("rep", "a\x00b <script> ' \" 贵了 할인 \U0001f600"), ("client", "..."))
    with database.session() as session:
        assert store_transcript(session, _claimed(session, call_id), transcript, "why\x00"[:3]) is not None
    with database.read() as session:
        assert load_for_score(session, call_id).transcript == transcript


def test_the_facts_for_scoring(database: Database) -> None:
    with database.session() as session:
        factories.make_source(session, "pbx", company_names=["Nordlicht"], standard="inbound-lead")
        rep = factories.make_rep(session, "Anna Klein")
        client = factories.make_client(session, product_group="desks")
        deal = factories.make_deal(
            session,
            client,
            status="closed_lost",
            loss_reason="no_budget",
            amount=Decimal("4800.50"),
            currency="EUR",
            closed_at=NOON,
        )
        session.add(LossReason(code="no_budget", name="No budget"))
        factories.make_task(session, client, "other deal's")
        factories.make_task(session, client, deal_id=deal.id, due_at=NOON, done_at=NOON + timedelta(days=1))
        call = factories.make_call(
            session,
            source="pbx",
            direction="outbound",
            started_at=NOON,
            rep_id=rep.id,
            rep_name="201",
            client_id=client.id,
            deal_id=deal.id,
        )
        factories.make_call(session, client_id=client.id)
        factories.store_words(session, call)
        work = load_for_score(session, call.id, default_standard="cold-call", company_names=("Elsewhere",))
    assert work.standard == "inbound-lead"
    assert work.facts == Facts(
        direction="outbound",
        started_at=NOON,
        rep="Anna Klein",
        rep_names=("Anna Klein", "Anna", "Klein"),
        company_names=("Nordlicht",),
        products=("desks",),
        disposition="closed_lost",
        loss_reason="No budget",
        closed_at=NOON,
        deal_value=4800.5,
        currency="EUR",
        tasks=(Task(due=NOON, done=NOON + timedelta(days=1)),),
        other_calls=1,
    )


def test_the_facts_of_a_call_nobody_knows(database: Database) -> None:
    with database.session() as session:
        call = factories.make_call(session, started_at=None, rep_name="201")
        factories.store_words(session, call)
        work = load_for_score(session, call.id, default_standard="inbound-lead", company_names=("Nordlicht",))
    assert work.standard == "inbound-lead"
    assert work.facts == Facts(rep="201", company_names=("Nordlicht",))


def test_retry_names_the_step_and_refuses_what_has_not_failed(database: Database) -> None:
    call_id = _transcribed(database)
    with database.session() as session, pytest.raises(NotRetried, match="state 'transcribed'"):
        retry_call(session, call_id)
    with database.session() as session, pytest.raises(NoSuchCall):
        retry_call(session, 10**9)
    claim = _claim(database, call_id, "score")
    with database.session() as session:
        states.bury(session, claim, Failure("internal_error", "Something went wrong."))
    with database.session() as session:
        assert retry_call(session, call_id) == "score"


def test_playable_audio_is_noted_once_and_again(database: Database) -> None:
    call_id = _call(database)
    for folder in ("derived/0/1", "derived/0/2"):
        with database.session() as session:
            note_web_audio(session, call_id, folder, 12.5)
    with database.read() as session:
        row = session.scalars(select(WebAudio)).one()
        assert (row.call_id, row.folder, row.duration) == (call_id, "derived/0/2", 12.5)


def _assess() -> Assessment:
    """Two criteria, one of them beyond judging: final 61.04, shown as 61.0."""
    answers = (("greeting", "yes", 1.0), ("price", "cannot_judge", None))
    return Assessment(
        standard="cold-call",
        version=load_standard("cold-call").version,
        packs={"en": "1"},
        score=Score(raw=61.04, final=61.04, critical=None, coverage=0.5, interval=None, state="scored"),
        criteria=tuple(
            CriterionResult(
                id=name, section="opening", answer=answer, points=points, max=1.0, weight=1.0, confidence=None, why=""
            )
            for name, answer, points in answers
        ),
    )


def _call(database: Database, **columns: Any) -> int:
    with database.session() as session:
        return factories.make_call(session, **columns).id


def _transcribed(database: Database) -> int:
    call_id = _call(database)
    with database.session() as session:
        assert store_transcript(session, _claimed(session, call_id), make_transcript(*TURNS), None) is not None
    return call_id


def _claim(database: Database, call_id: int, step: Step = "transcribe", lease: float = 90.0) -> Claim:
    with database.session() as session:
        return _claimed(session, call_id, step, lease)


def _claimed(session: Any, call_id: int, step: Step = "transcribe", lease: float = 90.0) -> Claim:
    claim = states.claim_call(session, call_id, step, lease=lease)
    assert claim is not None
    return claim


def _row(database: Database, call_id: int) -> Call:
    with database.read() as session:
        return session.scalars(select(Call).where(Call.id == call_id)).one()
