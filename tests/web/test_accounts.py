"""Invitations, resets, one-time codes, one's own account, and what people may change of others', over the pages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from review.accounts.installation import set_code_roles
from review.db import Database
from review.models import AuditEvent, Invitation, Letter, OneTimeCode, PasswordReset, User, utc_now
from review.services.users import find_user, set_roles
from tests.web.conftest import PASSWORD, Crew, SignIn, csrf_token, post

OTHER = "seven swans cross the fjord"


def letters(database: Database, kind: str) -> list[Letter]:
    with database.read() as db:
        return list(db.scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.id)))


def invite(browser: FlaskClient, email: str, *roles: str, **more: Any) -> Any:
    data = {"email": email, "roles": list(roles), "language": "en", **more}
    return post(browser, "/users/invite", data, page="/users/invite")


def link_on(browser: FlaskClient, page: str) -> str:
    """The path of the link that a page shows to copy."""
    found = re.search(r'id="link" value="http://[^/"]+([^"]+)"', browser.get(page).text)
    assert found, "no link is shown"
    return found.group(1)


def sign_in_form(app: Flask, email: str, password: str) -> tuple[FlaskClient, Any]:
    browser = app.test_client()
    return browser, post(browser, "/sign-in", {"email": email, "password": password}, page="/sign-in")


def secret_on(text: str) -> str:
    found = re.search(r'id="key" class="key">([A-Z2-7 ]+)<', text)
    assert found, "no key is shown"
    return found.group(1).replace(" ", "")


def recovery_on(text: str) -> list[str]:
    return re.findall(r"<li><code>([a-z0-9-]+)</code>", text)


def test_an_invited_person_comes_in_with_role_and_team(
    app: Flask, sign_in: SignIn, crew: Crew, database: Database
) -> None:
    admin = sign_in("admin")
    answer = invite(admin, "Nina@Example.com", "rep", "manager", team=str(crew.teams["own"]), manages="1", name="Nina")
    assert answer.status_code == 302
    link = link_on(admin, "/users")
    assert 'id="link"' not in admin.get("/users").text  # shown once
    [letter] = letters(database, "invitation")
    assert letter.body["url"].endswith(link)

    browser = app.test_client()
    page = browser.get(link)
    assert "nina@example.com" in page.text
    weak = post(browser, link, {"name": "Nina Nova", "password": "short", "again": "short"}, page=link)
    assert (weak.status_code, "at least 15 characters" in weak.text) == (422, True)
    done = post(browser, link, {"name": "Nina Nova", "password": OTHER, "again": OTHER}, page=link)
    assert (done.status_code, done.headers["Location"]) == (302, "/")
    assert browser.get("/").status_code == 200
    with database.read() as db:
        nina = find_user(db, "nina@example.com")
    assert nina is not None
    assert nina.roles == ("rep", "manager")
    page = admin.get(f"/users/{nina.id}").text
    assert "North" in page
    again = app.test_client().get(link)
    assert (again.status_code, "accepted already" in again.text) == (410, True)


def test_an_invitation_ends_by_time_withdrawal_and_a_newer_link(
    app: Flask, sign_in: SignIn, database: Database
) -> None:
    admin = sign_in("admin")
    invite(admin, "one@example.com", "rep")
    first = link_on(admin, "/users")
    with database.session() as db:
        number = db.scalar(select(Invitation.id))
    assert invite(admin, "one@example.com", "rep").status_code == 409
    post(admin, f"/users/invite/{number}/again", page="/users")
    second = link_on(admin, "/users")
    visitor = app.test_client()
    assert visitor.get(first).status_code == 410
    assert visitor.get(second).status_code == 200
    with database.session() as db:
        db.execute(update(Invitation).values(expires_at=utc_now() - timedelta(minutes=1)))
    assert visitor.get(second).status_code == 410
    assert "expired" in admin.get("/users").text
    post(admin, f"/users/invite/{number}/again", page="/users")
    third = link_on(admin, "/users")
    post(admin, f"/users/invite/{number}/withdraw", page="/users")
    assert "withdrawn" in visitor.get(third).text
    assert len(letters(database, "invitation")) == 3


@pytest.mark.parametrize(
    ("role", "given", "status"),
    [
        ("quality_lead", "reviewer", 302),
        ("quality_lead", "external_reviewer", 302),
        ("quality_lead", "quality_lead", 409),
        ("quality_lead", "admin", 409),
        ("quality_lead", "rep", 409),
        ("head_of_sales", "manager", 302),
        ("head_of_sales", "reviewer", 409),
        ("head_of_sales", "head_of_sales", 409),
        ("admin", "admin", 302),
        ("reviewer", "rep", 403),
        ("manager", "rep", 403),
    ],
)
def test_nobody_grants_more_than_they_may(sign_in: SignIn, role: str, given: str, status: int) -> None:
    browser = sign_in(role)
    data = {"email": "x@example.com", "roles": given, "language": "en"}
    assert post(browser, "/users/invite", data).status_code == status


def test_a_lead_changes_no_account_with_other_roles(sign_in: SignIn, crew: Crew, database: Database) -> None:
    lead = sign_in("quality_lead")
    for role in ("admin", "rep", "head_of_sales"):
        answer = post(lead, f"/users/{crew.users[role]}/disable", page="/users")
        assert answer.status_code == 409, role
    assert post(lead, f"/users/{crew.users['reviewer']}/disable", page="/users").status_code == 302
    data = {"name": "R", "language": "en", "roles": ["reviewer", "admin"]}
    assert post(lead, f"/users/{crew.users['reviewer']}", data, page="/users").status_code == 409
    assert post(lead, f"/users/{crew.users['reviewer']}/codes", page="/users").status_code == 409


def test_nobody_raises_their_own_roles_and_the_last_admin_stays(
    sign_in: SignIn, crew: Crew, database: Database
) -> None:
    admin, me = sign_in("admin"), crew.users["admin"]
    data = {"name": "Person admin", "language": "en", "roles": ["admin", "quality_lead"], "rights": ["see_originals"]}
    post(admin, f"/users/{me}", data, page="/users")
    with database.read() as db:
        found = find_user(db, crew.email("admin"))
    assert found is not None
    assert (found.roles, found.rights) == (("admin",), ())
    assert post(admin, f"/users/{me}/disable", page="/users").status_code == 409
    with database.session() as db:
        set_roles(db, crew.users["reviewer"], ["reviewer", "admin"])
    second = sign_in("reviewer")
    assert post(second, f"/users/{me}/disable", page="/users").status_code == 302
    answer = post(second, f"/users/{crew.users['reviewer']}/disable", page="/users")
    assert answer.status_code == 409


def test_an_admin_changes_name_roles_teams_and_rights(sign_in: SignIn, crew: Crew, database: Database) -> None:
    admin, user = sign_in("admin"), crew.users["reviewer"]
    data = {
        "name": "Vera Neu",
        "language": "ko",
        "roles": ["reviewer", "manager"],
        "teams": [str(crew.teams["own"])],
        "manages": [str(crew.teams["own"])],
        "rights": ["see_originals"],
    }
    assert post(admin, f"/users/{user}", data, page="/users").status_code == 302
    page = admin.get(f"/users/{user}").text
    assert "Vera Neu" in page
    with database.read() as db:
        found = find_user(db, crew.email("reviewer"))
        kinds = set(db.scalars(select(AuditEvent.action).where(AuditEvent.user_id == crew.users["admin"])))
    assert found is not None
    assert (found.roles, found.language, found.rights) == (("manager", "reviewer"), "ko", ("see_originals",))
    assert {"user.renamed", "user.roles_changed", "team.member_set", "user.right_granted"} <= kinds
    data["roles"] = ["external_reviewer"]
    assert post(admin, f"/users/{user}", data, page="/users").status_code == 302
    with database.read() as db:
        found = find_user(db, crew.email("reviewer"))
    assert found is not None
    assert found.rights == ()  # to outsiders private data stays masked


def test_the_list_searches_and_filters(sign_in: SignIn, crew: Crew, database: Database) -> None:
    admin = sign_in("admin")
    assert "Person head_of_sales" in admin.get("/users?q=HEAD").text
    assert "Person manager" not in admin.get("/users?q=head").text
    only = admin.get("/users?role=manager").text
    assert "Person manager" in only
    assert "Person reviewer" not in only
    team = admin.get(f"/users?team={crew.teams['own']}").text
    assert "Person rep" in team
    assert "Person admin" not in team.split("<main")[1]
    assert "Nobody fits" in admin.get("/users?state=disabled").text
    assert admin.get("/users?team=99999999999999999999&role=x&q=%00").status_code == 200


def test_a_reset_answers_the_same_works_once_and_ends_sessions(
    app: Flask, sign_in: SignIn, crew: Crew, database: Database
) -> None:
    running = sign_in("rep")
    visitor = app.test_client()
    pages = [
        post(visitor, "/forgotten", {"email": email}, page="/forgotten").text
        for email in ("nobody@example.com", crew.email("rep"), "no address", "")
    ]
    bare = {re.sub(r'(nonce|csrf_token"|X-CSRFToken)[^>]*', "", page) for page in pages}
    assert len(bare) == 1
    [letter] = letters(database, "password_reset")
    link = letter.body["url"].partition("://")[2].partition("/")[2]
    page = f"/{link}"
    assert post(visitor, page, {"password": "short", "again": "short"}, page=page).status_code == 422
    assert post(visitor, page, {"password": OTHER, "again": OTHER}, page=page).headers["Location"] == "/sign-in"
    assert running.get("/").status_code == 302
    assert visitor.get(page).status_code == 410
    assert sign_in_form(app, crew.email("rep"), PASSWORD)[1].status_code == 401
    assert sign_in_form(app, crew.email("rep"), OTHER)[1].status_code == 302


def test_letters_for_resets_are_few_and_links_end(app: Flask, crew: Crew, database: Database) -> None:
    visitor = app.test_client()
    for _time in range(5):
        post(visitor, "/forgotten", {"email": crew.email("rep")}, page="/forgotten")
    sent = letters(database, "password_reset")
    assert len(sent) == 3
    with database.session() as db:
        db.execute(update(PasswordReset).values(expires_at=utc_now() - timedelta(seconds=1)))
    path = "/" + sent[-1].body["url"].partition("://")[2].partition("/")[2]
    assert visitor.get(path).status_code == 410


def test_the_reset_letter_is_not_made_of_what_the_request_says_our_name_is(
    app: Flask, crew: Crew, database: Database
) -> None:
    visitor = app.test_client()
    page = visitor.get("/forgotten", base_url="http://evil.example/")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    visitor.post(
        "/forgotten",
        data={"email": crew.email("rep"), "csrf_token": token.group(1)},
        base_url="http://evil.example/",
    )
    [letter] = letters(database, "password_reset")
    assert "evil" not in letter.body["url"]


def test_an_admin_hands_out_a_link(app: Flask, sign_in: SignIn, crew: Crew) -> None:
    admin = sign_in("admin")
    page = f"/users/{crew.users['manager']}"
    post(admin, f"{page}/reset", page=page)
    link = link_on(admin, page)
    visitor = app.test_client()
    assert post(visitor, link, {"password": OTHER, "again": OTHER}, page=link).status_code == 302
    assert sign_in_form(app, crew.email("manager"), OTHER)[1].status_code == 302


def test_codes_are_set_up_asked_for_and_never_taken_twice(
    app: Flask, sign_in: SignIn, crew: Crew, database: Database
) -> None:
    browser = sign_in("rep")
    assert "not your passphrase" in post(browser, "/account/codes", {"passphrase": "x"}, page="/account/codes").text
    page = post(browser, "/account/codes", {"passphrase": PASSWORD}, page="/account/codes").text
    assert "<svg" in page
    totp = pyotp.TOTP(secret_on(page))
    shown = post(browser, "/account/codes", {"code": totp.now()}, page="/account/codes").text
    recovery = recovery_on(shown)
    assert len(set(recovery)) == 10

    fresh, answer = sign_in_form(app, crew.email("rep"), PASSWORD)
    assert answer.headers["Location"].startswith("/sign-in/code")
    for path in ("/", "/account", "/api/v1/calls", "/users", "/notifications"):
        assert fresh.get(path).status_code in (302, 401), path  # the first step opens nothing
    used = post(fresh, "/sign-in/code", {"code": totp.now()}, page="/sign-in/code")
    assert used.status_code == 401  # the code that set them up was taken
    with database.session() as db:
        db.execute(update(OneTimeCode).values(last_step=0))
    assert post(fresh, "/sign-in/code", {"code": totp.now()}, page="/sign-in/code").status_code == 302
    assert fresh.get("/").status_code == 200

    lost, _answer = sign_in_form(app, crew.email("rep"), PASSWORD)
    assert post(lost, "/sign-in/code", {"code": recovery[0].upper()}, page="/sign-in/code").status_code == 302
    twice, _answer = sign_in_form(app, crew.email("rep"), PASSWORD)
    assert post(twice, "/sign-in/code", {"code": recovery[0]}, page="/sign-in/code").status_code == 401
    page = fresh.get("/account").text
    assert "9 recovery codes are left" in page
    off = post(fresh, "/account/codes/off", {"passphrase": "wrong"}, page="/account")
    assert off.status_code == 422
    assert post(fresh, "/account/codes/off", {"passphrase": PASSWORD}, page="/account").status_code == 302
    assert sign_in_form(app, crew.email("rep"), PASSWORD)[1].headers["Location"] == "/"


def test_nobody_sets_codes_up_at_a_browser_left_open(sign_in: SignIn, database: Database) -> None:
    """Without the passphrase the key is not shown, whatever is posted."""
    browser = sign_in("rep")
    page = post(browser, "/account/codes", {"code": "000000"}, page="/account/codes")
    assert page.status_code == 422
    assert 'id="key"' not in page.text
    with database.read() as db:
        assert db.scalars(select(OneTimeCode)).all() == []


def test_wrong_codes_close_the_account_for_a_while(app: Flask, sign_in: SignIn, crew: Crew) -> None:
    browser = sign_in("rep")
    page = post(browser, "/account/codes", {"passphrase": PASSWORD}, page="/account/codes").text
    totp = pyotp.TOTP(secret_on(page))
    recovery = recovery_on(post(browser, "/account/codes", {"code": totp.now()}, page="/account/codes").text)
    fresh, _answer = sign_in_form(app, crew.email("rep"), PASSWORD)
    for _try in range(5):
        assert post(fresh, "/sign-in/code", {"code": "000000"}, page="/sign-in/code").status_code == 401
    assert post(fresh, "/sign-in/code", {"code": recovery[0]}, page="/sign-in/code").status_code == 429
    other, _answer = sign_in_form(app, crew.email("rep"), PASSWORD)
    assert post(other, "/sign-in/code", {"code": recovery[0]}, page="/sign-in/code").status_code == 429


def test_a_role_that_must_have_codes_sets_them_up_at_the_next_sign_in(
    app: Flask, sign_in: SignIn, crew: Crew, database: Database
) -> None:
    running = sign_in("rep")
    with database.session() as db:
        set_code_roles(db, ["rep"], by=None)
    assert running.get("/").status_code == 200  # running sessions go on
    fresh, answer = sign_in_form(app, crew.email("rep"), PASSWORD)
    page = fresh.get(answer.headers["Location"]).text
    again = fresh.get("/sign-in/code").text
    assert secret_on(page) == secret_on(again)  # a reload shows the same picture
    done = post(fresh, "/sign-in/code", {"code": pyotp.TOTP(secret_on(page)).now()}, page="/sign-in/code")
    assert len(recovery_on(done.text)) == 10
    assert fresh.get("/").status_code == 200
    off = post(fresh, "/account/codes/off", {"passphrase": PASSWORD}, page="/account")
    assert off.status_code == 409
    admin = sign_in("admin")
    assert post(admin, f"/users/{crew.users['rep']}/codes", page="/users").status_code == 302
    assert fresh.get("/").status_code == 302  # the reset ends sessions
    assert "set_up" not in sign_in_form(app, crew.email("rep"), PASSWORD)[1].text


def test_the_second_step_without_the_first_leads_to_sign_in(client: FlaskClient, crew: Crew) -> None:
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in"
    assert post(client, "/sign-in/code", {"code": "123456"}, page="/sign-in").headers["Location"] == "/sign-in"


def test_the_own_passphrase_needs_the_old_one_and_ends_other_sessions(app: Flask, sign_in: SignIn, crew: Crew) -> None:
    here, there = sign_in("manager"), sign_in("manager")
    wrong = post(here, "/account/passphrase", {"old": "x", "password": OTHER, "again": OTHER}, page="/account")
    assert (wrong.status_code, "not your passphrase" in wrong.text) == (422, True)
    form = {"old": PASSWORD, "password": OTHER, "again": OTHER}
    assert post(here, "/account/passphrase", form, page="/account").status_code == 302
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302
    third, _answer = sign_in_form(app, crew.email("manager"), OTHER)
    assert post(here, "/account/sessions", page="/account").status_code == 302
    assert third.get("/").status_code == 302


def test_last_sign_in_is_noted(app: Flask, crew: Crew, database: Database) -> None:
    sign_in_form(app, crew.email("rep"), PASSWORD)
    with database.read() as db:
        assert db.scalar(select(User.signed_in_at).where(User.id == crew.users["rep"])) is not None


def test_teams_and_reps_are_changed(sign_in: SignIn, crew: Crew, database: Database) -> None:
    head = sign_in("head_of_sales")
    for there in ("North", " nORTH "):
        assert post(head, "/teams", {"name": there}, page="/teams").status_code == 422
    made = post(head, "/teams", {"name": "West"}, page="/teams")
    team = made.headers["Location"]
    assert post(head, team, {"name": "Far West"}, page=team).status_code == 302
    rep = f"/reps/{crew.reps['team']}"
    number = team.rpartition("/")[2]
    form = {"name": "Tom Teamer", "extension": "202", "email": "tom@example.com", "team": number, "active": "1"}
    assert post(head, rep, form, page=rep).status_code == 302
    page = head.get(rep).text
    assert "Teams over time" in page
    assert "Far West" in page
    assert "Tom Teamer" in head.get(team).text
    assert post(head, rep, {**form, "extension": "101"}, page=rep).status_code == 422
    taken = post(head, rep, {**form, "sign_in": str(crew.users["admin"])}, page=rep)
    assert taken.status_code == 409  # an admin's account is not a head of sales' to join
    assert post(head, "/reps", {"name": ""}, page="/reps").status_code == 422
    assert csrf_token(head, "/reps")
