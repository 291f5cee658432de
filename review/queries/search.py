"""Search in what was said: hits that open the call at the second, with the words around the match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, column, func, literal_column, select, table
from sqlalchemy.orm import Session

from review.models import Call, Segment
from review.queries.call_rows import CallRow, call_fields, select_calls
from review.queries.filters import InboxFilters
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.search.ask import Ask, read_ask

MOST_HITS: Final = 200
HITS_PER_CALL: Final = 3  # one talkative call must not fill the page; `in_call` says how many there are
NEWEST_FIRST: Final = 500  # calls looked through before all others: a common word has its page of hits there
AROUND: Final = 70  # characters of the turn shown on each side of the match


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One turn that matches. `before + match + after` is a piece of the turn's own text, cut between words."""

    call_id: int
    turn: int  # index of the turn in the transcript
    start: float | None  # seconds from the call's beginning; None when the transcript has no times
    end: float | None
    role: str  # rep, client, speaker_a, speaker_b or system
    before: str
    match: str
    after: str
    cut_before: bool  # the turn's text goes on before `before`
    cut_after: bool
    in_call: int  # how many turns of this call match
    call: CallRow


def find_calls(
    session: Session, viewer: Viewer, text: str, filters: InboxFilters | None = None, limit: int = 50
) -> tuple[SearchHit, ...]:
    """The turns in which everything asked for was said, newest calls first, at most three of a call. Two statements.

    Only calls the viewer may see. Any text is a valid question; one without a word in it finds nothing.
    """
    ask = read_ask(text)
    if not ask:
        return ()
    conditions = [visible_calls(viewer), *(filters or InboxFilters()).conditions()]
    newest = select(Call.id).where(*conditions).order_by(Call.happened_at.desc(), Call.id.desc()).limit(NEWEST_FIRST)
    limit = max(1, min(limit, MOST_HITS))
    says = _says(session.get_bind().dialect.name, ask)
    # A word said in every tenth call or more fills the page from the newest; the search through all is left for rare
    # words, where the index finds few turns. Either alone would be slow at one end.
    hits = session.execute(_select_hits([says, Call.id.in_(newest)], limit)).all()
    if len(hits) < limit:
        hits = session.execute(_select_hits([says, *conditions], limit)).all()
    return tuple(_read_hit(row, ask) for row in hits)


def _select_hits(conditions: list[ColumnElement[bool]], limit: int) -> Select[*tuple[Any, ...]]:
    matching = (
        select(
            Segment.id.label("segment_id"),
            Segment.call_id,
            func.row_number().over(partition_by=Segment.call_id, order_by=Segment.turn).label("place"),
            func.count().over(partition_by=Segment.call_id).label("in_call"),
            Call.happened_at,
        )
        .join(Call, Call.id == Segment.call_id)
        .where(*conditions)
        .subquery()
    )
    wanted = (
        select(matching.c.segment_id, matching.c.in_call)
        .where(matching.c.place <= HITS_PER_CALL)
        .order_by(matching.c.happened_at.desc(), matching.c.call_id.desc(), matching.c.place)
        .limit(limit)
        .subquery()
    )
    return (
        select_calls()
        .add_columns(
            Segment.turn,
            Segment.role,
            Segment.start,
            Segment.end,
            Segment.text,
            wanted.c.in_call,
        )
        .join(Segment, Segment.call_id == Call.id)
        .join(wanted, wanted.c.segment_id == Segment.id)
        .order_by(Call.happened_at.desc(), Call.id.desc(), Segment.turn)
    )


def _says(dialect: str, ask: Ask) -> ColumnElement[bool]:
    if dialect == "sqlite":
        index = table("segment_fts", column("rowid"))
        match = literal_column("segment_fts").op("MATCH")(bindparam("asked", ask.to_fts5()))
        return Segment.id.in_(select(index.c.rowid).where(match))
    asked = func.to_tsquery(literal_column("'simple'"), bindparam("asked", ask.to_tsquery()))
    return literal_column("segment.tsv").op("@@", is_comparison=True)(asked)


def _read_hit(row: Any, ask: Ask) -> SearchHit:
    text: str = row.text
    # A turn is cut by its transcript's language, which may be another than the call was delivered with.
    start, end = ask.find_match(text, row.language) or ask.find_match(text, None) or (0, 0)
    first, last = _cut_left(text, start), _cut_right(text, end)
    return SearchHit(
        call_id=row.id,
        turn=row.turn,
        start=row.start,
        end=row.end,
        role=row.role,
        before=text[first:start],
        match=text[start:end],
        after=text[end:last],
        cut_before=first > 0,
        cut_after=last < len(text),
        in_call=row.in_call,
        call=CallRow(**call_fields(row)),
    )


def _cut_left(text: str, at: int) -> int:
    """Where the piece shown before `at` begins: after a space where there is one, as in Chinese there is not."""
    if at <= AROUND:
        return 0
    space = text.find(" ", at - AROUND, at)
    return space + 1 if space >= 0 else at - AROUND


def _cut_right(text: str, at: int) -> int:
    if len(text) - at <= AROUND:
        return len(text)
    space = text.rfind(" ", at, at + AROUND)
    return space if space >= 0 else at + AROUND
