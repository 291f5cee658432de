"""A transcript as a Word document: a heading, the call's facts, and a table of time, speaker and words."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from transcription.transcript import Transcript, Turn

_FIXED: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The document's own date: the same transcript gives the same bytes."""

_FONTS: Final = {"ko": "Malgun Gothic", "zh": "Microsoft YaHei"}
"""Fonts Word has for scripts its default font lacks."""

_HEADINGS: Final = ("Time", "Speaker", "Words")


def to_docx(
    transcript: Transcript,
    *,
    title: str,
    facts: Sequence[tuple[str, str]] = (),
    names: Mapping[str, str] | None = None,
    headings: tuple[str, str, str] = _HEADINGS,
) -> bytes:
    """The document's bytes. `facts` are lines under the title (name, value); `names` shows "rep" as "Anna Peters".

    Times are minutes and seconds from the call's beginning, "–" when a turn has none. The same input gives the same
    bytes.
    """
    from docx import Document
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Cm, Pt

    document = Document()
    font = _FONTS.get(transcript.language or "")
    style: Any = document.styles["Normal"]
    style.font.size = Pt(10)
    if font:
        _east_asian(style, font)
    document.add_heading(printable(title), level=1)
    for name, value in facts:
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        line.add_run(f"{printable(name)}: ").bold = True
        line.add_run(printable(value))
    table = document.add_table(rows=1, cols=3)
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.style = document.styles["Light List"]
    table.autofit = False
    widths = (Cm(1.8), Cm(3.0), Cm(11.7))
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        cell.text = printable(heading)
    _repeat_heading(table.rows[0])
    for turn in transcript.turns:
        label = turn.speaker or turn.role
        shown = (names or {}).get(label, label)
        for cell, text in zip(
            table.add_row().cells, (clock(turn), printable(shown), printable(turn.text)), strict=True
        ):
            cell.text = text
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
    properties = document.core_properties
    properties.title, properties.author, properties.comments = printable(title)[:255], "Callcoach", ""
    properties.created = properties.modified = _FIXED
    out = io.BytesIO()
    document.save(out)
    return _same_dates(out.getvalue())


def printable(text: str) -> str:
    """Text as XML can hold it: control characters and lone surrogates become spaces, runs of space become one."""
    return " ".join("".join(c if _allowed(c) else " " for c in text).split())


def clock(turn: Turn) -> str:
    """A turn's start as minutes and seconds, hours when there are any."""
    if turn.start is None:
        return "–"
    minutes, seconds = divmod(max(0, int(turn.start)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def _allowed(character: str) -> bool:
    code = ord(character)
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF


def _east_asian(style: Any, font: str) -> None:
    from docx.oxml.ns import qn

    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _repeat_heading(row: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # python-docx offers no other way to repeat a heading row


def _same_dates(document: bytes) -> bytes:
    """The same archive with one fixed date on every file in it."""
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
