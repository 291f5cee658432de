"""A closing's doubt: a band until 500 closed leads were decided by people, a percentage from then on."""

from __future__ import annotations

import pytest

from review.db import Database
from review.learning.certainty import PERCENT_FROM, count_lead_labels, read_share_of_doubt, share_of_doubt
from tests.db.learned import verdict
from tests.db.rescoring import scored_call
from tests.factories import make_user

CLOSING = {"probability": 0.71, "band": "high", "reasons": [], "against": [], "excluded": None}


@pytest.mark.parametrize(
    ("rejection", "labels", "shown"),
    [
        (CLOSING, PERCENT_FROM - 1, None),
        (CLOSING, PERCENT_FROM, 0.71),
        (CLOSING | {"excluded": "hard_no"}, PERCENT_FROM, None),
        (CLOSING | {"probability": None}, PERCENT_FROM, None),
        (CLOSING | {"probability": 1.2}, PERCENT_FROM, 1.0),
        (None, PERCENT_FROM, None),
    ],
)
def test_the_percentage_comes_with_the_five_hundredth_label(
    rejection: dict[str, object] | None, labels: int, shown: float | None
) -> None:
    assert share_of_doubt(rejection, labels) == shown


def test_a_label_is_a_closed_lead_somebody_was_sure_about(database: Database) -> None:
    calls = [scored_call(database) for _ in range(3)]
    with database.session() as session:
        person = make_user(session, "reviewer")
        for call_id, answer in ((calls[0], "wrong"), (calls[0], "right"), (calls[1], "right"), (calls[2], "not_sure")):
            row = verdict(call_id, None, "right", answer, person)
            row.kind, row.target = "rejection", "rejection"
            session.add(row)
        session.add(verdict(calls[2], None, "yes", "yes", person))  # of a criterion: another matter
    with database.read() as session:
        assert count_lead_labels(session) == 2
        assert read_share_of_doubt(session, {"rejection": CLOSING}) is None
        assert read_share_of_doubt(session, {"rejection": None}) is None
        assert read_share_of_doubt(session, None) is None
