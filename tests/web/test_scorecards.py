"""The scorecard pages without a browser: list, reading, drafts as JSON, conflicts, files, trying, publishing, roles."""

from __future__ import annotations

import io
import json
import re
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from review.db import Database
from review.models import Call, Source, utc_now
from review.scorecards.bodies import body_of
from review.scorecards.publishing import LONGEST_NOTE
from review.settings import Settings
from scoring.standards import load_standard
from tests.db.rescoring import GREETS, PLAIN, scored_call
from tests.web.conftest import SignIn, csrf_token
from workers.scorecards import work_on_preview

SHIPPED = load_standard("cold-call")
EDIT = "/scorecards/cold-call/edit"


@pytest.fixture
def lead(sign_in: SignIn) -> FlaskClient:
    return sign_in("quality_lead")


def post(browser: FlaskClient, address: str, **form: Any) -> tuple[int, str]:
    answer = browser.post(address, data={**form, "csrf_token": csrf_token(browser, "/scorecards")})
    return answer.status_code, answer.headers.get("Location", "")


def send(browser: FlaskClient, body: Any, revision: Any, name: str = "cold-call") -> Any:
    return browser.post(
        f"/scorecards/{name}/draft/save",
        data=json.dumps({"revision": revision, "body": body}),
        content_type="application/json",
        headers={"X-CSRFToken": csrf_token(browser, "/scorecards"), "Accept": "application/json"},
    )


def page_data(page: str) -> dict[str, Any]:
    found = re.search(r'id="page-data">(.*?)</script>', page, re.S)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def heavier(weight: float = 50) -> dict[str, Any]:
    body = deepcopy(body_of(SHIPPED))
    body["sections"][0]["criteria"][0]["weight"] = weight
    return body


def test_the_list_and_a_version_are_read_by_those_who_judge(sign_in: SignIn, database: Database) -> None:
    scored_call(database)
    for role in ("manager", "reviewer"):
        browser = sign_in(role)
        page = browser.get("/scorecards").text
        assert "Cold call" in page
        assert "New scorecard" not in page
        page = browser.get("/scorecards/cold-call").text
        assert f"version {SHIPPED.version}" in page
        assert "Change it" not in page
        assert browser.get(EDIT).status_code == 403
        assert "name: cold-call" in browser.get("/scorecards/cold-call/export.yaml").text
    assert sign_in("rep").get("/scorecards").status_code == 403
    for address in ("/scorecards/nothing", "/scorecards/cold-call?version=99", "/scorecards/cold-call?version=x"):
        assert sign_in("reviewer").get(address).status_code == 404


def test_a_draft_is_begun_saved_and_published_with_its_note(lead: FlaskClient, database: Database) -> None:
    assert lead.get(EDIT).status_code == 302  # nothing in work yet
    assert post(lead, "/scorecards/cold-call/draft") == (302, EDIT)
    data = page_data(lead.get(EDIT).text)
    assert data["revision"] == 1
    assert data["body"] == body_of(SHIPPED)
    assert data["faults"] == []
    assert {"says", "person"} <= {item["name"] for item in data["detectors"]}
    answer = send(lead, heavier(), 1).json
    assert (answer["revision"], answer["faults"]) == (2, [])
    assert "draft in work" in lead.get("/scorecards").text
    page = lead.get("/scorecards/cold-call/compare").text
    assert "Criteria changed" in page
    assert post(lead, "/scorecards/cold-call/publish", revision="1", note="")[1] == EDIT
    assert "changed after you looked at it" in lead.get(EDIT).text
    assert post(lead, "/scorecards/cold-call/publish", revision="2", note="x" * (LONGEST_NOTE + 1))[1] == EDIT
    assert post(lead, "/scorecards/cold-call/publish", revision="2", note="<b>Why</b>") == (
        302,
        "/scorecards/cold-call",
    )
    page = lead.get("/scorecards/cold-call").text
    assert "&lt;b&gt;Why&lt;/b&gt;" in page
    assert f"version {SHIPPED.version + 1}" in page
    assert (
        f"version {SHIPPED.version + 1} is in use" in lead.get(f"/scorecards/cold-call?version={SHIPPED.version}").text
    )
    assert post(lead, "/scorecards/cold-call/publish", revision="2")[1] == "/scorecards"


def test_the_second_editor_gets_both_sides_and_a_vanished_draft_is_told(lead: FlaskClient) -> None:
    post(lead, "/scorecards/cold-call/draft")
    assert send(lead, heavier(11), 1).status_code == 200
    answer = send(lead, heavier(22), 1)
    assert answer.status_code == 409
    assert answer.json["code"] == "draft_moved"
    assert answer.json["revision"] == 2
    assert answer.json["body"]["sections"][0]["criteria"][0]["weight"] == 11
    assert post(lead, "/scorecards/cold-call/draft/discard", revision="1")[1] == EDIT  # on what it was before the other
    assert post(lead, "/scorecards/cold-call/draft/discard")[1] == EDIT
    assert page_data(lead.get(EDIT).text)["revision"] == 2
    assert post(lead, "/scorecards/cold-call/draft/discard", revision="2")[1] == "/scorecards"
    answer = send(lead, heavier(22), 2)
    assert (answer.status_code, answer.json["code"]) == (410, "no_draft")


@pytest.mark.parametrize("body", [None, [], "x", {"sections": "x" * 5_000_000}])
def test_what_is_no_draft_leaves_it_as_it_was(lead: FlaskClient, body: Any) -> None:
    post(lead, "/scorecards/cold-call/draft")
    assert send(lead, body, 1).status_code in (413, 422)
    assert send(lead, heavier(), None).status_code == 422
    assert send(lead, heavier(), True).status_code == 422
    assert page_data(lead.get(EDIT).text)["revision"] == 1


def test_faults_come_back_with_their_places_in_words(lead: FlaskClient) -> None:
    post(lead, "/scorecards/cold-call/draft")
    body = heavier()
    body["sections"][0]["criteria"][0]["weight"] = "many"
    body["sections"][1]["criteria"][0]["question"] = {}
    faults = send(lead, body, 1).json["faults"]
    assert faults[0] == {"path": ["sections", 0, "criteria", 0, "weight"], "text": "This is not a number: weight."}
    assert faults[1]["path"] == ["sections", 1, "criteria", 0]
    assert post(lead, "/scorecards/cold-call/publish", revision="2")[1] == EDIT
    assert "Not published" in lead.get(EDIT).text
    assert "cannot be compared yet" in lead.get("/scorecards/cold-call/compare").text
    assert lead.get("/scorecards/cold-call/export.yaml?version=draft").status_code == 409
    assert post(lead, "/scorecards/cold-call/preview")[1] == EDIT


def test_html_in_words_stays_words(lead: FlaskClient) -> None:
    post(lead, "/scorecards/cold-call/draft")
    body = heavier()
    evil = "</script><img src=x onerror=alert(1)>"
    body["title"]["en"] = evil
    body["sections"][0]["criteria"][0]["question"]["en"] = evil
    assert send(lead, body, 1).json["faults"] == []
    page = lead.get(EDIT).text
    assert evil not in page
    assert page_data(page)["body"]["title"]["en"] == evil
    post(lead, "/scorecards/cold-call/publish", revision="2")
    for address in ("/scorecards", "/scorecards/cold-call", "/scorecards/cold-call/compare?from=2&to=3"):
        assert evil not in lead.get(address).text


def test_files_become_drafts_and_come_back(lead: FlaskClient) -> None:
    def file(text: str) -> tuple[io.BytesIO, str]:
        return io.BytesIO(text.encode()), "ours.yaml"

    ours = SHIPPED.source_text.replace("name: cold-call", "name: ours", 1)
    assert post(lead, "/scorecards/new", file=file(ours)) == (302, "/scorecards/ours/edit")
    assert post(lead, "/scorecards/new", file=file(ours))[0] == 409
    assert post(lead, "/scorecards/new", file=file("name: ["))[0] == 422
    taken = {"file": file(SHIPPED.source_text.replace("weight: 6", "weight: 7", 1)), "revision": "1"}
    assert post(lead, "/scorecards/ours/draft/import", **taken) == (302, "/scorecards/ours/edit")
    assert page_data(lead.get("/scorecards/ours/edit").text)["revision"] == 2
    stale = {"file": file(SHIPPED.source_text.replace("weight: 6", "weight: 8", 1)), "revision": "1"}
    assert post(lead, "/scorecards/ours/draft/import", **stale) == (302, "/scorecards/ours/edit")
    assert page_data(lead.get("/scorecards/ours/edit").text)["revision"] == 2
    assert post(lead, "/scorecards/none/draft/import", file=file(ours))[0] == 404
    assert post(lead, "/scorecards/ours/draft/import")[0] == 302
    answer = lead.post(
        "/scorecards/ours/draft/import",
        data={"file": (io.BytesIO(b"\xff\xfe\x00"), "x.yaml"), "csrf_token": csrf_token(lead, "/scorecards")},
    )
    assert answer.status_code == 422
    exported = lead.get("/scorecards/ours/export.yaml?version=draft")
    assert exported.text.startswith("name: ours")
    assert "attachment" in exported.headers["Content-Disposition"]
    assert "not published yet" in lead.get("/scorecards").text


def test_new_names_are_checked(lead: FlaskClient) -> None:
    assert post(lead, "/scorecards/new", name="north", like="cold-call") == (302, "/scorecards/north/edit")
    for name in ("North Team", "cold-call", "north", "", "a" * 65):
        assert post(lead, "/scorecards/new", name=name, like="cold-call")[0] == 422
    assert post(lead, "/scorecards/new", name="south", like="nothing")[0] == 404
    assert "selected>Cold call" in lead.get("/scorecards/new?like=cold-call").text


def test_a_default_is_not_put_away_without_a_stand_in(lead: FlaskClient, database: Database) -> None:
    with database.session() as session:
        session.add(Source(name="crm", kind="api", standard="closing"))
    assert post(lead, "/scorecards/closing/archive") == (302, "/scorecards/closing")
    assert "New calls are still judged by it: crm" in lead.get("/scorecards/closing").text
    assert post(lead, "/scorecards/cold-call/archive", instead="closing")[1] == "/scorecards/cold-call"
    assert "wherever a source names none" in lead.get("/scorecards/cold-call").text
    assert post(lead, "/scorecards/closing/archive", instead="inbound-lead") == (302, "/scorecards")
    assert "1 put away" in lead.get("/scorecards").text
    assert "Closing" not in lead.get("/rescoring").text
    assert lead.get("/scorecards/closing").status_code == 200
    assert post(lead, "/scorecards/closing/unarchive")[0] == 302
    assert "put away" not in lead.get("/scorecards").text
    assert post(lead, "/scorecards/nothing/archive")[0] == 404


def test_a_draft_is_tried_on_past_calls(lead: FlaskClient, database: Database, settings: Settings) -> None:
    calls = [scored_call(database, *GREETS), scored_call(database, *PLAIN)]
    with database.session() as session:
        session.execute(update(Call).values(happened_at=utc_now() - timedelta(days=2)))
    assert lead.get("/scorecards/cold-call/preview").status_code == 404
    post(lead, "/scorecards/cold-call/draft")
    asked = heavier()
    asked["sections"][0]["criteria"][0]["mode"] = "people"
    send(lead, asked, 1)
    assert "Not tried yet" in lead.get("/scorecards/cold-call/preview").text
    assert post(lead, "/scorecards/cold-call/preview", source="nowhere")[1] == "/scorecards/cold-call/preview"
    status, address = post(lead, "/scorecards/cold-call/preview", days="7", calls="25", same="1")
    assert (status, address) == (302, "/scorecards/cold-call/preview?id=1")
    progress = lead.get("/scorecards/previews/1/progress", headers={"HX-Request": "true"})
    assert "0 of 2 calls" in progress.text
    assert "HX-Refresh" not in progress.headers
    assert work_on_preview(database, settings, 1, stop=lambda: False) == "done"
    progress = lead.get("/scorecards/previews/1/progress", headers={"HX-Request": "true"})
    assert progress.headers["HX-Refresh"] == "true"
    page = lead.get(address).text
    assert "<svg" in page
    for call in calls:
        assert f'href="/calls/{call}"' in page
    send(lead, heavier(70), 2)
    assert "The draft was changed since" in lead.get(address).text
    post(lead, "/scorecards/cold-call/preview", days="7", calls="25")
    assert post(lead, "/scorecards/previews/2/cancel")[1] == "/scorecards/cold-call/preview?id=2"
    assert "stopped" in lead.get("/scorecards/cold-call/preview?id=2").text
    assert lead.get("/scorecards/closing/preview?id=1").status_code == 404
    assert lead.get("/scorecards/previews/9/progress").status_code == 404


def test_a_scorecard_of_many_kinds_is_read(lead: FlaskClient) -> None:
    from tests.unit.scoring.test_schemas import MANY_KINDS

    post(lead, "/scorecards/new", file=(io.BytesIO(MANY_KINDS.encode()), "kinds.yaml"))
    assert post(lead, "/scorecards/kinds/publish", revision="1") == (302, "/scorecards/kinds")
    page = lead.get("/scorecards/kinds").text
    for words in (
        "a number",
        "0 to 10 in steps of 2",
        "fails the whole call",
        "mandatory",
        "no N/A",
        "asked when",
        "Good",
    ):
        assert words in page
