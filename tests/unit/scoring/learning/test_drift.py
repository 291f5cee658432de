"""Drift: the index by hand, each alarm by itself, quiet where nothing moved or too little is known."""

from __future__ import annotations

import json
import math

import pytest

from scoring.learning.drift import Snapshot, compare, ewma, psi, read_snapshot, snapshot


def test_the_index_by_hand_and_its_bounds() -> None:
    assert psi({"a": 5, "b": 5}, {"a": 50, "b": 50}) == 0.0
    by_hand = (0.8 - 0.5) * math.log(0.8 / 0.5) + (0.2 - 0.5) * math.log(0.2 / 0.5)
    assert psi({"a": 1, "b": 1}, {"a": 8, "b": 2}) == pytest.approx(by_hand)
    assert psi({"a": 1}, {"b": 1}) > 5  # nothing in common, and still a number
    assert psi({}, {"a": 1}) == 0.0


def test_the_smoothed_mean() -> None:
    assert ewma([]) is None
    assert ewma([0.5]) == 0.5
    assert ewma([1.0, 0.0], weight=0.3) == pytest.approx(0.7)


def usual(**change: object) -> Snapshot:
    """A hundred calls as they were."""
    values: dict[str, object] = {
        "calls": 100,
        "answers": {"yes": 70, "no": 30},
        "sure": (0, 0, 0, 0, 0, 10, 20, 30, 40, 0),
        "unknown": 0.03,
        "speech": 0.9,
    }
    return Snapshot(**{**values, **change})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "alarms"),
    [
        (usual(), ()),
        (usual(answers={"yes": 30, "no": 70}), ("answers",)),
        (usual(sure=(40, 30, 0, 0, 0, 0, 0, 0, 30, 0)), ("answers",)),
        (usual(unknown=0.09), ("unknown_words",)),
        (usual(speech=0.75), ("speech",)),
        (usual(calls=29, answers={"no": 29}), ()),  # too few to say anything
    ],
)
def test_each_alarm_by_itself(now: Snapshot, alarms: tuple[str, ...]) -> None:
    assert compare(usual(), now).alarms == alarms


def test_a_falling_kappa_alarms_against_the_one_of_the_test() -> None:
    assert compare(usual(), usual(), kappas=[0.8, 0.75, 0.7], expected=0.8).alarms == ()
    fallen = compare(usual(), usual(), kappas=[0.8, 0.5, 0.4], expected=0.8)
    assert fallen.alarms == ("kappa",)
    assert fallen.kappa == pytest.approx(0.617)
    assert compare(usual(), usual(), kappas=[0.1]).alarms == ()  # nothing to fall from


def test_a_snapshot_counts_and_survives_its_json() -> None:
    made = snapshot(["yes", "no", "yes"], [0.0, 0.99, None], [0.0, 0.1, 0.2], [None, 0.8, 0.9])
    assert made.answers == {"yes": 2, "no": 1}
    assert made.sure == (1, 0, 0, 0, 0, 0, 0, 0, 0, 1)
    assert made.unknown == pytest.approx(0.1)
    assert made.speech == pytest.approx(0.85)
    assert read_snapshot(json.loads(json.dumps(made.to_json()))).answers == made.answers
    assert snapshot([]).calls == 0
