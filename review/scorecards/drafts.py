"""The draft of a scorecard: begun from a version, a copy or a file; saved by revision, nothing is overwritten."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import ScorecardDraft, User, utc_now
from review.scorecards.bodies import body_of, read_file, tidy
from review.services import audit
from review.services.standards import find_standard, known_names
from review.upsert import insert_new

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class NoDraft(ReviewError):
    """There is no draft of this name: it was published or thrown away meanwhile, or never begun."""

    code = "no_draft"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no draft of '{name}': it was published or discarded, or never begun.")
        self.name = name


class DraftMoved(ReviewError):
    """Somebody else saved meanwhile; carries the draft as it is now. What was sent was not kept."""

    code = "draft_moved"

    def __init__(self, draft: DraftRow) -> None:
        super().__init__(
            f"The draft of '{draft.name}' was changed by somebody else meanwhile (revision {draft.revision}). "
            "Nothing was overwritten: look at both and choose."
        )
        self.draft = draft


class BadName(ReviewError):
    """A name that no scorecard can have, or that one has already (`taken`)."""

    code = "bad_name"

    def __init__(self, name: str, *, taken: bool) -> None:
        why = "is the name of another scorecard" if taken else "is no name: small letters, digits, - and _ only"
        super().__init__(f"'{name}' {why}. Nothing was begun.")
        self.name = name
        self.taken = taken


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A draft as pages see it; `saved_by` is the name of whoever saved it last, None for one no longer here."""

    name: str
    base_version: int | None
    body: Mapping[str, Any]
    revision: int
    author: str | None
    saved_by: str | None
    saved_by_id: int | None
    updated_at: datetime


def find_draft(session: Session, name: str) -> DraftRow | None:
    """The draft of a name; None where there is none."""
    row = session.get(ScorecardDraft, name, populate_existing=True)
    if row is None:
        return None
    wanted = {row.author_id, row.saved_by} - {None}
    people = {found.id: found.name for found in session.execute(select(User.id, User.name).where(User.id.in_(wanted)))}
    return DraftRow(
        name=row.name,
        base_version=row.base_version,
        body=dict(row.body),
        revision=row.revision,
        author=people.get(row.author_id or 0),
        saved_by=people.get(row.saved_by or 0),
        saved_by_id=row.saved_by,
        updated_at=row.updated_at,
    )


def begin_draft(session: Session, name: str, by: int | None) -> DraftRow:
    """The draft of a scorecard there is, made from its newest version unless it was begun. Raises StandardNotFound."""
    standard = find_standard(session, name)
    if _insert(session, name, standard.version, body_of(standard), by):
        audit.record(session, by, "scorecard.draft_begun", "standard", name, version=standard.version)
    return _draft(session, name)


def copy_draft(session: Session, name: str, like: str, by: int | None) -> DraftRow:
    """A draft of a new name, like another scorecard. Raises BadName, StandardNotFound."""
    _refuse_name(session, name)
    standard = find_standard(session, like)
    if not _insert(session, name, None, body_of(standard), by):
        raise BadName(name, taken=True)
    audit.record(session, by, "scorecard.draft_begun", "standard", name, like=like)
    return _draft(session, name)


def import_draft(
    session: Session, text: str, by: int | None, *, into: str | None = None, revision: int | None = None
) -> DraftRow:
    """A draft from a YAML file, under the file's own name or `into`. Raises StandardInvalid, DraftMoved, BadName.

    A draft in work is not overwritten: DraftMoved, unless it is the one `into` names and still at `revision`.
    """
    name, body = read_file(text)
    name = into or name
    if not _NAME.fullmatch(name):
        raise BadName(name, taken=False)
    base = find_standard(session, name).version if name in known_names(session) else None
    if not _insert(session, name, base, tidy(body), by):
        there = _draft(session, name)
        if into is None or revision != there.revision:
            raise DraftMoved(there)
        return save_draft(session, name, body, revision, by)
    audit.record(session, by, "scorecard.draft_begun", "standard", name, version=base, file=True)
    return _draft(session, name)


def save_draft(session: Session, name: str, sent: object, revision: int, by: int | None) -> DraftRow:
    """Keep what was changed on `revision`. Raises BadBody, NoDraft, DraftMoved; what is the same makes no revision."""
    body = tidy(sent)
    there = _draft(session, name)
    if there.body == body:
        return there
    saved = session.scalar(
        update(ScorecardDraft)
        .where(ScorecardDraft.name == name, ScorecardDraft.revision == revision)
        .values(body=body, revision=revision + 1, saved_by=by, updated_at=utc_now())
        .returning(ScorecardDraft.revision)
        .execution_options(synchronize_session=False)
    )
    now = _draft(session, name)
    if saved is None:
        raise DraftMoved(now)
    return now


def discard_draft(session: Session, name: str, revision: int, by: int | None) -> None:
    """Throw a draft away as it was at `revision`. Raises NoDraft, DraftMoved when somebody saved after it."""
    gone = session.scalar(
        delete(ScorecardDraft)
        .where(ScorecardDraft.name == name, ScorecardDraft.revision == revision)
        .returning(ScorecardDraft.revision)
        .execution_options(synchronize_session=False)
    )
    if gone is None:
        raise DraftMoved(_draft(session, name))
    audit.record(session, by, "scorecard.draft_discarded", "standard", name, revision=gone)


def _draft(session: Session, name: str) -> DraftRow:
    found = find_draft(session, name)
    if found is None:
        raise NoDraft(name)
    return found


def _insert(session: Session, name: str, base: int | None, body: Mapping[str, Any], by: int | None) -> bool:
    made = insert_new(
        session,
        ScorecardDraft,
        ("name",),
        name=name,
        base_version=base,
        body=dict(body),
        revision=1,
        author_id=by,
        saved_by=by,
        created_at=utc_now(),
        updated_at=utc_now(),
    )
    return made is not None


def _refuse_name(session: Session, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise BadName(name, taken=False)
    if name in known_names(session):
        raise BadName(name, taken=True)
