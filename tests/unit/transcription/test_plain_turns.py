"""Turns read all together are the turns read one by one; what is not plain is left to the careful reader."""

from __future__ import annotations

from typing import Any

import pytest

from transcription.errors import NotATranscript
from transcription.plain_turns import read_plain_turns
from transcription.transcript import Transcript, Turn, Word

TURNS = (
    Turn(
        "rep", "Good morning, Ann.", 0.4, 1.6, 0.97, 0, (Word("Good", 0.4, 0.7, 0.9), Word("morning,", 0.7, 1.6, 0.8))
    ),
    Turn("client", "Yes.", None, None, None, None, (), "client_2", "en"),
)


def _written() -> list[dict[str, Any]]:
    turns: list[dict[str, Any]] = Transcript(TURNS).to_json()["turns"]
    return turns


def test_plain_turns_are_read_as_they_were_written() -> None:
    assert read_plain_turns(_written()) == TURNS


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("start", 1),
        ("role_confidence", float("nan")),
        ("channel", True),
        ("role", "boss"),
        ("text", None),
        ("words", None),
    ],
)
def test_any_other_turn_is_left_to_the_careful_reader(key: str, value: object) -> None:
    turns = _written()
    turns[0][key] = value
    assert read_plain_turns(turns) is None


@pytest.mark.parametrize(("key", "value"), [("start", 1), ("confidence", float("inf")), ("text", 5), ("end", "1")])
def test_any_other_word_is_left_to_the_careful_reader(key: str, value: object) -> None:
    turns = _written()
    turns[0]["words"][1][key] = value
    assert read_plain_turns(turns) is None


def test_a_whole_number_reads_as_before_and_a_wrong_part_is_still_named() -> None:
    turns = _written()
    turns[0]["words"][1]["end"] = 2
    assert Transcript.from_json({"turns": turns}).turns[0].words[1].end == 2.0
    turns[0]["words"][1]["end"] = "soon"
    with pytest.raises(NotATranscript, match=r"turns\[0\]\.words\[1\]"):
        Transcript.from_json({"turns": turns})
