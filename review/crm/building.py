"""From an outbox item to what a connector sends: the rows are read now, so a correction made since is what goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.bodies import unpack_body
from review.crm.connector import (
    CallNote,
    Card,
    Connector,
    FieldValue,
    NewTask,
    Reopening,
    Transcript,
    TranscriptTurn,
)
from review.crm.errors import CrmCannot
from review.crm.words import words_of
from review.models import (
    Call,
    ClientPhone,
    CrmConnection,
    CrmId,
    Deal,
    DoNotCall,
    Evaluation,
    Rep,
    Segment,
    Source,
    StoredAssessment,
    utc_now,
)
from review.queries.counted import counts

MOST_LINES: Final = 6
LONGEST_LINE: Final = 300
_SEEN: Final = ("shown", "acknowledged", "disputed", "final")


class NothingToSay(Exception):
    """What the item speaks of is not there any more, or belongs to this CRM no longer."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A task of ours that nobody shall carry out any more: `of` is the key it was made under, `text` says why."""

    card: Card
    of: str
    text: str


@dataclass(frozen=True, slots=True)
class Push:
    """What one item becomes: `send(connector, key, again)` does it and gives the id there."""

    kind: str
    item: CallNote | NewTask | Reopening | Transcript | FieldValue | Withdrawal
    task: NewTask | None = None  # a reopened lead with a due time brings a task

    def send(self, connector: Connector, key: str, *, again: bool) -> str:
        """Carry it out. Raises CrmError."""
        item = self.item
        if isinstance(item, CallNote):
            return connector.push_call(item, key, again=again)
        if isinstance(item, NewTask):
            return connector.push_task(item, key, again=again)
        if isinstance(item, Transcript):
            return connector.push_transcript(item, key, again=again)
        if isinstance(item, Withdrawal):
            return connector.withdraw(item.card, item.of, item.text, key)
        if isinstance(item, FieldValue):
            return connector.push_field(item, key, again=again)
        made = connector.reopen(item, key, again=again)
        if self.task is not None:
            connector.push_task(self.task, task_key(key), again=again)
        return made


def task_key(key: str) -> str:
    """The key of the task that a reopened lead brings with it."""
    return f"{key}:task"


def build_push(
    session: Session, connection: CrmConnection, kind: str, payload: Mapping[str, Any], *, public_url: str | None
) -> Push:
    """What to send for an item. Raises NothingToSay, and CrmCannot for what a person has to settle first."""
    if kind == "crm.call_note":
        return Push(kind, _call_note(session, connection, int(payload["call_id"]), public_url))
    if kind == "crm.transcript":
        note = _call_note(session, connection, int(payload["call_id"]), public_url)
        return Push(kind, Transcript(note=note, turns=_turns(session, int(payload["call_id"]))))
    card = _card(session, connection.id, payload.get("client_id"), payload.get("deal_id"))
    if kind == "crm.withdraw":
        words = words_of(connection.settings.get("language"))["withdrawn"]
        reason = str(payload.get("reason") or "")
        text = f"{words} ({reason})" if reason else words
        return Push(kind, Withdrawal(card=card, of=task_key(str(payload["of"])), text=text))
    if kind == "crm.task":
        return Push(kind, _task(session, connection, card, str(payload["title"]), payload))
    if kind == "crm.field":
        value = FieldValue(
            card=card, field=str(payload["field"]), value=str(payload["value"]), quote=str(payload.get("quote") or "")
        )
        return Push(kind, value)
    if _not_to_call(session, payload.get("deal_id")):  # put on the list while this waited to be sent
        raise CrmCannot(
            "A number of this client is on the list of those not to call by now, so nobody is asked to call there. If "
            "it stands there by mistake, take it off the list, then try again."
        )
    person = _person(session, connection.id, payload.get("rep_id"))
    if person is None:
        rep = session.get(Rep, payload.get("rep_id"))
        raise CrmCannot(
            f"{rep.name if rep else 'The rep'} is nobody known in {connection.name}: say on the connection's page who "
            "it is there, then try again."
        )
    reopening = Reopening(card=card, stage=payload.get("stage"), person_id=person, text=str(payload.get("text") or ""))
    task = None
    if payload.get("due_at"):
        title = words_of(connection.settings.get("language"))["call_back"]
        task = _task(session, connection, card, title, payload)
    return Push(kind, reopening, task)


def _not_to_call(session: Session, deal_id: int | None) -> bool:
    listed = (
        select(DoNotCall.e164)
        .join(ClientPhone, ClientPhone.e164 == DoNotCall.e164)
        .join(Deal, Deal.client_id == ClientPhone.client_id)
        .where(Deal.id == deal_id)
        .limit(1)
    )
    return session.scalar(listed) is not None


def _call_note(session: Session, connection: CrmConnection, call_id: int, public_url: str | None) -> CallNote:
    call = session.get(Call, call_id)
    if call is None:
        raise NothingToSay
    source = session.scalar(select(Source.kind).where(Source.name == call.source))
    return CallNote(
        card=_card(session, connection.id, call.client_id, call.deal_id),
        call_id=call.external_id,
        from_telephony=source,
        direction=call.direction or "outbound",
        phone=call.client_phone or "",
        at=call.started_at or call.happened_at,
        duration=round(call.duration or 0.0),
        text="\n".join(_lines(session, connection, call)),
        link=f"{public_url}/calls/{call_id}" if public_url else None,
        person_id=_person(session, connection.id, call.rep_id),
    )


def _lines(session: Session, connection: CrmConnection, call: Call) -> list[str]:
    """Score, who judged, and what the call was about; each a line."""
    words = words_of(connection.settings.get("language"))
    final, by = call.score_final, words["machine"]
    if connection.note_when == "person":
        evaluation = session.scalar(
            select(Evaluation)
            .where(Evaluation.call_id == call.id, Evaluation.state.in_(_SEEN), counts())
            .order_by(Evaluation.submitted_at.desc(), Evaluation.id.desc())
            .limit(1)
        )
        if evaluation is None:
            raise NothingToSay  # withdrawn since
        final, by = evaluation.final, words["by"].format(name=evaluation.reviewer)
    score = words["no_score"] if final is None else words["score"].format(score=round(final))
    lines = [score, by]
    body = session.scalar(select(StoredAssessment.body).where(StoredAssessment.id == call.assessment_id))
    for entry in (unpack_body(body).get("summary") or [])[:MOST_LINES] if body is not None else []:
        quote, about = str(entry.get("quote") or "").strip(), str(entry.get("about") or "")
        if quote and about in words:
            lines.append(f"{words[about]}: «{quote[:LONGEST_LINE]}»")
    return lines


def _turns(session: Session, call_id: int) -> tuple[TranscriptTurn, ...]:
    """The shown transcript's turns with times; announcements are nobody's words."""
    rows = session.scalars(select(Segment).where(Segment.call_id == call_id).order_by(Segment.turn))
    found = tuple(
        TranscriptTurn(rep=row.role == "rep", start=row.start, end=row.end, text=row.text)
        for row in rows
        if row.role in ("rep", "client") and row.start is not None and row.end is not None and row.text
    )
    if not found:
        raise NothingToSay
    return found


def _task(session: Session, connection: CrmConnection, card: Card, title: str, payload: Mapping[str, Any]) -> NewTask:
    due = datetime.fromisoformat(str(payload["due_at"])) if payload.get("due_at") else utc_now() + timedelta(days=1)
    return NewTask(
        card=card,
        title=title,
        text=str(payload.get("text") or ""),
        due_at=due if due.tzinfo else due.replace(tzinfo=UTC),
        person_id=_person(session, connection.id, payload.get("rep_id")),
    )


def _card(session: Session, connection_id: int, client_id: int | None, deal_id: int | None) -> Card:
    """The ids there. A deal tells its client. Raises NothingToSay when neither is known there."""
    kind = "deal"
    if deal_id is not None:
        deal = session.get(Deal, deal_id)
        if deal is not None:
            kind, client_id = deal.kind, client_id or deal.client_id
    found = {
        entity: session.scalar(
            select(CrmId.remote_id)
            .where(
                CrmId.connection_id == connection_id,
                CrmId.entity == entity,
                CrmId.row_id == row_id,
                CrmId.deleted.is_(False),
            )
            .order_by(CrmId.remote_id)
            .limit(1)
        )
        for entity, row_id in (("deal", deal_id), ("client", client_id), ("company", client_id))
        if row_id is not None
    }
    if not any(found.values()):
        raise NothingToSay
    return Card(deal_id=found.get("deal"), kind=kind, contact_id=found.get("client"), company_id=found.get("company"))


def _person(session: Session, connection_id: int, rep_id: int | None) -> str | None:
    if rep_id is None:
        return None
    return session.scalar(
        select(CrmId.remote_id)
        .where(
            CrmId.connection_id == connection_id,
            CrmId.entity == "rep",
            CrmId.row_id == rep_id,
            CrmId.deleted.is_(False),
        )
        .order_by(CrmId.remote_id)
        .limit(1)
    )
