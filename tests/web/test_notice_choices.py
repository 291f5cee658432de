"""Choosing how notifications come, ending mails from the mail itself, and what a mail says in which language."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from review.comments.notices import Notice, notify
from review.db import Database
from review.notices.choices import choose, read_choices
from review.notices.contents import Content
from review.notices.kinds import FOLLOWS, KINDS
from review.notices.leases import Taken
from review.notices.message import Written
from review.notices.refused import refuse_address
from review.settings import Settings
from tests.web.conftest import Crew, SignIn, csrf_token
from web.mail.sending import writer
from web.mail.stopping import make_token, read_token
from web.reading import notice_choices as words
from web.reading.notices import SENTENCES

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
ALL_LETTERS = ("notices", "digest", "invitation", "password_reset", "address_changed", "mail_test")


def letter(kind: str, language: str = "en", **body: object) -> Taken:
    return Taken(1, "t", kind, "ivy@example.com", 1, language, dict(body), "m", 1, NOON, NOON)


def notice(kind: str, number: int = 1, **body: object) -> Notice:
    return Notice(
        id=number, kind=kind, call_id=7, body=dict(body), created_at=NOON, read_at=None, client=None, happened_at=NOON
    )


def content(*notices: Notice, language: str = "en", zone: str = "Asia/Seoul", more: int = 0) -> Content:
    return Content("ivy@example.com", "Ivy", language, zone, 1, notices, more)


def test_the_page_shows_what_can_reach_the_viewer_and_keeps_it(sign_in: SignIn, crew: Crew, database: Database) -> None:
    browser = sign_in("rep")
    page = browser.get("/notifications/choices").text
    assert 'name="way.evaluation_shown"' in page
    assert 'name="way.assigned"' not in page  # nobody gives calls to review to a rep
    assert "E-mail is not set up here" in page
    form = {
        "csrf_token": csrf_token(browser, "/notifications/choices"),
        "way.mention": "off",
        "way.comment": "mail",
        "digest_at": "16:30",
        "quiet": "own",
        "quiet_from": "20:00",
        "quiet_to": "07:00",
        "zone": "Asia/Seoul",
    }
    assert browser.post("/notifications/choices", data=form).status_code == 302
    with database.read() as db:
        kept = read_choices(db, crew.users["rep"])
    assert (kept.way("mention"), kept.way("comment")) == ("off", "mail")
    assert (kept.habit.digest_at, kept.habit.quiet, kept.habit.zone) == (990, "own", "Asia/Seoul")
    assert 'value="16:30"' in browser.get("/notifications/choices").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"way.mention": "pigeon"},
        {"way.nothing": "mail"},
        {"digest_at": "25:00"},
        {"digest_at": "\x00"},
        {"quiet": ""},
        {"zone": "Mars/Olympus"},
        {"quiet_from": "١٢:٠٠"},
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_changes(
    sign_in: SignIn, crew: Crew, database: Database, wrong: dict[str, str]
) -> None:
    browser = sign_in("rep")
    good = {"digest_at": "09:00", "quiet": "calendar", "quiet_from": "20:00", "quiet_to": "07:00", "zone": ""}
    token = csrf_token(browser, "/notifications/choices")
    found = browser.post("/notifications/choices", data={**good, "way.reply": "off", **wrong, "csrf_token": token})
    assert found.status_code == 422
    with database.read() as db:
        assert read_choices(db, crew.users["rep"]).chosen == {}


def test_an_address_that_refuses_is_shown_to_its_owner_and_mended(
    sign_in: SignIn, crew: Crew, database: Database
) -> None:
    with database.session() as db:
        refuse_address(db, crew.email("rep"), crew.users["rep"], "550 no such user")
    browser = sign_in("rep")
    page = browser.get("/notifications/choices").text
    assert "550 no such user" in page
    assert (
        browser.post(
            "/notifications/choices/address", data={"csrf_token": csrf_token(browser, "/notifications/choices")}
        ).status_code
        == 302
    )
    assert "550 no such user" not in browser.get("/notifications/choices").text
    assert "mend the address" in browser.get("/notifications").text


def test_the_address_in_a_mail_ends_its_kind_without_signing_in(
    client: FlaskClient, settings: Settings, crew: Crew, database: Database
) -> None:
    reader = crew.users["rep"]
    url = f"/mail/stop/{make_token(settings.secret_key(), reader, 'mention')}"
    page = client.get(url)
    assert page.status_code == 200
    assert "r…@example.com" in page.text
    assert crew.email("rep") not in page.text
    with database.read() as db:
        assert read_choices(db, reader).way("mention") == "mail"  # looking changes nothing: programs look too
    done = client.post(url, data={"List-Unsubscribe": "One-Click"})  # as a mail program sends it: no cookie, no token
    assert done.status_code == 200
    with database.read() as db:
        assert read_choices(db, reader).way("mention") == "app"
    assert client.post(url).status_code == 200


def test_the_address_of_the_daily_mail_ends_it_all(
    client: FlaskClient, settings: Settings, crew: Crew, database: Database
) -> None:
    client.post(f"/mail/stop/{make_token(settings.secret_key(), crew.users['reviewer'], 'digest')}")
    with database.read() as db:
        choices = read_choices(db, crew.users["reviewer"])
    assert "digest" not in {choices.way(kind) for kind in choices.kinds()}


def test_a_token_we_did_not_make_ends_nothing(client: FlaskClient, settings: Settings, crew: Crew) -> None:
    good = make_token(settings.secret_key(), crew.users["rep"], "mention")
    for token in ("x", good[:-1], good + "x", make_token("another secret", crew.users["rep"], "mention"), "a" * 2000):
        assert client.get(f"/mail/stop/{token}").status_code == 404
        assert client.post(f"/mail/stop/{token}").status_code == 404
    assert client.get(f"/mail/stop/{make_token(settings.secret_key(), 10**9, 'mention')}").status_code == 404
    assert read_token(settings.secret_key(), "é") is None


def test_every_kind_has_a_name_and_a_way() -> None:
    """A kind somebody adds is listed in `review/notices/kinds.py`, and named where people choose."""
    assert set(words.KINDS) == set(KINDS)
    assert {kind.group for kind in KINDS.values()} <= set(words.GROUPS)
    assert set(FOLLOWS.values()) <= set(KINDS)
    assert not set(FOLLOWS) & set(KINDS)
    assert sorted(set(SENTENCES) - set(KINDS) - set(FOLLOWS)) == []


@pytest.mark.parametrize("language", ["en", "ru", "ko", "zh"])
@pytest.mark.parametrize("kind", ALL_LETTERS)
def test_every_letter_has_words_in_both_forms(app: Flask, language: str, kind: str) -> None:
    told = content(notice("mention", by="Ann"), notice("comment", 2, by="Bob"), language=language)
    written = writer(app)(letter(kind, url="/invitations/abc", by="Ann", hours=48), told)
    assert written.subject
    assert "Ivy" in written.text
    assert f'<html lang="{language}">' in written.html
    for url in re.findall(r"https?://\S+", written.text):
        assert url in written.html.replace("&amp;", "&")
    assert (written.stop_url is not None) == (kind in ("notices", "digest"))


def test_a_mail_says_what_the_page_says_in_the_readers_zone(app: Flask) -> None:
    written = write(app, notice("mention", by="Ann", at=83.0))
    assert written.subject == "Ann named you in a comment at 1:23"
    assert "1 Mar 2027, 21:00" in written.text  # noon in UTC, evening in Seoul
    assert "http://127.0.0.1:8000/calls/7?t=83.00" in written.text
    assert "No more mails about: Somebody names me in a comment" in written.text


def write(app: Flask, *notices: Notice, more: int = 0) -> Written:
    return writer(app)(letter("notices"), content(*notices, more=more))


def test_what_came_together_is_one_mail_with_an_end_for_each_kind(app: Flask) -> None:
    written = write(app, notice("mention", by="Ann"), notice("reply", 2, by="Bob"), more=3)
    assert written.subject == "5 new notifications"
    assert "Open them all, with 3 more" in written.text
    assert len(re.findall(r"/mail/stop/", written.text)) == 2


def test_links_never_leave_the_installation(app: Flask) -> None:
    for url in ("https://evil.example/x?y=1", "//evil.example/x", "/\\evil.example", "javascript:alert(1)"):
        written = writer(app)(letter("invitation", url=url, by="Ann"), content())
        assert "evil" not in written.text
        assert "javascript" not in written.html
    written = writer(app)(letter("password_reset", url="https://other.example/reset/abc?x=1#y"), content())
    assert "http://127.0.0.1:8000/reset/abc?x=1#y" in written.text


def test_names_are_text_in_the_html(app: Flask) -> None:
    written = write(app, notice("mention", by="<script>alert(1)</script>"))
    assert "<script>" not in written.html
    assert "&lt;script&gt;" in written.html


def test_a_kind_that_is_off_is_not_shown(sign_in: SignIn, crew: Crew, database: Database) -> None:
    with database.session() as db:
        choose(db, crew.users["rep"], {"mention": "off"})
        assert notify(db, crew.users["rep"], "mention", body={"by": "Ann"}) > 0
        notify(db, crew.users["rep"], "reply", body={"by": "Bob"})
    page = sign_in("rep").get("/notifications").text
    assert "Bob answered" in page
    assert "Ann named" not in page
