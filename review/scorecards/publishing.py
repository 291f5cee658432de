"""Publishing a draft: it becomes the next version of its scorecard, and that text never changes again."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import ScorecardDraft, ScorecardPublication, utc_now
from review.scorecards.bodies import Fault, body_of, faults_of, standard_of
from review.scorecards.drafts import DraftMoved, NoDraft, find_draft
from review.services import audit
from review.services.standards import find_standard, import_standard, known_names, next_version
from scoring.standards import Standard

LONGEST_NOTE: Final = 2_000  # characters


class NotReady(ReviewError):
    """The draft has faults, so it was not published; carries them."""

    code = "not_ready"

    def __init__(self, name: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"The draft of '{name}' has {len(faults)} faults and was not published. The draft is kept.")
        self.name = name
        self.faults = faults


class NothingChanged(ReviewError):
    """The draft says what the version in use says: no new version is needed."""

    code = "nothing_changed"

    def __init__(self, name: str, version: int) -> None:
        super().__init__(f"The draft of '{name}' is the same as version {version}; nothing was published.")
        self.name = name
        self.version = version


class NoteTooLong(ReviewError):
    """The note has more than LONGEST_NOTE characters; the draft is kept, nothing was published."""

    code = "note_too_long"

    def __init__(self, length: int) -> None:
        super().__init__(f"The note has {length} characters; at most {LONGEST_NOTE} fit. Nothing was published.")
        self.length = length


def publish_draft(session: Session, name: str, revision: int, note: str, by: int | None) -> Standard:
    """The draft as it was looked at (`revision`) as the next version; the draft is gone then.

    Calls that arrive from now on are judged by it; evaluations that were begun keep their version. Raises NoDraft,
    DraftMoved, NotReady, NothingChanged, NoteTooLong.
    """
    note = note.replace("\x00", "").strip()
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong(len(note))
    draft = find_draft(session, name)
    if draft is None:
        raise NoDraft(name)
    if draft.revision != revision:
        raise DraftMoved(draft)
    faults = faults_of(name, draft.body)
    if faults:
        raise NotReady(name, faults)
    if name in known_names(session):
        in_use = find_standard(session, name)
        if body_of(in_use) == body_of(standard_of(name, in_use.version, draft.body)):
            raise NothingChanged(name, in_use.version)
    taken = session.scalar(
        delete(ScorecardDraft)
        .where(ScorecardDraft.name == name, ScorecardDraft.revision == revision)
        .returning(ScorecardDraft.revision)
        .execution_options(synchronize_session=False)
    )
    if taken is None:  # somebody saved or published in between
        now = find_draft(session, name)
        raise NoDraft(name) if now is None else DraftMoved(now)
    made = standard_of(name, next_version(session, name), draft.body)
    import_standard(session, made.source_text, f"{name}.yaml", by=by)
    session.add(
        ScorecardPublication(
            name=name,
            version=made.version,
            base_version=draft.base_version,
            note=note,
            published_by=by,
            published_at=utc_now(),
        )
    )
    session.flush()
    audit.record(
        session, by, "scorecard.published", "standard", name, version=made.version, base=draft.base_version, note=note
    )
    return made
