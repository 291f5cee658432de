"""The mapping of a CRM of any other make: where its lists are, and what its fields are called; read from JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from review.crm.errors import CrmCannot, CrmNonsense
from review.crm.reading import dig

LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "people": ("id", "name", "email", "extension"),
    "reasons": ("id", "name"),
    "companies": ("id", "name", "phones", "email", "created", "changed"),
    "clients": ("id", "name", "phones", "email", "company", "company_id", "created", "changed", "do_not_call",
                "potential", "client_group", "product_group", "note"),
    "deals": ("id", "title", "client", "company_id", "stage", "stage_since", "status", "amount", "currency", "person",
              "loss_reason", "opened", "closed", "closed_by", "url", "changed", "kind"),
    "moves": ("id", "deal", "stage", "status", "at", "person", "changed"),
    "tasks": ("id", "title", "client", "deal", "person", "due", "done", "changed"),
    "notes": ("id", "body", "at", "client", "deal", "person", "changed"),
    "emails": ("id", "subject", "at", "direction", "client", "deal", "person", "changed"),
}  # fmt: skip
"""The lists a mapping may name, in the order they are read, and the fields each may map."""
PUSHES: Final = ("note", "task", "withdraw", "reopen", "field")
NEEDED: Final = {
    "reasons": ("id", "name"),
    "moves": ("deal", "stage", "at"),
    "notes": ("id", "at"),
    "emails": ("id", "at"),
}


@dataclass(frozen=True, slots=True)
class ListMap:
    """One list: `path` below the address, `items` where the rows stand in the answer, and how to get the next page.

    `next` is where the answer names the next page; `page` and `offset` are parameters counted by us; `since` is the
    parameter that takes a time (ISO 8601), and `fields` are paths into a row.
    """

    path: str
    items: str
    fields: Mapping[str, str]
    params: Mapping[str, str] = field(default_factory=dict)
    next: str = ""
    page: str = ""
    offset: str = ""
    since: str = ""
    statuses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PushMap:
    """One thing to write: `body` is JSON with words like {text}, {deal}; `id` is where the answer names what was made.

    `find` is a path where earlier ones are listed, `find_items` and `find_text` say where in the answer.
    """

    method: str
    path: str
    body: Any
    id: str = ""
    find: str = ""
    find_items: str = ""
    find_text: str = ""


@dataclass(frozen=True, slots=True)
class RestMapping:
    """The whole mapping."""

    lists: Mapping[str, ListMap]
    pushes: Mapping[str, PushMap]
    test: str


def read_mapping(text: object) -> RestMapping:
    """Read and check it. Raises CrmCannot with the first thing that is wrong."""
    try:
        data = json.loads(str(text or ""))
    except ValueError as error:
        raise CrmCannot(f"The mapping is no JSON ({error}).") from error
    if not isinstance(data, dict):
        raise CrmCannot("The mapping must be one JSON object.")
    lists = {name: _list(name, data[name]) for name in LISTS if name in data}
    if "clients" not in lists:
        raise CrmCannot("The mapping names no list 'clients'.")
    pushes = data.get("push") or {}
    if not isinstance(pushes, dict) or set(pushes) - set(PUSHES):
        raise CrmCannot(f"'push' may hold {', '.join(PUSHES)} and nothing else.")
    unknown = set(data) - set(LISTS) - {"push", "test"}
    if unknown:
        raise CrmCannot(f"The mapping holds '{sorted(unknown)[0]}', which is nothing known.")
    made = {name: _push(name, one) for name, one in pushes.items()}
    return RestMapping(lists, made, str(data.get("test") or lists["clients"].path))


def value_at(row: Any, path: str) -> Any:
    """What stands at a dotted path; a number picks from a list; `a|b` takes the first that is there."""
    for one in path.split("|"):
        found = row
        for name in filter(None, one.strip().split(".")):
            if isinstance(found, Sequence) and not isinstance(found, str) and name.isdigit():
                found = found[int(name)] if int(name) < len(found) else None
            else:
                found = dig(found, name)
        if found not in (None, ""):
            return found
    return None


def fill(template: Any, words: Mapping[str, str | None]) -> Any:
    """A body with its {words} filled in; a field whose only word is not known is left out."""
    if isinstance(template, Mapping):
        filled = {name: fill(value, words) for name, value in template.items()}
        return {name: value for name, value in filled.items() if value is not None}
    if isinstance(template, list):
        return [fill(value, words) for value in template]
    if not isinstance(template, str):
        return template
    only = template.strip()
    if only.startswith("{") and only.endswith("}") and only[1:-1] in words:
        return words[only[1:-1]]
    for name, value in words.items():
        template = template.replace("{" + name + "}", value or "")
    return template


def items_at(data: Any, path: str) -> list[Mapping[str, Any]]:
    """The rows of an answer. Raises CrmNonsense when they are no list of objects."""
    found = value_at(data, path) if path else data
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        raise CrmNonsense(f"Where the mapping says rows stand ({path or 'the answer'}) is something else.")
    return found


def _list(name: str, data: Any) -> ListMap:
    if not isinstance(data, dict) or not isinstance(data.get("path"), str):
        raise CrmCannot(f"'{name}' needs a 'path'.")
    fields = data.get("fields")
    if not isinstance(fields, dict):
        raise CrmCannot(f"'{name}' needs 'fields'.")
    for needed in NEEDED.get(name, ("id",)):
        if needed not in fields:
            raise CrmCannot(f"'{name}' does not say which field is '{needed}'.")
    unknown = {one for one in fields if one not in LISTS[name] and not str(one).startswith("custom.")}
    if unknown:
        raise CrmCannot(f"'{name}' maps '{sorted(unknown)[0]}', which is nothing known: {', '.join(LISTS[name])}.")
    words = {one: str(data.get(one) or "") for one in ("items", "next", "page", "offset", "since")}
    return ListMap(
        path=data["path"],
        fields={str(k): str(v) for k, v in fields.items()},
        params={str(k): str(v) for k, v in dict(data.get("params") or {}).items()},
        statuses={str(k).casefold(): str(v) for k, v in dict(data.get("statuses") or {}).items()},
        **words,
    )


def _push(name: str, data: Any) -> PushMap:
    if not isinstance(data, dict) or not isinstance(data.get("path"), str):
        raise CrmCannot(f"'push.{name}' needs a 'path'.")
    method = str(data.get("method") or "POST").upper()
    if method not in ("POST", "PUT", "PATCH"):
        raise CrmCannot(f"'push.{name}' may use POST, PUT or PATCH.")
    words = {one: str(data.get(one) or "") for one in ("id", "find", "find_items", "find_text")}
    return PushMap(method=method, path=data["path"], body=data.get("body") or {}, **words)
