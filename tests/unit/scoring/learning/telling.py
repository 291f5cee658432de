"""Synthetic calls with labels, and a text part that learns single words: what tests of the criterion models share."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.assessment import Evidence
from scoring.case import Case
from scoring.conversation import prepare
from scoring.engine import open_case
from scoring.facts import Facts
from scoring.judging import judge
from scoring.learning.examples import Example, example_of, look_at
from scoring.learning.labels import Label, LabelSpan
from scoring.learning.utterances import Utterance
from scoring.objections import find_objections
from scoring.packs import load_pack
from scoring.standards import Criterion, Standard, read_standard
from transcription.transcript import Transcript

STANDARD = """
name: sums-up
version: 1
title: {en: Sums up}
description: {en: One criterion.}
sections:
  - id: only
    title: {en: Only}
    weight: 100
    criteria:
      - id: recap
        question: {en: Summed up what the client wants}
        guidance: {en: In own words.}
        detector: {name: says, groups: [recap], role: rep, window: anywhere}
        weight: 1
        options:
          - {id: "no", points: 0, when: absent, label: {en: "No"}}
          - {id: "yes", points: 1, when: present, label: {en: "Yes"}}
"""
# What people take for a summary: the first the rules know, the others they do not.
KNOWN = "So to sum up, you need the van on weekdays."
UNKNOWN = ("Right, in a nutshell it is vans and weekdays.", "In a nutshell you are after weekdays then.")
TALK = (
    "Good morning, this is Anna from Northgate.",
    "We have vans in three sizes.",
    "The small one is out on weekends.",
    "Delivery takes four days or so.",
    "I can look that up for you.",
    "Our garage is open until six.",
)
CLIENT = ("Yes.", "I see.", "We move furniture.", "What about weekends?", "Fine.")


def standard() -> Standard:
    """A standard of one criterion."""
    return read_standard(STANDARD, "sums-up.yaml")


def criterion() -> Criterion:
    """Its criterion."""
    return standard().sections[0].criteria[0]


@dataclass(frozen=True)
class Made:
    """A call with the truth about it; `turn` is where the rep sums up."""

    transcript: Transcript
    answer: str
    turn: int | None


def make_call(lot: random.Random, kind: str) -> Made:
    """A call of twelve turns: `known` and `unknown` sum up, `none` does not."""
    turns = []
    at = 2 * lot.randint(1, 5)
    for n in range(12):
        text = lot.choice(CLIENT) if n % 2 else lot.choice(TALK)
        if n == at and kind != "none":
            text = KNOWN if kind == "known" else lot.choice(UNKNOWN)
        turns.append({"role": "client" if n % 2 else "rep", "text": text, "start": n * 5.0, "end": n * 5.0 + 4.0})
    transcript = Transcript.from_json({"language": "en", "turns": turns})
    return Made(transcript, "no" if kind == "none" else "yes", None if kind == "none" else at)


def case_of(transcript: Transcript) -> Case:
    """The call under judgement."""
    return open_case(transcript, prepare(transcript), load_pack("en"), Facts())


def make_examples(n: int, seed: int = 0, *, marks: bool = True, reps: int = 11) -> list[Example]:
    """Labelled examples: a quarter sums up in known words, a quarter in unknown ones, half do not."""
    lot = random.Random(seed)
    found = []
    for number in range(n):
        made = make_call(lot, ("known", "unknown", "none", "none")[number % 4])
        case = case_of(made.transcript)
        result = judge(case, standard(), find_objections(case))[0]
        span = LabelSpan(turn=made.turn) if marks and made.turn is not None else None
        given = Label(
            kind="criterion",
            call=f"call-{number:04}",
            target="recap",
            answer=made.answer,
            reviewer="anna",
            at="2026-01-01",
            rep=f"rep {number % reps}",
            span=span,
        )
        found.append(example_of(case, look_at(case, criterion(), result), given))
    return found


class WordText:
    """A text part that knows which words stood in positive texts more often than in others."""

    def __init__(self, utterances: Sequence[Utterance], labels: Sequence[int]) -> None:
        counts: dict[str, list[int]] = {}
        for utterance, label in zip(utterances, labels, strict=True):
            for word in set(utterance.text.casefold().split()):
                counts.setdefault(word, [1, 1])[label] += 1
        total = [labels.count(0) + 2, labels.count(1) + 2] if isinstance(labels, list) else [1, 1]
        self.weights = {
            word: float(np.log(seen[1] / total[1]) - np.log(seen[0] / total[0]))
            for word, seen in sorted(counts.items())
        }

    def probabilities(self, utterances: Sequence[Utterance]) -> NDArray[np.float64]:
        """[n, 2]."""
        sums = [max((self.weights.get(w, 0.0) for w in u.text.casefold().split()), default=0.0) for u in utterances]
        yes = 1 / (1 + np.exp(-(np.array(sums) - 2.0)))
        return np.column_stack([1 - yes, yes])

    def explain(self, utterance: Utterance, label: int) -> list[tuple[str, float]]:
        """The words that weigh most."""
        found = {word: self.weights.get(word, 0.0) for word in utterance.text.casefold().split()}
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def train_words(utterances: Sequence[Utterance], labels: Sequence[int], groups: Sequence[str]) -> WordText:
    """A text part of these turns."""
    return WordText(utterances, list(labels))


def first_quote(evidence: Sequence[Evidence]) -> str:
    """The words of the first piece of evidence."""
    return evidence[0].quote
