"""Pages of people: a rep finds their own and no colleague, a manager the own team; figures with what they rest on."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from review.db import Database
from review.models import Call, CriterionResult, Rep, utc_now
from review.services.tokens import create_api_token
from tests.db.performing import add_results
from tests.factories import make_rep
from tests.web.conftest import Crew, SignIn, counted_statements, post

DAYS = [1.0, 2.0, 3.0, 8.0, 9.0, 15.0, 16.0, 22.0, 23.0, 30.0, 31.0, 38.0]


@pytest.fixture
def scored(database: Database, crew: Crew) -> Crew:
    """Both teams have calls; the signed-in rep is the crew's own."""
    with database.session() as db:
        db.execute(update(Rep).where(Rep.id == crew.reps["own"]).values(user_id=crew.users["rep"]))
        for kind, fraction in (("own", 1.0), ("team", 0.0), ("other", 0.5)):
            for name in ("greeting", "company"):
                add_results(db, crew.reps[kind], DAYS, fraction=fraction, criterion=name)
    return crew


def text(browser: FlaskClient, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.text


def test_a_rep_sees_the_own_page_and_no_colleague(sign_in: SignIn, scored: Crew) -> None:
    browser = sign_in("rep")
    page = text(browser, "/me")
    assert "What went well" in page
    assert page.index("What went well") < page.index("By criterion")
    assert "Greeted the client and gave own name" in page
    for place in ("/me", "/me/recorded", f"/people/{scored.reps['own']}/calls?criterion=greeting"):
        page = text(browser, place)
        assert "Tom Team" not in page
        assert "Olga Other" not in page
    for kind in ("team", "other"):
        assert browser.get(f"/people/{scored.reps[kind]}").status_code == 404
        assert browser.get(f"/people/{scored.reps[kind]}/calls?criterion=greeting").status_code == 404
    assert browser.get("/team").status_code == 403
    assert browser.get("/reviewers").status_code == 403
    assert browser.get(f"/people/{scored.reps['own']}").headers["Location"] == "/me"


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("manager", {"own", "team"}),
        ("quality_lead", {"own", "team", "other"}),
        ("head_of_sales", {"own", "team", "other"}),
    ],
)
def test_managers_see_their_team_and_leads_all(sign_in: SignIn, scored: Crew, role: str, sees: set[str]) -> None:
    browser = sign_in(role)
    for kind, rep_id in scored.reps.items():
        wanted = 200 if kind in sees else 404
        assert browser.get(f"/people/{rep_id}").status_code == wanted
        assert browser.get(f"/people/{rep_id}/calls?criterion=company").status_code == wanted
    page = text(browser, "/team")
    assert ("Rita Rep" in page, "Olga Other" in page) == (True, False)
    other = text(browser, f"/team?team={scored.teams['other']}")
    assert ("Olga Other" in other) == ("other" in sees)
    assert (browser.get("/reviewers").status_code == 200) == (role != "manager")


@pytest.mark.parametrize("role", ["reviewer", "external_reviewer", "admin"])
def test_others_see_nobodys_page(sign_in: SignIn, scored: Crew, role: str) -> None:
    browser = sign_in(role)
    for place in ("/me", "/team", "/reviewers", f"/people/{scored.reps['own']}"):
        assert browser.get(place).status_code == 403


def test_the_map_says_how_many_calls_and_leads_to_them(sign_in: SignIn, scored: Crew, database: Database) -> None:
    with database.session() as db:
        add_results(db, scored.reps["own"], [1.0, 2.0], criterion="price")
    browser = sign_in("manager")
    page = text(browser, "/team")
    cell = re.search(
        r'<a href="([^"]+)" data-cell[^>]*title="Rita Rep, Greeted[^"]*: 100% \(([^"]*)\), 12 calls">', page
    )
    assert cell is not None
    assert "–100%" in cell[2]
    behind = text(browser, cell[1].replace("&amp;", "&"))
    assert behind.count("data-item") == 12
    assert re.search(r"heat-few[^>]*><a [^>]*too few calls for an interval\), 2 calls", page)
    assert "Tom Team" in page[page.index("Who needs what") : page.index("Reps by criterion")]


def test_pages_need_the_same_statements_however_many_calls_and_reps(
    sign_in: SignIn, scored: Crew, database: Database
) -> None:
    rep, lead = sign_in("rep"), sign_in("quality_lead")
    places = [
        (rep, "/me"),
        (lead, f"/team?team={scored.teams['own']}"),
        (lead, f"/people/{scored.reps['team']}"),
        (lead, f"/people/{scored.reps['team']}/calls?criterion=greeting"),
        (lead, "/reviewers"),
    ]
    counts = []
    for _round in range(2):
        counts.append([])
        for browser, place in places:
            with counted_statements(database) as sent:
                text(browser, place)
            counts[-1].append(len(sent))
        with database.session() as db:
            for n in range(4):
                one = make_rep(db, f"More {n}")
                db.execute(update(Rep).where(Rep.id == one.id).values(team_id=scored.teams["own"]))
                add_results(db, one.id, DAYS)
            for kind in ("own", "team"):
                add_results(db, scored.reps[kind], DAYS)
                add_results(db, scored.reps[kind], DAYS, source="person", part="random", criterion="price")
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 35


@pytest.mark.parametrize(("role", "page"), [("rep", "/me"), ("manager", "/people/{}"), ("manager", "/people/{}/calls")])
def test_what_is_listed_can_be_played_where_it_stands(sign_in: SignIn, scored: Crew, role: str, page: str) -> None:
    found = text(sign_in(role), page.format(scored.reps["own"]))
    assert 'id="mini-player"' in found, "the buttons that play need it"
    assert ('id="clip-window"' in found) == (not page.endswith("calls")), "so do those that keep a clip"


def test_a_small_teams_middle_is_not_shown(sign_in: SignIn, scored: Crew, database: Database) -> None:
    browser = sign_in("rep")
    assert "team’s middle is shown where at least four reps" in text(browser, "/me?criterion=greeting")
    with database.session() as db:
        for n in range(3):
            one = make_rep(db, f"More {n}")
            db.execute(update(Rep).where(Rep.id == one.id).values(team_id=scored.teams["own"]))
            add_results(db, one.id, DAYS, fraction=0.4)
    page = text(browser, "/me?criterion=greeting")
    assert "above the team’s middle" in page
    assert "More 1" not in page


@pytest.mark.parametrize(
    "query",
    [
        "weeks=0",
        "weeks=9999999999999999",
        "standard=%00",
        "criterion=nothing",
        "sample=x",
        "team=none",
        "team=99999999999",
    ],
)
def test_addresses_that_make_no_sense_still_open(sign_in: SignIn, scored: Crew, query: str) -> None:
    assert sign_in("rep").get(f"/me?{query}").status_code == 200
    lead = sign_in("quality_lead")
    for place in ("/team", "/reviewers", f"/people/{scored.reps['own']}", f"/people/{scored.reps['own']}/calls"):
        assert lead.get(f"{place}?{query}").status_code == 200
    assert lead.get(f"/people/{scored.reps['own']}/calls?criterion=greeting&past=99999999&order=x").status_code == 200
    assert lead.get("/people/999999999999999999").status_code == 404


def test_empty_installations_say_what_is_missing(sign_in: SignIn, database: Database, crew: Crew) -> None:
    assert "No call of this period is scored yet" in text(sign_in("manager"), "/team")
    assert "Nothing waits." in text(sign_in("rep"), "/me") or "No calls are yours yet" in text(sign_in("rep"), "/me")
    with database.session() as db:
        db.execute(update(Rep).where(Rep.id == crew.reps["own"]).values(user_id=None))
    rep = sign_in("rep")
    assert "No calls are yours yet" in text(rep, "/me")
    assert rep.get("/me/recorded").status_code == 404
    assert post(rep, "/me/data").status_code == 404


def test_what_is_recorded_is_told_from_how_it_is_set_up(sign_in: SignIn, scored: Crew, database: Database) -> None:
    page = text(sign_in("rep"), "/me/recorded")
    assert "Your screen, your keyboard and mouse, your location" in page
    assert "Person manager" in page
    assert "Nobody here has the right to look at what was masked." in page
    assert "Nothing goes to a CRM." in page
    assert "24 calls of yours are kept here" in page


def test_own_data_is_made_taken_and_is_nobody_elses(sign_in: SignIn, scored: Crew) -> None:
    browser = sign_in("rep")
    assert post(browser, "/me/data").status_code == 302
    page = text(browser, "/me/recorded")
    place = re.search(r'href="(/me/data/\d+)"', page)
    assert place is not None
    answer = browser.get(place[1])
    assert answer.headers["Content-Disposition"] == "attachment; filename=my-data.zip"
    assert "no-store" in answer.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        assert "index.html" in file.namelist()
    for role in ("manager", "quality_lead", "admin"):
        assert sign_in(role).get(place[1]).status_code == 403
    assert browser.get("/me/data/999999").status_code == 404


def test_figures_over_the_api(app: object, sign_in: SignIn, scored: Crew, database: Database) -> None:
    browser = sign_in("rep")

    def ask(role: str, place: str, method: str = "GET", scopes: tuple[str, ...] = ("people:read",)) -> tuple[int, dict]:
        with database.session() as db:
            token = create_api_token(db, scored.users[role], "t", list(scopes)).token
        answer = browser.open(f"/api/v1{place}", method=method, headers={"Authorization": f"Bearer {token}"})
        return answer.status_code, answer.get_json(silent=True) or {}

    own, team, other = (scored.reps[kind] for kind in ("own", "team", "other"))
    status, found = ask("rep", f"/reps/{own}/performance?weeks=8")
    assert status == 200
    assert len(found["weeks"]) == 8
    assert [one["id"] for one in found["criteria"]] == ["greeting", "company"]
    assert found["criteria"][0]["now"]["calls"] == 12
    assert found["criteria"][0]["now"]["low"] < 1
    assert [ask("rep", f"/reps/{rep}/performance")[0] for rep in (team, other)] == [404, 404]
    assert [ask("manager", f"/reps/{rep}/performance")[0] for rep in (own, team, other)] == [200, 200, 404]
    status, found = ask("manager", f"/teams/{scored.teams['own']}/performance")
    assert status == 200
    assert {row["name"] for row in found["reps"]} == {"Rita Rep", "Tom Team"}
    assert found["needs"][0]["rep_id"] == team
    assert found["needs"][0]["evidence"]["verdict"] == "worse"
    assert ask("manager", f"/teams/{scored.teams['other']}/performance")[0] == 404
    assert ask("rep", f"/teams/{scored.teams['own']}/performance")[0] == 403
    assert ask("quality_lead", "/reviewers")[1]["target_hours"] == 72.0
    assert ask("manager", "/reviewers")[0] == 403
    assert ask("quality_lead", "/reviewers", scopes=("calls:read",))[0] == 403
    assert ask("quality_lead", "/reviewers?weeks=0")[0] == 422
    assert ask("rep", "/me/data", "POST")[0] == 403
    status, found = ask("rep", "/me/data", "POST", ("people:read", "people:write"))
    assert (status, found["exports"][0]["state"]) == (201, "done")
    assert ask("rep", f"/me/data/{found['exports'][0]['id']}")[0] == 200


def test_a_person_who_judges_blind_sees_no_machine_answer_behind_a_figure(
    sign_in: SignIn, scored: Crew, database: Database
) -> None:
    from review.models import Assignment

    with database.session() as db:
        call_id = add_results(db, scored.reps["team"], [0.5], criterion="price")[0]
        db.add(
            Assignment(
                call_id=call_id,
                user_id=scored.users["quality_lead"],
                part="chosen",
                blind=True,
                due_at=utc_now() + timedelta(days=1),
            )
        )
        assert db.get(Call, call_id) is not None
        assert db.query(CriterionResult).filter_by(call_id=call_id).count() == 1
    place = f"/people/{scored.reps['team']}/calls?criterion=price"
    assert f"/calls/{call_id}" not in text(sign_in("quality_lead"), place)
    assert f"/calls/{call_id}" in text(sign_in("manager"), place)


def test_reviewers_are_held_against_the_newest_closed_calibration(
    sign_in: SignIn, scored: Crew, database: Database
) -> None:
    from review.models import Calibration

    lead = sign_in("quality_lead")
    assert "Against the group" not in text(lead, "/reviewers")
    with database.session() as db:
        for name, state in (("October", "closed"), ("November", "open")):
            terms = {"standard": "cold-call", "version": 2, "due_at": utc_now(), "remind_at": utc_now()}
            db.add(Calibration(name=name, state=state, **terms))
    page = text(lead, "/reviewers")
    assert "Against the group" in page
    assert "October" in page
    assert "November" not in page
