"""amoCRM (API v4): leads with their history of stages, contacts, companies, tasks and notes; notes and tasks back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from review.crm.amocrm_rows import AmoRows, Pipelines
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
from review.crm.http import CrmHttp
from review.crm.pushing import field_map, field_note, mark, marked, short_key
from review.crm.reading import advance, by_time, dig, rows_at, since_of, text_of, unix_time
from review.crm.tokens import Tokens

PAGE: Final = 250
EVENTS_PAGE: Final = 100
IDS_AT_ONCE: Final = 50  # ids travel in the address


class AmoCrm:
    """One amoCRM account."""

    def __init__(self, access: Access) -> None:
        self._settings = access.settings
        address = str(access.settings.get("address") or "").rstrip("/")
        if not address.startswith(("https://", "http://")):
            raise CrmCannot("Give the account's address, like https://company.amocrm.ru.")
        tokens = Tokens(
            access,
            f"{address}/oauth2/access_token",
            as_json=True,
            more={"redirect_uri": str(access.settings.get("redirect_uri") or "")},
        )
        self._address = address
        refresh = tokens.refresh if tokens.can_refresh else None
        self._http = CrmHttp(
            f"{address}/api/v4/",
            headers=tokens.headers,
            wait=access.wait,
            refresh=refresh,
            seconds=access.seconds,
            alive=access.alive,
        )
        self._pipelines: Pipelines | None = None

    def test(self) -> str:
        """The account's name."""
        return text_of(dig(self._http.get("account"), "name")) or self._address

    def pull(self, cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Users and reasons, companies, contacts, leads, their moves, tasks, notes."""
        state = dict(cursor)
        rows = AmoRows(self._address, self._settings, self._read_pipelines())
        people = [rows.person(item) for item in self._all("users")]
        reasons = [rows.reason(item) for item in self._all("leads/loss_reasons")]
        yield Page((*people, *reasons), dict(state))
        for name, more, make in (
            ("companies", {}, rows.company),
            ("contacts", {}, rows.contact),
            ("leads", {"with": "contacts,loss_reason"}, rows.deal),
        ):
            for items, upto in self._changed(name, name, since_of(state, name), more):
                advance(state, name, upto)
                yield Page(tuple(make(item) for item in items), dict(state))
        yield from self._moves(state, rows)
        yield from self._tasks(state, rows)
        for entity in ("leads", "contacts"):
            key = f"{entity}_notes"
            for items, upto in self._changed(f"{entity}/notes", "notes", since_of(state, key), {}):
                advance(state, key, upto)
                found = [rows.note(item, entity) for item in items]
                yield Page(tuple(row for row in found if row is not None), dict(state))

    def fetch(self, contacts: Sequence[str], companies: Sequence[str]) -> tuple[Row, ...]:
        """These contacts and companies, and the companies of these contacts."""
        rows = AmoRows(self._address, self._settings, Pipelines())
        people = [rows.contact(item) for item in self._by_ids("contacts", contacts)]
        wanted = sorted({*companies, *(person.company_id for person in people if person.company_id)})
        return (*(rows.company(item) for item in self._by_ids("companies", wanted)), *people)

    def missing(self, entity: str, ids: Sequence[str]) -> frozenset[str]:
        """Those that the list by ids leaves out, or calls deleted."""
        name = {"deal": "leads", "client": "contacts"}[entity]
        there = {str(item["id"]) for item in self._by_ids(name, ids) if not item.get("is_deleted")}
        return frozenset(ids) - there

    def push_call(self, note: CallNote, key: str, *, again: bool) -> str:
        """A note on the card, or a call entry where no telephone system tells the CRM of calls."""
        if self._settings.get("calls_as") != "call":
            return self._note(note.card, marked(note.text, key, note.link), key, again=again)
        kind = "call_in" if note.direction == "inbound" else "call_out"
        params = {
            "uniq": short_key(key),
            "duration": note.duration,
            "source": "Callcoach",
            "phone": note.phone,
            "call_result": marked(note.text, key),
            "call_status": 4,
        }
        if note.link:
            params["link"] = note.link
        return self._add_note(note.card, {"note_type": kind, "params": params}, key, again=again)

    def push_task(self, task: NewTask, key: str, *, again: bool) -> str:
        """A task on the lead, else on the contact."""
        entity, entity_id = _place(task.card)
        if again and (known := self._find_task(entity, entity_id, key)) is not None:
            return str(known["id"])
        words = f"{task.title}\n{task.text}" if task.text else task.title
        body = {
            "task_type_id": 1,
            "text": marked(words, key),
            "complete_till": int(task.due_at.timestamp()),
            "entity_id": int(entity_id),
            "entity_type": entity,
            "request_id": short_key(key),
            **({"responsible_user_id": int(task.person_id)} if task.person_id else {}),
        }
        return _first_id(self._http.send("POST", "tasks", body=[body]), "tasks")

    def withdraw(self, card: Card, of: str, text: str, key: str) -> str:
        """The task completed, with the reason as its result."""
        known = self._find_task(*_place(card), of)
        if known is None:
            return ""
        if not known.get("is_completed"):
            body = {"is_completed": True, "result": {"text": text}}
            self._http.send("PATCH", f"tasks/{known['id']}", body=body, repeatable=True)
        return str(known["id"])

    def reopen(self, reopening: Reopening, key: str, *, again: bool) -> str:
        """The lead in the first status of its pipeline (or the one named), with its new responsible and the brief."""
        lead_id = reopening.card.deal_id
        if lead_id is None:
            raise CrmCannot("Only a lead can be opened again, and this client has none there.")
        lead = self._http.get(f"leads/{lead_id}")
        pipelines = self._read_pipelines()
        pipeline = str(dig(lead, "pipeline_id"))
        wanted = pipelines.find(pipeline, reopening.stage) if reopening.stage else None
        status = wanted or pipelines.first.get(pipeline)
        if status is None:
            raise CrmCannot("The lead's pipeline has no status to work in.")
        body = {
            "status_id": int(status),
            "pipeline_id": int(pipeline),
            "responsible_user_id": int(reopening.person_id),
            "loss_reason_id": None,
        }
        self._http.send("PATCH", f"leads/{lead_id}", body=body, repeatable=True)
        if reopening.text:
            self._note(reopening.card, marked(reopening.text, key), key, again=again)
        return lead_id

    def push_transcript(self, transcript: Transcript, key: str, *, again: bool) -> str:
        """There is no place for transcripts."""
        raise CrmCannot("amoCRM has no place for a call's transcript; the note carries the link to it.")

    def push_field(self, value: FieldValue, key: str, *, again: bool) -> str:
        """The mapped field of the contact; in a note where none is mapped."""
        name = field_map(self._settings).get(value.field)
        contact = value.card.contact_id
        if name is None or contact is None:
            return self._note(value.card, marked(field_note(value), key), key, again=again)
        which: dict[str, Any] = {"field_id": int(name)} if name.isdigit() else {"field_code": name}
        body = {"custom_fields_values": [{**which, "values": [{"value": value.value}]}]}
        self._http.send("PATCH", f"contacts/{contact}", body=body, repeatable=True)
        return contact

    def _find_task(self, entity: str, entity_id: str, key: str) -> Mapping[str, Any] | None:
        listed = self._all("tasks", {"filter[entity_type]": entity, "filter[entity_id][]": entity_id})
        return next((item for item in listed if mark(key) in str(item.get("text") or "")), None)

    def _note(self, card: Card, text: str, key: str, *, again: bool) -> str:
        return self._add_note(card, {"note_type": "common", "params": {"text": text}}, key, again=again)

    def _add_note(self, card: Card, note: Mapping[str, Any], key: str, *, again: bool) -> str:
        entity, entity_id = _place(card)
        path = f"{entity}/{entity_id}/notes"
        if again:
            newest = self._http.get(path, {"limit": PAGE, "order[id]": "desc"})
            for item in rows_at(newest, "_embedded", "notes"):
                params = item.get("params")
                if isinstance(params, Mapping) and (
                    params.get("uniq") == short_key(key) or mark(key) in str(params.get("text") or "")
                ):
                    return str(item["id"])
        return _first_id(self._http.send("POST", path, body=[note]), "notes")

    def _read_pipelines(self) -> Pipelines:
        if self._pipelines is None:
            self._pipelines = Pipelines.read(self._http.get("leads/pipelines"))
            if not self._pipelines.names:  # every account has one: without it every stage would lose its name
                raise CrmNonsense("It names no pipelines.")
        return self._pipelines

    def _changed(
        self, path: str, name: str, since: datetime | None, more: Mapping[str, Any]
    ) -> Iterator[tuple[list[Mapping[str, Any]], datetime | None]]:
        def fetch(start: datetime | None, page: int) -> tuple[Sequence[Mapping[str, Any]], bool]:
            params: dict[str, Any] = {"limit": PAGE, "page": page, "order[updated_at]": "asc", **more}
            if start is not None:
                params["filter[updated_at][from]"] = int(start.timestamp())
            data = self._http.get(path, params)
            return rows_at(data, "_embedded", name), dig(data, "_links", "next", "href") is not None

        return by_time(fetch, lambda item: unix_time(item.get("updated_at")), since)

    def _moves(self, state: dict[str, Any], rows: AmoRows) -> Iterator[Page]:
        """Events come newest first: how far we are counts only when the oldest of them is in."""
        params: dict[str, Any] = {"filter[type][]": "lead_status_changed"}
        since = since_of(state, "events")
        if since is not None:
            params["filter[created_at][from]"] = int(since.timestamp())
        newest: datetime | None = None
        for items in self._pages("events", params, EVENTS_PAGE):
            times = [at for item in items if (at := unix_time(item.get("created_at"))) is not None]
            newest = max([*times, *([newest] if newest else [])], default=None)
            moves = [rows.move(item) for item in items]
            yield Page(tuple(move for move in moves if move is not None), dict(state))
        advance(state, "events", newest)

    def _tasks(self, state: dict[str, Any], rows: AmoRows) -> Iterator[Page]:
        """Tasks cannot be sorted by time of change: they are read by id, and the cursor moves at the end."""
        params: dict[str, Any] = {"order[id]": "asc"}
        since = since_of(state, "tasks")
        if since is not None:
            params["filter[updated_at][from]"] = int(since.timestamp())
        newest: datetime | None = None
        for items in self._pages("tasks", params, PAGE):
            times = [at for item in items if (at := unix_time(item.get("updated_at"))) is not None]
            newest = max([*times, *([newest] if newest else [])], default=None)
            yield Page(tuple(rows.task(item) for item in items), dict(state))
        advance(state, "tasks", newest)

    def _pages(self, path: str, params: Mapping[str, Any], limit: int) -> Iterator[list[Mapping[str, Any]]]:
        page = 1
        while True:
            data = self._http.get(path, {**params, "limit": limit, "page": page})
            yield rows_at(data, "_embedded", path.rpartition("/")[2])
            if dig(data, "_links", "next", "href") is None:
                return
            page += 1

    def _all(self, path: str, params: Mapping[str, Any] | None = None) -> list[Mapping[str, Any]]:
        return [item for items in self._pages(path, params or {}, PAGE) for item in items]

    def _by_ids(self, name: str, ids: Sequence[str]) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for at in range(0, len(ids), IDS_AT_ONCE):
            found += self._all(name, {"filter[id][]": list(ids[at : at + IDS_AT_ONCE])})
        return found


def _place(card: Card) -> tuple[str, str]:
    for entity, entity_id in (("leads", card.deal_id), ("contacts", card.contact_id), ("companies", card.company_id)):
        if entity_id is not None:
            return entity, entity_id
    raise CrmCannot("This client is not known there.")


def _first_id(data: Any, name: str) -> str:
    made = rows_at(data, "_embedded", name)
    if not made or made[0].get("id") is None:
        raise CrmNonsense("It took the note or task but did not say what it is called.")
    return str(made[0]["id"])
