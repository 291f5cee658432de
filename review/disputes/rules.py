"""The deadlines of disputes in working days: as set here, each change kept, and the moments that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import DisputeRule, utc_now
from review.queries.viewer import Viewer
from review.services.audit import record
from review.working_time.due import due_after

SETS_RULES: Final = ("quality_lead", "admin")
LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "raise_days": (1, 90),
    "first_days": (1, 90),
    "further_days": (1, 90),
    "lead_days": (1, 90),
    "remind_days": (0, 30),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """Working days: to dispute what was shown, to decide at each level, to go further, and to remind before each."""

    raise_days: int = 5
    first_days: int = 3
    further_days: int = 3
    lead_days: int = 5
    remind_days: int = 1


class RulesRefused(ReviewError):
    """Deadlines that cannot be; `field` is the one, `least` and `most` its limits. Nothing was changed."""

    code = "rules_refused"

    def __init__(self, field: str, least: int, most: int) -> None:
        super().__init__(f"'{field}' is a whole number of days from {least} to {most}. Nothing was changed.")
        self.field = field
        self.least = least
        self.most = most


def read_rules(session: Session) -> Rules:
    """The deadlines that hold. One statement."""
    row = session.scalar(select(DisputeRule).order_by(DisputeRule.id.desc()).limit(1))
    return Rules() if row is None else Rules(**{name: getattr(row, name) for name in LIMITS})


def set_rules(session: Session, viewer: Viewer, sent: Mapping[str, object]) -> Rules:
    """Let these deadlines hold for what begins from now on; fields left out stay. Raises RulesRefused.

    What has a deadline already keeps it: nobody loses days they were promised.
    """
    before = read_rules(session)
    chosen = {**asdict(before), **{name: value for name, value in sent.items() if name in LIMITS}}
    for name, (least, most) in LIMITS.items():
        value = chosen[name]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise RulesRefused(name, least, most)
    rules = Rules(**chosen)
    if rules != before:
        session.add(DisputeRule(**asdict(rules), set_by=viewer.user_id, set_at=utc_now()))
        changed = {name: value for name, value in asdict(rules).items() if getattr(before, name) != value}
        record(session, viewer.user_id, "dispute.rules_set", "dispute_rules", 0, **changed)
        session.flush()
    return rules


def deadline(
    session: Session, start: datetime, days: int, rules: Rules, *, user_id: int | None
) -> tuple[datetime, datetime | None]:
    """(the end of the last of `days` working days, when to remind of it); no reminder where the time is too short."""
    until = due_after(session, start, days, user_id=user_id)
    if not 0 < rules.remind_days <= days:
        return until, None
    remind = due_after(session, start, days - rules.remind_days, user_id=user_id)
    return until, remind if start < remind < until else None
