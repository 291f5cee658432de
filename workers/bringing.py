"""From files on this machine to a call: opens what belongs together and hands it to the one intake."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO

from review.services.intake import Accepted, IncomingFile, accept_recording, read_facts
from workers.bundles import Bundle

if TYPE_CHECKING:
    from review.db import Database
    from review.settings import Settings
    from review.storage import AudioStore


def outcome(accepted: Accepted) -> str:
    """What became of a call, in the few words of a line about it."""
    if accepted.differs:
        return "was here with a different recording, the new one is kept under the same number"
    return "taken in" if accepted.created else "was here"


def bring_in(
    database: Database, store: AudioStore, settings: Settings, bundle: Bundle, facts: Mapping[str, str], *, door: str
) -> Accepted:
    """Take one call in, in a transaction of its own; ring for `.ring` of the answer after this returns.

    Raises IntakeRefused (nothing was kept), StorageFull, BadFactsFile and OSError (a file that cannot be read).
    """
    with ExitStack() as stack:
        files = [IncomingFile(path.name, stack.enter_context(path.open("rb"))) for path in bundle.legs]
        transcript = None
        if bundle.transcript is not None:
            words: BinaryIO = stack.enter_context(bundle.transcript.open("rb"))
            if bundle.speakers is not None:  # the reader takes words and speakers from one file, told apart by the line
                words = io.BytesIO(words.read() + b"\n" + bundle.speakers.read_bytes())
            transcript = IncomingFile(bundle.transcript.name, words)
        with database.session() as session:
            return accept_recording(
                session,
                store,
                files,
                read_facts(facts),
                door=door,
                transcript=transcript,
                region=settings.region,
                limit=settings.max_upload_bytes,
            )
