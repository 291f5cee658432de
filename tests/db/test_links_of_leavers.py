"""Links that somebody gave out end with the roles they gave them by."""

from __future__ import annotations

import pytest

from review.accounts import changes
from review.accounts.granting import NotYours
from review.accounts.invitations import InvitationClosed, accept, invite, read_invitation
from review.accounts.resets import ResetClosed, make_reset, read_reset
from review.db import Database
from review.queries.viewer import Viewer, load_viewer
from review.services import users
from tests.factories import make_user

PASSPHRASE = "seven swans cross the fjord"


def viewer_with(session: object, *roles: str) -> Viewer:
    found = load_viewer(session, make_user(session, *roles).id)  # type: ignore[arg-type]
    assert found is not None
    return found


def plain(token: str) -> str:
    return token


def test_nobody_leaves_a_door_open_for_themselves(database: Database) -> None:
    with database.session() as session:
        stays, goes = viewer_with(session, "admin"), viewer_with(session, "admin")
        rep = make_user(session, "rep").id
        back = invite(session, goes, plain, email="back@example.com", roles=["admin"]).url
        other = invite(session, stays, plain, email="other@example.com", roles=["rep"]).url
        link = make_reset(session, rep, plain, by=goes.user_id)
    with database.session() as session:
        users.disable_user(session, goes.user_id, by=stays.user_id)
    with database.session() as session:
        with pytest.raises(InvitationClosed) as closed:
            accept(session, back, name="Back Again", password=PASSPHRASE)
        assert closed.value.state == "withdrawn"
        with pytest.raises(ResetClosed):
            read_reset(session, link)
        assert read_invitation(session, other).state == "open"


def test_invitations_to_roles_that_somebody_may_still_give_stay(database: Database) -> None:
    with database.session() as session:
        stays, goes = viewer_with(session, "admin"), viewer_with(session, "admin")
        admin = invite(session, goes, plain, email="admin@example.com", roles=["admin"]).url
        reviewer = invite(session, goes, plain, email="reviewer@example.com", roles=["reviewer"]).url
        users.set_roles(session, goes.user_id, ["quality_lead"], by=stays.user_id)
    with database.session() as session:
        assert read_invitation(session, reviewer).state == "open"
        with pytest.raises(InvitationClosed):
            read_invitation(session, admin)


def test_only_admins_make_links_for_people_with_rights_given_by_name(database: Database) -> None:
    with database.session() as session:
        admin, lead = viewer_with(session, "admin"), viewer_with(session, "quality_lead")
        plainly, trusted = make_user(session, "reviewer").id, make_user(session, "reviewer").id
        users.grant_right(session, trusted, "see_originals", by=admin.user_id)
        assert changes.reset_link(session, lead, plainly, plain)
        with pytest.raises(NotYours):
            changes.reset_link(session, lead, trusted, plain)
        assert changes.reset_link(session, admin, trusted, plain)
