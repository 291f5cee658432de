"""Webhooks as people keep them: made with a secret that is shown once, changed, tried, switched on and off, removed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from review.errors import ReviewError
from review.models import WEBHOOK_EVENTS, Webhook, WebhookMessage, utc_now
from review.services import audit
from review.services.crm_secrets import SecretBox, SecretsLost
from review.settings import Settings
from review.webhooks.events import put_down
from review.webhooks.posting import Poster
from review.webhooks.signing import make_secret

LONGEST_NAME: Final = 120
LONGEST_URL: Final = 2000
MOST_WEBHOOKS: Final = 50
AT_ONCE: Final = -1.0  # before everything else, and also while the webhook is off
OVERLAP: Final = timedelta(hours=24)
"""How long both secrets sign after a new one was made: the receiver's time to take it over."""


class BadWebhook(ReviewError):
    """A webhook cannot be kept as asked. `field`: name, url, events or number; `why`: a word, see WHY of posting."""

    code = "bad_webhook"

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"The webhook's {field} cannot be used ({why}). Nothing was changed.")
        self.field = field
        self.why = why


class NoSuchWebhook(ReviewError):
    """There is no webhook, or no message of it, with this id."""

    code = "no_such_webhook"

    def __init__(self, row_id: int) -> None:
        super().__init__(f"There is no webhook or message {row_id}. Nothing was changed.")
        self.row_id = row_id


def open_box(settings: Settings) -> SecretBox:
    """What opens the signing secrets of this installation."""
    return SecretBox(settings.secret_key(), use="webhooks 1", kind="webhook")


def make_poster(settings: Settings) -> Poster:
    """What posts to receivers under this installation's settings."""
    return Poster(own=settings.webhook_own_hosts)


def make_webhook(
    session: Session, box: SecretBox, poster: Poster, *, name: str, url: str, events: Collection[str], by: int | None
) -> tuple[int, str]:
    """A new webhook, switched on: its id and its secret, which cannot be shown again. Raises BadWebhook."""
    if session.query(Webhook.id).count() >= MOST_WEBHOOKS:
        raise BadWebhook("number", "too_many")
    row = Webhook(name=_name(name), url=_url(url, poster), events=_events(events), user_id=by)
    session.add(row)
    session.flush()
    secret = make_secret()
    row.secrets = box.close(row.id, {"new": secret})
    audit.record(session, by, "webhook.made", "webhook", row.id, name=row.name, url=row.url, events=row.events)
    return row.id, secret


def change_webhook(
    session: Session,
    poster: Poster,
    webhook_id: int,
    *,
    by: int | None,
    name: str | None = None,
    url: str | None = None,
    events: Collection[str] | None = None,
    on: bool | None = None,
) -> None:
    """Change what is given. Switched on again, what waits goes out at once. Raises BadWebhook, NoSuchWebhook."""
    row = _find(session, webhook_id)
    before = {"name": row.name, "url": row.url, "events": list(row.events), "state": row.state}
    if name is not None:
        row.name = _name(name)
    if url is not None and url.strip() != row.url:
        row.url = _url(url, poster)
        _begin_anew(row)
    if events is not None:
        row.events = _events(events)
    if on is not None and on != (row.state == "on"):
        row.state, row.error = ("on", "") if on else ("off", "")
        _begin_anew(row)
    after = {"name": row.name, "url": row.url, "events": list(row.events), "state": row.state}
    changed = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
    if changed:
        audit.record(session, by, "webhook.changed", "webhook", webhook_id, **changed)
    session.flush()


def renew_secret(session: Session, box: SecretBox, webhook_id: int, *, by: int | None) -> str:
    """A new secret, shown only now; the one before signs beside it for OVERLAP. Raises NoSuchWebhook.

    One that cannot be read any more (another secret key of the installation) is replaced at once.
    """
    row = _find(session, webhook_id)
    try:
        kept = box.open(webhook_id, row.secrets)
    except SecretsLost:
        kept = {}
    secret = make_secret()
    row.secrets = box.close(webhook_id, {"new": secret, **({"old": kept["new"]} if "new" in kept else {})})
    row.old_secret_until = utc_now() + OVERLAP if "new" in kept else None
    audit.record(session, by, "webhook.secret_renewed", "webhook", webhook_id, name=row.name)
    session.flush()
    return secret


def remove_webhook(session: Session, webhook_id: int, *, by: int | None) -> None:
    """Remove it with all its messages. Raises NoSuchWebhook."""
    row = _find(session, webhook_id)
    audit.record(session, by, "webhook.removed", "webhook", webhook_id, name=row.name, url=row.url)
    session.execute(delete(WebhookMessage).where(WebhookMessage.webhook_id == webhook_id))
    session.execute(delete(Webhook).where(Webhook.id == webhook_id))


def try_webhook(session: Session, webhook_id: int, *, by: int | None) -> int:
    """Put down one message that says nothing but hello, sent within seconds, also while switched off; its id."""
    row = _find(session, webhook_id)
    message_id = put_down(session, webhook_id, "test", webhook_id, {"hello": "callcoach"})
    session.execute(update(WebhookMessage).where(WebhookMessage.id == message_id).values(next_at=AT_ONCE))
    audit.record(session, by, "webhook.tested", "webhook", webhook_id, name=row.name)
    return message_id


def send_again(session: Session, webhook_id: int, message_id: int, *, by: int | None) -> None:
    """Send one message once more, with the same id, however it went before. Raises NoSuchWebhook."""
    row = session.get(WebhookMessage, message_id)
    if row is None or row.webhook_id != webhook_id:
        raise NoSuchWebhook(message_id)
    row.state, row.attempts, row.first_at, row.done_at = "waiting", 0, None, None
    row.next_at = AT_ONCE if row.event == "test" else 0.0
    session.flush()
    audit.record(session, by, "webhook.sent_again", "webhook", webhook_id, message=message_id)


def send_failed_again(session: Session, webhook_id: int, *, by: int | None) -> int:
    """Send all that failed once more; how many. Raises NoSuchWebhook."""
    _find(session, webhook_id)
    changed = session.execute(
        update(WebhookMessage)
        .where(
            WebhookMessage.webhook_id == webhook_id, WebhookMessage.state == "failed", WebhookMessage.event != "test"
        )
        .values(state="waiting", attempts=0, first_at=None, done_at=None, next_at=0.0)
        .execution_options(synchronize_session=False)
    )
    count = int(changed.rowcount)  # type: ignore[attr-defined]
    if count:
        audit.record(session, by, "webhook.sent_again", "webhook", webhook_id, messages=count)
    return count


def _find(session: Session, webhook_id: int) -> Webhook:
    row = session.get(Webhook, webhook_id)
    if row is None:
        raise NoSuchWebhook(webhook_id)
    return row


def _begin_anew(row: Webhook) -> None:
    row.failing_since, row.failures, row.next_at = None, 0, 0.0


def _name(text: str) -> str:
    name = " ".join(text.replace("\x00", "").split())
    if not name or len(name) > LONGEST_NAME:
        raise BadWebhook("name", "empty" if not name else "long")
    return name


def _url(text: str, poster: Poster) -> str:
    url = text.strip()
    if not url or len(url) > LONGEST_URL or not url.isprintable() or " " in url:
        raise BadWebhook("url", "bad_address")
    why = poster.check(url)
    if why:
        raise BadWebhook("url", why)
    return url


def _events(names: Collection[str]) -> list[str]:
    unknown = sorted(set(names).difference(WEBHOOK_EVENTS))
    if unknown or not names:
        raise BadWebhook("events", "unknown" if unknown else "empty")
    return [event for event in WEBHOOK_EVENTS if event in set(names)]
