"""Every route, every role, every kind of call: generated from the table in web/access.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, update

from review.db import Database
from review.models import Call, Client, UserRight, WebAudio
from review.queries.viewer import ROLES
from review.services.tokens import SCOPES, create_api_token
from review.settings import Settings
from review.storage import AudioStore
from tests.web.conftest import Crew, SignIn, add_call, csrf_token
from web import access
from web.access import RULES, MissingRule, check_rules
from web.access_rules import Rule

KINDS = ("own", "team", "other", "deleted")
SEES = {
    "rep": {"own"},
    "manager": {"own", "team"},
    "reviewer": {"own", "team", "other"},
    "quality_lead": {"own", "team", "other"},
    "head_of_sales": {"own", "team", "other"},
    "external_reviewer": set(),
    "admin": set(),
}
"""Which kinds of calls exist for each role: product.md's table, written down here a second time on purpose."""


SPECIAL = {
    "auth.sign_in": {200, 302, 401},
    "first_run.make_admin": {401, 422, 302},
    "hooks.receive": {404},
    "notice_choices.stop": {404},
}
"""Open to everybody, with answers of their own: an empty password is no password, an unknown token no address."""


@dataclass(frozen=True)
class Subjects:
    """A call and its client for each kind."""

    calls: dict[str, int]
    clients: dict[str, int]


@pytest.fixture
def subjects(database: Database, store: AudioStore, settings: Settings, crew: Crew) -> Subjects:
    """One call with audio and a client of its own for each kind; the deleted ones are gone again."""
    calls, clients = {}, {}
    for kind in KINDS:
        extension = {"own": "101", "team": "102"}.get(kind, "103")
        call_id = add_call(database, store, rep=extension, external_id=f"call-{kind}")
        folder = settings.data / store.derived_name(call_id)
        folder.mkdir(parents=True)
        (folder / "audio.webm").write_bytes(b"sound" * 100)
        (folder / "peaks.json").write_text('{"channels":[[0.1]],"duration":1.0,"per_second":20}')
        with database.session() as db:
            client = Client(name=f"Client {kind}")
            db.add(client)
            db.flush()
            db.add(WebAudio(call_id=call_id, folder=store.derived_name(call_id), duration=1.0))
            db.execute(update(Call).where(Call.id == call_id).values(client_id=client.id, state="dead"))
            calls[kind], clients[kind] = call_id, client.id
    with database.session() as db:
        db.execute(delete(Call).where(Call.id == calls["deleted"]))
        db.execute(delete(Client).where(Client.id == clients["deleted"]))
    return Subjects(calls, clients)


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """(method, address pattern, endpoint) of every route, HEAD and OPTIONS left to Flask."""
    return sorted(
        (method, rule.rule, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static" and not rule.endpoint.endswith(".static")
    )


def address(pattern: str, kind: str, subjects: Subjects) -> str:
    """The route's address for a kind of call or client."""
    known = (
        pattern.replace("<int:call_id>", str(subjects.calls[kind]))
        .replace("<int:client_id>", str(subjects.clients[kind]))
        .replace("<int:source_id>", "1")
        .replace("/hooks/<provider>/<token>", "/hooks/generic/nothing")
        .replace("<path:rest>", "events/summary")
        .replace("<int:delivery_id>", "1")
        .replace("<int:fetch_id>", "1")
        .replace("<int:model_id>/<any(shadow, promote, back):act>", "1/shadow")
        .replace("<int:run_id>", "1")
        .replace("<int:view_id>", "1")
        .replace("<int:preview_id>", "1")
        .replace("/scorecards/<name>", "/scorecards/closing")
        .replace("<int:assignment_id>", "1")
        .replace("<int:dispute_id>", "1")
        .replace("<int:calibration_id>", "1")
        .replace("<int:rule_id>", "1")
        .replace("<int:draw_id>", "1")
        .replace("<any(pause, go_on, remove):act>", "pause")
        .replace("<int:comment_id>", "1")
        .replace("<int:clip_id>", "1")
        .replace("<int:playlist_id>", "1")
        .replace("<int:quiz_id>", "1")
        .replace("<int:question_id>", "1")
        .replace("<int:notice_id>", "1")
        .replace("<int:lead_id>", "1")
        .replace("<int:remark_id>", "1")
        .replace("<int:fact_id>", "1")
        .replace("<int:promise_id>", "1")
        .replace("/crm/new/<kind>", "/crm/new/amocrm")
        .replace("/crm/import/<token>", "/crm/import/nothing")
        .replace("<int:connection_id>", "1")
        .replace("<any(sync, pause, go_on, remove):act>", "sync")
        .replace("<any(on, off, test, failed_again, remove):act>", "test")
        .replace("<int:token_id>", "999")  # the matrix's own would be revoked
        .replace("<int:item_id>", "1")
        .replace("/invitations/<token>", "/invitations/nothing")
        .replace("/reset/<token>", "/reset/nothing")
        .replace("/mail/stop/<token>", "/mail/stop/nothing")
        .replace("<int:user_id>", "1")
        .replace("<int:team_id>", "1")
        .replace("<int:rep_id>", "1")
        .replace("<int:export_id>", "1")
        .replace("<int:invitation_id>", "1")
        .replace("<any(off, renew):act>", "renew")
        .replace("<any(disable, enable, sign_out, reset, codes):act>", "sign_out")
        .replace("<any(again, withdraw):act>", "again")
    )
    return re.sub(r"<int:\w+>", "1", known)  # anything else is asked for by number: there is none


def test_every_route_has_a_rule_and_every_rule_a_route(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(RULES)


def test_a_route_without_a_rule_stops_the_application(app: Flask) -> None:
    late = Flask("late")
    late.add_url_rule("/secret", endpoint="secret", view_func=lambda: "")
    with pytest.raises(MissingRule, match="secret"):
        check_rules(late)


def test_a_rule_without_a_route_stops_the_application(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "RULES", {**RULES, "gone.page": Rule()})
    with pytest.raises(MissingRule, match=r"gone\.page"):
        check_rules(app)


@pytest.mark.parametrize("role", ROLES)
def test_every_route_for_every_kind_of_call(
    app: Flask, role: str, sign_in: SignIn, subjects: Subjects, database: Database, crew: Crew
) -> None:
    browser = sign_in(role)
    token = csrf_token(browser, "/")
    with database.session() as db:
        api = create_api_token(db, crew.users[role], "matrix", sorted(SCOPES)).token
    wrong = []
    for method, pattern, endpoint in routes(app):
        rule = RULES[endpoint]
        if endpoint == "auth.sign_out":
            continue  # would end the matrix; it has a test of its own
        headers = {"Authorization": f"Bearer {api}"} if rule.by_token else {"X-CSRFToken": token}
        for kind in KINDS if rule.subject else ("own",):
            status = browser.open(address(pattern, kind, subjects), method=method, headers=headers).status_code
            if rule.by_token and role not in rule.roles:
                holds = status == 403
            elif rule.by_token and rule.subject is None:
                # What an address names beside a call (a dispute, a webhook) is not there in this installation.
                # One that is there may be another admin's to change: 409.
                holds = status in (200, 201, 411, 422) or ("<" in pattern and status in (404, 409))
            elif not rule.by_token and not rule.public and (role not in rule.roles or rule.right):
                holds = status == 403  # nobody here was given a right by name
            elif rule.subject and kind not in SEES[role]:
                holds = status == 404
            else:
                # Let in: whatever the page says then, it is neither "not you" nor a fault.
                holds = status < 500 and status not in (401, 403) and (rule.subject is None or status != 404)
            if endpoint in SPECIAL:
                holds = status in SPECIAL[endpoint]
            if not holds:
                wrong.append((method, pattern, kind, status))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_a_right_given_by_name_counts_only_with_a_role_that_sees_the_call(
    app: Flask, role: str, sign_in: SignIn, subjects: Subjects, database: Database, crew: Crew
) -> None:
    browser = sign_in(role)
    with database.session() as db:
        db.add(UserRight(user_id=crew.users[role], name="see_originals"))
    headers = {"X-CSRFToken": csrf_token(browser, "/")}
    named = [(method, pattern, rule) for method, pattern, name in routes(app) if (rule := RULES[name]).right]
    assert len(named) == 2
    wrong = []
    for method, pattern, rule in named:
        for kind in KINDS:
            status = browser.open(address(pattern, kind, subjects), method=method, headers=headers).status_code
            if role not in rule.roles:
                holds = status == 403
            elif kind not in SEES[role]:
                holds = status == 404
            else:
                holds = status in (200, 410, 422)  # no reason was given, or no opening
            if not holds:
                wrong.append((method, pattern, kind, status))
    assert wrong == []


def test_nothing_but_public_routes_without_signing_in(app: Flask, client: FlaskClient, subjects: Subjects) -> None:
    wrong = []
    token = csrf_token(client)
    for method, pattern, endpoint in routes(app):
        rule = RULES[endpoint]
        answer = client.open(address(pattern, "own", subjects), method=method, headers={"X-CSRFToken": token})
        if rule.by_token:
            holds = answer.status_code == 401
        elif endpoint in SPECIAL:
            holds = answer.status_code in SPECIAL[endpoint]
        elif rule.public:
            holds = answer.status_code not in (401, 403, 404)
        else:
            holds = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in")
        if not holds:
            wrong.append((method, pattern, answer.status_code))
    assert wrong == []


def test_a_change_of_role_works_on_the_next_request(
    sign_in: SignIn, subjects: Subjects, database: Database, crew: Crew
) -> None:
    from review.services.users import set_roles

    browser = sign_in("reviewer")
    page = f"/calls/{subjects.calls['other']}"
    assert browser.get(page).status_code == 200
    with database.session() as db:
        set_roles(db, crew.users["reviewer"], ["admin"])
    assert browser.get(page).status_code == 404
    assert browser.get("/health").status_code == 200


def test_audio_is_authorised_each_time(sign_in: SignIn, subjects: Subjects, database: Database, crew: Crew) -> None:
    from review.services.users import set_roles

    browser = sign_in("reviewer")
    sound = f"/calls/{subjects.calls['other']}/audio"
    first = browser.get(sound, headers={"Range": "bytes=0-9"})
    assert (first.status_code, first.data) == (206, b"soundsound")
    with database.session() as db:
        set_roles(db, crew.users["reviewer"], ["rep"])
    assert browser.get(sound, headers={"Range": "bytes=10-19"}).status_code == 404


def test_audio_that_is_not_made_yet_is_not_found(sign_in: SignIn, subjects: Subjects, settings: Settings) -> None:
    browser = sign_in("quality_lead")
    for path in Path(settings.data / "derived").rglob("*.*"):
        path.unlink()
    assert browser.get(f"/calls/{subjects.calls['own']}/audio").status_code == 404
    assert browser.get(f"/calls/{subjects.calls['own']}/peaks.json").status_code == 404
