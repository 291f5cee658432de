"""A standard's script: stages of a call with their aim, the moves they ask for and the moves they forbid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.moves import catalogue


@dataclass(frozen=True, slots=True)
class ScriptMove:
    """A move by its id from the catalogue (scoring/moves.yaml); any of `others` (move ids) does as well.

    `label` replaces the catalogue's words; `lines` are examples of how to say it, by language.
    """

    id: str
    others: tuple[str, ...] = ()
    label: Mapping[str, str] | None = None
    lines: Mapping[str, tuple[str, ...]] | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Every move id that fulfils it, its own first."""
        return (self.id, *self.others)


@dataclass(frozen=True, slots=True)
class ScriptStage:
    """A stage of the script; `optional` ones belong to a call only when they come up (price, objections)."""

    id: str
    aim: Mapping[str, str]
    required: tuple[ScriptMove, ...]
    forbidden: tuple[ScriptMove, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class MoveText:
    """A move in words, with example lines in the same language (none where none are written)."""

    id: str
    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StageText:
    """A stage of the script in words."""

    id: str
    title: str
    aim: str
    optional: bool
    required: tuple[MoveText, ...]
    forbidden: tuple[MoveText, ...]

    def move(self, move_id: str) -> MoveText | None:
        """The required or forbidden move of that id, or None."""
        return next((move for move in (*self.required, *self.forbidden) if move.id == move_id), None)


def describe_stage(stage: ScriptStage, language: str) -> StageText:
    """The stage in words; parts not written in `language` come in English."""
    from scoring.standards import in_language

    return StageText(
        id=stage.id,
        title=in_language(catalogue().stages[stage.id], language),
        aim=in_language(stage.aim, language),
        optional=stage.optional,
        required=tuple(_describe_move(move, language) for move in stage.required),
        forbidden=tuple(_describe_move(move, language) for move in stage.forbidden),
    )


def _describe_move(move: ScriptMove, language: str) -> MoveText:
    from scoring.standards import in_language

    if move.label is not None:
        label = in_language(move.label, language)
    else:
        label = " / ".join(in_language(catalogue().moves[move_id].label, language) for move_id in move.ids)
    short = language.replace("_", "-").split("-")[0]
    return MoveText(move.id, label, (move.lines or {}).get(short, ()))
