"""Sign-ins made and changed: what is refused, what ends at once, and that the audit log has it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from review.db import Database
from review.models import AuditEvent, Rep, User
from review.queries.viewer import load_viewer
from review.services import sessions, users
from review.services.audit import read_events
from review.services.passwords import WeakPassword, verify_password
from review.services.people import BadRep, add_rep, add_team, find_rep, list_reps, set_rep_team, set_team_member
from review.services.tokens import (
    BadToken,
    create_api_token,
    find_api_token,
    list_api_tokens,
    note_use,
    revoke_api_token,
)
from tests.factories import make_rep, make_team, make_user

PASSWORD = "green kettle by the door"


def make(session: Session, **changed: Any) -> int:
    values = {"email": "jonas@example.com", "name": "Jonas Weber", "password": PASSWORD, "roles": ["rep"]}
    return users.create_user(session, **(values | changed))


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_a_user_is_made_once(database: Database) -> None:
    with database.session() as session:
        user_id = make(session, email="  Jonas@Example.COM ", roles=["admin", "rep"])
        found = users.find_user(session, "JONAS@example.com")
        assert found is not None
        assert (found.id, found.email, found.roles) == (user_id, "jonas@example.com", ("rep", "admin"))
        assert users.find_user(session, "other@example.com") is None
        with pytest.raises(users.UserExists):
            make(session)
        # The refusal leaves the session usable: the constraint was met inside a savepoint.
        assert [user.email for user in users.list_users(session)] == ["jonas@example.com"]
        stored = session.get(User, user_id)
        assert stored is not None
        assert verify_password(stored.password_hash, PASSWORD)
        assert actions(session) == ["user.created"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": "jonas"}, "email"),
        ({"email": "jonas@@example.com"}, "email"),
        ({"email": "jo nas@example.com"}, "email"),
        ({"email": "a@b" * 100}, "email"),
        ({"name": " \t\u3000"}, "name"),
        ({"name": "\u200b"}, "name"),
        ({"name": "Jonas\x00"}, "name"),
        ({"name": "J" * 200}, "name"),
        ({"roles": []}, "roles"),
        ({"roles": ["rep", "king"]}, "roles"),
    ],
)
def test_bad_users_are_refused(sqlite_database: Any, changed: dict[str, Any], field: str) -> None:
    with sqlite_database.session() as session:
        with pytest.raises(users.BadUser) as refused:
            make(session, **changed)
        assert refused.value.field == field
        assert session.scalars(select(User)).all() == []


def test_a_weak_password_is_refused_and_changes_nothing(database: Database) -> None:
    with database.session() as session:
        with pytest.raises(WeakPassword):
            make(session, password="short")
        user_id = make(session)
        with pytest.raises(WeakPassword):
            users.set_password(session, user_id, "jonas@example.com")
        sessions.sign_in(session, "jonas@example.com", PASSWORD, "::1", "")


def test_a_change_of_roles_shows_on_the_next_load(database: Database) -> None:
    with database.session() as session:
        user_id = make(session)
        lead = make_user(session, "admin")
        users.set_roles(session, user_id, ["quality_lead", "rep"], by=lead.id)
        users.set_roles(session, user_id, ["rep", "quality_lead"], by=lead.id)  # the same: no second event
    with database.read() as session:
        viewer = load_viewer(session, user_id)
        assert viewer is not None
        assert viewer.roles == {"rep", "quality_lead"}
        assert viewer.sees_all
        event = read_events(session)[0]
        assert (event.action, event.user_id, event.details) == (
            "user.roles_changed",
            lead.id,
            {"before": ["rep"], "after": ["rep", "quality_lead"]},
        )
        assert actions(session).count("user.roles_changed") == 1


def test_a_disabled_user_is_out_at_once(database: Database) -> None:
    with database.session() as session:
        user_id = make(session)
        token = sessions.sign_in(session, "jonas@example.com", PASSWORD, "::1", "browser").token
        api = create_api_token(session, user_id, "pbx", ["calls:write"])
        users.disable_user(session, user_id)
    with database.session() as session:
        assert sessions.find_session(session, token) is None
        assert find_api_token(session, api.token) is None
        assert load_viewer(session, user_id) is None
        with pytest.raises(sessions.SignInRefused):
            sessions.sign_in(session, "jonas@example.com", PASSWORD, "::1", "")
        users.enable_user(session, user_id)
        assert sessions.find_session(session, token) is None  # ended, not paused
        assert find_api_token(session, api.token) is not None
        with pytest.raises(users.UnknownUser):
            users.disable_user(session, user_id + 1000)


def test_a_new_password_ends_every_session(database: Database) -> None:
    with database.session() as session:
        user_id = make(session)
        token = sessions.sign_in(session, "jonas@example.com", PASSWORD, "::1", "").token
        users.set_password(session, user_id, "a quite different sentence")
        assert sessions.find_session(session, token) is None
        with pytest.raises(sessions.SignInRefused):
            sessions.sign_in(session, "jonas@example.com", PASSWORD, "::1", "")
        assert (
            sessions.sign_in(session, "jonas@example.com", "a quite different sentence", "::1", "").user_id == user_id
        )


def test_language_is_kept(database: Database) -> None:
    with database.session() as session:
        user_id = make(session)
        users.set_language(session, user_id, "ru")
        viewer = load_viewer(session, user_id)
        assert viewer is not None
        assert viewer.language == "ru"


def test_api_tokens(database: Database) -> None:
    with database.session() as session:
        user_id = make(session)
        made = create_api_token(session, user_id, " PBX  folder ", ["calls:write"], by=user_id)
        assert made.token.startswith("cc_")
        caller = find_api_token(session, made.token)
        assert caller is not None
        assert (caller.user_id, caller.may("calls:write"), caller.may("calls:read")) == (user_id, True, False)
        assert find_api_token(session, made.token + "x") is None
        assert find_api_token(session, made.token.removeprefix("cc_")) is None
        note_use(session, caller.token_id)
        (row,) = list_api_tokens(session)
        assert (row.name, row.scopes, row.user_name) == ("PBX folder", ("calls:write",), "Jonas Weber")
        assert row.last_used_at is not None
        assert revoke_api_token(session, made.id, by=user_id)
        assert not revoke_api_token(session, made.id, by=user_id)
        assert find_api_token(session, made.token) is None
        for scopes, name in (([], "x"), (["everything"], "x"), (["calls:read"], " ")):
            with pytest.raises(BadToken):
                create_api_token(session, user_id, name, scopes)
        details = str([event.details for event in read_events(session)])
        assert made.token not in details


def test_a_rep_and_a_sign_in_find_each_other(database: Database) -> None:
    with database.session() as session:
        first = add_rep(session, name="Jonas Weber", email="Jonas@Example.com")
        user_id = make(session)
        assert session.get_one(Rep, first).user_id == user_id
        anna = make(session, email="anna@example.com", name="Anna")
        second = add_rep(session, name="Anna B", email="anna@example.com")
        assert session.get_one(Rep, second).user_id == anna
        # A second rep with the address stays alone: one sign-in speaks as one rep.
        third = add_rep(session, name="Anna C", email="anna@example.com")
        assert session.get_one(Rep, third).user_id is None


def test_which_rep_a_text_means(database: Database) -> None:
    with database.session() as session:
        jonas = add_rep(session, name="Jonas Weber", extension="201", email="jonas@example.com")
        gone = make_rep(session, "Мария Ким", active=False)
        maria = make_rep(session, "Мария Ким")
        twin = make_rep(session, "Sam Lee")
        make_rep(session, "Sam Lee")
        for text in ("201", " 201 ", "JONAS@example.com", "Jonas  Weber", "jonas weber"):
            assert find_rep(session, text) == jonas
        assert find_rep(session, "мария ким") == maria.id != gone.id
        assert twin.id is not None
        for text in (None, "", "Sam Lee", "nobody", "202", "x@example.com", "\x00"):
            assert find_rep(session, text) is None


def test_reps_and_teams(database: Database) -> None:
    with database.session() as session:
        team = add_team(session, " Team  North ")
        assert add_team(session, "Team North") == team
        manager = make_user(session, "manager")
        set_team_member(session, team, manager.id, manages=True)
        rep = add_rep(session, name="Jonas", extension="201")
        set_rep_team(session, rep, team, by=manager.id)
        (row,) = list_reps(session)
        assert (row.team_name, row.extension, row.active) == ("Team North", "201", True)
        with pytest.raises(BadRep):
            add_rep(session, name="Other", extension="201")
        with pytest.raises(BadRep):
            add_rep(session, name="  ")
        with pytest.raises(BadRep):
            set_rep_team(session, 10_000, team)
        other = make_team(session)
        viewer = load_viewer(session, manager.id)
        assert viewer is not None
        assert viewer.managed_team_ids == {team}
        set_team_member(session, other.id, manager.id)
        set_team_member(session, team, manager.id, manages=False)
        viewer = load_viewer(session, manager.id)
        assert viewer is not None
        assert (viewer.managed_team_ids, viewer.team_ids) == (frozenset(), {team, other.id})
