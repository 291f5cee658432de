"""An evaluation as it can be disputed: its criteria with the answer that stands and those that could."""

from __future__ import annotations

from dataclasses import dataclass

from review.evaluations import EvaluationView, asked
from web.reading.evaluation import AskedRow, read_form
from web.reading.evaluation_sides import Said, say


@dataclass(frozen=True, slots=True)
class Disputable:
    """One criterion with the answer that stands."""

    one: AskedRow
    said: Said
    answer: str


@dataclass(frozen=True, slots=True)
class DisputableSection:
    """One section of the form."""

    title: str
    rows: tuple[Disputable, ...]


def read_raise_form(view: EvaluationView, language: str) -> tuple[DisputableSection, ...]:
    """The sections with something to dispute: what was asked, and is no free text."""
    words, open_to = view.sheet.describe(language), asked(view.sheet, view.answers)
    sections = []
    for section in read_form(view, language):
        rows = []
        for one in section.rows:
            text = words.criterion(one.row.id)
            if text is None or one.kind == "text" or not open_to.get(one.row.id):
                continue
            answer = one.given.answer if one.given else ""
            rows.append(Disputable(one, say(text, answer, one.given.reason if one.given else ""), answer))
        if rows:
            sections.append(DisputableSection(section.title, tuple(rows)))
    return tuple(sections)
