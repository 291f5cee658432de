"""The pages of quizzes: a sound that ends before the answer, one answer each, results for those who gave it."""

from __future__ import annotations

import io

import av
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from review.db import Database
from review.models import ObjectionEpisode, QuizQuestion
from tests.web.conftest import Crew, SignIn, post
from tests.web.test_library import bearer, shared, sound, their_call

__all__ = ["shared", "sound", "their_call"]  # fixtures: a call of another team, its sound, and a clip opened to all

ANSWER = "I understand, price matters. What are you comparing it with? Shall we meet on Tuesday at ten?"


@pytest.fixture
def mistake(database: Database, their_call: int) -> int:
    """The objection in it went wrong; its id."""
    with database.session() as db:
        episode = ObjectionEpisode(
            call_id=their_call, number=1, type="price", types=["price"], outcome="mishandled", reaction="resists",
            quote="that is too much", moves=[], faults=["argued"], start=3.0, end=5.0, answer_start=6.0, answer_end=8.0,
            answer="I see", stage="price",
        )  # fmt: skip
        db.add(episode)
        db.flush()
        return int(episode.id)


@pytest.fixture
def quiz(sign_in: SignIn, mistake: int) -> str:
    """The address of a quiz built from it by the lead."""
    lead = sign_in("quality_lead")
    page = lead.get("/quizzes/mistakes?type=price").text
    assert "that is too much" in page
    made = post(lead, "/quizzes/mistakes", {"title": "Too expensive", "episode": str(mistake)}, page="/quizzes")
    assert made.status_code == 302
    return str(made.headers["Location"])


def question_of(database: Database) -> int:
    with database.read() as db:
        return int(db.scalars(select(QuizQuestion.id)).one())


def test_from_a_mistake_to_results(
    sign_in: SignIn, database: Database, crew: Crew, quiz: str, shared: int, sound: bytes
) -> None:
    lead, rep = sign_in("quality_lead"), sign_in("rep")
    question = question_of(database)
    assert rep.get(f"{quiz}/take").status_code == 410
    assert rep.get(quiz).status_code == 404
    assert rep.get(f"{quiz}/questions/{question}/sound").status_code == 404
    given = post(lead, f"{quiz}/give", {"person": str(crew.users["rep"])}, page=quiz, follow_redirects=True)
    assert "Given to 1 person." in given.text
    assert rep.get(quiz).headers["Location"].endswith("/take")
    page = rep.get(f"{quiz}/take").text
    assert "that is too much for […]" in page
    for hidden in ("Lindqvist", "I see and what", "Olga Other", "twelve hundred", "/calls/"):
        assert hidden not in page.split('id="main"')[1], hidden
    piece = rep.get(f"{quiz}/questions/{question}/sound").data
    with av.open(io.BytesIO(sound)) as container:
        times = {bytes(packet): float(packet.pts * packet.time_base) for packet in container.demux() if packet.size}
    with av.open(io.BytesIO(piece)) as container:
        heard = [times[bytes(packet)] for packet in container.demux() if packet.size]
    assert min(heard) >= 3.0
    assert max(heard) < 6.0, "not a moment of the answer"
    post(lead, f"/clips/{shared}/decide", {"act": "good", "words": "Asks first"}, page="/clips")
    assert post(rep, f"{quiz}/take", {"question": str(question), "words": " "}, page=f"{quiz}/take").status_code == 422
    answered = post(
        rep, f"{quiz}/take", {"question": str(question), "words": ANSWER}, page=f"{quiz}/take", follow_redirects=True
    )
    assert "Your answer" in answered.text
    assert "clarified" in answered.text
    assert "No good answer to this kind of objection is open to you yet" in answered.text, "never the question itself"
    again = post(rep, f"{quiz}/take", {"question": str(question), "words": "Else"}, page=f"{quiz}/take")
    assert again.status_code == 409
    rated = {"question": str(question), "act": "rate", "rating": "4"}
    assert post(rep, f"{quiz}/take", rated, page=f"{quiz}/take").status_code == 302
    results = lead.get(f"{quiz}/results").text
    assert "Person rep" in results
    assert "What are you comparing it with?" in results
    assert "1 of 1" in results
    assert rep.get(f"{quiz}/results").status_code == 403
    assert "Person rep" in sign_in("manager").get(f"{quiz}/results").text, "the manager of their team"


def test_choices_and_the_pass_rule(sign_in: SignIn, database: Database, crew: Crew, quiz: str) -> None:
    lead, rep = sign_in("quality_lead"), sign_in("rep")
    question = question_of(database)
    address = f"{quiz}/questions/{question}"
    assert post(lead, address, {"option": ["One"], "right": "0"}, page=quiz).status_code == 422
    assert post(lead, address, {"option": ["Discount", "Ask first"], "right": "1"}, page=quiz).status_code == 302
    assert post(lead, quiz, {"act": "change", "title": "Choices", "pass": "80"}, page=quiz).status_code == 302
    for wrong in ("0", "101", "many"):
        assert post(lead, quiz, {"act": "change", "title": "Choices", "pass": wrong}, page=quiz).status_code == 422
    post(lead, f"{quiz}/give", {"person": str(crew.users["rep"])}, page=quiz)
    page = rep.get(f"{quiz}/take").text
    assert "Discount" in page
    assert "chip good" not in page, "what is right is not told beforehand"
    done = post(
        rep, f"{quiz}/take", {"question": str(question), "choice": "0"}, page=f"{quiz}/take", follow_redirects=True
    )
    assert "not passed this time" in done.text
    assert "your choice" in done.text
    assert "0 of 1" in lead.get(f"{quiz}/results").text


def test_only_managers_and_leads_build(sign_in: SignIn, quiz: str) -> None:
    for role in ("rep", "reviewer", "external_reviewer", "admin"):
        browser = sign_in(role)
        assert browser.get("/quizzes/mistakes").status_code == 403
        assert post(browser, "/quizzes", {"title": "Mine"}).status_code == 403
    manager = sign_in("manager")
    assert "that is too much" not in manager.get("/quizzes/mistakes?type=price").text, "not of their teams"
    assert manager.get(quiz).status_code == 200, "what a lead built may be given by a manager"
    assert post(manager, quiz, {"act": "close"}, page="/quizzes").status_code == 403
    assert post(manager, "/quizzes", {"title": " "}, page="/quizzes").status_code == 422
    assert sign_in("quality_lead").get("/quizzes/mistakes?type=weather").status_code == 200


def test_nothing_ticked_is_said(sign_in: SignIn, mistake: int) -> None:
    lead = sign_in("quality_lead")
    assert post(lead, "/quizzes/mistakes", {"title": "Empty"}, page="/quizzes").status_code == 422
    assert post(lead, "/quizzes/mistakes", {"title": "Gone", "episode": "99999"}, page="/quizzes").status_code == 410


def test_quizzes_over_the_api(client: FlaskClient, database: Database, crew: Crew, mistake: int, shared: int) -> None:
    lead = bearer(database, crew, "quality_lead", "coaching:read", "coaching:write")
    rep = bearer(database, crew, "rep", "coaching:read", "coaching:write")
    made = client.post("/api/v1/quizzes", headers=lead, json={"title": "Price", "pass_share": 0.5})
    assert made.status_code == 201
    base = f"/api/v1/quizzes/{made.get_json()['id']}"
    assert client.post(f"{base}/questions", headers=lead, json={}).status_code == 422
    assert client.post(f"{base}/questions", headers=lead, json={"objection_id": mistake}).status_code == 200
    asked = client.post(f"{base}/questions", headers=lead, json={"clip_id": shared}).get_json()["asked"]
    assert [one["until"] for one in asked] == [6.0, 6.0]
    choices = {"options": ["Discount", "Ask first"], "right": 1}
    assert client.put(f"{base}/questions/{asked[1]['id']}", headers=lead, json=choices).status_code == 200
    assert client.post(f"{base}/give", headers=lead, json={"user_ids": [crew.users["rep"]]}).get_json() == {"given": 1}
    taking = client.get(f"{base}/taking", headers=rep).get_json()
    assert [one["right"] for one in taking["questions"]] == [None, None]
    assert client.get(base, headers=rep).status_code == 403
    first = client.post(f"{base}/questions/{asked[0]['id']}/answer", headers=rep, json={"words": ANSWER})
    assert "clarify" in first.get_json()["questions"][0]["answer"]["moves"]
    again = client.post(f"{base}/questions/{asked[0]['id']}/answer", headers=rep, json={"words": ANSWER})
    assert (again.status_code, again.get_json()["code"]) == (409, "answered_already")
    client.post(f"{base}/questions/{asked[1]['id']}/answer", headers=rep, json={"choice": 1})
    client.put(f"{base}/questions/{asked[1]['id']}/rating", headers=rep, json={"rating": 5})
    (who,) = client.get(f"{base}/results", headers=lead).get_json()["people"]
    assert (who["answered"], who["right"], who["passed"], who["rating"]) == (2, 1, True, 5.0)
    assert client.get("/api/v1/quiz-tasks", headers=rep).get_json()["tasks"][0]["answered"] == 2
    closed = client.put(base, headers=lead, json={"title": "Price", "closed": True})
    assert closed.get_json()["closed"] is True
