"""The doors of telephone systems: public, signed, kept first, answered as each expects."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from review.db import Database
from review.models import Call, CallLeg, WebhookDelivery
from review.settings import Settings
from review.telephony import deliveries
from review.telephony.doors import OpenDoor, Vault, make_door, open_door
from tests.db.telephone_shapes import SHAPES, Shape, Spoken
from tests.factories import wav_bytes
from web.blueprints import hooks


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return Vault(settings.secret_key(), "http://localhost")


def door(database: Database, vault: Vault, provider: str = "generic", **given: str) -> OpenDoor:
    with database.session() as db:
        return make_door(db, vault, "pbx", provider, given)


def address(opened: OpenDoor, rest: str = "") -> str:
    return opened.addresses(rest)[0].removeprefix("http://localhost")


def signed(opened: OpenDoor, body: bytes, *, at: int | None = None) -> dict[str, str]:
    at = int(datetime.now(UTC).timestamp()) if at is None else at
    mac = hmac.new(opened.door.secrets["secret"].encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Callcoach-Signature": f"t={at},v1={mac}"}


def rows(database: Database) -> list[WebhookDelivery]:
    with database.read() as db:
        return list(db.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))


def calls(database: Database) -> list[Call]:
    with database.read() as db:
        return list(db.scalars(select(Call)))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape.provider))
def test_each_system_delivers_by_its_address(
    client: FlaskClient, database: Database, vault: Vault, shape: Shape
) -> None:
    opened = door(database, vault, shape.provider, **shape.given)
    sent = shape.ended(Spoken(1), opened, datetime.now(UTC))
    for _ in range(2):
        answer = client.post(address(opened, sent.rest), data=sent.body, headers=dict(sent.headers))
        assert answer.status_code == 200, answer.text
    (call,) = calls(database)
    assert (call.source, call.result) == ("pbx", "answered")
    assert [row.state for row in rows(database)] == ["accepted", "accepted"]
    wrong = client.post(address(opened, sent.rest), data=b"{}", headers={"Content-Type": "application/json"})
    assert wrong.status_code == 401
    assert rows(database)[-1].state == "refused"
    assert len(calls(database)) == 1


def test_an_address_nobody_was_given_is_not_found(client: FlaskClient, database: Database, vault: Vault) -> None:
    opened = door(database, vault)
    assert client.post(f"/hooks/twilio/{opened.token}", data=b"{}").status_code == 404
    assert client.post("/hooks/generic/abc", data=b"{}").status_code == 404
    assert client.get(address(opened)).text == "ready\n"
    assert rows(database) == []


@pytest.mark.parametrize(("off", "status"), [(-300, 200), (300, 200), (-301, 401), (301, 401)])
def test_a_signed_time_holds_for_five_minutes(
    client: FlaskClient, database: Database, vault: Vault, off: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = door(database, vault)
    body = json.dumps({"id": "1"}).encode()
    now = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)
    monkeypatch.setattr(hooks, "now", lambda: now)
    headers = signed(opened, body, at=int(now.timestamp()) + off)
    assert client.post(address(opened), data=body, headers=headers).status_code == status


def multipart(parts: list[tuple[str, str | None, bytes]]) -> tuple[bytes, str]:
    body = b""
    for name, file, data in parts:
        named = f'; filename="{file}"' if file else ""
        body += f'--X\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + data + b"\r\n"
    return body + b"--X--\r\n", "multipart/form-data; boundary=X"


def test_a_recording_comes_along(client: FlaskClient, database: Database, vault: Vault, settings: Settings) -> None:
    opened = door(database, vault)
    call = json.dumps({"id": "77", "direction": "inbound", "client_phone": "+49301234567"}).encode()
    sound = wav_bytes(0.3, seed=1)
    body, kind = multipart([("call", None, call), ("file", "a.wav", sound)])
    answer = client.post(address(opened), data=body, headers={**signed(opened, body), "Content-Type": kind})
    assert answer.get_json()["state"] == "accepted"
    (made,) = calls(database)
    assert (made.state, made.client_phone) == ("received", "+49301234567")
    (row,) = rows(database)
    assert sound not in row.body
    assert (row.size, row.files["file"]["size"]) == (len(body), len(sound))
    with database.session() as db:
        again = deliveries.replay(db, opened, row.id, region="DE")
    assert again.call_ids == (made.id,)
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(CallLeg)) == 1
    assert not list(settings.work.glob("*"))


def test_a_changed_recording_is_refused_and_not_stored(
    client: FlaskClient, database: Database, vault: Vault, settings: Settings
) -> None:
    opened = door(database, vault)
    body, kind = multipart([("call", None, b'{"id": "77"}'), ("file", "a.wav", wav_bytes(0.3, seed=1))])
    headers = {**signed(opened, body), "Content-Type": kind}
    changed = body.replace(b"\x01", b"\x02", 1)
    assert changed != body
    assert client.post(address(opened), data=changed, headers=headers).status_code == 401
    assert calls(database) == []
    assert not [path for path in settings.audio.rglob("*") if path.is_file() and path.name != "reserve"]


def test_a_file_that_is_no_sound_fails_visibly(client: FlaskClient, database: Database, vault: Vault) -> None:
    opened = door(database, vault)
    body, kind = multipart([("call", None, b'{"id": "77"}'), ("file", "a.wav", b"MZ not a sound")])
    answer = client.post(address(opened), data=body, headers={**signed(opened, body), "Content-Type": kind})
    assert answer.status_code == 422
    assert rows(database)[0].state == "failed"
    assert "not a recording" in rows(database)[0].why


def test_a_huge_body_is_counted_and_not_read(client: FlaskClient, database: Database, vault: Vault) -> None:
    opened = door(database, vault)
    body = b'{"id": "' + b"x" * (1024 * 1024) + b'"}'
    answer = client.post(address(opened), data=io.BytesIO(body), content_length=len(body), headers=signed(opened, body))
    assert answer.status_code == 413
    (row,) = rows(database)
    assert (row.state, row.size, row.body) == ("refused", len(body), b"")


def test_zadarma_tries_the_address_out(client: FlaskClient, database: Database, vault: Vault) -> None:
    opened = door(database, vault, "zadarma", key="k", secret="s")
    assert client.get(f"{address(opened)}?zd_echo=a%3Cb").text == "a<b"
    assert rows(database) == []


def test_twilio_signs_with_and_without_the_port_and_json_by_its_hash(
    client: FlaskClient, database: Database, vault: Vault
) -> None:
    opened = door(database, vault, "twilio", account_sid="AC1", auth_token="tok")

    def sign(signed_address: str, fields: dict[str, str]) -> str:
        text = signed_address + "".join(name + fields[name] for name in sorted(fields))
        return base64.b64encode(hmac.new(b"tok", text.encode(), hashlib.sha1).digest()).decode()

    fields = {"CallSid": "CA1", "CallStatus": "no-answer", "From": "+49301234567", "To": "client:rita"}
    for base in ("http://localhost", "http://localhost:80"):
        mac = sign(base + address(opened), fields)
        answer = client.post(address(opened), data=fields, headers={"X-Twilio-Signature": mac})
        assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    body = json.dumps({**fields, "CallSid": "CA2"}).encode()
    query = urlencode({"bodySHA256": hashlib.sha256(body).hexdigest()})
    mac = sign(f"http://localhost{address(opened)}?{query}", {})
    headers = {"X-Twilio-Signature": mac, "Content-Type": "application/json"}
    assert client.post(f"{address(opened)}?{query}", data=body, headers=headers).status_code == 200
    assert client.post(f"{address(opened)}?{query}", data=body + b" ", headers=headers).status_code == 401
    assert {call.external_id for call in calls(database)} == {"CA1", "CA2"}


def test_freeswitch_is_asked_for_its_password(client: FlaskClient, database: Database, vault: Vault) -> None:
    opened = door(database, vault, "freeswitch")
    answer = client.post(address(opened), data=b"{}")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="callcoach"')


def test_what_cannot_be_taken_now_is_kept(
    app: Flask, client: FlaskClient, database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workers.fetching import take_waiting

    opened = door(database, vault)
    body = json.dumps({"id": "1", "client_phone": "+49301234567"}).encode()
    with monkeypatch.context() as broken:
        broken.setattr(hooks, "take_delivery", lambda *_args, **_more: 1 / 0)
        assert client.post(address(opened), data=body, headers=signed(opened, body)).status_code == 202
    assert [row.state for row in rows(database)] == ["waiting"]
    parts = app.extensions["callcoach"]
    assert take_waiting(database, parts.redis, parts.settings) == 0  # its own request may still be at it
    with database.session() as db:
        db.execute(WebhookDelivery.__table__.update().values(next_at=0.0))  # type: ignore[attr-defined]
    assert take_waiting(database, parts.redis, parts.settings) == 1
    assert [row.state for row in rows(database)] == ["accepted"]
    assert len(calls(database)) == 1


def test_a_new_address_ends_the_old_one(client: FlaskClient, database: Database, vault: Vault) -> None:
    from review.telephony.doors import renew_secret

    opened = door(database, vault)
    with database.session() as db:
        renew_secret(db, vault, "pbx", "token")
        renewed = open_door(db, vault, "pbx")
    assert renewed is not None
    assert client.get(address(opened)).status_code == 404
    assert client.get(address(renewed)).status_code == 200


def test_a_flood_writes_one_after_the_other(
    app: Flask, database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite threads that all ask for the one writer's place at once starve each other into 500s."""
    opened = door(database, vault)
    inside, most, keep = 0, 0, hooks.keep_delivery

    def counted(*args: Any, **more: Any) -> int:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        barrier_passed.wait(0.02)
        kept = keep(*args, **more)
        inside -= 1
        return kept

    barrier_passed = threading.Event()
    monkeypatch.setattr(hooks, "keep_delivery", counted)

    def post(number: int) -> int:
        body = json.dumps({"id": f"c{number % 8}", "result": "not_answered"}).encode()
        return app.test_client().post(address(opened), data=body, headers=signed(opened, body)).status_code

    with ThreadPoolExecutor(12) as pool:
        assert set(pool.map(post, range(24))) == {200}
    assert most == 1
    assert len(calls(database)) == 8
    assert [row.state for row in rows(database)] == ["accepted"] * 24
