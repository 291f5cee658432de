"""Everything the call page derives from a call, put together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from review.queries.call import CallDetail
from web.reading.page import CallPage, read_page

TURNS = [
    {"role": "client", "text": "That is too expensive.", "start": 1.0, "end": 3.0, "words": []},
    {"role": "rep", "text": "Quality has its price.", "start": 3.2, "end": 5.0, "words": []},
    {"role": "client", "text": "Goodbye.", "start": 6.0, "end": 7.0, "words": []},
]


def quote(turn: int, text: str) -> dict[str, Any]:
    start = TURNS[turn]["start"]
    return {"quote": text, "start": start, "end": start, "turn": turn, "role": TURNS[turn]["role"], "source": "rule:x"}


def page_of(assessment: dict[str, Any] | None) -> CallPage:
    call = SimpleNamespace(
        transcript={"turns": TURNS}, assessment=assessment, standard=None, rescoring=False, layer=None, transcripts=()
    )
    return read_page(cast(CallDetail, call))


def marked(page: CallPage) -> dict[str, str]:
    """The marked text of every turn, with its tone."""
    return {
        "".join(piece.text for piece in run.pieces): run.tone
        for turn in page.turns
        for run in turn.runs
        if run.tone is not None
    }


def test_an_episode_stands_behind_its_last_turn_and_marks_what_was_said() -> None:
    objection = {
        "types": ["price"],
        "client": quote(0, "too expensive"),
        "response": quote(1, "Quality has its price."),
        "faults": [{"name": "argued", **quote(1, "Quality has its price.")}],
        "moves": [],
        "outcome": "mishandled",
        "reaction": "leaves",
        "latency": 0.2,
        "probability": 0.9,
    }
    page = page_of({"objections": [objection], "criteria": []})
    assert [len(page.episodes_after(turn)) for turn in (0, 1, 2)] == [0, 1, 0]
    assert page.episodes[0].tone == "bad"
    assert marked(page) == {"too expensive": "bad", "Quality has its price.": "bad"}


def test_reasons_without_a_quote_are_told_and_mark_nothing() -> None:
    reasons = [{"id": "a", "why": "closed within minutes", "quote": None, "start": None}]
    page = page_of({"rejection": {"band": "high", "reasons": reasons, "against": []}, "criteria": []})
    assert [reason.why for reason in page.reasons] == ["closed within minutes"]
    assert page.reasons[0].evidence is None
    assert marked(page) == {}


def test_one_reason_for_everything_is_told_once() -> None:
    def criterion(name: str, why: str, answer: str = "cannot_judge") -> dict[str, Any]:
        return {"id": name, "section": "opening", "answer": answer, "points": None, "max": 1, "weight": 1, "why": why}

    assert page_of({"criteria": [criterion("a", "no pack"), criterion("b", "no pack")]}).why_nothing == "no pack"
    assert page_of({"criteria": [criterion("a", "no pack"), criterion("b", "noise")]}).why_nothing == ""
    assert page_of({"criteria": [criterion("a", "x"), criterion("b", "x", "na")]}).why_nothing == ""


def test_a_call_without_an_assessment_is_just_its_words() -> None:
    page = page_of(None)
    assert len(page.turns) == 3
    assert (page.sections, page.episodes, page.marks, page.stages) == ((), (), (), ())
