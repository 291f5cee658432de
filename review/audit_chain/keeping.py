"""Checks of the chain as they were made: kept, so that the log's page says when it was last found whole."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.audit_chain.anchors import AnchorsUnreadable, read_anchors
from review.audit_chain.checking import Checked, Fault, check_chain
from review.audit_chain.links import derive_key
from review.models import AuditCheck
from review.models.base import utc_now


@dataclass(frozen=True, slots=True)
class KeptCheck:
    """A check and when it was made."""

    at: datetime
    found: Checked

    @property
    def whole(self) -> bool:
        """True when nothing was wrong."""
        return self.found.whole


def check_all(session: Session, secret: str, folder: Path) -> Checked:
    """The whole chain held against the anchors of `folder`; a file that cannot be read is a fault by itself."""
    try:
        anchors = read_anchors(folder)
    except (AnchorsUnreadable, OSError):
        found = check_chain(session, derive_key(secret))
        return Checked(found.events, found.earlier, found.last, (Fault("anchors_unreadable"), *found.faults))
    return check_chain(session, derive_key(secret), anchors)


def keep_check(session: Session, found: Checked) -> None:
    """Put down what a check found. Does not commit."""
    faults = [
        {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(fault).items()}
        for fault in found.faults
    ]
    session.add(AuditCheck(at=utc_now(), events=found.events, earlier=found.earlier, last=found.last, faults=faults))
    session.flush()


def last_check(session: Session) -> KeptCheck | None:
    """The newest check; None before the first."""
    row = session.scalar(select(AuditCheck).order_by(AuditCheck.id.desc()).limit(1))
    if row is None:
        return None
    faults = tuple(
        Fault(
            kind=str(item["kind"]),
            number=item.get("number"),
            until=item.get("until"),
            event=item.get("event"),
            at=datetime.fromisoformat(item["at"]) if item.get("at") else None,
        )
        for item in row.faults
    )
    return KeptCheck(row.at, Checked(row.events, row.earlier, row.last, faults))
