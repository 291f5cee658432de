"""A CRM of no make: lists behind links, times of change, notes that can be found again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.crm_fakes.server import Answer, FakeCrm

MORNING = datetime(2025, 11, 17, 8, tzinfo=UTC)


def iso(seconds: float) -> str:
    """A time as it writes them."""
    return (MORNING + timedelta(seconds=seconds)).isoformat()


def _list(path: str, **fields: str) -> dict[str, Any]:
    return {"path": path, "items": "data", "next": "links.next", "since": "since", "fields": {"id": "id", **fields}}


MAPPING: dict[str, Any] = {
    "people": _list("/users", name="name", email="mail"),
    "reasons": _list("/reasons", name="name"),
    "companies": _list("/companies", name="name", changed="changed"),
    "clients": _list("/people", name="name", phones="phones", company_id="company", changed="changed"),
    "deals": {
        **_list("/deals", title="title", client="person.id", stage="stage", status="state", amount="sum",
                currency="currency", person="owner", loss_reason="reason", opened="opened", closed="closed",
                closed_by="closed_by", changed="changed"),
        "statuses": {"lost": "closed_lost"},
    },
    "moves": {**_list("/moves", deal="deal", stage="stage", status="state", at="at", person="by", changed="at"),
              "statuses": {"lost": "closed_lost"}},
    "tasks": _list("/tasks", title="title", deal="deal", person="owner", due="due", changed="changed"),
    "notes": _list("/notes", body="text", deal="deal", person="by", at="at", changed="at"),
    "emails": _list("/mails", subject="subject", deal="deal", at="at", changed="at"),
    "push": {
        "note": {"path": "/deals/{deal}/notes", "body": {"text": "{text}"}, "id": "id", "find": "/deals/{deal}/notes",
                 "find_items": "data", "find_text": "text"},
        "task": {"path": "/deals/{deal}/tasks", "body": {"title": "{title}", "text": "{text}", "due": "{due}"},
                 "id": "id", "find": "/deals/{deal}/tasks", "find_items": "data", "find_text": "text"},
        "withdraw": {"method": "PATCH", "path": "/tasks/{task}", "body": {"done": True, "why": "{text}"}},
        "reopen": {"method": "PATCH", "path": "/deals/{deal}", "body": {"state": "open", "owner": "{person}"}},
    },
}  # fmt: skip


class FakeRest(FakeCrm):
    """A small CRM."""

    page = 2
    kind = "rest"
    can_refresh = False
    deal_ids = ("1", "2", "3")

    def __init__(self) -> None:
        super().__init__()
        self.lists: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("reasons", "companies", "people", "deals", "moves", "tasks", "notes", "mails")
        }
        self.lists["users"] = [
            {"id": 11, "name": "Анна Ким", "mail": "anna@example.com"},
            {"id": 12, "name": "Nobody Known", "mail": "nobody@example.com"},
        ]
        self._next_id = 9000

    def connection(self) -> tuple[dict[str, Any], dict[str, str]]:
        """(settings, secrets) of a connection to it."""
        return {"address": self.address, "mapping": json.dumps(MAPPING)}, {"token": self.token}

    def fill(self) -> None:
        """Five people, three deals: one open, one lost by Anna, one of a user who is no rep."""
        self.lists["reasons"].append({"id": "dear", "name": "Дорого"})
        self.lists["companies"].append({"id": 301, "name": "Nordhem", "changed": iso(0)})
        for number in range(501, 506):
            self._person(number, (number - 500) * 1000, f"Contact {number}")
        self._deal(1, 10)
        self._deal(2, 20, state="lost", stage="Lost", reason="dear", closed=iso(20))
        self._deal(3, 30, owner=12)
        self.lists["moves"].append({"id": 1, "deal": 2, "stage": "Lost", "state": "lost", "at": iso(20), "by": 11})
        self.lists["tasks"].append({"id": 801, "title": "Позвонить", "deal": 1, "owner": 11, "due": iso(99)})
        self.lists["notes"].append({"id": 701, "text": "Любит дуб", "deal": 1, "by": 11, "at": iso(0)})
        self.lists["mails"].append({"id": 702, "subject": "Предложение", "deal": 1, "at": iso(0)})

    def rename(self, own_id: str, title: str) -> None:
        """Change a deal's name there, ten hours later."""
        self._deal(int(own_id), 36000, title=title)

    def rename_contact(self, name: str) -> None:
        """Change the first person's name there, ten hours later."""
        self._person(501, 36000, name)

    def delete(self, own_id: str) -> None:
        """Delete a deal; nothing tells of it."""
        self.lists["deals"] = [deal for deal in self.lists["deals"] if str(deal["id"]) != own_id]

    def expire(self) -> None:
        """The token is taken back."""
        self.token = "another"

    def texts(self) -> list[str]:
        """What stands in notes."""
        return [str(note["text"]) for note in self.lists["notes"]]

    def task_words(self) -> list[str]:
        """What tasks say."""
        return [f"{task['title']} {task.get('text')}" for task in self.lists["tasks"]]

    def tasks_open(self) -> list[bool]:
        """Whether each task of ours is still to be done."""
        return [not task.get("done") for task in self.lists["tasks"] if "[callcoach:" in str(task.get("text"))]

    def tasks_said(self) -> list[str]:
        """What stands with each task beside its title."""
        return [str(task.get("why") or "") for task in self.lists["tasks"]]

    def state_of(self, own_id: str) -> tuple[bool, str]:
        """(whether a deal is open, its responsible)."""
        deal = next(deal for deal in self.lists["deals"] if str(deal["id"]) == own_id)
        return deal["state"] == "open", str(deal["owner"])

    def answer(self, method: str, path: str, query: Mapping[str, list[str]], body: Any) -> Answer:
        parts = path.strip("/").split("/")
        if len(parts) == 3:
            return self._of_deal(method, parts[1], parts[2], body)
        if method == "PATCH":
            deal = next((one for one in self.lists[parts[0]] if str(one["id"]) == parts[1]), None)
            if deal is None:
                return 404, {"error": "no such deal"}
            deal.update(body)
            return 200, deal
        rows = self.lists[parts[0]]
        if "since" in query:
            at = datetime.fromisoformat(query["since"][0])
            rows = [r for r in rows if datetime.fromisoformat(r.get("changed") or r.get("at") or iso(0)) >= at]
        page = int(query.get("page", ["1"])[0])
        shown = rows[(page - 1) * self.page : page * self.page]
        more = f"/{parts[0]}?page={page + 1}" if len(rows) > page * self.page else None
        if more and "since" in query:
            more += "&since=" + query["since"][0].replace("+", "%2B")
        return 200, {"data": shown, "links": {"next": more}}

    def _of_deal(self, method: str, deal: str, name: str, body: Any) -> Answer:
        if method == "GET":
            return 200, {"data": [row for row in self.lists[name] if str(row["deal"]) == deal]}
        self._next_id += 1
        self.lists[name].append({"id": self._next_id, "deal": int(deal), "at": iso(0), "changed": iso(0), **body})
        return 201, {"id": self._next_id}

    def _person(self, own: int, at: int, name: str) -> None:
        self.lists["people"] = [one for one in self.lists["people"] if one["id"] != own]
        phones = [{"value": f"+49 30 9018{own - 500}0"}]
        self.lists["people"].append({"id": own, "name": name, "phones": phones, "company": 301, "changed": iso(at)})

    def _deal(self, own: int, at: int, **more: Any) -> None:
        made = {"id": own, "title": f"Lead {own}", "person": {"id": 501}, "stage": "New", "state": "open",
                "sum": "4800", "currency": "EUR", "owner": 11, "opened": iso(at)}  # fmt: skip
        deals = self.lists["deals"]
        before = next((deal for deal in deals if deal["id"] == own), made)
        before.update(more, changed=iso(at))
        if before is made:
            deals.append(made)
