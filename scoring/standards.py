"""Standards: the versioned script and scorecard a call is judged against, and the library that ships.

A standard has a script (stages with moves, see scoring/script.py) and sections of weighted criteria. Each criterion
names the detector that answers it (or `person`, when only a reviewer can) and its answer options with points. Words
shown to people come from `Standard.describe(language)`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Final

from scoring.script import ScriptStage, StageText, describe_stage
from scoring.yaml_source import SourceInvalid

DEFAULT_STANDARD: Final = "cold-call"
FALLBACK_LANGUAGE: Final = "en"

StandardInvalid = SourceInvalid


class StandardNotFound(LookupError):
    """There is no standard of that name; carries `name` and the names there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"there is no standard '{name}'; there are: {', '.join(known)}")
        self.name = name
        self.known = known


@dataclass(frozen=True, slots=True)
class Option:
    """An answer option. `level` is the detector's finding it stands for; `auto_fail` is `section`, `whole` or None."""

    id: str
    points: float
    label: Mapping[str, str]
    level: str | None = None
    auto_fail: str | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question of the scorecard. `settings` are the detector's own thresholds."""

    id: str
    question: Mapping[str, str]
    guidance: Mapping[str, str]
    detector: str
    settings: Mapping[str, float | str | tuple[str, ...]]
    options: tuple[Option, ...]
    weight: float
    critical: bool = False
    bonus: bool = False

    @property
    def least(self) -> float:
        """The fewest points an option gives."""
        return min(option.points for option in self.options)

    @property
    def most(self) -> float:
        """The most points an option gives."""
        return max(option.points for option in self.options)

    def option(self, option_id: str) -> Option:
        """The option of that id. Raises KeyError."""
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(option_id)

    def option_for(self, level: str) -> Option:
        """The option standing for a detector's level. Raises KeyError (the loader has checked that it exists)."""
        for option in self.options:
            if option.level == level:
                return option
        raise KeyError(level)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the scorecard; `weight` is its share of the total against the other sections."""

    id: str
    title: Mapping[str, str]
    weight: float
    criteria: tuple[Criterion, ...]


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

    def option_label(self, option_id: str) -> str:
        """The label of an option; the id itself for answers that are no option (`na`, `cannot_judge`...)."""
        return next((option.label for option in self.options if option.id == option_id), option_id)


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section in words."""

    id: str
    title: str
    weight: float
    criteria: tuple[CriterionText, ...]


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


@dataclass(frozen=True, slots=True)
class Standard:
    """One version of a standard. `source_text` is its YAML, kept beside the scores made with it."""

    name: str
    version: int
    title: Mapping[str, str]
    description: Mapping[str, str]
    sections: tuple[Section, ...]
    stages: tuple[ScriptStage, ...] = ()
    source_text: str = field(default="", repr=False, compare=False)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages the title is written in, in the file's order."""
        return tuple(self.title)

    def describe(self, language: str) -> StandardText:
        """The standard in words; parts not written in `language` come in English."""
        return StandardText(
            name=self.name,
            version=self.version,
            language=language,
            title=in_language(self.title, language),
            description=in_language(self.description, language),
            sections=tuple(_describe_section(section, language) for section in self.sections),
            stages=tuple(describe_stage(stage, language) for stage in self.stages),
        )


@dataclass(frozen=True, slots=True)
class StandardInfo:
    """A line of the library's list."""

    name: str
    version: int
    title: Mapping[str, str]
    languages: tuple[str, ...]
    criteria: int


def default_standard_name() -> str:
    """The standard used where a source or the caller names none."""
    return DEFAULT_STANDARD


def list_standards() -> tuple[StandardInfo, ...]:
    """The standards that ship, by name."""
    return tuple(
        StandardInfo(s.name, s.version, s.title, s.languages, sum(len(section.criteria) for section in s.sections))
        for s in map(load_standard, _library_names())
    )


@lru_cache(maxsize=64)
def load_standard(name: str) -> Standard:
    """The shipped standard of that name. Raises StandardNotFound, StandardInvalid."""
    known = _library_names()
    if name not in known:
        raise StandardNotFound(name, known)
    file = resources.files("scoring").joinpath("library", f"{name}.yaml")
    return read_standard(file.read_text(encoding="utf-8"), f"{name}.yaml")


def read_standard(text: str, file: str, *, groups: Collection[str] | None = None) -> Standard:
    """The standard written in YAML `text`; `file` is the name used in errors. Raises StandardInvalid.

    `groups` are those the rule packs have (scoring.pack_checks.known_groups): given them, no other may be named.
    """
    from scoring.standard_reading import read

    return read(text, file, groups)


def in_language(words: Mapping[str, str], language: str) -> str:
    """The text in `language` ("ru" also serves "ru-RU"), else in English, else in the first there is, else ''."""
    short = language.replace("_", "-").split("-")[0]
    for key in (language, short, FALLBACK_LANGUAGE):
        if key in words:
            return words[key]
    return next(iter(words.values()), "")


def _library_names() -> tuple[str, ...]:
    folder = resources.files("scoring").joinpath("library")
    return tuple(sorted(item.name[: -len(".yaml")] for item in folder.iterdir() if item.name.endswith(".yaml")))


def _describe_section(section: Section, language: str) -> SectionText:
    return SectionText(
        id=section.id,
        title=in_language(section.title, language),
        weight=section.weight,
        criteria=tuple(_describe_criterion(criterion, section.id, language) for criterion in section.criteria),
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
        machine=criterion.detector != "person",
        options=tuple(
            OptionText(option.id, in_language(option.label, language), option.points, option.auto_fail)
            for option in criterion.options
        ),
    )
