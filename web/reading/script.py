"""The script as the call page shows it: stage by stage, which moves were made, missed, or said against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from scoring.standards import StandardText
from web.reading.evidence import EvidenceRow, Tone, read_evidence

# The tone of a required move's state; a forbidden move is listed only when it was said, which is bad.
_TONES: Final[Mapping[str, Tone]] = {"found": "good", "partial": "warn", "missing": "bad", "said": "bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """A move in words. `state`: found, partial, missing, na, cannot_judge or said; `lines`: how one may say it."""

    id: str
    label: str
    state: str
    tone: Tone | None
    evidence: EvidenceRow | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """A stage of the script; `made` of `asked` required moves were found where they could be judged."""

    stage: str
    title: str
    aim: str
    seen: bool
    made: int
    asked: int
    required: tuple[MoveRow, ...]
    forbidden: tuple[MoveRow, ...]


def read_script(assessment: Mapping[str, Any], standard: StandardText | None) -> tuple[StageRow, ...]:
    """The script's stages on this call, in the standard's order; none where the standard has no script."""
    return tuple(_stage(item, standard) for item in assessment.get("script") or [])


def _stage(item: Mapping[str, Any], standard: StandardText | None) -> StageRow:
    text = standard.stage(item["stage"]) if standard else None
    words = {move.id: move for move in (*text.required, *text.forbidden)} if text else {}

    def row(move: Mapping[str, Any]) -> MoveRow:
        known = words.get(move["move"])
        return MoveRow(
            id=move["move"],
            label=known.label if known else str(move["move"]),
            state=move["state"],
            tone=_TONES.get(move["state"]),
            evidence=read_evidence(move),
            lines=known.lines if known else (),
        )

    required = tuple(row(move) for move in item["required"])
    return StageRow(
        stage=item["stage"],
        title=text.title if text else str(item["stage"]),
        aim=text.aim if text else "",
        seen=bool(item["seen"]),
        made=sum(move.state == "found" for move in required),
        asked=sum(move.state in ("found", "partial", "missing") for move in required),
        required=required,
        forbidden=tuple(row(move) for move in item["forbidden"]),
    )
