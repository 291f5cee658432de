"""Webhooks over the API: made with a secret that is given once, changed, tried, and their deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from flask import Response, abort
from pydantic import BaseModel, ConfigDict, Field

from review.webhooks.keeping import (
    BadWebhook,
    NoSuchWebhook,
    change_webhook,
    make_poster,
    make_webhook,
    open_box,
    remove_webhook,
    renew_secret,
    send_again,
    send_failed_again,
    try_webhook,
)
from review.webhooks.listing import MessageRow, WebhookRow, get_webhook, list_messages
from review.webhooks.listing import list_webhooks as find_webhooks
from web.api.doing import answer, area, do_once, once_by_key
from web.api.fields import LARGEST_ID, Line
from web.api.paging import NEXT, PageQuery, cut
from web.api.problems import Problem
from web.auth import viewer
from web.blueprints.programs import webhook_refusal
from web.parts import parts

blueprint = area("webhooks", "webhooks", "Who is told when something happened, and what came of each telling.")
Event = Literal["call.scored", "flag.raised", "evaluation.submitted", "dispute.decided"]
EXAMPLE: dict[str, Any] = {"name": "BI", "url": "https://example.com/hooks/callcoach", "events": ["call.scored"]}


class WebhookIn(BaseModel):
    """A new webhook, switched on at once."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})

    name: Line
    url: str = Field(min_length=1, max_length=2000, description="https, on the open net or a host of the settings.")
    events: list[Event] = Field(min_length=1, max_length=4)


class WebhookChange(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"on": False}})

    name: Line | None = None
    url: str | None = Field(None, min_length=1, max_length=2000)
    events: list[Event] | None = Field(None, min_length=1, max_length=4)
    on: bool | None = Field(None, description="Switch it on or off. Switched on again, what waits goes out.")


class WebhookPath(BaseModel):
    """Which webhook."""

    webhook_id: int = Field(ge=1, le=LARGEST_ID)


class MessagePath(WebhookPath):
    """Which delivery."""

    message_id: int = Field(ge=1, le=LARGEST_ID)


class WebhookOut(BaseModel):
    """One webhook; `counts` are its deliveries by state."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    url: str
    events: list[str]
    state: Literal["on", "off", "failed"]
    why: str = Field(description="Why it was switched off by itself: gone or no_answer, else empty.")
    failing: bool
    answered_at: datetime | None
    old_secret_until: datetime | None = Field(description="Until then deliveries carry the old signature too.")
    created_at: datetime
    counts: dict[str, int]


class WebhookList(BaseModel):
    """All webhooks, the oldest first."""

    webhooks: list[WebhookOut]


class SecretOut(BaseModel):
    """A signing secret, given only now."""

    id: int = Field(description="The webhook.")
    secret: str = Field(description="`whsec_` and Base64.")


class TryOut(BaseModel):
    """One try; `why` is empty when it was taken."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    status: int | None
    why: str
    answer: str
    ms: int


class DeliveryOut(BaseModel):
    """One delivery; `tries` the newest first, `uid` is the header webhook-id of every try."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    uid: str
    event: str
    subject_id: int
    body: dict[str, Any]
    occurred_at: datetime
    state: Literal["waiting", "sent", "failed"]
    attempts: int
    tries: list[TryOut]
    done_at: datetime | None


class DeliveryQuery(PageQuery):
    """Which deliveries, the newest first."""

    state: Literal["waiting", "sent", "failed"] | None = None


class DeliveryList(BaseModel):
    """A page of deliveries."""

    deliveries: list[DeliveryOut]
    next: str | None = Field(description=NEXT)


class SentAgainOut(BaseModel):
    """How many failed deliveries go out once more."""

    deliveries: int


class Done(BaseModel):
    """What was done, and to which."""

    id: int


@blueprint.get("/webhooks", responses={200: WebhookList})
def list_webhooks() -> Response:
    """List the webhooks."""
    with parts().database.read() as db:
        rows = find_webhooks(db)
    return answer(WebhookList(webhooks=[_out(row) for row in rows]))


@blueprint.post("/webhooks", responses={201: SecretOut, 409: Problem, 422: Problem})
@once_by_key
def create_webhook(body: WebhookIn) -> Response:
    """Make a webhook; the answer holds its signing secret, which cannot be read again.

    A repeat under the same Idempotency-Key gives the webhook's id with an empty secret.
    """
    given: list[str] = []

    def make(db: Any) -> SecretOut:
        made, secret = make_webhook(
            db,
            open_box(parts().settings),
            make_poster(parts().settings),
            name=body.name,
            url=body.url,
            events=list(body.events),
            by=viewer().user_id,
        )
        given.append(secret)
        return SecretOut(id=made, secret="")  # a secret is not kept with the request's answer

    with _told():
        response = do_once(make)
    if given:
        return answer(SecretOut(id=response.get_json()["id"], secret=given[0]), 201)
    return response


@blueprint.get("/webhooks/<int:webhook_id>", responses={200: WebhookOut, 404: Problem})
def read_webhook(path: WebhookPath) -> Response:
    """Read one webhook."""
    with parts().database.read() as db:
        return answer(_read(db, path.webhook_id))


@blueprint.patch("/webhooks/<int:webhook_id>", responses={200: WebhookOut, 404: Problem, 422: Problem})
def change(path: WebhookPath, body: WebhookChange) -> Response:
    """Change name, address, events, or switch it on or off."""
    with _told(), parts().database.session() as db:
        change_webhook(
            db,
            make_poster(parts().settings),
            path.webhook_id,
            by=viewer().user_id,
            name=body.name,
            url=body.url,
            events=None if body.events is None else list(body.events),
            on=body.on,
        )
        return answer(_read(db, path.webhook_id))


@blueprint.delete("/webhooks/<int:webhook_id>", responses={200: Done, 404: Problem})
def remove(path: WebhookPath) -> Response:
    """Remove a webhook with its deliveries."""
    with _told(), parts().database.session() as db:
        remove_webhook(db, path.webhook_id, by=viewer().user_id)
    return answer(Done(id=path.webhook_id))


@blueprint.post("/webhooks/<int:webhook_id>/secret", responses={201: SecretOut, 404: Problem})
def renew(path: WebhookPath) -> Response:
    """Make a new signing secret; for a day deliveries carry the old signature too."""
    with _told(), parts().database.session() as db:
        secret = renew_secret(db, open_box(parts().settings), path.webhook_id, by=viewer().user_id)
    return answer(SecretOut(id=path.webhook_id, secret=secret), 201)


@blueprint.post("/webhooks/<int:webhook_id>/test", responses={201: Done, 404: Problem})
def send_test(path: WebhookPath) -> Response:
    """Send a delivery that says nothing but hello; its id."""
    with _told(), parts().database.session() as db:
        made = try_webhook(db, path.webhook_id, by=viewer().user_id)
    return answer(Done(id=made), 201)


@blueprint.get("/webhooks/<int:webhook_id>/deliveries", responses={200: DeliveryList, 404: Problem, 422: Problem})
def list_deliveries(path: WebhookPath, query: DeliveryQuery) -> Response:
    """List what was sent, with every try."""
    place = query.place(int)
    with parts().database.read() as db:
        if get_webhook(db, path.webhook_id) is None:
            abort(404)
        before = None if place is None else place[1]
        rows = list_messages(db, path.webhook_id, before=before, state=query.state, limit=query.limit + 1)
    shown, following = cut(rows, query.limit, lambda row: (row.id, row.id))
    return answer(DeliveryList(deliveries=[_delivery(row) for row in shown], next=following))


@blueprint.post("/webhooks/<int:webhook_id>/deliveries/<int:message_id>/again", responses={200: Done, 404: Problem})
def again(path: MessagePath) -> Response:
    """Send one delivery once more, under the same uid."""
    with _told(), parts().database.session() as db:
        send_again(db, path.webhook_id, path.message_id, by=viewer().user_id)
    return answer(Done(id=path.message_id))


@blueprint.post("/webhooks/<int:webhook_id>/deliveries/failed-again", responses={200: SentAgainOut, 404: Problem})
def all_failed_again(path: WebhookPath) -> Response:
    """Send every delivery that failed once more, each under the same uid."""
    with _told(), parts().database.session() as db:
        return answer(SentAgainOut(deliveries=send_failed_again(db, path.webhook_id, by=viewer().user_id)))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except NoSuchWebhook:
        abort(404)
    except BadWebhook as error:
        raise webhook_refusal(error) from error


def _read(db: Any, webhook_id: int) -> WebhookOut:
    row = get_webhook(db, webhook_id)
    if row is None:
        abort(404)
    return _out(row)


def _out(row: WebhookRow) -> WebhookOut:
    return WebhookOut.model_validate(row)


def _delivery(row: MessageRow) -> DeliveryOut:
    return DeliveryOut.model_validate(row)
