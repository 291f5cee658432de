"""Clients over the API: listed, read with their deals and tasks, and the fields people keep on their cards."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from flask import Response, abort
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from review.client_card import edits
from review.client_card.fields import CardFields
from review.client_card.refusals import ClientChanged
from review.queries.client import get_client
from review.queries.client_list import ClientFilter
from review.queries.client_list import list_clients as find_clients
from web.api.doing import answer, area
from web.api.fields import LARGEST_ID, Note, Words
from web.api.paging import NEXT, MarkQuery
from web.api.problems import Problem
from web.auth import viewer
from web.errors import Refused
from web.parts import parts
from web.reading.client_card import card_refusals_told, sellers_zone

blueprint = area("clients", "clients", "Whom the calls are with: cards, deals, tasks.")
Potential = Literal["low", "middle", "high"]


class ClientQuery(MarkQuery):
    """Which clients, by name."""

    q: str = Field("", max_length=100, description="Part of a name, company or number.")
    hot: bool = False
    potential: Potential | None = None
    standstill: int | None = Field(None, ge=1, le=99_999, description="Days an open deal has not moved.")
    promises: Literal["due", "overdue"] | None = None


class ClientPath(BaseModel):
    """Which client."""

    client_id: int = Field(ge=1, le=LARGEST_ID)


class ClientLine(BaseModel):
    """One client in a list; `deal_*` are of the open deal that has stood still longest."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    company: str | None
    potential: str | None
    hot: bool
    hot_note: str
    phone: str | None
    deal_title: str | None
    deal_stage: str | None
    deal_rep: str | None
    days_in_stage: int | None
    last_call_at: datetime | None
    next_task: str | None
    next_due: datetime | None
    promises_due: int
    promises_overdue: int


class ClientList(BaseModel):
    """A page of clients, by name."""

    clients: list[ClientLine]
    next: str | None = Field(description=NEXT)


class DealOut(BaseModel):
    """One deal or lead of a client."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    kind: str
    title: str
    stage: str | None
    stage_since: datetime | None
    days_in_stage: int | None
    amount: float | None
    currency: str | None
    rep_id: int | None
    status: str
    loss_reason: str | None
    opened_at: datetime | None
    closed_at: datetime | None


class TaskOut(BaseModel):
    """One task of the CRM."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    deal_id: int | None
    rep_id: int | None
    title: str
    due_at: datetime | None
    done_at: datetime | None
    overdue: bool


class ClientOut(BaseModel):
    """One client with deals and tasks; `mean_score` 0..100 over the scored calls the asker may see."""

    id: int
    external_id: str | None
    name: str
    company: str | None
    email: str | None
    phones: list[str]
    created_at: datetime
    responsible: str | None
    calls: int
    last_call_at: datetime | None
    mean_score: float | None
    do_not_call: list[str]
    deals: list[DealOut]
    tasks: list[TaskOut]


class FieldsIn(BaseModel):
    """The fields people keep on a card; `revision` is that of the fields that were read."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"revision": 3, "potential": "high", "note": "Decides in March", "hot": True}},
    )

    revision: int = Field(ge=1, le=LARGEST_ID)
    potential: Potential | None = None
    client_group: Note = ""
    product_group: Note = ""
    note: Words = ""
    hot: bool = False
    hot_note: Note = ""
    custom: dict[str, Note] = Field(default_factory=dict, description="The company's own fields, all of them.")


class FieldsOut(BaseModel):
    """The fields as they stand."""

    revision: int
    potential: Potential | None
    client_group: str
    product_group: str
    note: str
    hot: bool
    hot_note: str
    custom: dict[str, str]


@blueprint.get("/clients", responses={200: ClientList, 422: Problem})
def list_clients(query: ClientQuery) -> Response:
    """List the clients that the token's owner may see, by name."""
    wanted = ClientFilter(
        q=" ".join(query.q.replace("\x00", "").split()),
        hot=query.hot,
        potential=query.potential,
        standstill=query.standstill,
        promises=query.promises,
    )
    with parts().database.read() as db:
        page = find_clients(db, viewer(), wanted, zone=sellers_zone(), after=query.after, limit=query.limit)
    return answer(ClientList(clients=[ClientLine.model_validate(row) for row in page.rows], next=page.next))


@blueprint.get("/clients/<int:client_id>", responses={200: ClientOut, 404: Problem})
def read_client(path: ClientPath) -> Response:
    """Read one client with deals and tasks."""
    with parts().database.read() as db:
        card = get_client(db, viewer(), path.client_id, zone=sellers_zone())
    if card is None:
        abort(404)
    facts = card.client
    return answer(
        ClientOut(
            id=facts.id,
            external_id=facts.external_id,
            name=facts.name,
            company=facts.company,
            email=facts.email,
            phones=list(facts.phones),
            created_at=facts.created_at,
            responsible=card.responsible,
            calls=card.calls_total,
            last_call_at=card.last_call_at,
            mean_score=card.mean_score,
            do_not_call=[one.number for one in card.do_not_call],
            deals=[DealOut.model_validate(row) for row in card.deals],
            tasks=[TaskOut.model_validate(row) for row in card.tasks],
        )
    )


@blueprint.get("/clients/<int:client_id>/fields", responses={200: FieldsOut, 404: Problem})
def read_fields(path: ClientPath) -> Response:
    """Read the fields people keep on a client's card, with their revision."""
    with card_refusals_told(), parts().database.read() as db:
        revision, fields = edits.read_fields(db, viewer(), path.client_id)
    return answer(_fields(revision, fields))


@blueprint.put("/clients/<int:client_id>/fields", responses={200: FieldsOut, 404: Problem, 409: Problem, 422: Problem})
def write_fields(path: ClientPath, body: FieldsIn) -> Response:
    """Write all fields of a client's card, on top of the revision that was read; sent twice, stored once.

    409 when somebody changed the card meanwhile: read it again, and nothing was overwritten.
    """
    said = body.model_dump(exclude={"revision", "potential"})
    mine = CardFields(potential=body.potential or "", **said)
    try:
        with card_refusals_told(), parts().database.session() as db:
            edits.save_card(db, viewer(), path.client_id, body.revision, mine)
            revision, fields = edits.read_fields(db, viewer(), path.client_id)
    except ClientChanged as changed:
        raise Refused(
            409,
            _("This card was changed meanwhile"),
            _("Nothing was overwritten."),
            _("Read it again and send your change on top of that."),
            code=changed.code,
            revision=changed.revision,
        ) from changed
    return answer(_fields(revision, fields))


def _fields(revision: int, fields: CardFields) -> FieldsOut:
    return FieldsOut(
        revision=revision,
        potential=fields.potential or None,  # type: ignore[arg-type]  # one of POTENTIALS
        client_group=fields.client_group,
        product_group=fields.product_group,
        note=fields.note,
        hot=fields.hot,
        hot_note=fields.hot_note,
        custom=dict(fields.custom),
    )
