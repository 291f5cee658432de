"""The steps of a session: held, confirmed, action done or not, followed up, closed; and what is written beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.coaching.follow_up import measure
from review.coaching.refusals import BadField, Moved, NotNow, NotYourPart
from review.coaching.rights import is_rep, may_coach
from review.coaching.sessions import FARTHEST_PAST, add_event, hold, step
from review.coaching.telling import tell_coach, tell_rep
from review.coaching.terms import LONGEST_WORDS, read_words
from review.models import CoachingComment, CoachingSession, utc_now
from review.queries.viewer import Viewer
from review.services.audit import record

MOVES: Final = ("hold", "confirm", "done", "not_done", "follow_up", "close")

FROM: Final = {
    "hold": ("planned",),
    "confirm": ("planned", "held"),
    "done": ("held", "not_done"),
    "not_done": ("held", "done"),
    "follow_up": ("done", "not_done", "followed_up"),
    "close": ("planned", "held", "done", "not_done", "followed_up"),
}
"""What each step follows from. A talk that never took place is closed from `planned`, with a word why."""
COACH_ONLY: Final = ("hold", "not_done", "follow_up", "close")
REP_ONLY: Final = ("confirm",)
NEEDS_WORD: Final = ("done", "not_done")


def moves_of(row: CoachingSession, *, rep: bool, coach: bool) -> tuple[str, ...]:
    """The steps that are open to this person now."""
    found = []
    for move in MOVES:
        if row.state not in FROM[move]:
            continue
        if (move in COACH_ONLY and not coach) or (move in REP_ONLY and not rep):
            continue
        if move == "confirm" and row.confirmed_at is not None:
            continue
        found.append(move)
    return tuple(found)


def move_session(
    session: Session,
    viewer: Viewer,
    session_id: int,
    move: str,
    *,
    word: str = "",
    at: datetime | None = None,
    revision: int | None = None,
) -> str:
    """Do one step; the state it is in then. `at`: when the talk was held, now without it.

    `done` and `not_done` need a word; a `close` before anything was held too. With `revision` the step is done only on
    what the person has read. Raises NoSuchCoaching, NotYourPart, NotNow, Moved and BadField.
    """
    row = hold(session, viewer, session_id)
    if move not in MOVES:
        raise BadField("move", "unknown")
    rep, coach = is_rep(viewer, row.rep_id), may_coach(session, viewer, row.rep_id)
    if (move in COACH_ONLY and not coach) or (move in REP_ONLY and not rep) or not (rep or coach):
        raise NotYourPart(move)
    if revision is not None and row.revision != revision:
        raise Moved("session", row.id, row.revision)
    if move not in moves_of(row, rep=rep, coach=coach):
        raise NotNow(move, row.state)
    now = utc_now()
    needed = move in NEEDS_WORD or (move == "close" and row.state == "planned")
    words = read_words("word", word, LONGEST_WORDS, needed=needed)
    before = row.state
    _do(session, row, move, words, _time(at, now) if move == "hold" else now)
    step(session, row, row.revision)
    add_event(session, row, viewer, {"hold": "held", "confirm": "confirmed"}.get(move, row.state), word=words)
    if move != "confirm":
        record(session, viewer.user_id, f"coaching.{move}", "coaching_session", row.id, before=before)
    _tell(session, row, move, viewer)
    return row.state


def comment(session: Session, viewer: Viewer, session_id: int, body: str, *, token: str | None = None) -> int:
    """Write something beside the session; its id. The same `token` again gives what was written before.

    Raises NoSuchCoaching, NotYourPart and BadField.
    """
    row = hold(session, viewer, session_id)
    rep = is_rep(viewer, row.rep_id)
    if not rep and row.coach_id != viewer.user_id and not may_coach(session, viewer, row.rep_id):
        raise NotYourPart("comment")
    words = read_words("comment", body, LONGEST_WORDS)
    if token:
        known = session.scalar(
            select(CoachingComment.id).where(CoachingComment.user_id == viewer.user_id, CoachingComment.token == token)
        )
        if known is not None:
            return int(known)
    made = CoachingComment(
        session_id=row.id, user_id=viewer.user_id, author=viewer.name, body=words, token=token or None
    )
    session.add(made)
    session.flush()
    if rep:
        tell_coach(session, row, "coaching_comment", by=viewer)
    else:
        tell_rep(session, row, "coaching_comment", by=viewer)
    return int(made.id)


def _do(session: Session, row: CoachingSession, move: str, words: str, at: datetime) -> None:
    if move == "hold":
        row.state, row.held_at = "held", at
    elif move == "confirm":
        row.confirmed_at = at
    elif move in ("done", "not_done"):
        row.state, row.action_done, row.finished_at, row.word = move, move == "done", at, words
    elif move == "follow_up":
        row.state, row.followed_up_at = "followed_up", at
        row.measured = _measured(session, row, at)
    else:
        if row.held_at is not None:
            row.measured = _measured(session, row, at)  # closed is closed: the figures stay as they are now
        row.state, row.closed_at, row.outcome = "closed", at, words


def _measured(session: Session, row: CoachingSession, at: datetime) -> dict[str, object] | None:
    found = measure(session, row, at)
    return None if found is None or found.effect is None else found.to_json()


def _time(at: datetime | None, now: datetime) -> datetime:
    if at is None:
        return now
    if at > now or now - at > FARTHEST_PAST:
        raise BadField("at", "range")
    return at


def _tell(session: Session, row: CoachingSession, move: str, viewer: Viewer) -> None:
    by_rep = is_rep(viewer, row.rep_id)
    if move == "confirm":
        tell_coach(session, row, "coaching_confirmed", by=viewer)
    elif move == "hold":
        tell_rep(session, row, "coaching_held", by=viewer)
    elif move in ("done", "not_done"):
        if by_rep:
            tell_coach(session, row, "coaching_done", by=viewer)
        else:
            tell_rep(session, row, f"coaching_{move}", by=viewer)
    elif move in ("follow_up", "close"):
        tell_rep(session, row, "coaching_followed_up" if move == "follow_up" else "coaching_closed", by=viewer)
