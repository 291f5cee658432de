"""What a list shows of an assessment: objections missed, closings in doubt, what the machine could not judge."""

from __future__ import annotations

from typing import Any

import pytest

from review.queries.call_rows import PHASE_OF_STATE, CallFlags, EngineWait, Failure
from review.queries.status import STATES
from review.services.call_flags import count_flags


def criteria(*answers: str) -> list[dict[str, Any]]:
    return [{"id": str(number), "answer": answer} for number, answer in enumerate(answers)]


@pytest.mark.parametrize(
    ("assessment", "expected"),
    [
        ({}, (0, 0, None, None)),
        ({"criteria": criteria("na", "na"), "objections": [], "rejection": None}, (0, 0, None, None)),
        ({"criteria": criteria("yes", "cannot_judge", "na", "unanswered")}, (0, 0, None, 0.333)),
        (
            {"objections": [{"outcome": outcome} for outcome in ("handled", "partial", "mishandled", "ignored")]},
            (4, 2, None, None),
        ),
        ({"rejection": {"band": "high", "excluded": None}}, (0, 0, "high", None)),
        ({"rejection": {"band": "high", "excluded": "hard_no"}}, (0, 0, None, None)),
    ],
)
def test_flags_are_counted(assessment: dict[str, Any], expected: tuple[Any, ...]) -> None:
    found = count_flags(assessment)
    assert (
        tuple(found[name] for name in ("objections", "objections_missed", "wrongly_rejected", "cannot_judge"))
        == expected
    )


@pytest.mark.parametrize(
    ("flags", "raised"),
    [
        (CallFlags(), False),
        (CallFlags(objections=3), False),
        (CallFlags(objections=3, objections_missed=1), True),
        (CallFlags(wrongly_rejected="low"), False),
        (CallFlags(wrongly_rejected="middle"), True),
    ],
)
def test_what_asks_for_a_look(flags: CallFlags, raised: bool) -> None:
    assert flags.any is raised


def test_every_state_has_a_word_for_the_user() -> None:
    assert set(PHASE_OF_STATE) == set(STATES)


def test_why_a_call_stopped_is_read_with_what_is_there() -> None:
    assert Failure.from_json(None) is None
    failure = Failure.from_json({"message": "m", "advice": None, "extra": 1})
    assert failure == Failure(code="", message="m", kept="", advice="", step="")
    assert EngineWait.from_json({"reason": "r"}) == EngineWait(reason="r", advice="")
    assert EngineWait.from_json("r") is None
