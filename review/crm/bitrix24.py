"""Bitrix24: by an incoming webhook or as a local application; comments, tasks, reopened leads and transcripts back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from review.crm.bitrix24_rest import BitrixRest, like_php
from review.crm.bitrix24_rows import DEAL, LEAD, BitrixRows, Stages, pipeline_of
from review.crm.connector import (
    Access,
    CallNote,
    Card,
    Deal,
    FieldValue,
    NewTask,
    Page,
    Reopening,
    Row,
    Transcript,
)
from review.crm.errors import CrmCannot, CrmNonsense
from review.crm.pushing import field_map, field_note, mark, marked, short_key
from review.crm.reading import advance, by_time, dig, id_of, iso_time, rows_at, since_of, text_of

IDS_AT_ONCE: Final = 50
COMPLETED: Final = "5"  # a task's status
_BOTH: Final = ["*", "UF_*", "PHONE", "EMAIL"]


class Bitrix24:
    """One Bitrix24 portal."""

    def __init__(self, access: Access) -> None:
        self._settings = access.settings
        self._rest = BitrixRest(access)
        self._stages: Stages | None = None

    def test(self) -> str:
        """The portal and whom the key belongs to."""
        me = self._rest.call("profile")
        name = " ".join(filter(None, (text_of(dig(me, "NAME")), text_of(dig(me, "LAST_NAME")))))
        return f"{self._rest.portal} ({name})" if name else self._rest.portal

    def pull(self, cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Users, companies, contacts, leads, deals, their moves and comments, activities."""
        state = dict(cursor)
        rows = self._rows()
        yield Page(tuple(rows.person(item) for item in self._rest.every("user.get", {})), dict(state))
        for name, make in (("company", rows.company), ("contact", rows.contact)):
            for items, upto in self._changed(f"crm.{name}.list", since_of(state, name), _BOTH):
                advance(state, name, upto)
                yield Page(tuple(make(item) for item in items), dict(state))
        for name, kind in (("lead", LEAD), ("deal", DEAL)):
            for items, upto in self._changed(f"crm.{name}.list", since_of(state, name), _BOTH):
                advance(state, name, upto)
                found: list[Row] = []
                for item in items:
                    found += rows.lead(item) if kind == LEAD else (rows.deal(item),)
                yield Page((*found, *self._comments(rows, name, [str(item["ID"]) for item in items])), dict(state))
        yield from self._moves(state, rows)
        activities = self._changed("crm.activity.list", since_of(state, "activity"), ["*"], time="LAST_UPDATED")
        for items, upto in activities:
            advance(state, "activity", upto)
            made = [rows.activity(item) for item in items]
            yield Page(tuple(row for row in made if row is not None), dict(state))

    def fetch(self, contacts: Sequence[str], companies: Sequence[str]) -> tuple[Row, ...]:
        """These contacts and companies, and the companies of these contacts."""
        rows = self._rows()
        leads = [one.removeprefix("lead-") for one in contacts if one.startswith("lead-")]
        people = [rows.contact(item) for item in self._by_ids("contact", [c for c in contacts if c.isdigit()])]
        own = [row for item in self._by_ids("lead", leads) for row in rows.lead(item) if not isinstance(row, Deal)]
        wanted = sorted({*companies, *(person.company_id for person in people if person.company_id)})
        return (*(rows.company(item) for item in self._by_ids("company", wanted)), *people, *own)

    def missing(self, entity: str, ids: Sequence[str]) -> frozenset[str]:
        """Those that the lists by ids leave out."""
        if entity == "client":
            prefixes = {"contact": "", "lead": "lead-"}
        else:
            prefixes = {"lead": "L", "deal": "D"}
        there: set[str] = set()
        for name, prefix in prefixes.items():
            wanted = [one.removeprefix(prefix) for one in ids if one.startswith(prefix)]
            there |= {f"{prefix}{item['ID']}" for item in self._by_ids(name, [w for w in wanted if w.isdigit()])}
        return frozenset(ids) - there

    def push_call(self, note: CallNote, key: str, *, again: bool) -> str:
        """A comment on the card's timeline; and a call, where no telephone system tells the CRM of calls."""
        if self._settings.get("calls_as") == "call" and not _is_bitrix_call(note):
            self._register(note, key)
        return self._comment(note.card, marked(note.text, key, note.link), key, again=again)

    def push_task(self, task: NewTask, key: str, *, again: bool) -> str:
        """A task joined to the card."""
        if again and (known := self._find_task(key)) is not None:
            return str(known.get("id"))
        fields: dict[str, Any] = {
            "TITLE": task.title,
            "DESCRIPTION": marked(task.text, key),
            "DEADLINE": task.due_at.isoformat(),
            "XML_ID": short_key(key),
            "UF_CRM_TASK": [_bind(task.card)],
            "RESPONSIBLE_ID": task.person_id or self._responsible(task.card),
        }
        made = self._rest.call("tasks.task.add", {"fields": fields}, repeatable=False)
        return _need(id_of(dig(made, "task", "id")))

    def withdraw(self, card: Card, of: str, text: str, key: str) -> str:
        """The task completed, and the reason in a comment on the card."""
        known = self._find_task(of)
        if known is None:
            return ""
        self._comment(card, marked(text, key), key, again=True)
        if str(known.get("status")) != COMPLETED:
            self._rest.call("tasks.task.complete", {"taskId": known["id"]})
        return str(known["id"])

    def reopen(self, reopening: Reopening, key: str, *, again: bool) -> str:
        """The lead or deal in the first stage of its pipeline (or the one named), with responsible and brief."""
        remote = reopening.card.deal_id
        if remote is None:
            raise CrmCannot("Only a lead or deal can be opened again, and this client has none there.")
        kind, own_id = (LEAD if remote.startswith("L") else DEAL), remote[1:]
        name = "lead" if kind == LEAD else "deal"
        item = self._rest.call(f"crm.{name}.get", {"id": own_id})
        pipeline = pipeline_of(kind, dig(item, "CATEGORY_ID"))
        stages = self._read_stages()
        wanted = stages.find(pipeline, reopening.stage) if reopening.stage else None
        stage = wanted or stages.first.get(pipeline)
        if stage is None:
            raise CrmCannot("Its pipeline has no stage to work in.")
        fields = {"STATUS_ID" if kind == LEAD else "STAGE_ID": stage, "ASSIGNED_BY_ID": reopening.person_id}
        self._rest.call(f"crm.{name}.update", {"id": own_id, "fields": fields})
        if reopening.text:
            self._comment(reopening.card, marked(reopening.text, key), key, again=again)
        return remote

    def push_transcript(self, transcript: Transcript, key: str, *, again: bool) -> str:
        """The words on the call that Bitrix24 has, or that we register there."""
        note = transcript.note
        call_id = note.call_id if _is_bitrix_call(note) else self._register(note, key)
        messages = [
            {
                "SIDE": "User" if turn.rep else "Client",
                "START_TIME": max(0, int(turn.start)),
                "STOP_TIME": max(1, round(turn.end)),  # 0 is refused
                "MESSAGE": turn.text,
            }
            for turn in transcript.turns
        ]
        self._rest.call("telephony.call.attachTranscription", {"CALL_ID": call_id, "MESSAGES": messages})
        return call_id

    def push_field(self, value: FieldValue, key: str, *, again: bool) -> str:
        """The mapped field of the contact; in a comment where none is mapped."""
        name = field_map(self._settings).get(value.field)
        contact = value.card.contact_id
        if name is None or contact is None or not contact.isdigit():
            return self._comment(value.card, marked(field_note(value), key), key, again=again)
        self._rest.call("crm.contact.update", {"id": contact, "fields": {name: value.value}})
        return contact

    def _register(self, note: CallNote, key: str) -> str:
        """A call as an outside telephone system tells it; the same id within half an hour gives the same call."""
        entity = {"LEAD": note.card.deal_id if (note.card.deal_id or "").startswith("L") else None}
        entity |= {"CONTACT": note.card.contact_id, "COMPANY": note.card.company_id}
        kind, own = next(((k, v) for k, v in entity.items() if v), (None, None))
        user = note.person_id or self._responsible(note.card)
        fields = {
            "USER_ID": user,
            "PHONE_NUMBER": note.phone,
            "TYPE": 2 if note.direction == "inbound" else 1,
            "CALL_START_DATE": note.at.isoformat(),
            "CRM_CREATE": 0,
            "SHOW": 0,
            "ADD_TO_CHAT": 0,
            "EXTERNAL_CALL_ID": note.call_id,
            **({"CRM_ENTITY_TYPE": kind, "CRM_ENTITY_ID": (own or "").lstrip("L")} if kind else {}),
        }
        known = self._rest.call("voximplant.statistic.get", {"FILTER": {"EXTERNAL_CALL_ID": note.call_id}})
        for item in rows_at(known):
            return _need(text_of(item.get("CALL_ID")))
        made = self._rest.call("telephony.externalCall.register", fields)
        call_id = _need(text_of(dig(made, "CALL_ID")))
        finish = {"CALL_ID": call_id, "USER_ID": user, "DURATION": note.duration, "STATUS_CODE": "200"}
        self._rest.call("telephony.externalCall.finish", {**finish, "ADD_TO_CHAT": 0})
        return call_id

    def _find_task(self, key: str) -> Mapping[str, Any] | None:
        query = {"filter": {"XML_ID": short_key(key)}, "select": ["ID", "STATUS"]}
        return next(iter(rows_at(dig(self._rest.call("tasks.task.list", query), "tasks"))), None)

    def _comment(self, card: Card, text: str, key: str, *, again: bool) -> str:
        entity, own_id = _place(card)
        where = {"ENTITY_TYPE": entity, "ENTITY_ID": int(own_id)}
        if again:
            query = {"filter": where, "select": ["ID", "COMMENT"], "order": {"ID": "DESC"}}
            for item in rows_at(self._rest.call("crm.timeline.comment.list", query)):
                if mark(key) in str(item.get("COMMENT") or ""):
                    return str(item["ID"])
        made = self._rest.call("crm.timeline.comment.add", {"fields": {**where, "COMMENT": text}}, repeatable=False)
        return _need(id_of(made))

    def _responsible(self, card: Card) -> str:
        entity, own_id = _place(card)
        found = id_of(dig(self._rest.call(f"crm.{entity}.get", {"id": own_id}), "ASSIGNED_BY_ID"))
        if found is None:
            raise CrmCannot("Nobody is responsible for the card there, and none of its users is the rep.")
        return found

    def _rows(self) -> BitrixRows:
        return BitrixRows(self._rest.portal, self._settings, self._read_stages())

    def _read_stages(self) -> Stages:
        if self._stages is None:
            self._stages = Stages.read(self._rest.every("crm.status.list", {"order": {"SORT": "ASC"}}))
            if not self._stages.names:  # every portal has some: without them every stage would lose its name
                raise CrmNonsense("It names no stages.")
        return self._stages

    def _changed(
        self, method: str, since: datetime | None, select: list[str], *, time: str = "DATE_MODIFY"
    ) -> Iterator[tuple[list[Mapping[str, Any]], datetime | None]]:
        def fetch(start: datetime | None, page: int) -> tuple[Sequence[Mapping[str, Any]], bool]:
            query: dict[str, Any] = {"order": {time: "ASC", "ID": "ASC"}, "select": select}
            if start is not None:
                query["filter"] = {f">={time}": start.isoformat()}
            return self._rest.page(method, query, page)

        return by_time(fetch, lambda item: iso_time(item.get(time)), since)

    def _moves(self, state: dict[str, Any], rows: BitrixRows) -> Iterator[Page]:
        """The history has growing ids: the last one read is the cursor."""
        for kind, name in ((LEAD, "lead_moves"), (DEAL, "deal_moves")):
            last, more = int(state.get(name) or 0), True
            while more:
                query = {"entityTypeId": kind, "order": {"ID": "ASC"}, "filter": {">ID": last}, "start": 0}
                data, more = self._rest.whole("crm.stagehistory.list", query)
                items = rows_at(data, "items")
                moves = [rows.move(item, kind) for item in items]
                last = max([last, *(int(item["ID"]) for item in items)])
                state[name] = last
                yield Page(tuple(move for move in moves if move is not None), dict(state))
                more = more and bool(items)

    def _comments(self, rows: BitrixRows, entity: str, ids: Sequence[str]) -> list[Row]:
        """Comments are listed card by card: fifty cards are asked for in one request."""
        if not ids:
            return []
        where = {
            f"c{own}": "crm.timeline.comment.list?"
            + like_php({"filter": {"ENTITY_TYPE": entity, "ENTITY_ID": own}, "order": {"ID": "DESC"}})
            for own in ids[:IDS_AT_ONCE]
        }
        found = [rows.comment(item) for items in self._rest.batch(where).values() for item in rows_at(items)]
        return [row for row in found if row is not None]

    def _by_ids(self, name: str, ids: Sequence[str]) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for at in range(0, len(ids), IDS_AT_ONCE):
            query = {"filter": {"@ID": list(ids[at : at + IDS_AT_ONCE])}, "select": _BOTH, "order": {"ID": "ASC"}}
            found += self._rest.every(f"crm.{name}.list", query)
        return found


def _is_bitrix_call(note: CallNote) -> bool:
    return note.from_telephony == "bitrix24"


def _place(card: Card) -> tuple[str, str]:
    if card.deal_id is not None:
        return ("lead" if card.deal_id.startswith("L") else "deal"), card.deal_id[1:]
    for entity, own_id in (("contact", card.contact_id), ("company", card.company_id)):
        if own_id is not None:
            return ("lead", own_id.removeprefix("lead-")) if own_id.startswith("lead-") else (entity, own_id)
    raise CrmCannot("This client is not known there.")


def _bind(card: Card) -> str:
    entity, own_id = _place(card)
    return f"{ {'lead': 'L', 'deal': 'D', 'contact': 'C', 'company': 'CO'}[entity] }_{own_id}"


def _need(made: str | None) -> str:
    if made is None:
        raise CrmNonsense("It did what was asked but did not say what it is called.")
    return made
