"""What a criterion model looks at: the votes of the rules on a judged call and the turns its text part reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scoring.assessment import CriterionResult
from scoring.case import Case
from scoring.learning.labels import Label
from scoring.learning.utterances import Utterance, utterances_of
from scoring.learning.votes import role_of, votes_of, window_of
from scoring.standards import Criterion


@dataclass(frozen=True, slots=True)
class Look:
    """One criterion of one judged call: the rules' answer, their votes by name, and the turns it is about.

    `turns[i]` is the merged turn that `utterances[i]` was made from.
    """

    rules: CriterionResult
    votes: dict[str, float]
    turns: tuple[int, ...]
    utterances: tuple[Utterance, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A look with what people said. `group` is never split (the rep, or the call where the rep is unknown).

    `marked` are the places in `look.utterances` where the answer was seen; None where nobody knows.
    """

    call: str
    group: str
    answer: str
    look: Look
    marked: frozenset[int] | None = field(default=None)

    @property
    def rules_answer(self) -> str:
        """What the rules say."""
        return self.look.rules.answer


def look_at(case: Case, criterion: Criterion, result: CriterionResult) -> Look:
    """What a model of this criterion sees of the call; `result` is the rules' own answer."""
    role, window = role_of(criterion), window_of(case, criterion)
    every = utterances_of(
        [(turn.role, turn.text) for turn in case.conversation.turns], case.conversation.language or ""
    )
    places = [turn.index for turn in window.turns if turn.role == role and case.knows_role(turn)]
    return Look(result, votes_of(case, criterion, result), tuple(places), tuple(every[place] for place in places))


def example_of(case: Case, look: Look, label: Label) -> Example:
    """The look with a person's label.

    Where the person marked a place, that is where the answer was seen; where they agree with the machine's rules, the
    rules' evidence is; an answer the other way without a mark says nothing about places.
    """
    return Example(label.call, label.rep or label.call, label.answer, look, _marked(case, look, label))


def _marked(case: Case, look: Look, label: Label) -> frozenset[int] | None:
    if label.span is not None and label.span.turn is not None:
        return _places(case, look, [label.span.turn])
    if label.answer != look.rules.answer:
        return None
    sources = ("rule:", "model:")
    turns = [item.turn for item in look.rules.evidence if item.turn is not None and item.source.startswith(sources)]
    return _places(case, look, turns)


def _places(case: Case, look: Look, delivered: Sequence[int]) -> frozenset[int]:
    """The places of the delivered turns among the utterances."""
    wanted = set(delivered)
    return frozenset(
        place
        for place, index in enumerate(look.turns)
        if any(piece.turn in wanted for piece in case.turn(index).pieces)
    )
