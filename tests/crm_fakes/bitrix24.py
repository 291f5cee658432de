"""Bitrix24 as it answers: an envelope with `next` and `time`, upper-case fields, limits and errors inside answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.crm_fakes.server import Answer, FakeCrm

MORNING = datetime(2025, 11, 17, 8, tzinfo=UTC)


def iso(seconds: float) -> str:
    """A time as the portal writes it, in its own zone."""
    return (MORNING + timedelta(seconds=seconds, hours=3)).replace(tzinfo=None).isoformat() + "+03:00"


class FakeBitrix(FakeCrm):
    """One portal with leads, deals and their history."""

    page = 2
    kind = "bitrix24"
    can_refresh = True
    deal_ids = ("D1", "D2", "D3")

    def __init__(self) -> None:
        super().__init__()
        self.refresh_token = "refresh-1"
        self.operating = 0.5
        self.lists: dict[str, list[dict[str, Any]]] = {
            "user.get": [
                {"ID": "11", "NAME": "Анна", "LAST_NAME": "Ким", "EMAIL": "anna@example.com", "ACTIVE": True},
                {"ID": "12", "NAME": "Nobody", "LAST_NAME": "Known", "EMAIL": "nobody@example.com", "ACTIVE": True},
            ],
            "crm.status.list": [
                {"ENTITY_ID": entity, "STATUS_ID": stage, "NAME": name, "SORT": str(sort), "EXTRA": {"SEMANTICS": what}}
                for entity, stage, name, sort, what in (
                    ("STATUS", "NEW", "Не обработан", 10, "process"), ("STATUS", "JUNK", "Брак", 30, "failure"),
                    ("DEAL_STAGE", "NEW", "Новая", 10, "process"), ("DEAL_STAGE", "WON", "Успех", 20, "success"),
                    ("DEAL_STAGE", "LOSE", "Дорого", 30, "failure"), ("SOURCE", "CALL", "Звонок", 10, ""),
                )
            ],
            "crm.company.list": [], "crm.contact.list": [], "crm.lead.list": [], "crm.deal.list": [],
            "crm.activity.list": [], "crm.timeline.comment.list": [], "voximplant.statistic.get": [],
        }  # fmt: skip
        self.moves: dict[int, list[dict[str, Any]]] = {1: [], 2: []}
        self.made_tasks: list[dict[str, Any]] = []
        self.transcripts: list[dict[str, Any]] = []
        self._next_id = 9000

    def connection(self) -> tuple[dict[str, Any], dict[str, str]]:
        """(settings, secrets) of a connection to it, as a local application."""
        settings = {"address": self.address, "client_id": "our-id", "tokens_at": f"{self.address}/oauth/token/",
                    "fields": {"budget": "UF_BUDGET"}}  # fmt: skip
        secrets = {"token": self.token, "refresh_token": self.refresh_token, "client_secret": "b24-secret"}
        return settings, secrets

    def fill(self) -> None:
        """Five contacts, three deals: one open, one lost by Anna, one of a user who is no rep."""
        self.lists["crm.company.list"].append(
            {"ID": "301", "TITLE": "Nordhem", "DATE_CREATE": iso(0), "DATE_MODIFY": iso(0)}
        )
        for number in range(501, 506):
            self._contact(number, (number - 500) * 1000, f"Contact {number}")
        self._deal(1, 10)
        self._deal(2, 20, STAGE_ID="LOSE", STAGE_SEMANTIC_ID="F", MOVED_BY_ID="11", CLOSED="Y")
        self._deal(3, 30, ASSIGNED_BY_ID="12")
        self.moves[2].append({"ID": "61", "TYPE_ID": "3", "OWNER_ID": "2", "CREATED_TIME": iso(20), "CATEGORY_ID": "0",
                              "STAGE_ID": "LOSE", "STAGE_SEMANTIC_ID": "F"})  # fmt: skip
        for own, kind, subject in (("801", "6", "Позвонить"), ("802", "4", "Предложение")):
            self.lists["crm.activity.list"].append(
                {"ID": own, "OWNER_ID": "1", "OWNER_TYPE_ID": "2", "TYPE_ID": kind, "SUBJECT": subject,
                 "COMPLETED": "N",
                 "START_TIME": iso(0), "DEADLINE": iso(99), "DIRECTION": "2", "RESPONSIBLE_ID": "11",
                 "LAST_UPDATED": iso(0)}
            )  # fmt: skip
        self._comment("1", "Любит [b]дуб[/b]", "11")

    def rename(self, own_id: str, title: str) -> None:
        """Change a deal's name there, ten hours later."""
        self._deal(int(own_id[1:]), 36000, TITLE=title)

    def rename_contact(self, name: str) -> None:
        """Change the first contact's name there, ten hours later."""
        self._contact(501, 36000, name)

    def delete(self, own_id: str) -> None:
        """Delete a deal."""
        self.lists["crm.deal.list"] = [d for d in self.lists["crm.deal.list"] if d["ID"] != own_id[1:]]

    def expire(self) -> None:
        """The token runs out."""
        self.token = "another"

    def texts(self) -> list[str]:
        """What stands in comments."""
        return [str(one["COMMENT"]) for one in self.lists["crm.timeline.comment.list"]]

    def task_words(self) -> list[str]:
        """What tasks say."""
        return [f"{task['TITLE']} {task['DESCRIPTION']}" for task in self.made_tasks]

    def tasks_open(self) -> list[bool]:
        """Whether each task of ours is still to be done."""
        return [task.get("STATUS") != "5" for task in self.made_tasks]

    def tasks_said(self) -> list[str]:
        """What stands with each task beside its title."""
        return [str(task.get("DESCRIPTION") or "") for task in self.made_tasks]

    def state_of(self, own_id: str) -> tuple[bool, str]:
        """(whether a deal is open, its responsible)."""
        deal = next(d for d in self.lists["crm.deal.list"] if d["ID"] == own_id[1:])
        return deal["STAGE_ID"] not in ("WON", "LOSE"), str(deal["ASSIGNED_BY_ID"])

    def signed_in(self, headers: Mapping[str, str], query: Mapping[str, list[str]], body: Any) -> bool:
        return bool(body.get("auth") == self.token)

    def refuse(self) -> Answer:
        return 401, {"error": "expired_token", "error_description": "The access token provided has expired."}

    def is_open(self, path: str) -> bool:
        return path.startswith(("/oauth/", "/rest/1/webhook-code/"))

    def makes(self, path: str) -> bool:
        return path.endswith(".add.json")

    def answer(self, method: str, path: str, query: Mapping[str, list[str]], body: Any) -> Answer:
        if path.startswith("/oauth/"):
            return self._token(body)
        name = path.rpartition("/")[2].removesuffix(".json")
        status, result, more = self._call(name, body)
        if status >= 400:
            return status, result
        following = {"next": more} if more is not None else {}
        return 200, {"result": result, **following, "time": {"operating": self.operating, "operating_reset_at": 0}}

    def _token(self, body: Any) -> Answer:
        if body.get("refresh_token") != self.refresh_token or body.get("client_secret") != "b24-secret":
            return 400, {"error": "invalid_grant", "error_description": "Invalid refresh token"}
        self.refreshed += 1
        self.token, self.refresh_token = f"token-{self.refreshed}", f"refresh-{self.refreshed + 1}"
        return 200, {"access_token": self.token, "refresh_token": self.refresh_token, "expires_in": 3600}

    def _call(self, name: str, body: Any) -> tuple[int, Any, int | None]:
        if name == "profile":
            return 200, {"ID": "1", "NAME": "Admin", "LAST_NAME": "Istrator"}, None
        if name == "crm.stagehistory.list":
            last = int(body["filter"][">ID"])
            items = [one for one in self.moves[body["entityTypeId"]] if int(one["ID"]) > last]
            return 200, {"items": items[: self.page]}, 50 if len(items) > self.page else None
        if name == "batch":
            results = {}
            for key, command in body["cmd"].items():
                parts = urlsplit(command)
                asked = dict(parse_qsl(parts.query))
                own = [c for c in self.lists[parts.path] if c["ENTITY_TYPE"] == asked["filter[ENTITY_TYPE]"]]
                results[key] = [c for c in own if str(c["ENTITY_ID"]) == asked["filter[ENTITY_ID]"]]
            return 200, {"result": results, "result_error": []}, None
        if name in self.lists:
            return self._list(name, body)
        if name == "tasks.task.list":
            found = [t for t in self.made_tasks if t["XML_ID"] == body["filter"]["XML_ID"]]
            return 200, {"tasks": [{"id": t["ID"], "status": t.get("STATUS", "2")} for t in found]}, None
        return self._do(name, body)

    def _list(self, name: str, body: Any) -> tuple[int, Any, int | None]:
        items, wanted = self.lists[name], dict(body.get("filter") or body.get("FILTER") or {})
        time = "LAST_UPDATED" if name == "crm.activity.list" else "DATE_MODIFY"
        since = wanted.pop(f">={time}", None)
        if since:
            at = datetime.fromisoformat(since)
            items = [item for item in items if datetime.fromisoformat(item[time]) >= at]
        ids = wanted.pop("@ID", None)
        if ids is not None:
            items = [item for item in items if item["ID"] in ids]
        for field, value in wanted.items():
            items = [item for item in items if str(item.get(field)) == str(value)]
        if time in dict(body.get("order") or {}):
            items = sorted(items, key=lambda item: (item[time], int(item["ID"])))
        # The real pages hold fifty rows: `start` counts in those.
        page = int(body.get("start") or 0) // 50
        shown = items[page * self.page : (page + 1) * self.page]
        return 200, shown, (page + 1) * 50 if len(items) > (page + 1) * self.page else None

    def _do(self, name: str, body: Any) -> tuple[int, Any, int | None]:
        self._next_id += 1
        if name == "crm.timeline.comment.add":
            fields = body["fields"]
            self._comment(str(fields["ENTITY_ID"]), fields["COMMENT"], "1", entity=fields["ENTITY_TYPE"])
            return 200, self._next_id, None
        if name == "tasks.task.add":
            self.made_tasks.append({"ID": str(self._next_id), **body["fields"]})
            return 200, {"task": {"id": str(self._next_id)}}, None
        if name == "tasks.task.complete":
            next(task for task in self.made_tasks if task["ID"] == str(body["taskId"]))["STATUS"] = "5"
            return 200, {"task": {}}, None
        if name == "telephony.externalCall.register":
            return 200, {"CALL_ID": f"externalCall.{body['EXTERNAL_CALL_ID']}"}, None
        if name == "telephony.externalCall.finish":
            self.lists["voximplant.statistic.get"].append(
                {"CALL_ID": body["CALL_ID"], "EXTERNAL_CALL_ID": body["CALL_ID"].partition(".")[2]}
            )
            return 200, {"CALL_ID": body["CALL_ID"]}, None
        if name == "telephony.call.attachTranscription":
            if any(message["STOP_TIME"] < 1 for message in body["MESSAGES"]):
                return 400, {"error": "ERROR_CORE", "error_description": "STOP_TIME should be greater than 0"}, None
            self.transcripts.append(body)
            return 200, {"TRANSCRIPT_ID": self._next_id}, None
        entity = ".".join(name.split(".")[:2])
        found = next((i for i in self.lists.get(f"{entity}.list", []) if i["ID"] == str(body.get("id"))), None)
        if found is None:
            return 400, {"error": "", "error_description": "Not found"}, None
        if name.endswith(".update"):
            found.update(body["fields"])
            return 200, True, None
        return 200, found, None

    def _deal(self, own: int, at: int, **more: Any) -> None:
        made = {"ID": str(own), "TITLE": f"Lead {own}", "CATEGORY_ID": "0", "STAGE_ID": "NEW", "STAGE_SEMANTIC_ID": "P",
                "OPPORTUNITY": "4800.00", "CURRENCY_ID": "EUR", "CONTACT_ID": "501", "COMPANY_ID": "0", "CLOSED": "N",
                "ASSIGNED_BY_ID": "11", "MOVED_BY_ID": "11", "DATE_CREATE": iso(at), "MOVED_TIME": iso(at)}  # fmt: skip
        deals = self.lists["crm.deal.list"]
        before = next((deal for deal in deals if deal["ID"] == str(own)), made)
        before.update(more, DATE_MODIFY=iso(at))
        if before is made:
            deals.append(made)

    def _contact(self, own: int, at: int, name: str) -> None:
        contacts = self.lists["crm.contact.list"]
        contacts[:] = [one for one in contacts if one["ID"] != str(own)]
        phone = {"ID": "1", "VALUE_TYPE": "WORK", "VALUE": f"+49 30 9018{own - 500}0", "TYPE_ID": "PHONE"}
        contacts.append(
            {
                "ID": str(own),
                "NAME": name,
                "LAST_NAME": None,
                "COMPANY_ID": "301",
                "ASSIGNED_BY_ID": "11",
                "PHONE": [phone],
                "DATE_CREATE": iso(0),
                "DATE_MODIFY": iso(at),
            }
        )

    def _comment(self, owner: str, text: str, author: str, *, entity: str = "deal") -> None:
        self._next_id += 1
        self.lists["crm.timeline.comment.list"].append(
            {"ID": str(self._next_id), "ENTITY_ID": owner, "ENTITY_TYPE": entity, "CREATED": iso(0), "COMMENT": text,
             "AUTHOR_ID": author}
        )  # fmt: skip
