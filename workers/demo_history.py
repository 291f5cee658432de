"""What the demo's CRM tells beside clients and deals: e-mails, notes, stages, own fields, calls nobody answered."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import Call, Client, ClientPhone, CrmEmail, CrmNote, Deal, DealStage, DoNotCall, Rep
from review.upsert import insert_new
from workers.demo.script import SOURCE

HISTORY: Final = Path(__file__).parent / "demo" / "history"


def bring_history(session: Session) -> int:
    """Put it in; how many rows were new. Safe to repeat; a line about a client who is gone is left out."""
    known = _Known(session)
    made = 0
    for name, take in (
        ("emails", _email),
        ("notes", _note),
        ("stages", _stage),
        ("calls", _call),
        ("cards", _card),
    ):
        for line in read_lines(name):
            made += take(session, known, line)
    session.flush()
    return made


def read_lines(name: str) -> Iterator[dict[str, str]]:
    """The lines of one of the files, by their columns."""
    with (HISTORY / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@dataclass
class _Known:
    """Ids of the rows the lines speak of."""

    session: Session
    _found: dict[tuple[str, str], int | None] = field(default_factory=dict)

    def client(self, external_id: str) -> int | None:
        return self._find("client", external_id, lambda: select(Client.id).where(Client.external_id == external_id))

    def deal(self, external_id: str) -> int | None:
        return self._find("deal", external_id, lambda: select(Deal.id).where(Deal.external_id == external_id))

    def rep(self, name: str) -> int | None:
        return self._find("rep", name, lambda: select(Rep.id).where(Rep.name == name)) if name else None

    def _find(self, kind: str, name: str, query: Callable[[], Any]) -> int | None:
        if (kind, name) not in self._found:
            self._found[kind, name] = self.session.scalar(query())
        return self._found[kind, name]


def _about(known: _Known, line: dict[str, str]) -> dict[str, Any] | None:
    client_id = known.client(line["client"])
    if client_id is None:
        return None
    return {
        "client_id": client_id,
        "deal_id": known.deal(line["deal"]),
        "rep_id": known.rep(line["rep"]),
        "at": datetime.fromisoformat(line["at"]),
    }


def _email(session: Session, known: _Known, line: dict[str, str]) -> int:
    about = _about(known, line)
    if about is None:
        return 0
    values = {**about, "subject": line["subject"], "direction": line["direction"]}
    return insert_new(session, CrmEmail, ("external_id",), external_id=line["id"], **values) is not None


def _note(session: Session, known: _Known, line: dict[str, str]) -> int:
    about = _about(known, line)
    if about is None:
        return 0
    values = {**about, "body": line["body"], "author": line["author"]}
    return insert_new(session, CrmNote, ("external_id",), external_id=line["id"], **values) is not None


def _stage(session: Session, known: _Known, line: dict[str, str]) -> int:
    deal_id = known.deal(line["deal"])
    if deal_id is None:
        return 0
    values = {"stage": line["stage"], "status": line["status"], "rep_id": known.rep(line["rep"])}
    at = datetime.fromisoformat(line["at"])
    return insert_new(session, DealStage, ("deal_id", "at", "stage"), deal_id=deal_id, at=at, **values) is not None


def _call(session: Session, known: _Known, line: dict[str, str]) -> int:
    """A call nobody answered: facts without a sound."""
    about = _about(known, line)
    there = select(Call.id).where(Call.source == SOURCE, Call.external_id == line["id"])
    if about is None or session.scalar(there) is not None:
        return 0
    at = about.pop("at")
    call = Call(
        source=SOURCE,
        external_id=line["id"],
        direction=line["direction"],
        started_at=at,
        happened_at=at,
        client_phone=line["phone"],
        result="not_answered",
        state="no_audio",
        **about,
    )
    session.add(call)
    return 1


def _card(session: Session, known: _Known, line: dict[str, str]) -> int:
    """Own fields and the hot mark, unless somebody has changed the card by hand; a number nobody may call."""
    client = session.get(Client, known.client(line["client"]) or 0)
    if client is None:
        return 0
    if client.revision == 1 and not client.custom and not client.hot:
        client.custom = dict(part.split("=", 1) for part in line["custom"].split("|") if part)
        client.hot, client.hot_note = line["hot"] == "yes", line["hot_note"]
    if line["do_not_call"]:
        for phone in session.scalars(select(ClientPhone.e164).where(ClientPhone.client_id == client.id)).all():
            insert_new(
                session,
                DoNotCall,
                ("e164",),
                e164=phone,
                reason=line["do_not_call"],
                source="crm",
                at=client.created_at,
            )
    return 0
