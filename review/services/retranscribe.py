"""Transcribing again with a better model: noticing that there is one, and sending calls round, with a trace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from review.errors import NoSuchCall, ReviewError
from review.models import Call, CallLeg, SpeechNow, utc_now
from review.queries.better_words import SEARCHED, SpeechModelNow, better_words, read_model_now
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls
from review.services import audit
from review.settings import Settings
from review.speech_rank import rank_of_model
from review.states import Step, send_again

if TYPE_CHECKING:
    from transcription.engines import EngineChoice, EngineRequest

MOST_AT_ONCE: Final = 5000  # calls one press of the button sends; the offer stays for the rest


class NotOffered(ReviewError):
    """A call cannot be transcribed again: it is being worked on, has no recording, or there is no better model."""

    code = "not_offered"

    def __init__(self, call_id: int, why: str) -> None:
        super().__init__(f"Call {call_id} was left as it is: {why}.")
        self.call_id = call_id


def look_for_model(settings: Settings, choose: Callable[[EngineRequest], EngineChoice] | None = None) -> SpeechModelNow:
    """Ask which Whisper model could run now: in folders, and of the hub for a few seconds at most. Loads nothing."""
    from transcription.engines import EngineRequest, choose_engine
    from transcription.errors import NeedsModel

    request = EngineRequest(engine="whisper", model=settings.whisper_model, models_dir=settings.models)
    try:
        choice = (choose or choose_engine)(request)
    except NeedsModel as missing:
        return SpeechModelNow(model=None, rank=None, reason=missing.reason, checked_at=utc_now())
    rank = rank_of_model(choice.name, choice.model)
    return SpeechModelNow(model=choice.model, rank=rank, reason=choice.reason, checked_at=utc_now())


def note_model(session: Session, found: SpeechModelNow) -> None:
    """Keep what `look_for_model` found, for the pages to compare calls with. Does not commit."""
    row = session.get(SpeechNow, SEARCHED)
    if row is None:
        row = SpeechNow(engine=SEARCHED)
        session.add(row)
    row.model, row.rank, row.reason, row.checked_at = found.model, found.rank, found.reason, found.checked_at
    session.flush()


def transcribe_again(
    session: Session, call_id: int, *, by: int | None = None, engine: str, offered_only: bool = True
) -> list[tuple[int, Step]]:
    """Send one call round again; the step to ring for after the commit. Raises NoSuchCall, NotOffered.

    What the call has stays shown until the new transcript is there, and beside it afterwards. Without `offered_only`
    the call goes although no better model is known: the person asking knows why.
    """
    call = session.get(Call, call_id)
    if call is None:
        raise NoSuchCall(call_id)
    if session.scalar(select(CallLeg.call_id).where(CallLeg.call_id == call_id).limit(1)) is None:
        raise NotOffered(call_id, "it came without a recording")
    if offered_only and session.scalar(select(Call.id).where(Call.id == call_id, _offered(session, engine))) is None:
        raise NotOffered(call_id, "no better speech model is there now, or it is being worked on")
    state = call.state
    if not send_again(session, [call_id]):
        raise NotOffered(call_id, f"it is in the state '{state}', and only one that is ready or waits can go")
    model = read_model_now(session)
    audit.record(
        session, by, "call.transcribe_again", "call", call_id, state=state, model=model.model if model else None
    )
    return [(call_id, "transcribe")]


def transcribe_all_again(
    session: Session, *, viewer: Viewer | None = None, by: int | None = None, engine: str, never_sent: bool = False
) -> list[tuple[int, Step]]:
    """Send round every call the model there is now would write down better, of those the viewer may see (None: all).

    At most MOST_AT_ONCE, the newest first; ring for what comes back after the commit. `never_sent` leaves out calls
    that went before: what happens by itself must not happen for ever.
    """
    conditions = [_offered(session, engine)]
    if viewer is not None:
        conditions.append(visible_calls(viewer))
    if never_sent:
        conditions.append(Call.again_at.is_(None))
    newest = select(Call.id).where(*conditions).order_by(Call.happened_at.desc(), Call.id.desc()).limit(MOST_AT_ONCE)
    sent = _send(session, list(session.scalars(newest)))
    if sent:
        model = read_model_now(session)
        name = model.model if model else None
        audit.record(session, by, "calls.transcribe_again", "calls", len(sent), model=name, calls=len(sent))
        for call_id in sent:
            audit.record(session, by, "call.transcribe_again", "call", call_id, model=name, together=len(sent))
    return [(call_id, "transcribe") for call_id in sent]


def _send(session: Session, call_ids: Sequence[int]) -> list[int]:
    """In pieces a database takes as parameters."""
    sent: list[int] = []
    for at in range(0, len(call_ids), 500):
        sent += send_again(session, call_ids[at : at + 500])
    return sent


def _offered(session: Session, engine: str) -> ColumnElement[bool]:
    return better_words(read_model_now(session), engine)
