"""What speaks for looking at a call: its reasons, how strong each is, and the number calls are ranked by. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

RISKS: Final[Mapping[str, float]] = {
    "auto_fail": 1.0,
    "wrongly_closed": 0.9,
    "objection_missed": 0.8,
    "low_score": 0.6,
    "unsure": 0.5,
    "disagreement": 0.4,
    "wanted": 0.3,
}
"""What a rule may rank by and how much each weighs at full strength: what cost the client or the deal goes before what
the machine is unsure of. The order is a judgement of ours; a rule chooses among them."""

LOW: Final = 60.0  # a final score below it speaks for a look, the more the lower
UNSURE_FROM: Final = 0.25  # share of criteria the machine could not judge
MOST_REASONS: Final = 4  # told for one call; more than anybody reads before listening


@dataclass(frozen=True, slots=True)
class Episode:
    """An objection that was mishandled or ignored; `at` in seconds."""

    type: str
    outcome: str
    severity: str | None
    at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a call when a rule looks at it. Scores 0..100, shares 0..1."""

    final: float | None = None
    raw: float | None = None
    coverage: float | None = None
    cannot_judge: float | None = None
    wrongly_rejected: str | None = None
    missed: Sequence[Episode] = field(default=())
    differing: int = 0  # criteria on which two judges of ours differ
    wanted: Sequence[str] = field(default=())  # criteria the models would learn by


def reasons(facts: Facts, wanted: Sequence[str]) -> tuple[dict[str, Any], ...]:
    """The reasons of the kinds wanted, the strongest first; each with its `kind`, `weight` and facts."""
    found = [reason for reason in _all(facts) if reason["kind"] in wanted and reason["weight"] > 0]
    return tuple(sorted(found, key=lambda reason: (-reason["weight"], reason["kind"], reason.get("at") or 0.0)))


def risk_of(found: Sequence[Mapping[str, Any]]) -> float:
    """What calls are ranked by: the weights added up, of several missed objections the heaviest and a little more."""
    best: dict[str, float] = {}
    more = 0
    for reason in found:
        more += reason["kind"] in best
        best[reason["kind"]] = max(best.get(reason["kind"], 0.0), reason["weight"])
    return round(math.fsum([*best.values(), 0.05 * min(more, 4)]), 6)


def _all(facts: Facts) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def add(kind: str, strength: float, **more: Any) -> None:
        found.append({"kind": kind, "weight": round(RISKS[kind] * min(1.0, strength), 4), **more})

    if facts.raw is not None and facts.final is not None and facts.final < facts.raw:
        add("auto_fail", 1.0, final=facts.final, raw=facts.raw)
    if facts.wrongly_rejected in ("high", "middle"):
        add("wrongly_closed", 1.0 if facts.wrongly_rejected == "high" else 0.6, band=facts.wrongly_rejected)
    for episode in facts.missed:
        strength = 1.0 if episode.severity == "high" else 0.75
        add("objection_missed", strength, type=episode.type, outcome=episode.outcome, at=episode.at)
    if facts.final is not None and facts.final < LOW:
        add("low_score", (LOW - facts.final) / LOW, score=facts.final)
    unsure = max(facts.cannot_judge or 0.0, 1.0 - facts.coverage if facts.coverage is not None else 0.0)
    if unsure >= UNSURE_FROM:
        add("unsure", unsure, share=round(unsure, 3))
    if facts.differing:
        add("disagreement", 0.5 + 0.1 * facts.differing, criteria=facts.differing)
    if facts.wanted:
        add("wanted", 0.5 + 0.1 * len(facts.wanted), criteria=len(facts.wanted))
    return found
