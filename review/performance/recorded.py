"""What is recorded of one rep and why, told from how the installation is really set up, not from a fixed text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from review.models import Call, CrmConnection, Source, StoredTranscript, TeamMember, User, UserRight, UserRole, utc_now
from review.performance.seeing import RepCard

RECENT = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """Where the rep's calls come from: `kind` is the door (upload, folder, api, webhook, import)."""

    name: str
    kind: str
    calls: int  # of the rep, of the last ninety days


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The facts the text is made of. `hears` counts the people who may hear the rep's calls, by role."""

    sources: tuple[SourceLine, ...]
    calls: int  # all that are kept
    oldest: datetime | None
    engines: tuple[str, ...]  # speech engines that wrote them down
    hears: Mapping[str, int]
    managers: tuple[str, ...]
    unmasked: int  # people who may see what was masked
    crms: tuple[str, ...]  # kinds of CRM that are connected


def read_recorded(session: Session, rep: RepCard) -> Recorded:
    """The facts of one rep. Seven statements."""
    since = utc_now() - RECENT
    sources = session.execute(
        select(Call.source, Source.kind, func.count())
        .join(Source, Source.name == Call.source)
        .where(Call.rep_id == rep.id, Call.happened_at >= since)
        .group_by(Call.source, Source.kind)
        .order_by(Call.source)
    ).all()
    kept = session.execute(select(func.count(), func.min(Call.happened_at)).where(Call.rep_id == rep.id)).one()
    newest = (
        select(Call.id)
        .where(Call.rep_id == rep.id, Call.happened_at >= since)
        .order_by(Call.happened_at.desc(), Call.id.desc())
        .limit(500)
    )
    engines = session.scalars(
        select(StoredTranscript.engine).distinct().where(StoredTranscript.call_id.in_(newest))
    ).all()
    hears = session.execute(
        select(UserRole.role, func.count())
        .join(User, User.id == UserRole.user_id)
        .where(User.disabled_at.is_(None), UserRole.role.in_(("reviewer", "quality_lead", "head_of_sales")))
        .group_by(UserRole.role)
    ).all()
    managers = session.scalars(
        select(User.name)
        .join(TeamMember, TeamMember.user_id == User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            TeamMember.team_id == rep.team_id,
            TeamMember.is_manager,
            UserRole.role == "manager",
            User.disabled_at.is_(None),
        )
        .order_by(User.name)
    ).all()
    unmasked = session.scalar(
        select(func.count(distinct(UserRight.user_id)))
        .join(User, User.id == UserRight.user_id)
        .where(UserRight.name == "see_originals", User.disabled_at.is_(None))
    )
    crms = session.scalars(select(CrmConnection.kind).distinct()).all()
    return Recorded(
        sources=tuple(SourceLine(name=row[0], kind=row[1], calls=int(row[2])) for row in sources),
        calls=int(kept[0]),
        oldest=kept[1],
        engines=tuple(sorted(engine for engine in engines if engine)),
        hears={role: int(count) for role, count in hears},
        managers=tuple(managers),
        unmasked=int(unmasked or 0),
        crms=tuple(sorted(crms)),
    )
