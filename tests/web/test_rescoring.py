"""The pages of scoring again: starting, progress, how scores moved, what changed, and who sees which of it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from review.db import Database
from review.queries.rescore_runs import Bar, Spread, list_runs
from review.services.rescore import get_run
from review.services.standards import import_standard
from review.services.steps import note_web_audio
from review.settings import Settings
from scoring.standards import load_standard
from tests.db.rescoring import GREETS, PLAIN, assessments, scored_call
from tests.db.test_rescore import HARDER, V
from tests.web.conftest import SignIn, csrf_token
from web.reading.rescoring import HEIGHT, WIDTH, draw_spread
from workers.rescoring import work_on_run


def never() -> bool:
    return False


def post(browser: FlaskClient, address: str, **form: str) -> tuple[int, str]:
    answer = browser.post(address, data={**form, "csrf_token": csrf_token(browser, "/rescoring")})
    return answer.status_code, answer.headers.get("Location", "")


def test_an_empty_installation_says_what_the_page_is_for(sign_in: SignIn) -> None:
    browser = sign_in("quality_lead")
    page = browser.get("/rescoring").text
    assert "No call was scored again yet" in page
    assert f"Cold call, v{V}" in page
    assert post(browser, "/rescoring") == (302, "/rescoring")
    assert "There is no scored call to score again." in browser.get("/rescoring").text
    assert browser.get("/rescoring/7").status_code == 404
    assert post(browser, "/rescoring", source="nowhere")[0] == 422


def test_a_run_from_start_to_its_changes(sign_in: SignIn, database: Database, settings: Settings) -> None:
    calls = [scored_call(database, *GREETS), scored_call(database, *PLAIN)]
    with database.session() as session:
        import_standard(session, HARDER, "harder.yaml")
    browser = sign_in("quality_lead")
    status, address = post(browser, "/rescoring")
    assert (status, address) == (302, "/rescoring/1")
    page = browser.get(address).text
    assert "2 calls are being scored again." in page
    assert 'hx-get="/rescoring/1/progress"' in page
    assert "Nothing changed so far" in page
    assert post(browser, "/rescoring") == (302, "/rescoring/1")  # one at a time
    assert "Another run is still going on" in browser.get(address).text
    asked = browser.get("/rescoring/1/progress", headers={"HX-Request": "true"})
    assert "0 of 2 calls" in asked.text
    assert "HX-Refresh" not in asked.headers
    assert 'hx-trigger="every 3s"' in browser.get("/rescoring", headers={"HX-Request": "true"}).text
    assert work_on_run(database, settings, 1, stop=never) == "done"
    asked = browser.get("/rescoring/1/progress", headers={"HX-Request": "true"})
    assert asked.headers["HX-Refresh"] == "true"
    page = browser.get(address).text
    assert "<svg" in page
    assert "Same answer, other weight:" in page
    assert "Greeted the client and gave own name" in page
    assert page.count("<details>") == 2
    for call_id in calls:
        assert f'href="/calls/{call_id}"' in page
        assert len(assessments(database, call_id)) == 2
    assert "hx-trigger" not in browser.get("/rescoring").text


def test_only_to_compare_by_another_standard(sign_in: SignIn, database: Database, settings: Settings) -> None:
    scored_call(database, *GREETS)
    browser = sign_in("head_of_sales")
    assert post(browser, "/rescoring", standard="closing", compare="1")[0] == 302
    assert work_on_run(database, settings, 1, stop=never) == "done"
    page = browser.get("/rescoring/1").text
    assert "only to compare" in page
    assert f"closing, v{load_standard('closing').version}" in page
    assert "no longer asked" in page
    assert "new question" in page
    with database.read() as session:
        assert not get_run(session, 1).show


def test_an_unknown_scorecard_starts_nothing(sign_in: SignIn, database: Database) -> None:
    scored_call(database, *GREETS)
    assert post(sign_in("head_of_sales"), "/rescoring", standard="nope")[0] == 422
    with database.read() as session:
        assert list_runs(session) == ()


def test_quotes_play_where_the_call_has_sound(sign_in: SignIn, database: Database, settings: Settings) -> None:
    call_id = scored_call(database, *GREETS)
    with database.session() as session:
        note_web_audio(session, call_id, "derived/1", 6.0)
    browser = sign_in("quality_lead")
    post(browser, "/rescoring", standard="closing", compare="1")
    assert work_on_run(database, settings, 1, stop=never) == "done"
    page = browser.get("/rescoring/1").text
    assert f'data-play="/calls/{call_id}/audio"' in page
    assert 'data-from="' in page


def test_a_run_is_stopped_by_hand(sign_in: SignIn, database: Database, settings: Settings) -> None:
    call_id = scored_call(database, *GREETS)
    browser = sign_in("quality_lead")
    post(browser, "/rescoring", standard="closing")
    assert post(browser, "/rescoring/1/cancel") == (302, "/rescoring/1")
    assert "Stopped. Calls scored by then keep their new scores." in browser.get("/rescoring/1").text
    assert work_on_run(database, settings, 1, stop=never) == "cancelled"
    assert len(assessments(database, call_id)) == 1
    post(browser, "/rescoring/1/cancel")
    assert "The run had ended already." in browser.get("/rescoring/1").text


def test_an_admin_sees_how_scores_moved_and_no_call(sign_in: SignIn, database: Database, settings: Settings) -> None:
    call_id = scored_call(database, *GREETS)
    browser = sign_in("admin")
    post(browser, "/rescoring", standard="closing")
    assert work_on_run(database, settings, 1, stop=never) == "done"
    page = browser.get("/rescoring/1").text
    assert "The calls are not yours to see" in page
    assert f"/calls/{call_id}" not in page
    assert "Good morning" not in page


@pytest.mark.parametrize("role", ["rep", "manager", "reviewer", "external_reviewer"])
def test_others_are_refused(sign_in: SignIn, role: str) -> None:
    browser = sign_in(role)
    assert browser.get("/rescoring").status_code == 403
    assert "/rescoring" not in browser.get("/").text


def test_the_drawing_holds_every_bar_inside() -> None:
    def spread(*bars: Bar) -> Spread:
        return Spread(bars=bars, up=1, down=1, same=0, began_or_ended=0, mean=0.0)

    assert draw_spread(spread()) is None
    chart = draw_spread(spread(Bar(-10, 1), Bar(-5, 0), Bar(0, 4000)))
    assert chart is not None
    assert [(bar.low, bar.high, bar.calls) for bar in chart.bars if bar.calls] == [(-10, -5, 1), (0, 5, 4000)]
    assert (chart.bars[0].low, chart.bars[-1].high) == (-20, 20)
    assert chart.zero == WIDTH / 2
    for bar in chart.bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= WIDTH
        assert 0 <= bar.y <= bar.y + bar.height <= HEIGHT
    assert chart.bars[2].height > 0  # one call of thousands is still seen
    upward = draw_spread(spread(Bar(60, 3)))
    assert upward is not None
    assert (upward.bars[0].low, upward.bars[-1].high) == (-20, 65)
