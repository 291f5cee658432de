"""Contacts and companies of a CRM as our clients: numbers, card fields, fields of the company's own, do-not-call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select

from review.crm.applying import Applying
from review.crm.connector import Company, Contact
from review.crm.merging import merge, merge_set
from review.models import POTENTIALS, Client, ClientPhone, CrmId, DoNotCall, utc_now
from review.text.phones import read_phone
from review.upsert import insert_new

MOST_FIELDS: Final = 60
_COLUMNS: Final = ("client_group", "product_group", "note")


class ClientRows:
    """Takes contacts and companies."""

    def __init__(self, work: Applying) -> None:
        self.work = work

    def take_company(self, company: Company) -> None:
        """A company is remembered by name; with a number it is a client of its own, whom calls can belong to."""
        known = self.work.known.get("company", company.id)
        if known is None:
            known = self.work.known.add("company", company.id, None, label=company.name)
        renamed = known.label != company.name
        known.label, known.deleted = company.name, False
        phones = self._numbers(company.phones)
        if known.row_id is None and not phones:
            return
        self._set(
            known,
            {"company": company.name, "email": company.email},
            phones,
            company.custom,
            company.created_at,
            company.do_not_call,
            changed=renamed,
        )

    def take_contact(self, contact: Contact) -> None:
        """A person is a client; the company's name comes from the company."""
        known = self.work.known.get("client", contact.id)
        company = self.work.known.get("company", contact.company_id)
        columns: dict[str, Any] = {
            "name": contact.name,
            "company": company.label if company is not None else contact.company,
            "email": contact.email,
        }
        custom = dict(contact.custom)
        for name, value in contact.known.items():
            if name == "potential" and value.casefold() in POTENTIALS:
                columns["potential"] = value.casefold()
            elif name in _COLUMNS:
                columns[name] = value
            else:
                custom[name] = value
        if known is None:
            known = self.work.known.add("client", contact.id, None)
        known.deleted = False
        phones = self._numbers(contact.phones)
        self._set(known, columns, phones, custom, contact.created_at, contact.do_not_call, changed=False)

    def _set(
        self,
        known: CrmId,
        columns: Mapping[str, Any],
        phones: set[str],
        custom: Mapping[str, str],
        created_at: datetime | None,
        do_not_call: bool | None,
        *,
        changed: bool,
    ) -> None:
        work = self.work
        client = work.session.get(Client, known.row_id) if known.row_id is not None else None
        adopted = self._same_client(known, columns, phones) if client is None else None
        is_new = client is None and adopted is None
        since = "made" if is_new else "adopted" if adopted is not None else "known"
        if client is None:
            client = adopted or self._new_client(known, created_at)
            known.row_id = client.id
        changed = work.set_values(known, client, columns, crm_leads=False, since=since) or changed
        changed = self._set_custom(known, client, custom, first=since == "adopted") or changed
        before = {phone.e164 for phone in client.phones}
        after = merge_set(before, known.said, "phones", phones)
        if before != after:
            client.phones = [phone for phone in client.phones if phone.e164 in after]
            client.phones += [ClientPhone(e164=phone) for phone in sorted(after - before)]
        self._set_do_not_call(known, phones, do_not_call)
        known.said = {**known.said, "phones": sorted(phones)}
        if (changed or before != after) and not is_new:
            client.revision += 1  # whoever has the card open learns of it before their save
        work.counts.count(is_new=is_new, changed=changed or before != after)

    def _new_client(self, known: CrmId, created_at: datetime | None) -> Client:
        client = Client(external_id=self.work.external_id(known.entity, known.remote_id), name="", custom={})
        if created_at is not None:
            client.created_at = created_at
        self.work.session.add(client)
        self.work.session.flush()
        return client

    def _same_client(self, known: CrmId, columns: Mapping[str, Any], phones: set[str]) -> Client | None:
        """A client that a file brought with the CRM's own id, and who shares a number, an address or the name."""
        if known.entity != "client":
            return None
        found = self.work.session.scalar(select(Client).where(Client.external_id == known.remote_id))
        if found is None:
            return None
        shares = phones & {phone.e164 for phone in found.phones}
        same = any(columns.get(name) and columns[name] == getattr(found, name) for name in ("email", "name"))
        return found if shares or same else None

    def _set_custom(self, known: CrmId, client: Client, custom: Mapping[str, str], *, first: bool) -> bool:
        theirs = {name[:100]: value for name, value in sorted(custom.items())[:MOST_FIELDS]}
        said = known.said.get("custom") or {}
        merged = merge(client.custom or {}, None if first else said, theirs, crm_leads=False)
        dropped = [name for name in said if name not in theirs and (client.custom or {}).get(name) == said[name]]
        self.work.log(known, merged.clashes)
        known.said = {**known.said, "custom": merged.said}
        if not merged.values and not dropped:
            return False
        kept = {name: value for name, value in (client.custom or {}).items() if name not in dropped}
        client.custom = {**kept, **merged.values}
        return True

    def _set_do_not_call(self, known: CrmId, phones: set[str], do_not_call: bool | None) -> None:
        if do_not_call:
            for phone in sorted(phones):
                insert_new(self.work.session, DoNotCall, ("e164",), e164=phone, reason="", source="crm", at=utc_now())
        elif do_not_call is False and known.said.get("do_not_call"):
            # Only what this CRM said itself is taken back: a person's or a call's "never again" stays.
            said = set(known.said.get("phones") or ()) | phones
            self.work.session.execute(
                delete(DoNotCall).where(DoNotCall.source == "crm", DoNotCall.e164.in_(sorted(said)))
            )
        if do_not_call is not None:
            known.said = {**known.said, "do_not_call": do_not_call}

    def _numbers(self, phones: tuple[str, ...]) -> set[str]:
        return {found for text in phones if (found := read_phone(text, self.work.region)) is not None}
