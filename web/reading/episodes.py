"""Objection episodes as the page shows them: from the client's words to the end of handling, step by step in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from web.reading.evidence import OUTCOME_TONE, EvidenceRow, Tone, read_evidence

LADDER: Final = ("listen", "acknowledge", "clarify", "answer", "alternative", "check", "next_step")
"""The handling moves in the order in which they are taught."""

_NEEDED: Final = (("acknowledge", "clarify"), ("answer",), ("check", "next_step"))
"""What makes an objection handled: one move of each group (docs: scoring, outcome by behaviour)."""


@dataclass(frozen=True, slots=True)
class Step:
    """A handling move or a fault of an episode, with its quote when it has one."""

    name: str
    evidence: EvidenceRow | None
    fault: bool = False

    @property
    def start(self) -> float | None:
        """Seconds where it is heard."""
        return self.evidence.start if self.evidence else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRow:
    """One objection episode; times in seconds. `after_turn` is the turn its card stands behind."""

    number: int
    types: tuple[str, ...]
    outcome: str
    tone: Tone | None
    severity: str  # of the flag "mishandled objection": high, middle, or "" where nothing is flagged
    reaction: str
    latency: float | None
    probability: float | None
    genuine: float | None
    client: EvidenceRow | None
    response: EvidenceRow | None
    moves: tuple[Step, ...]
    faults: tuple[Step, ...]
    after_turn: int | None
    why: str = ""  # one sentence on what made the model hear it; "" where the quote's own words say so

    @property
    def steps(self) -> tuple[Step, ...]:
        """Moves and faults in order of time; those without a time last."""
        return tuple(sorted((*self.moves, *self.faults), key=lambda s: (s.start is None, s.start or 0.0)))

    @property
    def missing(self) -> tuple[tuple[str, ...], ...]:
        """Groups of moves of which one was needed and none was made; nothing where the episode is handled."""
        made = {step.name for step in self.moves}
        return () if self.outcome == "handled" else tuple(group for group in _NEEDED if not made & set(group))

    @property
    def target(self) -> str:
        """What a verdict on this episode names: the client's turn; '' where the assessment does not say."""
        return f"turn-{self.client.turn}" if self.client is not None and self.client.turn is not None else ""

    @property
    def start(self) -> float | None:
        """Where the client begins to object."""
        return self.client.start if self.client else None

    @property
    def end(self) -> float | None:
        """Where the last of the rep's moves ends, or the objection when it was never met."""
        spoken = (self.client, self.response, *(step.evidence for step in self.steps))
        return max((e.end for e in spoken if e is not None and e.end is not None), default=self.start)

    @property
    def pause(self) -> tuple[float, float] | None:
        """The silence before the rep's answer."""
        if self.latency is None or self.response is None or self.response.start is None:
            return None
        return max(0.0, self.response.start - self.latency), self.response.start


def read_episodes(assessment: Mapping[str, Any]) -> tuple[EpisodeRow, ...]:
    """The episodes in the order they began."""
    return tuple(_episode(n, item) for n, item in enumerate(assessment.get("objections") or [], start=1))


def _episode(number: int, item: Mapping[str, Any]) -> EpisodeRow:
    client, response = read_evidence(item.get("client")), read_evidence(item.get("response"))
    moves, faults = _steps(item.get("moves")), _steps(item.get("faults"), fault=True)
    spoken = [client, response, *(step.evidence for step in (*moves, *faults))]
    return EpisodeRow(
        number=number,
        types=tuple(item.get("types") or ()),
        outcome=str(item.get("outcome") or ""),
        tone=OUTCOME_TONE.get(str(item.get("outcome"))),
        severity=str(item.get("severity") or ""),
        reaction=str(item.get("reaction") or ""),
        latency=item.get("latency"),
        probability=item.get("probability"),
        genuine=item.get("genuine"),
        client=client,
        response=response,
        moves=moves,
        faults=faults,
        after_turn=max((e.turn for e in spoken if e is not None and e.turn is not None), default=None),
        why=str(item.get("why") or ""),
    )


def _steps(items: Any, *, fault: bool = False) -> tuple[Step, ...]:
    return tuple(Step(str(item.get("name") or ""), read_evidence(item), fault) for item in items or [])
