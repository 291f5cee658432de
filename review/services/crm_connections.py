"""Connections to CRMs as people set them up: made, changed, tested, paused, removed; keys go in and never come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from review.crm.registry import KINDS
from review.errors import ReviewError
from review.models import NOTE_TIMES, OUTBOX_STATES, CrmConnection, CrmId, CrmTask, Deal, OutboxItem, Rep
from review.services import audit
from review.services.crm_secrets import SecretBox, SecretsLost

LONGEST_NAME: Final = 60
LONGEST_SETTING: Final = 20_000


class BadConnection(ReviewError):
    """A connection cannot be kept as it was given: `field` is what to mend."""

    code = "bad_connection"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


class NoSuchConnection(ReviewError):
    """There is no such connection."""

    code = "no_such_connection"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRow:
    """One connection as pages show it; `secrets` are the names of the keys that are there, never the keys."""

    id: int
    kind: str
    title: str
    name: str
    settings: dict[str, Any]
    secrets: frozenset[str]
    note_when: str
    state: str
    error: str
    counts: dict[str, Any]
    last_sync_at: datetime | None
    syncing: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PersonThere:
    """Somebody of the CRM; `rep_id` is the rep they are here, None while nobody knows."""

    remote_id: str
    label: str
    rep_id: int | None
    rep_name: str | None


def list_connections(session: Session) -> tuple[ConnectionRow, ...]:
    """All connections by name."""
    return tuple(_row(one) for one in session.scalars(select(CrmConnection).order_by(CrmConnection.name)))


def get_connection(session: Session, connection_id: int) -> ConnectionRow | None:
    """One connection; None when there is none."""
    found = session.get(CrmConnection, connection_id)
    return None if found is None else _row(found)


def add_connection(
    session: Session,
    box: SecretBox,
    *,
    kind: str,
    name: str,
    settings: Mapping[str, Any],
    secrets: Mapping[str, str],
    note_when: str = "machine",
    by: int | None = None,
) -> int:
    """Make a connection; its id. The first sync is due at once. Raises BadConnection. Does not commit."""
    if kind not in KINDS:
        raise BadConnection("kind", f"There is no CRM connector '{kind}'.")
    row = CrmConnection(
        kind=kind,
        name=_name(name),
        settings=_settings(kind, settings),
        note_when=_note_when(note_when),
        cursor={},
        counts={},
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise BadConnection("name", f"There is a connection called '{row.name}' already. Nothing was kept.") from error
    given = _secrets(kind, secrets)
    row.secrets = box.close(row.id, given)
    row.settings = {**row.settings, "has": sorted(given)}
    session.flush()
    audit.record(session, by, "crm.connected", "crm_connection", row.id, kind=kind, name=row.name)
    return row.id


def change_connection(
    session: Session,
    box: SecretBox,
    connection_id: int,
    *,
    name: str,
    settings: Mapping[str, Any],
    secrets: Mapping[str, str],
    note_when: str,
    by: int | None = None,
) -> None:
    """Change it; a key left empty stays as it was, and a new key lets a broken connection work again.

    Raises BadConnection, NoSuchConnection, SecretsLost. Does not commit.
    """
    row = _get(session, connection_id, locked=True)  # a token may be renewed at this moment
    given = _secrets(row.kind, secrets)
    try:
        kept = box.open(connection_id, row.secrets)
    except SecretsLost:
        if not given:
            raise
        kept = {}
    if given.get("code"):
        kept.pop("token", None)
        kept.pop("refresh_token", None)
    kept.update(given)
    row.settings = {**_settings(row.kind, settings), "has": sorted(kept)}
    row.secrets = box.close(connection_id, kept)
    row.note_when = _note_when(note_when)
    if given and row.state == "broken":
        row.state, row.error, row.attempts, row.next_at = "active", "", 0, 0.0
    try:
        with session.begin_nested():
            row.name = _name(name)
            session.flush()
    except IntegrityError as error:
        raise BadConnection("name", f"There is a connection called '{name}' already. Nothing was changed.") from error
    audit.record(
        session, by, "crm.connection_changed", "crm_connection", connection_id, name=row.name, keys=sorted(given)
    )


def set_state(session: Session, connection_id: int, state: str, *, by: int | None = None) -> None:
    """Pause a connection, or let it go on. Raises NoSuchConnection. Does not commit."""
    row = _get(session, connection_id)
    if state not in ("active", "paused") or row.state == state:
        return
    row.state, row.attempts = state, 0
    if state == "active":
        row.error, row.next_at = "", 0.0
    audit.record(session, by, f"crm.connection_{state}", "crm_connection", connection_id)


def sync_soon(session: Session, connection_id: int, *, by: int | None = None) -> None:
    """Ask for a sync now; the sweep starts it within seconds. Raises NoSuchConnection. Does not commit."""
    row = _get(session, connection_id)
    row.next_at = 0.0
    if row.state == "broken":
        row.state = "active"
    audit.record(session, by, "crm.sync_asked", "crm_connection", connection_id)


def remove_connection(session: Session, connection_id: int, *, by: int | None = None) -> None:
    """Forget a connection: its keys, its ids, its conflicts and what waits to be sent. Clients and deals stay."""
    row = _get(session, connection_id)
    audit.record(session, by, "crm.disconnected", "crm_connection", connection_id, name=row.name, kind=row.kind)
    session.execute(delete(CrmConnection).where(CrmConnection.id == connection_id))


def list_people(session: Session, connection_id: int) -> tuple[PersonThere, ...]:
    """Who works in the CRM, those who are no rep here yet first."""
    rows = session.execute(
        select(CrmId.remote_id, CrmId.label, CrmId.row_id, Rep.name)
        .outerjoin(Rep, Rep.id == CrmId.row_id)
        .where(CrmId.connection_id == connection_id, CrmId.entity == "rep", CrmId.deleted.is_(False))
    )
    found = [PersonThere(row.remote_id, row.label or row.remote_id, row.row_id, row.name) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.rep_id is not None, one.label.casefold())))


def name_person(
    session: Session, connection_id: int, remote_id: str, rep_id: int | None, *, by: int | None = None
) -> int:
    """Say which rep somebody of the CRM is (None: nobody here); how many deals and tasks got their rep by it."""
    known = session.get(CrmId, (connection_id, "rep", remote_id))
    if known is None or (rep_id is not None and session.get(Rep, rep_id) is None):
        raise NoSuchConnection("There is no such person or rep. Nothing was changed.")
    known.row_id = rep_id
    changed = 0
    if rep_id is not None:
        for entity, table in (("deal", Deal), ("task", CrmTask)):
            theirs = select(CrmId.row_id).where(
                CrmId.connection_id == connection_id,
                CrmId.entity == entity,
                CrmId.said["person"].as_string() == remote_id,
            )
            done = session.execute(
                update(table)
                .where(table.id.in_(theirs), table.rep_id.is_(None))
                .values(rep_id=rep_id)
                .execution_options(synchronize_session=False)
            )
            changed += int(done.rowcount)  # type: ignore[attr-defined]
    audit.record(session, by, "crm.person_named", "crm_connection", connection_id, person=remote_id, rep=rep_id)
    return changed


def count_outbox(session: Session) -> dict[str, int]:
    """How many items are in each state."""
    counted = session.execute(select(OutboxItem.state, func.count()).group_by(OutboxItem.state))
    found = {state: int(count) for state, count in counted}
    return {state: found.get(state, 0) for state in OUTBOX_STATES}


def _get(session: Session, connection_id: int, *, locked: bool = False) -> CrmConnection:
    row = session.get(CrmConnection, connection_id, with_for_update=locked, populate_existing=locked)
    if row is None:
        raise NoSuchConnection(f"There is no CRM connection {connection_id}. Nothing was changed.")
    return row


def _row(one: CrmConnection) -> ConnectionRow:
    settings = dict(one.settings)
    return ConnectionRow(
        id=one.id,
        kind=one.kind,
        title=KINDS[one.kind].title if one.kind in KINDS else one.kind,
        name=one.name,
        secrets=frozenset(settings.pop("has", ())),
        settings=settings,
        note_when=one.note_when,
        state=one.state,
        error=one.error,
        counts=dict(one.counts),
        last_sync_at=one.last_sync_at,
        syncing=one.lease_token is not None,
        created_at=one.created_at,
    )


def _name(text: str) -> str:
    name = " ".join(text.replace("\x00", "").split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise BadConnection("name", f"Give it a name of at most {LONGEST_NAME} characters. Nothing was kept.")
    return name


def _note_when(text: str) -> str:
    if text not in NOTE_TIMES:
        raise BadConnection("note_when", "Say when calls are written into the CRM. Nothing was kept.")
    return text


def _settings(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    allowed = {*KINDS[kind].settings, "every_minutes", "language", "transcripts"}
    kept = {name: value for name, value in given.items() if name in allowed and value not in (None, "", [], {})}
    for name, value in kept.items():
        if len(str(value)) > LONGEST_SETTING:
            raise BadConnection(name, f"'{name}' is longer than {LONGEST_SETTING} characters. Nothing was kept.")
    address = str(kept.get("address") or "")
    if address and not address.startswith(("https://", "http://")):
        raise BadConnection("address", "The address must begin with https://. Nothing was kept.")
    return kept


def _secrets(kind: str, given: Mapping[str, str]) -> dict[str, str]:
    return {name: value.strip() for name, value in given.items() if name in KINDS[kind].secrets and value.strip()}
