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

from scoring.script import ScriptStage, describe_stage
from scoring.standard_parts import Condition, Criterion, Fail, Option, Range, Section
from scoring.standard_words import (
    FALLBACK_LANGUAGE,
    CriterionText,
    OptionText,
    SectionText,
    StandardText,
    describe_section,
    in_language,
)
from scoring.yaml_source import SourceInvalid

__all__ = [
    "DEFAULT_STANDARD",
    "FALLBACK_LANGUAGE",
    "Condition",
    "Criterion",
    "CriterionText",
    "Fail",
    "Option",
    "OptionText",
    "Range",
    "Section",
    "SectionText",
    "SourceInvalid",
    "Standard",
    "StandardInfo",
    "StandardInvalid",
    "StandardNotFound",
    "StandardText",
    "default_standard_name",
    "in_language",
    "list_standards",
    "load_standard",
    "read_standard",
]

DEFAULT_STANDARD: Final = "cold-call"

StandardInvalid = SourceInvalid


class StandardNotFound(LookupError):
    """There is no standard of that name; carries `name` and the names there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"there is no standard '{name}'; there are: {', '.join(known)}")
        self.name = name
        self.known = known


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
            sections=tuple(describe_section(section, language) for section in self.sections),
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


def _library_names() -> tuple[str, ...]:
    folder = resources.files("scoring").joinpath("library")
    return tuple(sorted(item.name[: -len(".yaml")] for item in folder.iterdir() if item.name.endswith(".yaml")))
