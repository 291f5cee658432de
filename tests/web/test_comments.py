"""Comments, notifications, clips and playlists over HTTP: what is shown, refused and to whom."""

from __future__ import annotations

import json
import re
from typing import Any

from flask.testing import FlaskClient

from review.comments.notices import notify
from review.db import Database
from tests.web.conftest import Crew, SignIn, csrf_token, post
from web.reading.notices import SENTENCES

JSON = {"Accept": "application/json"}


def write(browser: FlaskClient, call: int, body: str, **fields: str) -> Any:
    return post(browser, f"/calls/{call}/comments", {"body": body, **fields}, headers=JSON)


def test_markup_in_a_comment_is_shown_as_typed(sign_in: SignIn, scored_call: int) -> None:
    browser = sign_in("reviewer")
    answer = write(browser, scored_call, "<script>alert(1)</script> at 0:02", at="1.5").get_json()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer["html"]
    assert "<script>" not in answer["html"]
    page = browser.get(f"/calls/{scored_call}").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    data = re.search(r'id="comment-data">(.*?)</script>', page, re.DOTALL)
    assert data
    (mark,) = json.loads(data.group(1))["marks"]
    assert (mark["at"], mark["clock"], mark["text"]) == (1.5, "0:01", "<script>alert(1)</script> at 0:02")


def test_refusals_say_what_is_wrong_and_store_nothing(sign_in: SignIn, scored_call: int) -> None:
    browser = sign_in("reviewer")
    long = write(browser, scored_call, "<i>" * 17_000)
    assert (long.status_code, long.get_json()["code"]) == (422, "too_long")
    assert "51000 characters long" in long.get_json()["message"]
    assert write(browser, scored_call, "  ").get_json()["code"] == "empty"
    assert write(browser, scored_call, "late", at="1e9").get_json()["code"] == "outside"
    named = write(browser, scored_call, "@Person admin look")
    assert (named.status_code, named.get_json()["code"]) == (422, "mention")
    assert "Person admin may not see this call" in named.get_json()["message"]
    assert browser.get(f"/calls/{scored_call}/comments").get_json()["count"] == 0


def test_a_comment_needs_the_form_token(sign_in: SignIn, scored_call: int) -> None:
    browser = sign_in("reviewer")
    assert browser.post(f"/calls/{scored_call}/comments", data={"body": "x"}).status_code == 400


def test_others_words_are_not_ones_own_to_change(sign_in: SignIn, scored_call: int) -> None:
    made = write(sign_in("reviewer"), scored_call, "mine").get_json()["id"]
    other = sign_in("manager")
    address = f"/calls/{scored_call}/comments/{made}"
    assert post(other, address, {"body": "changed"}, headers=JSON).status_code == 403
    assert post(other, address, {"act": "delete"}, headers=JSON).status_code == 403
    assert post(sign_in("quality_lead"), address, {"act": "delete"}, headers=JSON).status_code == 200
    assert post(sign_in("reviewer"), address, {"body": "again"}, headers=JSON).status_code == 410
    assert "Taken back by" in sign_in("quality_lead").get(f"/calls/{scored_call}").text
    assert "Taken back by" not in other.get(f"/calls/{scored_call}").text


def test_reviewers_words_never_reach_the_reps_page(sign_in: SignIn, scored_call: int) -> None:
    write(sign_in("reviewer"), scored_call, "between us", reviewers_only="1", at="1")
    rep = sign_in("rep")
    assert "between us" not in rep.get(f"/calls/{scored_call}").text
    assert "between us" not in rep.get(f"/calls/{scored_call}/comments").text
    assert (
        "reviewers_only" not in rep.get(f"/calls/{scored_call}").text.split('id="composer-form"')[1].split("</form>")[0]
    )


def test_people_to_name_are_those_who_see_the_call(sign_in: SignIn, scored_call: int) -> None:
    found = sign_in("reviewer").get(f"/calls/{scored_call}/people?q=per").get_json()["people"]
    assert [one["name"] for one in found] == [
        "Person head_of_sales",
        "Person manager",
        "Person quality_lead",
        "Person rep",
    ]


def test_a_notification_leads_to_its_second_and_is_read_then(
    sign_in: SignIn, scored_call: int, database: Database, crew: Crew
) -> None:
    write(sign_in("reviewer"), scored_call, "@Person manager look", at="2.25")
    manager = sign_in("manager")
    page = manager.get("/notifications").text
    assert "Person reviewer named you in a comment at 0:02" in page
    assert 'class="count new"' in manager.get("/").text
    number = re.search(r"/notifications/(\d+)", page)
    assert number
    there = post(manager, f"/notifications/{number.group(1)}")
    assert there.headers["Location"].startswith(f"/calls/{scored_call}?t=2.25#comment")
    assert 'class="count new"' not in manager.get("/").text
    assert post(sign_in("quality_lead"), f"/notifications/{number.group(1)}").status_code == 404
    with database.session() as db:
        for kind in (*SENTENCES, "something else"):
            notify(db, crew.users["manager"], kind, call_id=scored_call, body={"by": "Ann", "calls": 2, "at": 61})
        notify(db, crew.users["manager"], "away", body={"url": "//evil.example/x"})
    page = manager.get("/notifications").text
    assert "There is something new" in page
    assert "evil" not in page
    assert post(manager, "/notifications/read").status_code == 302
    assert 'class="unread"' not in manager.get("/notifications").text


def test_a_clip_and_a_playlist_are_made_found_and_changed(sign_in: SignIn, scored_call: int) -> None:
    browser = sign_in("reviewer")
    fields = {"start": "0.5", "end": "2.5", "title": "<b>Hello</b>", "topic": "opening", "new_playlist": "Best & first"}
    made = post(browser, f"/calls/{scored_call}/clips", fields, headers=JSON).get_json()
    assert made["ok"]
    bad = post(browser, f"/calls/{scored_call}/clips", {**fields, "end": "x"}, headers=JSON)
    assert (bad.status_code, bad.get_json()["code"]) == (422, "outside")
    page = browser.get("/clips?topic=opening").text
    assert "&lt;b&gt;Hello&lt;/b&gt;" in page
    assert "Best &amp; first" in page
    number = re.search(r"/playlists/(\d+)", page)
    assert number
    assert "Good morning" in browser.get(f"/playlists/{number.group(1)}").text
    other = sign_in("manager")
    assert "Hello" in other.get("/clips").text
    assert post(other, f"/clips/{made['id']}", {"act": "delete"}).status_code == 403
    outside = post(browser, f"/clips/{made['id']}", {"title": "New", "back": "//evil.example"})
    assert outside.headers["Location"] == "/clips"
    assert post(browser, f"/playlists/{number.group(1)}", {"act": "out", "clip": str(made["id"])}).status_code == 302
    assert "Nothing in it yet" in browser.get(f"/playlists/{number.group(1)}").text


def test_what_is_not_there_is_gone(sign_in: SignIn) -> None:
    browser = sign_in("reviewer")
    token = csrf_token(browser, "/")
    for address in ("/clips/99", "/playlists/99", "/notifications/99"):
        assert browser.post(address, headers={"X-CSRFToken": token}).status_code in (404, 410)
    assert browser.get("/playlists/99").status_code in (404, 410)


def test_a_call_without_sound_or_words_can_be_talked_about(sign_in: SignIn, database: Database, crew: Crew) -> None:
    from tests.factories import make_call

    with database.session() as db:
        call = make_call(db, rep_id=crew.reps["own"], state="no_audio").id
    browser = sign_in("reviewer")
    assert write(browser, call, "why is there nothing?").status_code == 200
    assert "why is there nothing?" in browser.get(f"/calls/{call}").text
