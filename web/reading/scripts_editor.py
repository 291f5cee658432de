"""What the scorecard editor offers for a script: its stages and moves in the viewer's language."""

from __future__ import annotations

from typing import Any

from scoring.moves import catalogue, forbidden_ids
from scoring.standards import in_language


def script_choices(language: str) -> dict[str, list[dict[str, Any]]]:
    """The stages and moves a script is made of; `forbids` marks what can be forbidden too."""
    known, forbidden = catalogue(), set(forbidden_ids())
    return {
        "stages": [{"id": name, "label": in_language(words, language)} for name, words in known.stages.items()],
        "moves": [
            {"id": move.id, "label": in_language(move.label, language), "forbids": move.id in forbidden}
            for move in known.moves.values()
        ],
    }
