"""The samples of docs/api.md do what they say: lists read to their end, and signatures that are checked."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.request import Request

import pytest
from flask.testing import FlaskClient

from review.db import Database
from review.models import WEBHOOK_EVENTS
from review.services.tokens import SCOPES, create_api_token
from review.webhooks.payload import write_payload
from review.webhooks.signing import make_secret, signed_headers
from tests.factories import NOON, make_call
from tests.web.conftest import Crew

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def sample(function: str) -> dict[str, Any]:
    """The names that the sample with this function defines."""
    code = next(block for block in re.findall(r"```python\n(.*?)```", TEXT, re.S) if f"def {function}" in block)
    names: dict[str, Any] = {}
    exec(compile(code, "docs/api.md", "exec"), names)
    return names


def test_the_sample_verifies_our_signatures_and_no_others() -> None:
    is_genuine = sample("is_genuine")["is_genuine"]
    secret, newer = make_secret(), make_secret()
    body = write_payload("msg_1", "call.scored", 12, {"score": 61.4}, NOON, public_url=None)
    headers = signed_headers((newer, secret), "msg_1", 1_700_000_000, body)
    assert is_genuine(secret, headers, body, now=1_700_000_100)
    assert is_genuine(newer, headers, body, now=1_700_000_100)
    assert not is_genuine(make_secret(), headers, body, now=1_700_000_100)
    assert not is_genuine(secret, headers, body + b" ", now=1_700_000_100)
    assert not is_genuine(secret, headers, body, now=1_700_000_400)
    assert not is_genuine(secret, {**headers, "webhook-id": "msg_2"}, body, now=1_700_000_100)
    for odd in ({"webhook-timestamp": "soon"}, {"webhook-timestamp": "9" * 5000}, {"webhook-signature": "v1,é v1"}):
        assert not is_genuine(secret, {**headers, **odd}, body, now=1_700_000_100)  # no fault for who knocks


def test_the_sample_reads_a_list_to_its_end(
    client: FlaskClient, database: Database, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.session() as db:
        made = {make_call(db, rep_id=crew.reps["own"]).id for _number in range(5)}
        token = create_api_token(db, crew.users["quality_lead"], "sample", ["calls:read"]).token
    names = sample("read_all")

    class Answer:
        def __init__(self, request: Request) -> None:
            path = request.full_url.removeprefix("https://coach.example")
            self.text = client.get(path, headers=dict(request.header_items())).text

        def __enter__(self) -> Answer:
            return self

        def __exit__(self, *_error: object) -> None:
            """Nothing to close."""

        def read(self) -> str:
            return self.text

    monkeypatch.setitem(names, "urlopen", lambda request, timeout: Answer(request))
    rows = list(names["read_all"]("https://coach.example", token, "calls", "calls", limit=2))
    assert len(rows) == 5
    assert {row["id"] for row in rows} == made


def test_the_page_names_every_scope_and_event_and_shows_a_real_payload() -> None:
    for name in (*SCOPES, *WEBHOOK_EVENTS):
        assert f"`{name}`" in TEXT, name
    shown = json.loads(re.search(r"```json\n(.*?)```", TEXT, re.S)[1])  # type: ignore[index]
    data = {name: value for name, value in shown["data"].items() if name != "call_id"}
    at = NOON.replace(year=2026, month=11, day=23, hour=4, minute=5, second=6)
    real = write_payload(shown["id"], "call.scored", 12, data, at, public_url="https://coach.example.com")
    assert json.loads(real) == shown
