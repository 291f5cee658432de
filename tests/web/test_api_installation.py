"""The installation by program: the audit log and its check, tokens, first steps, mail, and who one is."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from review.db import Database
from review.models import AuditEvent
from review.services.tokens import create_api_token
from tests.web.conftest import Crew
from tests.web.test_api import assert_problem
from tests.web.test_api_parts import header

BASE = "/api/v1"
Header = dict[str, str]


@pytest.fixture
def admin(database: Database, crew: Crew) -> Header:
    return header(database, crew, "admin")


@pytest.fixture
def rep(database: Database, crew: Crew) -> Header:
    return header(database, crew, "rep")


def test_the_log_is_filtered_as_on_its_page(client: FlaskClient, admin: Header, crew: Crew) -> None:
    path = f"{BASE}/users/{crew.users['reviewer']}"
    assert client.patch(path, json={"name": "Vera"}, headers=admin).status_code == 200
    mine = client.get(f"{BASE}/audit-events?user_id={crew.users['admin']}", headers=admin).json["events"]
    assert {one["user_name"] for one in mine} == {"Person admin"}
    named = client.get(f"{BASE}/audit-events?action=user.renamed&limit=1", headers=admin).json["events"]
    assert [(one["subject_kind"], one["subject_id"]) for one in named] == [("user", str(crew.users["reviewer"]))]
    assert named[0]["seal"]
    wanted = f"subject_kind=user&subject_id={crew.users['reviewer']}&area=user"
    assert named[0] in client.get(f"{BASE}/audit-events?{wanted}", headers=admin).json["events"]
    later = {"since": named[0]["at"], "until": named[0]["at"]}
    assert client.get(f"{BASE}/audit-events", query_string=later, headers=admin).json["events"] == []
    assert_problem(client.get(f"{BASE}/audit-events?since=yesterday", headers=admin), 422, "bad_parameter")
    assert_problem(client.get(f"{BASE}/audit-events?who=1", headers=admin), 422, "bad_parameter")


def test_a_check_of_the_log_is_started_and_finds_what_was_changed(
    client: FlaskClient, admin: Header, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get(f"{BASE}/audit-check", headers=admin).json["at"] is None
    first = client.post(f"{BASE}/audit-check", headers=admin)
    assert (first.status_code, first.json["whole"], first.json["faults"]) == (201, True, [])
    with database.session() as db:
        db.execute(update(AuditEvent).where(AuditEvent.number == 2).values(details={"of": "somebody else"}))
    second = client.post(f"{BASE}/audit-check", headers=admin).json
    assert (second["whole"], [fault["number"] for fault in second["faults"]]) == (False, [2])
    assert client.get(f"{BASE}/audit-check", headers=admin).json == second
    monkeypatch.setattr("web.api.audit.MOST_AT_ONCE", 1)
    assert_problem(client.post(f"{BASE}/audit-check", headers=admin), 409, "too_long")


def test_a_token_makes_its_successor_and_none_that_may_more(
    client: FlaskClient, database: Database, crew: Crew, admin: Header
) -> None:
    with database.session() as db:
        made = create_api_token(db, crew.users["head_of_sales"], "old", ["settings:write", "calls:read"])
    old = {"Authorization": f"Bearer {made.token}"}
    more = {"name": "new", "scopes": ["calls:read", "people:write"]}
    assert_problem(client.post(f"{BASE}/tokens", json=more, headers=old), 403, "forbidden")
    body = {"name": "new", "scopes": ["calls:read", "settings:write"]}
    fresh = client.post(f"{BASE}/tokens", json=body, headers=old)
    assert fresh.status_code == 201, fresh.text
    new = {"Authorization": f"Bearer {fresh.json['token']}"}
    assert client.delete(f"{BASE}/tokens/{made.id}", headers=new).json["revoked_at"] is not None
    assert client.get(f"{BASE}/tokens", headers=old).status_code == 401
    listed = client.get(f"{BASE}/tokens", headers=new).json["tokens"]
    assert {one["name"] for one in listed} == {"new", "old"}  # one's own; administrators see everybody's
    assert fresh.json["token"] not in str(listed)
    everybody = client.get(f"{BASE}/tokens", headers=admin).json["tokens"]
    assert {one["user_id"] for one in everybody} == {crew.users["head_of_sales"], crew.users["admin"]}
    others = next(one["id"] for one in everybody if one["user_id"] == crew.users["admin"])
    assert_problem(client.delete(f"{BASE}/tokens/{others}", headers=new), 404, "not_found")
    long = {"name": "x" * 121, "scopes": ["calls:read"]}
    assert_problem(client.post(f"{BASE}/tokens", json=long, headers=new), 422, "bad_token")


def test_a_program_asks_who_it_is(client: FlaskClient, rep: Header, admin: Header, crew: Crew) -> None:
    me = client.get(f"{BASE}/me", headers=rep).json
    assert (me["id"], me["rep_id"], me["roles"]) == (crew.users["rep"], crew.reps["own"], ["rep"])
    assert "calls:read" in me["scopes"]
    changed = client.patch(f"{BASE}/me", json={"name": "Rita", "language": "ko"}, headers=rep).json
    assert (changed["name"], changed["language"]) == ("Rita", "ko")
    assert client.patch(f"{BASE}/me", json={"name": "x" * 130}, headers=rep).status_code == 422
    assert client.delete(f"{BASE}/me/mail-refusal", headers=rep).json["mail_refused"] is False
    told = client.get(f"{BASE}/me/recorded", headers=rep).json
    assert (told["calls"], told["managers"]) == (0, ["Person manager"])
    assert_problem(client.get(f"{BASE}/me/recorded", headers=admin), 403, "forbidden")


def test_first_steps_and_mail(client: FlaskClient, admin: Header, scored_call: int) -> None:
    steps = client.get(f"{BASE}/first-steps", headers=admin).json
    assert (steps["scored"], steps["invited"], steps["dismissed"]) == (True, True, False)
    assert steps["first_call"]["id"] == scored_call
    assert client.post(f"{BASE}/first-steps/samples", headers=admin).status_code == 200
    assert client.post(f"{BASE}/first-steps/dismiss", headers=admin).json["dismissed"] is True
    before = client.get(f"{BASE}/mail", headers=admin).json["waiting"]
    sent = client.post(f"{BASE}/mail/test", json={"address": "ops@example.com"}, headers=admin)
    assert sent.json["waiting"] == before + 1, sent.text
    assert_problem(client.post(f"{BASE}/mail/test", json={"address": "nobody"}, headers=admin), 422, "bad_address")
    assert client.post(f"{BASE}/mail/again", json={}, headers=admin).status_code == 200


def test_one_time_codes_of_another_are_turned_off(client: FlaskClient, admin: Header, crew: Crew) -> None:
    url = f"{BASE}/users/{crew.users['reviewer']}/codes"
    assert client.delete(url, headers=admin).json == {"was_on": False}
    assert_problem(client.delete(f"{BASE}/users/999/codes", headers=admin), 404, "not_found")


def test_a_sampling_rule_is_tried_made_drawn_by_changed_and_removed(
    client: FlaskClient, database: Database, crew: Crew, scored_call: int
) -> None:
    lead = header(database, crew, "quality_lead")
    rules = f"{BASE}/sampling-rules"
    terms = {"name": "Three of each", "per_rep": 3, "random_share": 1, "reviewers": [crew.users["reviewer"]]}
    seen = client.post(f"{rules}/preview", json=terms, headers=lead)
    assert seen.status_code == 200, seen.text
    bad = {**terms, "percent": 5}
    assert client.post(rules, json=bad, headers=lead).json["field"] == "amount"
    gone = {**terms, "conditions": {"reps": [999]}}
    assert client.post(rules, json=gone, headers=lead).json["field"] == "reps"
    keyed = {**lead, "Idempotency-Key": "rule-1"}
    made = client.post(rules, json=terms, headers=keyed)
    assert made.status_code == 201, made.text
    assert client.post(rules, json=terms, headers=keyed).json == made.json
    url = f"{rules}/{made.json['id']}"
    assert [rule["id"] for rule in client.get(rules, headers=lead).json["rules"]] == [made.json["id"]]
    changed = client.put(url, json={**terms, "per_rep": 2, "revision": made.json["revision"]}, headers=lead).json
    assert changed["terms"]["per_rep"] == 2
    late = client.put(url, json={**terms, "revision": made.json["revision"]}, headers=lead)
    assert_problem(late, 409, "rule_changed")
    drawn = client.post(f"{url}/draws", json={"key": seen.json["key"]}, headers=lead)
    assert drawn.status_code == 201, drawn.text
    again = client.post(f"{url}/draws", json={"key": seen.json["key"]}, headers=lead).json
    if drawn.json["draw_id"] is not None:
        assert (again["now"], again["draw_id"]) == (False, drawn.json["draw_id"])
        one = client.get(f"{BASE}/sampling-draws/{drawn.json['draw_id']}", headers=lead).json
        assert one["rule_id"] == made.json["id"]
        assert [draw["id"] for draw in client.get(f"{url}/draws", headers=lead).json["draws"]] == [one["id"]]
    assert client.post(f"{url}/pause", headers=lead).json["state"] == "paused"
    assert client.post(f"{url}/resume", headers=lead).json["state"] == "active"
    assert client.delete(url, headers=lead).json["state"] == "removed"
    assert_problem(client.get(url, headers=lead), 404, "not_found")
    assert_problem(client.post(rules, json=terms, headers=header(database, crew, "reviewer")), 403, "forbidden")


def test_what_is_known_of_a_source_is_changed(client: FlaskClient, admin: Header, scored_call: int) -> None:
    source = client.get(f"{BASE}/sources", headers=admin).json["sources"][0]
    url = f"{BASE}/sources/{source['id']}"
    changed = client.patch(url, json={"language": "ko", "company_names": ["Nordlys"], "engine": "auto"}, headers=admin)
    assert changed.status_code == 200, changed.text
    assert changed.json == {**source, "language": "ko", "company_names": ["Nordlys"], "engine": "auto"}
    kept = client.patch(url, json={"queue_languages": {"Service": "en"}}, headers=admin).json
    assert kept == {**changed.json, "queue_languages": {"Service": "en"}}
    assert client.patch(url, json={"standard": "nothing"}, headers=admin).status_code == 422
    assert_problem(client.patch(url, json={"company_names": ["x" * 90]}, headers=admin), 422, "bad_source")
    assert_problem(client.patch(f"{BASE}/sources/999", json={}, headers=admin), 404, "not_found")


def test_a_scorecard_is_read_as_a_file_changed_and_published(
    client: FlaskClient, database: Database, crew: Crew
) -> None:
    lead = header(database, crew, "quality_lead")
    name = client.get(f"{BASE}/scorecards", headers=lead).json["scorecards"][0]["name"]
    url = f"{BASE}/scorecards/{name}"
    file = client.get(f"{url}/yaml", headers=lead).json
    assert_problem(client.get(f"{url}/draft", headers=lead), 404, "not_found")
    begun = client.put(f"{url}/draft", json={"yaml": file["yaml"]}, headers=lead)
    assert (begun.status_code, begun.json["base_version"], begun.json["faults"]) == (200, file["version"], [])
    assert_problem(client.put(f"{url}/draft", json={"yaml": file["yaml"]}, headers=lead), 409, "draft_moved")
    same = {"revision": begun.json["revision"]}
    assert_problem(client.post(f"{url}/draft/publish", json=same, headers=lead), 409, "nothing_changed")
    title = begun.json["body"]["title"]["en"]
    changed = {"yaml": file["yaml"].replace(title, f"{title} 2"), **same}
    saved = client.put(f"{url}/draft", json=changed, headers=lead)
    assert saved.json["body"]["title"]["en"] == f"{title} 2", saved.text
    assert_problem(client.post(f"{url}/draft/publish", json=same, headers=lead), 409, "draft_moved")
    ready = {"revision": saved.json["revision"], "note": "Renamed"}
    made = client.post(f"{url}/draft/publish", json=ready, headers=lead)
    assert (made.status_code, made.json["version"]) == (200, file["version"] + 1), made.text
    assert client.get(f"{url}/yaml", headers=lead).json["version"] == file["version"] + 1
    assert_problem(client.put(f"{url}/draft", json={"yaml": "- no"}, headers=lead), 422, "bad_file")
    again = client.put(f"{url}/draft", json={"yaml": file["yaml"]}, headers=lead).json
    gone = client.delete(f"{url}/draft?revision={again['revision']}", headers=lead)
    assert gone.json == {"name": name}
    reviewer = header(database, crew, "reviewer")
    assert client.get(f"{url}/yaml", headers=reviewer).status_code == 200
    assert_problem(client.put(f"{url}/draft", json={"yaml": file["yaml"]}, headers=reviewer), 403, "forbidden")
