"""amoCRM v4 as it answers: HAL lists, 204 for an empty list, statuses 142 and 143, refresh tokens that count once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.crm_fakes.server import Answer, FakeCrm

MORNING = 1_763_366_400  # 2025-11-17 08:00 UTC


class FakeAmo(FakeCrm):
    """One account with a pipeline of four statuses."""

    page = 2  # the real one gives up to 250; small pages make the tests short

    def __init__(self) -> None:
        super().__init__()
        self.refresh_token = "refresh-1"
        self.users = [
            {"id": 11, "name": "Анна Ким", "email": "anna@example.com", "rights": {"is_active": True}},
            {"id": 12, "name": "Nobody Known", "email": "nobody@example.com", "rights": {"is_active": True}},
        ]
        self.reasons = [{"id": 5, "name": "Дорого", "sort": 1}, {"id": 6, "name": "Спам", "sort": 2}]
        self.companies: list[dict[str, Any]] = []
        self.contacts: list[dict[str, Any]] = []
        self.leads: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.tasks: list[dict[str, Any]] = []
        self.notes: dict[str, list[dict[str, Any]]] = {"leads": [], "contacts": [], "companies": []}
        self._next_id = 9000

    def lead(self, own_id: int, at: int, **more: Any) -> dict[str, Any]:
        """Add or change a lead."""
        made = {
            "id": own_id, "name": f"Lead {own_id}", "price": 4800, "responsible_user_id": 11, "status_id": 101,
            "pipeline_id": 1, "loss_reason_id": None, "created_at": at, "updated_at": at, "closed_at": None,
            "is_deleted": False, "_embedded": {"contacts": [{"id": 501, "is_main": True}], "companies": []},
        }  # fmt: skip
        before = next((lead for lead in self.leads if lead["id"] == own_id), made)
        before.update(more, updated_at=at)
        if before is made:
            self.leads.append(made)
        return before

    def contact(self, own_id: int, at: int, phone: str, **more: Any) -> None:
        """Add or change a contact."""
        self.contacts = [one for one in self.contacts if one["id"] != own_id]
        phones = {"field_id": 71, "field_name": "Телефон", "field_code": "PHONE", "values": [{"value": phone}]}
        size = {"field_id": 72, "field_name": "Размер", "field_code": None, "values": [{"value": "50 мест"}]}
        self.contacts.append(
            {"id": own_id, "name": f"Contact {own_id}", "created_at": at, "updated_at": at, "is_deleted": False,
             "custom_fields_values": [phones, size], "_embedded": {"companies": [{"id": 301}]}, **more}
        )  # fmt: skip

    # What the contract tests ask of every fake.

    kind = "amocrm"
    can_refresh = True
    deal_ids = ("1", "2", "3")

    def connection(self) -> tuple[dict[str, Any], dict[str, str]]:
        """(settings, secrets) of a connection to it."""
        settings = {"address": self.address, "client_id": "our-id", "fields": {"budget": "900"}}
        secrets = {"token": self.token, "refresh_token": self.refresh_token, "client_secret": "amo-secret"}
        return settings, secrets

    def fill(self) -> None:
        """Five contacts, three leads: one open, one lost by Anna, one of a user who is no rep."""
        self.companies.append({"id": 301, "name": "Nordhem", "created_at": MORNING, "updated_at": MORNING,
                               "custom_fields_values": None})  # fmt: skip
        for number in range(501, 506):
            self.contact(number, MORNING + (number - 500) * 1000, f"+49 30 9018{number - 500}0")
        self.lead(1, MORNING + 10)
        self.lead(2, MORNING + 20, status_id=143, loss_reason_id=5, closed_at=MORNING + 20)
        self.lead(3, MORNING + 30, responsible_user_id=12)
        moved = {"lead_status": {"id": 143, "pipeline_id": 1}}
        self.events.append({"id": "01e", "type": "lead_status_changed", "entity_id": 2, "entity_type": "lead",
                            "created_by": 11, "created_at": MORNING + 20, "value_after": [moved],
                            "value_before": [{"lead_status": {"id": 101, "pipeline_id": 1}}]})  # fmt: skip
        self.tasks.append({"id": 801, "text": "Позвонить", "entity_id": 1, "entity_type": "leads",
                           "is_completed": False,
                           "responsible_user_id": 11, "complete_till": MORNING + 99, "created_at": MORNING,
                           "updated_at": MORNING})  # fmt: skip
        for own_id, kind, params in ((701, "common", {"text": "Любит дуб"}),
                                     (702, "amomail_message", {"subject": "Предложение"})):  # fmt: skip
            self.notes["leads"].append({"id": own_id, "entity_id": 1, "note_type": kind, "params": params,
                                        "created_by": 11, "created_at": MORNING, "updated_at": MORNING})  # fmt: skip

    def rename(self, own_id: str, title: str) -> None:
        """Change a lead's name there, ten hours later."""
        self.lead(int(own_id), MORNING + 36000, name=title)

    def rename_contact(self, name: str) -> None:
        """Change the first contact's name there, ten hours later."""
        self.contact(501, MORNING + 36000, "+49 30 901810", name=name)

    def delete(self, own_id: str) -> None:
        """Delete a lead."""
        next(lead for lead in self.leads if str(lead["id"]) == own_id)["is_deleted"] = True

    def expire(self) -> None:
        """The token runs out."""
        self.token = "another"

    def texts(self) -> list[str]:
        """What stands in notes we can have written."""
        return [str(note["params"].get("text")) for notes in self.notes.values() for note in notes]

    def task_words(self) -> list[str]:
        """What tasks say."""
        return [str(task["text"]) for task in self.tasks]

    def tasks_open(self) -> list[bool]:
        """Whether each task of ours is still to be done."""
        return [not task["is_completed"] for task in self.tasks if "[callcoach:" in str(task["text"])]

    def tasks_said(self) -> list[str]:
        """What stands with each task beside its title."""
        return [str((task.get("result") or {}).get("text") or "") for task in self.tasks]

    def state_of(self, own_id: str) -> tuple[bool, str]:
        """(whether a lead is open, its responsible)."""
        lead = next(lead for lead in self.leads if str(lead["id"]) == own_id)
        return lead["status_id"] not in (142, 143), str(lead["responsible_user_id"])

    def is_open(self, path: str) -> bool:
        return path == "/oauth2/access_token"

    def answer(self, method: str, path: str, query: Mapping[str, list[str]], body: Any) -> Answer:
        if path == "/oauth2/access_token":
            return self._token(body)
        place = path.removeprefix("/api/v4/")
        if method == "GET":
            return self._get(place, query)
        return self._patch(place, body) if method == "PATCH" else self._post(place, body)

    def _token(self, body: Any) -> Answer:
        if body.get("refresh_token") != self.refresh_token or body.get("client_secret") != "amo-secret":
            return 400, {"hint": "Token has been revoked", "title": "Некорректный запрос", "status": 400}
        self.refreshed += 1
        self.token, self.refresh_token = f"token-{self.refreshed}", f"refresh-{self.refreshed + 1}"
        return 200, {"token_type": "Bearer", "expires_in": 86400, "access_token": self.token,
                     "refresh_token": self.refresh_token}  # fmt: skip

    def _get(self, place: str, query: Mapping[str, list[str]]) -> Answer:
        if place == "account":
            return 200, {"id": 1, "name": "Desk GmbH", "subdomain": "desk"}
        if place == "leads/pipelines":
            names = [(101, "Первичный контакт", 0), (102, "Переговоры", 0), (142, "Успешно реализовано", 0),
                     (143, "Закрыто и не реализовано", 0), (100, "Неразобранное", 1)]  # fmt: skip
            statuses = [{"id": i, "name": n, "sort": i, "type": t} for i, n, t in names]
            return 200, {
                "_embedded": {"pipelines": [{"id": 1, "name": "Воронка", "_embedded": {"statuses": statuses}}]}
            }
        lists: dict[str, tuple[str, list[dict[str, Any]]]] = {
            "users": ("users", self.users),
            "leads/loss_reasons": ("loss_reasons", self.reasons),
            "companies": ("companies", self.companies),
            "contacts": ("contacts", self.contacts),
            "leads": ("leads", [lead for lead in self.leads if not lead["is_deleted"]]),
            "events": ("events", sorted(self.events, key=lambda e: -e["created_at"])),
            "tasks": ("tasks", self.tasks),
            "leads/notes": ("notes", self.notes["leads"]),
            "contacts/notes": ("notes", self.notes["contacts"]),
        }
        parts = place.split("/")
        if place in lists:
            return self._list(*lists[place], place, query)
        if len(parts) == 3 and parts[2] == "notes":
            own = [note for note in self.notes[parts[0]] if str(note["entity_id"]) == parts[1]]
            return self._list("notes", own[::-1], place, query)
        found = next((lead for lead in self.leads if str(lead["id"]) == parts[-1] and not lead["is_deleted"]), None)
        return (200, found) if found else (404, {"title": "Not found", "status": 404, "detail": "Entity not found"})

    def _list(self, name: str, items: list[dict[str, Any]], place: str, query: Mapping[str, list[str]]) -> Answer:
        for field in ("updated_at", "created_at"):
            since = query.get(f"filter[{field}][from]")
            if since:
                items = [item for item in items if item[field] >= int(since[0])]
        ids = query.get("filter[id][]")
        if ids:
            items = [item for item in items if str(item["id"]) in ids]
        if query.get("order[updated_at]") == ["asc"]:
            items = sorted(items, key=lambda item: (item["updated_at"], item["id"]))
        page = int(query.get("page", ["1"])[0])
        shown = items[(page - 1) * self.page : page * self.page]
        if not shown:
            return 204, None
        links: dict[str, Any] = {"self": {"href": f"{self.address}/api/v4/{place}?page={page}"}}
        if len(items) > page * self.page:
            links["next"] = {"href": f"{self.address}/api/v4/{place}?page={page + 1}"}
        return 200, {"_page": page, "_links": links, "_embedded": {name: shown}}

    def _post(self, place: str, body: Any) -> Answer:
        self._next_id += 1
        parts = place.split("/")
        if place == "tasks":
            self.tasks.append({"id": self._next_id, "updated_at": MORNING, "created_at": MORNING,
                               "is_completed": False, **body[0]})  # fmt: skip
            return 200, {"_embedded": {"tasks": [{"id": self._next_id, "request_id": body[0].get("request_id")}]}}
        if parts[-1] == "notes":
            note = {"id": self._next_id, "entity_id": int(parts[1]), "created_by": 0, "created_at": MORNING,
                    "updated_at": MORNING, **body[0]}  # fmt: skip
            self.notes[parts[0]].append(note)
            return 200, {"_embedded": {"notes": [{"id": self._next_id, "entity_id": int(parts[1])}]}}
        return 404, {"title": "Not found", "status": 404}

    def _patch(self, place: str, body: Any) -> Answer:
        entity, own_id = place.split("/")
        items = {"leads": self.leads, "tasks": self.tasks}.get(entity, self.contacts)
        found = next((item for item in items if str(item["id"]) == own_id and not item.get("is_deleted")), None)
        if found is None:
            return 404, {"title": "Not found", "status": 404}
        found.update(body)
        return 200, {"id": found["id"], "updated_at": found["updated_at"]}
