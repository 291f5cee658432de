"""Turns cut into words that play, with marks under quotes."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from web.reading.evidence import EvidenceRow
from web.reading.turns import Mark, read_turns, sure_share


def word(text: str, start: float | None, confidence: float | None = 0.9) -> dict[str, Any]:
    return {"text": text, "start": start, "end": None if start is None else start + 0.4, "confidence": confidence}


def turn(text: str, start: float | None = 0.0, role: str = "rep", **more: Any) -> dict[str, Any]:
    words = [word(part, None if start is None else start + n * 0.5) for n, part in enumerate(text.split())]
    return {"role": role, "text": text, "start": start, "end": start, "words": words} | more


def evidence(quote: str, start: float | None = None, end: float | None = None, at: int | None = 0) -> EvidenceRow:
    return EvidenceRow(quote=quote, start=start, end=end, turn=at, role="rep", source="rule:x", speech_confidence=None)


def text_of(row: Any, tone: str | None = "any") -> str:
    return "".join(piece.text for run in row.runs if tone in ("any", run.tone) for piece in run.pieces)


def test_words_keep_their_second_and_the_text_its_punctuation() -> None:
    (row,) = read_turns(
        {
            "turns": [
                turn("Hello, world!")
                | {"words": [word("hello", 1.0), word("world", 1.5, 0.2)], "text": "Hello, world!"}
            ]
        }
    )
    assert text_of(row) == "Hello, world!"
    words = [piece for run in row.runs for piece in run.pieces if piece.word]
    assert [(piece.text, piece.start, piece.unsure) for piece in words] == [("Hello", 1.0, False), ("world", 1.5, True)]


def test_chinese_words_without_spaces() -> None:
    (row,) = read_turns(
        {"turns": [turn("太贵了，我再想想") | {"words": [word("太贵了", 0.0), word("我", 0.6), word("再想想", 0.8)]}]}
    )
    assert text_of(row) == "太贵了，我再想想"
    assert [piece.start for run in row.runs for piece in run.pieces if piece.word] == [0.0, 0.6, 0.8]


def test_a_quote_is_marked_and_the_worse_tone_wins() -> None:
    marks = (Mark(evidence=evidence("we have a good price"), tone="good"), Mark(evidence=evidence("price"), tone="bad"))
    (row,) = read_turns({"turns": [turn("Yes, we have a good price today")]}, marks)
    assert text_of(row, "good") == "we have a good "
    assert text_of(row, "bad") == "price"
    assert text_of(row, None) == "Yes,  today"


def test_a_quote_said_twice_is_marked_at_its_time() -> None:
    (row,) = read_turns({"turns": [turn("no no no", 10.0)]}, (Mark(evidence=evidence("no", 10.5, 10.9), tone="bad"),))
    assert [run.tone for run in row.runs if text_of(type("R", (), {"runs": [run]})).strip()] == [None, "bad", None]


def test_turns_come_in_time_order_and_untimed_ones_keep_their_place() -> None:
    rows = read_turns({"turns": [turn("b", 5.0), turn("a", 1.0), turn("c", None), turn("d", 9.0)]})
    assert [row.index for row in rows] == [1, 2, 0, 3]


def test_silence_stands_before_the_turn_that_ends_it() -> None:
    rows = read_turns({"turns": [turn("a", 0.0), turn("b", 9.0)]}, (), [{"start": 2.0, "end": 9.0}])
    assert [row.silence_before for row in rows] == [None, (2.0, 9.0)]


def test_share_of_sure_words_counts_only_words_with_a_confidence() -> None:
    turns = [{"words": [word("a", 0, 0.9), word("b", 1, 0.2), word("c", 2, None)]}]
    assert sure_share({"turns": turns}) == 0.5
    assert sure_share({"turns": []}) is None


@given(
    st.text(max_size=60),
    st.lists(st.text(max_size=6), max_size=12),
    st.text(max_size=10),
    st.one_of(st.none(), st.floats(0, 30)),
)
def test_no_text_is_ever_lost(text: str, words: list[str], quote: str, start: float | None) -> None:
    data = {"turns": [{"role": "rep", "text": text, "words": [word(w, n * 0.5) for n, w in enumerate(words)]}]}
    marks = (Mark(evidence=evidence(quote, start, start), tone="warn"),) if quote else ()
    (row,) = read_turns(data, marks)
    assert text_of(row) == text
