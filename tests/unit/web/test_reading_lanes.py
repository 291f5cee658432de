"""Who is on which channel, and masks told apart from words."""

from __future__ import annotations

from typing import Any

from web.reading.lanes import Lane, read_lanes, read_people
from web.reading.masks import name_masks, read_masks


def turn(role: str, channel: int | None, text: str = "some words") -> dict[str, Any]:
    return {"role": role, "channel": channel, "text": text}


def test_the_reps_lane_is_the_upper_one() -> None:
    assert read_lanes({"turns": [turn("client", 0), turn("rep", 1)]}) == (Lane(1, "rep"), Lane(0, "client"))


def test_a_channel_belongs_to_whoever_says_most_on_it() -> None:
    turns = [turn("rep", 0, "a long sentence of the rep"), turn("client", 0, "echo"), turn("client", 1)]
    assert read_lanes({"turns": turns}) == (Lane(0, "rep"), Lane(1, "client"))


def test_nothing_is_claimed_where_the_transcript_says_nothing() -> None:
    assert read_lanes({"turns": [turn("rep", None), turn("client", None)]}) == ()
    assert read_lanes({"turns": [turn("rep", 0), turn("rep", 1)]}) == ()
    assert read_lanes({}) == ()


def test_two_unnamed_people_are_called_a_and_b() -> None:
    turns = [turn("speaker_b", 1), turn("speaker_a", 0)]
    assert read_lanes({"turns": turns}) == (Lane(0, "speaker_a"), Lane(1, "speaker_b"))
    assert read_people({"turns": turns}) == ("speaker_a", "speaker_b")
    assert read_people({"turns": [*turns, turn("rep", 0)]}) == ("rep", "client")
    assert read_people({}) == ("rep", "client")


def test_masks_are_cut_out_of_a_text_and_nothing_is_lost() -> None:
    text = "my number is [card] and [card_code], [nothing]"
    pieces = read_masks(text)
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.mask for piece in pieces if piece.mask] == ["card", "card_code"]
    assert name_masks(text, str.upper) == "my number is [CARD] and [CARD_CODE], [nothing]"
