"""Who may see a call and what is written on it, and which of them a text names with @."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, literal, select, union_all
from sqlalchemy.orm import Session

from review.models import Call, Rep, TeamMember, User, UserRole
from review.queries.viewer import SEES_ALL_CALLS, Viewer
from review.queries.visibility import visible_calls

REVIEWS = frozenset({"manager", "reviewer", "quality_lead", "head_of_sales", "external_reviewer"})
"""Roles that read comments marked for reviewers."""

ASKED_AT_ONCE = 100  # people per statement


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be named."""

    id: int
    name: str
    email: str
    roles: frozenset[str]


def reads_reviewers_words(viewer: Viewer, rep_id: int | None) -> bool:
    """True when this person sees what is marked for reviewers: never the rep of the call, whatever else they are."""
    return viewer.has_role(*REVIEWS) and (rep_id is None or rep_id not in viewer.rep_ids)


def list_viewers(session: Session) -> tuple[Viewer, ...]:
    """Everybody who can sign in, as queries see them, by name. Four statements however many they are."""
    roles: dict[int, set[str]] = {}
    for user_id, role in session.execute(select(UserRole.user_id, UserRole.role)):
        roles.setdefault(user_id, set()).add(role)
    teams: dict[int, list[tuple[int, bool]]] = {}
    for user_id, team_id, manages in session.execute(
        select(TeamMember.user_id, TeamMember.team_id, TeamMember.is_manager)
    ):
        teams.setdefault(user_id, []).append((team_id, manages))
    reps: dict[int, set[int]] = {}
    for rep_user, rep_id in session.execute(select(Rep.user_id, Rep.id).where(Rep.user_id.is_not(None))):
        reps.setdefault(int(rep_user or 0), set()).add(rep_id)
    users = session.execute(select(User.id, User.name, User.email, User.language).where(User.disabled_at.is_(None)))
    return tuple(
        Viewer(
            user_id=user.id,
            name=user.name,
            email=user.email,
            language=user.language,
            roles=frozenset(roles.get(user.id, ())),
            team_ids=frozenset(team for team, _ in teams.get(user.id, ())),
            managed_team_ids=frozenset(team for team, manages in teams.get(user.id, ()) if manages),
            rep_ids=frozenset(reps.get(user.id, ())),
            sees_all=not SEES_ALL_CALLS.isdisjoint(roles.get(user.id, ())),
        )
        for user in sorted(users, key=lambda user: (user.name.casefold(), user.id))
    )


def viewers_of(session: Session, call_id: int, *, reviewers_only: bool = False) -> tuple[Viewer, ...]:
    """Those who may see the call, by the rule every query goes through; `reviewers_only`: and what reviewers write.

    Not people from outside: they read nobody's comments, and who writes here is nobody they are to know by name.
    """
    everybody = list_viewers(session)
    seen: set[int] = set()
    for begin in range(0, len(everybody), ASKED_AT_ONCE):
        asked = [
            select(literal(one.user_id)).where(exists().where(Call.id == call_id, visible_calls(one)))
            for one in everybody[begin : begin + ASKED_AT_ONCE]
        ]
        seen.update(session.scalars(union_all(*asked)))
    rep_id = session.scalar(select(Call.rep_id).where(Call.id == call_id))
    return tuple(
        one
        for one in everybody
        if one.user_id in seen and not one.is_outsider and (not reviewers_only or reads_reviewers_words(one, rep_id))
    )


def suggest(people: Iterable[Viewer], text: str, *, limit: int = 8) -> tuple[Person, ...]:
    """Those whose name has a word, or whose address, that begins with the text."""
    wanted = _fold(text.strip())
    found = [
        one
        for one in people
        if not wanted
        or _fold(one.name).startswith(wanted)
        or any(word.startswith(wanted) for word in _fold(one.name).split())
        or _fold(one.email).startswith(wanted)
    ]
    return tuple(Person(one.user_id, one.name, one.email, one.roles) for one in found[:limit])


def find_mentions(body: str, everybody: Sequence[Viewer]) -> tuple[tuple[Viewer, ...], ...]:
    """Whom the text names, for each @ the people of that name: several only if they share it.

    `@Ines Keller` and `@ines@example.com` name people; `a@b.com` and `@` before any other word name nobody.
    """
    by_name: dict[str, list[Viewer]] = {}
    for one in everybody:
        for name in {_fold(one.name), _fold(one.email)}:
            if name:
                by_name.setdefault(name, []).append(one)
    names = sorted(by_name, key=len, reverse=True)
    text = _fold(body)
    found: dict[str, tuple[Viewer, ...]] = {}
    for at in re.finditer(r"(?<![\w.+-])@", text):
        rest = text[at.end() :]
        here = next((name for name in names if rest.startswith(name) and not _goes_on(rest, len(name))), None)
        if here is not None:
            found.setdefault(here, tuple(by_name[here]))
    return tuple(found.values())


def _goes_on(text: str, at: int) -> bool:
    """True when the word does not end here. Hangul and Han letters may follow a name without a space (a particle)."""
    if at >= len(text):
        return False
    sign = text[at]
    if "가" <= sign <= "힣" or "一" <= sign <= "鿿":
        return False
    return sign.isalnum() or sign == "_"


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
