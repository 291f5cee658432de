"""The library: every clip one may hear, narrowed by what it is about, with how many there are of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from review.comments.clips import LONGEST_TOPIC, matching
from review.library.rows import ClipRow, joined, read_rows
from review.library.seeing import hearable, may_share
from review.models import Call, Clip, ClipGood, ClipShare, Rep, Team
from review.queries.filters import OBJECTION_TYPES
from review.queries.objections_filter import STAGES
from review.queries.viewer import Viewer

PAGE: Final = 40
MOST_CHOICES: Final = 50  # values of one facet
LONGEST_WORDS: Final = 200
MARKS: Final = ("good", "shared", "mine", "asked")
"""Narrowings that are ticked: good examples, shared ones, made by oneself, asked to be taken out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFilter:
    """Which clips; None is any."""

    q: str | None = None
    topic: str | None = None
    objection: str | None = None
    stage: str | None = None
    language: str | None = None
    rep: int | None = None
    team: int | None = None
    mark: str | None = None  # one of MARKS

    def to_query(self) -> dict[str, str]:
        """The set filters as text, ready for a link; `read_library_filter` reads them back."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: str(value) for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet with how many clips have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryPage:
    """A page of the library; `facets` hold the choices by the filter's name, `next_page` is None on the last page."""

    rows: tuple[ClipRow, ...]
    count: int
    good: int
    asked: int  # how many a rep asks to have taken out, for those who decide
    facets: Mapping[str, tuple[Choice, ...]]
    next_page: int | None


def read_library_filter(values: Mapping[str, str]) -> LibraryFilter:
    """The filter a link means; what makes no sense is left out."""
    return LibraryFilter(
        q=values.get("q", "").strip()[:LONGEST_WORDS] or None,
        topic=values.get("topic", "")[:LONGEST_TOPIC] or None,
        objection=_one_of(values.get("objection"), OBJECTION_TYPES),
        stage=_one_of(values.get("stage"), STAGES),
        language=values.get("language", "")[:12] or None,
        rep=_number(values.get("rep")),
        team=_number(values.get("team")),
        mark=_one_of(values.get("mark") or ("mine" if values.get("mine") == "1" else None), MARKS),
    )


def list_library(session: Session, viewer: Viewer, wanted: LibraryFilter, *, page: int = 1) -> LibraryPage:
    """A page of the library, good examples first. Ten statements, and two for each clip whose call stays closed."""
    page = max(1, page)
    heard = hearable(viewer)
    chosen = and_(heard, *_conditions(viewer, wanted))
    rows = read_rows(session, viewer, chosen, limit=PAGE + 1, offset=(page - 1) * PAGE)
    count, good, asked = session.execute(
        joined(
            select(
                func.count(),
                func.count(ClipGood.clip_id),
                func.count(case((and_(ClipShare.answered_at.is_(None), _concerned(viewer)), ClipShare.asked_at))),
            )
        ).where(chosen)
    ).one()
    return LibraryPage(
        rows=rows[:PAGE],
        count=count,
        good=good,
        asked=asked,
        facets=_facets(session, viewer, wanted, heard),
        next_page=page + 1 if len(rows) > PAGE else None,
    )


def page_of_clips(
    session: Session, viewer: Viewer, wanted: LibraryFilter, *, after: int | None = None, limit: int
) -> tuple[ClipRow, ...]:
    """Clips of the library, the newest first, from the one before `after` on: for programs that walk through all."""
    conditions = [hearable(viewer), *_conditions(viewer, wanted)]
    if after is not None:
        conditions.append(Clip.id < after)
    return read_rows(session, viewer, and_(*conditions), limit=limit, good_first=False)


def get_clip(session: Session, viewer: Viewer, clip_id: int) -> ClipRow | None:
    """One clip one may hear; None when it is nothing to this viewer."""
    return next(iter(read_rows(session, viewer, and_(Clip.id == clip_id, hearable(viewer)))), None)


def _conditions(viewer: Viewer, wanted: LibraryFilter, without: str = "") -> list[ColumnElement[bool]]:
    columns: tuple[tuple[str, InstrumentedAttribute[Any]], ...] = (
        ("topic", Clip.topic),
        ("objection", Clip.objection),
        ("stage", Clip.stage),
        ("language", Call.language),
        ("rep", Call.rep_id),
        ("team", Rep.team_id),
    )
    found: list[ColumnElement[bool]] = [
        column == getattr(wanted, name)
        for name, column in columns
        if name != without and getattr(wanted, name) is not None
    ]
    found += matching(wanted.q or "")
    if wanted.mark == "good":
        found.append(ClipGood.clip_id.is_not(None))
    elif wanted.mark == "shared":
        found.append(ClipShare.clip_id.is_not(None))
    elif wanted.mark == "mine":
        found.append(Clip.user_id == viewer.user_id)
    elif wanted.mark == "asked":
        found += [ClipShare.asked_at.is_not(None), ClipShare.answered_at.is_(None), _concerned(viewer)]
    return found


def _concerned(viewer: Viewer) -> ColumnElement[bool]:
    """That a rep asks to have a clip taken out is for the rep and those who decide; nobody else can find it out."""
    return true() if may_share(viewer) else or_(Rep.user_id == viewer.user_id, ClipShare.user_id == viewer.user_id)


def _facets(
    session: Session, viewer: Viewer, wanted: LibraryFilter, heard: ColumnElement[bool]
) -> dict[str, tuple[Choice, ...]]:
    """How many clips each value of each facet has, the others' choices holding."""
    keys: dict[str, tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]]] = {
        "topic": (Clip.topic, Clip.topic),
        "objection": (Clip.objection, Clip.objection),
        "stage": (Clip.stage, Clip.stage),
        "language": (Call.language, Call.language),
        "rep": (Call.rep_id, Rep.name),
        "team": (Rep.team_id, Team.name),
    }
    found = {}
    for name, (key, label) in keys.items():
        counted = (
            joined(select(key, label, func.count().label("n")))
            .where(heard, key.is_not(None), *_conditions(viewer, wanted, without=name))
            .group_by(key, label)
            .order_by(func.count().desc(), key)
            .limit(MOST_CHOICES)
        )
        choices = [Choice(str(value), str(text or value), n) for value, text, n in session.execute(counted)]
        found[name] = tuple(choice for choice in choices if choice.value)
    order = {kind: place for place, kind in enumerate(STAGES)}
    found["stage"] = tuple(sorted(found["stage"], key=lambda choice: order.get(choice.value, len(order))))
    return found


def _one_of(text: str | None, allowed: tuple[str, ...]) -> str | None:
    return text if text in allowed else None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 16 else None
