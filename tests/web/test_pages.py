"""The pages themselves: what they show, how few statements they need, and how they answer htmx."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from review.db import Database
from review.models import AuditEvent, Call, Client, WebSession
from review.queries.viewer import load_viewer
from tests.factories import make_call, make_client, make_deal, make_rep, make_task, store_score, store_words
from tests.web.conftest import Crew, SignIn, counted_statements, post
from tests.web.scores import assessment_of
from web import context
from web.blueprints.calls import read_second


def fill(database: Database, calls: int) -> list[int]:
    """Calls, each with a rep, a client, a deal, words and a score of its own."""
    made = []
    with database.session() as db:
        for _number in range(calls):
            client = make_client(db)
            call = make_call(db, rep_id=make_rep(db).id, client_id=client.id, deal_id=make_deal(db, client).id)
            store_words(db, call, ("rep", "Good morning"), ("client", "the price is high"))
            store_score(db, call, assessment_of("rep"))
            made.append(int(call.id))
    return made


@pytest.mark.parametrize("url", ["/", "/?q=price", "/?state=ready&flag=low_score", "/upload"])
def test_a_page_needs_the_same_statements_for_more_calls(sign_in: SignIn, database: Database, url: str) -> None:
    browser = sign_in("quality_lead")
    fill(database, 2)
    with counted_statements(database) as few:
        assert browser.get(url).status_code == 200
    fill(database, 20)
    with counted_statements(database) as many:
        assert browser.get(url).status_code == 200
    assert len(many) <= len(few)
    # Tags, kept views, who may be given calls, what is judged blind, the counts beside the navigation: one or two each.
    # The list of first steps asks three more, until it is put away.
    assert len(few) <= 32, few


def test_the_call_page_needs_the_same_statements_whatever_the_client_has(sign_in: SignIn, database: Database) -> None:
    browser = sign_in("quality_lead")
    (first,) = fill(database, 1)
    with database.session() as db:
        client_id = db.get_one(Call, first).client_id
    for url, most in ((f"/calls/{first}", 44), (f"/clients/{client_id}", 36)):
        with counted_statements(database) as few:
            assert browser.get(url).status_code == 200
        with database.session() as db:
            for _number in range(12):
                client = db.get_one(Client, client_id)
                call = make_call(db, client_id=client_id, rep_id=make_rep(db).id, deal_id=make_deal(db, client).id)
                make_task(db, client)
                store_words(db, call)
        with counted_statements(database) as many:
            assert browser.get(url).status_code == 200
        assert len(many) == len(few), url
        assert len(few) <= most, few


def test_the_inbox_shows_calls_and_leads_to_them(sign_in: SignIn, scored_call: int) -> None:
    text = sign_in("quality_lead").get("/").text
    assert f"/calls/{scored_call}" in text
    assert "Marta Lindqvist" in text
    assert "Rita Rep" in text
    assert "61" in text


def test_a_hit_opens_at_the_second(sign_in: SignIn, scored_call: int) -> None:
    text = sign_in("quality_lead").get("/?q=price").text
    assert f"/calls/{scored_call}?t=3" in text
    assert sign_in("quality_lead").get(f"/calls/{scored_call}?t=3").status_code == 200


def test_an_act_answers_with_the_judgement_as_it_stands_on_the_page(sign_in: SignIn, scored_call: int) -> None:
    browser = sign_in("reviewer")
    fields = {"target": "greeting", "answer": "0"}
    answer = post(browser, f"/calls/{scored_call}/verdicts", fields)
    whole, part = browser.get(f"/calls/{scored_call}").text, answer.json["html"]
    for name in ("live-score", "live-judgement", "live-objections", "live-closing", "scorecard"):
        assert part.count(f'id="{name}"') == whole.count(f'id="{name}"') == 1
    assert 'id="turns"' in whole
    assert 'id="turns"' not in part
    judged = part[part.index('id="live-judgement"') : part.index('id="live-score"')]
    judged = judged[: judged.rindex("</div>")]
    assert " ".join(judged.split()) in " ".join(whole.split())


def test_htmx_gets_the_rows_alone(sign_in: SignIn, scored_call: int) -> None:
    browser = sign_in("quality_lead")
    piece = browser.get("/", headers={"HX-Request": "true"})
    assert "<html" not in piece.text
    assert f"/calls/{scored_call}" in piece.text
    assert "HX-Request" in piece.headers["Vary"]
    restored = browser.get("/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in restored.text


def test_the_next_page_follows_the_first(sign_in: SignIn, database: Database) -> None:
    with database.session() as db:
        made = [make_call(db).id for _number in range(60)]
    browser = sign_in("quality_lead")
    first = browser.get("/").text
    assert f'href="/calls/{made[-1]}"' in first
    assert f'href="/calls/{made[0]}"' not in first


def test_a_working_call_asks_again_and_a_settled_one_reloads_the_page(sign_in: SignIn, database: Database) -> None:
    with database.session() as db:
        working = make_call(db, state="transcribing", progress=0.4).id
        dead = make_call(db, state="dead", failure={"message": "Damaged <b>file</b>.", "code": "unreadable"}).id
    browser = sign_in("quality_lead")
    htmx = {"HX-Request": "true"}
    piece = browser.get(f"/calls/{working}/state", headers=htmx)
    assert "40" in piece.text
    assert "HX-Refresh" not in piece.headers
    done = browser.get(f"/calls/{dead}/state", headers=htmx)
    assert done.headers["HX-Refresh"] == "true"
    assert "Damaged &lt;b&gt;file" in done.text


def test_retry_starts_a_failed_call_again_and_is_noted(sign_in: SignIn, database: Database, crew: Crew) -> None:
    with database.session() as db:
        call_id = make_call(db, state="dead", failure={"message": "x", "step": "transcribe"}, attempts=5).id
    browser = sign_in("manager")
    assert post(browser, f"/calls/{call_id}/retry").status_code == 404  # not of this manager's team
    browser = sign_in("quality_lead")
    answer = post(browser, f"/calls/{call_id}/retry")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/calls/{call_id}")
    with database.read() as db:
        call = db.get_one(Call, call_id)
        assert (call.state, call.attempts) == ("received", 0)
        event = db.scalars(select(AuditEvent).where(AuditEvent.action == "call.retry")).one()
        assert (event.user_id, event.subject_id) == (crew.users["quality_lead"], str(call_id))
    again = post(browser, f"/calls/{call_id}/retry")
    assert again.status_code == 409
    assert "not failed" in again.text


@pytest.mark.parametrize(
    ("text", "second"),
    [(None, 0), ("61.5", 61.5), ("-3", 0), ("nan", 0), ("inf", 0), ("1e400", 0), ("soon", 0), ("", 0)],
)
def test_the_second_of_a_link(text: str | None, second: float) -> None:
    assert read_second(text) == second


@pytest.mark.parametrize("role", ["rep", "admin", "external_reviewer", "quality_lead"])
def test_the_navigation_holds_only_what_opens(
    app: Flask, sign_in: SignIn, crew: Crew, database: Database, role: str
) -> None:
    with database.read() as db:
        viewer = load_viewer(db, crew.users[role])
    with app.test_request_context("/"):
        g.viewer = viewer
        urls = [item.url for group in context.navigation() for item in group.items]
    browser = sign_in(role)
    assert urls[0] == "/"
    for url in ("/", "/upload", "/health"):
        assert (browser.get(url).status_code != 403) == (url in urls), (role, url)


@pytest.mark.parametrize(
    ("write", "value", "written"),
    [
        (context.clock, 0, "0:00"),
        (context.clock, 61.9, "1:01"),
        (context.clock, 3661, "1:01:01"),
        (context.clock, None, "–"),
        (context.duration, 42, "42 s"),
        (context.duration, 245, "4 min"),
        (context.duration, 7500, "2 h 5 min"),
        (context.duration, 260_000, "3 d"),
        (context.number, 1234.5, "1,234"),
        (context.percent, 0.625, "62%"),
        (context.size, 1_500_000, "1.5 MB"),
        (context.size, 12, "12 B"),
        (context.phone, "+46701234567", "+46 70 123 45 67"),
        (context.state_label, "dead", "failed"),
        (context.state_label, "transcribed", "scoring"),
        (context.state_label, "needs_model", "needs a speech model"),
    ],
)
def test_values_are_written_for_people(app: Flask, write, value: object, written: str) -> None:
    with app.test_request_context():
        assert write(value) == written


def test_times_are_in_the_browsers_zone_and_language(app: Flask) -> None:
    moment = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
    with app.test_request_context(headers={"Cookie": "timezone=Asia/Seoul"}):
        assert context.when(moment) == "20 Nov 2026, 18:05"
    with app.test_request_context(headers={"Cookie": "timezone=Asia/Seoul; language=ru"}):
        assert context.when(moment).startswith("20 нояб")
    for bad in ("../../etc/passwd", "Nowhere/Land", "A" * 5000):
        with app.test_request_context(headers={"Cookie": f"timezone={bad}"}):
            assert context.when(moment, "time") == "09:05"


def test_a_partial_call_is_scored_when_a_person_says_so(sign_in: SignIn, database: Database) -> None:
    with database.session() as db:
        whole, partial = make_call(db), make_call(db, partial=True)
        for call in (whole, partial):
            store_words(db, call, state="scored")
        whole_id, partial_id = whole.id, partial.id
    browser = sign_in("reviewer")
    page = browser.get(f"/calls/{partial_id}").text
    assert "Not scored" in page
    assert page.count("It is not scored, because what is missing may be what counts.") == 1
    assert page.count("Score what there is") == 1
    assert "Everything is done." not in page
    assert "Everything is done." in browser.get(f"/calls/{whole_id}").text
    assert post(browser, f"/calls/{whole_id}/score").status_code == 409
    assert post(browser, f"/calls/{partial_id}/score").status_code == 302
    with database.read() as db:
        assert db.get_one(Call, partial_id).state == "transcribed"
        assert db.get_one(Call, whole_id).state == "scored"


def test_static_files_with_a_version_are_kept_and_others_asked_about(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = context.asset_url("css/tokens.css")
    assert "?v=" in address
    assert client.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get("/static/css/tokens.css").headers["Cache-Control"] == "public, no-cache"


def test_a_database_that_cannot_write_shuts_nobody_out(sign_in: SignIn, database: Database) -> None:
    browser = sign_in("reviewer")
    with database.session() as db:
        db.execute(update(WebSession).values(seen_at=datetime.now(UTC) - timedelta(hours=1)))
    refused: list[str] = []

    def refuse_writes(connection: Any, *_rest: Any) -> None:
        connection.execute("PRAGMA query_only=ON")
        refused.append("asked to write")

    event.listen(database.engine, "checkout", refuse_writes)
    try:
        assert browser.get("/").status_code == 200
    finally:
        event.remove(database.engine, "checkout", refuse_writes)
        database.engine.dispose()
    assert refused


@pytest.mark.parametrize(
    ("direction", "result", "word"),
    [
        ("inbound", "not_answered", "missed"),
        ("outbound", "not_answered", "nobody answered"),
        ("outbound", "busy", "busy"),
        ("inbound", "answered", "not recorded"),
        ("inbound", None, "not recorded"),
    ],
)
def test_the_list_tells_a_missed_call_from_one_that_was_not_recorded(
    sign_in: SignIn, database: Database, direction: str, result: str | None, word: str
) -> None:
    with database.session() as db:
        call = make_call(db, legs=0, state="no_audio", direction=direction, result=result).id
    page = sign_in("quality_lead").get("/").text
    line = page.partition(f'id="c{call}"')[2].partition("</li>")[0]
    assert f">{word}</span>" in line
