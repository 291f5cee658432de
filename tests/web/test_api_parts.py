"""What programs read and write beside calls: the same rows, rules and refusals as on the pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from review.db import Database
from review.models import Client, Comment, Webhook, WebhookMessage
from review.services.tokens import SCOPES, create_api_token
from review.webhooks.events import tell
from tests.web.conftest import Crew
from tests.web.test_api import assert_problem
from tests.web.test_win_back import leads

__all__ = ["leads"]  # the fixture
BASE = "/api/v1"
ADDRESS = "https://93.184.215.14/hooks"
Header = dict[str, str]


def header(database: Database, crew: Crew, role: str) -> Header:
    with database.session() as db:
        return {"Authorization": f"Bearer {create_api_token(db, crew.users[role], 'test', SCOPES).token}"}


@pytest.fixture
def lead(database: Database, crew: Crew) -> Header:
    return header(database, crew, "quality_lead")


@pytest.fixture
def rep(database: Database, crew: Crew) -> Header:
    return header(database, crew, "rep")


@pytest.fixture
def head(database: Database, crew: Crew) -> Header:
    return header(database, crew, "head_of_sales")


def test_a_comment_sent_twice_under_one_key_is_stored_once(
    client: FlaskClient, lead: Header, database: Database, scored_call: int
) -> None:
    url = f"{BASE}/calls/{scored_call}/comments"
    keyed = {**lead, "Idempotency-Key": "7f1c"}
    first = client.post(url, json={"body": "Well asked", "at": 0.5}, headers=keyed)
    again = client.post(url, json={"body": "Well asked", "at": 0.5}, headers=keyed)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert again.headers["Idempotent-Replayed"] == "true"
    assert_problem(client.post(url, json={"body": "Other"}, headers=keyed), 409, "key_used_otherwise")
    assert_problem(client.post(url, json={"body": "x"}, headers={**lead, "Idempotency-Key": ""}), 422, "bad_header")
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Comment)) == 1


def test_comments_are_read_changed_and_taken_back(
    client: FlaskClient, lead: Header, rep: Header, scored_call: int
) -> None:
    url = f"{BASE}/calls/{scored_call}/comments"
    made = client.post(url, json={"body": "For the team", "reviewers_only": True}, headers=lead).json["id"]
    assert client.get(url, headers=rep).json == {"comments": []}
    assert [one["body"] for one in client.get(url, headers=lead).json["comments"]] == ["For the team"]
    assert_problem(client.put(f"{url}/{made}", json={"body": "x"}, headers=rep), 410, "gone")
    assert client.put(f"{url}/{made}", json={"body": "For all"}, headers=lead).status_code == 200
    assert client.delete(f"{url}/{made}", headers=lead).status_code == 200
    assert_problem(client.post(url, json={"body": "late", "at": 9e6}, headers=lead), 422, "outside")
    assert_problem(client.post(url, json={"body": "a\x00b"}, headers=lead), 422, "bad_parameter")
    assert_problem(client.get(f"{BASE}/calls/999/comments", headers=lead), 404, "not_found")


def test_clients_are_listed_read_and_their_fields_written_on_top_of_what_was_read(
    client: FlaskClient, lead: Header, database: Database, scored_call: int, scored_client: int
) -> None:
    page = client.get(f"{BASE}/clients?limit=1", headers=lead).json
    assert [one["id"] for one in page["clients"]] == [scored_client]
    card = client.get(f"{BASE}/clients/{scored_client}", headers=lead).json
    assert (card["company"], card["calls"], card["deals"][0]["title"]) == ("Nordlys", 1, "Forty seats")
    url = f"{BASE}/clients/{scored_client}/fields"
    fields = client.get(url, headers=lead).json
    changed = {**fields, "potential": "high", "note": "Decides in March", "custom": {"seats": "40"}}
    stored = client.put(url, json=changed, headers=lead)
    assert stored.status_code == 200, stored.text
    assert (stored.json["revision"], stored.json["custom"]) == (fields["revision"] + 1, {"seats": "40"})
    late = client.put(url, json={**fields, "note": "Other"}, headers=lead)
    assert_problem(late, 409, "client_changed")
    with database.read() as db:
        assert db.get_one(Client, scored_client).note == "Decides in March"
    assert_problem(client.put(url, json={**changed, "potential": "huge"}, headers=lead), 422, "bad_parameter")


def test_others_clients_calls_and_what_was_found_in_them_do_not_exist(
    client: FlaskClient, database: Database, crew: Crew, rep: Header, scored_call: int, scored_client: int
) -> None:
    with database.session() as db:
        other = Client(name="Of others")
        db.add(other)
        db.flush()
        other_id = other.id
    assert client.get(f"{BASE}/clients/{scored_client}", headers=rep).status_code == 200
    assert_problem(client.get(f"{BASE}/clients/{other_id}", headers=rep), 404, "not_found")
    assert_problem(client.get(f"{BASE}/objections/1", headers=header(database, crew, "manager")), 404, "not_found")
    assert_problem(client.get(f"{BASE}/leads", headers=rep), 403, "forbidden")
    assert_problem(client.get(f"{BASE}/clients", headers=header(database, crew, "external_reviewer")), 403, "forbidden")


def test_lists_of_what_was_found(client: FlaskClient, lead: Header, scored_call: int) -> None:
    for path in ("objections", "promises", "flags?flag=low_score", "flags?flag=draft", "evaluations", "leads"):
        answer = client.get(f"{BASE}/{path}", headers=lead)
        assert answer.status_code == 200, (path, answer.text)
        assert answer.json["next"] is None
    assessment = client.get(f"{BASE}/calls/{scored_call}/assessment", headers=lead).json
    assert assessment["assessment"]["score"]["final"] == 61.0
    assert client.get(f"{BASE}/calls/{scored_call}/verdicts", headers=lead).json == {"verdicts": []}
    for path in ("flags", "flags?flag=nice", "objections?type=other&what=ever", "promises?rep_id=0"):
        assert client.get(f"{BASE}/{path}", headers=lead).status_code == 422, path


def test_an_evaluation_goes_from_submission_to_acknowledgement(
    client: FlaskClient, lead: Header, rep: Header, scored_call: int
) -> None:
    answers = {"greeting": {"answer": "0", "reason": "No name was said."}}
    made = client.post(f"{BASE}/calls/{scored_call}/evaluations", json={"answers": answers}, headers=lead)
    assert made.status_code == 201, made.text
    found = made.json["id"]
    listed = client.get(f"{BASE}/evaluations?state=shown&limit=1", headers=rep).json
    assert [one["id"] for one in listed["evaluations"]] == [found]
    assert client.get(f"{BASE}/evaluations/{found}", headers=rep).json["answers"]["greeting"]["answer"] == "0"
    assert_problem(client.post(f"{BASE}/evaluations/{found}/acknowledge", headers=lead), 409, "not_now")
    done = client.post(f"{BASE}/evaluations/{found}/acknowledge", headers=rep)
    assert done.json["state"] == "acknowledged"
    assert_problem(client.post(f"{BASE}/evaluations/{found + 1}/acknowledge", headers=rep), 404, "not_found")
    verdicts = client.get(f"{BASE}/calls/{scored_call}/verdicts", headers=lead).json["verdicts"]
    assert {one["target"] for one in verdicts} >= {"greeting"}


def test_a_lead_is_judged_and_reopened_once(
    client: FlaskClient, head: Header, crew: Crew, leads: dict[str, int]
) -> None:
    lead_id = leads["other"]
    listed = client.get(f"{BASE}/leads", headers=head).json["leads"]
    assert {one["id"] for one in listed} == set(leads.values())
    one = client.get(f"{BASE}/leads/{lead_id}", headers=head).json
    assert one["reasons"]
    assert one["currency"] == "EUR"
    judged = client.post(f"{BASE}/leads/{lead_id}/verdict", json={"answer": "wrong"}, headers=head)
    assert judged.json["state"] == "confirmed", judged.text
    due = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    body = {"owner_id": crew.reps["own"], "brief": "Call with the new offer", "due_at": due}
    keyed = {**head, "Idempotency-Key": "reopen-1"}
    first = client.post(f"{BASE}/leads/{lead_id}/reopen", json=body, headers=keyed)
    assert first.status_code == 201, first.text
    assert client.post(f"{BASE}/leads/{lead_id}/reopen", json=body, headers=keyed).json == first.json
    assert_problem(client.post(f"{BASE}/leads/{lead_id}/reopen", json=body, headers=head), 409, "lead_moved")


def test_the_installation_is_read(client: FlaskClient, lead: Header, rep: Header, scored_call: int) -> None:
    cards = client.get(f"{BASE}/scorecards", headers=lead).json["scorecards"]
    one = client.get(f"{BASE}/scorecards/{cards[0]['name']}", headers=lead).json
    assert sum(len(section["criteria"]) for section in one["sections"]) == cards[0]["criteria"]
    assert_problem(client.get(f"{BASE}/scorecards/nothing", headers=lead), 404, "not_found")
    assert_problem(client.get(f"{BASE}/scorecards/{one['name']}?version=999", headers=lead), 404, "not_found")
    assert client.get(f"{BASE}/sampling-rules", headers=lead).json == {"rules": []}
    assert client.get(f"{BASE}/status", headers=lead).json["calls"]["scored"] == 1
    assert client.get(f"{BASE}/sources", headers=lead).json["sources"]
    for path in ("scorecards", "sampling-rules", "sources", "status"):
        assert_problem(client.get(f"{BASE}/{path}", headers=rep), 403, "forbidden")


def test_a_webhook_by_program_gives_its_secret_once(client: FlaskClient, head: Header, database: Database) -> None:
    body = {"name": "BI", "url": ADDRESS, "events": ["call.scored"]}
    keyed = {**head, "Idempotency-Key": "hook-1"}
    made = client.post(f"{BASE}/webhooks", json=body, headers=keyed)
    assert made.status_code == 201, made.text
    assert made.json["secret"].startswith("whsec_")
    again = client.post(f"{BASE}/webhooks", json=body, headers=keyed)
    assert again.json == {"id": made.json["id"], "secret": ""}
    url = f"{BASE}/webhooks/{made.json['id']}"
    assert client.patch(url, json={"on": False}, headers=head).json["state"] == "off"
    assert client.patch(url, json={"on": True, "events": ["flag.raised"]}, headers=head).json["events"] == [
        "flag.raised"
    ]
    assert_problem(client.patch(url, json={"url": "http://localhost/"}, headers=head), 422, "bad_webhook")
    assert client.post(f"{url}/secret", headers=head).json["secret"] != made.json["secret"]
    assert client.post(f"{url}/test", headers=head).status_code == 201
    with database.session() as db:
        for number in range(3):
            tell(db, "flag.raised", number + 1, {"flag": "low_score"})
    seen, after = [], ""
    for _page in range(4):
        page = client.get(f"{url}/deliveries?limit=1{after}", headers=head).json
        seen += [one["subject_id"] for one in page["deliveries"]]
        after = f"&after={page['next']}"
    assert seen == [3, 2, 1, made.json["id"]]
    assert page["next"] is None
    assert_problem(client.get(f"{url}/deliveries?after=xyz", headers=head), 422, "bad_parameter")
    first = page["deliveries"][0]["id"]
    assert client.post(f"{url}/deliveries/{first}/again", headers=head).json == {"id": first}
    assert client.delete(url, headers=head).status_code == 200
    assert_problem(client.get(url, headers=head), 404, "not_found")
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Webhook)) == 0
        assert db.scalar(select(func.count()).select_from(WebhookMessage)) == 0


def test_the_audit_log_is_read_by_administrators(client: FlaskClient, database: Database, crew: Crew) -> None:
    admin = header(database, crew, "admin")
    page = client.get(f"{BASE}/audit-events?limit=1", headers=admin).json
    assert page["events"][0]["action"] == "token.created"
    following = client.get(f"{BASE}/audit-events?limit=1&after={page['next']}", headers=admin).json
    assert following["events"][0]["id"] < page["events"][0]["id"]
    assert_problem(client.get(f"{BASE}/audit-events", headers=header(database, crew, "manager")), 403, "forbidden")


def test_scopes_stand_beside_roles(client: FlaskClient, database: Database, crew: Crew, lead: Header) -> None:
    assert_problem(client.get(f"{BASE}/webhooks", headers=lead), 403, "forbidden")
    with database.session() as db:
        narrow = create_api_token(db, crew.users["head_of_sales"], "narrow", ["calls:read"]).token
    answer: Any = client.get(f"{BASE}/evaluations", headers={"Authorization": f"Bearer {narrow}"})
    assert assert_problem(answer, 403, "forbidden")["scope"] == "reviews:read"
