"""The API for programs: delivering, listing and reading calls by token, problems that name the field and the fix."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from review.db import Database
from review.models import Call
from review.services.tokens import SCOPES, create_api_token, revoke_api_token
from review.services.users import disable_user
from tests.factories import make_call, make_rep, wav_bytes
from tests.web.conftest import Crew

URL = "/api/v1/calls"


@pytest.fixture
def token(database: Database, crew: Crew) -> dict[str, str]:
    """The header of a token that may read and write as the quality lead."""
    return header(database, crew, "quality_lead", "calls:read", "calls:write")


def header(database: Database, crew: Crew, role: str, *scopes: str) -> dict[str, str]:
    with database.session() as db:
        return {"Authorization": f"Bearer {create_api_token(db, crew.users[role], 'test', scopes).token}"}


def deliver(client: FlaskClient, token: dict[str, str], body: bytes | None = None, **fields: Any) -> Any:
    data = {"file": (io.BytesIO(wav_bytes(0.2) if body is None else body), "call.wav"), **fields}
    return client.post(URL, data=data, headers=token)


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["detail"]
    return dict(problem)


def test_a_call_is_created_and_found_at_its_location(client: FlaskClient, token: dict[str, str]) -> None:
    answer = deliver(client, token, source="pbx", external_id="77", rep="101", client_phone="4930901820", queue="1.10")
    assert answer.status_code == 201, answer.text
    location = answer.headers["Location"]
    assert location == answer.json["url"] == f"{URL}/{answer.json['id']}"
    call = client.get(location, headers=token).json
    assert (call["source"], call["external_id"], call["state"]) == ("pbx", "77", "received")
    assert call["queue"] == "1.10"  # text stays text
    assert call["transcript"] is None
    assert call["assessment"] is None


def test_the_same_call_again_is_ok_and_not_created(
    client: FlaskClient, token: dict[str, str], database: Database
) -> None:
    recording = wav_bytes(0.2)
    first = deliver(client, token, recording, source="pbx", external_id="1")
    again = deliver(client, token, recording, source="pbx", external_id="1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["id"] == first.json["id"]
    assert again.headers["Location"] == first.headers["Location"]
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Call)) == 1


def test_a_different_recording_under_the_same_id_is_said(client: FlaskClient, token: dict[str, str]) -> None:
    first = deliver(client, token, source="pbx", external_id="1")
    assert first.json["recording_differs"] is False
    again = deliver(client, token, source="pbx", external_id="1")
    assert (again.status_code, again.json["id"]) == (200, first.json["id"])
    assert again.json["recording_differs"] is True


def test_two_legs(client: FlaskClient, token: dict[str, str]) -> None:
    answer = deliver(client, token, file2=(io.BytesIO(wav_bytes(0.2)), "caller.wav"))
    assert answer.status_code == 201


def test_facts_may_come_as_one_object(client: FlaskClient, token: dict[str, str]) -> None:
    facts = json.dumps({"source": "pbx", "external_id": 12345, "direction": "inbound", "rep": None})
    answer = deliver(client, token, facts=facts)
    assert answer.status_code == 201, answer.text
    call = client.get(answer.headers["Location"], headers=token).json
    assert (call["external_id"], call["direction"]) == ("12345", "inbound")


@pytest.mark.parametrize(
    ("fields", "field", "fix"),
    [
        ({"started_at": "2026-11-20 10:30"}, "started_at", "with its zone"),
        ({"direction": "sideways"}, "direction", "inbound"),
        ({"disposition": "maybe"}, "disposition", "closed_lost"),
        ({"speed": "3"}, "speed", "send only these"),
        ({"facts": "[1]"}, "facts", "one JSON object"),
        ({"facts": "{"}, "facts", "one JSON object"),
        ({"facts": '{"rep": {"name": "x"}}'}, "rep", "a text"),
        ({"facts": '{"external_id": 1e999}'}, "external_id", "a text"),
        ({"facts": '{"external_id": 1e3}'}, "external_id", "a text"),
        ({"facts": '{"external_id": NaN}'}, "external_id", "a text"),
        ({"facts": '{"external_id": -Infinity}'}, "external_id", "a text"),
        ({"facts": "[" * 100_000}, "facts", "one JSON object"),
    ],
)
def test_bad_facts_name_the_field_and_the_fix(
    client: FlaskClient, token: dict[str, str], database: Database, fields: dict[str, str], field: str, fix: str
) -> None:
    problem = assert_problem(deliver(client, token, **fields), 422, "bad_facts")
    assert problem["field"] == field
    assert fix in problem["fix"]
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Call)) == 0


@pytest.mark.parametrize(
    "query", ["state=scord", "colour=red", "limit=0", "rep_id=anna", "direction=up", "date_from=soon"]
)
def test_a_list_that_cannot_be_understood_is_refused(client: FlaskClient, token: dict[str, str], query: str) -> None:
    problem = assert_problem(client.get(f"{URL}?{query}", headers=token), 422, "bad_parameter")
    assert problem["field"] == query.partition("=")[0]


@pytest.mark.parametrize("query", ["state=scored", "state=ready", "state=failed", "after=", "rep_id=7"])
def test_a_list_that_can_be_understood_is_given(client: FlaskClient, token: dict[str, str], query: str) -> None:
    assert client.get(f"{URL}?{query}", headers=token).json == {"calls": [], "next": None}


@pytest.mark.parametrize("header", ["multipart/form-data", "multipart/form-data; boundary=b"])
def test_a_form_that_cannot_be_read_is_told_so(
    client: FlaskClient, token: dict[str, str], database: Database, header: str
) -> None:
    name = "звонок.wav".encode("cp1251")  # as an old telephone system sends it
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n\r\n' + wav_bytes(0.2)
    answer = client.post(URL, data=part + b"\r\n--b--\r\n", content_type=header, headers=token)
    assert "UTF-8" in assert_problem(answer, 400, "unreadable_form")["detail"]
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Call)) == 0


def test_a_doubled_field_is_refused(client: FlaskClient, token: dict[str, str]) -> None:
    answer = deliver(client, token, external_id=["1", "2"])
    assert assert_problem(answer, 422, "doubled_field")["field"] == "external_id"


def test_a_recording_sent_as_text_is_refused(client: FlaskClient, token: dict[str, str]) -> None:
    answer = client.post(URL, data={"file": "not a file part"}, headers=token)
    assert_problem(answer, 422, "not_a_file")


def test_what_is_no_recording_is_refused(client: FlaskClient, token: dict[str, str]) -> None:
    assert_problem(deliver(client, token, b""), 422, "empty_file")
    assert_problem(deliver(client, token, b"just words, no sound\n" * 50), 415, "not_audio")
    assert_problem(deliver(client, token, bytes(400_000)), 415, "not_audio")
    assert_problem(deliver(client, token, wav_bytes(20)), 413, "request_entity_too_large")
    assert_problem(client.post(URL, headers=token, data={"rep": "101"}), 422, "unprocessable_entity")


def test_a_chunked_body_needs_a_length(client: FlaskClient, token: dict[str, str]) -> None:
    answer = client.post(
        URL,
        headers={**token, "Transfer-Encoding": "chunked"},
        input_stream=io.BytesIO(b"--x"),
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert_problem(answer, 411, "length_required")


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer wrong", "Basic cmVwOnB3", "Bearer cc_wrong", "x"]
)
def test_without_a_token_nothing_is_told(client: FlaskClient, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = client.get(URL, headers=headers)
    assert_problem(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_token(sign_in: Any) -> None:
    assert_problem(sign_in("quality_lead").get(URL), 401, "unauthorized")


def test_a_scope_that_is_missing_is_named(client: FlaskClient, database: Database, crew: Crew) -> None:
    reading = header(database, crew, "quality_lead", "calls:read")
    assert_problem(deliver(client, reading), 403, "forbidden")
    writing = header(database, crew, "quality_lead", "calls:write")
    answer = client.get(URL, headers=writing)
    assert assert_problem(answer, 403, "forbidden")["scope"] == "calls:read"
    assert "insufficient_scope" in answer.headers["WWW-Authenticate"]


def test_a_revoked_token_and_a_disabled_owner_are_shut_out(client: FlaskClient, database: Database, crew: Crew) -> None:
    with database.session() as db:
        made = create_api_token(db, crew.users["reviewer"], "old", ["calls:read"])
    old = {"Authorization": f"Bearer {made.token}"}
    assert client.get(URL, headers=old).status_code == 200
    with database.session() as db:
        revoke_api_token(db, made.id)
    assert client.get(URL, headers=old).status_code == 401
    other = header(database, crew, "reviewer", "calls:read")
    with database.session() as db:
        disable_user(db, crew.users["reviewer"])
    assert client.get(URL, headers=other).status_code == 401


def test_the_list_pages_through_every_call_once(client: FlaskClient, token: dict[str, str], database: Database) -> None:
    with database.session() as db:
        made = [make_call(db).id for _number in range(7)]
    seen: list[int] = []
    after = None
    while True:
        page = client.get(URL, headers=token, query_string={"limit": 3, **({"after": after} if after else {})}).json
        assert len(page["calls"]) <= 3
        seen += [call["id"] for call in page["calls"]]
        after = page["next"]
        if after is None:
            break
    assert seen == sorted(made, reverse=True)


def test_the_list_can_be_narrowed(client: FlaskClient, token: dict[str, str], database: Database) -> None:
    with database.session() as db:
        wanted = make_call(db, source="pbx", direction="inbound", rep_id=make_rep(db).id).id
        make_call(db, source="pbx", direction="outbound")
    page = client.get(URL, headers=token, query_string={"source": "pbx", "direction": "inbound"}).json
    assert [call["id"] for call in page["calls"]] == [wanted]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"date_from": "soon"}, "date_from"),
        ({"direction": "up"}, "direction"),
    ],
)
def test_a_query_that_makes_no_sense_is_named(
    client: FlaskClient, token: dict[str, str], query: dict[str, str], field: str
) -> None:
    problem = assert_problem(client.get(URL, headers=token, query_string=query), 422, "bad_parameter")
    assert problem["field"] == field


@pytest.mark.parametrize("mark", ["no such mark", "7", "MTcwMDAwMDAwMDAwMDAwMC43!!", "MDAxLjc", "ж"])
def test_a_made_up_page_mark_is_named(client: FlaskClient, token: dict[str, str], mark: str) -> None:
    """Starting again at the first page would send a program that copies all calls round in circles."""
    problem = assert_problem(client.get(URL, headers=token, query_string={"after": mark}), 422, "bad_parameter")
    assert problem["field"] == "after"
    assert "next" in problem["fix"]


def test_a_scored_call_is_read_whole(client: FlaskClient, token: dict[str, str], scored_call: int) -> None:
    call = client.get(f"{URL}/{scored_call}", headers=token).json
    assert [turn["role"] for turn in call["transcript"]["turns"]] == ["rep", "client"]
    assert call["assessment"]["score"]["final"] == call["score_final"] == 61.0
    assert call["started_at"].endswith(("Z", "+00:00"))


@pytest.mark.parametrize("call_id", [0, 999_999, 2**63 - 1, 2**63, 10**30])
def test_a_call_that_is_not_there(client: FlaskClient, token: dict[str, str], call_id: int) -> None:
    assert client.get(f"{URL}/{call_id}", headers=token).status_code in (404, 422)


def test_the_reference_describes_every_route(client: FlaskClient, app: Flask) -> None:
    document = client.get("/openapi/openapi.json").json
    assert document["openapi"].startswith("3.1")
    known = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    assert {(path, method) for path, item in document["paths"].items() for method in item} == known
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    form = document["components"]["schemas"]["CallForm"]["properties"]
    assert form["file"]["format"] == "binary"
    post = document["paths"]["/api/v1/calls"]["post"]
    assert post["security"] == [{"token": ["calls:write"]}]
    assert {"200", "201", "401", "411", "413", "422"} <= set(post["responses"])


def test_the_reference_is_whole_and_honest(client: FlaskClient) -> None:
    document = client.get("/openapi/openapi.json").json
    used = set()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            where = f"{method} {path}"
            assert operation["summary"].endswith("."), where
            assert operation["tags"], where
            assert [list(one) for one in operation["security"]] == [["token"]], where
            scopes = operation["security"][0]["token"]
            assert set(scopes) < set(SCOPES), where
            assert f"Scope `{scopes[0]}`" in operation["description"], where
            assert {"401", "403", "429"} <= set(operation["responses"]), where
            assert any(status < "300" for status in operation["responses"]), where
            for status, told in operation["responses"].items():
                if status >= "400":
                    assert list(told["content"]) == ["application/problem+json"], where
            used |= set(operation["tags"])
    assert {tag["name"] for tag in document["tags"]} >= used


def test_an_unknown_path_of_the_api_is_a_problem(client: FlaskClient) -> None:
    assert_problem(client.get("/api/v1/nothing"), 404, "not_found")
    assert_problem(client.delete(URL), 405, "method_not_allowed")
