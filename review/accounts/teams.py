"""Teams and reps as their pages and programs read and change them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from review.accounts.granting import NotYours, OwnRoles, may_manage
from review.models import Rep, RepAlias, Team, TeamMember, User
from review.queries.viewer import Viewer
from review.services import audit, users
from review.services.people import BadRep, RepRow, find_sign_in, list_reps, set_rep_team
from review.services.users import BadUser, read_email

LONGEST = 120  # characters of a name


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRow:
    """One team with how many are in it."""

    id: int
    name: str
    managers: tuple[str, ...]
    members: int  # sign-ins, managers among them
    reps: int  # active ones


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """A sign-in in a team."""

    user_id: int
    name: str
    email: str
    manages: bool
    disabled: bool


@dataclass(frozen=True, slots=True)
class AliasRow:
    """A name by which a source knows the rep."""

    source: str
    name: str


def list_teams(session: Session) -> tuple[TeamRow, ...]:
    """All teams by name, by three statements."""
    reps = dict(
        session.execute(
            select(Rep.team_id, func.count()).where(Rep.active, Rep.team_id.is_not(None)).group_by(Rep.team_id)
        ).all()
    )
    members: dict[int, list[tuple[str, bool]]] = {}
    for team_id, name, manages in session.execute(
        select(TeamMember.team_id, User.name, TeamMember.is_manager)
        .join(User, User.id == TeamMember.user_id)
        .where(User.disabled_at.is_(None))
        .order_by(User.name)
    ):
        members.setdefault(team_id, []).append((name, manages))
    return tuple(
        TeamRow(
            id=team.id,
            name=team.name,
            managers=tuple(name for name, manages in members.get(team.id, ()) if manages),
            members=len(members.get(team.id, ())),
            reps=reps.get(team.id, 0),
        )
        for team in session.scalars(select(Team).order_by(Team.name, Team.id))
    )


def get_team(session: Session, team_id: int) -> TeamRow | None:
    """One team; None when there is none."""
    return next((team for team in list_teams(session) if team.id == team_id), None)


def members_of(session: Session, team_id: int) -> tuple[MemberRow, ...]:
    """The sign-ins in a team, managers first."""
    rows = session.execute(
        select(User.id, User.name, User.email, TeamMember.is_manager, User.disabled_at)
        .join(TeamMember, TeamMember.user_id == User.id)
        .where(TeamMember.team_id == team_id)
        .order_by(TeamMember.is_manager.desc(), User.name, User.id)
    )
    return tuple(
        MemberRow(
            user_id=row.id, name=row.name, email=row.email, manages=row.is_manager, disabled=bool(row.disabled_at)
        )
        for row in rows
    )


def make_team(session: Session, name: str, *, by: int | None) -> int:
    """A new team's id. Raises BadRep for an empty name and for one that is there, in whatever letters."""
    shown = _name(name)
    _check_free(session, shown)
    team = Team(name=shown)
    session.add(team)
    session.flush()
    audit.record(session, by, "team.created", "team", team.id, name=shown)
    return team.id


def rename_team(session: Session, team_id: int, name: str, *, by: int | None) -> None:
    """Raises BadRep for an empty name, for one that is there, and for an unknown team."""
    team, shown = session.get(Team, team_id), _name(name)
    if team is None:
        raise BadRep(f"There is no team {team_id}.")
    before = team.name
    if before == shown:
        return
    _check_free(session, shown, but=team_id)
    try:
        with session.begin_nested():
            team.name = shown
    except IntegrityError as error:
        raise BadRep(f"There is a team {shown} already.") from error
    audit.record(session, by, "team.renamed", "team", team_id, before=before, after=shown)


def get_rep(session: Session, rep_id: int) -> RepRow | None:
    """One rep; None when there is none."""
    return next((rep for rep in list_reps(session) if rep.id == rep_id), None)


def aliases_of(session: Session, rep_id: int) -> tuple[AliasRow, ...]:
    """The names by which sources know the rep."""
    rows = session.execute(
        select(RepAlias.source, RepAlias.name).where(RepAlias.rep_id == rep_id).order_by(RepAlias.source, RepAlias.name)
    )
    return tuple(AliasRow(row.source, row.name) for row in rows)


def change_rep(
    session: Session,
    actor: Viewer,
    rep_id: int,
    *,
    name: str,
    extension: str | None,
    email: str | None,
    team_id: int | None,
    user_id: int | None,
    active: bool,
) -> None:
    """Change a rep; `user_id` joins the sign-in that speaks as the rep and so sees the rep's calls.

    Raises BadRep, and as granting does for a sign-in that is not the actor's to change.
    """
    rep = session.get(Rep, rep_id)
    if rep is None:
        raise BadRep(f"There is no rep {rep_id}.")
    if team_id is not None and session.get(Team, team_id) is None:
        raise BadRep(f"There is no team {team_id}.")
    before = (rep.name, rep.extension, rep.email, rep.user_id, rep.active)
    if user_id != rep.user_id and user_id is not None:
        _check_join(session, actor, user_id)
    try:
        address = read_email(email) if email and email.strip() else None
    except BadUser as error:
        raise BadRep("This is no e-mail address.") from error
    number = " ".join((extension or "").split())[:64] or None
    after = (_name(name), number, address, user_id, active)
    if after != before:
        try:
            with session.begin_nested():
                rep.name, rep.extension, rep.email, rep.user_id, rep.active = after
        except IntegrityError as error:
            raise BadRep("Another rep has this extension, or belongs to this sign-in.") from error
        fields = ("name", "extension", "email", "user_id", "active")
        changed = {f: [b, a] for f, b, a in zip(fields, before, after, strict=True) if a != b}
        audit.record(session, actor.user_id, "rep.changed", "rep", rep_id, changed=changed)
    set_rep_team(session, rep_id, team_id, by=actor.user_id)


def unjoined_sign_ins(session: Session) -> tuple[tuple[int, str], ...]:
    """(id, name) of everybody who signs in and speaks as no rep yet."""
    taken = select(Rep.user_id).where(Rep.user_id.is_not(None))
    rows = session.execute(
        select(User.id, User.name).where(User.id.not_in(taken), User.disabled_at.is_(None)).order_by(User.name)
    )
    return tuple((row.id, row.name) for row in rows)


def suggested_sign_in(session: Session, rep: RepRow) -> int | None:
    """The sign-in with the rep's address that speaks as nobody yet."""
    return None if rep.user_id is not None else find_sign_in(session, rep.email)


def _check_join(session: Session, actor: Viewer, user_id: int) -> None:
    try:
        person = users.get_user(session, user_id)
    except BadUser as error:
        raise BadRep(f"There is no sign-in {user_id}.") from error
    if not may_manage(actor, person.roles):
        raise NotYours(user_id)
    if user_id == actor.user_id and "admin" not in actor.roles:
        raise OwnRoles


def _check_free(session: Session, shown: str, *, but: int | None = None) -> None:
    # Compared here: databases fold letters differently (SQLite only ASCII), and a company has few teams.
    for team_id, name in session.execute(select(Team.id, Team.name)):
        if team_id != but and name.casefold() == shown.casefold():
            raise BadRep(f"There is a team {name} already.")


def _name(name: str) -> str:
    shown = " ".join(name.split())
    if not shown or len(shown) > LONGEST or not shown.isprintable():
        raise BadRep(f"Write a name of at most {LONGEST} characters.")
    return shown
