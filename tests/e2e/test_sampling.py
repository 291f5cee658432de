"""From a sampling rule to the call it drew, in a browser: rule, preview, draw, queue, and the next call by one key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from review.models import Assignment, Call, Notification, SamplingRule
from review.sampling.periods import closed_period
from tests.db.sampled import scored_calls
from tests.e2e.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def last_week(site: Site, ready_call: str) -> Iterator[int]:
    """The scored sample call held last week among nine others without a page; all is as before at the end."""
    call_id = int(ready_call.rpartition("/")[2])
    start = closed_period("week", datetime.now(UTC)).start
    with site.runtime.database.session() as session:
        newest = session.scalar(select(func.max(Call.id)))
        held = session.scalar(select(Call.happened_at).where(Call.id == call_id))
        session.execute(update(Call).where(Call.id == call_id).values(happened_at=start + timedelta(hours=30)))
        rep = session.scalar(select(Call.rep_id).where(Call.id == call_id))
        session.execute(delete(Assignment))  # what other tests gave to people
        scored_calls(session, rep, 9, at=start, queue="hotline")
    yield call_id
    with site.runtime.database.session() as session:
        session.execute(delete(Assignment))
        session.execute(delete(SamplingRule))
        session.execute(delete(Notification))
        session.execute(delete(Call).where(Call.id > newest))
        session.execute(update(Call).where(Call.id == call_id).values(happened_at=held))


def test_rule_preview_draw_queue_and_the_next_call(site: Site, last_week: int, open_page: Callable[..., Any]) -> None:
    page = open_page("/sampling")
    page.click("text=New rule")
    page.wait_for_selector("#preview-body >> text=Choose at least one reviewer")
    page.fill("#name", "Everything of last week")
    page.fill("[name=percent]", "100")
    assert page.is_checked("[name=amount][value=percent]")  # typing an amount chooses it
    page.click(".opt:has-text('Ines Keller')")
    page.wait_for_selector("#preview-body >> text=/It would take 10 of 10 calls/")
    page.click(".opt:has-text('hotline')")
    page.wait_for_selector("#preview-body >> text=/It would take 9 of 9 calls/")
    page.click(".opt:has-text('hotline')")
    page.wait_for_selector("#preview-body >> text=/It would take 10 of 10 calls/")
    page.click("text=Save the rule")
    page.wait_for_selector("#draw:not([disabled])")
    with site.runtime.database.read() as session:
        assert session.scalars(select(Assignment)).all() == []

    page.click("#draw")
    page.wait_for_selector("text=10 calls were drawn and given out")
    assert page.locator("th:has-text('all calls')").count() == 1
    with site.runtime.database.session() as session:
        rows = session.scalars(select(Assignment).order_by(Assignment.id)).all()
        assert len(rows) == 10
        first = next(row for row in rows if row.call_id == last_week)
        first.due_at = datetime.now(UTC) - timedelta(days=1)

    page.click("#nav a:has-text('Review queue')")
    page.wait_for_selector("#queue > li")
    assert page.locator("#queue > li").count() == 10
    line = page.locator("#queue > li").first
    assert line.get_attribute("id") == f"a{first.id}"
    assert "overdue since" in line.inner_text()
    assert re.search(r"drawn at random|objection|scores it low", line.inner_text())
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('li').id") == f"a{first.id}"
    page.evaluate("document.activeElement.blur()")

    page.keyboard.press("n")
    page.wait_for_url(f"**/calls/{last_week}?assignment={first.id}&play=1")
    page.wait_for_selector("#scorecard")


def test_a_call_is_left_out_with_a_reason_and_handed_on_by_a_lead(
    site: Site, last_week: int, open_page: Callable[..., Any]
) -> None:
    from review.models import User
    from review.sampling.assignments import assign

    with site.runtime.database.session() as session:
        lead = session.scalar(select(User.id).where(User.email == "lead@example.com"))
        olga = session.scalar(select(User.id).where(User.email == "olga@example.com"))
        extra = scored_calls(session, None, 2)
        assert lead is not None
        due = datetime.now(UTC) - timedelta(days=2)
        assert assign(session, extra, lead, due_at=due, by=None, why="a test of the queue") == 2
        ids = [session.scalar(select(Assignment.id).where(Assignment.call_id == call)) for call in extra]
    page = open_page("/queue")
    page.click(f"#a{ids[0]} summary")
    page.wait_for_selector(f"#why{ids[0]}:focus")
    page.keyboard.type("nobody speaks")
    page.keyboard.press("Escape")
    assert page.locator("details[open]").count() == 0
    page.click(f"#a{ids[0]} summary")
    assert page.input_value(f"#why{ids[0]}") == "nobody speaks"  # what was typed stays
    page.click(f"#a{ids[0]} .panel button")
    page.wait_for_selector("text=Left out.")
    assert page.locator(f"#a{ids[0]}").count() == 0
    page.click("text=Everybody")
    page.click(f"#a{ids[1]} summary")
    page.select_option(f"#to{ids[1]}", value=str(olga))
    page.click(f"#a{ids[1]} .panel button >> nth=0")
    page.wait_for_selector("text=Handed on.")
    assert "Ольга" in page.locator(f"#a{ids[1]}").inner_text()


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_scrolls_sideways(last_week: int, open_page: Callable[..., Any], width: int) -> None:
    page = open_page("/queue", viewport={"width": width, "height": 800})
    for path in ("/queue", "/queue/everybody", "/sampling", "/sampling/new"):
        page.goto(path)
        page.wait_for_selector("h1")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
