"""Verdicts on the call page and over the API: who may decide, what is shown then, what is refused in plain words."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from review.db import Database
from review.models import Verdict
from review.services.tokens import create_api_token
from tests.web.conftest import Crew, SignIn, csrf_token


def decide(browser: FlaskClient, call_id: int, **fields: str) -> tuple[int, dict[str, object]]:
    """Post one verdict as the page's script does."""
    headers = {"X-CSRFToken": csrf_token(browser, "/"), "Accept": "application/json"}
    answer = browser.post(f"/calls/{call_id}/verdicts", data=fields, headers=headers)
    return answer.status_code, answer.json or {}


def test_a_reviewer_confirms_and_changes_on_the_page(sign_in: SignIn, scored_call: int) -> None:
    browser = sign_in("reviewer")
    page = browser.get(f"/calls/{scored_call}").text
    assert 'data-verdict-of="greeting"' in page
    status, answer = decide(browser, scored_call, target="greeting", answer="0")
    assert (status, answer["confirmed"]) == (200, True)
    assert "confirmed" in browser.get(f"/calls/{scored_call}").text

    status, answer = decide(
        browser, scored_call, target="greeting", answer="2", reason="It is there, at the very start."
    )
    assert (status, answer["confirmed"]) == (200, False)
    page = browser.get(f"/calls/{scored_call}").text
    assert "It is there, at the very start." in page
    assert "Person reviewer" in page
    assert "decided by a person" in page


def test_the_shown_score_is_the_same_on_the_page_in_the_list_and_over_the_api(
    sign_in: SignIn, scored_call: int, database: Database, crew: Crew, client: FlaskClient
) -> None:
    _, answer = decide(sign_in("manager"), scored_call, target="greeting", answer="2", reason="said at 0:00")
    score = answer["score"]["final"]  # type: ignore[index,call-overload]
    with database.session() as db:
        token = create_api_token(db, crew.users["reviewer"], "t", ["calls:read", "calls:write"]).token
    headers = {"Authorization": f"Bearer {token}"}
    call = client.get(f"/api/v1/calls/{scored_call}", headers=headers).json
    assert call["score_final"] == score
    assert call["assessment"]["score"]["final"] == 61.0  # the machine's own stays


@pytest.mark.parametrize("role", ["rep", "admin", "external_reviewer"])
def test_who_does_not_review_does_not_decide(sign_in: SignIn, scored_call: int, role: str, database: Database) -> None:
    browser = sign_in(role)
    status, _ = decide(browser, scored_call, target="greeting", answer="0")
    assert status == 403
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Verdict)) == 0
    if role == "rep":
        page = browser.get(f"/calls/{scored_call}").text
        assert "data-confirm" not in page


def test_a_rep_sees_what_was_decided_about_their_call(sign_in: SignIn, scored_call: int) -> None:
    decide(sign_in("reviewer"), scored_call, target="greeting", answer="2", reason="Clear enough.")
    page = sign_in("rep").get(f"/calls/{scored_call}").text
    assert "Clear enough." in page
    assert "data-change" not in page


@pytest.mark.parametrize(
    ("fields", "field", "word"),
    [
        ({"target": "greeting", "answer": "2"}, "reason", "Say in a few words why"),
        ({"target": "greeting", "answer": "77"}, "answer", "Choose one of the answers"),
        ({"target": "mood", "answer": "2"}, "target", "nothing to decide here"),
        ({"target": "greeting", "answer": "0", "assessment": "999"}, "assessment", "scored again"),
        ({"target": "greeting", "answer": "0", "kind": "mood"}, "kind", "about a criterion"),
    ],
)
def test_refusals_name_the_field_and_what_to_do(
    sign_in: SignIn, scored_call: int, fields: dict[str, str], field: str, word: str
) -> None:
    status, answer = decide(sign_in("quality_lead"), scored_call, **fields)
    assert (status, answer["field"]) == (422, field)
    assert word in str(answer["message"])
    assert "Nothing was stored" in str(answer["message"])


def test_the_closing_is_judged_by_one_click(sign_in: SignIn, database: Database, scored_call: int) -> None:
    from review.bodies import pack_body, unpack_body
    from review.models import Call, StoredAssessment

    with database.session() as db:
        stored = db.get_one(StoredAssessment, db.get_one(Call, scored_call).assessment_id)
        data = unpack_body(stored.body)
        data["rejection"] = {"probability": 0.5, "band": "middle", "reasons": [], "against": [], "excluded": None}
        stored.body = pack_body(data)
    browser = sign_in("head_of_sales")
    assert "What do you say?" in browser.get(f"/calls/{scored_call}").text
    status, _ = decide(browser, scored_call, kind="rejection", target="rejection", answer="wrong")
    assert status == 200
    page = browser.get(f"/calls/{scored_call}").text
    assert "closed wrongly" in page
    assert "Person head_of_sales" in page
    assert 'data-confirm="right"' not in sign_in("rep").get(f"/calls/{scored_call}").text


def test_over_the_api(scored_call: int, database: Database, crew: Crew, client: FlaskClient) -> None:
    with database.session() as db:
        writes = create_api_token(db, crew.users["reviewer"], "w", ["calls:write"]).token
        reads = create_api_token(db, crew.users["reviewer"], "r", ["calls:read"]).token
    url = f"/api/v1/calls/{scored_call}/verdicts"
    body = {"target": "greeting", "answer": "2", "reason": "said", "place": {"turn": 0}}
    assert client.post(url, json=body, headers={"Authorization": f"Bearer {reads}"}).status_code == 403
    made = client.post(url, json=body, headers={"Authorization": f"Bearer {writes}"})
    assert made.status_code == 201
    assert made.json["machine"] == "0"
    assert made.json["drawn_by"] == "chosen"
    with database.read() as db:
        verdict = db.scalars(select(Verdict)).one()
        assert verdict.span is not None
        assert verdict.span["quote"] == "Good morning, Rita from Callcoach"
    for wrong in ({"target": "greeting"}, {**body, "place": {"turn": -1}}, {**body, "mood": 1}, [1], "x"):
        refused = client.post(url, json=wrong, headers={"Authorization": f"Bearer {writes}"})
        assert refused.status_code == 422
        assert refused.json["code"] in ("bad_parameter", "verdict_refused")
