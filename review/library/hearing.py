"""Where the sound of a clip lies and which seconds of it are the viewer's to hear."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.library.seeing import hearable
from review.models import Call, Clip, WebAudio
from review.queries.viewer import Viewer


@dataclass(frozen=True, slots=True)
class SoundPiece:
    """A stretch of a call's web audio; `folder` relative to the data folder, seconds of the call."""

    folder: str
    start: float
    end: float


def clip_sound(session: Session, viewer: Viewer, clip_id: int) -> SoundPiece | None:
    """The clip's own stretch; None when it is nothing to this viewer, or the call's web copy is not made."""
    found = session.execute(
        select(WebAudio.folder, Clip.start, Clip.end)
        .select_from(Clip)
        .join(Call, Call.id == Clip.call_id)
        .join(WebAudio, WebAudio.call_id == Call.id)
        .where(Clip.id == clip_id, hearable(viewer))
    ).one_or_none()
    return None if found is None else SoundPiece(found.folder, found.start, found.end)
