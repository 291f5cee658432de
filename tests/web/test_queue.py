"""The review queue: why each call, the next one, blind reviewers, whose queue it is, what a lead may do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from review.db import Database
from review.models import Assignment
from review.sampling.handing import put
from review.services.tokens import create_api_token
from tests.db.sampled import scored_call as plain_call
from tests.web.conftest import Crew, SignIn, post

RISK = [{"kind": "objection_missed", "type": "price", "outcome": "ignored", "at": 192.0, "weight": 0.8}]
LOT = [{"kind": "random", "drawn": 1, "population": 14, "among": "rep", "key": "2026-W47"}]


def give(database: Database, crew: Crew, to: str = "reviewer", days: float = 2, **values: object) -> int:
    """A call of the rep in somebody's queue; the assignment's number."""
    with database.session() as db:
        call = plain_call(db, crew.reps["own"], datetime(2026, 11, 17, 9, tzinfo=UTC), final=38.0)
        made = put(
            db,
            {
                "call_id": call,
                "user_id": crew.users[to],
                "part": "risk",
                "why": RISK,
                "blind": False,
                "due_at": datetime.now(UTC) + timedelta(days=days),
                **values,
            },
        )
        assert made is not None
        return made


def call_of(database: Database, assignment_id: int) -> int:
    with database.read() as db:
        return db.get_one(Assignment, assignment_id).call_id


def test_the_queue_says_why_and_leads_to_the_next_call(
    sign_in: SignIn, database: Database, crew: Crew, scored_call: int
) -> None:
    give(database, crew, days=3)
    late = give(database, crew, days=-1, part="random", probability=1 / 14, why=LOT)
    browser = sign_in("reviewer")
    page = browser.get("/queue").text
    call = call_of(database, late)
    assert page.index(f'id="a{late}"') < page.index("Price objection left unanswered")
    assert "drawn at random: 1 in 14 of Rita Rep’s calls, week of Nov 16, 2026" in page.replace(
        "16 Nov 2026", "Nov 16, 2026"
    )
    assert '?t=192.0&amp;play=1">3:12</a>' in page
    assert "overdue since" in page
    assert "<b>38</b>" in page
    assert '<span class="count" title="2 calls to score">2</span>' in page
    answer = browser.get("/queue/next")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/calls/{call}?assignment={late}&play=1"
    after = browser.get(f"/queue/next?after={late}").headers["Location"]
    assert f"assignment={late}" not in after
    opened = browser.get(f"/calls/{scored_call}?assignment={late}").text
    assert f'href="/queue/next?after={late}" data-next' in opened.replace("\n", "")


def test_a_blind_reviewer_reads_neither_score_nor_the_machines_reasons(
    sign_in: SignIn, database: Database, crew: Crew
) -> None:
    give(database, crew, blind=True)
    page = sign_in("reviewer").get("/queue").text
    assert "are shown after you submit" in page
    assert "left unanswered" not in page
    assert "<b>38</b>" not in page


def test_an_empty_queue_says_what_comes(sign_in: SignIn) -> None:
    browser = sign_in("reviewer")
    assert "Nothing waits for you" in browser.get("/queue").text
    assert browser.get("/queue/next").headers["Location"] == "/queue"
    assert browser.get("/queue/next?after=x").headers["Location"] == "/queue"


def test_a_call_is_left_out_with_a_reason_only(sign_in: SignIn, database: Database, crew: Crew) -> None:
    made = give(database, crew)
    browser = sign_in("reviewer")
    assert post(browser, f"/queue/{made}/skip", {"reason": " "}).status_code == 422
    assert post(browser, f"/queue/{made}/skip", {"reason": "a wrong number"}).status_code == 302
    assert post(browser, f"/queue/{made}/skip", {"reason": "a wrong number"}).status_code == 409
    with database.read() as db:
        assert db.get_one(Assignment, made).state == "skipped"


def test_another_persons_call_does_not_exist(sign_in: SignIn, database: Database, crew: Crew) -> None:
    made = give(database, crew, to="head_of_sales")
    for role in ("reviewer", "manager"):
        browser = sign_in(role)
        assert post(browser, f"/queue/{made}/skip", {"reason": "not mine"}).status_code == 404
        assert post(browser, f"/queue/{made}/hand-on", {"to": str(crew.users[role])}).status_code == 404
        assert browser.get("/queue/everybody").status_code == 403


def test_a_lead_sees_all_queues_hands_on_and_takes_back(sign_in: SignIn, database: Database, crew: Crew) -> None:
    made, other = give(database, crew), give(database, crew, to="manager")
    browser = sign_in("quality_lead")
    page = browser.get("/queue/everybody").text
    assert page.count('<li id="a') == 2
    assert "Person manager" in page
    only = browser.get(f"/queue/everybody?person={crew.users['manager']}").text
    assert only.count('<li id="a') == 1
    assert browser.get("/queue/everybody?person=none").status_code == 200
    assert post(browser, f"/queue/{made}/hand-on", {"to": str(crew.users["rep"])}).status_code == 422
    assert post(browser, f"/queue/{made}/hand-on", {"to": "x"}).status_code == 422
    answer = post(browser, f"/queue/{made}/hand-on", {"to": str(crew.users["manager"]), "everybody": "1"})
    assert answer.headers["Location"] == "/queue/everybody"
    assert post(browser, f"/queue/{other}/withdraw", {"reason": "scored elsewhere"}).status_code == 302
    with database.read() as db:
        rows = {row.id: (row.user_id, row.state) for row in db.scalars(select(Assignment))}
    assert rows == {made: (crew.users["manager"], "open"), other: (crew.users["manager"], "withdrawn")}
    assert "handed on from Person reviewer" in sign_in("manager").get("/queue").text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a “quoted” reason"])
def test_what_people_typed_stays_text(sign_in: SignIn, database: Database, crew: Crew, text: str) -> None:
    give(database, crew, part="chosen", why=[{"kind": "chosen", "text": text}], assigned_by=crew.users["quality_lead"])
    page = sign_in("reviewer").get("/queue").text
    assert "chosen by Person quality_lead" in page
    assert "<script>alert" not in page


def test_programs_read_their_owners_queue(client: FlaskClient, database: Database, crew: Crew) -> None:
    made = give(database, crew, part="random", probability=1 / 14, why=LOT)
    give(database, crew, blind=True)
    give(database, crew, to="manager")
    with database.session() as db:
        token = create_api_token(db, crew.users["reviewer"], "queue", ["calls:read"]).token
    answer = client.get("/api/v1/assignments", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    lot, blind = answer.get_json()["assignments"]
    assert (lot["id"], lot["part"], lot["probability"], lot["why"]) == (made, "random", 0.071, LOT)
    assert (blind["blind"], blind["why"]) == (True, [])
