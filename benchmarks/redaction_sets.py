"""The sets of scenes of the redaction benchmark, and the conversations made from one."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, Final

import yaml

from benchmarks.redaction_composed import ComposedMaker
from benchmarks.redaction_dialogues import Dialogue, Maker
from benchmarks.redaction_told import read_scenes, tell

SCENES: Final = Path(__file__).with_name("redaction_scenes")
LANGUAGES: Final = ("en", "ru", "ko", "zh")
EARLY: Final = ("first", "second", "third", "fourth")
"""In a file per language; one way of dictation with other phrases in each."""
COMPOSED: Final = ("fifth", "sixth", "seventh", "eighth")
"""In a file per set; the way of dictation is composed at random as well, in the eighth mostly plain."""
TOLD: Final = ("ninth", "tenth", "eleventh", "twelfth")
"""Whole dialogues with places for digits, written by somebody else; see redaction_told."""
SETS: Final = (*EARLY, *COMPOSED, *TOLD)


def make_dialogues(count: int, seed: int, scenes: str = "first") -> list[Dialogue]:
    """`count` conversations, the four languages in turn, from one set of scenes."""
    if scenes in TOLD:
        told = read_scenes(SCENES / f"{scenes}.txt")
        return [tell(*told[n % len(told)][::-1], random.Random(f"{seed}/{n}")) for n in range(count)]  # noqa: S311
    data = {name: _phrases(name, scenes) for name in LANGUAGES}
    made = []
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")  # noqa: S311 (repeatable on purpose)
        language = LANGUAGES[number % 4]
        if scenes in EARLY:
            made.append(Maker(rng, language, data[language]).make())
        else:
            made.append(ComposedMaker(rng, language, data[language], later=COMPOSED.index(scenes)).make())
    return made


def _phrases(language: str, scenes: str) -> dict[str, Any]:
    """A set's phrases; one that brings no greetings or small talk of its own borrows those of the first."""
    early = yaml.safe_load((SCENES / f"{language}.yaml").read_text(encoding="utf-8"))
    if scenes in EARLY:
        return {**early["first"], **early[scenes]}
    return {**early["first"], **yaml.safe_load((SCENES / f"{scenes}.yaml").read_text(encoding="utf-8"))[language]}
