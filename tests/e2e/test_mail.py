"""Working time, choices and mails in a browser: a choice is made, the mail is a file, its address ends the mails."""

from __future__ import annotations

import dataclasses
import email
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from review.comments.notices import notify
from review.models import Letter, NoticeChoice, NoticeHabit, Notification, User, WorkingCalendar
from review.notices.choices import read_choices
from review.notices.planning import plan_mail
from review.notices.sending import Sender
from review.notices.server import MailServer
from tests.e2e.site import Site
from tests.waiting import wait_until
from web.mail.sending import writer

pytestmark = pytest.mark.browser
AXE = Path(__file__).parent / "vendor" / "axe.min.js"


@pytest.fixture
def lead(site: Site) -> Iterator[int]:
    """The quality lead; what this test chose and sent is gone at the end."""
    with site.runtime.database.read() as session:
        found = session.scalars(select(User.id).where(User.email == "lead@example.com")).one()
    yield found
    with site.runtime.database.session() as session:
        for row in (Notification, NoticeChoice, NoticeHabit):
            session.execute(delete(row).where(row.user_id == found))
        session.execute(delete(Letter))
        session.execute(delete(WorkingCalendar))


def faults(page: Any) -> list[Any]:
    """What axe finds wrong with the page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]


def test_a_choice_a_daily_mail_and_its_end(
    site: Site, lead: int, open_page: Callable[..., Any], tmp_path: Path
) -> None:
    page = open_page("/notifications")
    page.click("text=How they reach me")
    page.wait_for_selector("h1 >> text=How notifications reach me")
    assert faults(page) == []
    page.click("fieldset.way:has-text('Somebody names me in a comment') >> text=Daily mail")
    page.fill("#digest_at", "07:30")
    page.fill("#zone", "Asia/Seoul")
    page.click("text=Keep these choices")
    page.wait_for_selector("text=Your choices are kept")
    database = site.runtime.database
    with database.read() as session:
        assert read_choices(session, lead).way("mention") == "digest"

    with database.session() as session:
        plan_mail(session, datetime.now(UTC), can_send=True)  # what other tests on this site told waits no longer
        session.execute(update(Notification).values(mail_at=None))
        session.execute(delete(Letter))
    with database.session() as session:
        for by in ("Ann", "Bob"):
            notify(session, lead, "mention", body={"by": by})
        plan_mail(session, datetime.now(UTC), can_send=True)
        mine = select(Notification.mail_at).where(Notification.user_id == lead, Notification.mail_at.is_not(None))
        waits = session.scalars(mine).all()
        assert len(set(waits)) == 1
        assert waits[0] is not None
        assert (waits[0] + timedelta(hours=9)).strftime("%H:%M") == "07:30"  # in Seoul
        assert plan_mail(session, waits[0], can_send=True) == 1
    server = MailServer("Callcoach <calls@example.com>", folder=tmp_path)
    assert Sender(database, server, _writer(site)).send_due().sent == 1
    (path,) = tmp_path.glob("*.eml")
    mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail["Subject"] == "Your day: 2 new notifications"
    rich = mail.get_body(("html",))
    assert rich
    page.set_content(rich.get_content())
    assert page.inner_text("h2") == "Comments"
    assert page.locator("li").count() == 2
    stop = str(mail["List-Unsubscribe"]).strip("<>")
    page.goto(re.sub(r"^https?://[^/]+", "", stop))
    assert faults(page) == []
    page.click("text=Stop them")
    page.wait_for_selector("text=No more of these mails")
    with database.read() as session:
        assert read_choices(session, lead).way("mention") == "app"


def test_a_holiday_is_proposed_and_a_team_gets_its_hours(site: Site, lead: int, open_page: Callable[..., Any]) -> None:
    page = open_page("/working-time")
    assert faults(page) == []
    page.uncheck("[name=works4]")
    page.fill("#zone", "Asia/Seoul")
    page.click("text=Keep these hours")
    page.wait_for_selector("text=Mon–Thu 09:00–18:00")
    year = date.today().year + 1
    page.click("text=Propose national holidays")
    page.select_option("#country", "KR")
    page.select_option("#year", str(year))
    page.click("button >> text=Show")
    page.wait_for_selector(f"[value='{year}-10-09']" if date(year, 10, 9).weekday() < 4 else ".days li")
    assert faults(page) == []
    chosen = page.locator(".days [name=day]:checked").count()
    page.click("text=Take over the chosen days")
    page.wait_for_selector("#days .days li")
    assert page.locator("#days ul.days > li").count() == chosen
    page.set_viewport_size({"width": 390, "height": 844})
    wait_until(lambda: page.evaluate("document.documentElement.scrollWidth") <= 390)
    assert faults(page) == []


def _writer(site: Site) -> Any:
    from web.app import create_app

    runtime = site.runtime
    return writer(create_app(dataclasses.replace(runtime.settings), database=runtime.database))
