"""The pages of clients and promises: what they show, what they store, and what stands against it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from review.client_card.keeping import keep_said
from review.db import Database
from review.models import (
    AuditEvent,
    Call,
    CallFact,
    CallPromise,
    Client,
    ClientComment,
    CrmConnection,
    CrmEmail,
    CrmId,
    CrmNote,
    DoNotCall,
    PromiseDecision,
    WebAudio,
    utc_now,
)
from tests.factories import make_call, make_client
from tests.web.conftest import Crew, SignIn, post

SAID = {"start": 61.0, "end": 63.5, "turn": 1, "role": "rep", "source": "rule"}


@pytest.fixture
def told(database: Database, scored_call: int) -> int:
    """The scored call, yesterday, in which an offer was promised for the same day and a budget told."""
    offer = {"by": "rep", "what": "send_offer", "quote": "you get the <b>offer</b>", **SAID}
    with database.session() as db:
        call = db.get_one(Call, scored_call)
        call.started_at = call.happened_at = utc_now() - timedelta(days=2)
        call.duration = 120.0
        due = call.happened_at.date().isoformat()
        keep_said(
            db,
            scored_call,
            {
                "promises": [{"due": due, **offer}],
                "facts_found": [{"id": "budget", "value": "ten thousand", "quote": "ten thousand", **SAID}],
            },
        )
        db.add(WebAudio(call_id=scored_call, folder="derived/1", duration=120.0))
        other = make_client(db)
        db.add(CrmEmail(client_id=other.id, at=utc_now() - timedelta(days=90), subject="an old one"))
    return scored_call


def save(browser: FlaskClient, client_id: int, revision: int, base: dict[str, object] | None = None, **fields: object):  # type: ignore[no-untyped-def]
    """Store the card as its script does."""
    data = {"revision": revision, "base": json.dumps(base or {}), **fields}
    return post(browser, f"/clients/{client_id}", data, headers={"Accept": "application/json"})


def test_the_card_shows_what_is_known(
    sign_in: SignIn, told: int, scored_client: int, database: Database, crew: Crew
) -> None:
    with database.session() as db:
        client = db.get_one(Client, scored_client)
        client.hot, client.hot_note, client.custom = True, "decides on Friday", {"Seats <40>": "x & y"}
        db.add(DoNotCall(e164="+46701234567", reason="asked us not to"))
        db.add(CrmNote(client_id=scored_client, at=utc_now(), body="wants <i>tall</i> chairs", author="Peter"))
    text = sign_in("rep").get(f"/clients/{scored_client}").text
    for part in (
        "Marta Lindqvist",
        "decides on Friday",
        "asked us not to",
        "Seats &lt;40&gt;",
        "wants &lt;i&gt;tall&lt;/i&gt; chairs",
        "you get the &lt;b&gt;offer&lt;/b&gt;",
        'data-spans="61.0-63.5"',
        'data-spans="0-120.0"',
        "overdue",
        "ten thousand",
        "comes from no connected CRM",
    ):
        assert part in text, part
    assert "tel:+46701234567" not in text  # a number not to call is no link to call it
    # A reviewer reads the card and changes nothing of it but comments.
    text = sign_in("reviewer").get(f"/clients/{scored_client}").text
    assert "card-form" not in text
    assert "remark-form" in text
    assert "Was kept" not in text


def test_a_card_is_stored_and_a_conflict_shows_both_versions(
    sign_in: SignIn, scored_client: int, scored_call: int, database: Database
) -> None:
    rep, lead = sign_in("rep"), sign_in("quality_lead")
    stored = save(rep, scored_client, 1, potential="high", own_name=["Seats", ""], own_value=["40", ""], hot="1")
    assert (stored.status_code, stored.json["revision"]) == (200, 2)
    assert stored.json["fields"]["custom"] == {"Seats": "40"}
    opened = {"potential": "", "client_group": "", "product_group": "", "note": "", "hot": False, "hot_note": ""}
    refused = save(lead, scored_client, 1, base={**opened, "custom": {}}, note="call after four")
    assert (refused.status_code, refused.json["code"], refused.json["revision"]) == (409, "client_changed", 2)
    html = refused.json["html"]
    # What the lead never touched is taken from the other; their own note is chosen.
    for name, mine in (("potential", False), ("hot", False), ("custom.Seats", False), ("note", True)):
        line = html.split(f'data-take="{name}"', 2)[1:]
        assert ("checked" in line[0].split(">")[0], "checked" in line[1].split(">")[0]) == (not mine, mine), name
    with database.read() as db:
        client = db.get_one(Client, scored_client)
        assert (client.potential, client.note, client.revision) == ("high", None, 2)
    merged = save(
        lead, scored_client, 2, potential="high", hot="1", note="call after four", own_name="Seats", own_value="40"
    )
    assert (merged.status_code, merged.json["revision"]) == (200, 3)
    with database.read() as db:
        events = db.scalars(select(AuditEvent).where(AuditEvent.action == "client.changed")).all()
    assert [event.details["fields"] for event in events] == [["potential", "hot", "custom.Seats"], ["note"]]


def test_what_cannot_be_stored_is_told_in_words(sign_in: SignIn, scored_client: int, scored_call: int) -> None:
    browser = sign_in("rep")
    answer = save(browser, scored_client, 1, own_name=["a", "A"], own_value=["1", "2"])
    assert (answer.status_code, answer.json["code"]) == (422, "field")
    assert "Nothing was stored" in answer.json["message"]
    assert save(browser, scored_client, 1, note="x" * 10_001).status_code == 422
    assert browser.post(f"/clients/{scored_client}", data={"revision": "1"}).status_code == 400  # no token


def test_comments_on_the_client(
    sign_in: SignIn, scored_client: int, scored_call: int, database: Database, crew: Crew
) -> None:
    rep, manager = sign_in("rep"), sign_in("manager")
    url = f"/clients/{scored_client}"
    made = post(rep, f"{url}/comments", {"body": "@Person manager look <b>here</b>", "token": "t"})
    assert post(rep, f"{url}/comments", {"body": "again", "token": "t"}).json["id"] == made.json["id"]
    page = manager.get(url).text
    assert '<b class="named">@Person manager</b> look &lt;b&gt;here&lt;/b&gt;' in page
    assert f'id="remark{made.json["id"]}"' in page
    assert "named you in a comment" in manager.get("/notifications").text
    people = rep.get(f"{url}/people?q=person m").json["people"]
    assert [one["name"] for one in people] == ["Person manager"]
    assert post(manager, f"{url}/comments/{made.json['id']}", {"act": "delete"}).status_code == 403
    assert post(rep, f"{url}/comments/{made.json['id']}", {"act": "delete"}).status_code == 200
    assert post(rep, f"{url}/comments/{made.json['id']}", {"body": "x"}).status_code == 410
    assert "look" not in manager.get(f"{url}/timeline").text
    with database.read() as db:
        assert db.scalars(select(ClientComment.deleted_by)).all() == ["Person rep"]


def test_a_promise_is_kept_by_an_email_or_by_a_persons_word(
    sign_in: SignIn, told: int, scored_client: int, database: Database
) -> None:
    browser = sign_in("rep")
    assert "you get the" in browser.get("/promises").text
    with database.session() as db:
        (promise_id,) = db.scalars(select(CallPromise.id))
        mail = CrmEmail(client_id=scored_client, at=utc_now() - timedelta(days=2), subject="Offer <for> you")
        db.add(mail)
        db.flush()
        mail_id = mail.id
    assert "Nothing is overdue" in browser.get("/promises").text
    assert "Offer &lt;for&gt; you" in browser.get("/promises?listed=kept").text
    with database.session() as db:
        db.delete(db.get_one(CrmEmail, mail_id))
    line = post(browser, f"/promises/{promise_id}", {"decision": "kept", "with_client": "1"})
    assert line.status_code == 200
    assert "Marta Lindqvist" in line.text
    assert "Take back" in line.text
    assert "Nothing is overdue" in browser.get("/promises").text
    assert post(browser, f"/promises/{promise_id}", {"decision": "eaten"}).status_code == 422
    assert post(browser, "/promises/999", {"decision": "kept"}).status_code == 410
    with database.read() as db:
        assert db.scalars(select(PromiseDecision.decision)).all() == ["kept"]


def test_promises_and_clients_of_others_do_not_exist(
    sign_in: SignIn, told: int, scored_client: int, database: Database, crew: Crew
) -> None:
    with database.session() as db:
        call = db.get_one(Call, told)
        call.rep_id = crew.reps["other"]
    for role in ("rep", "manager"):
        browser = sign_in(role)
        assert "you get the" not in browser.get("/promises?listed=all").text
        assert "Lindqvist" not in browser.get("/clients").text
        assert browser.get(f"/clients/{scored_client}/timeline").status_code == 404
    assert sign_in("external_reviewer").get("/clients").status_code == 403
    assert "Lindqvist" in sign_in("head_of_sales").get("/clients?q=nordlys").text


def test_a_fact_is_written_to_the_crm(sign_in: SignIn, told: int, scored_client: int, database: Database) -> None:
    browser = sign_in("rep")
    with database.session() as db:
        fact_id = db.scalars(select(CallFact.id)).one()
        crm = CrmConnection(kind="amocrm", name="amo")
        db.add(crm)
        db.flush()
        db.add(CrmId(connection_id=crm.id, entity="client", remote_id="7", row_id=scored_client))
    assert "Write to the CRM" in browser.get(f"/clients/{scored_client}").text
    answer = post(browser, f"/clients/{scored_client}/facts/{fact_id}")
    assert "on its way to the CRM" in answer.text
    page = browser.get(f"/clients/{scored_client}").text
    assert "on its way to the CRM" in page
    assert "Write to the CRM" not in page
    assert post(browser, f"/clients/{scored_client}/facts/999").status_code == 410


def test_the_story_by_kind_and_by_pages(
    sign_in: SignIn, scored_client: int, scored_call: int, database: Database, crew: Crew
) -> None:
    browser = sign_in("rep")
    with database.session() as db:
        for number in range(70):
            at = utc_now() - timedelta(hours=number)
            db.add(CrmEmail(client_id=scored_client, at=at, subject=f"Mail {number:02}."))
            make_call(db, client_id=scored_client, rep_id=crew.reps["own"], started_at=at)
    seen: list[str] = []
    url = f"/clients/{scored_client}/timeline?kind=emails"
    for _ in range(5):
        text = browser.get(url).text
        seen += [piece.split("<")[0] for piece in text.split('<p class="words">')[1:]]
        if 'class="more"' not in text:
            break
        url = text.split('hx-get="')[-1].split('"')[0].replace("&amp;", "&")
    assert seen == [f"Mail {number:02}." for number in range(70)]
    assert "Mail" not in browser.get(f"/clients/{scored_client}?kind=calls").text.split('class="moments"')[1]
    assert browser.get(f"/clients/{scored_client}/timeline?kind=nonsense&after=zz").status_code == 200


def test_a_call_to_judge_blind_tells_no_score_on_the_card(
    sign_in: SignIn, told: int, scored_client: int, database: Database, crew: Crew
) -> None:
    from review.models import Assignment

    with database.session() as db:
        db.get_one(Call, told).score_final = 61.4
    assert ">61<" in sign_in("reviewer").get(f"/clients/{scored_client}").text
    with database.session() as db:
        db.add(Assignment(call_id=told, user_id=crew.users["reviewer"], state="open", blind=True, part="calibration"))
    page = sign_in("reviewer").get(f"/clients/{scored_client}").text
    assert ">61<" not in page
    assert "you get the" in page  # what was promised stays: it is nothing the machine thinks of the call


def test_a_card_a_crm_filled_beyond_what_people_may_write_can_still_be_stored(
    sign_in: SignIn, scored_client: int, scored_call: int, database: Database
) -> None:
    theirs = {f"Field {number:03}": "x" * 600 for number in range(120)}
    with database.session() as db:
        client = db.get_one(Client, scored_client)
        client.custom, client.client_group = theirs, "g" * 900
        base = {"custom": theirs, "client_group": "g" * 900}
    browser = sign_in("rep")
    same = {"own_name": list(theirs), "own_value": list(theirs.values()), "client_group": "g" * 900}
    stored = save(browser, scored_client, 1, base, potential="high", **same)
    assert (stored.status_code, stored.get_json()["revision"]) == (200, 2)
    longer = save(browser, scored_client, 2, base, potential="high", **{**same, "client_group": "h" * 900})
    assert longer.status_code == 422
    with database.read() as db:
        client = db.get_one(Client, scored_client)
        assert (client.potential, client.custom, client.client_group) == ("high", theirs, "g" * 900)
