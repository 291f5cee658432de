"""amoCRM's JSON (v4) as neutral rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from review.crm.connector import Company, Contact, Deal, Email, Note, Person, Reason, StageMove, Task
from review.crm.pushing import field_map, is_true, word_list
from review.crm.reading import dig, id_of, money, plain_text, rows_at, text_of, unix_time

WON: Final = "142"  # the same two ids end every pipeline of every account
LOST: Final = "143"


@dataclass(slots=True)
class Pipelines:
    """The account's pipelines: the name of each status, and the first one of each to work on."""

    names: dict[tuple[str, str], str] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Any) -> Pipelines:
        """From the answer of `/leads/pipelines`."""
        made = cls()
        for pipeline in rows_at(data, "_embedded", "pipelines"):
            pipeline_id = str(pipeline.get("id"))
            statuses = rows_at(pipeline, "_embedded", "statuses")
            for status in sorted(statuses, key=lambda s: int(s.get("sort") or 0)):
                status_id = str(status.get("id"))
                made.names[pipeline_id, status_id] = text_of(status.get("name")) or status_id
                if status_id not in (WON, LOST) and status.get("type") != 1:  # 1: incoming leads not yet accepted
                    made.first.setdefault(pipeline_id, status_id)
        return made

    def name(self, pipeline_id: object, status_id: object) -> str:
        """A status as people call it."""
        return self.names.get((str(pipeline_id), str(status_id)), str(status_id))

    def find(self, pipeline_id: str, name: str) -> str | None:
        """The id of a pipeline's status by its name or id."""
        for (owner, status_id), shown in self.names.items():
            if owner == pipeline_id and name.casefold() in (shown.casefold(), status_id):
                return status_id
        return None


class AmoRows:
    """Turns objects into rows, by the connection's settings."""

    def __init__(self, address: str, settings: Mapping[str, Any], pipelines: Pipelines) -> None:
        self._address = address.rstrip("/")
        self._fields = {theirs.casefold(): ours for ours, theirs in field_map(settings).items()}
        self._never = str(settings.get("do_not_call_field") or "").casefold()
        self._unqualified = word_list(settings, "unqualified_reasons")
        self._pipelines = pipelines
        self.reasons: dict[str, str] = {}

    def person(self, item: Mapping[str, Any]) -> Person:
        """A user of the account."""
        return Person(
            id=str(item["id"]),
            name=text_of(item.get("name")) or str(item["id"]),
            email=text_of(item.get("email")),
            active=dig(item, "rights", "is_active") is not False,
        )

    def reason(self, item: Mapping[str, Any]) -> Reason:
        """A reason of refusal."""
        made = Reason(code=str(item["id"]), name=text_of(item.get("name")) or str(item["id"]))
        self.reasons[made.code] = made.name
        return made

    def company(self, item: Mapping[str, Any]) -> Company:
        """A company."""
        found = self._custom(item)
        return Company(
            id=str(item["id"]),
            name=text_of(item.get("name")) or str(item["id"]),
            phones=found.phones,
            email=found.email,
            custom=found.custom,
            created_at=unix_time(item.get("created_at")),
            do_not_call=found.never,
        )

    def contact(self, item: Mapping[str, Any]) -> Contact:
        """A contact."""
        found = self._custom(item)
        companies = rows_at(item, "_embedded", "companies")
        return Contact(
            id=str(item["id"]),
            name=text_of(item.get("name")) or "",
            phones=found.phones,
            email=found.email,
            company_id=id_of(companies[0].get("id")) if companies else None,
            known=found.known,
            custom=found.custom,
            created_at=unix_time(item.get("created_at")),
            do_not_call=found.never,
        )

    def deal(self, item: Mapping[str, Any]) -> Deal:
        """A lead, as amoCRM calls its deals."""
        contacts = sorted(rows_at(item, "_embedded", "contacts"), key=lambda c: not c.get("is_main"))
        companies = rows_at(item, "_embedded", "companies")
        reason = id_of(item.get("loss_reason_id"))
        status = self._status(str(item.get("status_id")), reason)
        return Deal(
            id=str(item["id"]),
            kind="deal",
            title=text_of(item.get("name")) or str(item["id"]),
            contact_id=id_of(contacts[0].get("id")) if contacts else None,
            company_id=id_of(companies[0].get("id")) if companies else None,
            stage=self._pipelines.name(item.get("pipeline_id"), item.get("status_id")),
            status=status,
            amount=money(item.get("price")),
            person_id=id_of(item.get("responsible_user_id")),
            loss_reason=reason,
            opened_at=unix_time(item.get("created_at")),
            closed_at=unix_time(item.get("closed_at")),
            url=f"{self._address}/leads/detail/{item['id']}",
        )

    def move(self, item: Mapping[str, Any]) -> StageMove | None:
        """An event that moved a lead; None for an event without one."""
        after = item.get("value_after")
        status = dig(after[0], "lead_status") if isinstance(after, list) and after else None
        at, lead = unix_time(item.get("created_at")), id_of(item.get("entity_id"))
        if not isinstance(status, Mapping) or at is None or lead is None:
            return None
        return StageMove(
            deal_id=lead,
            stage=self._pipelines.name(status.get("pipeline_id"), status.get("id")),
            status=self._status(str(status.get("id")), None),
            at=at,
            person_id=id_of(item.get("created_by")),
        )

    def task(self, item: Mapping[str, Any]) -> Task:
        """A task; when it was done is when it was last changed."""
        owner = self._owner(item.get("entity_type"), item.get("entity_id"))
        return Task(
            id=str(item["id"]),
            title=text_of(item.get("text")) or str(item["id"]),
            person_id=id_of(item.get("responsible_user_id")),
            due_at=unix_time(item.get("complete_till")),
            done_at=unix_time(item.get("updated_at")) if item.get("is_completed") else None,
            **owner,
        )

    def note(self, item: Mapping[str, Any], entity: str) -> Note | Email | None:
        """A person's note or an e-mail's subject; None for what the system wrote."""
        owner = self._owner(entity, item.get("entity_id"))
        at = unix_time(item.get("created_at"))
        params = item.get("params")
        if at is None or not isinstance(params, Mapping):
            return None
        person = id_of(item.get("created_by")) or id_of(item.get("responsible_user_id"))
        if item.get("note_type") == "common":
            return Note(id=str(item["id"]), body=plain_text(params.get("text")), at=at, person_id=person, **owner)
        if str(item.get("note_type", "")).startswith("amomail_message"):
            direction = "inbound" if is_true(params.get("income")) else "outbound"
            subject = text_of(params.get("subject")) or ""
            return Email(id=str(item["id"]), subject=subject, at=at, direction=direction, person_id=person, **owner)
        return None

    def _status(self, status_id: str, reason: str | None) -> str:
        if status_id == WON:
            return "won"
        if status_id != LOST:
            return "open"
        name = self.reasons.get(reason or "", "").casefold()
        return "unqualified" if name and name in self._unqualified else "closed_lost"

    def _owner(self, entity: object, entity_id: object) -> dict[str, str | None]:
        name = {"leads": "deal_id", "contacts": "contact_id", "companies": "company_id"}.get(str(entity))
        return {name: id_of(entity_id)} if name else {}

    def _custom(self, item: Mapping[str, Any]) -> _Custom:
        made = _Custom()
        for one in rows_at(item, "custom_fields_values"):
            values = [text for value in rows_at(one, "values") if (text := text_of(value.get("value"))) is not None]
            raw = [value.get("value") for value in rows_at(one, "values")]
            name = text_of(one.get("field_name"), 100) or str(one.get("field_id"))
            names = {name.casefold(), str(one.get("field_id")), str(one.get("field_code") or "").casefold()}
            ours = next((self._fields[n] for n in sorted(names) if n in self._fields), None)
            if one.get("field_code") == "PHONE":
                made.phones = tuple(values)
            elif one.get("field_code") == "EMAIL":
                made.email = values[0] if values else None
            elif self._never and self._never in names:
                made.never = any(is_true(value) for value in raw)
            elif ours is not None:
                made.known[ours] = ", ".join(values)
            elif values:
                made.custom[name] = ", ".join(values)
        if self._never and made.never is None:
            made.never = False  # an unticked box is not sent at all
        return made


@dataclass(slots=True)
class _Custom:
    phones: tuple[str, ...] = ()
    email: str | None = None
    never: bool | None = None
    known: dict[str, str] = field(default_factory=dict)
    custom: dict[str, str] = field(default_factory=dict)
