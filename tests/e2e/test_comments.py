"""Comments, mentions, notifications, clips and playlists, each driven in a browser as people use them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.driving import second
from tests.waiting import wait_until


def opened(open_page: Callable[..., Any], address: str, **options: Any) -> Any:
    page = open_page(address, **options)
    page.wait_for_selector("#sound div", state="attached")
    wait_until(lambda: page.evaluate("document.getElementById('audio').readyState") >= 1, what="the recording's length")
    return page


def write(page: Any, text: str) -> None:
    """A comment at the present second, by keyboard alone."""
    page.keyboard.press("c")
    page.keyboard.insert_text(text)
    page.keyboard.press("Control+Enter")
    page.locator("#comment-list .remark", has_text=text[:40]).first.wait_for()
    assert page.locator(".composer").count() == 0


def test_a_comment_at_a_second_stands_as_typed(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = opened(open_page, ready_call)
    page.keyboard.press("l")
    page.keyboard.press("l")
    wait_until(lambda: second(page) > 1, what="the second turn")
    at = second(page)
    text = "<b>bold?</b> <img src=x onerror=alert(1)> & so on"
    write(page, text)
    entry = page.locator("#comment-list .remark", has_text="bold?")
    assert entry.locator(".said-here").inner_text() == text
    assert entry.locator(".said-here img, .said-here b").count() == 0
    assert float(entry.get_attribute("data-second")) == pytest.approx(at, abs=0.05)
    pin = page.locator("#remark-marks button").first
    assert float(pin.get_attribute("data-at")) == pytest.approx(at, abs=0.05)
    assert page.locator("#turns .turn").nth(1).evaluate("turn => turn.nextElementSibling.className") == "remark-note"
    page.keyboard.press("l")
    page.locator("#turns .remark-note button").first.click()
    assert "on" in str(entry.get_attribute("class"))


def test_an_answer_a_change_and_taking_back(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = opened(open_page, ready_call)
    write(page, "A remark to be changed")
    entry = page.locator("#comment-list .remark", has_text="A remark to be changed")
    entry.get_by_role("button", name="Change").click()
    page.keyboard.press("End")
    page.keyboard.type(", now changed")
    page.keyboard.press("Control+Enter")
    page.locator(".said-here", has_text="now changed").wait_for()
    rep = opened(open_page, ready_call, email="rep@example.com")
    theirs = rep.locator("#comment-list .remark", has_text="now changed")
    assert theirs.get_by_role("button", name="Change").count() == 0
    theirs.get_by_role("button", name="Answer").click()
    rep.keyboard.type("I had no time to check")
    rep.keyboard.press("Control+Enter")
    rep.locator(".answers .remark", has_text="no time").wait_for()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.locator(".answers .remark", has_text="no time").wait_for()
    assert entry.first.locator("> .acts").get_by_role("button", name="Change").count() == 0, "it was answered"
    answer = rep.locator(".answers .remark", has_text="no time")
    answer.get_by_role("button", name="Take back").click()
    answer.get_by_role("button", name="Take back for good?").click()
    wait_until(lambda: rep.locator(".answers .remark", has_text="no time").count() == 0, what="the answer gone")


def test_too_long_a_comment_keeps_its_text_and_says_by_how_much(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = opened(open_page, ready_call, expected="422")
    before = page.locator("#comment-list .remark").count()
    page.keyboard.press("c")
    text = "<p>" + "x" * 59_997
    page.keyboard.insert_text(text)
    assert page.locator(".composer [data-count]").inner_text() == "60000 of 50000 characters"
    page.keyboard.press("Control+Enter")
    page.locator(".composer [role=alert]", has_text="60000 characters long").wait_for()
    assert page.locator(".composer textarea").input_value() == text
    assert page.locator("#comment-list .remark").count() == before
    page.reload()
    page.keyboard.press("c")
    assert page.locator(".composer textarea").input_value() == text, "the draft outlives a reload"
    page.locator(".composer [data-throw]").click()


def test_a_lost_network_costs_no_word_and_makes_no_double(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = opened(open_page, ready_call, expected="ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    page.keyboard.press("c")
    page.keyboard.type("Written in a tunnel")
    page.keyboard.press("Control+Enter")
    page.locator(".composer [role=alert]", has_text="kept here").wait_for()
    page.keyboard.press("Escape")
    assert "waiting" in str(page.locator("#comments [data-write]").get_attribute("class"))
    page.context.set_offline(False)
    page.keyboard.press("c")
    assert page.locator(".composer textarea").input_value() == "Written in a tunnel"
    page.keyboard.press("Control+Enter")
    page.locator(".remark", has_text="Written in a tunnel").wait_for()
    page.reload()
    assert page.locator(".remark", has_text="Written in a tunnel").count() == 1
    assert "waiting" not in str(page.locator("#comments [data-write]").get_attribute("class"))


def test_a_mention_is_chosen_by_keyboard_and_leads_the_other_to_the_second(
    ready_call: str, open_page: Callable[..., Any]
) -> None:
    page = opened(open_page, ready_call)
    for _ in range(4):
        page.keyboard.press("l")
    at = page.locator("#turns .turn").nth(3).get_attribute("data-start")
    wait_until(lambda: second(page) == pytest.approx(float(at), abs=0.1), what="the fourth turn")
    page.keyboard.press("c")
    page.keyboard.type("See here @dan")
    page.locator(".people li", has_text="Daniel Miller").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type("what was missed?")
    assert page.locator(".composer textarea").input_value() == "See here @Daniel Miller what was missed?"
    page.keyboard.press("Control+Enter")
    page.locator(".said-here .named", has_text="@Daniel Miller").wait_for()

    rep = open_page("/notifications", email="rep@example.com")
    unread = int(rep.locator("#nav .count.new").inner_text())
    assert unread >= 1
    notice = rep.locator("li.unread", has_text="Ines Keller named you in a comment")
    assert notice.count() == 1
    notice.locator(".open").focus()
    rep.keyboard.press("Enter")
    rep.wait_for_selector("#sound div", state="attached")
    wait_until(lambda: second(rep) == pytest.approx(float(at), abs=0.2), what="the second of the comment")
    assert rep.locator("#comment-list .remark.on", has_text="what was missed?").count() == 1
    rep.goto("/notifications")
    assert rep.locator("li.unread", has_text="named you").count() == 0
    rep.keyboard.press("Shift+A")
    rep.locator("li.unread").first.wait_for(state="detached")


def test_what_is_for_reviewers_is_not_the_reps_to_read(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = opened(open_page, ready_call, expected="422")
    page.keyboard.press("c")
    page.locator(".composer [name=reviewers_only]").check()
    page.locator(".composer textarea").fill("Between us, @Daniel Miller is new")
    page.keyboard.press("Control+Enter")
    page.locator(".composer [role=alert]", has_text="may not read what is for reviewers only").wait_for()
    page.locator(".composer textarea").fill("Between us: he is new")
    page.keyboard.press("Control+Enter")
    page.locator(".remark", has_text="Between us: he is new").wait_for()
    rep = opened(open_page, ready_call, email="rep@example.com")
    assert "Between us" not in rep.content()
    rep.keyboard.press("c")
    assert rep.locator(".composer [name=reviewers_only]").count() == 0
    rep.keyboard.press("Escape")


def test_a_stretch_becomes_a_clip_that_plays_just_itself(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = opened(open_page, ready_call)
    page.keyboard.press("x")
    assert "Choose a stretch first" in page.locator("#toast").inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("[")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("]")
    page.keyboard.press("x")
    page.locator("#clip[open]").wait_for()
    page.keyboard.type("One second")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("trial")
    page.keyboard.press("Control+Enter")
    page.locator("#clip[open]").wait_for(state="detached")

    page.goto("/clips")
    page.fill("#new-list", "To hear")
    page.keyboard.press("Enter")
    page.wait_for_url("**/playlists/*")
    page.goto("/clips?topic=trial")
    clip = page.locator("article.clip", has_text="One second")
    assert clip.count() == 1
    clip.locator("summary", has_text="Into a playlist").click()
    clip.get_by_role("button", name="Add").click()
    page.locator(".flash", has_text="It is in the playlist").wait_for()
    page.evaluate(
        """() => {
          window.heard = [];
          const play = HTMLMediaElement.prototype.play;
          HTMLMediaElement.prototype.play = function () {
            this.addEventListener("timeupdate", () => window.heard.push(this.currentTime));
            this.addEventListener("pause", () => (window.ended = this.currentTime));
            return play.call(this);
          };
        }"""
    )
    page.locator("article.clip", has_text="One second").locator("[data-play]").click()
    wait_until(lambda: page.evaluate("window.ended ?? null") is not None, what="the end of the clip")
    heard = page.evaluate("window.heard.filter(at => at > 0)")
    assert max(heard) <= 1.2, "its sound is a file of its own that holds nothing more of the call"

    page.goto("/clips")
    page.locator(".lists a", has_text="To hear").click()
    page.locator("[data-play-all]").click()
    page.locator(".clip-player.playing").wait_for()
    page.locator("details.more summary", has_text="Change the playlist").click()
    page.get_by_role("button", name="Throw the playlist away").click()
    page.wait_for_url("**/clips")
    assert page.locator("article.clip", has_text="One second").count() == 1


def test_a_comment_on_a_turn_stands_at_its_second(ready_call: str, open_page: Callable[..., Any]) -> None:
    page = opened(open_page, ready_call)
    turn = page.locator("#turns .turn").nth(2)
    turn.hover()
    turn.get_by_role("button", name="Comment on this turn").click()
    page.keyboard.type("On this very turn")
    page.keyboard.press("Control+Enter")
    entry = page.locator("#comment-list .remark", has_text="On this very turn")
    entry.wait_for()
    start = float(turn.get_attribute("data-start"))
    assert float(entry.get_attribute("data-second")) == pytest.approx(start, abs=0.01)
