"""Connecting a telephone system: set up, tried out, watched, and its people named; secrets are shown once."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from review.db import Database
from review.models import AudioFetch, AuditEvent, Call, RepAlias, Source, SourceDoor, WebhookDelivery
from review.settings import Settings
from review.telephony.deliveries import keep_delivery, take_delivery
from review.telephony.doors import OpenDoor, Vault, open_door
from review.telephony.providers import PROVIDERS
from tests.db.telephone_shapes import SHAPES, Shape, Spoken
from tests.web.conftest import Crew, SignIn, post

GIVEN = {shape.provider: shape.given for shape in SHAPES}


def connect(browser: FlaskClient, provider: str, name: str = "pbx") -> str:
    """The page that answers."""
    answer = post(browser, "/sources/new", {"provider": provider, "name": name}, page="/sources/new")
    assert answer.status_code == 200
    return str(answer.text)


def opened_door(database: Database, settings: Settings) -> OpenDoor:
    with database.read() as db:
        found = open_door(db, Vault(settings.secret_key(), "http://localhost"), "pbx")
    assert found is not None
    return found


def source_id(database: Database) -> int:
    with database.read() as db:
        return db.scalars(select(Source.id).where(Source.name == "pbx")).one()


def deliver(database: Database, opened: OpenDoor, shape: Shape, spoken: Spoken) -> int:
    with database.session() as db:
        kept = keep_delivery(db, opened, shape.ended(spoken, opened, datetime.now(UTC)))
        return take_delivery(db, opened, kept, region="DE").call_ids[0]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_system_is_set_up_and_tried_out(
    sign_in: SignIn, database: Database, settings: Settings, provider: str
) -> None:
    browser = sign_in("admin")
    page = connect(browser, provider)
    opened = opened_door(database, settings)
    assert opened.addresses()[0] in page
    for secret in (opened.door.secrets[field.name] for field in PROVIDERS[provider].fields if field.made):
        assert page.count(secret) == 2  # by itself, and where it is pasted
    assert "&lt;&lt;" not in page
    here = source_id(database)
    given = {name: text.replace("{server}", "https://pbx.example") for name, text in GIVEN[provider].items()}
    assert post(browser, f"/sources/{here}/door", given, page=f"/sources/{here}/door").status_code == 302
    answer = post(browser, f"/sources/{here}/door/try", page=f"/sources/{here}/door", follow_redirects=True)
    assert "No call was kept" in answer.text
    with database.read() as db:
        row = db.scalars(select(WebhookDelivery)).one()
        assert (row.state, row.test, row.call_id) == ("accepted", True, None)
        assert db.scalars(select(Call)).all() == []


def test_secrets_of_our_making_are_shown_once(sign_in: SignIn, database: Database, settings: Settings) -> None:
    browser = sign_in("admin")
    page = connect(browser, "generic")
    secret = opened_door(database, settings).door.secrets["secret"]
    assert secret in page
    assert "Shown once" in page
    here = source_id(database)
    for role in ("admin", "quality_lead"):
        assert secret not in sign_in(role).get(f"/sources/{here}/door").text
    renewed = post(browser, f"/sources/{here}/door/renew", {"what": "secret"}, page=f"/sources/{here}/door").text
    now = opened_door(database, settings).door.secrets["secret"]
    assert now != secret
    assert now in renewed
    address = opened_door(database, settings).token
    post(browser, f"/sources/{here}/door/renew", {"what": "token"}, page=f"/sources/{here}/door")
    assert opened_door(database, settings).token != address
    with database.read() as db:
        said = repr([event.details for event in db.scalars(select(AuditEvent))])
    assert secret not in said
    assert now not in said


def test_entered_secrets_never_come_back(sign_in: SignIn, database: Database, settings: Settings) -> None:
    browser = sign_in("admin")
    connect(browser, "twilio")
    here = source_id(database)
    form = {"account_sid": "AC77", "auth_token": "very-secret-token", "hosts": "media.example.com\n*.example.org"}
    post(browser, f"/sources/{here}/door", form, page=f"/sources/{here}/door")
    page = browser.get(f"/sources/{here}/door").text
    assert "AC77" in page
    assert "very-secret-token" not in page
    post(browser, f"/sources/{here}/door", {**form, "auth_token": ""}, page=f"/sources/{here}/door")
    opened = opened_door(database, settings)
    assert opened.door.secrets["auth_token"] == "very-secret-token"
    assert opened.door.settings["hosts"] == ["media.example.com", "*.example.org"]
    with database.read() as db:
        assert b"very-secret-token" not in db.scalars(select(SourceDoor.secrets)).one()


@pytest.mark.parametrize(
    "form", [{"region": "Germany"}, {"hosts": "http://x/"}, {"hosts": "\n".join("abcdefghijklmnopqrstuvwxyz")}]
)
def test_what_cannot_be_is_refused(sign_in: SignIn, database: Database, form: dict[str, str]) -> None:
    browser = sign_in("admin")
    connect(browser, "generic")
    here = source_id(database)
    assert post(browser, f"/sources/{here}/door", form, page=f"/sources/{here}/door").status_code == 422


def test_a_source_needs_a_name_of_its_own(sign_in: SignIn, database: Database) -> None:
    browser = sign_in("admin")
    connect(browser, "generic")
    for form in ({"provider": "generic", "name": "pbx"}, {"provider": "x", "name": "b"}, {"provider": "generic"}):
        assert post(browser, "/sources/new", form, page="/sources/new").status_code == 422


def test_a_test_without_secrets_says_so(sign_in: SignIn, database: Database) -> None:
    browser = sign_in("admin")
    connect(browser, "twilio")
    here = source_id(database)
    answer = post(browser, f"/sources/{here}/door/try", page=f"/sources/{here}/door")
    assert answer.status_code == 422
    assert "Enter the secrets" in answer.text


def test_what_comes_is_seen_and_read_again(sign_in: SignIn, database: Database, settings: Settings) -> None:
    browser = sign_in("admin")
    connect(browser, "generic")
    here = source_id(database)
    assert "Nothing was delivered yet" in browser.get(f"/sources/{here}/door/live").text
    opened = opened_door(database, settings)
    call_id = deliver(database, opened, SHAPES[0], Spoken(1))
    live = browser.get(f"/sources/{here}/door/live").text
    assert "Last delivery" in live
    assert f'href="/calls/{call_id}"' in live
    delivery = re.search(rf"/sources/{here}/deliveries/(\d+)/replay", live)
    assert delivery is not None
    answer = post(browser, delivery.group(0), page=f"/sources/{here}/door", follow_redirects=True)
    assert "nothing changed" in answer.text
    raw = browser.get(f"/sources/{here}/deliveries/{delivery.group(1)}")
    assert "client_phone" in raw.text
    assert browser.get(f"/sources/{here}/deliveries").text.count("Read again") >= 1
    assert "There are none of these" in browser.get(f"/sources/{here}/deliveries?state=failed").text
    lead = sign_in("quality_lead")
    assert lead.get(f"/sources/{here}/deliveries/{delivery.group(1)}").status_code == 403
    assert "As it came" not in lead.get(f"/sources/{here}/door").text


def test_a_body_is_shown_as_text(sign_in: SignIn, database: Database, settings: Settings) -> None:
    browser = sign_in("admin")
    connect(browser, "generic")
    opened = opened_door(database, settings)
    shape = SHAPES[0]
    from tests.db.telephone_shapes import generic_signed

    sent = generic_signed(opened, datetime.now(UTC), json.dumps({"id": "<script>alert(1)</script>"}).encode())
    with database.session() as db:
        kept = keep_delivery(db, opened, sent)
        take_delivery(db, opened, kept, region="DE")
    page = browser.get(f"/sources/{source_id(database)}/deliveries/{kept}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert shape.provider == "generic"


def test_a_recording_that_failed_is_retried_by_a_click(sign_in: SignIn, database: Database, settings: Settings) -> None:
    browser = sign_in("quality_lead")
    connect(browser, "generic")
    call_id = deliver(database, opened_door(database, settings), SHAPES[0], Spoken(1))
    failure = {"code": "denied", "message": "the server answered 401", "kept": "x", "advice": "Check the password."}
    with database.session() as db:
        row = AudioFetch(call_id=call_id, source="pbx", reference="https://x/1.wav", state="failed", attempts=9)
        row.failure = failure
        db.add(row)
        db.flush()
        fetch_id = row.id
    here = source_id(database)
    page = browser.get(f"/sources/{here}/door").text
    assert "the server answered 401" in page
    assert post(browser, f"/sources/{here}/fetches/{fetch_id}/retry", page=f"/sources/{here}/door").status_code == 302
    with database.read() as db:
        again = db.get_one(AudioFetch, fetch_id)
        assert (again.state, again.attempts) == ("waiting", 0)


def test_an_unknown_extension_is_given_to_a_rep(
    sign_in: SignIn, database: Database, settings: Settings, crew: Crew
) -> None:
    browser = sign_in("quality_lead")
    connect(browser, "generic")
    opened = opened_door(database, settings)
    shape = SHAPES[0]
    first = deliver(database, opened, shape, Spoken(1, rep="PJSIP/77"))
    here = source_id(database)
    assert "PJSIP/77" in browser.get(f"/sources/{here}/door").text
    form = {"name": "PJSIP/77", "rep": str(crew.reps["own"])}
    answer = post(browser, f"/sources/{here}/people", form, page=f"/sources/{here}/door", follow_redirects=True)
    assert "1 call was given to the rep" in answer.text
    second = deliver(database, opened, shape, Spoken(2, rep="PJSIP/77"))
    with database.read() as db:
        assert {db.get_one(Call, call).rep_id for call in (first, second)} == {crew.reps["own"]}
    form = {"name": "PJSIP/77", "forget": "1"}
    post(browser, f"/sources/{here}/people", form, page=f"/sources/{here}/door")
    with database.read() as db:
        assert db.scalars(select(RepAlias)).all() == []
        actions = set(db.scalars(select(AuditEvent.action).where(AuditEvent.subject_kind == "source")))
        assert {"source.door_made", "source.name_given", "source.name_forgotten"} <= actions
    assert post(browser, f"/sources/{here}/people", {"name": "x", "rep": "9999"}).status_code == 422


def test_the_list_of_sources_leads_there(sign_in: SignIn, database: Database) -> None:
    browser = sign_in("admin")
    assert 'href="/sources/new"' in browser.get("/sources").text
    connect(browser, "zadarma")
    page = browser.get("/sources").text
    here = source_id(database)
    assert f'href="/sources/{here}/door"' in page
    assert "nothing delivered yet" in page
    assert "Connection: Zadarma" in browser.get(f"/sources/{here}").text
    assert sign_in("rep").get(f"/sources/{here}/door").status_code == 403


def test_another_secret_key_is_said_plainly(sign_in: SignIn, database: Database, settings: Settings) -> None:
    browser = sign_in("admin")
    connect(browser, "generic")
    here = source_id(database)
    with database.session() as db:
        door = db.scalars(select(SourceDoor)).one()
        door.secrets = Vault("another key" * 8).close("pbx", {"token": "x", "secret": "y"})
    answer = browser.get(f"/sources/{here}/door")
    assert answer.status_code == 503
    assert "secret.key" in answer.text
