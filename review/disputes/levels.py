"""Who decides a dispute: levels and the people they leave out. Pure: ids in, a level or ids out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

Level = Literal["first", "lead"]

DECIDING: Final = ("first", "lead")
"""States in which somebody is to decide; the state is called as its level."""


@dataclass(frozen=True, slots=True)
class Parties:
    """The people who have a part in a dispute, so that they cannot decide it. None: gone, or without a sign-in."""

    scorer: int | None
    raiser: int | None
    rep: int | None
    first_decider: int | None = None  # decided at the first level: another one decides at the second


def first_level(raised_as: str, managers: Collection[int], parties: Parties) -> tuple[Level, str]:
    """Where a dispute begins, and why it goes past the manager: a manager raised it, scored it, or there is none.

    A second manager of the team decides where the first one has a part in it.
    """
    if raised_as == "manager":
        return "lead", "raised_by_manager"
    if deciders("first", managers, parties):
        return "first", ""
    return "lead", "scored_by_manager" if parties.scorer in managers else "no_manager"


def deciders(level: Level, holders: Collection[int], parties: Parties) -> tuple[int, ...]:
    """Of the people who hold the level (the team's managers, the quality leads) those who may decide, by id."""
    kept_out = {parties.scorer, parties.raiser, parties.rep}
    if level == "lead":
        kept_out.add(parties.first_decider)
    return tuple(sorted(person for person in set(holders) if person not in kept_out))


def after_first(decisions: Collection[str]) -> Literal["answered", "decided"]:
    """What the manager's decision leaves: what was granted in full is decided, the rest can be taken further."""
    return "decided" if all(decision == "accepted" for decision in decisions) else "answered"


def open_items(level: Level, decisions: Collection[tuple[str, str]]) -> tuple[str, ...]:
    """The criteria this level decides, of (criterion, decision so far): at the second what was not granted before."""
    return tuple(name for name, said in decisions if not said or (level == "lead" and said != "accepted"))
