"""The audit log's page: who did what, filtered, whole or not, and as a file that can be checked elsewhere."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import get_args

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from review.audit_chain.links import Link, derive_key, seal
from review.coaching.moves import MOVES
from review.db import Database
from review.models import CALIBRATION_STATES, AuditEvent
from review.services.audit import record
from review.services.corrections_types import Kind
from review.settings import Settings
from tests.web.conftest import Crew, SignIn, post
from web.reading.audit_words import action_words, area_words

ROOT = Path(__file__).resolve().parents[2]


def test_the_newest_stands_first_with_who_did_what(sign_in: SignIn, database: Database, crew: Crew) -> None:
    with database.session() as db:
        record(db, crew.users["manager"], "call.tagged", "call", 77, tag="for Monday")
    page = sign_in("admin").get("/audit").text
    assert re.search(r"Person manager.*Put a tag on a call.*77.*for Monday", page, re.DOTALL)
    assert "Made a sign-in" in page
    assert "/calls/77" not in page, "an administrator sees no calls"


def test_it_is_narrowed_by_person_act_day_and_number(sign_in: SignIn, database: Database, crew: Crew) -> None:
    with database.session() as db:
        record(db, crew.users["manager"], "call.tagged", "call", 77, tag="one")
        record(db, crew.users["reviewer"], "call.tagged", "call", 78, tag="two")
    browser = sign_in("admin")
    assert "two" not in browser.get(f"/audit?who={crew.users['manager']}").text
    assert "one" in browser.get("/audit?act=call.tagged&id=77").text
    assert "Nothing recorded fits" in browser.get("/audit?from=2031-01-01").text
    assert "Nothing recorded fits" in browser.get("/audit?to=2001-01-01").text
    for odd in ("who=x", "from=yesterday", "to=0000-00-00", "before=-1", "id=%00", "who=99999999999999999999"):
        assert browser.get(f"/audit?{odd}").status_code == 200, odd


def test_pages_go_on_where_the_last_one_ended(sign_in: SignIn, database: Database) -> None:
    with database.session() as db:
        for number in range(150):
            record(db, None, "call.tagged", "call", 1000 + number)
    browser = sign_in("admin")
    page = browser.get("/audit").text
    older = re.search(r'href="(/audit\?before=\d+)" rel="next"', page)
    assert older
    assert "call 1149" in page
    assert "call 1049" not in page
    assert "call 1049" in browser.get(older.group(1)).text


def test_a_check_says_that_it_is_whole_and_then_what_was_done_to_it(
    sign_in: SignIn, database: Database, crew: Crew
) -> None:
    browser = sign_in("admin")
    assert "Not checked yet" in browser.get("/audit").text
    assert post(browser, "/audit/check", {}).status_code == 302
    assert "The log is whole" in browser.get("/audit").text
    with database.engine.begin() as connection:
        numbers = connection.scalars(select(AuditEvent.number).order_by(AuditEvent.number)).all()
        connection.execute(update(AuditEvent).where(AuditEvent.number == numbers[1]).values(subject_id="5"))
        connection.execute(delete(AuditEvent).where(AuditEvent.number == numbers[3]))
    post(browser, "/audit/check", {})
    page = browser.get("/audit").text
    assert "The log was changed from outside" in page
    assert "Event 2 is not as it was sealed" in page
    assert "Event 4 is missing" in page


def test_the_file_can_be_checked_by_anybody_with_the_secret(
    sign_in: SignIn, settings: Settings, database: Database
) -> None:
    answer = sign_in("admin").get("/audit/export")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    key, before = derive_key(settings.secret_key()), ""
    for line in reversed([json.loads(text) for text in answer.text.splitlines()]):
        from datetime import datetime

        covered = Link(
            id=line["id"], at=datetime.fromisoformat(line["at"]), actor=line["actor"], action=line["action"],
            subject_kind=line["subject_kind"], subject_id=line["subject_id"], details=line["details"],
        )  # fmt: skip
        assert line["previous"] == before
        assert line["seal"] == seal(key, line["number"], before, covered)
        before = line["seal"]
    with database.read() as db:
        assert db.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(1)).one() == "audit.exported"


@pytest.mark.parametrize("role", ["rep", "manager", "quality_lead", "head_of_sales", "external_reviewer"])
def test_it_opens_to_administrators_only(sign_in: SignIn, role: str) -> None:
    assert sign_in(role).get("/audit").status_code == 403


def recorded_actions() -> set[str]:
    """Every constant action given to `record` anywhere in the code."""
    found: set[str] = set()
    for package in ("review", "workers", "web"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or len(node.args) < 3:
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                action = node.args[2]
                if name == "record" and isinstance(action, ast.Constant) and isinstance(action.value, str):
                    found.add(action.value)
    return found


BY_KIND = {
    "assignment": ("skipped", "withdrawn"),
    "calibration": tuple(state for state in CALIBRATION_STATES if state != "open"),
    "coaching": tuple(move for move in MOVES if move != "confirm"),
    "correction": get_args(Kind),
    "dispute": ("content", "withdrawn"),
    "evaluation": ("reopened", "acknowledged", "final", "void"),
    "playlist": ("given", "taken_back"),
    "quiz": ("given", "taken_back"),
    "sampling_rule": ("active", "paused", "removed"),
}
"""Acts whose second half the code puts in from a list of its own."""


def test_acts_put_together_from_lists_have_words(app: Flask) -> None:
    with app.test_request_context("/"):
        known = action_words()
    made = {f"{area}.{kind}" for area, kinds in BY_KIND.items() for kind in kinds}
    assert sorted(made - set(known)) == []


def test_names_stand_where_the_log_holds_numbers(sign_in: SignIn, database: Database, crew: Crew) -> None:
    rep, manager = crew.users["rep"], crew.users["manager"]
    with database.session() as db:
        record(db, manager, "user.roles_changed", "user", rep, before=["rep"], after=["rep", "quality_lead"])
        record(db, rep, "user.signed_in", "user", rep, address="10.0.0.7", how="code")
        record(
            db, None, "team.member_set", "team", 4711, user_id=manager, manages=True, due="2026-11-26T18:00:00+00:00"
        )
    page = sign_in("admin").get("/audit").text
    assert re.search(r"Changed somebody.*?>Person rep</a>.*?after</i> sales rep, quality lead", page, re.DOTALL)
    assert re.search(r"team 4711.*?Person manager.*?manages</i> yes.*?26 Nov 2026, 18:00", page, re.DOTALL)
    assert re.search(r"10\.0\.0\.7.*?one-time code", page, re.DOTALL)
    assert f"kind=user&amp;id={rep}" in page


def test_every_act_the_code_records_has_words(app: Flask) -> None:
    with app.test_request_context("/"):
        known, areas = action_words(), area_words()
    recorded = recorded_actions()
    assert len(recorded) > 50
    assert sorted(recorded - set(known)) == []
    assert sorted({action.partition(".")[0] for action in recorded} - set(areas)) == []
