"""What every CRM connector must do when writing: once, though answers get lost, and honest about refusals."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from review.crm.connector import CallNote, Card, FieldValue, NewTask, Reopening
from review.crm.errors import CrmBusy, CrmCannot, CrmError, CrmGone, CrmNonsense, CrmSignedOut, CrmUnreachable
from review.models import (
    CrmNote,
)
from tests.db.crm_world import NONSENSE, World, note_of, world

__all__ = ["world"]


def test_a_call_note_is_written_once_even_when_its_answer_was_lost(world: World) -> None:
    connector, note = world.connector(), note_of(world)
    world.fake.after_done = [504]
    with pytest.raises(CrmUnreachable):
        connector.push_call(note, "call_note:1", again=False)
    made = connector.push_call(note, "call_note:1", again=True)
    assert made
    ours = [text for text in world.fake.texts() if "Score 61" in text]
    assert len(ours) == 1
    assert "https://coach.example.com/calls/1" in ours[0]
    connector.push_call(note, "call_note:2", again=True)
    assert len([text for text in world.fake.texts() if "Score 61" in text]) == 2  # another key is another note
    world.sync()
    assert [row.body for row in world.rows(CrmNote) if "Score" in row.body] == []  # ours are not read back


def test_a_task_is_made_once_even_when_its_answer_was_lost(world: World) -> None:
    due = datetime(2025, 12, 1, 9, tzinfo=UTC)
    task = NewTask(card=world.card, title="Call Marta back", text="in March", due_at=due, person_id="11")
    world.fake.after_done = [504]
    with pytest.raises(CrmUnreachable):
        world.connector().push_task(task, "task:1", again=False)
    world.connector().push_task(task, "task:1", again=True)
    assert len([words for words in world.fake.task_words() if "Call Marta back" in words]) == 1


def test_a_lost_deal_is_opened_again_for_somebody_else(world: World) -> None:
    world.sync()
    lost = world.fake.deal_ids[1]
    assert world.fake.state_of(lost)[0] is False
    card = Card(deal_id=lost, contact_id="501")
    reopening = Reopening(card=card, stage=None, person_id="12", text="She asked for a call in March")
    for _try in range(2):
        world.connector().reopen(reopening, "reopen:1", again=_try > 0)
    assert world.fake.state_of(lost) == (True, "12")
    assert len([text for text in world.fake.texts() if "in March" in text]) == 1


def test_a_deal_that_is_gone_is_said_to_be_gone(world: World) -> None:
    gone = Card(deal_id="D4242" if world.fake.kind == "bitrix24" else "4242", contact_id="501")
    with pytest.raises(CrmGone) as caught:
        world.connector().reopen(Reopening(card=gone, stage=None, person_id="11", text=""), "reopen:2", again=False)
    assert caught.value.permanent


def test_a_field_goes_to_its_place_or_into_a_note(world: World) -> None:
    value = FieldValue(card=world.card, field="timing", value="March", quote="call me in March")
    world.connector().push_field(value, "field:1", again=False)
    assert any("call me in March" in text for text in world.fake.texts())
    if world.fake.kind != "rest":
        mapped = FieldValue(card=world.card, field="budget", value="5000", quote="")
        assert world.connector().push_field(mapped, "field:2", again=False) == "501"


def test_pushing_says_what_the_crm_said(world: World) -> None:
    connector, note = world.connector(), note_of(world)
    world.fake.faults = [(429, {"Retry-After": "600"}, b"{}")]
    with pytest.raises(CrmBusy) as busy:
        connector.push_call(note, "k", again=False)
    assert busy.value.retry_after == 600
    world.fake.faults = [(400, {}, b'{"title": "Bad Request", "error": "X", "message": "no", "detail": "no"}')]
    with pytest.raises(CrmError) as refused:
        connector.push_call(note, "k", again=False)
    assert refused.value.permanent
    world.fake.faults = [(301, {"Location": "http://127.0.0.1:9/elsewhere"}, b"")]
    with pytest.raises(CrmError):
        connector.push_call(note, "k", again=False)
    assert [text for text in world.fake.texts() if "Score 61" in text] == []
    with pytest.raises(CrmCannot):
        connector.push_call(CallNote(**{**_fields(note), "card": Card()}), "k", again=False)


def test_the_connection_can_be_tested(world: World) -> None:
    assert world.connector().test()
    world.fake.expire()
    world.fake.refresh_token = "taken back"
    with pytest.raises(CrmSignedOut):
        world.connector().test()
    world.fake.faults = [NONSENSE]
    with pytest.raises(CrmNonsense):
        world.connector().test()


def _fields(note: CallNote) -> dict[str, Any]:
    return {name: getattr(note, name) for name in note.__dataclass_fields__}


def test_a_task_is_withdrawn_once_with_its_reason(world: World) -> None:
    due = datetime(2025, 12, 1, 9, tzinfo=UTC)
    connector = world.connector()
    for key in ("reopen:1:task", "another"):
        task = NewTask(card=world.card, title="Call back", text="", due_at=due, person_id="11")
        connector.push_task(task, key, again=False)
    assert world.fake.tasks_open() == [True, True]
    for _try in range(2):
        assert connector.withdraw(world.card, "reopen:1:task", "Not to be called any more", "reopen:1:withdrawn")
    assert world.fake.tasks_open() == [False, True]
    assert connector.withdraw(world.card, "never made", "Not to be called any more", "k") == ""
    assert world.fake.tasks_open() == [False, True]
    said = [*world.fake.texts(), *(str(row) for row in world.fake.tasks_said())]
    assert sum("Not to be called any more" in text for text in said) == 1
