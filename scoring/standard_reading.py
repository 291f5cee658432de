"""Reading a standard from YAML, strictly: an error names the file, the line and the fix.

`scoring/schemas/standard.schema.json` says the same for editors; what it cannot say (ids used twice, options that all
give the same points, weights that are all zero) is said here alone. The two are tested against each other.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from scoring.detectors.catalogue import DETECTORS, DetectorSpec
from scoring.script_reading import read_stages
from scoring.standards import Criterion, Option, Section, Standard
from scoring.yaml_source import Value, read_yaml

LANGUAGES: Final = ("en", "ru", "ko", "zh")
MOST: Final = 10_000  # points and weights; more is a slip of the finger
SETTINGS: Final = {
    "role": ("rep", "client"),
    "window": ("opening", "close", "anywhere"),
    "applies": ("always", "raised"),
}
_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_RESERVED: Final = ("na", "cannot_judge", "unanswered")


def read(text: str, file: str, groups: Collection[str] | None = None) -> Standard:
    """The standard in `text`; with the rule packs' `groups` given, only those may be named. Raises StandardInvalid."""
    document = read_yaml(text, file)
    top = document.mapping(required=("name", "version", "title", "sections"), optional=("description", "stages"))
    sections = tuple(_section(item, groups) for item in top["sections"].items())
    if not sections:
        raise top["sections"].wrong("there is no section", "add at least one section with a criterion")
    _refuse_twins(top["sections"], [section.id for section in sections])
    _refuse_twins(top["sections"], [criterion.id for section in sections for criterion in section.criteria])
    if not any(_counts(section) for section in sections):
        raise top["sections"].wrong(
            "all weights are zero, so no call could be scored",
            "give a section and one of its criteria a weight above 0",
        )
    return Standard(
        name=_identity(top["name"]),
        version=top["version"].whole(least=1),
        title=_words(top["title"]),
        description=_words(top["description"]) if "description" in top else {},
        sections=sections,
        stages=read_stages(top["stages"], _words, LANGUAGES) if "stages" in top else (),
        source_text=text,
    )


def _counts(section: Section) -> bool:
    return section.weight > 0 and any(criterion.weight > 0 for criterion in section.criteria)


def _section(value: Value, groups: Collection[str] | None) -> Section:
    keys = value.mapping(required=("id", "title", "criteria"), optional=("weight",))
    criteria = tuple(_criterion(item, groups) for item in keys["criteria"].items())
    if not criteria:
        raise keys["criteria"].wrong("the section has no criterion", "add one or remove the section")
    weight = (
        keys["weight"].number(least=0, most=MOST)
        if "weight" in keys
        else sum(criterion.weight for criterion in criteria)
    )
    return Section(_identity(keys["id"]), _words(keys["title"]), weight, criteria)


def _criterion(value: Value, groups: Collection[str] | None) -> Criterion:
    keys = value.mapping(
        required=("id", "question", "detector", "options"),
        optional=("guidance", "weight", "critical", "bonus"),
    )
    bonus = "bonus" in keys and keys["bonus"].flag()
    if bonus and "weight" in keys:
        raise keys["weight"].wrong(
            "a bonus criterion has no weight: its points are added to the score", "remove 'weight' or 'bonus'"
        )
    if not bonus and "weight" not in keys:
        raise value.wrong("'weight' is missing", "add 'weight: 1' (or 'bonus: true')")
    spec, settings = _detector(keys["detector"], groups)
    return Criterion(
        id=_identity(keys["id"]),
        question=_words(keys["question"]),
        guidance=_words(keys["guidance"]) if "guidance" in keys else {},
        detector=spec.name,
        settings=settings,
        options=_options(keys["options"], spec, bonus=bonus),
        weight=0.0 if bonus else keys["weight"].number(least=0, most=MOST),
        critical="critical" in keys and keys["critical"].flag(),
        bonus=bonus,
    )


def _detector(
    value: Value, groups: Collection[str] | None
) -> tuple[DetectorSpec, dict[str, float | str | tuple[str, ...]]]:
    if value.is_text():
        spec = DETECTORS[value.choice(sorted(DETECTORS))]
        if spec.required:
            more = ", ".join(f"{key}: ..." for key in spec.required)
            raise value.wrong(f"'{spec.name}' needs more", f"write 'detector: {{name: {spec.name}, {more}}}'")
        return spec, {}
    keys = value.mapping(required=("name",), optional=None)
    spec = DETECTORS[keys["name"].choice(sorted(DETECTORS))]
    value.mapping(required=("name", *spec.required), optional=spec.optional)
    settings: dict[str, float | str | tuple[str, ...]] = {}
    for key, item in keys.items():
        if key == "name":
            continue
        if key in spec.numbers:
            settings[key] = item.number(least=0, most=MOST)
        elif key == "groups":
            settings[key] = _groups(item, groups)
        else:
            settings[key] = item.choice(SETTINGS[key])
    return spec, settings


def _groups(value: Value, known: Collection[str] | None) -> tuple[str, ...]:
    items = value.items() if value.is_list() else [value]
    if not items:
        raise value.wrong("there is no group", "name one of the rule packs' groups")
    return tuple(item.text() if known is None else item.choice(sorted(known)) for item in items)


def _options(value: Value, spec: DetectorSpec, *, bonus: bool) -> tuple[Option, ...]:
    options = tuple(_option(item, spec) for item in value.items())
    if len(options) < 2:
        raise value.wrong("a criterion needs at least two options", "add the other answers")
    _refuse_twins(value, [option.id for option in options])
    if len({option.points for option in options}) < 2:
        raise value.wrong("all options give the same points", "give the best answer more points than the worst")
    if bonus and min(option.points for option in options) != 0:
        raise value.wrong("a bonus can only add", "give its lowest option 0 points")
    _refuse_reward(value, options)
    levels = [option.level for option in options if option.level is not None]
    for level in spec.levels:
        if levels.count(level) != 1:
            raise value.wrong(
                f"the detector '{spec.name}' finds '{level}', which {'no' if level not in levels else 'more than one'} "
                "option stands for",
                f"give exactly one option 'when: {level}'",
            )
    return options


def _option(value: Value, spec: DetectorSpec) -> Option:
    required = ("id", "points", "label", "when") if spec.levels else ("id", "points", "label")
    keys = value.mapping(required=required, optional=("auto_fail",))
    option_id = _identity(keys["id"])
    if option_id in _RESERVED:
        raise keys["id"].wrong(f"'{option_id}' is kept for the machine", "choose another id")
    return Option(
        id=option_id,
        points=keys["points"].number(least=-MOST, most=MOST),
        label=_words(keys["label"]),
        level=keys["when"].choice(spec.levels) if "when" in keys else None,
        auto_fail=keys["auto_fail"].choice(("section", "whole")) if "auto_fail" in keys else None,
    )


def _refuse_reward(value: Value, options: tuple[Option, ...]) -> None:
    """A better answer must never fail more than a worse one, or the score would not grow with the answer."""
    harm = {None: 0, "section": 1, "whole": 2}
    for better in options:
        for worse in options:
            if better.points > worse.points and harm[better.auto_fail] > harm[worse.auto_fail]:
                raise value.wrong(
                    f"the option '{better.id}' gives more points than '{worse.id}' but fails more",
                    "put 'auto_fail' on the options with the fewest points",
                )


def _words(value: Value) -> dict[str, str]:
    keys = value.mapping(required=("en",), optional=LANGUAGES)
    return {language: item.text() for language, item in keys.items()}


def _identity(value: Value) -> str:
    text = value.text()
    if not _ID.fullmatch(text):
        raise value.wrong(f"'{text}' is not an id", "use small letters, digits, - and _ only")
    return text


def _refuse_twins(value: Value, ids: list[str]) -> None:
    for item in ids:
        if ids.count(item) > 1:
            raise value.wrong(f"the id '{item}' is used twice", "rename one of them")
