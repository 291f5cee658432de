"""What is drawn along the sound of a call: stages, flags, dead air and talk-over, in seconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from web.reading.evidence import Tone

TALK_OVER = 0.3
"""Both sides speaking for at least these seconds is drawn as talk-over: the contract's length of an interruption."""

Kind = Literal["flag", "dead_air", "talk_over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveMark:
    """One mark on the waveform; `text` is the quote that plays."""

    kind: Kind
    start: float
    end: float
    tone: Tone | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class StageBar:
    """One stage of the script as it happened."""

    stage: str
    start: float
    end: float


def read_stages(assessment: Mapping[str, Any]) -> tuple[StageBar, ...]:
    """Stages with times, in time order; empty when the assessment found none or has no times."""
    bars = [
        StageBar(str(item["stage"]), float(item["start"]), float(item["end"]))
        for item in assessment.get("stages") or []
        if item.get("start") is not None and item.get("end") is not None and item["end"] > item["start"]
    ]
    return tuple(sorted(bars, key=lambda bar: bar.start))


def read_marks(assessment: Mapping[str, Any], transcript: Mapping[str, Any]) -> tuple[WaveMark, ...]:
    """Everything to mark along the waveform, in time order."""
    marks = [*_flags(assessment), *_dead_air(assessment)]
    if assessment:
        marks += [WaveMark(kind="talk_over", start=a, end=b) for a, b in find_talk_over(transcript.get("turns") or [])]
    return tuple(sorted(marks, key=lambda mark: (mark.start, mark.kind)))


def _flags(assessment: Mapping[str, Any]) -> Iterator[WaveMark]:
    """Reasons why the closing may be wrong, wherever they have a time."""
    rejection = assessment.get("rejection") or {}
    found = list(rejection.get("reasons") or []) if rejection.get("band") in ("high", "middle") else []
    for item in found:
        if item.get("start") is not None and item.get("quote"):
            yield WaveMark(
                kind="flag", start=item["start"], end=item.get("end") or item["start"], tone="warn", text=item["quote"]
            )


def _dead_air(assessment: Mapping[str, Any]) -> Iterator[WaveMark]:
    for span in (assessment.get("metrics") or {}).get("dead_air") or []:
        yield WaveMark(kind="dead_air", start=span["start"], end=span["end"])


def find_talk_over(turns: Sequence[Mapping[str, Any]]) -> Iterator[tuple[float, float]]:
    """Stretches in which a word of the rep and a word of the client sound at once."""
    spoken: dict[str, list[tuple[float, float]]] = {"rep": [], "client": []}
    for turn in turns:
        for word in turn.get("words") or []:
            if turn.get("role") in spoken and word.get("start") is not None and word.get("end") is not None:
                spoken[turn["role"]].append((word["start"], word["end"]))
    rep, client = (_joined(sorted(spans)) for spans in spoken.values())
    i = j = 0
    while i < len(rep) and j < len(client):
        start, end = max(rep[i][0], client[j][0]), min(rep[i][1], client[j][1])
        if end - start >= TALK_OVER:
            yield start, end
        if rep[i][1] < client[j][1]:
            i += 1
        else:
            j += 1


def _joined(spans: Sequence[tuple[float, float]], gap: float = 0.25) -> list[tuple[float, float]]:
    """Word spans run together where the pause between them is shorter than `gap` seconds."""
    out: list[tuple[float, float]] = []
    for start, end in spans:
        if out and start - out[-1][1] < gap:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out
