"""The moves a script may require or forbid: rule-pack groups and detectors by id, with words in every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

from scoring.assessment import STAGES
from scoring.detectors.catalogue import DETECTORS
from scoring.yaml_source import Value, read_yaml

_FILE: Final = "moves.yaml"


@dataclass(frozen=True, slots=True)
class Move:
    """A move by its id: the pack groups whose phrases are it, and its label by language.

    A required move whose id is a detector's is answered by that detector; any other is looked for by its groups.
    """

    id: str
    groups: tuple[str, ...]
    label: Mapping[str, str]

    @property
    def by_detector(self) -> bool:
        """Whether a detector answers the move where it is required."""
        return self.id in DETECTORS


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every move by id, in the file's order, and the titles of the stages by language."""

    moves: Mapping[str, Move]
    stages: Mapping[str, Mapping[str, str]]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The moves that ship. Raises SourceInvalid when the file is broken."""
    text = resources.files("scoring").joinpath(_FILE).read_text(encoding="utf-8")
    top = read_yaml(text, _FILE).mapping(required=("stages", "moves"))
    stages = top["stages"].mapping(required=STAGES)
    moves = [_move(item) for item in top["moves"].items()]
    return Catalogue({move.id: move for move in moves}, {stage: _words(stages[stage]) for stage in STAGES})


def required_ids() -> tuple[str, ...]:
    """The ids a stage may require, in alphabetical order."""
    return tuple(sorted(catalogue().moves))


def forbidden_ids() -> tuple[str, ...]:
    """The ids a stage may forbid: those found by phrases, in alphabetical order."""
    return tuple(sorted(move.id for move in catalogue().moves.values() if move.groups))


def _move(value: Value) -> Move:
    keys = value.mapping(required=("id", "label"), optional=("groups",))
    groups = tuple(keys["groups"].texts()) if "groups" in keys else ()
    return Move(keys["id"].text(), groups, _words(keys["label"]))


def _words(value: Value) -> dict[str, str]:
    return {language: text.text() for language, text in value.mapping(optional=None).items()}
