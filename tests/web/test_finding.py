"""Search, saved views, tags and acting on many calls through the pages: only what one may, and nothing done unseen."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from review.db import Database
from review.models import Assignment, AuditEvent, Call, CallTag, SavedView, Tag, WebAudio
from tests.factories import make_call, make_client, store_score, store_words
from tests.web.conftest import Crew, SignIn, post
from tests.web.scores import assessment_of


@pytest.fixture
def calls(database: Database, crew: Crew) -> dict[str, int]:
    """A scored call of each rep, with words; the first one has a sound."""
    made = {}
    with database.session() as db:
        for name in ("own", "team", "other"):
            client = make_client(db, name="=cmd|' /C calc'!A0") if name == "own" else None
            call = make_call(
                db, rep_id=crew.reps[name], client_id=client.id if client else None, client_phone="+447700900123"
            )
            store_words(db, call, ("rep", f"the price for {name}"), ("client", "price, price <b>again</b>"))
            store_score(db, call, assessment_of())
            made[name] = call.id
        db.add(WebAudio(call_id=made["own"], folder="x", duration=6.0))
    return made


def act(browser: FlaskClient, what: str, **form: str) -> Any:
    return post(browser, f"/bulk/{what}", form, headers={"Accept": "application/json"})


def test_hits_are_marked_and_play_where_they_stand(sign_in: SignIn, calls: dict[str, int]) -> None:
    page = sign_in("quality_lead").get("/?q=price").text
    assert page.count('class="found"') == 3
    assert "<mark>price</mark>, <mark>price</mark> &lt;b&gt;again&lt;/b&gt;" in page
    assert f'data-play="/calls/{calls["own"]}/audio" data-spans="0.0-2.0"' in page
    assert f'data-play="/calls/{calls["team"]}/audio"' not in page
    assert page.count('class="found"') == sign_in("quality_lead").get("/?q=price&by=client").text.count('class="found"')
    assert "Nobody said" in sign_in("quality_lead").get("/?q=again&by=rep").text
    assert "Nobody said" in sign_in("quality_lead").get("/?q=price+-price").text


def test_a_rep_finds_own_calls_alone(sign_in: SignIn, calls: dict[str, int]) -> None:
    browser = sign_in("rep")
    assert browser.get("/?q=price").text.count('class="found"') == 1
    assert browser.get(f"/calls/{calls['own']}/said?q=price").text.count("<mark>") == 3
    assert browser.get(f"/calls/{calls['other']}/said?q=price").status_code == 404
    assert browser.get("/bulk/count?q=price").get_json()["count"] == 1


def test_tags_by_many_are_seen_filtered_and_taken_off(
    sign_in: SignIn, database: Database, calls: dict[str, int]
) -> None:
    browser = sign_in("quality_lead")
    told = act(browser, "tag", ids=f"{calls['own']},{calls['team']}", name="  Good   Opening ").get_json()
    assert (told["done"], told["same"], told["left"], told["active"]) == (2, 0, [], False)
    told = act(browser, "tag", all="1", query="q=price", name="good opening").get_json()
    assert (told["done"], told["same"]) == (1, 2)
    page = browser.get("/?tag=GOOD+opening").text
    assert page.count('<span class="chip tag">Good Opening</span>') == 3
    told = act(browser, "untag", all="1", query="tag=Good+Opening", name="Good Opening").get_json()
    assert told["done"] == 3
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Tag)) == 0
        audited = dict(db.execute(select(AuditEvent.action, func.count()).group_by(AuditEvent.action)).all())
    assert (audited["call.tagged"], audited["call.untagged"]) == (3, 3)


def test_a_manager_acts_on_own_teams_calls_alone(sign_in: SignIn, database: Database, calls: dict[str, int]) -> None:
    told = act(sign_in("manager"), "tag", ids=",".join(map(str, calls.values())), name="seen").get_json()
    assert told["done"] == 2
    with database.read() as db:
        assert set(db.scalars(select(CallTag.call_id))) == {calls["own"], calls["team"]}


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "\x00"])
def test_a_tag_that_is_none_is_refused_and_nothing_kept(
    sign_in: SignIn, database: Database, calls: dict[str, int], name: str
) -> None:
    answer = act(sign_in("quality_lead"), "tag", ids=str(calls["own"]), name=name)
    assert answer.status_code == 422
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(CallTag)) == 0


def test_the_line_of_tags_on_a_call(sign_in: SignIn, calls: dict[str, int]) -> None:
    browser = sign_in("reviewer")
    url = f"/calls/{calls['other']}/tags"
    assert 'name="put"' in browser.get(url).text
    added = post(browser, url, {"put": "<script>x"}, headers={"HX-Request": "true"}).text
    assert "&lt;script&gt;x" in added
    assert "<script>" not in added
    assert post(browser, url, {"put": "second"}).headers["Location"] == f"/calls/{calls['other']}"
    assert "&lt;script&gt;x" in browser.get(url).text
    assert 'value="&lt;script&gt;x"' not in post(browser, url, {"take": "<script>x"}).text
    assert sign_in("manager").get(url).status_code == 404
    assert sign_in("rep").get(url).status_code == 403


def test_scoring_many_again_says_which_could_not_be(sign_in: SignIn, database: Database, calls: dict[str, int]) -> None:
    with database.session() as db:
        waiting = make_call(db).id
    told = act(sign_in("quality_lead"), "rescore", ids=f"{calls['own']},{calls['team']},{waiting}").get_json()
    assert told["done"] == 2
    assert [(one["id"], one["url"]) for one in told["left"]] == [(waiting, f"/calls/{waiting}")]
    with database.read() as db:
        states = dict(db.execute(select(Call.id, Call.state)).all())
        assert states[calls["own"]] == states[calls["team"]] == "transcribed"
        assert states[waiting] == "received"


def test_giving_many_to_a_reviewer(sign_in: SignIn, database: Database, crew: Crew, calls: dict[str, int]) -> None:
    browser = sign_in("quality_lead")
    form = {"all": "1", "query": "", "user_id": str(crew.users["reviewer"]), "due": "2027-01-05", "why": "prices"}
    assert act(browser, "assign", **form).get_json()["done"] == 3
    again = act(browser, "assign", **form).get_json()
    assert (again["done"], again["same"], again["left"]) == (0, 3, [])
    to_manager = act(browser, "assign", **{**form, "user_id": str(crew.users["manager"])}).get_json()
    assert (to_manager["done"], [one["id"] for one in to_manager["left"]]) == (2, [calls["other"]])
    with database.read() as db:
        found = db.scalars(select(Assignment).where(Assignment.user_id == crew.users["reviewer"])).all()
        assert {one.call_id for one in found} == set(calls.values())
        assert {one.due_at.date().isoformat() for one in found if one.due_at} == {"2027-01-05"}
    assert act(browser, "assign", **{**form, "user_id": str(crew.users["rep"])}).status_code == 422
    assert act(browser, "assign", **{**form, "user_id": "nobody"}).status_code == 422


def test_giving_one_call_to_several(sign_in: SignIn, database: Database, crew: Crew, calls: dict[str, int]) -> None:
    browser = sign_in("quality_lead")
    page = browser.get(f"/calls/{calls['own']}").text
    assert 'id="give-window"' in page
    assert "data-give>" in page
    two = [str(crew.users["reviewer"]), str(crew.users["quality_lead"])]
    form = {"ids": str(calls["own"]), "user_id": two, "blind": "1"}
    assert act(browser, "assign", **form).get_json()["done"] == 1
    assert act(browser, "assign", **form).get_json()["same"] == 1
    with database.read() as db:
        found = db.scalars(select(Assignment).where(Assignment.call_id == calls["own"])).all()
        assert {str(one.user_id) for one in found} == set(two)
        assert all(one.blind for one in found)
    told = act(browser, "assign", ids=str(calls["other"]), user_id=[two[0], str(crew.users["manager"])]).get_json()
    assert (told["done"], len(told["left"])) == (0, 1)
    assert "Not everybody" in told["left"][0]["why"]
    with database.read() as db:
        found = db.scalars(select(Assignment).where(Assignment.call_id == calls["other"])).all()
        assert [str(one.user_id) for one in found] == two[:1]
    assert act(browser, "assign", ids=str(calls["own"])).status_code == 422
    assert 'id="give-window"' not in sign_in("reviewer").get(f"/calls/{calls['own']}").text


def test_a_search_of_exclusions_alone_says_why_it_finds_nothing(sign_in: SignIn, calls: dict[str, int]) -> None:
    browser = sign_in("quality_lead")
    assert "A minus leaves out" in browser.get("/?q=-price").text
    assert "at least one word" in browser.get("/?q=!!!").text
    assert "Nobody said" in browser.get("/?q=marzipan").text


def test_a_selection_needs_calls(sign_in: SignIn, calls: dict[str, int]) -> None:
    browser = sign_in("quality_lead")
    for form in ({}, {"ids": "x,,-1"}, {"ids": ",".join(str(n) for n in range(6000))}):
        assert act(browser, "tag", name="x", **form).status_code == 422


def test_an_export_holds_no_formula_and_only_calls_one_may_see(
    sign_in: SignIn, database: Database, calls: dict[str, int]
) -> None:
    lead = sign_in("quality_lead")
    act(lead, "tag", ids=str(calls["own"]), name="@sum")
    answer = post(lead, "/bulk/export", {"all": "1", "query": "", "form": "csv"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="calls.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [int(row["id"]) for row in rows] == sorted(calls.values())
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())
    assert rows[0]["client"].endswith("'!A0")
    assert rows[0]["score"] == "61.0"
    own = post(sign_in("rep"), "/bulk/export", {"all": "1", "query": "", "form": "jsonl"}).text.splitlines()
    (line,) = (json.loads(text) for text in own)
    assert line["id"] == calls["own"]
    assert line["criteria"][0]["answer"]
    with database.read() as db:
        kept = db.scalars(select(AuditEvent.details).where(AuditEvent.action == "calls.exported")).all()
    assert [(one["form"], one["calls"]) for one in kept] == [("csv", 3), ("jsonl", 1)]
    assert post(lead, "/bulk/export", {"all": "1", "form": "xlsx"}).status_code == 422


def test_views_are_kept_shared_ordered_and_opened_first(
    sign_in: SignIn, database: Database, crew: Crew, calls: dict[str, int]
) -> None:
    lead = sign_in("quality_lead")
    form = {"page": "inbox", "name": "Low, this week", "query": "flag=low_score&days=7&x=1&view=none"}
    answer = post(lead, "/views", {**form, "shared": "everybody", "default": "1"})
    assert answer.headers["Location"] == "/?view=none&flag=low_score&days=7"
    assert lead.get("/").headers["Location"] == "/?view=none&flag=low_score&days=7"
    assert lead.get("/?view=none").status_code == 200
    post(lead, "/views", {**form, "name": "Second", "query": "q=price&by=rep"}, page="/?view=none")
    with database.read() as db:
        first, second = db.scalars(select(SavedView.id).order_by(SavedView.position))
    page = lead.get("/?view=none&q=price&by=rep").text
    assert page.index("Low, this week") < page.index(">Second")
    post(lead, f"/views/{second}", {"act": "left", "page": "inbox"}, page="/?view=none")
    page = lead.get("/?view=none").text
    assert page.index(">Second") < page.index("Low, this week")

    manager = sign_in("manager")
    seen = manager.get("/").text
    assert "Low, this week" in seen
    assert ">Second" not in seen
    assert post(manager, f"/views/{first}", {"act": "delete", "page": "inbox"}).status_code == 404
    assert post(manager, f"/views/{second}", {"act": "default", "page": "inbox"}).status_code == 404
    assert post(manager, f"/views/{first}", {"act": "default", "page": "inbox"}).status_code == 302
    assert manager.get("/").status_code == 302
    assert post(manager, "/views", {**form, "shared": "everybody"}, page="/?view=none").status_code == 422
    own_team = {**form, "name": "Team's", "shared": f"team:{crew.teams['own']}"}
    assert post(manager, "/views", own_team, page="/?view=none").status_code == 302
    other = {**form, "shared": f"team:{crew.teams['other']}"}
    assert post(manager, "/views", other, page="/?view=none").status_code == 422
    assert "Team&#39;s" in sign_in("rep").get("/").text
    assert "Team&#39;s" not in sign_in("reviewer").get("/").text

    post(lead, f"/views/{first}", {"act": "delete", "page": "inbox"}, page="/?view=none")
    assert lead.get("/").status_code == 200
    assert manager.get("/").status_code == 200


def test_a_view_of_the_same_name_gets_the_new_filters(sign_in: SignIn, database: Database) -> None:
    lead = sign_in("quality_lead")
    for query in ("days=7", "days=30"):
        post(lead, "/views", {"page": "objections", "name": "mine", "query": query}, page="/?view=none")
    with database.read() as db:
        assert db.scalars(select(SavedView.query)).all() == ["days=30"]
    for form in (
        {"page": "objections", "name": "x", "query": ""},
        {"page": "objections", "name": " ", "query": "days=7"},
        {"page": "health", "name": "x", "query": "days=7"},
        {"page": "inbox", "name": "x" * 61, "query": "days=7"},
    ):
        assert post(lead, "/views", form).status_code == 422


def test_an_address_in_a_view_leads_nowhere_else(sign_in: SignIn) -> None:
    lead = sign_in("quality_lead")
    form = {"page": "inbox", "name": "x", "query": "days=7&next=//evil.example#x\r\nSet-Cookie: a=b"}
    assert post(lead, "/views", form).headers["Location"] == "/?view=none&days=7"


def test_a_rep_cannot_ask_what_only_reviewers_know(sign_in: SignIn, calls: dict[str, int]) -> None:
    browser = sign_in("rep")
    assert "evaluated by a person" not in browser.get("/").text
    for query in ("evaluated=yes", "evaluated=no", "tag=anything"):
        assert f'id="c{calls["own"]}"' in browser.get(f"/?{query}").text


def test_the_second_page_of_hits_comes_by_itself(sign_in: SignIn, database: Database) -> None:
    with database.session() as db:
        for _ in range(23):
            store_words(db, make_call(db), ("rep", "price"))
    browser = sign_in("quality_lead")
    first = browser.get("/?q=price").text
    assert first.count('class="found"') == 20
    address = first.split('hx-get="/?')[1].split('"')[0].replace("&amp;", "&")
    rest = browser.get(f"/?{address}", headers={"HX-Request": "true"}).text
    assert rest.count('class="found"') == 3
    assert "<html" not in rest
