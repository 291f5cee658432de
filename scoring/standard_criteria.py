"""Reading one criterion of a standard from YAML: its kind, detector, options or range, condition and words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from scoring.detectors.catalogue import DETECTORS, DetectorSpec
from scoring.standard_parts import KINDS, MODES, Condition, Criterion, Fail, Option, Range
from scoring.yaml_source import Value

LANGUAGES: Final = ("en", "ru", "ko", "zh")
MOST: Final = 10_000  # points and weights; more is a slip of the finger
STEPS: Final = 1_000  # numbers of a range; a finer scale is not one people can use
SMALLEST_STEP: Final = 0.001
SETTINGS: Final = {
    "role": ("rep", "client"),
    "window": ("opening", "close", "anywhere"),
    "applies": ("always", "raised"),
}
FAILS: Final = ("section", "whole")
RESERVED: Final = ("na", "cannot_judge", "unanswered")
YES_NO: Final[tuple[Option, Option]] = (
    Option("no", 0.0, {"en": "No", "ru": "Нет", "ko": "아니요", "zh": "否"}),
    Option("yes", 1.0, {"en": "Yes", "ru": "Да", "ko": "예", "zh": "是"}),
)
"""The options of a yes_no criterion that writes none, worst first."""

_WORDS: Final = ("guidance", "kind", "mandatory", "na_allowed", "when", "mode", "good", "bad")
_WEIGHED: Final = (*_WORDS, "weight", "critical", "bonus")
KEYS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "options": (("id", "question", "detector", "options"), _WEIGHED),
    "yes_no": (("id", "question", "detector"), (*_WEIGHED, "options")),
    "range": (("id", "question", "range"), (*_WEIGHED, "detector")),
    "text": (("id", "question"), (*_WORDS, "detector")),
}
"""The keys a criterion of each kind must have, and those it may."""

_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def read_criterion(value: Value, groups: Collection[str] | None, before: Mapping[str, tuple[str, ...]]) -> Criterion:
    """One criterion. `before` are the answers of the criteria that stand before it, for its condition."""
    loose = value.mapping(optional=None)
    kind = loose["kind"].choice(KINDS) if "kind" in loose else "options"
    keys = value.mapping(required=KEYS[kind][0], optional=KEYS[kind][1])
    bonus = "bonus" in keys and keys["bonus"].flag()
    if bonus and "weight" in keys:
        raise keys["weight"].wrong(
            "a bonus criterion has no weight: its points are added to the score", "remove 'weight' or 'bonus'"
        )
    if kind != "text" and not bonus and "weight" not in keys:
        raise value.wrong("'weight' is missing", "add 'weight: 1' (or 'bonus: true')")
    spec, settings = _detector(keys["detector"], groups) if "detector" in keys else (DETECTORS["person"], {})
    people = kind in ("range", "text")
    if people and spec.levels:
        raise keys["detector"].wrong(
            f"'{spec.name}' finds no answer of the kind '{kind}'", "leave 'detector' out: people answer it"
        )
    mode = keys["mode"].choice(("people",) if people else MODES) if "mode" in keys else None
    return Criterion(
        id=read_id(keys["id"]),
        question=read_words(keys["question"]),
        guidance=read_words(keys["guidance"]) if "guidance" in keys else {},
        detector=spec.name,
        settings=settings,
        options=_options(value, keys, spec, kind, bonus=bonus),
        weight=keys["weight"].number(least=0, most=MOST) if "weight" in keys else 0.0,
        critical="critical" in keys and keys["critical"].flag(),
        bonus=bonus,
        kind=kind,
        mandatory="mandatory" in keys and keys["mandatory"].flag(),
        na_allowed="na_allowed" not in keys or keys["na_allowed"].flag(),
        when=_condition(keys["when"], before) if "when" in keys else None,
        mode=mode or ("people" if people else "machine"),
        good=read_words(keys["good"]) if "good" in keys else {},
        bad=read_words(keys["bad"]) if "bad" in keys else {},
        range=_range(keys["range"], bonus=bonus) if "range" in keys else None,
    )


def read_fail(value: Value, *, least: float, most: float) -> Fail:
    """An auto-fail by a threshold between the bounds."""
    keys = value.mapping(required=("below", "fails"))
    return Fail(keys["below"].number(least=least, most=most), keys["fails"].choice(FAILS))


def read_words(value: Value) -> dict[str, str]:
    """Words by language; English must be among them."""
    keys = value.mapping(required=("en",), optional=LANGUAGES)
    return {language: item.text() for language, item in keys.items()}


def read_id(value: Value) -> str:
    """An id: small letters, digits, - and _."""
    text = value.text()
    if not _ID.fullmatch(text):
        raise value.wrong(f"'{text}' is not an id", "use small letters, digits, - and _ only")
    return text


def refuse_twins(places: list[tuple[Value, str]]) -> None:
    """Refuse an id that is used twice, at its second place."""
    seen: set[str] = set()
    for place, item in places:
        if item in seen:
            raise place.wrong(f"the id '{item}' is used twice", "rename one of them")
        seen.add(item)


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


def _condition(value: Value, before: Mapping[str, tuple[str, ...]]) -> Condition:
    keys = value.mapping(required=("criterion", "answers"))
    name = read_id(keys["criterion"])
    if name not in before:
        raise keys["criterion"].wrong(
            f"no criterion with options stands before this one under the id '{name}'",
            f"name one of: {', '.join(before)}" if before else "move this criterion behind the one it depends on",
        )
    items = keys["answers"].items()
    if not items:
        raise keys["answers"].wrong("there is no answer", f"name some of: {', '.join(before[name])}")
    answers = tuple(read_id(item) for item in items)
    for item, answer in zip(items, answers, strict=True):
        if answer not in before[name]:
            raise item.wrong(f"'{answer}' is no answer of '{name}'", f"use one of: {', '.join(before[name])}")
    return Condition(name, answers)


def _range(value: Value, *, bonus: bool) -> Range:
    keys = value.mapping(required=("least", "most"), optional=("step", "auto_fail"))
    least, most = (keys[key].number(least=-MOST, most=MOST) for key in ("least", "most"))
    step = keys["step"].number(least=SMALLEST_STEP, most=MOST) if "step" in keys else 1.0
    if most <= least:
        raise keys["most"].wrong(
            "the most is not above the least", "the most is the best answer: write a higher number"
        )
    steps = (most - least) / step
    if steps > STEPS:
        raise value.wrong(f"the range has more than {STEPS} steps", "write a larger step")
    if abs(steps - round(steps)) > 1e-6:
        raise value.wrong("the range is not a whole number of steps", "write a step that leads from least to most")
    if bonus and least != 0:
        raise keys["least"].wrong("a bonus can only add", "let its range begin at 0")
    fail = read_fail(keys["auto_fail"], least=-MOST, most=MOST) if "auto_fail" in keys else None
    if fail is not None and not least < fail.below <= most:
        raise keys["auto_fail"].wrong("'below' lies outside the range", f"write a number up to {most:g}")
    return Range(least, most, step, fail)


def _options(
    value: Value, keys: Mapping[str, Value], spec: DetectorSpec, kind: str, *, bonus: bool
) -> tuple[Option, ...]:
    if kind == "yes_no" and len(spec.levels) not in (0, 2):
        raise keys["detector"].wrong(
            f"'{spec.name}' finds {len(spec.levels)} answers, not two", "choose another detector or 'kind: options'"
        )
    if "options" not in keys:
        if kind != "yes_no":
            return ()
        levels = spec.levels or (None, None)
        return tuple(Option(one.id, one.points, one.label, level) for one, level in zip(YES_NO, levels, strict=True))
    options = _given_options(keys["options"], spec, bonus=bonus)
    if kind == "yes_no" and {option.id for option in options} != {"yes", "no"}:
        raise keys["options"].wrong("the options are not 'yes' and 'no'", "write these two ids, or leave 'options' out")
    return options


def _given_options(value: Value, spec: DetectorSpec, *, bonus: bool) -> tuple[Option, ...]:
    items = value.items()
    options = tuple(_option(item, spec) for item in items)
    if len(options) < 2:
        raise value.wrong("a criterion needs at least two options", "add the other answers")
    refuse_twins([(item, option.id) for item, option in zip(items, options, strict=True)])
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
    option_id = read_id(keys["id"])
    if option_id in RESERVED:
        raise keys["id"].wrong(f"'{option_id}' is kept for the machine", "choose another id")
    return Option(
        id=option_id,
        points=keys["points"].number(least=-MOST, most=MOST),
        label=read_words(keys["label"]),
        level=keys["when"].choice(spec.levels) if "when" in keys else None,
        auto_fail=keys["auto_fail"].choice(FAILS) if "auto_fail" in keys else None,
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
