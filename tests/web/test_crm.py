"""The CRM pages: connections whose keys are never shown again, who is who, what failed, and a table's way in."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from review.db import Database
from review.models import AuditEvent, Client, CrmConflict, CrmConnection, CrmId, CrmUpload, OutboxItem
from review.services.crm_secrets import SecretBox
from review.settings import Settings
from tests.crm_fakes.amocrm import FakeAmo
from tests.factories import make_client
from tests.web.conftest import SignIn, csrf_token, post

SECRET = "a-very-secret-token"
FORM = {
    "name": "Our amoCRM",
    "address": "https://desk.amocrm.ru",
    "secret_token": SECRET,
    "note_when": "person",
    "calls_as": "note",
    "language": "ru",
    "every_minutes": "30",
    "unqualified_reasons": "Спам\n\n Нецелевой ",
    "fields": "budget = 900\nnonsense\ntiming=901",
}
TABLE = "ФИО;Телефон;Компания\nАнна Ким;+49 30 901820;Nordhem\nБорис;nothing;Hafen\n"


@pytest.fixture
def amo() -> Iterator[FakeAmo]:
    with FakeAmo() as fake:
        yield fake


def connect(database: Database, settings: Settings, address: str, token: str) -> int:
    with database.session() as db:
        row = CrmConnection(kind="amocrm", name="amo", settings={"address": address, "has": ["token"]})
        db.add(row)
        db.flush()
        row.secrets = SecretBox(settings.secret_key()).close(row.id, {"token": token})
        return row.id


def test_a_connection_is_kept_and_its_key_never_shown(sign_in: SignIn, database: Database, settings: Settings) -> None:
    browser = sign_in("admin")
    assert 'href="/crm/new/amocrm"' in browser.get("/crm").text
    answer = post(browser, "/crm/new/amocrm", FORM)
    assert answer.status_code == 302
    with database.read() as db:
        row = db.scalars(select(CrmConnection)).one()
        assert row.settings["fields"] == {"budget": "900", "timing": "901"}
        assert row.settings["unqualified_reasons"] == ["Спам", "Нецелевой"]
        assert (row.settings["every_minutes"], row.settings["language"], row.note_when) == (30, "ru", "person")
        assert row.secrets is not None
        assert SECRET.encode() not in row.secrets
        assert SecretBox(settings.secret_key()).open(row.id, row.secrets) == {"token": SECRET}
        assert SECRET not in str([event.details for event in db.scalars(select(AuditEvent))])
    page = browser.get(answer.headers["Location"]).text
    assert SECRET not in page
    assert "kept; leave empty to keep it" in page
    assert "budget = 900" in page
    changed = {**FORM, "name": "Renamed", "secret_token": ""}
    assert post(browser, f"/crm/{row.id}", changed).status_code == 302
    with database.read() as db:
        row = db.scalars(select(CrmConnection)).one()
        assert row.name == "Renamed"
        assert SecretBox(settings.secret_key()).open(row.id, row.secrets) == {"token": SECRET}


def test_what_cannot_be_kept_is_refused_whole(sign_in: SignIn, database: Database) -> None:
    browser = sign_in("admin")
    for wrong in ({"name": " "}, {"address": "desk.amocrm.ru"}, {"note_when": "always"}, {"name": "x" * 61}):
        assert post(browser, "/crm/new/amocrm", {**FORM, **wrong}).status_code == 422
    assert post(browser, "/crm/new/amocrm", FORM).status_code == 302
    assert post(browser, "/crm/new/amocrm", FORM).status_code == 422  # the name is taken
    assert browser.get("/crm/new/salesforce9").status_code == 404
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(CrmConnection)) == 1


def test_the_test_button_says_who_answered_or_what_is_wrong(
    sign_in: SignIn, database: Database, settings: Settings, amo: FakeAmo
) -> None:
    own = connect(database, settings, amo.address, amo.token)
    browser = sign_in("admin")
    post(browser, f"/crm/{own}/test", {})
    assert "It answers: Desk GmbH" in browser.get(f"/crm/{own}").text
    amo.expire()
    post(browser, f"/crm/{own}/test", {})
    assert "It does not work: The key or token is not accepted" in browser.get(f"/crm/{own}").text


def test_a_connection_is_read_now_paused_and_removed(sign_in: SignIn, database: Database, settings: Settings) -> None:
    own = connect(database, settings, "https://desk.amocrm.ru", "t")
    browser = sign_in("head_of_sales")
    with database.session() as db:
        client = make_client(db, "Anna")
        db.add(CrmId(connection_id=own, entity="client", remote_id="7", row_id=client.id))
        db.get_one(CrmConnection, own).next_at = 9e12
    post(browser, f"/crm/{own}/sync", {})
    post(browser, f"/crm/{own}/pause", {})
    with database.read() as db:
        row = db.get_one(CrmConnection, own)
        assert (row.next_at, row.state) == (0.0, "paused")
    post(browser, f"/crm/{own}/go_on", {})
    assert post(browser, f"/crm/{own}/remove", {}).headers["Location"] == "/crm"
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(CrmId)) == 0
        assert db.scalar(select(func.count()).select_from(Client)) == 1
        acts = set(db.scalars(select(AuditEvent.action).where(AuditEvent.action.startswith("crm."))))
    assert acts == {"crm.sync_asked", "crm.connection_paused", "crm.connection_active", "crm.disconnected"}
    assert browser.get(f"/crm/{own}").status_code == 404


def test_conflicts_strangers_and_failures_are_seen_and_mended(
    sign_in: SignIn, database: Database, settings: Settings
) -> None:
    own = connect(database, settings, "https://desk.amocrm.ru", "t")
    with database.session() as db:
        client = make_client(db, "Marta <b>L</b>")
        db.add(CrmConflict(connection_id=own, entity="client", row_id=client.id, remote_id="7", field="name",
                           ours="Marta", theirs="Martha", won="ours", why="changed_here"))  # fmt: skip
        db.add(CrmId(connection_id=own, entity="rep", remote_id="12", label="Nobody Known"))
        db.add(OutboxItem(kind="crm.task", key="t", payload={"client_id": client.id, "title": "x"}, state="failed",
                          error="It answered 400: no", attempts=3, connection_id=own))  # fmt: skip
    browser = sign_in("admin")
    page = browser.get("/crm").text
    assert "Marta &lt;b&gt;L&lt;/b&gt;" in page
    assert "Martha" in page
    assert "It answered 400: no" in page
    shown = browser.get(f"/crm/{own}").text
    assert "Nobody Known" in shown
    assert "1 nobody knows" in shown
    with database.read() as db:
        item = db.scalars(select(OutboxItem.id)).one()
    rep = re.search(r'<option value="(\d+)">Rita Rep', shown)
    assert rep is not None
    assert post(browser, f"/crm/{own}/people", {"person": "12", "rep": rep[1]}).status_code == 302
    assert post(browser, f"/crm/{own}/people", {"person": "999", "rep": rep[1]}).status_code == 404
    assert post(browser, f"/crm/outbox/{item}/retry", {}).status_code == 302
    assert "It is sent again within seconds" in browser.get("/crm/outbox").text
    with database.read() as db:
        assert db.get_one(CrmId, (own, "rep", "12")).row_id == int(rep[1])
        assert db.scalars(select(OutboxItem.state)).one() == "waiting"
    post(browser, f"/crm/outbox/{item}/retry", {})
    assert "waiting already" in browser.get("/crm/outbox?state=failed").text


def upload(browser: object, text: bytes, name: str = "clients.csv") -> object:
    token = csrf_token(browser, "/crm/import")  # type: ignore[arg-type]
    data = {"csrf_token": token, "file": (io.BytesIO(text), name)}
    return browser.post("/crm/import", data=data, content_type="multipart/form-data")  # type: ignore[attr-defined]


def test_a_table_is_mapped_tried_and_imported(sign_in: SignIn, database: Database, settings: Settings) -> None:
    with database.session() as db:
        make_client(db, "Anna", phones=["+4930901820"], email="a@b.c")
    browser = sign_in("admin")
    place = upload(browser, TABLE.encode()).headers["Location"]  # type: ignore[attr-defined]
    page = browser.get(place).text
    assert '<option value="name" selected>' in page
    assert '<option value="phones" selected>' in page
    form = {"entity": "clients", "column_0": "name", "column_1": "phones", "column_2": "company"}
    tried = post(browser, place, {**form, "act": "preview"})
    assert tried.status_code == 200
    assert "<del>Anna</del>" in tried.text
    assert "<ins>Анна Ким</ins>" in tried.text
    assert "no telephone number" in tried.text
    with database.read() as db:
        assert db.scalars(select(Client.name)).all() == ["Anna"]
    assert len(list((settings.data / "imports").iterdir())) == 1
    assert post(browser, place, {**form, "act": "import"}).status_code == 302
    with database.read() as db:
        assert sorted(db.scalars(select(Client.name))) == ["Анна Ким", "Борис"]
        assert db.scalars(select(Client.email).where(Client.name == "Анна Ким")).one() == "a@b.c"
        assert db.scalar(select(func.count()).select_from(CrmUpload)) == 0
    assert list((settings.data / "imports").iterdir()) == []
    assert browser.get(place).status_code == 404
    again = upload(browser, TABLE.encode()).headers["Location"]  # type: ignore[attr-defined]
    assert "as you chose the last time" in browser.get(again).text


def test_a_missing_column_is_named_and_another_persons_table_is_not_there(sign_in: SignIn, database: Database) -> None:
    browser = sign_in("admin")
    place = upload(browser, TABLE.encode()).headers["Location"]  # type: ignore[attr-defined]
    answer = post(browser, place, {"entity": "deals", "column_0": "title", "act": "import"})
    assert "Say which column is one of these" in answer.text
    assert "client's number" in answer.text
    assert post(browser, place, {"entity": "planets", "act": "preview"}).status_code == 404
    assert sign_in("head_of_sales").get(place).status_code == 404
    assert browser.get("/crm/import/../../etc/passwd").status_code == 404


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04no zip", b"one\n", b"\x00\x01\x02"])
def test_a_file_that_is_no_table_is_refused_and_not_kept(sign_in: SignIn, settings: Settings, data: bytes) -> None:
    assert upload(sign_in("admin"), data).status_code == 422  # type: ignore[attr-defined]
    assert list((settings.data / "imports").iterdir()) == []


def test_no_file_at_all_is_said(sign_in: SignIn) -> None:
    browser = sign_in("admin")
    assert upload(browser, b"", name="").status_code == 302  # type: ignore[attr-defined]
    assert "Choose a CSV or Excel file" in browser.get("/crm/import").text
