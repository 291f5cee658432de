"""Export: what is written reads back to an equal standard, in all its languages or in some."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from scoring.standard_writing import only_languages, write_standard
from scoring.standards import Standard, list_standards, load_standard, read_standard
from tests.unit.scoring.standards_made import standards


@settings(max_examples=150, deadline=None)
@given(standards())
def test_a_written_standard_reads_back_equal(standard: Standard) -> None:
    assert read_standard(write_standard(standard), "x.yaml") == standard


@pytest.mark.parametrize("name", [info.name for info in list_standards()])
def test_the_library_reads_back_equal(name: str) -> None:
    standard = load_standard(name)
    assert read_standard(write_standard(standard), "x.yaml") == standard
    assert read_standard(standard.source_text, "x.yaml") == standard


def test_only_some_languages_are_left_and_english_always_is() -> None:
    text = write_standard(only_languages(load_standard("cold-call"), ["ru"]))
    standard = read_standard(text, "x.yaml")
    assert standard.languages == ("en", "ru")
    assert "여보세요" not in text
    assert standard.describe("ko").title == "Cold call"
    assert standard.describe("ru").title == "Холодный звонок"
    assert standard.stages[0].required[0].lines is not None
    assert set(standard.stages[0].required[0].lines) == {"en", "ru"}
