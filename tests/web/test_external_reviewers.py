"""External reviewers score the calls given to them: no other call, no names, and nothing to take away."""

from __future__ import annotations

import io
import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from review.bodies import pack_body
from review.db import Database
from review.models import (
    Assignment,
    AuditEvent,
    Call,
    CallLeg,
    Comment,
    Evaluation,
    Recording,
    Rep,
    StoredTranscript,
    WebAudio,
)
from review.sampling.assignments import assign
from review.services.tokens import create_api_token
from review.settings import Settings
from review.storage import AudioStore
from tests.factories import store_score, store_words, wav_bytes
from tests.web.conftest import Crew, SignIn, csrf_token, post
from tests.web.scores import assessment_of
from tests.web.test_evaluations import begin, submit
from transcription.transcript import Transcript, Turn, Word
from transcription.web_audio import make_web_audio
from workers.outside import make_sounds

NAMES = ("Marta", "Lindqvist", "Nordlys", "46701234567", "+46 70", "Forty seats", "Rita Rep")
PAGES = ("/calls/{call}", "/", "/queue", "/evaluations", "/notifications", "/?q=price", "/clips")


def give(database: Database, crew: Crew, call_id: int) -> int:
    with database.session() as db:
        lead, outside = crew.users["quality_lead"], crew.users["external_reviewer"]
        assert assign(db, [call_id], outside, due_at=None, by=lead, why="a second pair of ears") == 1
        return int(db.scalars(select(Assignment.id)).one())


def test_a_call_is_there_once_it_is_given_and_gone_when_it_is_taken_back(
    sign_in: SignIn, database: Database, crew: Crew, scored_call: int
) -> None:
    browser = sign_in("external_reviewer")
    assert browser.get(f"/calls/{scored_call}").status_code == 404
    given = give(database, crew, scored_call)
    assert browser.get(f"/calls/{scored_call}").status_code == 200
    page = browser.get("/queue").text
    assert "a second pair of ears" in page
    assert f"/calls/{scored_call}?assignment={given}" in page
    with database.session() as db:
        db.execute(update(Assignment).values(state="withdrawn"))
    assert browser.get(f"/calls/{scored_call}").status_code == 404


def test_it_is_scored_by_nobodys_name(sign_in: SignIn, database: Database, crew: Crew, scored_call: int) -> None:
    given = give(database, crew, scored_call)
    browser = sign_in("external_reviewer")
    number = begin(browser, scored_call, assignment=str(given))
    for page in PAGES:
        text = browser.get(page.format(call=scored_call)).text
        assert [name for name in NAMES if name in text] == [], page
    status, done = submit(browser, scored_call, number, 1, {"greeting": {"answer": "2", "reason": "It is there."}})
    assert (status, done["state"]) == (200, "shown")
    with database.read() as db:
        assert db.get_one(Assignment, given).state == "done"
        actor = db.scalar(select(AuditEvent.user_id).where(AuditEvent.action == "evaluation.submitted"))
        assert actor == crew.users["external_reviewer"]
    assert browser.get(f"/calls/{scored_call}").status_code == 200, "what one scored stays to be read"
    assert "Person external_reviewer" in sign_in("rep").get(f"/calls/{scored_call}").text


def test_nothing_is_taken_away_changed_or_read_of_others(
    sign_in: SignIn, database: Database, crew: Crew, scored_call: int
) -> None:
    with database.session() as db:
        call = db.get_one(Call, scored_call)
        theirs = Evaluation(
            call_id=scored_call, standard="cold-call", version=1, user_id=crew.users["reviewer"], reviewer="R",
            saved_by="R", state="shown", comment="For us alone", answers={},
        )  # fmt: skip
        db.add(theirs)
        db.flush()
        client, number = call.client_id, theirs.id
    give(database, crew, scored_call)
    browser = sign_in("external_reviewer")
    assert browser.get(f"/calls/{scored_call}/transcript?format=txt").status_code == 403
    assert browser.get(f"/clients/{client}").status_code == 404
    assert browser.get(f"/calls/{scored_call}/evaluations?evaluation={number}").status_code == 404
    assert post(browser, "/bulk/export", {"ids": str(scored_call)}).status_code == 403
    fields = {"target": "greeting", "answer": "0", "csrf_token": csrf_token(browser, "/")}
    assert browser.post(f"/calls/{scored_call}/verdicts", data=fields).status_code == 403


SPOKEN = (
    ("rep", "Good morning, this is Rita from Green Bridge, am I speaking with Zebulon Quist?"),
    ("client", "Yes, my name is Zebulon. Nordlys needs thirty desks at 12 Oak Street, it is too expensive though."),
    ("rep", "I understand, Zebulon. What would be a fair price for you?"),
)
SECRETS = ("Zebulon", "zebulon", "Quist", "Nordlys", "Oak Street", "Rita")


def test_no_name_or_address_that_was_said_is_read_anywhere(
    sign_in: SignIn, database: Database, crew: Crew, scored_call: int
) -> None:
    with database.session() as db:
        call = db.get_one(Call, scored_call)
        store_words(db, call, *SPOKEN, state="scored")
        said = assessment_of()
        said["criteria"][0]["evidence"] = [
            {"quote": "I understand, Zebulon", "start": 1.0, "end": 2.0, "turn": 2, "role": "rep", "source": "rule:x",
             "speech_confidence": 0.9}
        ]  # fmt: skip
        said["facts_found"] = [
            {"id": "decision_maker", "value": "Zebulon Quist", "quote": "my name is Zebulon", "turn": 1}
        ]
        store_score(db, call, said)
        call.state = "scored"
        db.add(
            Comment(
                call_id=scored_call, user_id=crew.users["reviewer"], author="R", body="Ask Quist again", mentions=[]
            )
        )
    give(database, crew, scored_call)
    browser = sign_in("external_reviewer")
    number = begin(browser, scored_call)
    for page in (*PAGES, "/calls/{call}/evaluations", "/calls/{call}/comments", "/calls/{call}/said?q=quist"):
        text = browser.get(page.format(call=scored_call)).text
        assert [secret for secret in SECRETS if secret in text] == [], page
    page = browser.get(f"/calls/{scored_call}?evaluation={number}").text
    assert "desks" in page
    assert "name hidden" in page
    assert "Zebulon" in sign_in("quality_lead").get(f"/calls/{scored_call}").text
    assert "<mark>" not in browser.get("/?q=thirty").text, "search would tell which names were said"
    assert browser.get(f"/calls/{scored_call}/people?q=P").json == {"people": []}


def test_programs_take_nothing_away_for_outsiders(
    client: FlaskClient, database: Database, crew: Crew, scored_call: int
) -> None:
    give(database, crew, scored_call)
    with database.session() as db:
        token = create_api_token(db, crew.users["external_reviewer"], "theirs", ["calls:read"]).token
    for path in ("/api/v1/calls", f"/api/v1/calls/{scored_call}", f"/api/v1/calls/{scored_call}/transcript"):
        assert client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 403, path


def test_the_sound_is_theirs_once_it_is_made_without_names(
    sign_in: SignIn, database: Database, settings: Settings, crew: Crew, spoken_call: int
) -> None:
    give(database, crew, spoken_call)
    browser = sign_in("external_reviewer")
    assert browser.get(f"/calls/{spoken_call}/audio").status_code == 404
    assert "The sound is being made without the names" in browser.get(f"/calls/{spoken_call}").text
    assert make_sounds(database, AudioStore(settings.data, floor=0, reserve=0), settings) == (1, 0)
    assert make_sounds(database, AudioStore(settings.data, floor=0, reserve=0), settings) == (0, 0)
    answer = browser.get(f"/calls/{spoken_call}/audio")
    assert answer.status_code in (200, 206)
    muted = json.loads(browser.get(f"/calls/{spoken_call}/peaks.json").text)["muted"]
    assert muted, "the name is silent"
    everybody = sign_in("quality_lead").get(f"/calls/{spoken_call}/peaks.json").json
    assert everybody.get("muted", []) == []
    assert sign_in("quality_lead").get(f"/calls/{spoken_call}/audio").data != answer.data
    with database.session() as db:
        db.execute(update(Rep).where(Rep.id == crew.reps["own"]).values(name="Thirty"))
    assert browser.get(f"/calls/{spoken_call}/audio").status_code == 404, "another name asks for another sound"


@pytest.fixture
def spoken_call(database: Database, settings: Settings, scored_call: int) -> int:
    """A call with a real recording, and words with times among which somebody's name is said."""
    store = AudioStore(settings.data, floor=0, reserve=0)
    blob = store.put(io.BytesIO(wav_bytes(seconds=4.0)), 10**7)
    folder = store.derived_name(scored_call)
    make_web_audio([store.path(blob.sha256)], settings.data / folder)
    words = tuple(
        Word(text, n * 0.5, n * 0.5 + 0.45, 0.9) for n, text in enumerate(("this", "is", "Daniel", "speaking"))
    )
    with database.session() as db:
        call = db.get_one(Call, scored_call)
        store_words(db, call, state="scored")
        newest = db.scalars(select(StoredTranscript).order_by(StoredTranscript.id.desc()).limit(1)).one()
        turn = Turn("rep", "this is Daniel speaking", 0.0, 2.0, channel=0, words=words)
        newest.body = pack_body(Transcript(turns=(turn,), language="en", duration=4.0).to_json())
        if db.get(Recording, blob.sha256) is None:
            db.add(Recording(sha256=blob.sha256, size=blob.size, kind="wav", first_name="a.wav"))
            db.flush()
        db.execute(delete(CallLeg).where(CallLeg.call_id == scored_call))
        db.add(CallLeg(call_id=scored_call, position=0, sha256=blob.sha256, original_name="a.wav"))
        db.execute(delete(WebAudio).where(WebAudio.call_id == scored_call))
        db.add(WebAudio(call_id=scored_call, folder=folder, duration=4.0))
    return scored_call
