"""Reps and teams: who talks on calls, which team they belong to, who manages it, and which rep a text means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from review.accounts import team_history
from review.errors import ReviewError
from review.models import Rep, RepAlias, Team, TeamMember, User
from review.services import audit


class BadRep(ReviewError):
    """A rep cannot be made or changed as asked; the text says how to mend it."""

    code = "bad_rep"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepRow:
    """One rep."""

    id: int
    name: str
    extension: str | None
    email: str | None
    team_id: int | None
    team_name: str | None
    user_id: int | None
    active: bool


def add_team(session: Session, name: str, *, by: int | None = None) -> int:
    """The id of the team with this name, made when there is none. Raises BadRep for an empty name."""
    shown = " ".join(name.split())
    if not shown:
        raise BadRep("The team's name is empty.")
    found = session.scalar(select(Team.id).where(Team.name == shown))
    if found is not None:
        return found
    team = Team(name=shown)
    session.add(team)
    session.flush()
    audit.record(session, by, "team.created", "team", team.id, name=shown)
    return team.id


def set_team_member(
    session: Session, team_id: int, user_id: int, *, manages: bool = False, by: int | None = None
) -> None:
    """Put a user into a team, or change whether they manage it: a manager sees the calls of the team's reps."""
    member = session.get(TeamMember, (team_id, user_id))
    if member is not None and member.is_manager == manages:
        return
    if member is None:
        session.add(TeamMember(team_id=team_id, user_id=user_id, is_manager=manages))
    else:
        member.is_manager = manages
    session.flush()
    team_history.note_member(session, team_id, user_id, manages=manages)
    audit.record(session, by, "team.member_set", "team", team_id, user_id=user_id, manages=manages)


def remove_team_member(session: Session, team_id: int, user_id: int, *, by: int | None = None) -> None:
    """Take a user out of a team; when they were in it stays written down."""
    member = session.get(TeamMember, (team_id, user_id))
    if member is None:
        return
    session.delete(member)
    session.flush()
    team_history.note_member(session, team_id, user_id, manages=None)
    audit.record(session, by, "team.member_removed", "team", team_id, user_id=user_id)


def add_rep(
    session: Session,
    *,
    name: str,
    extension: str | None = None,
    email: str | None = None,
    team_id: int | None = None,
    user_id: int | None = None,
    by: int | None = None,
) -> int:
    """Make a rep and return the id. Joined to the sign-in with the same address unless `user_id` says another.

    Raises BadRep when the name is empty, or the extension or the sign-in belongs to another rep. Does not commit.
    """
    shown = " ".join(name.split())
    if not shown:
        raise BadRep("The rep's name is empty.")
    address = (email or "").strip().casefold() or None
    rep = Rep(name=shown, extension=(extension or "").strip() or None, email=address, team_id=team_id, active=True)
    rep.user_id = user_id if user_id is not None else find_sign_in(session, address)
    try:
        with session.begin_nested():
            session.add(rep)
    except IntegrityError as error:
        raise BadRep(f"{shown}: another rep has the extension {extension!r}, or belongs to this sign-in.") from error
    team_history.note_rep(session, rep.id, team_id, new=True)
    audit.record(session, by, "rep.created", "rep", rep.id, name=shown, team_id=team_id)
    return rep.id


def set_rep_team(session: Session, rep_id: int, team_id: int | None, *, by: int | None = None) -> None:
    """Move a rep to a team (None: to no team); its managers see the rep's calls from then on. Raises BadRep."""
    rep = session.get(Rep, rep_id)
    if rep is None:
        raise BadRep(f"There is no rep {rep_id}.")
    if rep.team_id != team_id:
        before, rep.team_id = rep.team_id, team_id
        session.flush()
        team_history.note_change(session, rep_id, before, team_id)
        audit.record(session, by, "rep.team_changed", "rep", rep_id, before=before, after=team_id)


def find_rep(session: Session, text: str | None, *, source: str | None = None) -> int | None:
    """The id of the rep a text means: an extension, an e-mail address or a name in any case; None when unsure.

    What was said of the names of this `source` comes first. Two reps of one name are not guessed between; an active
    one goes before one who left.
    """
    wanted = " ".join((text or "").replace("\x00", "").split())
    if not wanted:
        return None
    if source is not None:
        named = session.scalar(select(RepAlias.rep_id).where(RepAlias.source == source, RepAlias.name == wanted))
        if named is not None:
            return named
    by_extension = session.scalar(select(Rep.id).where(Rep.extension == wanted))
    if by_extension is not None:
        return by_extension
    folded = wanted.casefold()
    if "@" in wanted:
        return _only(session.execute(select(Rep.id, Rep.active).where(Rep.email == folded)).all())
    exact = session.execute(select(Rep.id, Rep.active).where(Rep.name == wanted)).all()
    if exact:
        return _only(exact)
    # Databases fold case differently (SQLite only ASCII), so the few names left are compared here.
    everyone = session.execute(select(Rep.id, Rep.active, Rep.name))
    return _only([(rep_id, active) for rep_id, active, name in everyone if name.casefold() == folded])


def list_reps(session: Session) -> tuple[RepRow, ...]:
    """All reps by name, those who left at the end."""
    found = session.execute(
        select(Rep, Team.name).outerjoin(Team, Team.id == Rep.team_id).order_by(Rep.active.desc(), Rep.name, Rep.id)
    )
    return tuple(
        RepRow(
            id=rep.id,
            name=rep.name,
            extension=rep.extension,
            email=rep.email,
            team_id=rep.team_id,
            team_name=team_name,
            user_id=rep.user_id,
            active=rep.active,
        )
        for rep, team_name in found
    )


def find_sign_in(session: Session, email: str | None) -> int | None:
    """The user with this address who belongs to no rep yet; None when there is none."""
    if not email:
        return None
    taken = select(func.count()).select_from(Rep).where(Rep.user_id == User.id).scalar_subquery()
    return session.scalar(select(User.id).where(User.email == email, taken == 0))


def _only(rows: Sequence[tuple[int, bool]]) -> int | None:
    for candidates in ([rep_id for rep_id, active in rows if active], [rep_id for rep_id, _ in rows]):
        if candidates:
            return candidates[0] if len(candidates) == 1 else None
    return None
