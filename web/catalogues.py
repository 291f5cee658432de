"""The message catalogues: collect every string of the pages, merge them into each language, compile.

`python -m web.catalogues` does all three and names what still needs a translation. Run it after changing a string,
translate what it names in `translations/<language>/LC_MESSAGES/messages.po`, and run it again.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

FOLDER = Path(__file__).parent
TRANSLATIONS = FOLDER / "translations"
METHODS = [("static/**", "ignore"), ("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
UNDATED = datetime(2026, 1, 1, tzinfo=UTC)  # the same strings give the same bytes
SOURCE_LANGUAGE = "en"  # the strings in the code are its translations


def languages() -> tuple[str, ...]:
    """The languages there are catalogues for."""
    return tuple(sorted(path.parent.parent.name for path in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po")))


def read_sources() -> Catalog:
    """Every string of the pages' code and templates."""
    catalog = Catalog()
    for _file, _line, message, _comments, context in extract_from_dir(str(FOLDER), METHODS, OPTIONS):
        catalog.add(message, context=context)
    return catalog


def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language as it stands in its file; empty when there is none yet."""
    path = _po(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    catalog.creation_date = catalog.revision_date = UNDATED
    return catalog


def merge(language: str, sources: Catalog) -> Catalog:
    """The language's catalogue with exactly the strings of the sources, translated where it was before."""
    old = read_catalogue(language)
    new = Catalog(locale=language, header_comment="# The words of the user interface.", fuzzy=False)
    for message in _messages(sources):
        known = old.get(message.id, context=message.context)
        words = message.id if language == SOURCE_LANGUAGE else known.string if known else ""
        new.add(message.id, words, flags=message.flags, context=message.context)
    return new


def untranslated(catalog: Catalog) -> tuple[str, ...]:
    """The strings with no translation, or with too few plural forms."""
    return tuple(
        message.id if isinstance(message.id, str) else message.id[0]
        for message in _messages(catalog)
        if not _complete(message, catalog.num_plurals)
    )


def po_text(catalog: Catalog) -> str:
    """The catalogue as its file holds it: sorted, without dates, so that a change shows only changed strings."""
    file = io.BytesIO()
    write_po(file, catalog, width=110, no_location=True, sort_output=True, ignore_obsolete=True)
    dated = ("Project-Id", "Report-", "POT-", "PO-Rev", "Last-", "Language-Team", "Generated-By")
    lines = file.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(tuple(f'"{name}' for name in dated)))


def mo_bytes(language: str) -> bytes:
    """The compiled form of the language's file."""
    file = io.BytesIO()
    write_mo(file, read_catalogue(language))
    return file.getvalue()


def main() -> int:
    """Refresh every catalogue; 1 when a translation is missing."""
    sources = read_sources()
    missing = 0
    for language in languages():
        catalog = merge(language, sources)
        _po(language).write_text(po_text(catalog), encoding="utf-8")
        _po(language).with_suffix(".mo").write_bytes(mo_bytes(language))
        for text in untranslated(catalog):
            missing += 1
            sys.stdout.write(f"{language}: no translation of: {text}\n")
    return 1 if missing else 0


def _po(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def _messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _complete(message: Message, plurals: int) -> bool:
    words = message.string
    if isinstance(words, (tuple, list)):
        return len(words) == plurals and all(words)
    return bool(words) and isinstance(message.id, str)


if __name__ == "__main__":
    raise SystemExit(main())
