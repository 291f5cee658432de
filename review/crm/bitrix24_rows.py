"""Bitrix24's JSON as neutral rows: leads and deals with their stages, contacts, companies, activities, comments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from review.crm.connector import Company, Contact, Deal, Email, Note, Person, StageMove, Task
from review.crm.pushing import field_map, is_true, word_list
from review.crm.reading import currency_of, dig, id_of, iso_time, money, plain_text, rows_at, text_of

LEAD: Final = 1
DEAL: Final = 2
CONTACT: Final = 3
COMPANY: Final = 4
_MULTI: Final = ("PHONE", "EMAIL")
_EMAIL_TYPE: Final = "4"
_CALL_TYPE: Final = "2"
_MEETING_TYPE: Final = "1"


@dataclass(slots=True)
class Stages:
    """Names and meanings of stages, and the first of each pipeline; leads' statuses are the pipeline `STATUS`."""

    names: dict[tuple[str, str], str] = field(default_factory=dict)
    meaning: dict[tuple[str, str], str] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, items: list[Mapping[str, Any]]) -> Stages:
        """From the rows of `crm.status.list`."""
        made = cls()
        for item in sorted(items, key=lambda i: int(i.get("SORT") or 0)):
            pipeline, stage = str(item.get("ENTITY_ID")), str(item.get("STATUS_ID"))
            if pipeline != "STATUS" and not pipeline.startswith("DEAL_STAGE"):
                continue
            meaning = text_of(dig(item, "EXTRA", "SEMANTICS")) or text_of(item.get("SEMANTICS")) or "process"
            made.names[pipeline, stage] = text_of(item.get("NAME")) or stage
            made.meaning[pipeline, stage] = meaning
            if meaning in ("process", "P"):
                made.first.setdefault(pipeline, stage)
        return made

    def find(self, pipeline: str, name: str) -> str | None:
        """The id of a pipeline's stage by its name or id."""
        for (owner, stage), shown in self.names.items():
            if owner == pipeline and name.casefold() in (shown.casefold(), stage.casefold()):
                return stage
        return None


def pipeline_of(entity_type: int, category: object) -> str:
    """How `crm.status.list` calls the pipeline of a lead or of a deal of this category."""
    if entity_type == LEAD:
        return "STATUS"
    return "DEAL_STAGE" if category in (None, "", 0, "0") else f"DEAL_STAGE_{category}"


class BitrixRows:
    """Turns objects into rows, by the connection's settings."""

    def __init__(self, portal: str, settings: Mapping[str, Any], stages: Stages) -> None:
        self._portal = portal
        self._fields = {theirs.upper(): ours for ours, theirs in field_map(settings).items()}
        self._never = str(settings.get("do_not_call_field") or "").upper()
        self._unqualified = word_list(settings, "unqualified_reasons")
        self._stages = stages

    def person(self, item: Mapping[str, Any]) -> Person:
        """A user of the portal."""
        name = " ".join(filter(None, (text_of(item.get("NAME")), text_of(item.get("LAST_NAME")))))
        return Person(
            id=str(item["ID"]),
            name=name or str(item["ID"]),
            email=text_of(item.get("EMAIL")),
            extension=text_of(item.get("UF_PHONE_INNER")),
            active=item.get("ACTIVE") is not False,
        )

    def company(self, item: Mapping[str, Any]) -> Company:
        """A company."""
        phones, emails = (_values(item, name) for name in _MULTI)
        return Company(
            id=str(item["ID"]),
            name=text_of(item.get("TITLE")) or str(item["ID"]),
            phones=phones,
            email=emails[0] if emails else None,
            created_at=iso_time(item.get("DATE_CREATE")),
            do_not_call=self._is_never(item),
        )

    def contact(self, item: Mapping[str, Any], *, remote_id: str | None = None) -> Contact:
        """A contact; or, with `remote_id`, the person a lead carries in itself."""
        phones, emails = (_values(item, name) for name in _MULTI)
        names = (text_of(item.get(name)) for name in ("NAME", "SECOND_NAME", "LAST_NAME"))
        name = " ".join(filter(None, names))
        known = {ours: text for theirs, ours in self._fields.items() if (text := text_of(item.get(theirs))) is not None}
        return Contact(
            id=remote_id or str(item["ID"]),
            name=name or (text_of(item.get("TITLE")) or "" if remote_id else ""),
            phones=phones,
            email=emails[0] if emails else None,
            company_id=id_of(item.get("COMPANY_ID")),
            company=text_of(item.get("COMPANY_TITLE")),
            known=known,
            created_at=iso_time(item.get("DATE_CREATE")),
            do_not_call=self._is_never(item),
        )

    def lead(self, item: Mapping[str, Any]) -> tuple[Contact | Deal, ...]:
        """A lead, and the person in it when it is not joined to a contact or company yet."""
        lead_id = str(item["ID"])
        contact, company = id_of(item.get("CONTACT_ID")), id_of(item.get("COMPANY_ID"))
        own = None if contact or company else self.contact(item, remote_id=f"lead-{lead_id}")
        deal = self._deal(item, LEAD, contact or (own.id if own else None), company)
        return (own, deal) if own is not None else (deal,)

    def deal(self, item: Mapping[str, Any]) -> Deal:
        """A deal."""
        return self._deal(item, DEAL, id_of(item.get("CONTACT_ID")), id_of(item.get("COMPANY_ID")))

    def move(self, item: Mapping[str, Any], entity_type: int) -> StageMove | None:
        """An entry of the stage history; who moved it is not in it."""
        at = iso_time(item.get("CREATED_TIME"))
        stage = text_of(item.get("STATUS_ID" if entity_type == LEAD else "STAGE_ID"))
        owner = id_of(item.get("OWNER_ID"))
        if at is None or stage is None or owner is None:
            return None
        pipeline = pipeline_of(entity_type, item.get("CATEGORY_ID"))
        semantics = text_of(item.get("STATUS_SEMANTIC_ID")) or text_of(item.get("STAGE_SEMANTIC_ID"))
        return StageMove(
            deal_id=_deal_id(entity_type, owner),
            stage=self._stages.names.get((pipeline, stage), stage),
            status=self._status(entity_type, pipeline, stage, semantics),
            at=at,
        )

    def activity(self, item: Mapping[str, Any]) -> Task | Email | None:
        """An e-mail's subject, or something planned; calls and messages come from elsewhere."""
        owner = owner_of(item.get("OWNER_TYPE_ID"), item.get("OWNER_ID"))
        person, kind = id_of(item.get("RESPONSIBLE_ID")), str(item.get("TYPE_ID"))
        subject = text_of(item.get("SUBJECT")) or ""
        if not owner:
            return None
        if kind == _EMAIL_TYPE:
            at = iso_time(item.get("START_TIME")) or iso_time(item.get("CREATED"))
            direction = "inbound" if str(item.get("DIRECTION")) == "1" else "outbound"
            if at is None:
                return None
            return Email(id=str(item["ID"]), subject=subject, at=at, direction=direction, person_id=person, **owner)
        done = item.get("COMPLETED") == "Y"
        due = iso_time(item.get("DEADLINE")) or iso_time(item.get("START_TIME"))
        if kind in (_CALL_TYPE, _MEETING_TYPE) and done:
            return None  # a call that took place is telephony's to tell
        return Task(
            id=str(item["ID"]),
            title=subject or str(item["ID"]),
            person_id=person,
            due_at=due if due is not None and due.year < 2100 else None,  # 9999: without a time limit
            done_at=iso_time(item.get("LAST_UPDATED")) if done else None,
            **owner,
        )

    def comment(self, item: Mapping[str, Any]) -> Note | None:
        """A comment on a card's timeline."""
        at = iso_time(item.get("CREATED"))
        kinds = {"lead": LEAD, "deal": DEAL, "contact": CONTACT, "company": COMPANY}
        owner = owner_of(kinds.get(str(item.get("ENTITY_TYPE"))), item.get("ENTITY_ID"))
        if at is None or not owner:
            return None
        body = plain_text(item.get("COMMENT"))
        return Note(id=str(item["ID"]), body=body, at=at, person_id=id_of(item.get("AUTHOR_ID")), **owner)

    def _deal(self, item: Mapping[str, Any], entity_type: int, contact: str | None, company: str | None) -> Deal:
        own_id = str(item["ID"])
        is_lead = entity_type == LEAD
        stage = str(item.get("STATUS_ID" if is_lead else "STAGE_ID"))
        pipeline = pipeline_of(entity_type, item.get("CATEGORY_ID"))
        semantics = text_of(item.get("STATUS_SEMANTIC_ID" if is_lead else "STAGE_SEMANTIC_ID"))
        status = self._status(entity_type, pipeline, stage, semantics)
        shown = self._stages.names.get((pipeline, stage), stage)
        closed = status != "open"
        return Deal(
            id=_deal_id(entity_type, own_id),
            kind="lead" if is_lead else "deal",
            title=text_of(item.get("TITLE")) or own_id,
            contact_id=contact,
            company_id=company,
            stage=shown,
            stage_since=iso_time(item.get("MOVED_TIME")),
            status=status,
            amount=money(item.get("OPPORTUNITY")),
            currency=currency_of(item.get("CURRENCY_ID")),
            person_id=id_of(item.get("ASSIGNED_BY_ID")),
            loss_reason=shown if closed and status != "won" else None,  # Bitrix24 has a failing stage for each reason
            opened_at=iso_time(item.get("DATE_CREATE")),
            # A deal's CLOSEDATE is a day that is planned; when it came into its last stage is when it was closed.
            closed_at=(iso_time(item.get("MOVED_TIME")) or iso_time(item.get("DATE_CLOSED"))) if closed else None,
            closed_by_id=id_of(item.get("MOVED_BY_ID")) if closed else None,
            url=f"{self._portal}/crm/{'lead' if is_lead else 'deal'}/details/{own_id}/",
        )

    def _status(self, entity_type: int, pipeline: str, stage: str, semantics: str | None) -> str:
        meaning = semantics or self._stages.meaning.get((pipeline, stage), "process")
        if meaning in ("S", "success"):
            return "won"
        if meaning not in ("F", "failure", "apology"):
            return "open"
        name = self._stages.names.get((pipeline, stage), stage).casefold()
        return "unqualified" if entity_type == LEAD or name in self._unqualified else "closed_lost"

    def _is_never(self, item: Mapping[str, Any]) -> bool | None:
        return is_true(item.get(self._never)) if self._never else None


def owner_of(entity_type: object, entity_id: object) -> dict[str, str | None]:
    """Which of a row's ids an owner is."""
    own_id = id_of(entity_id)
    kind = int(str(entity_type)) if str(entity_type).isdigit() else 0
    if own_id is None:
        return {}
    if kind in (LEAD, DEAL):
        return {"deal_id": _deal_id(kind, own_id)}
    return {"contact_id": own_id} if kind == CONTACT else {"company_id": own_id} if kind == COMPANY else {}


def _deal_id(entity_type: int, own_id: str) -> str:
    """Leads and deals are numbered apart there and stand in one table here."""
    return f"L{own_id}" if entity_type == LEAD else f"D{own_id}"


def _values(item: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = item.get(name)
    if not isinstance(found, list):
        return ()
    return tuple(text for value in rows_at(found) if (text := text_of(value.get("VALUE"))) is not None)
