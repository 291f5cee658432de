"""Which calls could be transcribed better now: what the sweep last saw, how many calls that concerns, and progress."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from review.models import Call, CallLeg, Source, SpeechNow, utc_now
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.speech_rank import knows_english_only

SEARCHED: Final = "whisper"  # the engine that can be better than another: the stand-in never is
COUNTED: Final = 1000  # counted exactly up to here; beyond, "more than" says enough and costs no more
LOOKED_BACK: Final = timedelta(days=7)  # calls sent round again earlier are no longer progress


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechModelNow:
    """The best speech model when somebody last looked; `rank` None: none can be had, and `reason` says why."""

    model: str | None
    rank: int | None
    reason: str
    checked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the inbox offers. `calls` could be transcribed better (`many`: more than counted), `waiting` of them wait.

    `running` of `sent` calls that were sent to be transcribed again are not done yet.
    """

    model: str | None
    calls: int = 0
    waiting: int = 0
    many: bool = False
    running: int = 0
    sent: int = 0

    @property
    def share(self) -> float:
        """How much of what was sent is done, 0..1."""
        return (self.sent - self.running) / self.sent if self.sent else 1.0


def read_model_now(session: Session) -> SpeechModelNow | None:
    """What the last look found; None before the first one. One statement by primary key."""
    row = session.get(SpeechNow, SEARCHED)
    if row is None:
        return None
    return SpeechModelNow(model=row.model, rank=row.rank, reason=row.reason, checked_at=row.checked_at)


def read_offer(session: Session, viewer: Viewer | None, engine: str, now: SpeechModelNow | None = None) -> Offer | None:
    """What could be transcribed again, of the calls the viewer may see (None: all calls), and what is under way.

    `engine` is the installation's setting; `now` what was just found, else what the last look found. None when there
    is nothing to offer and nothing under way.
    """
    now = now or read_model_now(session)
    sees = visible_calls(viewer) if viewer is not None else None
    running, sent = _progress(session, sees)
    conditions = [better_words(now, engine)] + ([sees] if sees is not None else [])
    if now is None or now.rank is None:
        return Offer(model=None, running=running, sent=sent) if running else None
    some = select(Call.id, Call.state).where(*conditions).limit(COUNTED + 1).subquery()
    by_state = session.execute(select(some.c.state, func.count()).group_by(some.c.state))
    counted: dict[str, int] = {row[0]: row[1] for row in by_state}
    calls = sum(counted.values())
    if not calls and not running:
        return None
    return Offer(
        model=now.model,
        calls=min(calls, COUNTED),
        waiting=counted.get("needs_model", 0),
        many=calls > COUNTED,
        running=running,
        sent=sent,
    )


def is_offered(session: Session, call_id: int, engine: str) -> SpeechModelNow | None:
    """The model that would transcribe this call better than it is; None when there is none."""
    now = read_model_now(session)
    found = session.scalar(select(Call.id).where(Call.id == call_id, better_words(now, engine)))
    return now if found is not None else None


def better_words(now: SpeechModelNow | None, engine: str) -> ColumnElement[bool]:
    """The condition a row of `call` must meet: the model there is now is better than what the call has.

    A call that waits for a model counts; one that came without a recording does not; and a source that is set to
    another engine is left alone.
    """
    if now is None or now.rank is None:
        return false()
    allowed = or_(
        Source.engine.in_(("auto", SEARCHED)),
        Source.engine.is_(None) if engine in ("auto", SEARCHED) else false(),
    )
    conditions = [
        or_(
            and_(Call.state == "scored", Call.speech_rank < now.rank),
            Call.state == "needs_model",
        ),
        exists().where(CallLeg.call_id == Call.id),
        Call.source.in_(select(Source.name).where(allowed)),
    ]
    if knows_english_only(now.model):
        conditions.append(or_(Call.language == "en", Call.language.like("en-%")))
    return and_(*conditions)


def _progress(session: Session, sees: ColumnElement[bool] | None) -> tuple[int, int]:
    """(not done yet, sent since the first of those) among calls sent to be transcribed again."""
    seen = [] if sees is None else [sees]
    lately = Call.again_at >= utc_now() - LOOKED_BACK
    first, running = session.execute(
        select(func.min(Call.again_at), func.count()).where(lately, Call.state.in_(("received", "transcribing")), *seen)
    ).one()
    if not running:
        return 0, 0
    sent = session.scalar(select(func.count()).where(Call.again_at >= first, *seen)) or 0
    return running, sent
