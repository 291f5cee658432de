"""Where the playable copy of a call lies, for those who may hear it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import Call, WebAudio
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls


def audio_folder(session: Session, viewer: Viewer, call_id: int) -> str | None:
    """The folder, relative to the data folder, that holds the call's `audio.webm` and `peaks.json`.

    None when there is no such call, the viewer may not see it, or its web copy is not made yet.
    """
    return session.scalar(
        select(WebAudio.folder)
        .join(Call, Call.id == WebAudio.call_id)
        .where(WebAudio.call_id == call_id, visible_calls(viewer))
    )
