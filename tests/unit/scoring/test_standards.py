"""Standards: the library is complete, words come in the asked language, a wrong file is refused with place and fix."""

from __future__ import annotations

import pytest

from scoring.pack_checks import known_groups
from scoring.packs import languages_with_packs, load_pack
from scoring.standards import (
    StandardInvalid,
    StandardNotFound,
    default_standard_name,
    list_standards,
    load_standard,
    read_standard,
)

SMALL = """\
name: small
version: 3
title: {en: Small, ru: Малый}
sections:
  - id: one
    title: {en: One}
    weight: 10
    criteria:
      - id: greets
        question: {en: Greets?}
        detector: greeting
        weight: 2
        options:
          - {id: "0", points: 0, when: neither, label: {en: Neither}}
          - {id: "1", points: 1, when: one, label: {en: One}}
          - {id: "2", points: 2, when: both, label: {en: Both, ru: Оба}}
"""


def test_the_library_has_the_default_and_every_standard_reads() -> None:
    names = [info.name for info in list_standards()]
    assert default_standard_name() in names
    assert {"closing", "cold-call", "inbound-lead", "proposal-follow-up", "service-upsell", "win-back"} <= set(names)


@pytest.mark.parametrize("info", list_standards(), ids=lambda info: info.name)
@pytest.mark.parametrize("language", ["en", "ru", "ko", "zh"])
def test_every_word_of_the_library_is_written(info: object, language: str) -> None:
    standard = load_standard(info.name)  # type: ignore[attr-defined]
    for section in standard.sections:
        assert language in section.title
        for criterion in section.criteria:
            assert language in criterion.question
            assert language in criterion.guidance
            assert all(language in option.label for option in criterion.options)


def test_section_weights_of_the_library_add_up_to_a_hundred() -> None:
    for info in list_standards():
        assert sum(section.weight for section in load_standard(info.name).sections) == 100


def test_describe_gives_words_in_the_language_and_english_for_the_rest() -> None:
    words = read_standard(SMALL, "small.yaml").describe("ru")
    assert words.title == "Малый"
    criterion = words.criterion("greets")
    assert criterion is not None
    assert criterion.question == "Greets?"
    assert criterion.option_label("2") == "Оба"
    assert criterion.option_label("na") == "na"
    assert words.section("one") is not None
    assert words.criterion("nothing") is None


def test_the_source_text_stays_with_the_standard() -> None:
    assert read_standard(SMALL, "small.yaml").source_text == SMALL


def test_an_unknown_standard_names_those_there_are() -> None:
    with pytest.raises(StandardNotFound, match="cold-call") as caught:
        load_standard("../cold-call")
    assert caught.value.name == "../cold-call"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("        weight: 2\n", "        wieght: 2\n", 12, "did you mean 'weight'"),
        ("        weight: 2\n", "", 9, "'weight' is missing"),
        ("weight: 2", "weight: two", 12, "not a number"),
        ("weight: 2", "weight: -2", 12, "at least 0"),
        ("weight: 2", "weight: .nan", 12, "weight"),
        ("detector: greeting", "detector: greetign", 11, "did you mean 'greeting'"),
        ("when: one", "when: none", 15, "'when' is 'none'"),
        ("points: 2", "points: 0", 13, "One"),
        ("version: 3", "version: 3.5", 2, "whole number"),
        ("id: greets", "id: Greets!", 9, "small letters"),
        ('id: "2"', 'id: "1"', 16, "used twice"),
        ('id: "2"', "id: na", 16, "kept for the machine"),
        ("title: {en: One}", "title: {fr: Un}", 6, "'fr' is not known"),
        ("title: {en: One}", "title: {ru: Раз}", 6, "'en' is missing"),
        ("    weight: 10\n", "    weight: 0\n", 5, "all weights are zero"),
        ("name: small", "name: [small", 1, "not YAML"),
        ("question: {en: Greets?}", "question: {en: ''}", 10, "is empty"),
        ("name: small\n", "name: small\nname: small\n", 2, "given twice"),
    ],
)
def test_a_wrong_standard_is_refused_with_file_line_and_fix(old: str, new: str, line: int, says: str) -> None:
    text = SMALL.replace(old, new, 1)
    if old == "points: 2":
        text = text.replace("points: 1", "points: 0").replace("label: {en: One}", "label: {en: One}")
        says, line = "same points", 14
    with pytest.raises(StandardInvalid) as caught:
        read_standard(text, "small.yaml")
    assert caught.value.file == "small.yaml"
    assert says in str(caught.value)
    assert abs(caught.value.line - line) <= 1, str(caught.value)


def test_a_bonus_cannot_have_a_weight_and_cannot_take_points() -> None:
    with pytest.raises(StandardInvalid, match="bonus"):
        read_standard(SMALL.replace("weight: 2", "weight: 2\n        bonus: true"), "small.yaml")
    with pytest.raises(StandardInvalid, match="only add"):
        bonus = SMALL.replace("weight: 2", "bonus: true").replace("points: 0", "points: -1")
        read_standard(bonus, "small.yaml")


def test_aliases_are_refused() -> None:
    with pytest.raises(StandardInvalid, match="alias"):
        read_standard(
            SMALL.replace("title: {en: Small, ru: Малый}", "title: &t {en: Small}\ndescription: *t"), "x.yaml"
        )


@pytest.mark.parametrize("name", [info.name for info in list_standards()])
def test_a_standard_names_only_groups_that_every_pack_has(name: str) -> None:
    wanted = {
        group
        for section in load_standard(name).sections
        for criterion in section.criteria
        for group in criterion.settings.get("groups", ())  # type: ignore[union-attr]
    }
    for language in languages_with_packs():
        assert wanted - {entry.group for entry in load_pack(language).entries} == set(), language


def test_the_groups_a_standard_may_name_are_those_of_the_packs() -> None:
    packs = [load_pack(language) for language in languages_with_packs()]
    assert known_groups() == {entry.group for pack in packs for entry in pack.entries}
