"""The gate of the automatic mode: may a criterion be answered by the machine alone, and what that is decided on.

It opens where the machine agrees with people as well as people agree among themselves: the machine's kappa lies within
the bootstrap interval of people's own (or above it), both measured on at least 30 calls. Where people themselves stay
under 0.4 ("fair", Landis and Koch 1977), no machine can do better: the criterion's wording is the problem.

Who has read the machine's answer agrees with it more (anchoring), and who chose a call may have chosen an easy one. So
the machine is measured on the best of four kinds of answers of which there are 30 calls: blind on calls drawn at
random, blind, drawn at random, all. The gate opens only on blind ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from scoring.learning.agreement import Agreement, Pair, agree, pairs_of_people
from scoring.learning.labels import Label

FEWEST: Final = 30  # calls, for people among themselves and for the machine against people
WORDING: Final = 0.4  # people's kappa under which the question is the problem

Verdict = Literal["too_few_pairs", "wording", "too_few", "below", "anchored", "open"]
Basis = Literal["blind_random", "blind", "random", "all"]


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
            return f"{machine.n} calls the machine can be measured by were answered by a person; {FEWEST} are needed."
        if self.verdict == "below":
            return (
                f"The machine agrees with people at kappa {machine.kappa or 0:.2f}, below people's own range "
                f"({people.low or 0:.2f} to {people.high or 0:.2f}). People keep confirming its answers."
            )
        if self.verdict == "anchored":
            return (
                "The machine agrees with people as well as they do with each other, but they had read its answer "
                f"first. {FEWEST} calls answered blind are needed."
            )
        return (
            f"The machine agrees with people (kappa {machine.kappa or 0:.2f}) as well as people agree with each other "
            f"({people.low or 0:.2f} to {people.high or 0:.2f})."
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """Machine and people on one criterion: what each figure was measured on, and the gate.

    `seen` is the machine against people who had read its answer: beside `machine` it shows how far that draws them.
    """

    people: Agreement
    people_basis: Basis
    machine: Agreement
    machine_basis: Basis
    seen: Agreement
    gate: Gate


def measure(labels: Sequence[Label], order: Sequence[str], judge: str, version: str | None) -> Measured:
    """The figures of one criterion in one language from everybody's last words.

    Only answers of the judge in charge count for the machine: model `version` by the name `judge` ("greeting.en"), or
    the rules where it is None.
    """
    answered = [label for label in labels if label.machine is not None and label.models.get(judge) == version]
    machine_basis, kept = _best(answered)
    blind = [label for label in labels if label.blind]
    of_blind = pairs_of_people(blind)
    people_blind = len({pair.call for pair in of_blind}) >= FEWEST
    people = agree(of_blind if people_blind else pairs_of_people(labels), order)
    machine = agree(_pairs(kept), order)
    return Measured(
        people=people,
        people_basis="blind" if people_blind else "all",
        machine=machine,
        machine_basis=machine_basis,
        seen=agree(_pairs([label for label in answered if not label.blind]), order),
        gate=decide(people, machine, anchored=not machine_basis.startswith("blind")),
    )


def _best(labels: Sequence[Label]) -> tuple[Basis, list[Label]]:
    """The least biased of the four kinds with enough calls; without any such the blind ones, else all."""
    kinds: dict[Basis, list[Label]] = {
        "blind_random": [label for label in labels if label.blind and label.drawn_by == "random"],
        "blind": [label for label in labels if label.blind],
        "random": [label for label in labels if label.drawn_by == "random"],
    }
    for basis, kept in kinds.items():
        if len({label.call for label in kept}) >= FEWEST:
            return basis, kept
    for basis in ("blind", "random"):
        if kinds[basis]:
            return basis, kinds[basis]
    return "all", list(labels)


def _pairs(labels: Sequence[Label]) -> list[Pair]:
    return [Pair(label.call, label.machine, label.answer) for label in labels if label.machine is not None]


def decide(people: Agreement, machine: Agreement, *, anchored: bool = False) -> Gate:
    """The gate for one criterion. `anchored`: the machine was measured on people who had read its answer."""
    if people.n < FEWEST or people.kappa is None or people.low is None:
        return Gate("too_few_pairs", people, machine)
    if people.kappa < WORDING:
        return Gate("wording", people, machine)
    if machine.n < FEWEST or machine.kappa is None:
        return Gate("too_few", people, machine)
    if machine.kappa < people.low:
        return Gate("below", people, machine)
    return Gate("anchored" if anchored else "open", people, machine)
