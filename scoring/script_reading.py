"""Reading a standard's `stages:` from YAML, strictly: an unknown stage or move names the file, the line and the fix."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scoring.assessment import STAGES
from scoring.moves import forbidden_ids, required_ids
from scoring.script import ScriptMove, ScriptStage
from scoring.yaml_source import Value

Words = Callable[[Value], dict[str, str]]


def read_stages(value: Value, words: Words, languages: Sequence[str]) -> tuple[ScriptStage, ...]:
    """The stages in `value`; `words` reads a text in several languages. Raises SourceInvalid."""
    items = value.items()
    if not items:
        raise value.wrong("the script has no stage", "add one or remove 'stages'")
    stages = tuple(_stage(item, words, languages) for item in items)
    seen: set[str] = set()
    for stage, item in zip(stages, items, strict=True):
        if stage.id in seen:
            raise item.wrong(f"the stage '{stage.id}' is there twice", "put its moves into one stage")
        seen.add(stage.id)
    return stages


def _stage(value: Value, words: Words, languages: Sequence[str]) -> ScriptStage:
    keys = value.mapping(required=("id", "aim"), optional=("optional", "required", "forbidden"))
    required = _moves(keys.get("required"), required_ids(), words, languages)
    forbidden = _moves(keys.get("forbidden"), forbidden_ids(), words, languages)
    if not required and not forbidden:
        raise value.wrong("the stage asks for nothing and forbids nothing", "add 'required:' with a move")
    both = {move.id for move in required} & {move.id for move in forbidden}
    if both:
        raise keys["forbidden"].wrong(f"'{min(both)}' is both required and forbidden", "remove one of them")
    return ScriptStage(
        id=keys["id"].choice(STAGES),
        aim=words(keys["aim"]),
        required=required,
        forbidden=forbidden,
        optional="optional" in keys and keys["optional"].flag(),
    )


def _moves(value: Value | None, known: Sequence[str], words: Words, languages: Sequence[str]) -> tuple[ScriptMove, ...]:
    if value is None:
        return ()
    items = value.items()
    if not items:
        raise value.wrong(f"'{value.name}' is empty", "add a move or remove the line")
    moves = tuple(_move(item, known, words, languages) for item in items)
    seen: set[str] = set()
    for move, item in zip(moves, items, strict=True):
        if move.id in seen:
            raise item.wrong(f"the move '{move.id}' is there twice", "remove one of them")
        seen.add(move.id)
    return moves


def _move(value: Value, known: Sequence[str], words: Words, languages: Sequence[str]) -> ScriptMove:
    if value.is_text():
        return ScriptMove(value.choice(known))
    keys = value.mapping(required=("move",), optional=("or", "label", "lines"))
    others = tuple(item.choice(known) for item in keys["or"].items()) if "or" in keys else ()
    return ScriptMove(
        id=keys["move"].choice(known),
        others=others,
        label=words(keys["label"]) if "label" in keys else None,
        lines=_lines(keys["lines"], languages) if "lines" in keys else None,
    )


def _lines(value: Value, languages: Sequence[str]) -> dict[str, tuple[str, ...]]:
    return {language: tuple(item.texts()) for language, item in value.mapping(optional=languages).items()}
