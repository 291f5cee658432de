"""Reading a standard from YAML, strictly: an error names the file, the line and the fix.

`scoring/schemas/standard.schema.json` says the same for editors; what it cannot say (ids used twice, options that all
give the same points, weights that are all zero) is said here alone. The two are tested against each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import fsum
from typing import Final

from scoring.script_reading import read_stages
from scoring.standard_criteria import LANGUAGES, MOST, SETTINGS, read_criterion, read_fail, read_id, read_words
from scoring.standard_criteria import refuse_twins as _refuse_twins
from scoring.standards import Criterion, Section, Standard, StandardInvalid
from scoring.yaml_source import Value, read_yaml

__all__ = ["LANGUAGES", "MOST", "SETTINGS", "find_faults", "read"]

_FAULTS: Final = 50  # more at once help nobody
_HEAD: Final[tuple[tuple[str, ...], tuple[str, ...]]] = (
    ("name", "version", "title", "sections"),
    ("description", "stages"),
)
_SECTION: Final[tuple[tuple[str, ...], tuple[str, ...]]] = (("id", "title", "criteria"), ("weight", "auto_fail"))


def read(text: str, file: str, groups: Collection[str] | None = None) -> Standard:
    """The standard in `text`; with the rule packs' `groups` given, only those may be named. Raises StandardInvalid."""
    top = read_yaml(text, file).mapping(required=_HEAD[0], optional=_HEAD[1])
    before: dict[str, tuple[str, ...]] = {}
    items = top["sections"].items()
    sections = tuple(_section(item, groups, before) for item in items)
    if not sections:
        raise top["sections"].wrong("there is no section", "add at least one section with a criterion")
    _refuse_twins([(_id_of(item), section.id) for item, section in zip(items, sections, strict=True)])
    _refuse_twins(
        [
            (_id_of(place), criterion.id)
            for item, section in zip(items, sections, strict=True)
            for place, criterion in zip(item.mapping(optional=None)["criteria"].items(), section.criteria, strict=True)
        ]
    )
    if not any(_counts(section) for section in sections):
        raise top["sections"].wrong(
            "all weights are zero, so no call could be scored",
            "give a section and one of its criteria a weight above 0",
        )
    return Standard(
        name=read_id(top["name"]),
        version=top["version"].whole(least=1),
        title=read_words(top["title"]),
        description=read_words(top["description"]) if "description" in top else {},
        sections=sections,
        stages=read_stages(top["stages"], read_words, LANGUAGES) if "stages" in top else (),
        source_text=text,
    )


def find_faults(text: str, file: str, groups: Collection[str] | None = None) -> tuple[StandardInvalid, ...]:
    """What is wrong with a standard: the first fault of every criterion, or that of the whole; empty when it is right.

    For an editor that shows each fault at its field; `read` stops at the first.
    """
    try:
        read(text, file, groups)
    except StandardInvalid as first:
        found = {fault.path: fault for fault in (first, *_criteria_faults(text, file, groups))}
        return tuple(found.values())[:_FAULTS]
    return ()


def _criteria_faults(text: str, file: str, groups: Collection[str] | None) -> list[StandardInvalid]:
    faults: list[StandardInvalid] = []
    before: dict[str, tuple[str, ...]] = {}
    try:
        sections = read_yaml(text, file).mapping(optional=None)["sections"].items()
    except (StandardInvalid, KeyError):
        return []
    for section in sections:
        try:
            keys = section.mapping(required=_SECTION[0], optional=_SECTION[1])
            _section_head(keys)
            criteria = keys["criteria"].items()
        except StandardInvalid as fault:
            faults.append(fault)
            continue
        for item in criteria:
            try:
                _note(before, read_criterion(item, groups, before))
            except StandardInvalid as fault:
                faults.append(fault)
    return faults


def _counts(section: Section) -> bool:
    return section.weight > 0 and any(criterion.weight > 0 for criterion in section.criteria)


def _section(value: Value, groups: Collection[str] | None, before: dict[str, tuple[str, ...]]) -> Section:
    keys = value.mapping(required=_SECTION[0], optional=_SECTION[1])
    criteria = []
    for item in keys["criteria"].items():
        criterion = read_criterion(item, groups, before)
        _note(before, criterion)
        criteria.append(criterion)
    if not criteria:
        raise keys["criteria"].wrong("the section has no criterion", "add one or remove the section")
    head = _section_head(keys)
    weight = fsum(criterion.weight for criterion in criteria) if head.weight < 0 else head.weight
    return Section(head.id, head.title, weight, tuple(criteria), head.fail)


def _section_head(keys: Mapping[str, Value]) -> Section:
    """The section without its criteria; a weight of -1 where none is written."""
    return Section(
        read_id(keys["id"]),
        read_words(keys["title"]),
        keys["weight"].number(least=0, most=MOST) if "weight" in keys else -1.0,
        (),
        read_fail(keys["auto_fail"], least=1, most=100) if "auto_fail" in keys else None,
    )


def _note(before: dict[str, tuple[str, ...]], criterion: Criterion) -> None:
    if criterion.options:
        before[criterion.id] = criterion.answers


def _id_of(value: Value) -> Value:
    return value.mapping(optional=None)["id"]
