"""Whose call it is: a choice where the number fits several, remembered; and a recording that did not come yet."""

from __future__ import annotations

from sqlalchemy import select

from review.db import Database
from review.models import AudioFetch, AuditEvent, Call, NumberChoice
from review.services.intake import CallFacts, accept_missed_call
from review.services.people import find_rep
from tests.factories import NOON, make_call, make_client, make_deal, make_source
from tests.web.conftest import SignIn, post

PHONE = "+46701234567"


def shared_number(database: Database) -> tuple[int, dict[str, int]]:
    """A call of a number that two clients share, one of them with two open deals."""
    with database.session() as db:
        first = make_client(db, "Marta", phones=[PHONE])
        second = make_client(db, "Nils", phones=[PHONE])
        one, two = make_deal(db, second, title="Desks"), make_deal(db, second, title="Chairs")
        call = make_call(db, rep_id=find_rep(db, "101"), client_phone=PHONE, client_id=first.id)
        return call.id, {"first": first.id, "second": second.id, "desks": one.id, "chairs": two.id}


def test_the_choice_is_shown_made_and_remembered(sign_in: SignIn, database: Database) -> None:
    call_id, who = shared_number(database)
    browser = sign_in("rep")
    page = browser.get(f"/calls/{call_id}").text
    assert "Who was this call with?" in page
    assert "Nils · Chairs" in page
    answer = post(browser, f"/calls/{call_id}/meant", {"meant": f"{who['second']} {who['chairs']}"})
    assert answer.status_code == 302
    assert "Who was this call with?" not in browser.get(f"/calls/{call_id}").text
    with database.read() as db:
        call = db.get_one(Call, call_id)
        assert (call.client_id, call.deal_id) == (who["second"], who["chairs"])
        event = db.scalars(select(AuditEvent).where(AuditEvent.action == "call.client_chosen")).one()
        assert event.details["before"]["client_id"] == who["first"]
    with database.session() as db:
        facts = CallFacts(source="pbx", external_id="next", client_phone=PHONE, started_at=NOON)
        after = accept_missed_call(db, facts, door="webhook").call_id
    with database.read() as db:
        call = db.get_one(Call, after)
        assert (call.client_id, call.deal_id) == (who["second"], who["chairs"])


def test_only_what_is_shown_can_be_chosen(sign_in: SignIn, database: Database) -> None:
    call_id, who = shared_number(database)
    with database.session() as db:
        stranger = make_client(db, "Olaf").id
    browser = sign_in("quality_lead")
    for meant in (str(stranger), f"{who['first']} {who['desks']}", "x", "", "9" * 30):
        assert post(browser, f"/calls/{call_id}/meant", {"meant": meant}).status_code == 422
    with database.read() as db:
        assert db.scalars(select(NumberChoice)).all() == []


def test_nothing_is_asked_where_the_number_is_clear(sign_in: SignIn, database: Database) -> None:
    with database.session() as db:
        client = make_client(db, "Marta", phones=[PHONE])
        make_deal(db, client, title="Desks")
        call_id = make_call(db, client_phone=PHONE, client_id=client.id).id
        bare = make_call(db).id
    browser = sign_in("quality_lead")
    for number in (call_id, bare):
        assert "Who was this call with?" not in browser.get(f"/calls/{number}").text


def test_a_recording_that_did_not_come_is_said_on_the_call(sign_in: SignIn, database: Database) -> None:
    with database.session() as db:
        make_source(db, "pbx")
        call_id = make_call(db, source="pbx", state="no_audio", legs=0).id
        row = AudioFetch(call_id=call_id, source="pbx", reference="r1", state="failed", attempts=9)
        row.failure = {"message": "the server answered 401", "advice": "Check the password.", "kept": "x"}
        db.add(row)
        db.flush()
        fetch_id = row.id
    browser = sign_in("reviewer")
    page = browser.get(f"/calls/{call_id}").text
    assert "could not be fetched" in page
    assert "The call and its facts are kept." in page
    assert "nobody answered" not in page
    assert post(browser, f"/calls/{call_id}/fetches/{fetch_id}/retry").status_code == 302
    assert "still to come" in browser.get(f"/calls/{call_id}").text
    other = make_other(database)
    answer = post(browser, f"/calls/{other}/fetches/{fetch_id}/retry", follow_redirects=True)
    assert "nothing to fetch again" in answer.text


def make_other(database: Database) -> int:
    with database.session() as db:
        return make_call(db).id
