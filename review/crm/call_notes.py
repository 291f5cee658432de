"""Putting down that a call is to be told to its CRM, in the transaction in which it was judged."""

from __future__ import annotations

from sqlalchemy import String, cast, literal, select
from sqlalchemy.orm import Session

from review.crm.outbox import enqueue, find_home
from review.models import Call, CrmConnection, CrmId, OutboxItem


def note_scored(session: Session, call_id: int) -> None:
    """The machine has scored a call: its note is due where the connection says so. Does not commit."""
    connection = _connection_of(session, call_id)
    if connection is None:
        return
    if connection.note_when == "machine":
        enqueue(session, "crm.call_note", f"call_note:{call_id}", {"call_id": call_id})
    if connection.note_when != "off" and connection.settings.get("transcripts"):
        enqueue(session, "crm.transcript", f"transcript:{call_id}", {"call_id": call_id})


def note_evaluated(session: Session, call_id: int, evaluation_id: int, *, settled: int | None = None) -> None:
    """A person's evaluation is shown to the rep from now on: its note is due where the connection says so.

    Not when it is submitted: nobody should read in the CRM what they may not see here yet. `settled` is its revision
    after a dispute changed its answers: then it is told once more. Does not commit.
    """
    connection = _connection_of(session, call_id)
    if connection is not None and connection.note_when == "person":
        key = f"call_note:{call_id}:evaluation:{evaluation_id}"
        enqueue(session, "crm.call_note", key if settled is None else f"{key}:{settled}", {"call_id": call_id})


def note_linked_later(session: Session, connection_id: int, *, most: int = 500) -> int:
    """Scored calls that found their client only after a sync; how many are put down. Does not commit.

    Only calls since the connection was made: nobody wants notes of years ago.
    """
    connection = session.get(CrmConnection, connection_id)
    if connection is None or connection.note_when != "machine":
        return 0
    told = select(OutboxItem.id).where(OutboxItem.key == literal("call_note:").concat(cast(Call.id, String)))
    theirs = select(CrmId.row_id).where(
        CrmId.connection_id == connection_id, CrmId.entity.in_(("client", "company")), CrmId.deleted.is_(False)
    )
    calls = session.scalars(
        select(Call.id)
        .where(
            Call.state == "scored",
            Call.happened_at >= connection.created_at,
            Call.client_id.in_(theirs),
            ~told.exists(),
        )
        .order_by(Call.id)
        .limit(most)
    ).all()
    for call_id in calls:
        note_scored(session, call_id)
    return len(calls)


def _connection_of(session: Session, call_id: int) -> CrmConnection | None:
    call = session.execute(select(Call.client_id, Call.deal_id).where(Call.id == call_id)).first()
    if call is None or (call.client_id is None and call.deal_id is None):
        return None
    home = find_home(session, client_id=call.client_id, deal_id=call.deal_id)
    return None if home is None else session.get(CrmConnection, home.connection_id)
