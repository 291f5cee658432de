"""HubSpot (CRM v3 objects): contacts with a lead status and deals, with histories; calls, notes and tasks back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from review.crm import hubspot_rows as shapes
from review.crm.connector import (
    Access,
    CallNote,
    Card,
    FieldValue,
    NewTask,
    Page,
    Reopening,
    Row,
    Transcript,
)
from review.crm.errors import CrmCannot, CrmNonsense
from review.crm.hubspot_rest import HubRest
from review.crm.hubspot_rows import HubRows, Stages, first_of
from review.crm.pushing import field_map, field_note, mark, marked
from review.crm.reading import advance, dig, id_of, since_of, text_of

# HubSpot's own numbers of "this activity belongs to that object".
JOINS: Final[Mapping[str, Mapping[str, int]]] = {
    "calls": {"contacts": 194, "companies": 182, "deals": 206},
    "notes": {"contacts": 202, "companies": 190, "deals": 214},
    "tasks": {"contacts": 204, "companies": 192, "deals": 216},
}
BODIES: Final = {"calls": "hs_call_body", "notes": "hs_note_body", "tasks": "hs_task_body"}
FIRST_LEAD_STATUS: Final = "OPEN"


class HubSpot:
    """One HubSpot account."""

    def __init__(self, access: Access) -> None:
        self._settings = access.settings
        self._rest = HubRest(access)
        self._stages: Stages | None = None

    def test(self) -> str:
        """The account's number."""
        return text_of(dig(self._rest.http.get("account-info/v3/details"), "portalId")) or "HubSpot"

    def pull(self, cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Owners, companies, contacts and their lead status, deals, tasks, notes, e-mails."""
        state = dict(cursor)
        rows = self._rows()
        yield Page(tuple(rows.person(item) for item in self._rest.every("crm/v3/owners")), dict(state))
        for items, upto in self._rest.changed("companies", shapes.COMPANY, since_of(state, "companies")):
            advance(state, "companies", upto)
            yield Page(tuple(rows.company(item) for item in items), dict(state))
        wanted = (*shapes.CONTACT, *rows.more_fields)
        for items, upto in self._rest.changed("contacts", wanted, since_of(state, "contacts")):
            advance(state, "contacts", upto)
            yield Page(self._contacts(rows, items), dict(state))
        for items, upto in self._rest.changed("deals", shapes.DEAL, since_of(state, "deals")):
            advance(state, "deals", upto)
            yield Page(self._deals(rows, items), dict(state))
        for kind, wanted in (("tasks", shapes.TASK), ("notes", shapes.NOTE), ("emails", shapes.EMAIL)):
            make: Any = {"tasks": rows.task, "notes": rows.note, "emails": rows.email}[kind]
            for items, upto in self._rest.changed(kind, wanted, since_of(state, kind)):
                advance(state, kind, upto)
                owners = self._owners(kind, [str(item["id"]) for item in items])
                made = [make(item, owners[str(item["id"])]) for item in items if owners.get(str(item["id"]))]
                yield Page(tuple(row for row in made if row is not None), dict(state))

    def fetch(self, contacts: Sequence[str], companies: Sequence[str]) -> tuple[Row, ...]:
        """These contacts and companies, and the companies of these contacts."""
        rows = self._rows()
        items = self._rest.read("contacts", contacts, (*shapes.CONTACT, *rows.more_fields)) if contacts else []
        joined = self._rest.joined("contacts", "companies", [str(item["id"]) for item in items]) if items else {}
        people = [rows.contact(item, first_of(joined.get(str(item["id"]), []))) for item in items]
        wanted = sorted({*companies, *(person.company_id for person in people if person.company_id)})
        found = self._rest.read("companies", wanted, shapes.COMPANY) if wanted else []
        return (*(rows.company(item) for item in found), *people)

    def missing(self, entity: str, ids: Sequence[str]) -> frozenset[str]:
        """Those that a batch of ids leaves out."""
        there: set[str] = set()
        for kind, prefix in (("contacts", "C" if entity == "deal" else ""), ("deals", "")):
            if kind == "deals" and entity == "client":
                continue
            wanted = [one.removeprefix(prefix) for one in ids if one.startswith(prefix)]
            wanted = [one for one in wanted if one.isdigit()]
            found = self._rest.read(kind, wanted, ("hs_object_id",)) if wanted else []
            there |= {f"{prefix}{item['id']}" for item in found if not item.get("archived")}
        return frozenset(ids) - there

    def push_call(self, note: CallNote, key: str, *, again: bool) -> str:
        """A call in the card's activities."""
        properties = {
            "hs_timestamp": note.at.isoformat(),
            "hs_call_title": "Callcoach",
            "hs_call_body": _html(marked(note.text, key, note.link)),
            "hs_call_direction": "INBOUND" if note.direction == "inbound" else "OUTBOUND",
            "hs_call_duration": str(note.duration * 1000),
            "hs_call_status": "COMPLETED",
            ("hs_call_from_number" if note.direction == "inbound" else "hs_call_to_number"): note.phone,
        }
        return self._make("calls", note.card, properties, note.person_id, key, again=again)

    def push_task(self, task: NewTask, key: str, *, again: bool) -> str:
        """A task on the card."""
        properties = {
            "hs_timestamp": task.due_at.isoformat(),
            "hs_task_subject": task.title,
            "hs_task_body": _html(marked(task.text, key)),
            "hs_task_status": "NOT_STARTED",
        }
        return self._make("tasks", task.card, properties, task.person_id, key, again=again)

    def withdraw(self, card: Card, of: str, text: str, key: str) -> str:
        """The task completed, with the reason as its words."""
        known = self._find("tasks", card, of)
        if known is None:
            return ""
        words = {"hs_task_status": "COMPLETED", "hs_task_body": _html(marked(text, of))}
        self._rest.http.send("PATCH", f"crm/v3/objects/tasks/{known}", body={"properties": words}, repeatable=True)
        return known

    def reopen(self, reopening: Reopening, key: str, *, again: bool) -> str:
        """The deal in its pipeline's first stage, or the contact's lead status open, with owner and brief."""
        remote = reopening.card.deal_id
        if remote is None:
            raise CrmCannot("Only a lead or deal can be opened again, and this client has none there.")
        http = self._rest.http
        if remote.startswith("C"):
            status = reopening.stage or FIRST_LEAD_STATUS
            path, values = f"crm/v3/objects/contacts/{remote[1:]}", {"hs_lead_status": status}
        else:
            path = f"crm/v3/objects/deals/{remote}"
            pipeline = str(dig(http.get(path, {"properties": "pipeline"}), "properties", "pipeline"))
            stages = self._read_stages()
            wanted = stages.find(pipeline, reopening.stage) if reopening.stage else None
            stage = wanted or stages.first.get(pipeline)
            if stage is None:
                raise CrmCannot("Its pipeline has no stage to work in.")
            values = {"dealstage": stage}
        values["hubspot_owner_id"] = reopening.person_id
        http.send("PATCH", path, body={"properties": values}, repeatable=True)
        if reopening.text:
            self._note(reopening.card, marked(reopening.text, key), key, again=again)
        return remote

    def push_transcript(self, transcript: Transcript, key: str, *, again: bool) -> str:
        """There is no open place for transcripts."""
        raise CrmCannot("HubSpot takes transcripts only from its own calling; the call carries the link to it.")

    def push_field(self, value: FieldValue, key: str, *, again: bool) -> str:
        """The mapped property of the contact; in a note where none is mapped."""
        name, contact = field_map(self._settings).get(value.field), value.card.contact_id
        if name is None or contact is None:
            return self._note(value.card, marked(field_note(value), key), key, again=again)
        body = {"properties": {name: value.value}}
        self._rest.http.send("PATCH", f"crm/v3/objects/contacts/{contact}", body=body, repeatable=True)
        return contact

    def _note(self, card: Card, text: str, key: str, *, again: bool) -> str:
        # The time is the moment of the first try or a later one: it does not matter, the mark tells them apart.
        properties = {"hs_timestamp": datetime.now(UTC).isoformat(), "hs_note_body": _html(text)}
        return self._make("notes", card, properties, None, key, again=again)

    def _make(
        self, kind: str, card: Card, properties: dict[str, Any], person_id: str | None, key: str, *, again: bool
    ) -> str:
        places = _places(card)
        if again and (known := self._find(kind, card, key)) is not None:
            return known
        joins = [
            {
                "to": {"id": own_id},
                "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": JOINS[kind][entity]}],
            }
            for entity, own_id in places
        ]
        if person_id:
            properties["hubspot_owner_id"] = person_id
        body = {"properties": properties, "associations": joins}
        made = id_of(dig(self._rest.http.send("POST", f"crm/v3/objects/{kind}", body=body), "id"))
        if made is None:
            raise CrmNonsense("It did what was asked but did not say what it is called.")
        return made

    def _find(self, kind: str, card: Card, key: str) -> str | None:
        """Searching by text lags behind by minutes; what is joined to the card is told at once."""
        entity, own_id = _places(card)[0]
        ids = self._rest.joined(entity, kind, [own_id]).get(own_id, [])
        for item in self._rest.read(kind, ids, (BODIES[kind],)) if ids else []:
            if mark(key) in str(dig(item, "properties", BODIES[kind]) or ""):
                return str(item["id"])
        return None

    def _contacts(self, rows: HubRows, items: list[Mapping[str, Any]]) -> tuple[Row, ...]:
        ids = [str(item["id"]) for item in items]
        joined = self._rest.joined("contacts", "companies", ids) if ids else {}
        people = [rows.contact(item, first_of(joined.get(str(item["id"]), []))) for item in items]
        leads = [lead for item in items if (lead := rows.lead(item)) is not None]
        closed = [lead.id[1:] for lead in leads if lead.status != "open"]
        histories = self._rest.read("contacts", closed, (), history="hs_lead_status") if closed else []
        return (*people, *leads, *(move for item in histories for move in rows.moves(item, "hs_lead_status")))

    def _deals(self, rows: HubRows, items: list[Mapping[str, Any]]) -> tuple[Row, ...]:
        ids = [str(item["id"]) for item in items]
        if not ids:
            return ()
        contacts, companies = (self._rest.joined("deals", to, ids) for to in ("contacts", "companies"))
        deals = [
            rows.deal(item, first_of(contacts.get(str(item["id"]), [])), first_of(companies.get(str(item["id"]), [])))
            for item in items
        ]
        histories = self._rest.read("deals", ids, (), history="dealstage")
        return (*deals, *(move for item in histories for move in rows.moves(item, "dealstage")))

    def _owners(self, kind: str, ids: list[str]) -> dict[str, dict[str, str]]:
        """Whose card an activity is on: the deal's and the contact's, else the company's."""
        found: dict[str, dict[str, str]] = {}
        if not ids:
            return found
        for name, to in (("deal_id", "deals"), ("contact_id", "contacts"), ("company_id", "companies")):
            for own, others in self._rest.joined(kind, to, ids).items():
                first = first_of(others)
                if first is not None:
                    found.setdefault(own, {})[name] = first
        return found

    def _rows(self) -> HubRows:
        portal = text_of(dig(self._rest.http.get("account-info/v3/details"), "portalId")) or ""
        return HubRows(portal, self._settings, self._read_stages())

    def _read_stages(self) -> Stages:
        if self._stages is None:
            self._stages = Stages.read(self._rest.http.get("crm/v3/pipelines/deals"))
            if not self._stages.names:  # every account has one: without it no deal would ever be won or lost
                raise CrmNonsense("It names no pipelines.")
        return self._stages


def _places(card: Card) -> list[tuple[str, str]]:
    """What an activity is joined to: the deal and the contact, or the company."""
    found = []
    if card.deal_id is not None and not card.deal_id.startswith("C"):
        found.append(("deals", card.deal_id))
    contact = card.contact_id or (card.deal_id[1:] if card.deal_id and card.deal_id.startswith("C") else None)
    if contact is not None:
        found.append(("contacts", contact))
    if card.company_id is not None and not found:
        found.append(("companies", card.company_id))
    if not found:
        raise CrmCannot("This client is not known there.")
    return found


def _html(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")
