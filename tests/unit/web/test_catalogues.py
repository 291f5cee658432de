"""Every string of the pages has a translation, and what is compiled is what is written."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog

from review.ui_languages import UI_LANGUAGES
from web import catalogues

REFRESH = "run: python -m web.catalogues"


@pytest.fixture(scope="module")
def sources() -> Catalog:
    return catalogues.read_sources()


def test_there_is_a_catalogue_for_every_language_of_the_switch() -> None:
    assert set(UI_LANGUAGES) == set(catalogues.languages())


@pytest.mark.parametrize("language", catalogues.languages())
def test_every_string_is_translated(language: str, sources: Catalog) -> None:
    merged = catalogues.merge(language, sources)
    assert catalogues.untranslated(merged) == (), REFRESH


@pytest.mark.parametrize("language", catalogues.languages())
def test_the_file_holds_exactly_the_strings_of_the_sources(language: str, sources: Catalog) -> None:
    merged = catalogues.merge(language, sources)
    written = (catalogues.TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    assert written == catalogues.po_text(merged), REFRESH


@pytest.mark.parametrize("language", catalogues.languages())
def test_the_compiled_catalogue_is_fresh(language: str) -> None:
    compiled = (catalogues.TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo").read_bytes()
    assert compiled == catalogues.mo_bytes(language), REFRESH


@pytest.mark.parametrize("language", catalogues.languages())
def test_translations_fill_in_the_same_values(language: str) -> None:
    """A translation that names another value, or has a bare percent sign, breaks its page when it is shown."""
    for message in catalogues.read_catalogue(language):
        if not message.id:
            continue
        source = message.id if isinstance(message.id, str) else message.id[1]
        values = dict.fromkeys(re.findall(r"%\((\w+)\)", source), 7)
        for words in [message.string] if isinstance(message.string, str) else message.string:
            assert set(re.findall(r"%\((\w+)\)", words)) <= set(values), source
            assert words % values
            if isinstance(message.id, str):
                assert set(re.findall(r"%\((\w+)\)", words)) == set(values), source


def test_a_new_string_is_noticed() -> None:
    sources = catalogues.read_sources()
    sources.add("A sentence nobody has translated")
    assert catalogues.untranslated(catalogues.merge("ru", sources)) == ("A sentence nobody has translated",)
