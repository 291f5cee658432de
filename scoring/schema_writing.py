"""The JSON Schemas (draft 2020-12) of standards and rule packs, built from the same catalogues the readers use.

`python -m scoring.schema_writing` writes them to `scoring/schemas/`; a test fails when the files are not what this
gives. They serve editors and other programs; `callcoach standards check` names line and fix, which a schema cannot.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from scoring.assessment import STAGES
from scoring.detectors.catalogue import DETECTORS, DetectorSpec
from scoring.moves import forbidden_ids, required_ids
from scoring.packs import FUZZY_LENGTH, LINES
from scoring.standard_criteria import FAILS, KEYS, LANGUAGES, MOST, SETTINGS, SMALLEST_STEP
from scoring.standard_parts import KINDS, MODES

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
FOLDER: Final = Path(__file__).parent / "schemas"

# Text without quotes may look like a number or a truth to a YAML reader: "No" and 3 are text where text is expected.
_TEXT: Final[dict[str, Any]] = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
_ID: Final[dict[str, Any]] = {
    "type": ["string", "integer", "boolean"],
    "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$",
    "minimum": 0,
}
_TEXTS: Final[dict[str, Any]] = {"type": "array", "items": {"$ref": "#/$defs/text"}}
_WEIGHT: Final[dict[str, Any]] = {"type": "number", "minimum": 0, "maximum": MOST}
_POINTS: Final[dict[str, Any]] = {"type": "number", "minimum": -MOST, "maximum": MOST}


def standard_schema() -> dict[str, Any]:
    """The schema of a standard's file."""
    return {
        "$schema": DRAFT,
        "title": "Callcoach standard",
        "description": "The script and scorecard of a kind of call. See docs/standards.md.",
        **_closed(
            required=("name", "version", "title", "sections"),
            name={"$ref": "#/$defs/id"},
            version={"type": "integer", "minimum": 1, "description": "Raise it with every change once used."},
            title={"$ref": "#/$defs/words"},
            description={"$ref": "#/$defs/words"},
            stages={"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/stage"}},
            sections={"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/section"}},
        ),
        "$defs": {
            "text": _TEXT,
            "id": _ID,
            "words": _closed(required=("en",), **{language: {"$ref": "#/$defs/text"} for language in LANGUAGES}),
            "lines": {"type": "object", "additionalProperties": False, "properties": dict.fromkeys(LANGUAGES, _TEXTS)},
            "stage": _stage(),
            "required": _move(required_ids()),
            "forbidden": _move(forbidden_ids()),
            "section": _closed(
                required=("id", "title", "criteria"),
                id={"$ref": "#/$defs/id"},
                title={"$ref": "#/$defs/words"},
                weight=_WEIGHT,
                auto_fail=_fail(1, 100),
                criteria={"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/criterion"}},
            ),
            "criterion": _criterion(),
            "option": _option(),
        },
    }


def pack_schema() -> dict[str, Any]:
    """The schema of a rule pack's files: its head (`pack.yaml`) or a file of entries."""
    numbers = {"type": "object", "additionalProperties": {"type": "number"}}
    texts = {"type": "object", "additionalProperties": {"$ref": "#/$defs/text"}}
    return {
        "$schema": DRAFT,
        "title": "Callcoach rule pack",
        "description": "pack.yaml, or a file of entries beside it. See docs/rule-packs.md.",
        "oneOf": [{"$ref": "#/$defs/head"}, {"$ref": "#/$defs/entries"}],
        "$defs": {
            "text": _TEXT,
            "head": _closed(
                required=("language", "version", "thresholds", "slots", "words"),
                language={"$ref": "#/$defs/text"},
                version={"$ref": "#/$defs/text"},
                thresholds=numbers,
                slots=texts,
                words=texts,
                lists={"type": "object", "additionalProperties": _TEXTS},
            ),
            "entries": _closed(required=("entries",), entries={"type": "array", "items": {"$ref": "#/$defs/entry"}}),
            "entry": _entry(),
        },
    }


def write_schemas(folder: Path = FOLDER) -> None:
    """Write both schemas into `folder`."""
    for name, schema in (("standard", standard_schema()), ("pack", pack_schema())):
        (folder / f"{name}.schema.json").write_text(as_text(schema), encoding="utf-8")


def as_text(schema: dict[str, Any]) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _closed(*, required: tuple[str, ...] = (), **properties: object) -> dict[str, Any]:
    closed: dict[str, Any] = {"type": "object", "additionalProperties": False}
    if required:
        closed["required"] = list(required)
    return {**closed, "properties": properties}


def _stage() -> dict[str, Any]:
    stage = _closed(
        required=("id", "aim"),
        id={"enum": list(STAGES)},
        aim={"$ref": "#/$defs/words"},
        optional={"type": "boolean", "description": "Belongs to a call only when it comes up."},
        forbidden={"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/forbidden"}},
    )
    stage["properties"]["required"] = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/required"}}
    return {
        **stage,
        "anyOf": [{"required": ["required"]}, {"required": ["forbidden"]}],
    }


def _move(ids: tuple[str, ...]) -> dict[str, Any]:
    known = {"enum": list(ids)}
    written = {
        "type": "object",
        "additionalProperties": False,
        "required": ["move"],
        "properties": {
            "move": known,
            "or": {"type": "array", "items": known},
            "label": {"$ref": "#/$defs/words"},
            "lines": {"$ref": "#/$defs/lines"},
        },
    }
    return {"anyOf": [known, written]}


def _criterion() -> dict[str, Any]:
    plain = [name for name, spec in DETECTORS.items() if not spec.required]
    answer = {"$ref": "#/$defs/id"}
    return {
        **_closed(
            required=("id", "question"),
            id={"$ref": "#/$defs/id"},
            question={"$ref": "#/$defs/words"},
            guidance={"$ref": "#/$defs/words"},
            good={"$ref": "#/$defs/words"},
            bad={"$ref": "#/$defs/words"},
            kind={"enum": list(KINDS), "default": "options"},
            mode={"enum": list(MODES), "default": "machine", "description": "Who answers."},
            mandatory={"type": "boolean"},
            na_allowed={"type": "boolean", "default": True},
            when=_closed(
                required=("criterion", "answers"),
                criterion=answer,
                answers={"type": "array", "minItems": 1, "items": answer},
            ),
            range=_closed(
                required=("least", "most"),
                least=_POINTS,
                most=_POINTS,
                step={"type": "number", "minimum": SMALLEST_STEP, "maximum": MOST},
                auto_fail=_fail(-MOST, MOST),
            ),
            detector={"anyOf": [{"enum": plain}, *(_detector(spec) for spec in DETECTORS.values())]},
            weight=_WEIGHT,
            critical={"type": "boolean"},
            bonus={"type": "boolean"},
            options={"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/option"}},
        ),
        "allOf": [
            {
                "if": {"required": ["bonus"], "properties": {"bonus": {"const": True}}},
                "then": {"not": {"required": ["weight"]}},
                "else": {"if": _kind("text"), "else": {"required": ["weight"]}},
            },
            *(_keys_of(kind) for kind in KINDS),
            *(_options_of(spec) for spec in DETECTORS.values()),
        ],
    }


def _kind(kind: str) -> dict[str, Any]:
    """Holds for a criterion of this kind; one that names none is of the kind "options"."""
    said = {"properties": {"kind": {"const": kind}}}
    return said if kind == KINDS[0] else {"required": ["kind"], **said}


def _keys_of(kind: str) -> dict[str, Any]:
    """The keys a criterion of this kind must have and those it may; people alone answer a range and text."""
    required, optional = KEYS[kind]
    known: dict[str, Any] = dict.fromkeys((*required, *optional), True)
    if kind == "yes_no":
        known["detector"] = {"anyOf": [_named(spec) for spec in DETECTORS.values() if len(spec.levels) in (0, 2)]}
        yes_no = {"required": ["id"], "properties": {"id": {"enum": ["yes", "no", True, False]}}}
        known["options"] = {"maxItems": 2, "items": yes_no}
    elif kind in ("range", "text"):
        known["detector"] = _named(DETECTORS["person"])
        known["mode"] = {"const": "people"}
    return {
        "if": _kind(kind),
        "then": {"required": list(required), "properties": known, "additionalProperties": False},
    }


def _fail(least: float, most: float) -> dict[str, Any]:
    return _closed(
        required=("below", "fails"),
        below={"type": "number", "minimum": least, "maximum": most},
        fails={"enum": list(FAILS)},
    )


def _named(spec: DetectorSpec) -> dict[str, Any]:
    return {"anyOf": [{"const": spec.name}, {"type": "object", "properties": {"name": {"const": spec.name}}}]}


def _detector(spec: DetectorSpec) -> dict[str, Any]:
    """A detector written with its settings."""
    settings: dict[str, Any] = {}
    for key in (*spec.required, *spec.optional):
        if key in spec.numbers:
            settings[key] = _WEIGHT
        elif key == "groups":
            settings[key] = {"anyOf": [{"$ref": "#/$defs/text"}, {**_TEXTS, "minItems": 1}]}
        else:
            settings[key] = {"enum": list(SETTINGS[key])}
    return _closed(required=("name", *spec.required), name={"const": spec.name}, **settings)


def _options_of(spec: DetectorSpec) -> dict[str, Any]:
    """Exactly one option stands for each level a detector finds; where a person answers, none does."""
    then: dict[str, Any] = {"properties": {"options": {"items": {"not": {"required": ["when"]}}}}}
    if spec.levels:
        stands = [
            {
                "contains": {"required": ["when"], "properties": {"when": {"const": level}}},
                "minContains": 1,
                "maxContains": 1,
            }
            for level in spec.levels
        ]
        items = {"required": ["when"], "properties": {"when": {"enum": list(spec.levels)}}}
        then = {"properties": {"options": {"items": items, "allOf": stands}}}
    return {"if": {"required": ["detector"], "properties": {"detector": _named(spec)}}, "then": then}


def _option() -> dict[str, Any]:
    return _closed(
        required=("id", "points", "label"),
        id={"allOf": [{"$ref": "#/$defs/id"}, {"not": {"enum": ["na", "cannot_judge", "unanswered"]}}]},
        points=_POINTS,
        label={"$ref": "#/$defs/words"},
        when={"type": "string"},
        auto_fail={"enum": list(FAILS)},
    )


def _entry() -> dict[str, Any]:
    lines = {**_TEXTS, "minItems": LINES}
    long = {"type": "array", "items": {"type": "string", "minLength": FUZZY_LENGTH}}
    bounded = _closed(required=("pattern", "needs"), pattern={"$ref": "#/$defs/text"}, needs=_TEXTS)
    return {
        **_closed(
            required=("id", "group", "role", "match", "miss"),
            id={"$ref": "#/$defs/text"},
            group={"$ref": "#/$defs/text"},
            role={"enum": ["rep", "client", "any"]},
            precision={"type": "number", "minimum": 0, "maximum": 1},
            phrases=_TEXTS,
            unless=_TEXTS,
            fuzzy=long,
            regex={"type": "array", "items": bounded},
            guarded={"type": "boolean"},
            asks={"type": "boolean"},
            tags=_TEXTS,
            match=lines,
            miss=lines,
        ),
        "anyOf": [{"required": ["phrases"]}, {"required": ["fuzzy"]}, {"required": ["regex"]}],
    }


if __name__ == "__main__":
    write_schemas()
