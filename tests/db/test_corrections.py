"""Corrections by hand in the database: kept beside the machine's words, searched, scored, audited, exported."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest
from sqlalchemy import select, update

from review import states
from review.bodies import unpack_body
from review.db import Database
from review.errors import NoSuchCall
from review.models import AuditEvent, Call, Correction, Segment, StoredAssessment, StoredTranscript, WebAudio
from review.queries.call import get_call
from review.queries.corrections import read_edits, read_layer
from review.queries.search import search_calls
from review.queries.viewer import load_viewer
from review.services.corrections import (
    CorrectionRefused,
    Saved,
    TurnChanged,
    correct_turn,
    join_turn,
    split_turn,
    undo_turn,
)
from review.services.corrections_export import corrected_calls, note_export, read_pairs
from review.services.corrections_layer import Layer
from review.services.steps import load_for_score, note_web_audio, store_transcript
from tests.factories import make_call, make_transcript, make_user, store_score, store_words
from tests.web.scores import assessment_of

TURNS = (
    ("rep", "Good mourning this is Anna"),
    ("client", "Hello what is the prize"),
    ("rep", "Four thousand in all"),
)


@dataclass(frozen=True)
class Case:
    """A scored call and the reviewer who corrects it."""

    call: int
    user: int


@pytest.fixture
def case(database: Database) -> Case:
    """A call with three turns, scored."""
    with database.session() as session:
        user = make_user(session, "reviewer", name="Ines Keller")
        call = make_call(session)
        store_words(session, call, *TURNS)
        store_score(session, call, assessment_of("rep", quote="Good mourning"))
        return Case(int(call.id), int(user.id))


def layer_of(database: Database, call_id: int) -> Layer:
    with database.read() as session:
        layer = read_layer(session, call_id)
    assert layer is not None
    return layer


def key_of(database: Database, case: Case, place: int) -> str:
    return layer_of(database, case.call).items[place].key


def write(database: Database, case: Case, place: int, text: str) -> Saved:
    key = key_of(database, case, place)
    with database.session() as session:
        return correct_turn(session, case.call, case.user, key, text=text)


def texts(database: Database, case: Case) -> list[str]:
    return [turn.text for turn in layer_of(database, case.call).transcript.turns]


def test_words_are_corrected_beside_the_machines(database: Database, case: Case) -> None:
    saved = write(database, case, 0, "Good morning this is Anna")
    assert (saved.turn, saved.changed, saved.next) == (0, True, "score")
    assert texts(database, case)[0] == "Good morning this is Anna"
    with database.read() as session:
        stored = session.scalars(select(StoredTranscript).where(StoredTranscript.call_id == case.call)).one()
        assert unpack_body(stored.body)["turns"][0]["text"] == TURNS[0][1], "the machine's words are never changed"
        (edit,) = read_edits(session, case.call)
        assert (edit.user_id, edit.user_name, edit.kind, edit.turn) == (case.user, "Ines Keller", "words", 0)
        assert (edit.before[0].text, edit.after[0].text) == (TURNS[0][1], "Good morning this is Anna")
        assert edit.at is not None
        words = {word.text: word.confidence for word in edit.after[0].words}
        assert (words["morning"], words["Anna"]) == (1.0, 0.95)


def test_every_reader_gets_the_corrected_words(database: Database, case: Case) -> None:
    write(database, case, 1, "Hello what is the price")
    with database.read() as session:
        assert load_for_score(session, case.call).transcript.turns[1].text == "Hello what is the price"
        viewer = load_viewer(session, case.user)
        assert viewer is not None
        call = get_call(session, viewer, case.call)
        assert call is not None
        assert call.transcript is not None
        assert call.transcript["turns"][1]["text"] == "Hello what is the price"
        assert [hit.turn for call in search_calls(session, viewer, "price").calls for hit in call.hits] == [1]
        assert search_calls(session, viewer, "prize").calls == ()


def test_the_call_is_scored_anew_beside_the_old_score(database: Database, case: Case) -> None:
    with database.read() as session:
        assert session.get_one(Call, case.call).state == "scored"
    write(database, case, 0, "Good morning this is Anna")
    with database.read() as session:
        call = session.get_one(Call, case.call)
        assert (call.state, call.score_final, call.assessment_id is not None) == ("transcribed", 61.0, True)
        assert len(session.scalars(select(StoredAssessment)).all()) == 1


def test_a_run_that_scores_older_words_is_refused(database: Database, case: Case) -> None:
    write(database, case, 0, "Good morning this is Anna")
    with database.session() as session:
        claim = states.claim_call(session, case.call, "score")
    assert claim is not None
    write(database, case, 0, "Good morning this is Anne")
    with database.session() as session:
        assert not states.finish(session, claim), "it had read the words before the second change"
        assert states.claim_call(session, case.call, "score") is not None


@pytest.mark.parametrize(
    ("state", "partial", "step"),
    [("scored", False, "score"), ("scored", True, None), ("transcribing", False, None), ("dead", False, None)],
)
def test_only_what_is_scored_is_scored_again(
    database: Database, case: Case, state: str, partial: bool, step: str | None
) -> None:
    with database.session() as session:
        session.execute(update(Call).where(Call.id == case.call).values(state=state, partial=partial))
    assert write(database, case, 0, "Good morning").next == step
    with database.read() as session:
        assert session.get_one(Call, case.call).state == ("transcribed" if step else state)


def test_every_edit_is_in_the_audit_log_without_what_was_said(database: Database, case: Case) -> None:
    write(database, case, 0, "Good morning this is Anna")
    with database.session() as session:
        undo_turn(session, case.call, case.user, read_layer(session, case.call).items[0].key)  # type: ignore[union-attr]
    with database.read() as session:
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        assert [(e.action, e.user_id, e.subject_id) for e in events] == [
            ("correction.words", case.user, str(case.call)),
            ("correction.undo", case.user, str(case.call)),
        ]
        assert "Anna" not in str([e.details for e in events])


def test_an_edit_that_fails_leaves_nothing(database: Database, case: Case) -> None:
    key = key_of(database, case, 0)
    with pytest.raises(RuntimeError, match="after the edit"), database.session() as session:
        correct_turn(session, case.call, case.user, key, text="Good morning")
        raise RuntimeError("after the edit")
    with database.read() as session:
        assert read_edits(session, case.call) == ()
        assert session.scalars(select(AuditEvent)).all() == []
        assert session.scalar(select(Segment.text).where(Segment.turn == 0)) == TURNS[0][1]


def test_one_save_may_change_words_speaker_and_time(database: Database, case: Case) -> None:
    key = key_of(database, case, 1)
    with database.session() as session:
        correct_turn(session, case.call, case.user, key, text="What is it", speaker="rep_2", start=3.2, end=4.5)
    layer = layer_of(database, case.call)
    turn = layer.transcript.turns[1]
    assert (turn.text, turn.role, turn.speaker, turn.start, turn.end) == ("What is it", "rep", "rep_2", 3.2, 4.5)
    assert turn.role_confidence == 1.0
    assert [edit.kind for edit in layer.edits] == ["words", "speaker", "time"]
    with database.session() as session:
        same = correct_turn(session, case.call, case.user, layer.items[1].key, text="What is it", speaker="rep_2")
    assert (same.changed, same.next) == (False, None)


def test_split_join_and_undo(database: Database, case: Case) -> None:
    with database.session() as session:
        split = split_turn(session, case.call, case.user, key_of(database, case, 1), 8)  # inside "what"
    assert [item.turn.text for item in split.layer.items][1:3] == ["Hello", "what is the prize"]
    keys = [item.key for item in split.layer.items]
    with database.session() as session:
        joined = join_turn(session, case.call, case.user, keys[1], keys[0])
    assert joined.layer.items[0].turn.text == "Good mourning this is Anna Hello"
    with database.session() as session:
        undo_turn(session, case.call, case.user, joined.layer.items[0].key)
    with database.session() as session:
        undo_turn(session, case.call, case.user, key_of(database, case, 1))
    assert texts(database, case) == [text for _, text in TURNS]
    with database.read() as session:
        assert [edit.kind for edit in read_edits(session, case.call)] == ["split", "join", "undo", "undo"]


def test_two_people_on_one_turn_overwrite_nothing(database: Database, case: Case) -> None:
    key = key_of(database, case, 0)
    with database.session() as session:
        correct_turn(session, case.call, case.user, key, text="Good morning this is Anna")
    with pytest.raises(TurnChanged) as clash, database.session() as session:
        correct_turn(session, case.call, case.user, key, text="Good evening this is Anna")
    assert [item.turn.text for item in clash.value.theirs] == ["Good morning this is Anna"]
    other = layer_of(database, case.call).items[1].key
    with database.session() as session:
        correct_turn(session, case.call, case.user, other, text="Hello what is the price")
    assert texts(database, case)[:2] == ["Good morning this is Anna", "Hello what is the price"]


def test_two_people_at_the_same_moment(database: Database, case: Case) -> None:
    key, barrier, refused = key_of(database, case, 0), threading.Barrier(2), []

    def save(text: str) -> None:
        barrier.wait(10)
        try:
            with database.session() as session:
                correct_turn(session, case.call, case.user, key, text=text)
        except TurnChanged:
            refused.append(text)

    threads = [threading.Thread(target=save, args=(text,)) for text in ("Good morning", "Good evening")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(refused) == 1
    assert texts(database, case)[0] in {"Good morning", "Good evening"} - set(refused)
    with database.read() as session:
        assert session.scalars(select(Correction.number).where(Correction.call_id == case.call)).all() == [1]


def test_both_halves_of_a_card_number_are_masked_when_a_person_writes_the_second(
    database: Database, case: Case
) -> None:
    write(database, case, 0, "my card number is 4242 4242")
    write(database, case, 1, "yes go on")
    write(database, case, 2, "4242 4242 that is my card")
    assert "4242" not in " ".join(texts(database, case))
    assert [n for n, text in enumerate(texts(database, case)) if "[card]" in text]
    with database.read() as session:
        viewer = load_viewer(session, case.user)
        assert viewer is not None
        assert search_calls(session, viewer, "4242").calls == ()


@pytest.mark.parametrize("partial", [False, True])
def test_sound_that_no_step_will_silence_cannot_be_played(database: Database, case: Case, partial: bool) -> None:
    with database.session() as session:
        session.execute(update(Call).where(Call.id == case.call).values(partial=partial))
        note_web_audio(session, case.call, "audio/1", 9.0)
    write(database, case, 1, "Hello what is the price")
    with database.read() as session:
        assert session.get(WebAudio, case.call) is not None, "nothing private was written"
    write(database, case, 2, "Well my card is 4242 4242 4242 4242 thanks")
    with database.read() as session:
        assert (session.get(WebAudio, case.call) is None) == partial


def test_a_card_number_that_a_person_types_is_never_stored(database: Database, case: Case) -> None:
    write(database, case, 2, "Well my card is 4242 4242 4242 4242 thanks")
    with database.read() as session:
        (edit,) = read_edits(session, case.call)
        rows = str([session.scalars(select(Correction.after)).all(), session.scalars(select(Segment.text)).all()])
    assert edit.after[0].text == "Well my card is [card] thanks"
    assert "4242" not in rows
    (redaction,) = layer_of(database, case.call).transcript.redactions
    assert (redaction.kind, redaction.turn) == ("card", 2)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "\u200b\u202e \u2060"}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"speaker": "boss"}, "speaker"),
        ({"start": 4.0, "end": 3.5}, "start"),
        ({"start": -1.0}, "start"),
        ({"end": 99.0}, "end"),
        ({"start": 6.5, "end": 7.0}, "start"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stored(
    database: Database, case: Case, change: dict[str, object], field: str
) -> None:
    key = key_of(database, case, 1)
    with pytest.raises(CorrectionRefused) as refusal, database.session() as session:
        correct_turn(session, case.call, case.user, key, **change)  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert layer_of(database, case.call).edits == ()


def test_splits_joins_and_undos_that_cannot_be(database: Database, case: Case) -> None:
    keys = [item.key for item in layer_of(database, case.call).items]
    acts = [
        (lambda session: split_turn(session, case.call, case.user, keys[0], 0), "at"),
        (lambda session: split_turn(session, case.call, case.user, keys[0], 500), "at"),
        (lambda session: join_turn(session, case.call, case.user, keys[0], keys[2]), "other"),
        (lambda session: undo_turn(session, case.call, case.user, keys[0]), "key"),
    ]
    for act, field in acts:
        with pytest.raises(CorrectionRefused) as refusal, database.session() as session:
            act(session)
        assert refusal.value.field == field
    with pytest.raises(NoSuchCall), database.session() as session:
        correct_turn(session, 10**9, case.user, keys[0], text="x")


def transcribe_again(database: Database, case: Case, *turns: tuple[str, str]) -> None:
    """The call comes back from the speech worker with other words."""
    with database.session() as session:
        session.execute(update(Call).where(Call.id == case.call).values(state="received"))
        claim = states.claim_call(session, case.call, "transcribe")
    assert claim is not None
    with database.session() as session:
        assert store_transcript(session, claim, make_transcript(*turns, model="large"), "better") is not None


def test_a_new_transcript_keeps_what_still_fits(database: Database, case: Case) -> None:
    write(database, case, 0, "Good morning this is Anna")
    write(database, case, 2, "Five thousand in all")
    transcribe_again(database, case, ("rep", "Good mourning this is Anna"), ("client", "Hm"), ("rep", "It depends"))
    layer = layer_of(database, case.call)
    assert texts(database, case) == ["Good morning this is Anna", "Hm", "It depends"]
    assert [edit.after[0].text for edit in layer.edits if edit.id in layer.lost] == ["Five thousand in all"]
    with database.read() as session:
        found = session.scalars(select(Segment.text).where(Segment.call_id == case.call).order_by(Segment.turn)).all()
        assert found == ["Good morning this is Anna", "Hm", "It depends"], "the search follows"
        assert load_for_score(session, case.call).transcript.turns[0].text == "Good morning this is Anna"


def test_a_page_from_before_the_new_transcript_overwrites_nothing(database: Database, case: Case) -> None:
    old = key_of(database, case, 0)
    transcribe_again(database, case, ("rep", "Good morning"), ("client", "Hm"))
    with pytest.raises(TurnChanged) as clash, database.session() as session:
        correct_turn(session, case.call, case.user, old, text="Good evening")
    assert clash.value.theirs == ()


def test_training_pairs(database: Database, case: Case) -> None:
    write(database, case, 0, "Good morning this is Anna")
    write(database, case, 1, "hello, what is the PRIZE")  # capitals and commas teach no engine
    write(database, case, 2, "Five thousand in all")
    with database.session() as session:
        undo_turn(session, case.call, case.user, read_layer(session, case.call).items[2].key)  # type: ignore[union-attr]
    with database.read() as session:
        assert corrected_calls(session) == (case.call,)
        (pair,) = read_pairs(session, case.call)
    assert pair.to_json() == {
        "call": case.call,
        "start": 0.0,
        "end": 2.0,
        "channel": 0,
        "before": "Good mourning this is Anna",
        "after": "Good morning this is Anna",
        "language": "en",
        "engine": "whisper",
        "model": "small",
        "reviewer_id": case.user,
        "turn": 0,
        "speaker_before": "rep",
        "speaker_after": "rep",
    }
    with database.session() as session:
        assert note_export(session, case.user, door="page") == 1
    with database.read() as session:
        last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert last is not None
        assert (last.action, last.user_id) == ("corrections.exported", case.user)
