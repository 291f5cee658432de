"""What one person changes of another's account: allowed or refused by the acting person's roles, written down, at once.

The rules hold for pages and programs alike: nobody changes their own roles or rights, nobody touches an account whose
roles they may not give, and the last admin stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.accounts import codes, resets
from review.accounts.granting import NotYours, OwnRoles, check_grant, may_manage
from review.models import RIGHTS, Team, TeamMember
from review.queries.viewer import Viewer
from review.services import users
from review.services.people import remove_team_member, set_team_member
from review.services.sessions import end_sessions
from review.services.users import BadUser, UserRow
from review.ui_languages import UI_LANGUAGES


def person_for(session: Session, actor: Viewer, user_id: int) -> UserRow:
    """The person, for somebody who may change their account. Raises UnknownUser, NotYours."""
    person = users.get_user(session, user_id)
    if not may_manage(actor, person.roles):
        raise NotYours(user_id)
    return person


def change_name(session: Session, actor: Viewer, user_id: int, name: str) -> None:
    """Raises UnknownUser, NotYours, BadUser."""
    person_for(session, actor, user_id)
    users.set_name(session, user_id, name, by=actor.user_id)


def change_language(session: Session, actor: Viewer, user_id: int, language: str) -> None:
    """Raises UnknownUser, NotYours, BadUser."""
    person_for(session, actor, user_id)
    if language not in UI_LANGUAGES:
        raise BadUser("language", f"Choose one of the languages {', '.join(UI_LANGUAGES)}.")
    users.set_language(session, user_id, language)


def change_roles(session: Session, actor: Viewer, user_id: int, roles: Iterable[str]) -> None:
    """Replace the roles. Raises UnknownUser, NotYours, OwnRoles, MayNotGrant, LastAdmin, BadUser."""
    person = person_for(session, actor, user_id)
    wanted = users.read_roles(roles)
    if wanted == person.roles:
        return
    if user_id == actor.user_id:
        raise OwnRoles
    check_grant(actor, wanted)
    users.set_roles(session, user_id, wanted, by=actor.user_id)
    if set(wanted) <= {"external_reviewer"}:
        for right in person.rights:  # to an outsider private data stays masked
            users.revoke_right(session, user_id, right, by=actor.user_id)


def change_rights(session: Session, actor: Viewer, user_id: int, rights: Iterable[str]) -> None:
    """Replace the rights given by name; only admins do. Raises UnknownUser, NotYours, OwnRoles, BadUser."""
    person = users.get_user(session, user_id)
    wanted = set(rights)
    if not wanted <= set(RIGHTS):
        raise BadUser("right", f"The rights are: {', '.join(RIGHTS)}.")
    if wanted == set(person.rights):
        return
    if "admin" not in actor.roles:
        raise NotYours(user_id)
    if user_id == actor.user_id:
        raise OwnRoles
    for right in sorted(wanted - set(person.rights)):
        users.grant_right(session, user_id, right, by=actor.user_id)
    for right in sorted(set(person.rights) - wanted):
        users.revoke_right(session, user_id, right, by=actor.user_id)


def change_teams(session: Session, actor: Viewer, user_id: int, teams: Mapping[int, bool]) -> None:
    """Put the person into exactly these teams: team id -> whether they manage it.

    Raises UnknownUser, NotYours, OwnRoles, BadUser.
    """
    person_for(session, actor, user_id)
    if user_id == actor.user_id and "admin" not in actor.roles:
        raise OwnRoles  # a team shows its calls to its managers
    known = set(session.scalars(select(Team.id).where(Team.id.in_(sorted(teams)))))
    if known != set(teams):
        raise BadUser("teams", "A team is not known here any more; load the page again.")
    held = set(session.scalars(select(TeamMember.team_id).where(TeamMember.user_id == user_id)))
    for team_id in sorted(teams):
        set_team_member(session, team_id, user_id, manages=teams[team_id], by=actor.user_id)
    for team_id in sorted(held - set(teams)):
        remove_team_member(session, team_id, user_id, by=actor.user_id)


def shut_out(session: Session, actor: Viewer, user_id: int) -> None:
    """Disable the account. Raises UnknownUser, NotYours, OwnRoles, LastAdmin."""
    person_for(session, actor, user_id)
    if user_id == actor.user_id:
        raise OwnRoles
    users.disable_user(session, user_id, by=actor.user_id)


def let_in(session: Session, actor: Viewer, user_id: int) -> None:
    """Enable the account again. Raises UnknownUser, NotYours."""
    person_for(session, actor, user_id)
    users.enable_user(session, user_id, by=actor.user_id)


def sign_out_everywhere(session: Session, actor: Viewer, user_id: int) -> int:
    """End all sessions of the person; how many. Raises UnknownUser, NotYours."""
    person_for(session, actor, user_id)
    return end_sessions(session, user_id, by=actor.user_id)


def forget_codes(session: Session, actor: Viewer, user_id: int) -> bool:
    """Turn the person's one-time codes off and end their sessions; whether they were on. Only admins, not their own.

    Raises UnknownUser, NotYours, OwnRoles.
    """
    person_for(session, actor, user_id)
    if "admin" not in actor.roles:
        raise NotYours(user_id)
    if user_id == actor.user_id:
        raise OwnRoles
    was_on = codes.turn_off(session, user_id, by=actor.user_id)
    end_sessions(session, user_id, by=actor.user_id)
    return was_on


def reset_link(session: Session, actor: Viewer, user_id: int, make_url: Callable[[str], str]) -> str:
    """A link that sets a new passphrase, to hand to the person. Raises UnknownUser, NotYours.

    Whoever holds it can sign in as them: for a person with rights given by name only admins make one.
    """
    person = person_for(session, actor, user_id)
    if person.rights and "admin" not in actor.roles:
        raise NotYours(user_id)
    return resets.make_reset(session, user_id, make_url, by=actor.user_id)
