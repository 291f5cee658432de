"""The calendars on their page and over the API, and the page about mail."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.comments.notices import notify
from review.db import Database
from review.notices.letters import posted
from review.notices.server import MailServer
from review.notices.status import list_letters
from review.services.audit import read_events
from review.services.tokens import create_api_token
from review.working_time.due import due_after
from review.working_time.editing import Day, read_calendar
from tests.web.conftest import Crew, SignIn, post
from web.parts import KEY

WEEK = (
    {f"works{at}": "1" for at in range(5)}
    | {f"from{at}": "08:00" for at in range(7)}
    | {f"to{at}": "16:30" for at in range(7)}
)
OFFICE = ["09:00-18:00"] * 5 + ["", ""]
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def token(database: Database, crew: Crew) -> dict[str, str]:
    """An API token of the quality lead."""
    with database.session() as db:
        made = create_api_token(db, crew.users["quality_lead"], "tests", ["people:read", "people:write"])
    return {"Authorization": f"Bearer {made.token}"}


def test_hours_are_kept_and_told_in_the_audit_log(sign_in: SignIn, database: Database, crew: Crew) -> None:
    browser = sign_in("admin")
    assert "Mon–Fri 09:00–18:00" in browser.get("/working-time").text
    assert post(browser, "/working-time/0", {"zone": "Asia/Seoul", **WEEK}, page="/working-time").status_code == 302
    with database.read() as db:
        row = read_calendar(db)
        events = read_events(db)
        assert due_after(db, MONDAY, 0) == datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
    assert (row.zone, row.week[0], row.week[6], row.changed_by) == ("Asia/Seoul", "08:00-16:30", "", "Person admin")
    assert [event.action for event in events if event.subject_kind == "working_calendar"] == [
        "working_time.hours_changed"
    ]
    assert "last changed by Person admin" in browser.get("/working-time").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Mars/Olympus"},
        {"zone": "Europe\x00/Berlin"},
        {"from0": "18:00", "to0": "09:00"},
        {"from0": "nine"},
        {f"works{at}": "" for at in range(7)},
    ],
)
def test_hours_that_cannot_be_are_refused(sign_in: SignIn, database: Database, wrong: dict[str, str]) -> None:
    found = post(sign_in("admin"), "/working-time/0", {"zone": "UTC", **WEEK, **wrong}, page="/working-time")
    assert found.status_code == 422
    assert "The calendar is as it was" in found.text
    with database.read() as db:
        assert read_calendar(db).zone == "UTC"


def test_a_team_gets_hours_of_its_own_and_gives_them_up(sign_in: SignIn, database: Database, crew: Crew) -> None:
    browser, own = sign_in("quality_lead"), crew.teams["own"]
    page = f"/working-time/{own}"
    assert browser.get(page).status_code == 404
    days = {"day": "2026-12-24", "name": "Christmas Eve", "kind": "holiday"}
    assert post(browser, "/working-time/0/days", days, page="/working-time").status_code == 302
    assert post(browser, f"{page}/own", page="/working-time").status_code == 302
    assert "Christmas Eve" in browser.get(page).text  # a copy of everybody's to begin with
    assert post(browser, page, {"zone": "America/New_York", **WEEK}, page=page).status_code == 302
    with database.read() as db:
        assert due_after(db, MONDAY, 0, user_id=crew.users["rep"]) == datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
        assert due_after(db, MONDAY, 0) == datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    assert post(browser, f"{page}/own", {"act": "remove"}, page=page).status_code == 302
    assert browser.get(page).status_code == 404
    assert post(browser, "/working-time/999/own", page="/working-time").status_code == 404


def test_days_are_added_once_and_taken_out(sign_in: SignIn, database: Database) -> None:
    browser = sign_in("head_of_sales")
    for name in ("Outing", "Company outing"):
        day = {"day": "2027-06-11", "name": name, "kind": "holiday"}
        post(browser, "/working-time/0/days", day, page="/working-time")
    with database.read() as db:
        assert read_calendar(db).days == (Day(date(2027, 6, 11), "Company outing"),)
    post(browser, "/working-time/0/days", {"act": "remove", "day": "2027-06-11"}, page="/working-time")
    with database.read() as db:
        assert read_calendar(db).days == ()
    for wrong in (
        {"day": "11.6.2027", "name": "x"},
        {"day": "1999-01-01", "name": "x"},
        {"day": "2027-01-01", "name": " "},
    ):
        assert post(browser, "/working-time/0/days", wrong, page="/working-time").status_code == 422


def test_national_holidays_are_proposed_and_chosen(sign_in: SignIn, database: Database) -> None:
    browser = sign_in("admin")
    year = datetime.now(UTC).year + 1
    page = f"/working-time/0/holidays?country=KR&year={year}"
    text = browser.get(page).text
    assert "days that are not in the calendar" in text
    new_year = f"{year}-01-01"
    chosen = {"day": new_year, f"name.{new_year}": "New Year", f"kind.{new_year}": "holiday", "country": "KR"}
    assert post(browser, "/working-time/0/days", chosen, page=page).status_code == 302
    with database.read() as db:
        row = read_calendar(db)
    assert (row.country, row.days) == ("KR", (Day(date(year, 1, 1), "New Year"),))
    assert f'value="{new_year}"' not in browser.get("/working-time/0/holidays").text  # the country is remembered
    for odd in ("country=XX", "country=DE&region=XX", "country=DE&year=99999", "country=\x00", "year=²"):
        assert browser.get(f"/working-time/0/holidays?{odd}").status_code == 200


def test_only_leads_and_admins_set_working_time(sign_in: SignIn) -> None:
    for role in ("rep", "manager", "reviewer", "external_reviewer"):
        assert sign_in(role).get("/working-time").status_code == 403


def test_the_calendar_over_the_api(client: FlaskClient, token: dict[str, str], crew: Crew, database: Database) -> None:
    assert client.get("/api/v1/working-time", headers=token).json["week"] == OFFICE
    body = {"zone": "Europe/Berlin", "week": OFFICE, "days": [{"day": "2026-12-24", "name": "Eve"}]}
    found = client.put("/api/v1/working-time", json=body, headers=token)
    assert found.status_code == 200, found.text
    assert found.json["days"] == [{"day": "2026-12-24", "name": "Eve", "kind": "holiday"}]
    team = f"/api/v1/teams/{crew.teams['own']}/working-time"
    assert client.get(team, headers=token).status_code == 404
    assert client.put(team, json={**body, "zone": "Asia/Seoul"}, headers=token).json["team_id"] == crew.teams["own"]
    assert client.get(team, headers=token).json["zone"] == "Asia/Seoul"
    assert client.put("/api/v1/teams/999/working-time", json=body, headers=token).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Mars/Olympus"},
        {"zone": "\ud800"},
        {"zone": "a\x00b"},
        {"week": OFFICE[:6]},
        {"week": ["18:00-09:00", *OFFICE[1:]]},
        {"week": [""] * 7},
        {"week": ["99:99-99:99", *OFFICE[1:]]},
        {"days": [{"day": "0001-01-01", "name": "x"}]},
        {"days": [{"day": "2026-12-24", "name": "\x00"}]},
        {"days": [{"day": "2026-12-24", "name": "x", "kind": "party"}]},
        {"days": 10**30},
    ],
)
def test_calendars_that_cannot_be_are_refused_over_the_api(
    client: FlaskClient, token: dict[str, str], wrong: dict[str, Any]
) -> None:
    body = {"zone": "Europe/Berlin", "week": OFFICE, **wrong}
    sent = json.dumps(body)  # as text: half a character has no bytes of its own
    found = client.put("/api/v1/working-time", data=sent, content_type="application/json", headers=token)
    assert found.status_code == 422


def test_notifications_over_the_api(client: FlaskClient, token: dict[str, str], crew: Crew, database: Database) -> None:
    with database.session() as db:
        for by in ("Ann", "Bob", "Cem"):
            notify(db, crew.users["quality_lead"], "mention", body={"by": by})
        notify(db, crew.users["rep"], "mention", body={"by": "not yours"})
    first = client.get("/api/v1/notifications?limit=2", headers=token).json
    rest = client.get(f"/api/v1/notifications?limit=2&after={first['next']}", headers=token).json
    told = [one["sentence"] for one in (*first["notifications"], *rest["notifications"])]
    assert told == [f"{by} named you in a comment" for by in ("Cem", "Bob", "Ann")]
    assert (first["unread"], rest["next"]) == (3, None)
    ids = [first["notifications"][0]["id"]]
    assert client.post("/api/v1/notifications/read", json={"ids": ids}, headers=token).json == {"marked": 1}
    assert len(client.get("/api/v1/notifications?unread=true", headers=token).json["notifications"]) == 2
    assert client.post("/api/v1/notifications/read", json={}, headers=token).json == {"marked": 2}
    for odd in ({"ids": [10**40]}, {"ids": "all"}, {"x": 1}, {"ids": [0]}):
        assert client.post("/api/v1/notifications/read", json=odd, headers=token).status_code == 422


def test_choices_over_the_api(client: FlaskClient, token: dict[str, str]) -> None:
    before = client.get("/api/v1/notifications/choices", headers=token).json
    assert before["ways"]["mention"] == "mail"
    body = {"ways": {"mention": "digest"}, "quiet": "none", "digest_at": "07:45"}
    after = client.put("/api/v1/notifications/choices", json=body, headers=token).json
    assert (after["ways"]["mention"], after["quiet"], after["digest_at"]) == ("digest", "none", "07:45")
    assert after["quiet_from"] == before["quiet_from"]
    for odd in (
        {"ways": {"nothing": "mail"}},
        {"ways": {"mail_refused": "mail"}},
        {"zone": "Mars"},
        {"zone": "\ud800"},
        {"digest_at": "24:00"},
        {"quiet": None, "quiet_to": "7:00"},
    ):
        found = client.put(
            "/api/v1/notifications/choices", data=json.dumps(odd), content_type="application/json", headers=token
        )
        assert found.status_code == 422, (odd, found.text)


def test_the_page_about_mail_says_what_is_missing_and_sends_a_test(
    app: Flask, sign_in: SignIn, database: Database, crew: Crew
) -> None:
    browser = sign_in("admin")
    assert "Not set up" in browser.get("/mail").text
    made = app.extensions[KEY]
    set_up = MailServer("Callcoach <calls@example.com>", host="mail.example.com", port=587, password="right words")
    object.__setattr__(made.settings, "mail", set_up)
    page = browser.get("/mail").text
    assert "mail.example.com:587" in page
    assert "right words" not in page
    assert post(browser, "/mail/test", {"address": "ivy@example.com"}, page="/mail").status_code == 302
    assert "ivy@example.com" in browser.get("/mail").text
    assert post(browser, "/mail/test", {"address": "nonsense"}, page="/mail").status_code == 422
    assert post(browser, "/mail/again", {"address": "ivy@example.com"}, page="/mail").status_code == 302
    with database.read() as db:
        (letter,) = list_letters(db)
        assert posted(db, "nothing") is None
    assert (letter.kind, letter.state) == ("mail_test", "waiting")
    assert "1 mail waits" in browser.get("/health").text
