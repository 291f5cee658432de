"""What all kinds of rows share while a page is put in: the counts, the known ids, merging and the log of conflicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from review.crm.known import Known
from review.crm.merging import merge, plain
from review.models import CrmConflict, CrmId


@dataclass(slots=True)
class Counts:
    """What a sync brought: rows made, changed and already so; values changed on both sides; what could not be used."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    conflicts: int = 0
    gone: int = 0
    without_client: int = 0

    def add(self, other: Counts) -> None:
        """Count another page's too."""
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)

    def count(self, *, is_new: bool, changed: bool) -> None:
        """Count one row."""
        if is_new:
            self.created += 1
        elif changed:
            self.updated += 1
        else:
            self.unchanged += 1


class Applying:
    """One page being put in."""

    def __init__(self, session: Session, connection_id: int, region: str) -> None:
        self.session = session
        self.connection_id = connection_id
        self.region = region
        self.known = Known(session, connection_id)
        self.counts = Counts()

    def external_id(self, entity: str, remote_id: str) -> str:
        """A row's external id: ids of two connections, or of a person and a company, never meet."""
        return f"crm{self.connection_id}:{entity}:{remote_id}"

    def set_values(self, known: CrmId, row: object, theirs: Mapping[str, Any], *, crm_leads: bool, since: str) -> bool:
        """Merge columns into a row; what was said is kept with `known`. True when the row changed.

        `since`: "made" for a row just made, which takes everything; "adopted" for one that was here before the CRM
        told of it; "known" for one the CRM told of before.
        """
        ours = {name: getattr(row, name) for name in theirs}
        said = {"made": {name: plain(value) for name, value in ours.items()}, "adopted": None}.get(since, known.said)
        merged = merge(ours, said, theirs, crm_leads=crm_leads)
        for name, value in merged.values.items():
            setattr(row, name, value)
        self.log(known, merged.clashes)
        # Another dict, not the same one changed: the session sees only that.
        known.said = {**known.said, **merged.said}
        return bool(merged.values)

    def log(self, known: CrmId, clashes: Any) -> None:
        """Keep what was changed on both sides."""
        for clash in clashes:
            self.counts.conflicts += 1
            self.session.add(
                CrmConflict(
                    connection_id=self.connection_id,
                    entity=known.entity,
                    row_id=known.row_id,
                    remote_id=known.remote_id,
                    field=clash.field,
                    ours=clash.ours,
                    theirs=clash.theirs,
                    won=clash.won,
                    why=clash.why,
                )
            )

    def rep_of(self, person_id: str | None) -> int | None:
        """The rep somebody of the CRM is; one who is not known yet is noted, so that a person can say who it is."""
        if person_id is None:
            return None
        known = self.known.get("rep", person_id)
        if known is None:
            self.known.add("rep", person_id, None, label=person_id)
            return None
        return known.row_id
