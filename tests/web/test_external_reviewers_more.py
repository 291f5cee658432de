"""What external reviewers could learn by the way: parts and pieces of a call, comments, faults, and programs."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select, update

from review.bodies import pack_body
from review.db import Database
from review.models import Call, Comment, Notification, Rep, StoredTranscript
from review.sampling.assignments import assign
from review.services.tokens import create_api_token
from tests.factories import store_score, store_words
from tests.web.conftest import Crew, SignIn, csrf_token
from tests.web.scores import assessment_of
from tests.web.test_external_reviewers import give
from transcription.transcript import Removal, Transcript, Turn

NAMES = ("Zebulon", "Quist", "Wilhelmina", "Rita Rep", "46701234567")


def test_parts_and_pieces_taken_out_name_nobody(
    sign_in: SignIn, database: Database, crew: Crew, scored_call: int
) -> None:
    with database.session() as db:
        call = db.get_one(Call, scored_call)
        store_words(db, call, state="scored")
        newest = db.scalars(select(StoredTranscript).order_by(StoredTranscript.id.desc()).limit(1)).one()
        turns = (Turn("rep", "Good morning, who is this?", 0.0, 2.0), Turn("client", "My name is Zebulon.", 2.0, 4.0))
        removed = (Removal(4.0, 6.0, "You have reached the voice mail of Zebulon Quist", "announcement"),)
        newest.body = pack_body(Transcript(turns=turns, language="en", duration=6.0, removed=removed).to_json())
        part = {"from": 0.0, "to": 3.0, "turns": [0, 1], "raw": 80.0, "final": 80.0, "coverage": 1.0, "criteria": []}
        said = assessment_of()
        said["parts"] = [
            {**part, "speaker": "rep", "name": None},
            {**part, "speaker": "rep_2", "name": "Wilhelmina"},
        ]
        store_score(db, call, said)
        call.state = "scored"
    give(database, crew, scored_call)
    page = sign_in("external_reviewer").get(f"/calls/{scored_call}").text
    assert "voice mail of" in page
    assert [name for name in NAMES if name in page] == []
    assert "Wilhelmina" in sign_in("quality_lead").get(f"/calls/{scored_call}").text


def test_a_fault_is_told_without_the_names_of_files(
    sign_in: SignIn, database: Database, crew: Crew, scored_call: int
) -> None:
    failure = {
        "code": "unreadable_audio", "message": "out-46701234567.wav cannot be read", "kept": "out-46701234567.wav",
        "advice": "Send out-46701234567.wav again.", "step": "transcribe",
    }  # fmt: skip
    with database.session() as db:
        db.execute(update(Call).where(Call.id == scored_call).values(state="dead", failure=failure))
    give(database, crew, scored_call)
    browser = sign_in("external_reviewer")
    for page in ("/", f"/calls/{scored_call}", f"/calls/{scored_call}/state"):
        answer = browser.get(page)
        assert answer.status_code == 200, page
        assert [name for name in NAMES if name in answer.text] == [], page
    assert "out-46701234567.wav" in sign_in("quality_lead").get(f"/calls/{scored_call}").text


def test_comments_tell_outsiders_of_nobody(sign_in: SignIn, database: Database, crew: Crew, scored_call: int) -> None:
    give(database, crew, scored_call)
    browser = sign_in("external_reviewer")
    body = {"body": "Ask @Person reviewer about it", "csrf_token": csrf_token(browser, "/")}
    written = browser.post(f"/calls/{scored_call}/comments", data=body)
    assert written.status_code < 400
    with database.session() as db:
        mine = db.scalars(select(Comment)).one()
        assert mine.mentions == []
        asked = db.scalars(select(Notification.kind).where(Notification.user_id == crew.users["reviewer"])).all()
        assert "mention" not in asked
        number = mine.id
    rep = sign_in("reviewer")
    answer = {"body": "It was Wilhelmina", "parent_id": str(number), "csrf_token": csrf_token(rep, "/")}
    assert rep.post(f"/calls/{scored_call}/comments", data=answer).status_code < 400
    with database.read() as db:
        told = db.scalars(
            select(Notification.kind).where(Notification.user_id == crew.users["external_reviewer"])
        ).all()
    assert "reply" not in told, "they may not read the answer"
    assert "Person reviewer" not in browser.get("/notifications").text


def test_why_a_call_was_given_names_nobody(sign_in: SignIn, database: Database, crew: Crew, scored_call: int) -> None:
    with database.session() as db:
        call = db.get_one(Call, scored_call)
        rep = db.scalar(select(Rep.name).where(Rep.id == call.rep_id))
        assign(
            db, [scored_call], crew.users["external_reviewer"], due_at=None, by=crew.users["quality_lead"],
            why=f"{rep} was rude to Marta Lindqvist, who complained",
        )  # fmt: skip
    browser = sign_in("external_reviewer")
    for page in ("/queue", f"/calls/{scored_call}"):
        text = browser.get(page).text
        assert "who complained" in text, page
        assert [name for name in (*NAMES, "Marta", "Lindqvist", str(rep)) if name in text] == [], page


def test_programs_of_outsiders_bring_no_calls(client: FlaskClient, database: Database, crew: Crew) -> None:
    with database.session() as db:
        token = create_api_token(db, crew.users["external_reviewer"], "theirs", ["calls:write"]).token
    answer = client.post("/api/v1/calls", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403
