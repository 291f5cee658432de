"""What other systems are told: put down here in the transaction of the fact itself, sent later, at least once.

| Event | `subject_id` | Body |
|---|---|---|
| `call.scored` | the call | `assessment_id`, `standard`, `version`, `score`, `coverage`, `state`, `again`, `rep_id` |
| `flag.raised` | the call | `flag`, `count`, `rep_id` |
| `evaluation.submitted` | the evaluation | `call_id`, `standard`, `version`, `score`, `reviewer_id`, `rep_id` |
| `dispute.decided` | the dispute | `call_id`, `evaluation_id`, `decision`, `score_before`, `score_after`, `rep_id` |

A body holds ids, scores and words of our own (states, ids of criteria): never what a client said, a name or a number.
`event`, `occurred_at`, the id and the links are added when it is sent. Nothing is stored where nobody is to be told.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import WEBHOOK_EVENTS, Webhook, WebhookMessage, utc_now

SUBJECT: Final[Mapping[str, str]] = {
    "call.scored": "call",
    "flag.raised": "call",
    "evaluation.submitted": "evaluation",
    "dispute.decided": "dispute",
    "test": "webhook",
}


def tell(session: Session, event: str, subject_id: int, body: Mapping[str, Any]) -> int:
    """Put down that this has happened, for every webhook that wants to know; how many there are. Does not commit.

    Raises ValueError for an unknown event and for a body that is not plain ids, numbers and short words.
    """
    if event not in WEBHOOK_EVENTS:
        raise ValueError(f"there is no event {event!r}: {', '.join(WEBHOOK_EVENTS)}")
    _check(body)
    # Held against removal until the fact is stored: a webhook that goes meanwhile must not take the fact with it.
    found = session.execute(
        select(Webhook.id, Webhook.events)
        .where(Webhook.state == "on")
        .order_by(Webhook.id)
        .with_for_update(read=True, key_share=True)
    )
    wanted = [row.id for row in found if event in row.events]
    for webhook_id in wanted:
        put_down(session, webhook_id, event, subject_id, body)
    return len(wanted)


def put_down(
    session: Session,
    webhook_id: int,
    event: str,
    subject_id: int,
    body: Mapping[str, Any],
    *,
    occurred_at: datetime | None = None,
) -> int:
    """One message for one webhook; its id. Does not commit."""
    message = WebhookMessage(
        webhook_id=webhook_id,
        uid=f"msg_{secrets.token_urlsafe(18)}",
        event=event,
        subject_id=subject_id,
        body=dict(body),
        occurred_at=occurred_at or utc_now(),
    )
    session.add(message)
    session.flush()
    return message.id


def _check(body: Mapping[str, Any]) -> None:
    for name, value in body.items():
        plain = value is None or isinstance(value, (bool, int, float))
        if not plain and not (isinstance(value, str) and len(value) <= 100):
            raise ValueError(f"{name} is told as an id, a number or a word of at most 100 characters, not {value!r}")
