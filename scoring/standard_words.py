"""A standard in the words of one language, as pages and reports show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from scoring.script import StageText
from scoring.standard_parts import Condition, Criterion, Fail, Option, Range, Section

FALLBACK_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class OptionText:
    """An option in words."""

    id: str
    label: str
    points: float
    auto_fail: str | None


@dataclass(frozen=True, slots=True)
class CriterionText:
    """A criterion in words; `machine` is False where only a person answers."""

    id: str
    section: str
    question: str
    guidance: str
    weight: float
    critical: bool
    bonus: bool
    machine: bool
    options: tuple[OptionText, ...]
    kind: str = "options"
    mandatory: bool = False
    na_allowed: bool = True
    when: Condition | None = None
    mode: str = "machine"
    good: str = ""
    bad: str = ""
    range: Range | None = None

    def option_label(self, option_id: str) -> str:
        """The label of an option; the id itself for answers that are no option (`na`, a number of a range...)."""
        return next((option.label for option in self.options if option.id == option_id), option_id)


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section in words."""

    id: str
    title: str
    weight: float
    criteria: tuple[CriterionText, ...]
    fail: Fail | None = None


@dataclass(frozen=True, slots=True)
class StandardText:
    """A standard in the words of one language."""

    name: str
    version: int
    language: str
    title: str
    description: str
    sections: tuple[SectionText, ...]
    stages: tuple[StageText, ...] = ()

    def criterion(self, criterion_id: str) -> CriterionText | None:
        """The criterion of that id, or None."""
        for section in self.sections:
            for criterion in section.criteria:
                if criterion.id == criterion_id:
                    return criterion
        return None

    def section(self, section_id: str) -> SectionText | None:
        """The section of that id, or None."""
        return next((section for section in self.sections if section.id == section_id), None)

    def stage(self, stage_id: str) -> StageText | None:
        """The script's stage of that id, or None."""
        return next((stage for stage in self.stages if stage.id == stage_id), None)


def in_language(words: Mapping[str, str], language: str) -> str:
    """The text in `language` ("ru" also serves "ru-RU"), else in English, else in the first there is, else ''."""
    short = language.replace("_", "-").split("-")[0]
    for key in (language, short, FALLBACK_LANGUAGE):
        if key in words:
            return words[key]
    return next(iter(words.values()), "")


def describe_section(section: Section, language: str) -> SectionText:
    """The section in words; parts not written in `language` come in English."""
    return SectionText(
        id=section.id,
        title=in_language(section.title, language),
        weight=section.weight,
        criteria=tuple(_describe_criterion(criterion, section.id, language) for criterion in section.criteria),
        fail=section.fail,
    )


def _describe_criterion(criterion: Criterion, section_id: str, language: str) -> CriterionText:
    return CriterionText(
        id=criterion.id,
        section=section_id,
        question=in_language(criterion.question, language),
        guidance=in_language(criterion.guidance, language),
        weight=criterion.weight,
        critical=criterion.critical,
        bonus=criterion.bonus,
        machine=criterion.detector != "person" and criterion.mode != "people",
        options=tuple(_describe_option(option, language) for option in criterion.options),
        kind=criterion.kind,
        mandatory=criterion.mandatory,
        na_allowed=criterion.na_allowed,
        when=criterion.when,
        mode=criterion.mode,
        good=in_language(criterion.good, language),
        bad=in_language(criterion.bad, language),
        range=criterion.range,
    )


def _describe_option(option: Option, language: str) -> OptionText:
    return OptionText(option.id, in_language(option.label, language), option.points, option.auto_fail)
