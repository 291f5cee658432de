"""Comments as their page shows them: the text as typed, names and seconds picked out, and where each one stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from review.comments.comments import CommentRow
from web.context import clock

SECOND = re.compile(r"(?<![\d:.])(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d)(?![\d:])")
SHORT = 140  # characters of a mark's label


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a comment: plain words, a person's name, or a second of the call (`at`)."""

    kind: Literal["words", "name", "time"]
    text: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class CommentView:
    """One comment with its text in pieces; put together again they are the text."""

    row: CommentRow
    pieces: tuple[Piece, ...]
    replies: tuple[CommentView, ...]


def read_comments(rows: Iterable[CommentRow], duration: float | None) -> tuple[CommentView, ...]:
    """The comments of a call of `duration` seconds, in their order."""
    return tuple(
        CommentView(row, tuple(_pieces(row.body, row.names, duration)), read_comments(row.replies, duration))
        for row in rows
    )


def count_comments(rows: Iterable[CommentRow]) -> int:
    """How many there are, answers among them, without deleted ones."""
    return sum((row.deleted_at is None) + count_comments(row.replies) for row in rows)


def read_marks(rows: Iterable[CommentRow]) -> list[dict[str, Any]]:
    """What the page's script draws on the sound and beside the turns: one entry for each thread at a second."""
    return [
        {
            "id": row.id,
            "at": row.at,
            "clock": clock(row.at),
            "by": row.author,
            "text": row.body,
            "short": row.body if len(row.body) <= SHORT else row.body[: SHORT - 1] + "…",
            "answers": count_comments(row.replies),
            "reviewers": row.reviewers_only,
        }
        for row in rows
        if row.at is not None and row.deleted_at is None
    ]


def _pieces(text: str, names: Sequence[str], duration: float | None) -> Iterator[Piece]:
    """Names written with @, and times that the call has, picked out of the text."""
    people = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pattern = re.compile(rf"@(?:{people})|{SECOND.pattern}" if people else SECOND.pattern, re.IGNORECASE)
    at = 0
    for found in pattern.finditer(text):
        piece = _piece(found, duration)
        if piece is None:
            continue
        if at < found.start():
            yield Piece("words", text[at : found.start()])
        yield piece
        at = found.end()
    if at < len(text):
        yield Piece("words", text[at:])


def _piece(found: re.Match[str], duration: float | None) -> Piece | None:
    if found.group().startswith("@"):
        return Piece("name", found.group())
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    second = hours * 3600.0 + minutes * 60.0 + seconds
    return Piece("time", found.group(), second) if duration is not None and second <= duration else None
