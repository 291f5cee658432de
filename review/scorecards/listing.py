"""Scorecards as pages list and show them: state, use, versions with their notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from review.models import (
    ScorecardArchive,
    ScorecardDraft,
    ScorecardPublication,
    StandardVersion,
    StoredAssessment,
    User,
    utc_now,
)
from review.scorecards.archiving import Use, read_uses
from review.services.standards import list_choices
from scoring.standards import StandardNotFound, load_standard

RECENT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardRow:
    """One scorecard of the list; `version` is None for a draft that was never published."""

    name: str
    version: int | None
    title: Mapping[str, str]
    criteria: int
    languages: tuple[str, ...]
    origin: str  # ships, own, draft
    archived: bool
    recent: int  # calls scored by it (any version) in the last 30 days
    uses: tuple[Use, ...]
    draft_at: datetime | None
    draft_by: str | None

    @property
    def has_draft(self) -> bool:
        """Whether a draft is in work."""
        return self.draft_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One version of a scorecard in its history, newest first."""

    version: int
    at: datetime | None  # published, imported or first used; None for a shipped one that nothing used yet
    by: str | None
    note: str
    origin: str  # published, imported, ships
    calls: int  # judged by this version, ever


def list_scorecards(session: Session, installed: str | None) -> tuple[ScorecardRow, ...]:
    """Every scorecard and every draft of a new one, those put away last; `installed` is the installation's setting."""
    away = set(session.scalars(select(ScorecardArchive.name)))
    drafts = {
        row.ScorecardDraft.name: row
        for row in session.execute(
            select(ScorecardDraft, User.name.label("by")).outerjoin(User, User.id == ScorecardDraft.saved_by)
        )
    }
    recent, uses = _recent(session), read_uses(session, installed)
    rows = []
    for choice in list_choices(session, archived=True):
        draft = drafts.pop(choice.name, None)
        rows.append(
            ScorecardRow(
                name=choice.name,
                version=choice.version,
                title=choice.title,
                criteria=choice.criteria,
                languages=choice.languages,
                origin=choice.origin,
                archived=choice.name in away,
                recent=recent.get(choice.name, 0),
                uses=uses.get(choice.name, ()),
                draft_at=draft.ScorecardDraft.updated_at if draft else None,
                draft_by=draft.by if draft else None,
            )
        )
    for name, draft in drafts.items():
        body = draft.ScorecardDraft.body
        sections = body.get("sections")
        rows.append(
            ScorecardRow(
                name=name,
                version=None,
                title=body.get("title") if isinstance(body.get("title"), dict) else {},
                criteria=sum(len(s.get("criteria") or ()) for s in sections or () if isinstance(s, dict)),
                languages=(),
                origin="draft",
                archived=False,
                recent=0,
                uses=(),
                draft_at=draft.ScorecardDraft.updated_at,
                draft_by=draft.by,
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.archived, row.name)))


def read_history(session: Session, name: str) -> tuple[VersionRow, ...]:
    """The versions of a name there are here, newest first."""
    counts = {
        row.version: int(row.calls)
        for row in session.execute(
            select(StoredAssessment.version, func.count(StoredAssessment.call_id.distinct()).label("calls"))
            .where(StoredAssessment.standard == name)
            .group_by(StoredAssessment.version)
        )
    }
    notes = {
        row.ScorecardPublication.version: row
        for row in session.execute(
            select(ScorecardPublication, User.name.label("by"))
            .outerjoin(User, User.id == ScorecardPublication.published_by)
            .where(ScorecardPublication.name == name)
        )
    }
    kept = {
        row.version: row
        for row in session.execute(
            select(StandardVersion.version, StandardVersion.first_used_at, StandardVersion.imported_at).where(
                StandardVersion.name == name
            )
        )
    }
    shipped = _shipped_version(name)
    found = []
    for version in sorted({*kept, *([shipped] if shipped is not None else [])}, reverse=True):
        note, row = notes.get(version), kept.get(version)
        imported = row is not None and row.imported_at is not None
        published_at = note.ScorecardPublication.published_at if note else None
        found.append(
            VersionRow(
                version=version,
                at=published_at or (None if row is None else row.imported_at or row.first_used_at),
                by=note.by if note else None,
                note=note.ScorecardPublication.note if note else "",
                origin="published" if note else "imported" if imported else "ships",
                calls=counts.get(version, 0),
            )
        )
    return tuple(found)


def is_archived(session: Session, name: str) -> bool:
    """Whether the name was put away."""
    return session.get(ScorecardArchive, name) is not None


def _recent(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(StoredAssessment.standard, func.count(StoredAssessment.call_id.distinct()).label("calls"))
        .where(StoredAssessment.created_at >= utc_now() - RECENT)
        .group_by(StoredAssessment.standard)
    )
    return {row.standard: int(row.calls) for row in rows}


def _shipped_version(name: str) -> int | None:
    try:
        return load_standard(name).version
    except StandardNotFound:
        return None
