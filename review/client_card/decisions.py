"""What people decide on a card: whether a promise was kept, and that a fact from a call goes to the CRM."""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from review.client_card.refusals import BadField, NoSuchClient
from review.comments.refusals import Gone
from review.crm.outbox import CLIENT_FIELDS, enqueue, find_home
from review.models import PROMISE_DECISIONS, Call, PromiseDecision
from review.queries.client import may_see_client
from review.queries.client_promises import get_promise
from review.queries.client_said import get_fact
from review.queries.viewer import Viewer
from review.services.audit import record


def decide_promise(session: Session, viewer: Viewer, promise_id: int, decision: str) -> int:
    """Say of a promise that it was kept or not, or take one's word back; the client's id. Appended, never changed.

    Raises Gone when there is no such promise for this person, BadField for another word.
    """
    if decision not in PROMISE_DECISIONS:
        raise BadField("decision", f"'{decision}' is none of {', '.join(PROMISE_DECISIONS)}.")
    promise = get_promise(session, viewer, promise_id)
    call = session.get(Call, promise.call_id) if promise is not None else None
    if promise is None or call is None or call.client_id is None or not may_see_client(session, viewer, call.client_id):
        raise Gone("promise")
    session.add(
        PromiseDecision(
            call_id=promise.call_id,
            what=promise.what,
            due_on=promise.due_on,
            turn=promise.turn,
            decision=decision,
            user_id=viewer.user_id,
            author=viewer.name,
        )
    )
    record(
        session,
        viewer.user_id,
        "promise.decided",
        "call",
        promise.call_id,
        decision=decision,
        what=promise.what,
        due=promise.due_on.isoformat() if promise.due_on else None,
        client=call.client_id,
    )
    session.flush()
    return int(call.client_id)


def write_fact_to_crm(session: Session, viewer: Viewer, client_id: int, fact_id: int) -> str:
    """Put a fact with its quote into the outbox for the client's CRM: "queued", "before" (it is there already).

    "no_crm" when the client came from no connection: nothing is put down then. Raises NoSuchClient and Gone.
    """
    if not may_see_client(session, viewer, client_id):
        raise NoSuchClient(client_id)
    fact = get_fact(session, viewer, client_id, fact_id)
    if fact is None:
        raise Gone("fact")
    if find_home(session, client_id=client_id) is None:
        return "no_crm"
    field = fact.name if fact.name in CLIENT_FIELDS else f"custom.{fact.name}"
    payload = {"client_id": client_id, "field": field, "value": fact.value, "quote": fact.quote}
    made = enqueue(session, "crm.field", fact_key(client_id, fact.name, fact.value), payload)
    if made is None:
        return "before"
    record(session, viewer.user_id, "client.fact_to_crm", "client", client_id, field=field, call=fact.call_id)
    return "queued"


def fact_key(client_id: int, name: str, value: str) -> str:
    """The outbox's name for a fact: the same value is written once, whichever call said it."""
    return f"field:{client_id}:{name}:{hashlib.sha256(value.encode()).hexdigest()[:16]}"
