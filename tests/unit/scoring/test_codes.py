"""Words as characters, and the expressions of phrases on them."""

from __future__ import annotations

import re

import pytest

from scoring.languages import language_of
from scoring.languages.codes import AlphabetFull, Codes, any_of, head_of
from scoring.needs import Needs
from scoring.phrase_parts import either_of


@pytest.mark.parametrize(
    "alternatives",
    [("a", "ab", "b"), ("ab", "a", ""), ("", "a"), ("ab", "ac", "[xy]z", "ad", "x"), ("abc", "abd", "ab", "a")],
)
def test_alternatives_share_their_beginnings_and_keep_their_order(alternatives: tuple[str, ...]) -> None:
    shared, plain = re.compile(either_of(alternatives)), re.compile("|".join(alternatives))
    for text in ("a", "ab", "abc", "abd", "ac", "ad", "b", "xz", "yz", "x", "", "q"):
        for end in ("", "$"):
            one = re.match(f"(?:{shared.pattern}){end}", text)
            other = re.match(f"(?:{plain.pattern}){end}", text)
            assert (one and one.span()) == (other and other.span())


def test_a_form_asked_for_exactly_has_a_character_of_its_own() -> None:
    language = language_of("en")
    codes = Codes(language, frozenset(("interested",)))
    said = language.tokens("interested interests ship 5 7")
    line = codes.line(said)
    word = codes.word("interest")
    line = codes.line(said)
    assert line[0] != line[1]
    assert set(line[:2]) == set(word)
    assert codes.form("interest", "interested") == line[0]
    assert line[3] == line[4] != line[2]


def test_syllables_stand_for_themselves_and_words_begin_on_marked_lines() -> None:
    language = language_of("ko")
    codes = Codes(language)
    said = language.tokens("네 비싸 crm")
    assert codes.line(said)[:3] == "네비싸"
    assert codes.marked(said)[:3] == head_of("네") + head_of("비") + "싸"


def test_a_set_of_characters_is_written_in_ranges() -> None:
    assert any_of("가") == "가"
    assert re.fullmatch(any_of("가각갂하"), "각")
    assert "-" in any_of("가각갂하")


def test_too_many_numbers_are_refused() -> None:
    codes = Codes(language_of("en"))
    with pytest.raises(AlphabetFull):
        for number in range(300):
            codes.word(str(number))


def test_a_pair_met_before_a_need_was_known_is_looked_up_again() -> None:
    language = language_of("en")
    codes = Codes(language)
    needs = Needs(codes)
    stems = [token.stem for token in language.tokens("good morning")]
    line = f"|{''.join(map(codes.word, stems))}|"
    assert needs.met_by(line) == (set(), 0)
    group, bit = needs.group(frozenset(("good morn",))), needs.bit(frozenset(("morn",)))
    assert needs.met_by(line) == ({group}, bit)
    assert needs.met_by(f"|{line[-2:0:-1]}|") == (set(), bit)


def test_a_need_of_any_number_and_of_a_family_of_syllables_is_met() -> None:
    language = language_of("ko")
    codes = Codes(language)
    needs = Needs(codes)
    number = needs.group(frozenset(("#digit 시",)))
    family = needs.bit(frozenset(("보~ 세",)))
    assert needs.met_by(f"|{codes.line(language.tokens('3시'))}|") == ({number}, 0)
    assert needs.met_by(f"|{codes.line(language.tokens('볼세'))}|") == (set(), family)
    assert needs.met_by(f"|{codes.line(language.tokens('세보'))}|") == (set(), 0)
