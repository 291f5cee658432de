"""What a criterion model looks at: the votes of the rules on a judged call and the turns its text part reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scoring.assessment import CriterionResult
from scoring.case import Case, Window
from scoring.learning.labels import Label
from scoring.learning.read_turns import ReadTurns
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
    utterances: Sequence[Utterance]


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
    turns, utterances = _view_of(case).turns(role_of(criterion), window_of(case, criterion))
    return Look(result, votes_of(case, criterion, result), turns, utterances)


def example_of(case: Case, look: Look, label: Label) -> Example:
    """The look with a person's label.

    Where the person marked a place, that is where the answer was seen; where they agree with the machine's rules, the
    rules' evidence is; an answer the other way without a mark says nothing about places.
    """
    return Example(label.call, label.rep or label.call, label.answer, look, _marked(case, look, label))


class _View:
    """The turns of one case, read once for all criteria that look at the same part of it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._every: list[Utterance] | None = None
        self._parts: dict[tuple[str, str], tuple[tuple[int, ...], ReadTurns]] = {}

    def turns(self, role: str, window: Window) -> tuple[tuple[int, ...], ReadTurns]:
        """The merged turns of the role in the window, and their utterances."""
        found = self._parts.get((role, window.name))
        if found is None:
            if self._every is None:
                said = [(turn.role, turn.text) for turn in self.case.conversation.turns]
                self._every = utterances_of(said, self.case.conversation.language or "")
            every = self._every
            places = tuple(t.index for t in window.turns if t.role == role and self.case.knows_role(t))
            found = self._parts[(role, window.name)] = (places, ReadTurns([every[place] for place in places]))
        return found


_latest: list[_View] = []  # the case under judgement: its criteria come one after the other


def _view_of(case: Case) -> _View:
    if not _latest or _latest[0].case is not case:
        _latest[:] = [_View(case)]
    return _latest[0]


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
