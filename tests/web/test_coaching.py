"""Coaching pages: what coach and rep find, what is refused with the typed words kept, and who finds nothing."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select

from review.coaching.moves import move_session
from review.coaching.plans import PlanTerms, make_plan
from review.coaching.sessions import make_session
from review.db import Database
from review.models import (
    Clip,
    CoachingClip,
    CoachingPlan,
    CoachingSession,
    CoachingStep,
    CriterionResult,
    utc_now,
)
from review.queries.viewer import Viewer, load_viewer
from tests.db.coaching_world import CRITERION, STANDARD, answer_calls, terms
from tests.web.conftest import Crew, SignIn, post
from web.reading import coaching as reading

ACTION = "Rita asks one open question before the price."


def person(database: Database, user_id: int) -> Viewer:
    with database.read() as session:
        found = load_viewer(session, user_id)
    assert found is not None
    return found


@pytest.fixture
def session_id(database: Database, crew: Crew) -> int:
    """A session of the manager with the rep who signs in, and calls before it."""
    coach = person(database, crew.users["manager"])
    with database.session() as session:
        answer_calls(session, crew.reps["own"], utc_now() - timedelta(days=9), [True, False] * 4)
        return make_session(session, coach, crew.reps["own"], terms(action=ACTION))


@pytest.fixture
def plan_id(database: Database, crew: Crew) -> int:
    """A plan of the same two."""
    coach = person(database, crew.users["manager"])
    made = PlanTerms(
        goal="Ask before offering",
        standard=STANDARD,
        criteria=(CRITERION.id,),
        starts_on=utc_now().date() - timedelta(days=8),
        weeks=3,
    )
    with database.session() as session:
        return make_plan(session, coach, crew.reps["own"], made)


def fields(**changes: Any) -> dict[str, Any]:
    return {
        "went_well": "A warm greeting.",
        "criterion": f"{STANDARD}/{CRITERION.id}",
        "cause": "motivation",
        "action": ACTION,
        "action_by": "rep",
        "due_on": (utc_now() + timedelta(days=10)).date().isoformat(),
        "picked": "figures",
        "weeks_before": "6",
        "notes": "Shared",
        "private_notes": "Hidden",
        "token": "t-1",
        **changes,
    }


def row(database: Database, session_id: int) -> CoachingSession:
    with database.read() as session:
        found = session.get_one(CoachingSession, session_id)
        session.expunge(found)
    return found


def test_a_criterion_no_call_answers_yet_stands_last_in_the_form(
    sign_in: SignIn, database: Database, crew: Crew
) -> None:
    with database.session() as session:
        answer_calls(session, crew.reps["own"], utc_now() - timedelta(days=9), [True, False])
        session.execute(delete(CriterionResult).where(CriterionResult.criterion == CRITERION.id))
    page = sign_in("manager").get(f"/coaching/new?rep={crew.reps['own']}")
    assert page.status_code == 200
    offered = re.findall(r'<option value="([^"]+/[^"]+)">.*? \((.*?)\)</option>', page.text)
    assert (f"{STANDARD}/{CRITERION.id}", "no call yet") in offered
    assert offered == sorted(offered, key=lambda one: one[1] == "no call yet")


def test_a_coach_writes_a_session_down_from_a_call(
    sign_in: SignIn, database: Database, crew: Crew, scored_call: int
) -> None:
    browser = sign_in("manager")
    page = browser.get(
        f"/coaching/new?call={scored_call}&at=0.0&end=2.0&title=Hello&standard={STANDARD}&criterion={CRITERION.id}"
    ).text
    assert "Session with Rita Rep" in page
    stretch = re.search(r'name="work" value="(s:[^"]+)" checked', page)
    assert stretch is not None
    assert f'value="{STANDARD}/{CRITERION.id}" selected' in page
    sent = fields(rep=crew.reps["own"], work=stretch[1], call_id=scored_call, picked="one_call")
    answer = post(browser, "/coaching/new", sent)
    assert answer.status_code == 302
    again = post(browser, "/coaching/new", sent)
    assert again.headers["Location"] == answer.headers["Location"]  # sent twice, made once
    with database.read() as session:
        assert session.scalars(select(Clip.title)).all() == ["Hello"]
        assert len(session.scalars(select(CoachingClip.id)).all()) == 1
    shown = browser.get(answer.headers["Location"]).text
    assert "A warm greeting." in shown
    assert "Hidden" in shown
    assert (
        "After an unusually bad call" in browser.get(answer.headers["Location"]).text
        or "once the talk was held" in shown
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"went_well": " "}, "Say first what went well"),
        ({"due_on": "2020-01-01"}, "Choose a due day that lies ahead"),
        ({"due_on": "soon"}, "Choose a due day that lies ahead"),
        ({"cause": ""}, "knowledge or motivation"),
        ({"criterion": "x"}, "Choose the one criterion"),
        ({"weeks_before": "999"}, "1 to 26 weeks"),
        ({"work": "s:1:0:nan:x"}, "One of the moments"),
        ({"action": "\x00"}, "who does what"),
    ],
)
def test_what_is_missing_is_named_and_the_typed_words_stay(
    sign_in: SignIn, database: Database, crew: Crew, scored_call: int, changes: dict[str, str], said: str
) -> None:
    answer = post(sign_in("manager"), "/coaching/new", fields(rep=crew.reps["own"], notes="Long words", **changes))
    assert answer.status_code == 422
    assert said in answer.text
    assert "Long words" in answer.text
    with database.read() as session:
        assert session.scalars(select(CoachingSession.id)).all() == []


def test_the_rep_reads_praise_first_and_no_private_notes(sign_in: SignIn, session_id: int) -> None:
    page = sign_in("rep").get(f"/coaching/{session_id}").text
    assert page.index("You greet every client by name.") < page.index(ACTION)
    assert "Was tired." not in page
    assert "Yes, agreed" in page
    assert "Note as held" not in page
    assert f"/coaching/{session_id}" in sign_in("rep").get("/coaching").text


def test_from_yes_to_closed(sign_in: SignIn, database: Database, session_id: int) -> None:
    rep, coach = sign_in("rep"), sign_in("manager")
    address = f"/coaching/{session_id}"

    def step(browser: Any, act: str, **more: str) -> int:
        sent = {"act": act, "revision": str(row(database, session_id).revision), **more}
        return int(post(browser, f"{address}/move", sent).status_code)

    assert step(rep, "confirm") == 302
    assert step(rep, "hold") == 403
    assert step(coach, "hold", held_on=utc_now().date().isoformat()) == 302
    assert step(rep, "done", word=" ") == 422
    assert step(rep, "done", word="On every call.") == 302
    assert step(coach, "hold") == 409
    assert post(rep, f"{address}/comment", {"comment": "It was hard.", "token": "c1"}).status_code == 302
    page = coach.get(address).text
    assert "Calls count from the day the action is done" in page or "Too early to say" in page
    assert "It was hard." in page
    assert step(coach, "follow_up") == 302
    assert step(coach, "close", word="Again in spring.") == 302
    assert "Again in spring." in rep.get(address).text
    assert f"/coaching/{session_id}" in coach.get("/coaching?tab=closed").text
    assert post(coach, f"{address}/edit", fields()).status_code == 409


def test_a_step_on_an_old_page_is_not_done(sign_in: SignIn, database: Database, session_id: int) -> None:
    coach = sign_in("manager")
    notes = {"notes": "New", "private_notes": "Mine", "revision": str(row(database, session_id).revision)}
    assert post(coach, f"/coaching/{session_id}/notes", notes).status_code == 302
    stale = post(coach, f"/coaching/{session_id}/notes", {**notes, "notes": "Stale"})
    assert stale.status_code == 409
    assert row(database, session_id).notes == "New"


def test_two_windows_keep_both_peoples_words(sign_in: SignIn, database: Database, session_id: int) -> None:
    coach, lead = sign_in("manager"), sign_in("quality_lead")
    revision = str(row(database, session_id).revision)
    first = post(lead, f"/coaching/{session_id}/edit", fields(action="The lead's action", revision=revision))
    assert first.status_code == 302
    second = post(coach, f"/coaching/{session_id}/edit", fields(action="My own action", revision=revision))
    assert second.status_code == 409
    assert "My own action" in second.text
    assert "The lead&#39;s action" in second.text
    assert row(database, session_id).action == "The lead's action"
    newer = re.search(r'name="revision" value="(\d+)"', second.text)
    assert newer is not None
    third = post(coach, f"/coaching/{session_id}/edit", fields(action="My own action", revision=newer[1]))
    assert third.status_code == 302


def test_a_leads_edit_does_not_wipe_the_coachs_private_notes(
    sign_in: SignIn, database: Database, session_id: int
) -> None:
    sent = fields(revision=str(row(database, session_id).revision))
    del sent["private_notes"]
    assert post(sign_in("quality_lead"), f"/coaching/{session_id}/edit", sent).status_code == 302
    assert row(database, session_id).private_notes == "Was tired."


@pytest.mark.parametrize(
    ("role", "status"),
    [("rep", 200), ("manager", 200), ("quality_lead", 200), ("head_of_sales", 200), ("reviewer", 403), ("admin", 403)],
)
def test_who_opens_a_session_and_a_plan(sign_in: SignIn, session_id: int, plan_id: int, role: str, status: int) -> None:
    for address in ("/coaching", "/coaching/plans", f"/coaching/{session_id}", f"/coaching/plans/{plan_id}"):
        assert sign_in(role).get(address).status_code == status


def test_another_teams_session_does_not_exist(sign_in: SignIn, database: Database, crew: Crew) -> None:
    lead = person(database, crew.users["quality_lead"])
    with database.session() as session:
        answer_calls(session, crew.reps["other"], utc_now() - timedelta(days=9), [True])
        made = make_session(session, lead, crew.reps["other"], terms())
    browser = sign_in("manager")
    assert browser.get(f"/coaching/{made}").status_code == 404
    assert browser.get(f"/coaching/new?rep={crew.reps['other']}").status_code == 404
    assert post(browser, f"/coaching/{made}/move", {"act": "hold"}).status_code == 404
    assert "Olga" not in browser.get("/coaching").text + browser.get("/coaching/new").text


def test_the_follow_up_shows_figures_and_the_calls_behind_them(sign_in: SignIn, database: Database, crew: Crew) -> None:
    coach = person(database, crew.users["manager"])
    rep = person(database, crew.users["rep"])
    with database.session() as session:
        answer_calls(session, crew.reps["team"], utc_now() - timedelta(days=50), [True, False] * 6)
        answer_calls(session, crew.reps["team"], utc_now() - timedelta(days=25), [True, False] * 6)
        answer_calls(session, crew.reps["own"], utc_now() - timedelta(days=45), [False] * 10 + [True] * 2)
        made = make_session(session, coach, crew.reps["own"], terms())
        move_session(session, coach, made, "hold")
        move_session(session, rep, made, "done", word="On every call.")
        row = session.get_one(CoachingSession, made)
        row.held_at = utc_now() - timedelta(days=30)
        row.due_at = row.finished_at = utc_now() - timedelta(days=28)
        later = answer_calls(session, crew.reps["own"], utc_now() - timedelta(days=26), [True] * 12)
    page = sign_in("manager").get(f"/coaching/{made}").text
    assert "improved more than the rest of the team" in page
    assert 'class="range rep after"' in page
    assert "Beyond the team" in page
    assert f"/calls/{later[0]}#crit-{CRITERION.id}" in page
    assert "after" in sign_in("rep").get(f"/coaching/{made}").text


def test_a_plan_week_by_week(sign_in: SignIn, database: Database, crew: Crew, plan_id: int, session_id: int) -> None:
    coach, rep = sign_in("manager"), sign_in("rep")
    address = f"/coaching/plans/{plan_id}"
    assert "Nothing is to be done in this week yet." in coach.get(address).text
    assert post(coach, f"{address}/steps", {"kind": "practice", "week": "1", "words": "Three calls"}).status_code == 302
    assert (
        post(coach, f"{address}/steps", {"kind": "session", "week": "2", "session_id": str(session_id)}).status_code
        == 302
    )
    assert post(coach, f"{address}/steps", {"kind": "practice", "week": "9", "words": "x"}).status_code == 422
    assert post(coach, f"{address}/steps", {"kind": "quiz", "week": "1", "quiz": "/quizzes/99"}).status_code == 422
    page = rep.get(address).text
    assert "1 step behind" in page
    assert ACTION in page
    assert "1 step behind" in coach.get("/coaching").text
    with database.read() as session:
        first = session.scalars(select(CoachingStep.id).order_by(CoachingStep.id)).first()
    assert post(rep, f"{address}/steps/{first}", {"act": "done", "word": "Went well"}).status_code == 302
    assert "Went well" in coach.get(address).text
    assert post(rep, f"{address}/steps/{first}", {"act": "remove"}).status_code == 403
    assert post(rep, f"{address}/steps/{first}", {"act": "dance"}).status_code == 422
    assert post(coach, f"{address}/end", {"outcome": ""}).status_code == 422
    assert post(coach, f"{address}/end", {"outcome": "She asks first now."}).status_code == 302
    assert "She asks first now." in rep.get(address).text
    assert coach.get(f"{address}/edit").status_code == 302


def test_a_plan_is_made_and_changed_with_the_typed_words_kept(
    sign_in: SignIn, database: Database, crew: Crew, scored_call: int
) -> None:
    coach = sign_in("manager")
    assert "Plan for Rita Rep" in coach.get(f"/coaching/plans/new?rep={crew.reps['own']}").text
    sent = {
        "rep": crew.reps["own"],
        "goal": "Ask first",
        "starts_on": utc_now().date().isoformat(),
        "weeks": "4",
        "criteria": [f"{STANDARD}/{CRITERION.id}"],
        "token": "p-1",
    }
    refused = post(coach, "/coaching/plans/new", {**sent, "criteria": []})
    assert refused.status_code == 422
    assert "Ask first" in refused.text
    assert post(coach, "/coaching/plans/new", {**sent, "criteria": ["a/b", "c/d"]}).status_code == 422
    made = post(coach, "/coaching/plans/new", sent)
    assert made.status_code == 302
    address = made.headers["Location"]
    assert coach.get(f"{address}/edit").status_code == 200
    assert post(coach, f"{address}/edit", {**sent, "goal": "Ask twice", "revision": "1"}).status_code == 302
    stale = post(coach, f"{address}/edit", {**sent, "goal": "Old words", "revision": "1"})
    assert stale.status_code == 409
    assert "Old words" in stale.text
    assert "Ask twice" in stale.text
    with database.read() as session:
        assert session.scalars(select(CoachingPlan.goal)).all() == ["Ask twice"]


def test_empty_pages_say_what_will_stand_there(sign_in: SignIn) -> None:
    assert "No session is open" in sign_in("manager").get("/coaching").text
    assert "When your manager plans a talk with you" in sign_in("rep").get("/coaching").text
    assert "Nothing is closed yet" in sign_in("rep").get("/coaching?tab=closed").text
    assert "No plan yet" in sign_in("rep").get("/coaching/plans").text
    assert "With whom?" in sign_in("manager").get("/coaching/new").text
    assert "For whom?" in sign_in("manager").get("/coaching/plans/new").text


def test_today_is_the_day_it_is_where_the_coach_is(
    sign_in: SignIn, database: Database, session_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = utc_now()
    zone = ZoneInfo("Etc/GMT-14" if now.hour >= 10 else "Etc/GMT+12")  # where another day is on the calendar now
    monkeypatch.setattr(reading, "zone", lambda: zone)
    today = now.astimezone(zone).date().isoformat()
    assert today != now.astimezone(UTC).date().isoformat()
    browser = sign_in("manager")
    assert f'max="{today}"' in browser.get(f"/coaching/{session_id}").text
    answer = post(browser, f"/coaching/{session_id}/move", {"act": "hold", "held_on": today, "revision": "1"})
    assert answer.status_code == 302, answer.text
    held = row(database, session_id).held_at
    assert held is not None
    assert now <= held <= utc_now(), "the talk of today was held now"
