"""Writing a standard as YAML that reads back to an equal one, for export; and leaving only some of its languages in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import yaml

from scoring.script import ScriptMove, ScriptStage
from scoring.standards import FALLBACK_LANGUAGE, Criterion, Fail, Option, Range, Section, Standard


def write_standard(standard: Standard) -> str:
    """The standard as YAML: `read_standard` gives an equal one back. Comments of a source are not in it."""
    text: str = yaml.dump(
        as_tree(standard), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120, default_flow_style=False
    )
    return text


def only_languages(standard: Standard, languages: Collection[str]) -> Standard:
    """The standard with the words of these languages; English stays, for it stands in for what is not written."""
    keep = {FALLBACK_LANGUAGE, *languages}

    def words(text: Mapping[str, str]) -> dict[str, str]:
        return {language: value for language, value in text.items() if language in keep}

    def move(item: ScriptMove) -> ScriptMove:
        return replace(
            item,
            label=None if item.label is None else words(item.label),
            lines=None if item.lines is None else {key: value for key, value in item.lines.items() if key in keep},
        )

    def criterion(item: Criterion) -> Criterion:
        return replace(
            item,
            question=words(item.question),
            guidance=words(item.guidance),
            good=words(item.good),
            bad=words(item.bad),
            options=tuple(replace(option, label=words(option.label)) for option in item.options),
        )

    return replace(
        standard,
        title=words(standard.title),
        description=words(standard.description),
        sections=tuple(
            replace(item, title=words(item.title), criteria=tuple(criterion(one) for one in item.criteria))
            for item in standard.sections
        ),
        stages=tuple(
            replace(
                item,
                aim=words(item.aim),
                required=tuple(move(one) for one in item.required),
                forbidden=tuple(move(one) for one in item.forbidden),
            )
            for item in standard.stages
        ),
        source_text="",
    )


class _Dumper(yaml.SafeDumper):
    """Plain block style without aliases, which the reader refuses, and with list items set in."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def as_tree(standard: Standard) -> dict[str, Any]:
    """The standard as the mappings and lists its YAML is made of, keys in the file's order."""
    return _without_nothing(
        {
            "name": standard.name,
            "version": standard.version,
            "title": dict(standard.title),
            "description": dict(standard.description),
            "stages": [_stage(stage) for stage in standard.stages],
            "sections": [_section(section) for section in standard.sections],
        }
    )


def _stage(stage: ScriptStage) -> dict[str, Any]:
    return _without_nothing(
        {
            "id": stage.id,
            "aim": dict(stage.aim),
            "optional": stage.optional or None,
            "required": [_move(move) for move in stage.required],
            "forbidden": [_move(move) for move in stage.forbidden],
        }
    )


def _move(move: ScriptMove) -> str | dict[str, Any]:
    written: dict[str, Any] = {"move": move.id}
    if move.others:
        written["or"] = list(move.others)
    if move.label is not None:
        written["label"] = dict(move.label)
    if move.lines is not None:
        written["lines"] = {language: list(lines) for language, lines in move.lines.items()}
    return move.id if len(written) == 1 else written


def _section(section: Section) -> dict[str, Any]:
    return _without_nothing(
        {
            "id": section.id,
            "title": dict(section.title),
            "weight": _number(section.weight),
            "auto_fail": _fail(section.fail),
            "criteria": [_criterion(criterion) for criterion in section.criteria],
        }
    )


def _fail(fail: Fail | None) -> dict[str, Any] | None:
    return None if fail is None else {"below": _number(fail.below), "fails": fail.fails}


def _range(numbers: Range | None) -> dict[str, Any] | None:
    if numbers is None:
        return None
    return _without_nothing(
        {
            "least": _number(numbers.least),
            "most": _number(numbers.most),
            "step": _number(numbers.step),
            "auto_fail": _fail(numbers.fail),
        }
    )


def _criterion(criterion: Criterion) -> dict[str, Any]:
    detector: str | dict[str, Any] | None = criterion.detector
    if criterion.settings:
        settings = {
            key: list(value) if isinstance(value, tuple) else value if isinstance(value, str) else _number(value)
            for key, value in criterion.settings.items()
        }
        detector = {"name": criterion.detector, **settings}
    people = criterion.kind in ("range", "text")
    when = criterion.when
    return _without_nothing(
        {
            "id": criterion.id,
            "question": dict(criterion.question),
            "guidance": dict(criterion.guidance),
            "good": dict(criterion.good),
            "bad": dict(criterion.bad),
            "kind": None if criterion.kind == "options" else criterion.kind,
            "detector": None if people else detector,
            "mode": None if people or criterion.mode == "machine" else criterion.mode,
            "weight": None if criterion.bonus or criterion.kind == "text" else _number(criterion.weight),
            "critical": criterion.critical or None,
            "bonus": criterion.bonus or None,
            "mandatory": criterion.mandatory or None,
            "na_allowed": None if criterion.na_allowed else False,
            "when": None if when is None else {"criterion": when.criterion, "answers": list(when.answers)},
            "range": _range(criterion.range),
            "options": [_option(option) for option in criterion.options],
        }
    )


def _option(option: Option) -> dict[str, Any]:
    return _without_nothing(
        {
            "id": option.id,
            "points": _number(option.points),
            "when": option.level,
            "label": dict(option.label),
            "auto_fail": option.auto_fail,
        }
    )


def _number(value: float) -> int | float:
    """Whole numbers without a fraction, as people write them."""
    return int(value) if float(value).is_integer() else float(value)


def _without_nothing(mapping: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if value is not None and value != {} and value != []}
