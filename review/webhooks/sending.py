"""Sending what was put down: one sender for each webhook at a time, at least once, given up where people see it.

A receiver that does not answer is left alone for a while, so that its messages wait instead of being tried one after
the other; one that answers but refuses a single message gets the others. After GIVE_UP seconds of failing, or at once
when it says 410, a webhook is switched off and the administrators are told. Waiting messages stay and go out when
somebody switches it on again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from review.clock import database_now
from review.comments.notices import notify
from review.db import Database
from review.models import User, UserRole, Webhook, WebhookMessage, utc_now
from review.services import audit
from review.services.crm_secrets import SecretBox, SecretsLost
from review.services.held import backoff, is_free, let_go, still_holds, take
from review.webhooks.payload import write_payload
from review.webhooks.posting import Outcome, Poster
from review.webhooks.signing import signed_headers

log = structlog.get_logger(__name__)

LEASE: Final = 60.0  # seconds; one try takes at most half of it
GIVE_UP: Final = 3 * 86_400.0  # of failing, for a message and for a webhook
FIRST_PAUSE: Final = 10.0  # of one message; then doubling
LONGEST_PAUSE: Final = 6 * 3600.0
FIRST_REST: Final = 5.0  # of a webhook whose receiver does not answer
LONGEST_REST: Final = 600.0
KEPT_TRIES: Final = 20
IN_ONE_TURN: Final = 50  # messages of one webhook before another one has its turn
BUSY: Final = frozenset({408, 425, 429})  # answers that say "later", like 5xx


@dataclass(frozen=True, slots=True)
class Taken:
    """A webhook that this sender alone tells; `only_tests`: it is switched off or rests."""

    id: int
    token: str
    url: str
    secrets: tuple[str, ...]  # empty when they cannot be read
    only_tests: bool


@dataclass(frozen=True, slots=True)
class Due:
    """A message whose turn it is."""

    id: int
    uid: str
    event: str
    attempts: int
    payload: bytes


class Teller:
    """Tells webhooks what is due."""

    def __init__(
        self,
        database: Database,
        box: SecretBox,
        poster: Poster,
        *,
        public_url: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._box = box
        self._poster = poster
        self._public_url = public_url
        self._clock = clock

    def tell_due(self, *, stop: Callable[[], bool] = lambda: False) -> int:
        """Send until nothing is due; how many tries."""
        tries = 0
        while not stop():
            with self._database.session() as session:
                taken = take_webhook(session, self._box)
            if taken is None:
                break
            tries += self._tell(taken, stop)
        return tries

    def _tell(self, taken: Taken, stop: Callable[[], bool]) -> int:
        tries = 0
        going_on = True
        while going_on and tries < IN_ONE_TURN and not stop():
            with self._database.session() as session:
                if not still_holds(session, Webhook, taken.id, taken.token, lease_until=database_now() + LEASE):
                    return tries
                taken = look_again(session, taken, self._box)
                due = next_message(session, taken, public_url=self._public_url)
            if due is None:
                break
            outcome = self._post(taken, due)
            tries += 1
            with self._database.session() as session:
                going_on = note_try(session, taken, due, outcome)
        with self._database.session() as session:
            let_go(session, Webhook, taken.id, taken.token)
        return tries

    def _post(self, taken: Taken, due: Due) -> Outcome:
        if not taken.secrets:
            return Outcome("secret_lost")
        try:
            headers = signed_headers(taken.secrets, due.uid, int(self._clock()), due.payload)
            return self._poster.post(taken.url, due.payload, headers)
        except Exception as error:  # counted as a try, or it would come back at once without end
            log.exception("message %d could not be sent", due.id)
            return Outcome("fault", answer=type(error).__name__)


def take_webhook(session: Session, box: SecretBox) -> Taken | None:
    """A webhook that has something to be told and that nobody tells at the moment. Does not commit."""
    for found in session.execute(_due()).all():
        token = take(session, Webhook, found.id, lease=LEASE)
        if token:
            return Taken(found.id, token, found.url, _secrets(found, box), not found.open)
    return None


def look_again(session: Session, taken: Taken, box: SecretBox) -> Taken:
    """The held webhook as it is now: another address or secret holds from the next message on, and so does off."""
    row = session.execute(
        select(Webhook.id, Webhook.url, Webhook.secrets, Webhook.old_secret_until, Webhook.state).where(
            Webhook.id == taken.id
        )
    ).one()
    return replace(taken, url=row.url, secrets=_secrets(row, box), only_tests=taken.only_tests or row.state != "on")


def anything_due(session: Session) -> bool:
    """Whether something could be sent now. Reads only."""
    return session.execute(_due().limit(1)).first() is not None


def next_message(session: Session, taken: Taken, *, public_url: str | None) -> Due | None:
    """The message of a taken webhook whose turn it is."""
    until = 0.0 if taken.only_tests else database_now()
    found = session.scalar(
        select(WebhookMessage)
        .where(
            WebhookMessage.webhook_id == taken.id,
            WebhookMessage.state == "waiting",
            WebhookMessage.next_at < 0 if taken.only_tests else WebhookMessage.next_at <= until,
        )
        .order_by(WebhookMessage.next_at, WebhookMessage.id)
        .limit(1)
    )
    if found is None:
        return None
    payload = write_payload(
        found.uid, found.event, found.subject_id, found.body, found.occurred_at, public_url=public_url
    )
    return Due(found.id, found.uid, found.event, found.attempts, payload)


def note_try(session: Session, taken: Taken, due: Due, outcome: Outcome) -> bool:
    """Store what came of a try; whether the webhook's next message may follow at once. Does not commit."""
    if not still_holds(session, Webhook, taken.id, taken.token):
        return False
    now = float(session.scalar(select(database_now())) or 0.0)
    message = session.get_one(WebhookMessage, due.id, populate_existing=True)
    webhook = session.get_one(Webhook, taken.id, populate_existing=True)
    message.attempts += 1
    message.first_at = now if message.first_at is None else message.first_at
    message.tries = [*message.tries, _line(outcome)][-KEPT_TRIES:]
    if outcome.taken:
        message.state, message.done_at = "sent", utc_now()
        webhook.failing_since, webhook.failures, webhook.next_at, webhook.answered_at = None, 0, 0.0, utc_now()
        return True
    test = message.event == "test"
    pause = max(backoff(message.attempts, FIRST_PAUSE, LONGEST_PAUSE), outcome.wait or 0.0)
    if test or outcome.why == "gone" or now - message.first_at >= GIVE_UP:
        message.state, message.done_at = "failed", utc_now()
    else:
        message.next_at = now + pause
    if test:  # a try by hand says nothing of how it goes by itself
        return False
    webhook.failing_since = now if webhook.failing_since is None else webhook.failing_since
    if webhook.state == "on" and (outcome.why == "gone" or now - webhook.failing_since >= GIVE_UP):
        switch_off(session, webhook, "gone" if outcome.why == "gone" else "no_answer")
        return False
    if outcome.status is not None and 400 <= outcome.status < 500 and outcome.status not in BUSY:
        return True  # it is there and refuses this one
    webhook.failures += 1
    webhook.next_at = now + max(backoff(webhook.failures, FIRST_REST, LONGEST_REST), outcome.wait or 0.0)
    return False


def switch_off(session: Session, webhook: Webhook, why: str) -> None:
    """Nothing goes there any more until somebody switches it on again; the administrators are told."""
    webhook.state, webhook.error = "failed", why
    audit.record(session, None, "webhook.switched_off", "webhook", webhook.id, name=webhook.name, why=why)
    admins = select(UserRole.user_id).where(UserRole.role == "admin")
    people = session.scalars(
        select(User.id)
        .where(User.disabled_at.is_(None), or_(User.id.in_(admins), User.id == webhook.user_id))
        .order_by(User.id)
    )
    for user_id in people.all():
        notify(
            session,
            user_id,
            "webhook_off",
            body={"webhook": webhook.name, "why": why, "url": f"/programs/webhooks/{webhook.id}"},
        )


def prune(session: Session, before: datetime) -> int:
    """Forget messages that were put down before this time and are done, or wait for a webhook that is off."""
    off = select(Webhook.id).where(Webhook.state != "on")
    old = or_(WebhookMessage.done_at < before, WebhookMessage.webhook_id.in_(off))
    gone = session.execute(delete(WebhookMessage).where(WebhookMessage.occurred_at < before, old))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _due() -> Any:
    open_now = and_(Webhook.state == "on", Webhook.next_at <= database_now())
    mine = (WebhookMessage.webhook_id == Webhook.id, WebhookMessage.state == "waiting")
    waits = select(WebhookMessage.id).where(*mine, WebhookMessage.next_at <= database_now()).exists()
    tests = select(WebhookMessage.id).where(*mine, WebhookMessage.next_at < 0).exists()
    return (
        select(Webhook.id, Webhook.url, Webhook.secrets, Webhook.old_secret_until, open_now.label("open"))
        .where(is_free(Webhook), or_(and_(open_now, waits), tests))
        .order_by(Webhook.next_at, Webhook.id)
    )


def _secrets(row: Any, box: SecretBox) -> tuple[str, ...]:
    """The newest first; the one before it while both are used."""
    try:
        kept = box.open(row.id, row.secrets)
    except SecretsLost:
        return ()
    both = row.old_secret_until is not None and row.old_secret_until > utc_now()
    return tuple(kept[name] for name in ("new", "old") if name in kept and (name == "new" or both))


def _line(outcome: Outcome) -> dict[str, Any]:
    return {
        "at": utc_now().isoformat(timespec="seconds"),
        "status": outcome.status,
        "why": outcome.why,
        "answer": outcome.answer,
        "ms": round(outcome.seconds * 1000),
    }
