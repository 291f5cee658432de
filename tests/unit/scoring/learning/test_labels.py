"""Labels: one line each, settled per call, hashed in a fixed order, refused with the line named."""

from __future__ import annotations

import json
import random

import pytest

from scoring.learning.labels import Label, LabelSpan, NotALabel, data_hash, read_labels, settle


def label(
    call: str = "c1", answer: str = "yes", reviewer: str = "anna", at: str = "2026-01-01", **more: object
) -> Label:
    """A criterion's label."""
    return Label(kind="criterion", call=call, target="recap", answer=answer, reviewer=reviewer, at=at, **more)  # type: ignore[arg-type]


def test_a_label_survives_its_line() -> None:
    before = label(
        machine="no",
        span=LabelSpan(3, 1.5, 2.0, "so you want"),
        packs={"en": "3"},
        reason="said at 0:01",
        drawn_by="random",
    )
    assert read_labels([json.dumps(before.to_json()), "", "  "]) == [before]
    assert not before.confirms


def test_the_last_word_of_each_reviewer_counts_and_most_reviewers_decide() -> None:
    given = [
        label(answer="no", at="1"),
        label(answer="yes", at="2"),
        label(answer="no", reviewer="boris", at="3"),
        label(answer="yes", reviewer="vera", at="1"),
        label(call="c2", answer="no"),
    ]
    assert [(item.call, item.answer) for item in settle(given)] == [("c1", "yes"), ("c2", "no")]
    even = [label(answer="no", at="5"), label(answer="yes", reviewer="boris", at="4")]
    assert settle(even)[0].answer == "no"  # the newer of two who differ


def test_the_hash_knows_nothing_of_order() -> None:
    given = [label(call=f"c{n}") for n in range(20)]
    mixed = random.Random(1).sample(given, len(given))
    assert data_hash(mixed) == data_hash(given)
    assert data_hash(given[1:]) != data_hash(given)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "line 2: it is not JSON"),
        ("[]", "line 2: it is not a JSON object"),
        ('{"schema": 9}', "schema is 9"),
        ('{"kind": "criterion"}', "'call' must be a text"),
        (json.dumps({**label().to_json(), "kind": "mood"}), "'kind' must be one of"),
        (json.dumps({**label().to_json(), "drawn_by": "me"}), "'drawn_by' must be one of"),
        (json.dumps({**label().to_json(), "span": {"start": -1}}), "'span.start' must be seconds"),
        (json.dumps({**label().to_json(), "span": {"turn": True}}), "'span.turn'"),
        (json.dumps({**label().to_json(), "packs": {"en": 3}}), "'packs' must be"),
        (json.dumps({**label().to_json(), "version": "2"}), "'version' must be"),
    ],
)
def test_a_wrong_line_is_named(line: str, why: str) -> None:
    with pytest.raises(NotALabel, match="line 2") as caught:
        read_labels([json.dumps(label().to_json()), line])
    assert why.removeprefix("line 2: ") in str(caught.value)
