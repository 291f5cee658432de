"""Rules are read in sessions that cannot write, by pages and programs alike."""

from __future__ import annotations

import pytest

from review.db import Database
from review.sampling.rules import NoSuchRule, get_rule


def test_a_rule_is_looked_for_without_the_right_to_write(database: Database) -> None:
    with database.read() as session, pytest.raises(NoSuchRule):
        get_rule(session, 1)
