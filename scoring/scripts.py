"""Holding a call against the standard's script: which required moves were made, and which forbidden ones were said.

Everything comes from what is found already: the criteria's answers, the episodes and the hits. A move of the opening or
the close counts only there; any other required move counts wherever the rep makes it, because a good rep follows the
client. Moves of the objection stage are those of the episodes. A forbidden move counts in its stage's own turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from scoring.assessment import (
    CANNOT_JUDGE,
    NOT_APPLICABLE,
    UNANSWERED,
    CriterionResult,
    Evidence,
    Objection,
    StageSpan,
)
from scoring.case import Case, Window
from scoring.judging import ask
from scoring.matching import Hit
from scoring.moves import Move, catalogue
from scoring.script import ScriptMove, ScriptStage
from scoring.script_findings import FOUND, MISSING, NOT_NEEDED, PARTIAL, SAID, UNSURE, MoveFound, StageScript
from scoring.standards import Standard

_OBJECTIONS: Final = "objections"
_PLACES: Final = ("opening", "close")
_MOVE: Final = "move."
_BEST_FIRST: Final = (FOUND, PARTIAL, UNSURE, MISSING, NOT_NEEDED)
# The faults of an episode and the forbidden moves they are.
_FAULTS: Final = {"argued": "fault.argued", "instant_discount": "fault.discount"}


def follow_script(
    case: Case,
    standard: Standard,
    criteria: Sequence[CriterionResult],
    objections: Sequence[Objection],
    spans: Sequence[StageSpan],
) -> tuple[StageScript, ...]:
    """The script's stages in the standard's order; empty for a standard without a script."""
    return tuple(_Stage(case, standard, criteria, objections, spans, stage).found() for stage in standard.stages)


class _Stage:
    """One stage of the script on one call."""

    def __init__(
        self,
        case: Case,
        standard: Standard,
        criteria: Sequence[CriterionResult],
        objections: Sequence[Objection],
        spans: Sequence[StageSpan],
        stage: ScriptStage,
    ) -> None:
        self.case = case
        self.standard = standard
        self.criteria = criteria
        self.objections = objections
        self.stage = stage
        self.window = case.window(stage.id if stage.id in _PLACES else "anywhere")
        self.own = _turns_of(case, [span for span in spans if span.stage == stage.id])
        self.turns = self.own
        if stage.id in _PLACES:
            self.turns = self.own.union([turn.index for turn in self.window.turns])

    def found(self) -> StageScript:
        required = [self._required(move) for move in self.stage.required]
        seen = (
            bool(self.objections)
            if self.stage.id == _OBJECTIONS
            else bool(self.own) or any(move.state in (FOUND, PARTIAL) for move in required)
        )
        if self.stage.optional and not seen:
            required = [MoveFound(move.id, NOT_NEEDED) for move in self.stage.required]
        said = [self._said(move) for move in self.stage.forbidden] if seen else []
        forbidden = [move for move in said if move is not None]
        return StageScript(self.stage.id, seen, tuple(required), tuple(forbidden))

    def _required(self, wanted: ScriptMove) -> MoveFound:
        moves = [catalogue().moves[move_id] for move_id in wanted.ids]
        best = min(map(self._one, moves), key=lambda item: _BEST_FIRST.index(item[0]))
        return MoveFound(wanted.id, *best)

    def _one(self, move: Move) -> tuple[str, Evidence | None]:
        if move.by_detector:
            return self._by_detector(move.id)
        if self.stage.id == _OBJECTIONS and move.id.startswith(_MOVE):
            return self._in_episodes(move.id[len(_MOVE) :])
        hits = self._hits(move.groups)
        if hits:
            # A close begins where the call ends: of several "thank you" the last belongs to it.
            return FOUND, self.case.evidence(hits[-1 if self.stage.id == _PLACES[1] else 0])
        if self.case.doubt("rep", self.window, absence=True) or self._unsure(move.groups):
            return UNSURE, None
        return MISSING, None

    def _by_detector(self, name: str) -> tuple[str, Evidence | None]:
        """The scorecard's answer where a criterion asks the same detector, else the detector with its own settings."""
        results = {result.id: result for result in self.criteria}
        for section in self.standard.sections:
            for criterion in section.criteria:
                result = results.get(criterion.id)
                if criterion.detector != name or result is None:
                    continue
                answer = result.answer if result.suggestion is None else result.suggestion.answer
                if answer == UNANSWERED:  # left to people; the detector's own reading serves the script
                    continue
                chosen = criterion.chosen(answer)
                points = None if chosen is None else chosen.points
                return self._in_place(
                    _state(answer, points == criterion.most, points == criterion.least), result.evidence
                )
        finding, levels = ask(self.case, name, self.objections)
        state = _state(finding.level, finding.level == levels[-1], finding.level == levels[0])
        return self._in_place(state, finding.evidence)

    def _in_place(self, state: str, quotes: Sequence[Evidence]) -> tuple[str, Evidence | None]:
        """The state with its first quote; made somewhere else than in the opening or the close, it is missing there."""
        if state not in (FOUND, PARTIAL):
            return state, None
        if self.stage.id not in _PLACES or not quotes:
            return state, next(iter(quotes), None)
        delivered = {piece.turn for turn in self.turns for piece in self.case.turn(turn).pieces}
        here = [quote for quote in quotes if quote.turn in delivered]
        return (state, here[0]) if here else (MISSING, None)

    def _in_episodes(self, name: str) -> tuple[str, Evidence | None]:
        if not self.objections:
            return NOT_NEEDED, None
        quotes = [move.evidence for episode in self.objections for move in episode.moves if move.name == name]
        return (FOUND, quotes[0]) if quotes else (MISSING, None)

    def _said(self, unwanted: ScriptMove) -> MoveFound | None:
        turns = self.own or self.turns  # a short call's opening window is the whole call
        groups = [group for move_id in unwanted.ids for group in catalogue().moves[move_id].groups]
        quotes = [self.case.evidence(hit) for hit in self.case.found(groups, role="rep") if hit.turn in turns]
        if self.stage.id == _OBJECTIONS:
            quotes = [] if set(unwanted.ids) & set(_FAULTS.values()) else quotes  # only after an objection is it one
            for episode in self.objections:
                quotes += [fault.evidence for fault in episode.faults if _FAULTS.get(fault.name) in unwanted.ids]
        return MoveFound(unwanted.id, SAID, quotes[0]) if quotes else None

    def _hits(self, groups: Iterable[str]) -> list[Hit]:
        hits = self.case.found(groups, role="rep")
        return [hit for hit in hits if hit.turn in self.turns] if self.stage.id in _PLACES else hits

    def _unsure(self, groups: Iterable[str]) -> bool:
        place: Window | None = self.window if self.stage.id in _PLACES else None
        return bool(self.case.unsure(groups, place))


def _state(answer: str, best: bool, worst: bool) -> str:
    if answer == NOT_APPLICABLE:
        return NOT_NEEDED
    if answer == CANNOT_JUDGE:
        return UNSURE
    return FOUND if best else MISSING if worst else PARTIAL


def _turns_of(case: Case, spans: Sequence[StageSpan]) -> set[int]:
    """The merged turns of the spans, whose turns count as delivered."""
    merged = case.merged
    return {merged[number] for span in spans for number in range(span.turns[0], span.turns[1] + 1) if number in merged}
