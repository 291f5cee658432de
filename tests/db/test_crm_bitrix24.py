"""Bitrix24 beside the contract: an incoming webhook, limits told inside good answers, leads that carry their person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from review.crm.bitrix24 import Bitrix24
from review.crm.connector import Access, Contact, Deal
from review.crm.errors import CrmBusy, CrmCannot, CrmRefused
from tests.crm_fakes.bitrix24 import FakeBitrix, iso

LIMIT = (503, {}, b'{"error": "QUERY_LIMIT_EXCEEDED", "error_description": "Too many requests"}')
BLOCKED = (429, {}, b'{"error": "OPERATION_TIME_LIMIT", "error_description": "Method is blocked"}')
NO_RIGHT = (403, {}, b'{"error": "insufficient_scope", "error_description": "The request requires higher privileges"}')


@pytest.fixture
def portal() -> Iterator[FakeBitrix]:
    with FakeBitrix() as fake:
        fake.fill()
        yield fake


def connector(portal: FakeBitrix, waited: list[float], **settings: Any) -> Bitrix24:
    secrets = {"webhook": f"{portal.address}/rest/1/webhook-code/"}
    return Bitrix24(Access(settings=settings, secrets=secrets, keep=lambda _read, changed: changed, wait=waited.append))


def test_an_incoming_webhook_is_enough(portal: FakeBitrix) -> None:
    made = connector(portal, [])
    assert made.test() == f"{portal.address} (Admin Istrator)"
    rows = [row for page in made.pull({}) for row in page.rows]
    assert len([row for row in rows if isinstance(row, Deal)]) == 3
    assert all(path.startswith("/rest/1/webhook-code/") for _method, path in portal.asked)


def test_a_lead_carries_its_person_until_it_is_joined_to_a_contact(portal: FakeBitrix) -> None:
    portal.lists["crm.lead.list"].append(
        {
            "ID": "8", "TITLE": "From the site", "NAME": "Olga", "STATUS_ID": "JUNK", "STATUS_SEMANTIC_ID": "F",
            "CONTACT_ID": None, "PHONE": [{"VALUE": "+49 30 777770"}], "ASSIGNED_BY_ID": "11", "MOVED_BY_ID": "12",
            "DATE_CREATE": iso(1), "DATE_MODIFY": iso(2), "MOVED_TIME": iso(2),
        }
    )  # fmt: skip
    rows = [row for page in connector(portal, []).pull({}) for row in page.rows]
    [person] = [row for row in rows if isinstance(row, Contact) and row.id == "lead-8"]
    [lead] = [row for row in rows if isinstance(row, Deal) and row.kind == "lead"]
    assert (person.name, person.phones) == ("Olga", ("+49 30 777770",))
    assert (lead.id, lead.contact_id, lead.status, lead.loss_reason) == ("L8", "lead-8", "unqualified", "Брак")
    assert (lead.closed_by_id, lead.closed_at) == ("12", lead.stage_since)


def test_limits_are_respected(portal: FakeBitrix) -> None:
    waited: list[float] = []
    made = connector(portal, waited)
    portal.faults = [LIMIT]
    assert made.test()
    assert len(waited) == 1
    portal.faults = [BLOCKED]
    with pytest.raises(CrmBusy):
        made.test()
    waited.clear()
    portal.operating = 450.0  # the answer is good, but the method's time is nearly used up
    assert made.test()
    assert len(waited) == 1
    assert waited[0] >= 1


def test_a_missing_right_is_said(portal: FakeBitrix) -> None:
    portal.faults = [NO_RIGHT]
    with pytest.raises(CrmRefused, match="insufficient_scope"):
        connector(portal, []).test()
    with pytest.raises(CrmCannot):
        Bitrix24(Access(settings={}, secrets={}, keep=lambda _read, changed: changed, wait=lambda _s: None))
