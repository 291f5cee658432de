"""Turning the lines of the CRM's files into rows: one class per file, each finding again what it made before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.accounts.team_history import note_change
from review.models import DEAL_KINDS, DEAL_STATUSES, POTENTIALS, Client, ClientPhone, CrmTask, Deal, LossReason, Rep
from review.services.crm_files import BadCell, CrmFile, Line
from review.services.crm_row_base import Counts, RowChange, Rows
from review.services.people import add_team, find_sign_in
from review.text.phones import read_phone

__all__ = ["ClientRows", "Counts", "DealRows", "LossReasonRows", "RepRows", "RowChange", "TaskRows"]


class LossReasonRows(Rows):
    """loss_reasons.csv"""

    def take(self, line: Line) -> None:
        """Import one line. Raises BadCell."""
        name = line.required("name")
        code = self._once(line, "code")
        row = self.session.get(LossReason, code)
        is_new = row is None
        if row is None:
            row = LossReason(code=code, name=name)
            self.session.add(row)
        self.counts.count(is_new=is_new, changed=self._change(line, name, row, {"name": name}, is_new=is_new))


class RepRows(Rows):
    """reps.csv"""

    def __init__(self, session: Session, file: CrmFile) -> None:
        super().__init__(session, file)
        self._taken: dict[int, int] = {}

    def take(self, line: Line) -> None:
        """Import one line. Raises BadCell."""
        name = " ".join(line.required("name").split())
        extension = line.text("extension")
        email = (line.text("email") or "").casefold() or None
        active = line.choice("active", ("yes", "no"), "yes") == "yes"
        row = self._find(name, extension, email)
        if row is not None and row.id in self._taken:
            raise BadCell(f"this rep is on line {self._taken[row.id]} already")
        values: dict[str, Any] = {"name": name, "extension": extension, "email": email, "active": active}
        values["team_id"] = self._team(line)
        is_new = row is None
        before = row.team_id if row is not None else None
        if row is None:
            row = Rep(**values)
            self.session.add(row)
        changed = self._change(line, name, row, values, is_new=is_new)
        self.session.flush()
        note_change(self.session, row.id, before, row.team_id, new=is_new)
        self._join(row)
        self._taken[row.id] = line.number
        self.counts.count(is_new=is_new, changed=changed)

    def _find(self, name: str, extension: str | None, email: str | None) -> Rep | None:
        if extension is not None:
            by_extension = self.session.scalar(select(Rep).where(Rep.extension == extension))
            if by_extension is not None:
                return by_extension
        # Someone found by address or name must not be another extension's owner: that is a namesake, or a new number.
        for condition in ((Rep.email == email) if email else None, Rep.name == name):
            if condition is None:
                continue
            found = self.session.scalars(select(Rep).where(condition).limit(2)).all()
            if len(found) == 1 and (email is None or found[0].email in (None, email)):
                return found[0]
        return None

    def _team(self, line: Line) -> int | None:
        team = line.text("team")
        return None if team is None else add_team(self.session, team)

    def _join(self, rep: Rep) -> None:
        """Join the rep to the sign-in with the same address, when neither has another yet."""
        if rep.user_id is None:
            rep.user_id = find_sign_in(self.session, rep.email)
            self.session.flush()


class ClientRows(Rows):
    """clients.csv"""

    def __init__(self, session: Session, file: CrmFile, region: str) -> None:
        super().__init__(session, file)
        self._region = region

    def take(self, line: Line) -> None:
        """Import one line. Raises BadCell."""
        company = line.text("company")
        name = line.text("name") or ""
        if not name and company is None:
            raise BadCell("name and company are both empty")
        values: dict[str, Any] = {
            "name": name,
            "company": company,
            "email": line.text("email"),
            "potential": line.choice("potential", POTENTIALS, None),
            "client_group": line.text("group"),
            "product_group": line.text("product_group"),
            "note": line.text("note"),
        }
        created_at = line.time("created_at")
        if created_at is not None:
            values["created_at"] = created_at
        external_id = self._once(line, "id")
        row = self.session.scalar(select(Client).where(Client.external_id == external_id))
        is_new = row is None
        if row is None:
            row = Client(external_id=external_id, **values)
            self.session.add(row)
        changed = self._change(line, name or company or external_id, row, values, is_new=is_new)
        if self.file.columns is None or "phones" in self.file.columns:
            changed = self._set_phones(line, row, self._phones(line), is_new=is_new) or changed
        changed = self._set_custom(line, row, is_new=is_new) or changed
        self.session.flush()
        self.counts.count(is_new=is_new, changed=changed)

    def _phones(self, line: Line) -> set[str]:
        phones = set()
        for text in filter(None, (part.strip() for part in (line.text("phones") or "").split("|"))):
            phone = read_phone(text, self._region)
            if phone is None:
                self.file.report(line.number, f"phones: {text!r} is no telephone number and was left out")
            else:
                phones.add(phone)
        return phones

    def _set_phones(self, line: Line, client: Client, phones: set[str], *, is_new: bool) -> bool:
        before = {phone.e164 for phone in client.phones}
        client.phones = [phone for phone in client.phones if phone.e164 in phones]
        client.phones += [ClientPhone(e164=phone) for phone in sorted(phones - before)]
        if before != phones:
            old, new = ", ".join(sorted(before)), ", ".join(sorted(phones))
            self._note(line, client.name or client.company or "", {"phones": (old, new)}, is_new=is_new)
        return before != phones

    def _set_custom(self, line: Line, client: Client, *, is_new: bool) -> bool:
        """Columns `custom.<name>`: the company's own fields; other fields of the client stay."""
        before = client.custom or {}
        given = {name[7:]: line.text(name) for name in line.cells if name.startswith("custom.")}
        changed = {name: value for name, value in given.items() if before.get(name) != value}
        if changed:
            after = {**before, **changed}
            client.custom = {name: value for name, value in after.items() if value is not None}
            fields = {f"custom.{name}": (before.get(name), value) for name, value in changed.items()}
            self._note(line, client.name or client.company or "", fields, is_new=is_new)
        return bool(changed)


class _OfClient(Rows):
    """What deals and tasks share: each belongs to a client."""

    def _client(self, line: Line) -> int:
        external_id = line.required("client")
        found = self.session.scalar(select(Client.id).where(Client.external_id == external_id))
        if found is None:
            raise BadCell(f"client {external_id!r} is neither in clients.csv nor imported before")
        return found


class DealRows(_OfClient):
    """deals.csv"""

    def take(self, line: Line) -> None:
        """Import one line. Raises BadCell."""
        currency = (line.text("currency") or "").upper() or None
        if currency is not None and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            raise BadCell(f"currency {currency!r} is not three letters like EUR")
        values: dict[str, Any] = {
            "client_id": self._client(line),
            "title": line.required("title"),
            "stage": line.text("stage"),
            "stage_since": line.time("stage_since"),
            "amount": line.amount("amount"),
            "currency": currency,
            "status": line.choice("status", DEAL_STATUSES, "open"),
            "loss_reason": line.text("loss_reason"),
            "opened_at": line.time("opened_at"),
            "closed_at": line.time("closed_at"),
        }
        if line.text("kind") is not None:
            values["kind"] = line.choice("kind", DEAL_KINDS, None)
        external_id = self._once(line, "id")
        values["rep_id"] = self._rep(line)
        row = self.session.scalar(select(Deal).where(Deal.external_id == external_id))
        is_new = row is None
        if row is None:
            row = Deal(external_id=external_id, **values)
            self.session.add(row)
        changed = self._change(line, str(values["title"]), row, values, is_new=is_new)
        self.counts.count(is_new=is_new, changed=changed)


class TaskRows(_OfClient):
    """tasks.csv"""

    def take(self, line: Line) -> None:
        """Import one line. Raises BadCell."""
        client_id = self._client(line)
        values: dict[str, Any] = {
            "client_id": client_id,
            "deal_id": self._deal(line, client_id),
            "title": line.required("title"),
            "due_at": line.time("due_at"),
            "done_at": line.time("done_at"),
        }
        external_id = self._once(line, "id")
        values["rep_id"] = self._rep(line)
        row = self.session.scalar(select(CrmTask).where(CrmTask.external_id == external_id))
        is_new = row is None
        if row is None:
            row = CrmTask(external_id=external_id, **values)
            self.session.add(row)
        changed = self._change(line, str(values["title"]), row, values, is_new=is_new)
        self.counts.count(is_new=is_new, changed=changed)

    def _deal(self, line: Line, client_id: int) -> int | None:
        external_id = line.text("deal")
        if external_id is None:
            return None
        found = self.session.execute(select(Deal.id, Deal.client_id).where(Deal.external_id == external_id)).first()
        if found is None or found.client_id != client_id:
            raise BadCell(f"deal {external_id!r} is no deal of this client")
        return int(found.id)
