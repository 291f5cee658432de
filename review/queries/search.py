"""Search in what was said: calls newest first, the turns that match, words marked, the second of each known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, column, exists, func, literal_column, or_, select, table
from sqlalchemy.orm import Session

from review.models import Call, Segment, WebAudio
from review.queries.call_rows import CallRow, read_call_row, select_calls
from review.queries.filters import InboxFilters
from review.queries.keyset import older_than, read_mark, write_mark
from review.queries.search_pieces import Piece, cut_around
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.search.ask import Ask, read_ask

MOST_CALLS: Final = 100
HITS_PER_CALL: Final = 3  # one talkative call must not fill the page; `in_call` says how many there are
MOST_OF_ONE: Final = 200  # hits shown when all of one call are asked for
NEWEST_FIRST: Final = 500  # calls looked through before all others: a common word has its page of hits there
SPEAKERS: Final = ("rep", "client")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One turn that matches. `pieces` joined is a part of the turn's own text, cut between words."""

    call_id: int
    turn: int  # index of the turn in the transcript
    start: float | None  # seconds from the call's beginning; None when the transcript has no times
    end: float | None
    role: str  # rep, client, speaker_a, speaker_b or system
    pieces: tuple[Piece, ...]
    cut_before: bool  # the turn's text goes on before the first piece
    cut_after: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHits:
    """A call and the first of its turns that match; `in_call` is how many match, `plays` whether it has a sound."""

    call: CallRow
    hits: tuple[SearchHit, ...]
    in_call: int
    plays: bool

    @property
    def more(self) -> int:
        """How many turns match and are not among `hits`."""
        return self.in_call - len(self.hits)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """One page of calls in which it was said; `next` asks for the page after it, None on the last."""

    calls: tuple[CallHits, ...]
    next: str | None
    wanting: str = ""  # why nothing could be looked for: `words`, or `only_without` when all of them are excluded


NOTHING: Final = SearchPage(calls=(), next=None)


def search_calls(
    session: Session,
    viewer: Viewer,
    text: str,
    filters: InboxFilters | None = None,
    *,
    by: str | None = None,
    after: str | None = None,
    limit: int = 20,
) -> SearchPage:
    """The calls with a turn in which everything asked for was said, newest first. One statement, or two.

    Only calls the viewer may see. `by` is rep or client: who says it. `after` is the `next` of the page before.
    Any text is a valid question; one without a word in it finds nothing.
    """
    if viewer.is_outsider:  # a hit alone would tell that a name was said
        return NOTHING
    ask = read_ask(text)
    if not ask:
        return SearchPage(calls=(), next=None, wanting="only_without" if ask.without else "words")
    limit = max(1, min(limit, MOST_CALLS))
    conditions = [visible_calls(viewer), *(filters or InboxFilters()).conditions(viewer)]
    mark = read_mark(after)
    if mark is not None:
        conditions.append(older_than(*mark))
    newest = select(Call.id).where(*conditions).order_by(Call.happened_at.desc(), Call.id.desc()).limit(NEWEST_FIRST)
    says = [_says(session.get_bind().dialect.name, ask), *_said_by(by)]
    # A word said in every tenth call or more fills the page from the newest; the search through all is left for rare
    # words, where the index finds few turns. Either alone would be slow at one end.
    found = _grouped(session.execute(_select_hits(viewer, [*says, Call.id.in_(newest)], limit + 1, HITS_PER_CALL)), ask)
    if len(found) <= limit:
        found = _grouped(session.execute(_select_hits(viewer, [*says, *conditions], limit + 1, HITS_PER_CALL)), ask)
    shown = found[:limit]
    last = shown[-1].call if shown else None
    return SearchPage(
        calls=tuple(shown), next=write_mark(last.started_at, last.id) if last and len(found) > limit else None
    )


def search_one_call(
    session: Session, viewer: Viewer, call_id: int, text: str, *, by: str | None = None
) -> CallHits | None:
    """Every turn of one call that matches (at most 200); None when there is none, or the call is not the viewer's."""
    ask = read_ask(text)
    if not ask or viewer.is_outsider:
        return None
    says = [_says(session.get_bind().dialect.name, ask), *_said_by(by)]
    wanted = [*says, Call.id == call_id, visible_calls(viewer)]
    found = _grouped(session.execute(_select_hits(viewer, wanted, 1, MOST_OF_ONE)), ask)
    return found[0] if found else None


def said_condition(session: Session, text: str, by: str | None = None) -> ColumnElement[bool] | None:
    """What a row of `call` must meet for the question; None when nothing is asked. For counting, and acting on, all."""
    ask = read_ask(text)
    if not ask:
        return None
    says = [_says(session.get_bind().dialect.name, ask), *_said_by(by)]
    return Call.id.in_(select(Segment.call_id).where(*says))


def _select_hits(
    viewer: Viewer, conditions: list[ColumnElement[bool]], calls: int, of_each: int
) -> Select[*tuple[Any, ...]]:
    matching = (
        select(
            Segment.id.label("segment_id"),
            Segment.call_id,
            func.row_number().over(partition_by=Segment.call_id, order_by=Segment.turn).label("place"),
            func.count().over(partition_by=Segment.call_id).label("in_call"),
            func.dense_rank().over(order_by=(Call.happened_at.desc(), Call.id.desc())).label("nth"),
        )
        .join(Call, Call.id == Segment.call_id)
        .where(*conditions)
        .subquery()
    )
    wanted = (
        select(matching.c.segment_id, matching.c.in_call)
        .where(matching.c.place <= of_each, matching.c.nth <= calls)
        .subquery()
    )
    return (
        select_calls(viewer)
        .add_columns(
            Segment.turn,
            Segment.role,
            Segment.start,
            Segment.end,
            Segment.text,
            wanted.c.in_call,
            exists().where(WebAudio.call_id == Call.id).label("plays"),
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


def _said_by(by: str | None) -> list[ColumnElement[bool]]:
    """Where a side has several people they are numbered: rep_2, client_2."""
    if by not in SPEAKERS:
        return []
    return [or_(Segment.role == by, Segment.role.startswith(f"{by}_", autoescape=True))]


def _grouped(rows: Iterable[Any], ask: Ask) -> list[CallHits]:
    found: list[CallHits] = []
    for row in rows:
        hit = _read_hit(row, ask)
        if found and found[-1].call.id == row.id:
            before = found.pop()
            found.append(CallHits(call=before.call, hits=(*before.hits, hit), in_call=row.in_call, plays=row.plays))
        else:
            found.append(CallHits(call=read_call_row(row), hits=(hit,), in_call=row.in_call, plays=row.plays))
    return found


def _read_hit(row: Any, ask: Ask) -> SearchHit:
    text: str = row.text
    # A turn is cut by its transcript's language, which may be another than the call was delivered with.
    spans = ask.find_matches(text, row.language) or ask.find_matches(text, None)
    pieces, cut_before, cut_after = cut_around(text, spans)
    return SearchHit(
        call_id=row.id,
        turn=row.turn,
        start=row.start,
        end=row.end,
        role=row.role,
        pieces=pieces,
        cut_before=cut_before,
        cut_after=cut_after,
    )
