"""A coach makes a session from a moment of a call, the rep agrees and does it, later calls show what it changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from review.models import Call, Clip, CoachingPlan, CoachingSession, Notification, Rep, utc_now
from tests.db.coaching_world import CRITERION, STANDARD, answer_calls
from tests.e2e.site import Site
from tests.e2e.test_pages import AXE, RULES
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

REP = "rep@example.com"
ACTION = "Daniel asks one open question before the price."


@pytest.fixture
def past(site: Site, ready_call: str) -> Iterator[dict[str, int]]:
    """Calls of the rep over the last weeks that miss the criterion; everything made here is gone at the end."""
    made: list[int] = []
    with site.runtime.database.session() as session:
        rep_id = session.scalars(select(Rep.id).where(Rep.name == "Daniel Miller")).one()
        made += answer_calls(session, rep_id, utc_now() - timedelta(days=50), [False] * 14 + [True])
    yield {"rep": rep_id, "call": int(ready_call.rpartition("/")[2])}
    with site.runtime.database.session() as session:
        session.execute(delete(CoachingSession))
        session.execute(delete(CoachingPlan))
        session.execute(delete(Clip).where(Clip.title == "The price came first"))
        session.execute(delete(Notification).where(Notification.kind.like("coaching%")))
        session.execute(delete(Call).where(Call.happened_at < utc_now() - timedelta(hours=20), Call.rep_id == rep_id))


def stored(site: Site) -> CoachingSession | None:
    with site.runtime.database.read() as session:
        found = session.scalars(select(CoachingSession)).one_or_none()
        if found is not None:
            session.expunge(found)
    return found


def state_of(site: Site) -> str | None:
    found = stored(site)
    return None if found is None else found.state


def weeks_pass(site: Site, session_id: int, rep_id: int) -> None:
    """The talk lies four weeks back, and the rep has made better calls since."""
    with site.runtime.database.session() as session:
        row = session.get_one(CoachingSession, session_id)
        row.held_at = utc_now() - timedelta(days=28)
        row.due_at = row.finished_at = utc_now() - timedelta(days=26)
        answer_calls(session, rep_id, utc_now() - timedelta(days=24), [True] * 14 + [False])


def faults(page: Any) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
    return [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]


def test_from_a_moment_of_a_call_to_a_measured_follow_up(
    site: Site, past: dict[str, int], ready_call: str, open_page: Callable[..., Any]
) -> None:
    coach = open_page(f"{ready_call}?t=20")
    coach.wait_for_selector("[data-coach]")
    wait_until(lambda: coach.evaluate("document.getElementById('audio').currentTime") > 19, what="the second")
    coach.keyboard.press("Shift+K")
    coach.wait_for_url("**/coaching/new?**")
    assert coach.locator('input[name="work"]:checked').count() == 1
    coach.fill("#went_well", "You stay calm when the client says no.")
    coach.select_option("#criterion", f"{STANDARD}/{CRITERION.id}")
    coach.check('input[name="cause"][value="knowledge"]')
    coach.fill("#action", ACTION)
    coach.fill("#private_notes", "Not for others.")
    assert coach.input_value("#due_on") > utc_now().date().isoformat()
    coach.press("#action", "Control+Enter")
    coach.wait_for_selector("#went-well")
    assert coach.locator("#agreement .moments a").count() == 1
    found = stored(site)
    assert found is not None
    assert found.call_id == past["call"]

    rep = open_page("/coaching", REP)
    rep.wait_for_selector(f"#session{found.id}")
    rep.keyboard.press("j")
    rep.keyboard.press("Enter")
    rep.wait_for_url(f"**/coaching/{found.id}")
    rep.wait_for_load_state()
    text = rep.inner_text("main")
    assert text.index("You stay calm") < text.index(ACTION)
    assert "Not for others." not in text
    rep.keyboard.press("y")
    wait_until(lambda: (row := stored(site)) is not None and row.confirmed_at is not None, what="the rep's yes")

    coach.reload()
    coach.wait_for_selector("#agreement >> text=/confirmed by Daniel Miller/")
    coach.click("#move-hold button")
    wait_until(lambda: state_of(site) == "held", what="the talk")
    rep.reload()
    rep.fill("#word-done", "I ask on every call now.")
    rep.click("#move-done button")
    wait_until(lambda: state_of(site) == "done", what="the action")
    rep.fill("#comment", "The second week was easier.")
    rep.press("#comment", "Control+Enter")
    rep.wait_for_selector(".said >> text=/second week/")

    weeks_pass(site, found.id, past["rep"])
    coach.reload()
    coach.wait_for_selector(".effect svg")
    assert coach.locator(".effect .mark.rep").count() == 2
    first = coach.locator(".effect-table tbody tr").first.inner_text()
    figures = re.search(r"\+(\d+)\s.*\s(\d+) · (\d+)$", first.strip(), re.DOTALL)
    assert figures, first
    change, before, after = map(int, figures.groups())
    assert change > 60
    assert (before, after) >= (15, 15), "other tests' calls of this rep count as well"
    coach.click("summary >> text=/Later calls/")
    assert coach.locator(".calls-of[open] li a").count() == after
    coach.click("#move-follow_up button")
    wait_until(lambda: state_of(site) == "followed_up", what="the follow-up")
    coach.fill("#word-close", "Next: the closing question.")
    coach.click("#move-close button")
    wait_until(lambda: state_of(site) == "closed", what="the end")
    coach.wait_for_selector("text=/as stored on/")
    coach.goto("/coaching?tab=closed")
    coach.wait_for_selector(f"#session{found.id} .chip.good >> text=better")


def test_a_plan_with_a_step_the_rep_does(site: Site, past: dict[str, int], open_page: Callable[..., Any]) -> None:
    coach = open_page(f"/coaching/plans/new?rep={past['rep']}")
    coach.fill("#goal", "Ask before offering")
    coach.check(f'input[name="criteria"][value="{STANDARD}/{CRITERION.id}"]')
    coach.press("#goal", "Control+Enter")
    coach.wait_for_selector("#week1")
    coach.fill("#words", "Three calls with an open question first")
    coach.click("#add-step button.btn")
    coach.wait_for_selector(".steps >> text=/Three calls/")
    rep = open_page("/coaching/plans", REP)
    rep.click("text=Ask before offering")
    rep.wait_for_selector(".steps")
    rep.click(".steps button >> text=/^Done/")
    rep.wait_for_selector(".steps .finished")
    coach.reload()
    coach.wait_for_selector(".steps .finished >> text=/said Daniel Miller/")


def test_typed_words_stay_when_somebody_was_quicker(
    site: Site, past: dict[str, int], open_page: Callable[..., Any]
) -> None:
    page = open_page(f"/coaching/new?rep={past['rep']}", expected="409")
    page.fill("#went_well", "A warm greeting.")
    page.select_option("#criterion", f"{STANDARD}/{CRITERION.id}")
    page.check('input[name="cause"][value="motivation"]')
    page.fill("#action", ACTION)
    page.press("#action", "Control+Enter")
    page.wait_for_selector("#went-well")
    page.wait_for_load_state()
    page.keyboard.press("e")
    page.wait_for_selector("#coaching-form")
    page.wait_for_load_state()
    with site.runtime.database.session() as session:
        row = session.scalars(select(CoachingSession).order_by(CoachingSession.id.desc()).limit(1)).one()
        row.revision, row.action = row.revision + 1, "What the other window stored"
    page.fill("#action", "What I typed")
    page.press("#action", "Control+Enter")
    page.wait_for_selector("#moved >> text=/What the other window stored/")
    assert page.input_value("#action") == "What I typed"
    page.press("#action", "Control+Enter")
    page.wait_for_selector("#agreement >> text=/What I typed/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_phones_need_no_sideways_scroll(
    site: Site, past: dict[str, int], open_page: Callable[..., Any], scheme: str
) -> None:
    page = open_page(f"/coaching/new?rep={past['rep']}&call={past['call']}&at=2&end=9", color_scheme=scheme)
    page.fill("#went_well", "A warm greeting.")
    page.select_option("#criterion", f"{STANDARD}/{CRITERION.id}")
    page.check('input[name="cause"][value="motivation"]')
    page.fill("#action", ACTION)
    assert faults(page) == []
    page.press("#action", "Control+Enter")
    page.wait_for_selector("#went-well")
    page.click("#move-hold button")
    page.wait_for_selector("#move-done")
    found = stored(site)
    assert found is not None
    weeks_pass(site, found.id, past["rep"])
    paths = ["/coaching", f"/coaching/{found.id}", "/coaching/plans", f"/coaching/plans/new?rep={past['rep']}"]
    for path in paths:
        page.goto(path)
        page.wait_for_selector("h1")
        assert faults(page) == [], path
    page.set_viewport_size({"width": 390, "height": 844})
    for path in [*paths, f"/coaching/new?rep={past['rep']}", f"/coaching/{found.id}/edit"]:
        page.goto(path)
        page.wait_for_selector("h1")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
