"""Objections across calls, counted: per rep as attempts, failures and reasons, per team, per type.

An episode counts as a person judged it, where one did; what a person called no objection is left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from review.models import Call, ObjectionEpisode, Rep, Team
from review.queries.clustered import Clusters, clustered_interval
from review.queries.filters import OBJECTION_TYPES, OUTCOMES, shown_outcome
from review.queries.objections_filter import ObjectionFilter, of_episodes, read_objection_filter
from review.queries.viewer import Viewer

__all__ = [
    "OBJECTION_TYPES",
    "OUTCOMES",
    "ObjectionCount",
    "ObjectionCounts",
    "ObjectionFilter",
    "count_objections",
    "count_types",
    "read_objection_filter",
]

FAILURES: Final = frozenset({"mishandled", "ignored"})
NO_ANSWER: Final = "no_answer"
"""The reason of a failure in which the rep did nothing that could be called a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionCount:
    """How a rep (or a team, or everybody by type) dealt with objections.

    `attempts` are episodes the rep tried to handle (every outcome but ignored), `failures` those mishandled or ignored,
    `reasons` what went wrong in the failures: the faults by name, or `no_answer`. `interval` is the 95 % interval of
    the handled share, by call: what one client says in one call goes together. `judged` is how many of them a person
    decided about.
    """

    id: int | None
    name: str
    team: str | None = None
    calls: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    judged: int = 0
    clusters: Clusters = field(default_factory=Clusters)

    @property
    def episodes(self) -> int:
        """All of them."""
        return sum(self.outcomes.values())

    @property
    def attempts(self) -> int:
        """Episodes the rep tried to handle."""
        return self.episodes - self.outcomes["ignored"]

    @property
    def failures(self) -> int:
        """Episodes mishandled or ignored."""
        return sum(self.outcomes[name] for name in FAILURES)

    @property
    def handled_share(self) -> float | None:
        """0..1; None without an episode."""
        return self.outcomes["handled"] / self.episodes if self.episodes else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the handled share."""
        return clustered_interval(self.outcomes["handled"], self.episodes, self.clusters)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionCounts:
    """The same episodes counted three ways.

    Reps and teams with the most failures first, and last what belongs to none (a line without an id); the commonest
    type first, its `name` is the type.
    """

    reps: tuple[ObjectionCount, ...]
    teams: tuple[ObjectionCount, ...]
    types: tuple[ObjectionCount, ...]


def count_objections(session: Session, viewer: Viewer, filters: ObjectionFilter) -> ObjectionCounts:
    """How objections went by rep, by team and by type. Four statements, and so four walks over the episodes."""
    reps, teams, types = _Lines(), _Lines(), _Lines()
    team_of: dict[int | None, int | None] = {}
    outcome, kind = shown_outcome().label("shown"), ObjectionEpisode.type
    columns = (Call.rep_id, Rep.name, Rep.team_id, Team.name.label("team_name"), kind)
    counted = select(*columns, outcome, func.count(), func.count(ObjectionEpisode.judged)).group_by(*columns, outcome)
    for rep_id, name, team_id, team, type_, went, episodes, judged in session.execute(
        of_episodes(counted, viewer, filters)
    ):
        team_of[rep_id] = team_id
        reps.add(rep_id, ObjectionCount(id=rep_id, name=name or "", team=team), went, episodes, judged)
        teams.add(team_id, ObjectionCount(id=team_id, name=team or ""), went, episodes, judged)
        types.add(type_, ObjectionCount(id=None, name=type_), went, episodes, judged)
    faults = select(Call.rep_id, kind, ObjectionEpisode.faults, func.count()).where(outcome.in_(sorted(FAILURES)))
    grouped = faults.group_by(Call.rep_id, kind, ObjectionEpisode.faults)
    for rep_id, type_, wrong, episodes in session.execute(of_episodes(grouped, viewer, filters)):
        for line in (reps.lines[rep_id], teams.lines[team_of[rep_id]], types.lines[type_]):
            for reason in _reasons(wrong):
                line.reasons[reason] += episodes
    for rep_id, found in _clusters(session, viewer, filters, Call.rep_id):
        reps.clusters[rep_id] += found
        teams.clusters[team_of[rep_id]] += found
    for type_, found in _clusters(session, viewer, filters, kind):
        types.clusters[type_] += found
    return ObjectionCounts(
        reps=tuple(sorted(reps.counted(), key=_worst_first)),
        teams=tuple(sorted(teams.counted(), key=_worst_first)),
        types=tuple(sorted(types.counted(), key=lambda line: (-line.episodes, line.name))),
    )


class _Lines:
    """Lines by their key while they are being counted."""

    def __init__(self) -> None:
        self.lines: dict[int | str | None, ObjectionCount] = {}
        self.clusters: defaultdict[int | str | None, Clusters] = defaultdict(Clusters)
        self.judged: Counter[int | str | None] = Counter()

    def add(self, key: int | str | None, empty: ObjectionCount, outcome: str, episodes: int, judged: int) -> None:
        self.lines.setdefault(key, empty).outcomes[outcome] += episodes
        self.judged[key] += judged

    def counted(self) -> list[ObjectionCount]:
        return [
            replace(line, calls=self.clusters[key].count, clusters=self.clusters[key], judged=self.judged[key])
            for key, line in self.lines.items()
        ]


def _clusters(
    session: Session, viewer: Viewer, filters: ObjectionFilter, key: InstrumentedAttribute[Any]
) -> Iterator[tuple[Any, Clusters]]:
    """By rep or by type: the calls with such objections, and how the handled ones lie among them. One statement."""
    handled = func.sum(case((shown_outcome() == "handled", 1), else_=0)).label("handled")
    each = of_episodes(select(key.label("key"), func.count().label("n"), handled), viewer, filters)
    call = each.group_by(key, Call.id).subquery()
    sums = (
        func.sum(call.c.n * call.c.n),
        func.sum(call.c.handled * call.c.n),
        func.sum(call.c.handled * call.c.handled),
    )
    for found, calls, nn, kn, kk in session.execute(select(call.c.key, func.count(), *sums).group_by(call.c.key)):
        yield found, Clusters(calls, int(nn), int(kn), int(kk))


def count_types(session: Session, viewer: Viewer, filters: ObjectionFilter) -> Counter[str]:
    """How many episodes there are of each type. One statement."""
    counted = select(ObjectionEpisode.type, func.count()).group_by(ObjectionEpisode.type)
    return Counter(dict(session.execute(of_episodes(counted, viewer, filters)).all()))


def _worst_first(line: ObjectionCount) -> tuple[bool, int, int, str]:
    return line.id is None, -line.failures, -line.episodes, line.name


def _reasons(faults: Sequence[str]) -> Sequence[str]:
    return sorted(set(faults)) or (NO_ANSWER,)
