"""Parts of the sweep that look from time to time."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from workers import rounds
from workers.rounds import Rounds


class Counted(Rounds):
    """Counts its looks; the second one finds the database away."""

    every = 300.0
    failed = "nothing was counted"

    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[arg-type]
        self.looks = 0

    def look(self, now: datetime) -> int:
        self.looks += 1
        if self.looks == 2:
            raise OperationalError("SELECT 1", {}, Exception("away"))
        return self.looks


def test_it_looks_at_once_then_from_time_to_time_and_again_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock: dict[str, Any] = {"now": 5.0}  # a machine that has just started counts from 0
    monkeypatch.setattr(rounds.time, "monotonic", lambda: clock["now"])
    work, found = Counted(), []
    with caplog.at_level(logging.WARNING, "workers"):
        for now in (5.0, 6.0, 304.9, 305.0, 306.0, 605.0):
            clock["now"] = now
            found.append(work.tick())
    assert found == [1, 0, 0, 0, 0, 3]
    assert "nothing was counted, trying again" in caplog.text
