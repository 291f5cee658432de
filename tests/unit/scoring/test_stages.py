"""The call cut into stages: twelve calls of four languages against a person's reading, and calls that are odd."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from scoring.assessment import STAGES, StageSpan
from scoring.engine import score
from scoring.standards import load_standard
from tests.unit.scoring.calls import BAD, GOOD, call, timed
from transcription.transcript import Transcript, Turn

HERE = Path(__file__).parent / "dialogues"

# The stage of each turn as a person reads it: the first turn of every stage, in order.
READ = {
    "en/price_handled": {"opening": 0, "discovery": 2, "price": 8, "objections": 9, "close": 14},
    "en/soft_no_kept_open": {"opening": 0, "discovery": 2, "price": 10, "objections": 11, "close": 16},
    "en/need_status_quo": {"opening": 0, "discovery": 2, "objections": 3, "close": 6},
    "ru/service_upsell": {"opening": 0, "discovery": 2, "presentation": 4, "objections": 7, "close": 9},
    "ru/winback": {"opening": 0, "discovery": 2, "presentation": 4, "objections": 5, "close": 10},
    "ru/price_handled_windows": {"opening": 0, "discovery": 4, "price": 10, "objections": 11, "close": 17},
    "ko/academy_inbound": {"opening": 0, "discovery": 2, "price": 6, "objections": 7, "close": 11},
    "ko/internet_spouse": {"opening": 0, "discovery": 2, "price": 8, "objections": 9, "close": 13},
    "ko/insurance_callback": {"opening": 0, "objections": 1, "close": 3},
    "zh/price_handled": {"opening": 0, "discovery": 4, "presentation": 10, "price": 11, "objections": 13, "close": 18},
    "zh/competitor_trial": {"opening": 0, "discovery": 2, "objections": 5, "close": 12},
    "zh/boss_decides": {"opening": 0, "discovery": 2, "objections": 3, "close": 7},
}


def cut(name: str) -> tuple[list[str], list[str]]:
    """The stage of each turn as read by a person and as found; "" where none was found."""
    data = yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    turns = tuple(Turn(role, text) for role, text in data["turns"])
    spans = score(Transcript(turns, language=data["language"]), load_standard("cold-call")).stages
    found = [next((s.stage for s in spans if s.turns[0] <= n <= s.turns[1]), "") for n in range(len(turns))]
    starts = sorted((first, stage) for stage, first in READ[name].items())
    read = [[stage for first, stage in starts if first <= n][-1] for n in range(len(turns))]
    return read, found


def test_nineteen_turns_in_twenty_are_where_a_person_puts_them() -> None:
    pairs = [pair for name in READ for pair in zip(*cut(name), strict=True)]
    wrong = [pair for pair in pairs if pair[0] != pair[1]]
    assert len(wrong) <= len(pairs) * 0.05, wrong


@pytest.mark.parametrize("name", READ)
def test_each_call_has_the_stages_a_person_finds_in_their_order(name: str) -> None:
    read, found = cut(name)
    assert list(dict.fromkeys(stage for stage in found if stage)) == list(dict.fromkeys(read)), (read, found)


def stages_of(text: str) -> tuple[StageSpan, ...]:
    return score(timed(call(text)), load_standard("cold-call")).stages


@pytest.mark.parametrize("text", [GOOD, BAD])
def test_spans_follow_each_other_and_name_known_stages(text: str) -> None:
    spans = stages_of(text)
    assert spans
    for span in spans:
        assert span.stage in STAGES
        assert span.turns[0] <= span.turns[1]
        assert span.start is not None
        assert span.end is not None
        assert span.start <= span.end
    for before, after in pairwise(spans):
        assert before.turns[1] < after.turns[0]
        assert before.stage != after.stage


def test_an_early_brush_off_does_not_keep_the_questions_after_it() -> None:
    spans = stages_of(
        "R: Good morning, this is Anna Hall from Acme.\n"
        "C: I'm just about to go into a meeting.\n"
        "R: I understand, only two minutes. How many people work with you?\n"
        "C: About twenty.\n"
        "R: And how do you order your coffee today?\n"
        "C: By phone, from the shop.\n"
        "R: What matters most to you there?\n"
        "C: That it comes on Mondays.\n"
    )
    assert [span.stage for span in spans] == ["opening", "objections", "discovery"]


@pytest.mark.parametrize(
    "text",
    [
        "R: Good morning, this is Anna from Acme.",
        "R: 17\nC: 42\nR: 99",
        "A: Good morning.\nB: Good morning.",
        "S: Beep.",
    ],
)
def test_calls_without_stages(text: str) -> None:
    assert stages_of(text) == ()
