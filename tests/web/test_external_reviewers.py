"""External reviewers score the calls given to them: no other call, no names, and nothing to take away."""

from __future__ import annotations

from sqlalchemy import select, update

from review.db import Database
from review.models import Assignment, AuditEvent, Call, Evaluation
from review.sampling.assignments import assign
from tests.web.conftest import Crew, SignIn, csrf_token, post
from tests.web.test_evaluations import begin, submit

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
