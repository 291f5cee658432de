"""The stretches behind a call's figures in the assessment's JSON, and the gravity of a mishandled objection."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scoring.assessment import Assessment, Evidence, Named, Objection
from scoring.engine import score
from scoring.standards import default_standard_name, load_standard
from tests.unit.scoring.calls import GOOD, call, timed

SAID = Evidence("too dear", 1.0, 2.0, 0, "client", "rule:x")


def judged(*, times: bool = True) -> dict[str, Any]:
    transcript = timed(call(GOOD)) if times else call(GOOD)
    return score(transcript, load_standard(default_standard_name())).to_json()


def test_every_question_is_quoted_and_counted_once() -> None:
    metrics = judged()["metrics"]
    questions = metrics["spans"]["questions"]
    assert len(questions) == metrics["questions"] > 3
    assert sum(question["open"] for question in questions) == metrics["open_questions"]
    assert all(question["role"] == "rep" and question["end"] > question["start"] for question in questions)


def test_figures_and_stretches_agree() -> None:
    metrics = judged()["metrics"]
    longest = metrics["spans"]["longest_monologue"]
    assert longest["end"] - longest["start"] == pytest.approx(metrics["longest_monologue"], abs=0.02)
    assert len(metrics["spans"]["interruptions"]) == metrics["interruptions"]
    assert metrics["spans"]["patience"]


def test_without_times_only_the_questions_are_listed() -> None:
    spans = judged(times=False)["metrics"]["spans"]
    assert (spans["longest_monologue"], spans["patience"], spans["interruptions"]) == (None, [], [])
    assert [question["start"] for question in spans["questions"]] == [None] * len(spans["questions"])


def test_an_assessment_of_before_is_still_read() -> None:
    data = judged()
    assert Assessment.from_json(data).to_json() == data
    del data["metrics"]["spans"]
    assert Assessment.from_json(data).metrics.spans.questions == ()


@pytest.mark.parametrize(
    ("outcome", "genuine", "faults", "severity"),
    [
        ("handled", 0.9, (), None),
        ("partial", 0.9, (), None),
        ("ignored", 0.9, (), "high"),
        ("ignored", 0.3, (), "middle"),
        ("mishandled", 0.3, ("argued",), "high"),
        ("mishandled", 0.9, ("instant_discount",), "middle"),
        ("mishandled", 0.9, ("cut_off", "instant_discount"), "high"),
    ],
)
def test_severity_follows_from_what_the_rep_did(
    outcome: str, genuine: float, faults: tuple[str, ...], severity: str | None
) -> None:
    episode = Objection(
        types=("price",),
        genuine=genuine,
        explicit=True,
        client=SAID,
        response=None,
        latency=None,
        moves=(),
        faults=tuple(Named(name, SAID) for name in faults),
        reaction="leaves",
        outcome=outcome,
        scale=0,
        probability=0.9,
    )
    assert episode.severity == severity
    assert replace(episode, reaction="accepts").severity == severity
