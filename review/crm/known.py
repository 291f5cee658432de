"""Which of our rows a CRM's id means, for one connection: looked up together for a page, remembered for its length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import CrmId

_AT_ONCE: Final = 400


class Known:
    """The ids of one connection."""

    def __init__(self, session: Session, connection_id: int) -> None:
        self._session = session
        self._connection_id = connection_id
        self._found: dict[tuple[str, str], CrmId | None] = {}

    def look_up(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Read these (entity, id there) at once, so that `get` asks no more."""
        by_entity: dict[str, list[str]] = {}
        for entity, remote_id in sorted(set(wanted)):
            if (entity, remote_id) not in self._found:
                by_entity.setdefault(entity, []).append(remote_id)
                self._found[entity, remote_id] = None
        for entity, ids in by_entity.items():
            for part in _parts(ids):
                rows = self._session.scalars(
                    select(CrmId).where(
                        CrmId.connection_id == self._connection_id, CrmId.entity == entity, CrmId.remote_id.in_(part)
                    )
                )
                for row in rows:
                    self._found[entity, row.remote_id] = row

    def get(self, entity: str, remote_id: str | None) -> CrmId | None:
        """What is known of an id; None for nothing."""
        if remote_id is None:
            return None
        self.look_up([(entity, remote_id)])
        return self._found[entity, remote_id]

    def row_id(self, entity: str, remote_id: str | None) -> int | None:
        """Our row's id; None when there is none."""
        found = self.get(entity, remote_id)
        return None if found is None else found.row_id

    def add(
        self, entity: str, remote_id: str, row_id: int | None, *, label: str = "", said: Mapping[str, Any] | None = None
    ) -> CrmId:
        """Remember that a row is called so there."""
        made = CrmId(
            connection_id=self._connection_id,
            entity=entity,
            remote_id=remote_id,
            row_id=row_id,
            label=label,
            said=dict(said or {}),
            deleted=False,
        )
        self._session.add(made)
        self._session.flush()
        self._found[entity, remote_id] = made
        return made


def _parts(ids: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(ids), _AT_ONCE):
        yield ids[at : at + _AT_ONCE]
