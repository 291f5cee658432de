"""Cards and codes that nobody calls by name, told in other orders, and numbers beside them that stay readable."""

from __future__ import annotations

import pytest

from transcription.redaction.detection import find_private
from transcription.transcript import Turn


def masked(*said: str, language: str = "en") -> list[str]:
    """What is masked of turns of the rep and the client, beginning with the rep."""
    turns = [Turn("client" if n % 2 else "rep", text) for n, text in enumerate(said)]
    return [turns[place.turn].text[place.start : place.end] for place in find_private(turns, language)]


def digits(*said: str, language: str = "en") -> str:
    return "".join(c for text in masked(*said, language=language) for c in text if c.isdigit())


def test_a_group_said_again_counts_once() -> None:
    found = masked("Take your time.", "There. 4242, are you ready? 4242, oops, no, 4242, sorry, glasses. 4242. 4242.")
    assert found == ["4242, are you ready? 4242, oops, no, 4242, sorry, glasses. 4242. 4242"]


def test_the_second_half_may_come_first_and_from_both() -> None:
    said = ("뒷부분만 다시요.", "뒷부분이 5566 5556.", "앞은 4000 0566 맞으시죠?", "네 맞아요.")
    assert digits(*said, language="ko") == "5566555640000566"
    assert len(digits("And the back half?", "5566 5556.", "And the front was 4000 0566?", "Yes.")) == 16


def test_groups_that_happen_to_fall_are_no_list() -> None:
    assert "4099 1405 1361 0939" in masked("跟您核对，4099 1405 1361 0939。", "没错。", language="zh")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Read me what the screen shows you.", "Erm, 714 595."),
        ("Вам должна прийти комбинация.", "Эта, что ли? 994959."),
        ("이거 보내 드렸어요.", "이거요? 952879."),
        ("屏幕上出来什么您就念什么。", "嗯，767，292。"),
    ],
)
def test_six_digits_and_nothing_else_are_a_code_whatever_it_is_called(asked: str, said: str) -> None:
    assert len("".join(c for text in masked(asked, said) for c in text if c.isdigit())) == 6


@pytest.mark.parametrize(
    "said",
    [
        ("What's the order number?", "714595."),
        ("How many do you need?", "We need 714500."),
        ("What's on the meter?", "The meter reading is 714595."),
    ],
)
def test_six_digits_of_something_named_stay(said: tuple[str, ...]) -> None:
    assert masked(*said) == []


def test_endings_named_behind_their_digits_stay() -> None:
    for said, language in (
        ("지난번에 6188로 끝나는 걸로 할까요?", "ko"),
        ("Списать с карты, что на 6188 заканчивается?", "ru"),
        ("Is it the card finishing 6188?", "en"),
    ):
        assert masked(said, "4242 4242 4242 4242", language=language) == ["4242 4242 4242 4242"]


def test_who_listens_counts() -> None:
    said = ("Ready for the card.", "4242 42", "Six so far.", "42 4242", "Twelve.", "4242", "Thanks.")
    assert digits(*said) == "4242" * 4
    assert not any("Six" in text or "Twelve" in text for text in masked(*said))


def test_a_serial_held_against_another_stays() -> None:
    said = ("The unit's serial is 9949 5912 1123, can you see that?", "I see 4138 3232 4776.", "Another boiler.")
    assert masked(*said) == []
