"""HubSpot as it answers: searches with `after`, 207 for a batch with missing ids, histories, joins read in batches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.crm_fakes.server import Answer, FakeCrm

MORNING = datetime(2025, 11, 17, 8, tzinfo=UTC)


def iso(seconds: float) -> str:
    """A time as the account writes it."""
    return (MORNING + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class FakeHub(FakeCrm):
    """One account with one pipeline."""

    page = 2
    kind = "hubspot"
    can_refresh = True
    deal_ids = ("1", "2", "3")

    def __init__(self) -> None:
        super().__init__()
        self.refresh_token = "refresh-1"
        self.objects: dict[str, dict[str, dict[str, Any]]] = {
            kind: {} for kind in ("contacts", "companies", "deals", "tasks", "notes", "emails", "calls")
        }
        self.history: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.joins: dict[tuple[str, str], dict[str, list[str]]] = {}
        self._next_id = 9000

    def connection(self) -> tuple[dict[str, Any], dict[str, str]]:
        """(settings, secrets) of a connection to it."""
        settings = {"address": self.address, "client_id": "our-id", "fields": {"budget": "budget"}}
        secrets = {"token": self.token, "refresh_token": self.refresh_token, "client_secret": "hub-secret"}
        return settings, secrets

    def fill(self) -> None:
        """Five contacts, three deals: one open, one lost by Anna, one of an owner who is no rep."""
        self._put("companies", "301", 0, name="Nordhem")
        for number in range(501, 506):
            self._contact(number, (number - 500) * 1000, f"Contact {number}")
        self._deal(1, 10)
        self._deal(2, 20, dealstage="closedlost", closed_lost_reason="Дорого")
        self._deal(3, 30, hubspot_owner_id="12")
        self._put("tasks", "801", 0, hs_task_subject="Позвонить", hs_timestamp=iso(99), hubspot_owner_id="11")
        self._put("notes", "701", 0, hs_note_body="<p>Любит дуб</p>", hs_timestamp=iso(0), hubspot_owner_id="11")
        self._put("emails", "702", 0, hs_email_subject="Предложение", hs_timestamp=iso(0), hs_email_direction="EMAIL")
        for kind, own in (("tasks", "801"), ("notes", "701"), ("emails", "702")):
            self._join(kind, own, "deals", "1")

    def rename(self, own_id: str, title: str) -> None:
        """Change a deal's name there, ten hours later."""
        self._put("deals", own_id, 36000, dealname=title)

    def rename_contact(self, name: str) -> None:
        """Change the first contact's name there, ten hours later."""
        self._contact(501, 36000, name)

    def delete(self, own_id: str) -> None:
        """Delete a deal."""
        del self.objects["deals"][own_id]

    def expire(self) -> None:
        """The token runs out."""
        self.token = "another"

    def texts(self) -> list[str]:
        """What stands in notes and calls."""
        calls = [str(one["properties"]["hs_call_body"]) for one in self.objects["calls"].values()]
        return calls + [str(one["properties"]["hs_note_body"]) for one in self.objects["notes"].values()]

    def task_words(self) -> list[str]:
        """What tasks say."""
        tasks = [one["properties"] for one in self.objects["tasks"].values()]
        return [f"{task['hs_task_subject']} {task.get('hs_task_body')}" for task in tasks]

    def tasks_open(self) -> list[bool]:
        """Whether each task of ours is still to be done."""
        ours = (task["properties"] for task in self.objects["tasks"].values())
        return [task["hs_task_status"] != "COMPLETED" for task in ours if "[callcoach:" in task.get("hs_task_body", "")]

    def tasks_said(self) -> list[str]:
        """What stands with each task beside its title."""
        return [str(task["properties"].get("hs_task_body") or "") for task in self.objects["tasks"].values()]

    def state_of(self, own_id: str) -> tuple[bool, str]:
        """(whether a deal is open, its responsible)."""
        values = self.objects["deals"][own_id]["properties"]
        return not values["dealstage"].startswith("closed"), values["hubspot_owner_id"]

    def refuse(self) -> Answer:
        return 401, {"status": "error", "category": "EXPIRED_AUTHENTICATION", "message": "The token is expired"}

    def is_open(self, path: str) -> bool:
        return path == "/oauth/v1/token"

    def makes(self, path: str) -> bool:
        return not path.endswith(("/search", "/batch/read"))

    def answer(self, method: str, path: str, query: Mapping[str, list[str]], body: Any) -> Answer:
        parts = path.strip("/").split("/")
        if path == "/oauth/v1/token":
            if body.get("refresh_token") != self.refresh_token or body.get("client_secret") != "hub-secret":
                return 400, {"status": "BAD_REFRESH_TOKEN", "message": "missing or invalid refresh token"}
            self.refreshed += 1
            self.token = f"token-{self.refreshed}"
            return 200, {"access_token": self.token, "refresh_token": self.refresh_token, "expires_in": 1800}
        if path == "/account-info/v3/details":
            return 200, {"portalId": 4711}
        if path == "/crm/v3/owners":
            people = [{"id": "11", "email": "anna@example.com", "firstName": "Анна", "lastName": "Ким", "userId": 77},
                      {"id": "12", "email": "nobody@example.com", "firstName": "Nobody", "lastName": "Known",
                       "userId": 78}]  # fmt: skip
            at = int(query.get("after", ["0"])[0])
            more = {"paging": {"next": {"after": "1"}}} if at == 0 else {}
            return 200, {"results": people[at : at + 1], **more}
        if path == "/crm/v3/pipelines/deals":
            stages = [("appointment", "Встреча", "false", "0.2"), ("closedwon", "Выиграно", "true", "1.0"),
                      ("closedlost", "Проиграно", "true", "0.0")]  # fmt: skip
            rows = [{"id": i, "label": n, "displayOrder": at, "metadata": {"isClosed": c, "probability": p}}
                    for at, (i, n, c, p) in enumerate(stages)]  # fmt: skip
            return 200, {"results": [{"id": "default", "label": "Sales", "stages": rows}]}
        if parts[1:3] == ["v4", "associations"]:
            found = self.joins.get((parts[3], parts[4]), {})
            wanted = [one["id"] for one in body["inputs"]]
            rows = [{"from": {"id": own}, "to": [{"toObjectId": int(o), "associationTypes": []} for o in found[own]]}
                    for own in wanted if own in found]  # fmt: skip
            return (200 if len(rows) == len(wanted) else 207), {"status": "COMPLETE", "results": rows}
        return self._objects(method, parts[3], parts[4:], body)

    def _objects(self, method: str, kind: str, rest: list[str], body: Any) -> Answer:
        if rest == ["search"]:
            return self._search(kind, body)
        if rest == ["batch", "read"]:
            wanted = [one["id"] for one in body["inputs"]]
            rows = [dict(self.objects[kind][own]) for own in wanted if own in self.objects[kind]]
            for prop in body.get("propertiesWithHistory") or []:
                for row in rows:
                    row["propertiesWithHistory"] = {prop: self.history.get((kind, row["id"]), [])}
            return (200 if len(rows) == len(wanted) else 207), {"status": "COMPLETE", "results": rows}
        if method == "POST":
            self._next_id += 1
            own = str(self._next_id)
            self._put(kind, own, 0, **body["properties"])
            names = {214: "deals", 206: "deals", 216: "deals", 202: "contacts", 194: "contacts", 204: "contacts"}
            for join in body["associations"]:
                to = names[join["types"][0]["associationTypeId"]]
                self._join(kind, own, to, str(join["to"]["id"]))
                self._join(to, str(join["to"]["id"]), kind, own)
            return 201, self.objects[kind][own]
        found = self.objects[kind].get(rest[0])
        if found is None:
            return 404, {"status": "error", "message": "resource not found", "category": "OBJECT_NOT_FOUND"}
        if method == "PATCH":
            found["properties"].update(body["properties"])
        return 200, found

    def _search(self, kind: str, body: Any) -> Answer:
        name = body["sorts"][0]["propertyName"]
        rows = sorted(self.objects[kind].values(), key=lambda one: (one["properties"][name], one["id"]))
        for group in body.get("filterGroups") or []:
            at = datetime.fromtimestamp(int(group["filters"][0]["value"]) / 1000, UTC)
            rows = [row for row in rows if datetime.fromisoformat(row["properties"][name]) >= at]
        # The real pages hold a hundred rows: `after` counts in those.
        page = int(body.get("after") or 0) // 100
        shown = rows[page * self.page : (page + 1) * self.page]
        more = {"paging": {"next": {"after": str((page + 1) * 100)}}} if len(rows) > (page + 1) * self.page else {}
        return 200, {"total": len(rows), "results": shown, **more}

    def _put(self, kind: str, own: str, at: int, **values: Any) -> None:
        name = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"
        made = self.objects[kind].setdefault(own, {"id": own, "properties": {"createdate": iso(at)}, "archived": False})
        made["properties"].update(values, **{name: iso(at)})

    def _contact(self, own: int, at: int, name: str) -> None:
        self._put("contacts", str(own), at, firstname=name, lastname=None, phone=f"+49 30 9018{own - 500}0")
        self.joins.setdefault(("contacts", "companies"), {})[str(own)] = ["301"]

    def _deal(self, own: int, at: int, **more: Any) -> None:
        values = {"dealname": f"Lead {own}", "amount": "4800", "deal_currency_code": "EUR", "dealstage": "appointment",
                  "pipeline": "default", "hubspot_owner_id": "11", **more}  # fmt: skip
        self._put("deals", str(own), at, **values)
        self._join("deals", str(own), "contacts", "501")
        entry = {"value": values["dealstage"], "timestamp": iso(at), "sourceType": "CRM_UI", "sourceId": "userId:77"}
        self.history["deals", str(own)] = [entry]

    def _join(self, kind: str, own: str, to: str, other: str) -> None:
        self.joins.setdefault((kind, to), {}).setdefault(own, []).append(other)
