"""Changes by hand on a client's card: one at a time, each on top of the version its writer saw."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review.client_card.fields import (
    CardFields,
    as_spelled,
    check_fields,
    differing,
    fields_of,
    keep_spelling,
    moved_since,
)
from review.client_card.refusals import ClientChanged, NoSuchClient
from review.models import Client
from review.queries.viewer import Viewer
from review.queries.visibility import visible_clients
from review.services.audit import record


def read_fields(session: Session, viewer: Viewer, client_id: int) -> tuple[int, CardFields]:
    """The card's revision and fields as they stand. Raises NoSuchClient."""
    client = _client(session, viewer, client_id)
    return client.revision, fields_of(client)


def save_card(
    session: Session, viewer: Viewer, client_id: int, revision: int, fields: CardFields, base: CardFields | None = None
) -> int:
    """Store the fields a person saw at `revision`; the new revision, or the same one when nothing differs.

    `base` is what they said when the form was opened: a CRM changes a card without raising its revision.
    Raises NoSuchClient, ClientChanged when the card was changed since (nothing is stored), BadField and TooLong.
    """
    client = _client(session, viewer, client_id)
    theirs = fields_of(client)
    if base is not None:
        base = as_spelled(base, theirs)
    mine = keep_spelling(check_fields(as_spelled(fields, theirs), theirs, base), theirs)
    changed = differing(theirs, mine)
    if not changed:
        return client.revision
    if client.revision != revision or (base is not None and moved_since(theirs, base, mine)):
        raise ClientChanged(client.revision, theirs.to_json())
    _store(session, client, mine)
    _tell(session, viewer, client_id, changed, theirs, mine)
    return revision + 1


def _store(session: Session, client: Client, fields: CardFields) -> None:
    """Write on top of the revision that was read. Raises ClientChanged when another transaction was first."""
    revision = client.revision
    values: dict[str, Any] = {
        "potential": fields.potential or None,
        "client_group": fields.client_group or None,
        "product_group": fields.product_group or None,
        "note": fields.note or None,
        "hot": fields.hot,
        "hot_note": fields.hot_note,
        "custom": dict(fields.custom),
    }
    done = session.execute(
        update(Client)
        .where(Client.id == client.id, Client.revision == revision)
        .values(**values, revision=revision + 1)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        session.refresh(client)
        raise ClientChanged(client.revision, fields_of(client).to_json())
    session.expire(client)


def _tell(
    session: Session, viewer: Viewer, client_id: int, changed: tuple[str, ...], before: CardFields, after: CardFields
) -> None:
    """One audit event with the fields' names; of what is no free text the values too."""
    told = [name for name in changed if name in ("potential", "hot")]
    record(
        session,
        viewer.user_id,
        "client.changed",
        "client",
        client_id,
        fields=list(changed),
        before={name: before.value(name) for name in told},
        after={name: after.value(name) for name in told},
    )


def _client(session: Session, viewer: Viewer, client_id: int) -> Client:
    found = session.scalar(select(Client).where(Client.id == client_id, visible_clients(viewer)))
    if found is None:
        raise NoSuchClient(client_id)
    return found
