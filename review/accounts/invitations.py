"""Invitations: a person asked in by address, with roles, team and language; the link works once, for seven days."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session, aliased

from review.accounts.granting import check_grant
from review.accounts.links import hash_token, new_token
from review.errors import ReviewError
from review.models import Invitation, Team, User, utc_now
from review.notices.letters import post
from review.queries.viewer import Viewer
from review.services import audit
from review.services.people import set_team_member
from review.services.users import BadUser, UserExists, create_user, read_email, read_name, read_roles
from review.ui_languages import UI_LANGUAGES

LIVES: Final = timedelta(days=7)
STATES: Final = ("open", "expired", "accepted", "withdrawn")

MakeUrl = Callable[[str], str]
"""From a token to the whole address that goes into the letter."""


class NoSuchInvitation(ReviewError):
    """There is no invitation with this id."""

    code = "no_such_invitation"

    def __init__(self, invitation_id: int) -> None:
        super().__init__(f"There is no invitation {invitation_id}.")
        self.invitation_id = invitation_id


class InvitationClosed(ReviewError):
    """The invitation can neither be accepted nor changed; `state` is accepted, withdrawn, expired or unknown."""

    code = "invitation_closed"

    def __init__(self, state: str) -> None:
        super().__init__(f"This invitation is {state}. Ask for a new one.")
        self.state = state


class InvitedAlready(ReviewError):
    """The address has an open invitation; it can be sent again instead."""

    code = "invited_already"

    def __init__(self, invitation_id: int, email: str) -> None:
        super().__init__(f"{email} has an open invitation. Send that one again, or withdraw it first.")
        self.invitation_id = invitation_id
        self.email = email


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRow:
    """One invitation as lists show it."""

    id: int
    email: str
    name: str
    roles: tuple[str, ...]
    language: str
    team_id: int | None
    team: str | None
    manages: bool
    by: int | None
    by_name: str | None
    created_at: datetime
    sent_at: datetime
    sent: int
    expires_at: datetime
    state: str  # one of STATES
    user_id: int | None  # who accepted it


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation just made or sent again; `url` holds its token and can be shown only now."""

    id: int
    url: str


def invite(
    session: Session,
    actor: Viewer,
    make_url: MakeUrl,
    *,
    email: str,
    roles: Iterable[str],
    name: str = "",
    language: str = "en",
    team_id: int | None = None,
    manages: bool = False,
) -> Invited:
    """Ask a person in; a letter goes out. Raises BadUser, UserExists, MayNotGrant, InvitedAlready. Does not commit."""
    address = read_email(email)
    wanted = read_roles(roles)
    check_grant(actor, wanted)
    if language not in UI_LANGUAGES:
        raise BadUser("language", f"Choose one of the languages {', '.join(UI_LANGUAGES)}.")
    if team_id is not None and session.get(Team, team_id) is None:
        raise BadUser("team_id", "This team is not known here any more.")
    if session.scalar(select(User.id).where(User.email == address)) is not None:
        raise UserExists(address)
    known = session.scalar(select(Invitation.id).where(Invitation.email == address, _open()).limit(1))
    if known is not None:
        raise InvitedAlready(known, address)
    token, now = new_token(), utc_now()
    row = Invitation(
        email=address,
        name=read_name(name) if name.strip() else "",
        roles=list(wanted),
        language=language,
        team_id=team_id,
        manages=manages and team_id is not None and "manager" in wanted,
        token_hash=hash_token(token),
        invited_by=actor.user_id,
        created_at=now,
        sent_at=now,
        expires_at=now + LIVES,
    )
    session.add(row)
    session.flush()
    audit.record(
        session, actor.user_id, "invitation.made", "invitation", row.id, email=address, roles=row.roles, team_id=team_id
    )
    return _send(session, actor, row, token, make_url)


def send_again(session: Session, actor: Viewer, invitation_id: int, make_url: MakeUrl) -> Invited:
    """A new letter with a new link for seven days more; the old link ends. Also for one that has expired.

    Raises NoSuchInvitation, InvitationClosed, MayNotGrant.
    """
    row = _get(session, invitation_id)
    check_grant(actor, row.roles)
    if row.accepted_at is not None or row.withdrawn_at is not None:
        raise InvitationClosed(state_of(row))
    token, now = new_token(), utc_now()
    row.token_hash, row.sent_at, row.expires_at, row.sent = hash_token(token), now, now + LIVES, row.sent + 1
    session.flush()
    audit.record(session, actor.user_id, "invitation.sent_again", "invitation", row.id, email=row.email)
    return _send(session, actor, row, token, make_url)


def withdraw(session: Session, actor: Viewer, invitation_id: int) -> None:
    """End the invitation: its link opens nothing any more. Raises NoSuchInvitation, InvitationClosed, MayNotGrant."""
    row = _get(session, invitation_id)
    check_grant(actor, row.roles)
    if row.accepted_at is not None:
        raise InvitationClosed("accepted")
    if row.withdrawn_at is None:
        row.withdrawn_at = utc_now()
        session.flush()
        audit.record(session, actor.user_id, "invitation.withdrawn", "invitation", row.id, email=row.email)


def read_invitation(session: Session, token: str) -> InvitationRow:
    """The open invitation behind a link. Raises InvitationClosed."""
    row = session.scalar(select(Invitation).where(Invitation.token_hash == hash_token(token)))
    state = "unknown" if row is None else state_of(row)
    if row is None or state != "open":
        raise InvitationClosed(state)
    return next(iter(_rows(session, Invitation.id == row.id)))


def accept(session: Session, token: str, *, name: str, password: str | None) -> int:
    """Make the sign-in that was offered; its user's id. `password` None: another provider lets the person in.

    Raises InvitationClosed, BadUser, UserExists, WeakPassword. Two clicks at once make one sign-in.
    """
    now = utc_now()
    claimed = session.execute(
        update(Invitation)
        .where(Invitation.token_hash == hash_token(token), _open())
        .values(accepted_at=now)
        .returning(Invitation.id)
    ).scalar()
    if claimed is None:
        row = session.scalar(select(Invitation).where(Invitation.token_hash == hash_token(token)))
        raise InvitationClosed("unknown" if row is None else state_of(row))
    row = _get(session, claimed)
    session.refresh(row)
    user_id = create_user(
        session,
        email=row.email,
        name=name,
        password=password,
        roles=row.roles,
        language=row.language,
        by=row.invited_by,
    )
    row.user_id = user_id
    if row.team_id is not None:
        set_team_member(session, row.team_id, user_id, manages=row.manages, by=row.invited_by)
    session.flush()
    audit.record(session, user_id, "invitation.accepted", "invitation", row.id, email=row.email)
    return user_id


def open_invitation_for(session: Session, email: str) -> InvitationRow | None:
    """The open invitation of an address; None where there is none."""
    return next(iter(_rows(session, Invitation.email == email.strip().casefold(), _open())), None)


def list_invitations(session: Session, *, only_open: bool = False, limit: int = 200) -> tuple[InvitationRow, ...]:
    """Invitations, the newest first; those that were accepted are people now and not listed as open."""
    conditions = [Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None)] if only_open else []
    return tuple(_rows(session, *conditions, limit=limit))


def get_invitation(session: Session, invitation_id: int) -> InvitationRow:
    """One invitation. Raises NoSuchInvitation."""
    found = next(iter(_rows(session, Invitation.id == invitation_id)), None)
    if found is None:
        raise NoSuchInvitation(invitation_id)
    return found


def state_of(row: Invitation) -> str:
    """One of STATES."""
    if row.accepted_at is not None:
        return "accepted"
    if row.withdrawn_at is not None:
        return "withdrawn"
    return "open" if row.expires_at > utc_now() else "expired"


def _open() -> ColumnElement[bool]:
    return Invitation.accepted_at.is_(None) & Invitation.withdrawn_at.is_(None) & (Invitation.expires_at > utc_now())


def _send(session: Session, actor: Viewer, row: Invitation, token: str, make_url: MakeUrl) -> Invited:
    url = make_url(token)
    hours = int(LIVES.total_seconds() // 3600)
    body = {"name": row.name, "by": actor.name, "url": url, "hours": hours}
    post(session, row.email, "invitation", body, language=row.language, key=f"invitation {row.id} {row.sent}")
    return Invited(row.id, url)


def _get(session: Session, invitation_id: int) -> Invitation:
    row = session.get(Invitation, invitation_id)
    if row is None:
        raise NoSuchInvitation(invitation_id)
    return row


def _rows(session: Session, *conditions: ColumnElement[bool], limit: int = 200) -> list[InvitationRow]:
    inviter = aliased(User)
    found = session.execute(
        select(Invitation, Team.name, inviter.name)
        .outerjoin(Team, Team.id == Invitation.team_id)
        .outerjoin(inviter, inviter.id == Invitation.invited_by)
        .where(*conditions)
        .order_by(Invitation.id.desc())
        .limit(limit)
    )
    return [
        InvitationRow(
            id=row.id,
            email=row.email,
            name=row.name,
            roles=tuple(row.roles),
            language=row.language,
            team_id=row.team_id,
            team=team,
            manages=row.manages,
            by=row.invited_by,
            by_name=by,
            created_at=row.created_at,
            sent_at=row.sent_at,
            sent=row.sent,
            expires_at=row.expires_at,
            state=state_of(row),
            user_id=row.user_id,
        )
        for row, team, by in found
    ]
