"""Cards told in pieces with talk between, digits to choose from, and figures that are told and not dictated."""

from __future__ import annotations

import pytest

from transcription.redaction.detection import find_private
from transcription.transcript import Turn


def masked(language: str, *lines: str) -> list[str]:
    """What is masked in a conversation; each line begins with R (rep) or C (client)."""
    turns = [Turn("rep" if line[0] == "R" else "client", line[2:].strip()) for line in lines]
    return [turns[place.turn].text[place.start : place.end] for place in find_private(turns, language)]


def test_a_card_in_halves_with_talk_between_is_found_by_its_check_digit() -> None:
    found = masked(
        "en",
        "C: I don't trust saying it all at once so here's half, four five three two zero one five one.",
        "R: Fine, whenever you feel like it, there is really no hurry at all.",
        "C: Is this line recorded by anybody?",
        "R: It is, and what is said about money is hidden.",
        "C: Okay, one two eight three zero three six six.",
    )
    assert found == ["four five three two zero one five one", "one two eight three zero three six six"]


def test_pieces_that_answer_for_an_order_are_no_card() -> None:
    lines = ["R: Order number?", "C: 45320151", "R: And the other order number?", "C: 12830366"]
    assert masked("en", *lines) == []


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["R: I have the serial as 4C7 1190 2238 6615, is that on the sticker?", "C: No, 4C7 1190 2238 6651."]),
        ("en", ["R: Your tracking reference is 1Z 999 AA1 01 2345 6784.", "C: 1Z 999 AA1 01 2345 6784, thanks."]),
        ("en", ["R: We've got slots at 8 30, 10 15, 11 45, 2 30.", "C: 10 15."]),
        ("ru", ["R: Артикул 4607 1234 5567 8?", "C: Нет, у меня 4607 1234 5568 5."]),
        ("ko", ["C: 바코드가 880 1234 56789 3이에요."]),
        ("zh", ["C: 条形码是六九零一二三四五六七八九二。"]),
    ],
)
def test_numbers_of_things_and_hours_stay_readable(language: str, lines: list[str]) -> None:
    assert masked(language, *lines) == []


def test_digits_to_choose_from_are_no_part_of_the_number() -> None:
    found = masked(
        "en",
        "R: Card number?",
        "C: four oh nine two, five eight two seven, zero nine, is that a one or a seven, oh five, six two three six",
    )
    assert "".join(found).startswith("four oh nine two")
    assert found[-1].endswith("six two three six")


def test_fond_names_of_russian_digits_are_digits() -> None:
    line = "C: пятёрочка четвёрочка четвёрочка шестёрочка, три пятёрочка единичка шестёрочка, нолик два два три"
    assert masked("ru", "R: Номер карты?", line) == [line[3:]]
