"""Leads, deals and their stages, tasks, notes and e-mails of a CRM as our rows; the CRM leads in what they say."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from review.crm.applying import Applying
from review.crm.connector import Deal, Email, Note, StageMove, Task
from review.crm.pushing import MARK
from review.models import Client, CrmEmail, CrmNote, CrmTask, DealStage
from review.models import Deal as DealRow
from review.upsert import insert_new


class DealRows:
    """Takes deals, stage moves, tasks, notes and e-mails."""

    def __init__(self, work: Applying) -> None:
        self.work = work
        self._moved: set[int] = set()

    def take_deal(self, deal: Deal) -> None:
        """Make or change a lead or deal; one without a client is counted and left out."""
        work = self.work
        client_id = self._client(deal.contact_id, deal.company_id, make=True)
        known = work.known.get("deal", deal.id)
        row = work.session.get(DealRow, known.row_id) if known is not None and known.row_id is not None else None
        if client_id is None and row is None:
            work.counts.without_client += 1
            return
        theirs: dict[str, Any] = {
            "kind": deal.kind,
            "title": deal.title,
            "stage": deal.stage,
            "status": deal.status,
            "amount": deal.amount,
            "currency": deal.currency,
            "loss_reason": self._reason(deal.loss_reason) if deal.status in ("closed_lost", "unqualified") else None,
            "opened_at": deal.opened_at,
            "url": deal.url if (deal.url or "").startswith(("https://", "http://")) else None,  # it becomes a link
        }
        if client_id is not None:
            theirs["client_id"] = client_id
        rep_id = work.rep_of(deal.person_id)
        if rep_id is not None or deal.person_id is None:
            theirs["rep_id"] = rep_id
        adopted = self._same_deal(deal.id, client_id) if row is None else None
        is_new = row is None and adopted is None
        since = "made" if is_new else "adopted" if adopted is not None else "known"
        if row is None:
            row = adopted or DealRow(external_id=work.external_id("deal", deal.id), title="", client_id=client_id)
            work.session.add(row)
            work.session.flush()
        if known is None:
            known = work.known.add("deal", deal.id, row.id)
        known.row_id, known.deleted = row.id, False
        changed = work.set_values(known, row, theirs, crm_leads=True, since=since)
        changed = self._set_times(row, deal) or changed
        known.said = {**known.said, "person": deal.person_id}
        self._moved.add(row.id)
        work.counts.count(is_new=is_new, changed=changed)

    def _set_times(self, row: DealRow, deal: Deal) -> bool:
        """Since when it stands, and who closed it when: the CRM's word, or else what the moves tell later."""
        closed = deal.status != "open"
        values = {
            "stage_since": deal.stage_since or row.stage_since,
            "closed_at": (deal.closed_at or row.closed_at) if closed else None,
            "closed_by_id": (self.work.rep_of(deal.closed_by_id) or row.closed_by_id) if closed else None,
        }
        changed = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in changed.items():
            setattr(row, name, value)
        return bool(changed)

    def take_move(self, move: StageMove) -> None:
        """Keep a stage move once."""
        deal_id = self.work.known.row_id("deal", move.deal_id)
        if deal_id is None:
            return
        insert_new(
            self.work.session,
            DealStage,
            ("deal_id", "at", "stage"),
            deal_id=deal_id,
            stage=move.stage,
            status=move.status,
            at=move.at,
            rep_id=self.work.rep_of(move.person_id),
        )
        self._moved.add(deal_id)

    def settle_closings(self) -> None:
        """What a deal's own row does not say is told by its last move: since when, and who closed it when."""
        session = self.work.session
        for deal_id in sorted(self._moved):
            deal = session.get(DealRow, deal_id)
            last = session.scalar(
                select(DealStage).where(DealStage.deal_id == deal_id).order_by(DealStage.at.desc()).limit(1)
            )
            if deal is None or last is None:
                continue
            if deal.stage_since is None or deal.stage_since < last.at:
                deal.stage_since = last.at
            if deal.status == "open" or last.status == "open":
                continue
            if deal.closed_at is None:
                deal.closed_at = last.at
            if deal.closed_by_id is None:
                deal.closed_by_id = last.rep_id
        session.flush()

    def take_task(self, task: Task) -> None:
        """Make or change a task."""
        values = {"title": task.title, "due_at": task.due_at, "done_at": task.done_at}
        self._take("task", CrmTask, task, values)

    def take_note(self, note: Note) -> None:
        """Make or change a note; ours are not read back."""
        if MARK in note.body or not note.body:
            return
        author = self.work.known.get("rep", note.person_id)
        name = author.label.partition(" <")[0] if author is not None else ""
        self._take("note", CrmNote, note, {"body": note.body, "at": note.at, "author": name})

    def take_email(self, email: Email) -> None:
        """Make or change an e-mail's subject and time."""
        values = {"subject": email.subject, "at": email.at, "direction": email.direction}
        self._take("email", CrmEmail, email, values)

    def _take(self, entity: str, table: Any, item: Task | Note | Email, values: dict[str, Any]) -> None:
        work = self.work
        deal = work.session.get(DealRow, work.known.row_id("deal", item.deal_id) or 0)
        client_id = deal.client_id if deal is not None else self._client(item.contact_id, item.company_id, make=True)
        if client_id is None:
            work.counts.without_client += 1
            return
        known = work.known.get(entity, item.id)
        row = work.session.get(table, known.row_id) if known is not None and known.row_id is not None else None
        is_new = row is None
        rep_id = work.rep_of(item.person_id)
        theirs = {**values, "client_id": client_id, "deal_id": deal.id if deal is not None else None}
        if rep_id is not None or item.person_id is None:
            theirs["rep_id"] = rep_id
        if row is None:
            row = table(external_id=work.external_id(entity, item.id), **theirs)
            work.session.add(row)
            work.session.flush()
        if known is None:
            known = work.known.add(entity, item.id, row.id)
        known.row_id, known.deleted = row.id, False
        changed = work.set_values(known, row, theirs, crm_leads=True, since="made" if is_new else "known")
        known.said = {**known.said, "person": item.person_id}
        work.counts.count(is_new=is_new, changed=changed)

    def _client(self, contact_id: str | None, company_id: str | None, *, make: bool) -> int | None:
        """The client a contact is, else the one its company is; a company without one is made one when it is needed."""
        found = self.work.known.row_id("client", contact_id)
        if found is not None:
            return found
        company = self.work.known.get("company", company_id)
        if company is None:
            return None
        if company.row_id is None and make:
            client = Client(
                external_id=self.work.external_id("company", company.remote_id), name="", company=company.label
            )
            self.work.session.add(client)
            self.work.session.flush()
            company.row_id = client.id
            company.said = {**company.said, "company": company.label}
        return company.row_id

    def _reason(self, reason: str | None) -> str | None:
        """A listed reason by its code here; free words as they are."""
        if reason is None or self.work.known.get("loss_reason", reason) is None:
            return reason
        return f"{self.work.connection_id}:{reason}"

    def _same_deal(self, remote_id: str, client_id: int | None) -> DealRow | None:
        """A deal that a file brought with the CRM's own id, of the same client."""
        return self.work.session.scalar(
            select(DealRow).where(DealRow.external_id == remote_id, DealRow.client_id == client_id)
        )
