"""Where the playable copy of a call lies, for those who may hear it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import Call, WebAudio
from review.outside.sound import outside_folder
from review.queries.viewer import Viewer
from review.queries.visibility import visible_calls

AUDIO_NAME: Final = "audio.webm"


def audio_folder(session: Session, viewer: Viewer, call_id: int) -> str | None:
    """The folder, relative to the data folder, that holds the call's `audio.webm` and `peaks.json`.

    For outsiders a folder of their own, which may not be there yet: silent where names are said, too.
    None when there is no such call, the viewer may not see it, or its web copy is not made yet.
    """
    folder = session.scalar(
        select(WebAudio.folder)
        .join(Call, Call.id == WebAudio.call_id)
        .where(WebAudio.call_id == call_id, visible_calls(viewer))
    )
    return outside_folder(session, call_id, folder) if folder is not None and viewer.is_outsider else folder


def audible_calls(session: Session, viewer: Viewer, call_ids: Collection[int]) -> frozenset[int]:
    """Those of the calls that the viewer may see and that have a playable copy."""
    query = (
        select(WebAudio.call_id)
        .join(Call, Call.id == WebAudio.call_id)
        .where(WebAudio.call_id.in_(sorted(call_ids)), visible_calls(viewer))
    )
    return frozenset(session.scalars(query))
