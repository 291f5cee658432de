"""Korean words asked for with a particle, and queries that are too long: what is looked for all the same."""

from __future__ import annotations

import pytest

from review.search.ask import LONGEST_QUERY, read_ask
from review.search.particles import without_particle


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("가격은", "가격이 조금 비싸네요"),
        ("가격이", "가격을 알려 주세요"),
        ("계약서를", "계약서가 아직 안 왔어요"),
        ("할인해요", "할인도 되나요"),
        ("배송까지는", "배송 언제 되나요"),
        ("가격", "가격은 얼마예요"),
    ],
)
def test_a_korean_word_is_found_whatever_follows_the_noun(asked: str, said: str) -> None:
    assert read_ask(asked).find_match(said, "ko") is not None


@pytest.mark.parametrize(
    ("word", "bare"), [("휴가", None), ("가격은", "가격"), ("은", None), ("price", None), ("价格", None)]
)
def test_what_is_left_of_a_word(word: str, bare: str | None) -> None:
    assert without_particle(word) == bare


def test_a_quotation_keeps_its_particle() -> None:
    assert read_ask('"가격은"').find_match("가격이 비싸요", "ko") is None


def test_a_query_that_is_too_long_is_cut_between_two_words() -> None:
    ask = read_ask("price " * 300)
    assert len("price " * 300) > LONGEST_QUERY
    assert ask.find_match("what is the price", "en") is not None
    assert len(ask.clauses) == 1
