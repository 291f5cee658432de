"""A quiz in a browser: built from an objection that went wrong, given, taken, compared, and its results read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from review.models import ObjectionEpisode, Quiz
from tests.e2e.site import Site
from tests.e2e.test_library import RECORD_PLAYING, cut, decide, faults, seller
from tests.e2e.test_pages import PHONE
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

ANSWER = "I understand, that matters. What are you comparing it with? Shall we talk on Tuesday at ten?"


def mistake(site: Site, ready_call: str) -> tuple[int, str, float]:
    """An objection of the call that went wrong: its id, its type and where it begins."""
    call = int(ready_call.rstrip("/").rsplit("/", 1)[1])
    with site.runtime.database.read() as session:
        found = session.execute(
            select(ObjectionEpisode.id, ObjectionEpisode.type, ObjectionEpisode.start)
            .where(
                ObjectionEpisode.call_id == call,
                ObjectionEpisode.outcome.in_(("mishandled", "ignored")),
                ObjectionEpisode.start.is_not(None),
            )
            .order_by(ObjectionEpisode.number)
        ).first()
    assert found is not None, "the sample call has an objection that went wrong"
    return int(found[0]), str(found[1]), float(found[2] or 0)


def build(site: Site, ready_call: str, page: Any, title: str) -> str:
    """Build a quiz from the mistake and give it to Anna; its address."""
    episode, kind, _ = mistake(site, ready_call)
    page.goto("/quizzes")
    page.get_by_role("link", name="Build from real mistakes").first.click()
    page.goto(f"/quizzes/mistakes?type={kind}")
    page.locator(f"input[name=episode][value='{episode}']").check()
    page.fill("#quiz-title", title)
    page.get_by_role("button", name="Build the quiz").click()
    page.locator(".flash", has_text="Built with 1 question").wait_for()
    address = str(page.url)
    page.locator("summary", has_text="Give it to somebody").click()
    page.get_by_label("Anna Berg").check()
    page.get_by_role("button", name="Give", exact=True).click()
    page.locator(".flash", has_text="Given to 1 person").wait_for()
    return address


def test_from_an_objection_to_results(site: Site, ready_call: str, open_page: Callable[..., Any]) -> None:
    anna = seller(site)
    _, kind, starts = mistake(site, ready_call)
    lead = open_page("/")
    cut(lead, ready_call, "How it is done well", 5 if starts < 15 else 1)
    lead.goto("/clips?q=done+well")
    card = lead.locator("article.clip", has_text="How it is done well")
    card.locator("summary", has_text="Change").click()
    card.locator("select[name=objection]").select_option(kind)
    card.get_by_role("button", name="Store", exact=True).click()
    lead.locator(".flash", has_text="Changed").wait_for()
    decide(lead, "How it is done well", "Good example", "Takes the objection up first")
    decide(lead, "How it is done well", "Open to every seller")
    address = build(site, ready_call, lead, "What would you have said?")

    page = open_page("/quizzes", email=anna)
    page.get_by_role("link", name="What would you have said?").first.click()
    page.wait_for_url("**/take")
    assert page.locator("main a[href^='/calls']").count() == 0
    page.evaluate(RECORD_PLAYING)
    page.get_by_role("button", name="Play what the client says").click()
    wait_until(lambda: page.evaluate("window.ended ?? null") is not None, seconds=30, what="the end of the question")
    assert "/questions/" in page.evaluate("window.source")
    page.fill("#words", ANSWER)
    page.reload()
    assert page.input_value("#words") == ANSWER, "what was typed outlives the page"
    page.focus("#words")
    page.keyboard.press("Control+Enter")
    page.locator(".mine").wait_for()
    found = page.locator(".moves .has").all_inner_texts()
    assert {"acknowledged", "clarified", "next step"} <= {text.split("\n")[0].strip() for text in found}
    best = page.locator(".best .clip", has_text="How it is done well")
    assert "Takes the objection up first" in best.inner_text()
    assert page.locator("#words").count() == 0, "an answer stays as it was given"
    page.get_by_label("3", exact=True).check(force=True)
    page.get_by_role("button", name="Keep my rating").click()
    page.locator(".flash", has_text="Kept").wait_for()
    assert "You have answered everything" in page.content()

    lead.goto(f"{address}/results")
    text = lead.locator("main").inner_text()
    assert "Anna Berg" in text
    assert ANSWER in text
    assert "1 of 1" in text
    assert "own rating 3 of 5" in text
    lead.goto("/notifications")
    assert "has taken the quiz" in lead.content()


def test_choices_are_taken_by_keyboard(site: Site, ready_call: str, open_page: Callable[..., Any]) -> None:
    anna = seller(site)
    lead = open_page("/")
    address = build(site, ready_call, lead, "Choose an answer")
    lead.locator("summary", has_text="Change the question").click()
    for n, text in ((1, "Give a discount"), (2, "Ask what lies behind it")):
        lead.get_by_label(f"Answer {n}", exact=True).fill(text)
    lead.get_by_label("Answer 2 is right").check()
    lead.get_by_role("button", name="Store", exact=True).first.click()
    lead.locator(".flash", has_text="Changed").wait_for()
    page = open_page(f"{address}/take", email=anna)
    page.locator("input[name=choice]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    page.locator(".options .right.chosen").wait_for()
    assert "1 of 1 choices right" in page.content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{}, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing(
    size: dict[str, Any], scheme: str, site: Site, ready_call: str, open_page: Callable[..., Any]
) -> None:
    anna, found = seller(site), []
    _, kind, _ = mistake(site, ready_call)
    with site.runtime.database.read() as session:
        quizzes = list(session.scalars(select(Quiz.id).order_by(Quiz.id)))
    page = open_page("/quizzes", color_scheme=scheme, expected="inline style", **size)
    addresses = ["/quizzes", f"/quizzes/mistakes?type={kind}"]
    for address in addresses + [f"/quizzes/{n}{rest}" for n in quizzes[:2] for rest in ("", "/results")]:
        page.goto(address)
        for summary in page.locator("details.more > summary").all()[:4]:
            summary.click()
        found += faults(page)
    page = open_page("/quizzes", email=anna, color_scheme=scheme, expected="inline style", **size)
    found += faults(page)
    for n in quizzes[:2]:
        page.goto(f"/quizzes/{n}/take")
        found += faults(page)
    assert found == [], "\n".join(found)
