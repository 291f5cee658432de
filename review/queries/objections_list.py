"""The objection episodes themselves: page by page, and the best and worst answers to one kind side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from review.models import Call, ObjectionEpisode, Rep, Team, WebAudio
from review.queries.keyset import older_than, read_mark, write_mark
from review.queries.objections_filter import ObjectionFilter, of_episodes
from review.queries.viewer import Viewer

LONGEST_PAGE: Final = 100
GOOD_FROM: Final = 2000
"""From this merit on an answer is among the good ones: handled, or partly with a real move (services.episode_merit)."""
SHORT_PAUSE: Final = 4.0  # seconds between objection and answer up to which both play in one piece
LONGEST_PIECE: Final = 60.0  # seconds; an answer may run on for minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRow:
    """One episode as a line of a list; times in seconds of the call. `judged` is a person's verdict, if any."""

    id: int
    call_id: int
    number: int
    turn: int | None
    start: float | None
    end: float | None
    answer_start: float | None
    answer_end: float | None
    types: tuple[str, ...]
    outcome: str  # as shown: a person's verdict, else the machine's
    judged: str | None
    severity: str | None
    reaction: str
    quote: str
    answer: str | None
    moves: tuple[str, ...]
    faults: tuple[str, ...]
    stage: str | None
    language: str | None
    rep_name: str | None
    team_name: str | None
    happened_at: datetime
    plays: bool  # whether the call has a sound to play

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """What to play, as (from, to): the client's words and the answer, in one piece where they follow closely."""
        if self.start is None:
            return ()
        client = (self.start, self.end if self.end is not None and self.end > self.start else self.start + 8)
        if self.answer_start is None or self.answer_start < self.start:
            return (client,)
        end = self.answer_end if self.answer_end is not None and self.answer_end > self.answer_start else None
        until = min(end or self.answer_start + 10, self.answer_start + LONGEST_PIECE)
        if self.answer_start - client[1] <= SHORT_PAUSE:
            return ((client[0], max(until, client[1])),)
        return (client, (self.answer_start, until))

    @property
    def whole(self) -> tuple[float, float] | None:
        """From the client's first word to the end of the answer; None without times."""
        return (self.spans[0][0], self.spans[-1][1]) if self.spans else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodePage:
    """One page of episodes; `next` asks for the page after it, None on the last."""

    rows: tuple[EpisodeRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The best and the worst answers to one kind of objection, best and worst first; `more` if either goes on."""

    best: tuple[EpisodeRow, ...]
    worst: tuple[EpisodeRow, ...]
    more: bool


def list_episodes(
    session: Session, viewer: Viewer, filters: ObjectionFilter, *, after: str | None = None, limit: int = 40
) -> EpisodePage:
    """The episodes, newest call first; `after` is the `next` of the page before. One statement."""
    limit = max(1, min(limit, LONGEST_PAGE))
    wanted = of_episodes(_select(), viewer, filters).order_by(
        Call.happened_at.desc(), Call.id.desc(), ObjectionEpisode.number
    )
    place = _read_place(after)
    if place is not None:
        wanted = wanted.where(place)
    found = [_read(row) for row in session.execute(wanted.limit(limit + 1))]
    rows = tuple(found[:limit])
    return EpisodePage(rows=rows, next=_write_place(rows[-1]) if len(found) > limit else None)


def best_and_worst(session: Session, viewer: Viewer, filters: ObjectionFilter, kind: str, *, limit: int = 10) -> Sides:
    """The best and the worst answers to objections of one type, among those of the filter. Two statements.

    Ranked by what the rep did (`merit`), never by how the client took it; what people judged outranks the machine.
    """
    limit = max(1, min(limit, LONGEST_PAGE))
    merit = ObjectionEpisode.merit
    of_kind = of_episodes(_select(), viewer, filters).where(ObjectionEpisode.type == kind)
    best = of_kind.where(merit >= GOOD_FROM).order_by(merit.desc(), ObjectionEpisode.id.desc())
    worst = of_kind.where(merit < GOOD_FROM).order_by(merit, ObjectionEpisode.id.desc())
    good = [_read(row) for row in session.execute(best.limit(limit + 1))]
    bad = [_read(row) for row in session.execute(worst.limit(limit + 1))]
    return Sides(best=tuple(good[:limit]), worst=tuple(bad[:limit]), more=max(len(good), len(bad)) > limit)


def client_episodes(session: Session, viewer: Viewer, client_id: int, *, limit: int = 40) -> tuple[EpisodeRow, ...]:
    """The objections one client raised, newest first, in calls the viewer may see and need not judge blind."""
    wanted = of_episodes(_select(), viewer, ObjectionFilter()).where(Call.client_id == client_id)
    newest = wanted.order_by(Call.happened_at.desc(), Call.id.desc(), ObjectionEpisode.number).limit(limit)
    return tuple(row for row in map(_read, session.execute(newest)) if row.outcome != "none")


def get_episode(session: Session, viewer: Viewer, episode_id: int) -> EpisodeRow | None:
    """One episode; None when there is none, or its call is not the viewer's to see."""
    wanted = of_episodes(_select(), viewer, ObjectionFilter()).where(ObjectionEpisode.id == episode_id)
    row = session.execute(wanted).one_or_none()
    return None if row is None else _read(row)


def _select() -> Select[*tuple[Any, ...]]:
    return select(
        ObjectionEpisode,
        Rep.name.label("rep_name"),
        Call.rep_name.label("rep_as_delivered"),
        Team.name.label("team_name"),
        Call.happened_at,
        Call.language,
        exists().where(WebAudio.call_id == Call.id).label("plays"),
    )


def _read(row: Any) -> EpisodeRow:
    found: ObjectionEpisode = row[0]
    return EpisodeRow(
        id=found.id,
        call_id=found.call_id,
        number=found.number,
        turn=found.turn,
        start=found.start,
        end=found.end,
        answer_start=found.answer_start,
        answer_end=found.answer_end,
        types=tuple(found.types),
        outcome=found.judged or found.outcome,
        judged=found.judged,
        severity=found.severity if found.judged in (None, found.outcome) else None,
        reaction=found.reaction,
        quote=found.quote,
        answer=found.answer,
        moves=tuple(found.moves),
        faults=tuple(found.faults),
        stage=found.stage,
        language=row.language,
        rep_name=row.rep_name or row.rep_as_delivered,
        team_name=row.team_name,
        happened_at=row.happened_at,
        plays=row.plays,
    )


def _write_place(row: EpisodeRow) -> str:
    return f"{write_mark(row.happened_at, row.call_id)}.{row.number}"


def _read_place(mark: str | None) -> ColumnElement[bool] | None:
    """After which episode the page begins; None for a mark that was never written."""
    call, _, number = (mark or "").partition(".")
    place = read_mark(call)
    if place is None or not (number.isascii() and number.isdecimal() and len(number) < 8):
        return None
    here = and_(Call.id == place[1], ObjectionEpisode.number > int(number))
    return or_(older_than(*place), here)
