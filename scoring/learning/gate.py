"""The gate of the automatic mode: may a criterion be answered by the machine alone?

It opens where the machine agrees with people as well as people agree among themselves: the machine's kappa lies within
the bootstrap interval of people's own (or above it), both measured on at least 30 calls. Where people themselves stay
under 0.4 ("fair", Landis and Koch 1977), no machine can do better: the criterion's wording is the problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from scoring.learning.agreement import Agreement

FEWEST: Final = 30  # calls, for people among themselves and for the machine against people
WORDING: Final = 0.4  # people's kappa under which the question is the problem

Verdict = Literal["too_few_pairs", "wording", "too_few", "below", "open"]


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate's verdict with what it was decided on."""

    verdict: Verdict
    people: Agreement
    machine: Agreement

    @property
    def is_open(self) -> bool:
        """Whether the machine may answer alone."""
        return self.verdict == "open"

    @property
    def why(self) -> str:
        """The verdict as one sentence."""
        people, machine = self.people, self.machine
        if self.verdict == "too_few_pairs":
            return f"{people.n} calls were answered by two people; {FEWEST} are needed to know how far people agree."
        if self.verdict == "wording":
            return (
                f"People agree with each other only at kappa {people.kappa or 0:.2f}: the criterion's wording is the "
                "problem, and no machine can settle it. Reword it, or calibrate."
            )
        if self.verdict == "too_few":
            return f"{machine.n} calls drawn at random were answered by a person; {FEWEST} are needed."
        if self.verdict == "below":
            return (
                f"The machine agrees with people at kappa {machine.kappa or 0:.2f}, below people's own range "
                f"({people.low or 0:.2f} to {people.high or 0:.2f}). People keep confirming its answers."
            )
        return (
            f"The machine agrees with people (kappa {machine.kappa or 0:.2f}) as well as people agree with each other "
            f"({people.low or 0:.2f} to {people.high or 0:.2f})."
        )


def decide(people: Agreement, machine: Agreement) -> Gate:
    """The gate for one criterion. `machine` is to be measured on calls drawn at random."""
    if people.n < FEWEST or people.kappa is None or people.low is None:
        return Gate("too_few_pairs", people, machine)
    if people.kappa < WORDING:
        return Gate("wording", people, machine)
    if machine.n < FEWEST or machine.kappa is None:
        return Gate("too_few", people, machine)
    return Gate("open" if machine.kappa >= people.low else "below", people, machine)
