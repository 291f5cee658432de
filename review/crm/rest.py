"""A CRM of any other make over its own JSON interface: what is where stands in the connection's mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from review.crm.connector import (
    Access,
    CallNote,
    Card,
    FieldValue,
    NewTask,
    Page,
    Reopening,
    Row,
    Transcript,
)
from review.crm.errors import CrmCannot
from review.crm.http import CrmHttp
from review.crm.pushing import field_note, mark, marked, short_key
from review.crm.reading import advance, id_of, iso_time, since_of, text_of
from review.crm.rest_mapping import ListMap, fill, items_at, read_mapping, value_at
from review.crm.rest_rows import MAKERS, field_at

MOST_PAGES: Final = 100_000  # a list whose pages never end is cut here


class Rest:
    """One CRM behind a mapping."""

    def __init__(self, access: Access) -> None:
        address = str(access.settings.get("address") or "").strip()
        if not address.startswith(("https://", "http://")):
            raise CrmCannot("Give the address its paths are below, like https://crm.example.com/api.")
        self._address = address
        self._mapping = read_mapping(access.settings.get("mapping"))
        header = str(access.settings.get("header") or "Authorization")
        token = access.secrets.get("token", "")
        if header == "Authorization" and token and " " not in token:
            token = f"Bearer {token}"
        self._http = CrmHttp(
            address,
            headers=lambda: {header: token} if token else {},
            wait=access.wait,
            seconds=access.seconds,
            alive=access.alive,
        )

    def test(self) -> str:
        """The address, when its first list can be read."""
        self._http.get(self._mapping.test.lstrip("/"))
        return self._address

    def pull(self, cursor: Mapping[str, Any]) -> Iterator[Page]:
        """Every list of the mapping, in its order."""
        state = dict(cursor)
        for name, make in MAKERS.items():
            mapped = self._mapping.lists.get(name)
            if mapped is None:
                continue
            newest: datetime | None = None
            for items in self._pages(mapped, since_of(state, name)):
                rows = [make(item, mapped) for item in items]
                times = [at for item in items if (at := iso_time(field_at(item, mapped, "changed"))) is not None]
                newest = max([*times, *([newest] if newest else [])], default=None)
                yield Page(tuple(row for row in rows if row is not None), dict(state))
            # The order of a list is not known: how far we are counts when all of it was seen.
            advance(state, name, newest)
        yield Page((), dict(state))

    def fetch(self, contacts: Sequence[str], companies: Sequence[str]) -> tuple[Row, ...]:
        """Nothing: a mapping knows lists only."""
        return ()

    def missing(self, entity: str, ids: Sequence[str]) -> frozenset[str]:
        """None: what is not in a list of changes may well be there."""
        return frozenset()

    def push_call(self, note: CallNote, key: str, *, again: bool) -> str:
        """A note."""
        return self._push("note", note.card, {"text": marked(note.text, key, note.link)}, key, again=again)

    def push_task(self, task: NewTask, key: str, *, again: bool) -> str:
        """A task."""
        words = {
            "title": task.title,
            "text": marked(task.text, key),
            "due": task.due_at.isoformat(),
            "person": task.person_id,
        }
        return self._push("task", task.card, words, key, again=again)

    def withdraw(self, card: Card, of: str, text: str, key: str) -> str:
        """By `push.withdraw`, whose words may name the {task}; a note says it where the mapping tells no way to it."""
        words: dict[str, str | None] = {"text": marked(text, key)}
        made = self._mapping.pushes.get("task")
        if "withdraw" not in self._mapping.pushes or made is None or not made.find:
            return self._push("note", card, words, key, again=True)
        task = self._find("task", _known(card), of)
        return self._push("withdraw", card, {**words, "task": task}, key, again=True) if task is not None else ""

    def reopen(self, reopening: Reopening, key: str, *, again: bool) -> str:
        """The lead open again; the brief as a note where notes are mapped and the request has no place for it."""
        mapped = self._mapping.pushes.get("reopen")
        words = {"stage": reopening.stage, "person": reopening.person_id, "text": marked(reopening.text, key)}
        made = self._push("reopen", reopening.card, words, key, again=again)
        if reopening.text and "note" in self._mapping.pushes and "{text}" not in str(mapped.body if mapped else ""):
            self._push("note", reopening.card, {"text": marked(reopening.text, key)}, key, again=again)
        return made

    def push_transcript(self, transcript: Transcript, key: str, *, again: bool) -> str:
        """There is no agreed place."""
        raise CrmCannot("This connection has no place for a call's transcript; the note carries the link to it.")

    def push_field(self, value: FieldValue, key: str, *, again: bool) -> str:
        """A field where one is mapped, else a note."""
        if "field" in self._mapping.pushes:
            words = {"field": value.field, "value": value.value, "text": marked(field_note(value), key)}
            return self._push("field", value.card, words, key, again=again)
        return self._push("note", value.card, {"text": marked(field_note(value), key)}, key, again=again)

    def _push(self, name: str, card: Card, words: Mapping[str, str | None], key: str, *, again: bool) -> str:
        mapped = self._mapping.pushes.get(name)
        if mapped is None:
            raise CrmCannot(f"The connection's mapping has no 'push.{name}'.")
        known = {**_known(card), "key": short_key(key), **words}
        for needed in ("deal", "client", "company"):
            if "{" + needed + "}" in mapped.path and not known[needed]:
                raise CrmCannot(f"It is written to a {needed}, and this one is not known there.")
        if again and (made := self._find(name, known, key)) is not None:
            return made
        data = self._http.send(
            mapped.method,
            _path(mapped.path, known),
            body=fill(mapped.body, known),
            headers={"Idempotency-Key": short_key(key)},  # servers that know it drop a repeat by themselves
            repeatable=mapped.method != "POST",
        )
        return (id_of(value_at(data, mapped.id)) if mapped.id else None) or short_key(key)

    def _find(self, name: str, known: Mapping[str, str | None], key: str) -> str | None:
        """The id of what was made under a key; None when it is not there, or the mapping tells no place to look."""
        mapped = self._mapping.pushes.get(name)
        if mapped is None or not mapped.find:
            return None
        for item in items_at(self._http.get(_path(mapped.find, known)), mapped.find_items):
            if mark(key) in str(value_at(item, mapped.find_text) or ""):
                return id_of(value_at(item, "id")) or short_key(key)
        return None

    def _pages(self, mapped: ListMap, since: datetime | None) -> Iterator[list[Mapping[str, Any]]]:
        params: dict[str, Any] = dict(mapped.params)
        if mapped.since and since is not None:
            params[mapped.since] = since.isoformat()
        path, seen = mapped.path.lstrip("/"), 0
        for number in range(1, MOST_PAGES):
            if mapped.page:
                params[mapped.page] = number
            elif mapped.offset:
                params[mapped.offset] = seen
            data = self._http.get(path, params or None)
            items = items_at(data, mapped.items)
            yield items
            seen += len(items)
            following = text_of(value_at(data, mapped.next)) if mapped.next else None
            if following is not None:
                path, params = following, {}
            elif not items or not (mapped.page or mapped.offset):
                return


def _known(card: Card) -> dict[str, str | None]:
    return {"deal": card.deal_id, "client": card.contact_id, "company": card.company_id}


def _path(template: str, words: Mapping[str, str | None]) -> str:
    for name in ("deal", "client", "company", "task", "key"):
        template = template.replace("{" + name + "}", quote(words.get(name) or "", safe=""))
    return template.lstrip("/")
