"""Episodes as the player and the panel show them: their stretch, their steps in time, and what was missing."""

from __future__ import annotations

from typing import Any

from web.reading.episodes import EpisodeRow, read_episodes


def said(start: float | None, end: float | None, turn: int = 1, role: str = "rep") -> dict[str, Any]:
    return {"quote": "words", "start": start, "end": end, "turn": turn, "role": role, "source": "rule:x"}


def episode(**parts: Any) -> EpisodeRow:
    item = {
        "types": ["price"],
        "client": said(10.0, 12.0, 0, "client"),
        "response": said(13.5, 15.0),
        "latency": 1.0,
        "moves": [],
        "faults": [],
        "outcome": "partial",
        **parts,
    }
    return read_episodes({"objections": [item]})[0]


def test_it_lasts_from_the_clients_words_to_the_last_move() -> None:
    found = episode(
        moves=[{"name": "check", **said(20.0, 22.0)}, {"name": "clarify", **said(13.5, 15.0)}],
        faults=[{"name": "argued", **said(16.0, 17.0)}],
    )
    assert (found.start, found.end) == (10.0, 22.0)
    assert [(step.name, step.fault) for step in found.steps] == [("clarify", False), ("argued", True), ("check", False)]
    assert found.pause == (12.5, 13.5)


def test_what_is_missing_is_one_move_of_each_group() -> None:
    assert episode(outcome="ignored").missing == (("acknowledge", "clarify"), ("answer",), ("check", "next_step"))
    assert episode(moves=[{"name": "clarify", **said(13.5, 15.0)}]).missing == (("answer",), ("check", "next_step"))
    assert episode(outcome="handled").missing == ()


def test_an_objection_nobody_answered_has_no_pause() -> None:
    found = episode(response=None, latency=None, outcome="ignored")
    assert (found.pause, found.end) == (None, 12.0)


def test_without_times_the_steps_keep_their_order() -> None:
    found = episode(
        client=said(None, None, 0, "client"),
        response=said(None, None),
        moves=[{"name": "acknowledge", **said(None, None)}, {"name": "answer", **said(None, None)}],
    )
    assert [step.name for step in found.steps] == ["acknowledge", "answer"]
    assert (found.start, found.end, found.pause) == (None, None, None)


def test_severity_is_shown_only_where_something_is_flagged() -> None:
    assert episode(outcome="ignored", severity="high").severity == "high"
    assert episode(severity=None).severity == ""
    assert episode().severity == ""


def test_the_models_reason_is_shown_where_there_is_one() -> None:
    why = "Heard in the words and their place in the call: “north of”."
    assert episode(why=why).why == why
    assert episode().why == ""
