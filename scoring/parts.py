"""Each rep's own part of a call in which several take part: a transfer, or a conference with a colleague.

A part is scored by the same standard as the call, on what that rep said and the client's turns beside it. What belongs
to an opening or a close that the rep did not have is not applicable to the part.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from scoring.assessment import NOT_APPLICABLE, CriterionResult, Objection, Part
from scoring.scorecard import total
from scoring.standards import Criterion, Standard
from transcription.transcript import Transcript, Turn

FIRST_REP: Final = "rep"

OPENING_DETECTORS: Final = frozenset({"greeting", "company"})
CLOSE_DETECTORS: Final = frozenset({"next_step"})

CLOSING_REP_TURNS: Final = 3
"""A rep who stayed in a conference has its close when one of the last so many rep turns is theirs."""

NOT_THEIRS: Final = {
    "opening": "Another rep opened this call.",
    "close": "Another rep closed this call.",
}


@dataclass(frozen=True, slots=True)
class RepPart:
    """What one rep held of a call: the turns as delivered (first and last), and the part as a transcript of its own.

    `turns[n]` is the delivered turn that stands n-th in `transcript`; `lost` are those of them, client turns, that
    another rep answered.
    """

    speaker: str
    first: int
    last: int
    turns: tuple[int, ...]
    lost: frozenset[int]
    transcript: Transcript
    opens: bool
    closes: bool
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """The answers to a part, and the name the rep gives in it when call facts know it."""

    criteria: tuple[CriterionResult, ...]
    name: str | None = None


def rep_parts(transcript: Transcript) -> tuple[RepPart, ...]:
    """The parts in the order the reps first speak; none while one rep speaks."""
    said = [(n, turn) for n, turn in enumerate(transcript.turns) if turn.role != "system" and _text(turn)]
    speakers = list(dict.fromkeys(_speaker(turn) for _, turn in said if turn.role == "rep"))
    if len(speakers) < 2:
        return ()
    reps = [(n, _speaker(turn)) for n, turn in said if turn.role == "rep"]
    return tuple(_part(transcript, speaker, said, reps) for speaker in speakers)


def score_parts(
    parts: Sequence[RepPart], standard: Standard, judge_part: Callable[[RepPart], Judged]
) -> tuple[Part, ...]:
    """Each part with its score and the ids of the criteria that could be judged in it."""
    found = []
    for part in parts:
        judged = judge_part(part)
        results = leave_out(part, standard, judged.criteria)
        score = total(standard, results)
        found.append(
            Part(
                speaker=part.speaker,
                name=judged.name,
                start=part.start,
                end=part.end,
                turns=(part.first, part.last),
                raw=score.raw,
                final=score.final,
                coverage=score.coverage,
                criteria=tuple(result.id for result in results if result.answered),
            )
        )
    return tuple(found)


def leave_out(part: RepPart, standard: Standard, results: Sequence[CriterionResult]) -> tuple[CriterionResult, ...]:
    """The answers with the criteria of an opening or a close the rep did not have made not applicable."""
    places = {c.id: place_of(c) for section in standard.sections for c in section.criteria}
    return tuple(
        _not_theirs(result, place)
        if (place := places[result.id]) is not None and not (part.opens if place == "opening" else part.closes)
        else result
        for result in results
    )


def place_of(criterion: Criterion) -> str | None:
    """The part of a call a criterion looks at: "opening", "close", or None for all of it."""
    window = criterion.settings.get("window")
    if criterion.detector in OPENING_DETECTORS or window == "opening":
        return "opening"
    return "close" if criterion.detector in CLOSE_DETECTORS or window == "close" else None


def theirs(part: RepPart, objections: Sequence[Objection]) -> tuple[Objection, ...]:
    """The episodes of a part that this rep had to answer; one that a colleague answered is the colleague's."""
    return tuple(item for item in objections if part.turns[item.client.turn or 0] not in part.lost)


def _not_theirs(result: CriterionResult, place: str) -> CriterionResult:
    return replace(
        result, answer=NOT_APPLICABLE, points=None, confidence=None, evidence=(), absence=None, why=NOT_THEIRS[place]
    )


def _part(
    transcript: Transcript, speaker: str, said: Sequence[tuple[int, Turn]], reps: Sequence[tuple[int, str]]
) -> RepPart:
    mine = [n for n, who in reps if who == speaker]
    turns: list[int] = []
    lost: set[int] = set()
    for n, turn in said:
        if turn.role == "rep":
            if _speaker(turn) == speaker:
                turns.append(n)
            continue
        before = next((who for m, who in reversed(reps) if m < n), None)
        after = next((who for m, who in reps if m > n), None)
        if speaker in (before, after):
            turns.append(n)
            if after is not None and after != speaker:
                lost.add(n)
    return RepPart(
        speaker=speaker,
        first=mine[0],
        last=mine[-1],
        turns=tuple(turns),
        lost=frozenset(lost),
        transcript=replace(transcript, turns=tuple(transcript.turns[n] for n in turns), duration=None),
        opens=reps[0][1] == speaker,
        closes=reps[-1][1] == speaker or _stays(mine, reps, speaker),
        start=next((t for n in mine if (t := transcript.turns[n].start) is not None), None),
        end=max((t for n in mine if (t := transcript.turns[n].end) is not None), default=None),
    )


def _stays(mine: Sequence[int], reps: Sequence[tuple[int, str]], speaker: str) -> bool:
    """In a conference a rep speaks again after a colleague did, and is there at the end."""
    joined = next((n for n, who in reps if who != speaker and n > mine[0]), None)
    return joined is not None and mine[-1] > joined and mine[-1] in [n for n, _ in reps[-CLOSING_REP_TURNS:]]


def _speaker(turn: Turn) -> str:
    return turn.speaker or FIRST_REP


def _text(turn: Turn) -> str:
    return turn.text.strip() or " ".join(word.text for word in turn.words).strip()
