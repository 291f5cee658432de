"""Words as the index sees them, and what a typed question becomes: four languages, no spelling that breaks it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.search.analyze import LONGEST_TERM, analyze, analyze_places
from review.search.ask import MOST_CLAUSES, Phrase, read_ask


@pytest.mark.parametrize(
    ("text", "language", "terms"),
    [
        ("Prices, price!", "en", ["price", "price"]),
        ("I don't know", "en", ["i", "dont", "know"]),
        ("Скидку и скидка", "ru", ["скидк", "и", "скидк"]),
        ("Ещё ёлка", "ru", ["ещ", "елк"]),
        ("할인해요", "ko", ["할인", "인해", "해요", "요"]),
        ("太贵了，行吗", "zh", ["太贵", "贵了", "了", "行吗", "吗"]),
        ("3개월 iPhone15", "ko", ["3", "개월", "월", "iphone15"]),
        ("ＡＢＣ １２", None, ["abc", "12"]),
        ("Preise und Preis", "de", ["preise", "und", "preis"]),
        ("CRM для продаж", "ru", ["crm", "для", "продаж"]),
        ("__ -- !!", "en", []),
        ("a_b", "en", ["a", "b"]),
    ],
)
def test_terms(text: str, language: str | None, terms: list[str]) -> None:
    assert analyze(text, language) == terms


def test_decomposed_text_is_the_same_word() -> None:
    assert analyze("е\u0308лка", "ru") == analyze("ёлка", "ru") == analyze("елка", "ru")
    assert analyze("\u1112\u1161\u11af\u110b\u1175\u11ab", "ko") == analyze("할인", "ko")  # 할인 in single letters


def test_an_endless_word_is_cut() -> None:
    assert analyze("x" * 500, "en") == ["x" * LONGEST_TERM]


def test_places_point_into_the_raw_text() -> None:
    text = "Да, СКИДКУ за ½ — 할인해!"
    assert [text[term.start : term.end] for term in analyze_places(text, None)] == [
        "Да",
        "СКИДКУ",
        "за",
        "½",
        "½",
        "할인",
        "인해",
        "해",
    ]


@given(st.text(max_size=200), st.sampled_from([None, "en", "ru", "ko", "zh", "de"]))
def test_any_text_gives_terms_without_signs_in_order(text: str, language: str | None) -> None:
    terms = analyze_places(text, language)
    for term in terms:
        assert term.term
        assert 0 <= term.start < term.end <= len(text)
        assert not set(term.term) & set(" '\"*:&|!()<>_-^\\")
    assert [term.start for term in terms] == sorted(term.start for term in terms)


@pytest.mark.parametrize(
    ("typed", "clauses"),
    [
        ("price", [["price"]]),
        ("price discount", [["price"], ["discount"]]),
        ('"price is" high', [["price is"], ["high"]]),
        ("«большая скидка»", [["больш скидк", "большая скидка"]]),
        ("할인", [["할인"]]),
        ("太贵了", [["太贵 贵了"]]),
        ("太贵 可以", [["太贵"], ["可以"]]),
        ('"太贵了 price"', [["太贵 贵了 了 price"]]),
        ('he said "', [["he"], ["said"]]),
        ("price price PRICE", [["price"]]),
    ],
)
def test_what_a_question_becomes(typed: str, clauses: list[list[str]]) -> None:
    found = [[" ".join(phrase.terms) for phrase in clause] for clause in read_ask(typed).clauses]
    assert found == clauses


def test_one_character_of_a_run_is_the_beginning_of_a_pair() -> None:
    assert read_ask("贵").clauses == ((Phrase(("贵",), prefix=True),),)


@pytest.mark.parametrize("typed", ["", "   ", '""', "* : ^ ( ) - +", "\x00", "'", "😀"])
def test_a_question_without_a_word_is_empty(typed: str) -> None:
    assert not read_ask(typed)


def test_a_question_is_bounded() -> None:
    assert len(read_ask(" ".join(f"w{n}" for n in range(200))).clauses) == MOST_CLAUSES


@pytest.mark.parametrize(
    ("text", "typed", "match"),
    [
        ("We have better prices now", "price", "prices"),
        ("Какие Скидки у вас?", "скидка", "Скидки"),
        ("혹시 할인해 주나요", "할인", "할인"),
        ("这个太贵了吧", "太贵", "太贵"),
        ("这个太贵了吧", "贵", "贵"),
        ("ёлка стоит", "елка", "ёлка"),
        ("the price is what it is", '"price is"', "price is"),
    ],
)
def test_the_match_is_found_in_the_raw_text(text: str, typed: str, match: str) -> None:
    place = read_ask(typed).find_match(text, None)
    assert place is not None
    assert text[slice(*place)] == match


def test_no_match_is_no_place() -> None:
    assert read_ask("discount").find_match("the price", "en") is None
