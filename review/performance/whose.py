"""Whose calls a figure is of: of these reps, and of some of them only while they were in a team."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from review.accounts.team_history import Stretch, stretches_of, team_at
from review.models import Rep

Times = tuple[tuple[datetime, datetime], ...]
"""Stretches of time, the end not included."""

ALWAYS: Final = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))
"""Longer than any call is kept."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The calls of `rep_ids`; of a rep in `only`, those held within its stretches."""

    rep_ids: tuple[int, ...]
    only: Mapping[int, Times]

    def holds(
        self, rep_id: InstrumentedAttribute[int | None], at: InstrumentedAttribute[datetime]
    ) -> ColumnElement[bool]:
        """The condition a row with these columns must meet; an index that begins with the rep still serves it."""
        theirs = rep_id.in_(self.rep_ids)
        if not self.only:
            return theirs
        within = [
            and_(rep_id == one, at >= since, at < until)
            for one, times in sorted(self.only.items())
            for since, until in times
        ]
        return and_(theirs, or_(rep_id.not_in(sorted(self.only)), *within))


def whose(reps: Whose | Collection[int]) -> Whose:
    """Plain numbers of reps stand for all of their calls."""
    return reps if isinstance(reps, Whose) else Whose(tuple(sorted(reps)), {})


def while_in_team(
    session: Session, team_id: int | None, rep_ids: Collection[int], *, always: Collection[int] = ()
) -> Whose:
    """The calls these reps held while they were in the team (None: in none), and all calls of those in `always`.

    A rep whom nobody ever moved was always where they are. Two statements, however many reps.
    """
    asked = sorted(set(rep_ids) - set(always))
    known = stretches_of(session, asked)
    now = {row[0]: row[1] for row in session.execute(select(Rep.id, Rep.team_id).where(Rep.id.in_(asked)))}
    found = {rep_id: _times(known, rep_id, team_id, now.get(rep_id)) for rep_id in asked}
    only = {rep_id: times for rep_id, times in found.items() if times != (ALWAYS,)}
    there = {rep_id for rep_id, times in found.items() if times}
    return Whose(tuple(sorted(there | set(always))), {rep_id: only[rep_id] for rep_id in sorted(there & set(only))})


def _times(known: Mapping[int, tuple[Stretch, ...]], rep_id: int, team_id: int | None, now: int | None) -> Times:
    """The stretches in which the rep was in the team, those that touch as one."""
    edges = sorted({ALWAYS[0], ALWAYS[1], *_moves(known.get(rep_id, ()))})
    found: list[tuple[datetime, datetime]] = []
    for since, until in pairwise(edges):
        if team_at(known, rep_id, since, now=now) != team_id:
            continue
        if found and found[-1][1] == since:
            found[-1] = (found[-1][0], until)
        else:
            found.append((since, until))
    return tuple(found)


def _moves(stretches: Iterable[Stretch]) -> Iterable[datetime]:
    for stretch in stretches:
        yield from (moment for moment in (stretch.since, stretch.until) if moment is not None)
