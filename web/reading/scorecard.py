"""The scorecard as the page shows it: sections with points, criteria in words, the machine's answer and evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from scoring.standards import CriterionText, SectionText, StandardText
from web.reading.evidence import EvidenceRow, Tone, read_evidence, tone_of_points

Standing = Literal["answered", "na", "cannot_judge", "unanswered"]


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One answer option; `suggested` when it is the machine's answer."""

    id: str
    label: str
    points: float | None
    suggested: bool

    @property
    def short(self) -> str:
        """What stands in the row of answers: the number where the options are numbered, else the label."""
        return self.id if self.id.isdigit() else self.label


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """The window searched in vain (seconds) and what came nearest."""

    start: float | None
    end: float | None
    nearest: EvidenceRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionRow:
    """One criterion. `confidence` 0..1; `tone` is None where nothing was judged."""

    id: str
    question: str
    guidance: str
    standing: Standing
    answer: str
    options: tuple[OptionRow, ...]
    points: float | None
    most: float
    weight: float
    confidence: float | None
    evidence: tuple[EvidenceRow, ...]
    absence: AbsenceRow | None
    why: str
    tone: Tone | None
    critical: bool
    bonus: bool
    machine: bool  # False: only a person answers this one
    auto_fail: str | None  # section or whole, when the answer given fails it
    good: str = ""  # an example of it done well, and one of it done badly
    bad: str = ""

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The options as (id, label), for the page's script."""
        return [(option.id, option.label) for option in self.options]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRow:
    """One section. `earned` of `possible` counts the weight of answered criteria only; both None when none is."""

    id: str
    title: str
    earned: float | None
    possible: float | None
    failed: bool  # an answer sets the section (or the whole) to 0 in the final score
    criteria: tuple[CriterionRow, ...]


def read_scorecard(assessment: Mapping[str, Any], standard: StandardText | None) -> tuple[SectionRow, ...]:
    """The sections in the standard's order; without its words (an old file went missing) the ids stand in."""
    results = assessment.get("criteria") or []
    by_id = {str(item["id"]): item for item in results}
    if standard is None:
        names = dict.fromkeys(str(item["section"]) for item in results)
        return tuple(
            _section(name, name, [read_criterion(None, item) for item in results if item["section"] == name])
            for name in names
        )
    return tuple(
        _section(section.id, section.title, _criteria(section, by_id))
        for section in standard.sections
        if section.criteria
    )


def _criteria(section: SectionText, by_id: Mapping[str, Mapping[str, Any]]) -> list[CriterionRow]:
    return [read_criterion(words, by_id.get(words.id, {})) for words in section.criteria]


def _section(section_id: str, title: str, criteria: list[CriterionRow]) -> SectionRow:
    answered = [row for row in criteria if row.standing == "answered" and not row.bonus]
    earned = sum(row.weight * _fraction(row) for row in answered)
    possible = sum(row.weight for row in answered)
    return SectionRow(
        id=section_id,
        title=title,
        earned=earned if answered else None,
        possible=possible if answered else None,
        failed=any(row.auto_fail for row in criteria),
        criteria=tuple(criteria),
    )


def _fraction(row: CriterionRow) -> float:
    """(points - min) / (max - min) over the criterion's options."""
    least = min((o.points for o in row.options if o.points is not None), default=0.0)
    return ((row.points or 0.0) - least) / (row.most - least) if row.most > least else 0.0


def read_criterion(words: CriterionText | None, item: Mapping[str, Any]) -> CriterionRow:
    """One criterion with the machine's result `item`; an empty one is a criterion the machine says nothing of."""
    answer = str(item.get("answer") or "unanswered")
    standing: Standing = answer if answer in ("na", "cannot_judge", "unanswered") else "answered"  # type: ignore[assignment]
    options = words.options if words else ()
    points, most = item.get("points"), float(item.get("max") or max((o.points for o in options), default=0))
    least = min((option.points for option in options), default=0.0)
    chosen = next((option for option in options if option.id == answer), None)
    return CriterionRow(
        id=str(item.get("id") or (words.id if words else "")),
        question=words.question if words else str(item.get("id")),
        guidance=words.guidance if words else "",
        standing=standing,
        answer=answer,
        options=tuple(OptionRow(o.id, o.label, o.points, o.id == answer) for o in options)
        or ((OptionRow(answer, answer, points, True),) if standing == "answered" else ()),
        points=points,
        most=most,
        weight=float(item.get("weight") or (words.weight if words else 0)),
        confidence=item.get("confidence"),
        evidence=tuple(row for row in map(read_evidence, item.get("evidence") or []) if row),
        absence=_absence(item.get("absence")),
        why=str(item.get("why") or ""),
        tone=tone_of_points(points, least, most) if standing == "answered" else None,
        critical=bool(words and words.critical),
        bonus=bool(words and words.bonus),
        machine=words.machine if words else True,
        auto_fail=chosen.auto_fail if chosen else None,
        good=words.good if words else "",
        bad=words.bad if words else "",
    )


def _absence(item: Mapping[str, Any] | None) -> AbsenceRow | None:
    if not item:
        return None
    return AbsenceRow(item.get("from"), item.get("to"), read_evidence(item.get("nearest")))
