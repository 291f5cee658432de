"""HubSpot's objects (CRM v3) as neutral rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from review.crm.connector import Company, Contact, Deal, Email, Note, Person, StageMove, Task
from review.crm.pushing import field_map, is_true, word_list
from review.crm.reading import currency_of, dig, id_of, iso_time, money, plain_text, rows_at, text_of

CONTACT: Final = ("firstname", "lastname", "company", "email", "phone", "mobilephone", "hubspot_owner_id",
                  "hs_lead_status", "createdate", "lastmodifieddate")  # fmt: skip
COMPANY: Final = ("name", "phone", "createdate", "hs_lastmodifieddate")
DEAL: Final = ("dealname", "amount", "deal_currency_code", "dealstage", "pipeline", "closedate", "createdate",
               "hubspot_owner_id", "closed_lost_reason", "hs_lastmodifieddate")  # fmt: skip
TASK: Final = ("hs_task_subject", "hs_timestamp", "hs_task_status", "hs_task_completion_date", "hubspot_owner_id",
               "hs_lastmodifieddate")  # fmt: skip
NOTE: Final = ("hs_note_body", "hs_timestamp", "hubspot_owner_id", "hs_lastmodifieddate")
EMAIL: Final = ("hs_email_subject", "hs_timestamp", "hs_email_direction", "hubspot_owner_id", "hs_lastmodifieddate")
_UNQUALIFIED: Final = "UNQUALIFIED"


@dataclass(slots=True)
class Stages:
    """Names and outcomes of the deal pipelines' stages, and the first of each pipeline."""

    names: dict[str, str] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    owner: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Any) -> Stages:
        """From the answer of `/crm/v3/pipelines/deals`."""
        made = cls()
        for pipeline in rows_at(data, "results"):
            for stage in sorted(rows_at(pipeline, "stages"), key=lambda s: int(s.get("displayOrder") or 0)):
                stage_id = str(stage.get("id"))
                closed = is_true(dig(stage, "metadata", "isClosed"))
                probability = str(dig(stage, "metadata", "probability") or "")
                made.names[stage_id] = text_of(stage.get("label")) or stage_id
                made.owner[stage_id] = str(pipeline.get("id"))
                made.status[stage_id] = (
                    "open" if not closed else "won" if probability in ("1", "1.0") else "closed_lost"
                )
                if not closed:
                    made.first.setdefault(str(pipeline.get("id")), stage_id)
        return made

    def find(self, pipeline: str, name: str) -> str | None:
        """The id of a pipeline's stage by its label or id."""
        for stage_id, shown in self.names.items():
            if self.owner[stage_id] == pipeline and name.casefold() in (shown.casefold(), stage_id.casefold()):
                return stage_id
        return None


class HubRows:
    """Turns objects into rows, by the connection's settings."""

    def __init__(self, portal: str, settings: Mapping[str, Any], stages: Stages) -> None:
        self._portal = portal
        self._fields = {theirs: ours for ours, theirs in field_map(settings).items()}
        self._never = str(settings.get("do_not_call_field") or "")
        self._unqualified = word_list(settings, "unqualified_reasons")
        self._stages = stages
        self._owner_of_user: dict[str, str] = {}

    @property
    def more_fields(self) -> tuple[str, ...]:
        """Properties of contacts that the settings speak of."""
        return (*self._fields, *((self._never,) if self._never else ()))

    def person(self, item: Mapping[str, Any]) -> Person:
        """An owner."""
        user = id_of(item.get("userId"))
        if user is not None:
            self._owner_of_user[user] = str(item["id"])
        name = " ".join(filter(None, (text_of(item.get("firstName")), text_of(item.get("lastName")))))
        email = text_of(item.get("email"))
        return Person(
            id=str(item["id"]), name=name or email or str(item["id"]), email=email, active=not item.get("archived")
        )

    def company(self, item: Mapping[str, Any]) -> Company:
        """A company."""
        phone = text_of(dig(item, "properties", "phone"))
        return Company(
            id=str(item["id"]),
            name=text_of(dig(item, "properties", "name")) or str(item["id"]),
            phones=(phone,) if phone else (),
            created_at=iso_time(dig(item, "properties", "createdate")),
        )

    def contact(self, item: Mapping[str, Any], company_id: str | None) -> Contact:
        """A contact."""
        values = item["properties"]
        phones = tuple(t for name in ("phone", "mobilephone") if (t := text_of(values.get(name))) is not None)
        known = {o: t for theirs, o in self._fields.items() if (t := text_of(values.get(theirs))) is not None}
        return Contact(
            id=str(item["id"]),
            name=" ".join(filter(None, (text_of(values.get("firstname")), text_of(values.get("lastname"))))),
            phones=phones,
            email=text_of(values.get("email")),
            company_id=company_id,
            company=text_of(values.get("company")),
            known=known,
            created_at=iso_time(values.get("createdate")),
            do_not_call=is_true(values.get(self._never)) if self._never else None,
        )

    def lead(self, item: Mapping[str, Any]) -> Deal | None:
        """A contact with a lead status is a lead beside its deals; None for one without."""
        values = item["properties"]
        stage = text_of(values.get("hs_lead_status"))
        if stage is None:
            return None
        name = " ".join(filter(None, (text_of(values.get("firstname")), text_of(values.get("lastname")))))
        status = self.lead_status(stage)
        return Deal(
            id=f"C{item['id']}",
            kind="lead",
            title=text_of(values.get("company")) or name or str(item["id"]),
            contact_id=str(item["id"]),
            stage=stage,
            status=status,
            person_id=id_of(values.get("hubspot_owner_id")),
            loss_reason=stage if status != "open" else None,
            opened_at=iso_time(values.get("createdate")),
            url=self._url("0-1", item["id"]),
        )

    def lead_status(self, stage: str) -> str:
        """What a contact's lead status means."""
        return "unqualified" if stage == _UNQUALIFIED or stage.casefold() in self._unqualified else "open"

    def deal(self, item: Mapping[str, Any], contact_id: str | None, company_id: str | None) -> Deal:
        """A deal."""
        values = item["properties"]
        stage = str(values.get("dealstage"))
        status = self._stages.status.get(stage, "open")
        reason = text_of(values.get("closed_lost_reason"))
        if status == "closed_lost" and reason and reason.casefold() in self._unqualified:
            status = "unqualified"
        return Deal(
            id=str(item["id"]),
            kind="deal",
            title=text_of(values.get("dealname")) or str(item["id"]),
            contact_id=contact_id,
            company_id=company_id,
            stage=self._stages.names.get(stage, stage),
            status=status,
            amount=money(values.get("amount")),
            currency=currency_of(values.get("deal_currency_code")),
            person_id=id_of(values.get("hubspot_owner_id")),
            loss_reason=reason,
            opened_at=iso_time(values.get("createdate")),
            # closedate is a day somebody planned or typed: when it closed is told by the history of its stages
            url=self._url("0-3", item["id"]),
        )

    def moves(self, item: Mapping[str, Any], prop: str) -> list[StageMove]:
        """An object's history of stages, oldest first."""
        is_lead = prop == "hs_lead_status"
        found = []
        for entry in rows_at(item, "propertiesWithHistory", prop):
            stage, at = text_of(entry.get("value")), iso_time(entry.get("timestamp"))
            if stage is None or at is None:
                continue
            user = id_of(entry.get("updatedByUserId")) or str(entry.get("sourceId") or "").removeprefix("userId:")
            found.append(
                StageMove(
                    deal_id=f"C{item['id']}" if is_lead else str(item["id"]),
                    stage=stage if is_lead else self._stages.names.get(stage, stage),
                    status=self.lead_status(stage) if is_lead else self._stages.status.get(stage, "open"),
                    at=at,
                    person_id=self._owner_of_user.get(user),
                )
            )
        return sorted(found, key=lambda move: move.at)

    def task(self, item: Mapping[str, Any], owner: Mapping[str, str]) -> Task:
        """A task."""
        values = item["properties"]
        done = values.get("hs_task_status") == "COMPLETED"
        finished = iso_time(values.get("hs_task_completion_date")) or iso_time(values.get("hs_lastmodifieddate"))
        return Task(
            id=str(item["id"]),
            title=text_of(values.get("hs_task_subject")) or str(item["id"]),
            person_id=id_of(values.get("hubspot_owner_id")),
            due_at=iso_time(values.get("hs_timestamp")),
            done_at=finished if done else None,
            **owner,
        )

    def note(self, item: Mapping[str, Any], owner: Mapping[str, str]) -> Note | None:
        """A note."""
        values = item["properties"]
        at = iso_time(values.get("hs_timestamp"))
        if at is None:
            return None
        body = plain_text(values.get("hs_note_body"))
        return Note(id=str(item["id"]), body=body, at=at, person_id=id_of(values.get("hubspot_owner_id")), **owner)

    def email(self, item: Mapping[str, Any], owner: Mapping[str, str]) -> Email | None:
        """An e-mail's subject and time."""
        values = item["properties"]
        at = iso_time(values.get("hs_timestamp"))
        if at is None:
            return None
        incoming = values.get("hs_email_direction") == "INCOMING_EMAIL"
        return Email(
            id=str(item["id"]),
            subject=text_of(values.get("hs_email_subject")) or "",
            at=at,
            direction="inbound" if incoming else "outbound",
            person_id=id_of(values.get("hubspot_owner_id")),
            **owner,
        )

    def _url(self, kind: str, own_id: object) -> str | None:
        return f"https://app.hubspot.com/contacts/{self._portal}/record/{kind}/{own_id}" if self._portal else None


def first_of(found: Sequence[str]) -> str | None:
    """The first of several joined objects: the oldest id, so that it does not change from sync to sync."""
    return min(found, key=lambda one: (len(one), one)) if found else None
