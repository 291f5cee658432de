"""Turning the lines of the CRM's files into rows: one class per file, each finding again what it made before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.models import DEAL_STATUSES, POTENTIALS, Client, ClientPhone, CrmTask, Deal, LossReason, Rep
from review.services.crm_files import BadCell, CrmFile, Line
from review.services.people import add_team, find_rep, find_sign_in
from review.text.phones import read_phone

LONGEST_KEY: Final = 200  # characters of an id or code


@dataclass(slots=True)
class Counts:
    """How many rows were made, changed, or already as the file says."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def count(self, *, is_new: bool, changed: bool) -> None:
        """Count one row."""
        if is_new:
            self.created += 1
        elif changed:
            self.updated += 1
        else:
            self.unchanged += 1


class _Rows:
    """What all files share: the counts, ids seen, and the reps already looked up."""

    def __init__(self, session: Session, file: CrmFile) -> None:
        self.session = session
        self.file = file
        self.counts = Counts()
        self._seen: dict[str, int] = {}
        self._reps: dict[str, int | None] = {}

    def _once(self, line: Line, column: str) -> str:
        """The line's key. Raises BadCell when an earlier line has the same."""
        key = line.required(column)
        if len(key) > LONGEST_KEY:
            raise BadCell(f"{column} is longer than {LONGEST_KEY} characters")
        if key in self._seen:
            raise BadCell(f"{column} {key!r} is on line {self._seen[key]} already")
        self._seen[key] = line.number
        return key

    def _rep(self, line: Line) -> int | None:
        """The rep the line names; one who is not known is reported and left out."""
        text = line.text("rep")
        if text is None:
            return None
        if text not in self._reps:
            self._reps[text] = find_rep(self.session, text)
        if self._reps[text] is None:
            self.file.report(line.number, f"rep {text!r} is not known, or means several; imported without a rep")
        return self._reps[text]


def _change(row: object, values: Mapping[str, Any]) -> bool:
    """Set what differs; True when anything did."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


class LossReasonRows(_Rows):
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
        self.counts.count(is_new=is_new, changed=_change(row, {"name": name}))


class RepRows(_Rows):
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
        if row is None:
            row = Rep(**values)
            self.session.add(row)
        changed = _change(row, values)
        self.session.flush()
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


class ClientRows(_Rows):
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
        changed = _change(row, values)
        changed = self._set_phones(row, self._phones(line)) or changed
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

    def _set_phones(self, client: Client, phones: set[str]) -> bool:
        before = {phone.e164 for phone in client.phones}
        client.phones = [phone for phone in client.phones if phone.e164 in phones]
        client.phones += [ClientPhone(e164=phone) for phone in sorted(phones - before)]
        return before != phones


class _OfClient(_Rows):
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
        external_id = self._once(line, "id")
        values["rep_id"] = self._rep(line)
        row = self.session.scalar(select(Deal).where(Deal.external_id == external_id))
        is_new = row is None
        if row is None:
            row = Deal(external_id=external_id, **values)
            self.session.add(row)
        self.counts.count(is_new=is_new, changed=_change(row, values))


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
        self.counts.count(is_new=is_new, changed=_change(row, values))

    def _deal(self, line: Line, client_id: int) -> int | None:
        external_id = line.text("deal")
        if external_id is None:
            return None
        found = self.session.execute(select(Deal.id, Deal.client_id).where(Deal.external_id == external_id)).first()
        if found is None or found.client_id != client_id:
            raise BadCell(f"deal {external_id!r} is no deal of this client")
        return int(found.id)
