"""Promoted models at work: the answers of learned judges with evidence, and "why did the model say so" in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from scoring.assessment import CANNOT_JUDGE, NOT_APPLICABLE, Absence, CriterionResult, Evidence, Nearest
from scoring.case import Case
from scoring.learning.criterion_model import ABSTAIN_UNDER, CriterionModel, Judged
from scoring.learning.examples import Look, look_at
from scoring.learning.store import model_id
from scoring.learning.votes import role_of, window_of
from scoring.standards import Criterion

_QUOTES: Final = 3
_TOLD: Final = 3
_TELLING: Final = 0.5  # a turn is quoted as evidence from this probability on; the best one always


@dataclass(frozen=True)
class LoadedModel:
    """A model with its version and its settings for use."""

    model: CriterionModel
    version: int

    @property
    def id(self) -> str:
        """Its name in assessments."""
        return model_id(self.model.criterion, self.model.language)


@dataclass(frozen=True)
class LearnedModels:
    """The promoted models by their ids, as `scoring.engine.score` takes them."""

    by_id: Mapping[str, LoadedModel] = field(default_factory=dict)

    def versions(self, language: str, criteria: Sequence[Criterion]) -> dict[str, str]:
        """The versions of the models that take part in judging these criteria, by id."""
        found = {}
        for criterion in criteria:
            loaded = self.model_for(criterion, language)
            if loaded is not None:
                found[loaded.id] = str(loaded.version)
        return dict(sorted(found.items()))

    def model_for(self, criterion: Criterion, language: str) -> LoadedModel | None:
        """The model of a criterion in a language; None where there is none or its answers are other options."""
        loaded = self.by_id.get(model_id(criterion.id, language))
        if loaded is None:
            return None
        known = {option.id for option in criterion.options} | {NOT_APPLICABLE, CANNOT_JUDGE}
        return loaded if known.issuperset(loaded.model.answers) else None

    def answer(self, case: Case, criterion: Criterion, result: CriterionResult) -> CriterionResult:
        """The learned answer in place of the rules'; the rules' own where no model judges, or nobody can.

        What rules cannot judge because the words are unsure, a model cannot either.
        """
        loaded = self.model_for(criterion, case.pack.language)
        if loaded is None or result.answer == CANNOT_JUDGE:
            return result
        look = look_at(case, criterion, result)
        if not look.utterances:
            return result
        return learned_answer(case, criterion, look, loaded)


def learned_answer(case: Case, criterion: Criterion, look: Look, loaded: LoadedModel) -> CriterionResult:
    """One model's answer as a result, with its evidence or the window it searched; unsure ones are "cannot judge"."""
    judged = loaded.model.judge(look)
    if judged.probability < ABSTAIN_UNDER and judged.answer != look.rules.answer:
        why = f"The learned model is unsure ({judged.probability:.0%}) and the rules say otherwise."
        return replace(look.rules, answer=CANNOT_JUDGE, points=None, confidence=None, absence=None, why=why)
    points = None
    if judged.answer not in (NOT_APPLICABLE, CANNOT_JUDGE):
        points = criterion.option(judged.answer).points
    evidence, absence = _shown(case, criterion, look, loaded, judged)
    return CriterionResult(
        id=criterion.id,
        section=look.rules.section,
        answer=judged.answer,
        points=points,
        max=criterion.most,
        weight=criterion.weight,
        confidence=judged.probability,
        evidence=evidence,
        absence=absence,
        why=in_words(judged, loaded),
    )


def in_words(judged: Judged, loaded: LoadedModel) -> str:
    """Why the model said so, as one sentence: how sure it is, the votes and words for it, the votes against it."""
    text = f"Learned from reviewers (version {loaded.version}): {judged.probability:.0%} sure"
    for_it = [f"{_name_of(said.name)} ({said.weight:+.1f})" for said in judged.reasons if said.weight > 0][:_TOLD]
    against = [f"{_name_of(said.name)} ({said.weight:+.1f})" for said in judged.reasons if said.weight < 0][:_TOLD]
    words = _words_of(judged) if judged.answer in loaded.model.seen or loaded.model.unit == "call" else []
    if for_it:
        text += f"; for it: {', '.join(for_it)}"
    if words:
        text += f"; words: {', '.join(words)}"
    if against:
        text += f"; against it: {', '.join(against)}"
    return text + "."


def _words_of(judged: Judged) -> list[str]:
    """The words that spoke for the answer, each once, with what it weighed in all the forms it was counted in."""
    weights: dict[str, float] = {}
    for said in judged.words:
        word = said.name.rpartition(": ")[2].strip()
        if not said.name.startswith("char"):
            weights[word] = weights.get(word, 0.0) + said.weight
    ranked = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
    return [f"“{word}” ({weight:+.1f})" for word, weight in ranked if weight > 0][:_TOLD]


def _name_of(feature: str) -> str:
    """A feature in words."""
    kind, _colon, rest = feature.partition(":")
    if kind == "answer":
        return f"rules say {rest}"
    if kind == "group":
        group, _colon, role = rest.partition(":")
        return f"{group.replace('_', ' ').replace('.', ' ')} by {role}"
    named = {"best": "most telling turn", "second": "second telling turn", "many": "number of telling turns"}
    return {"rule": f"rule {rest}", "metric": rest.replace("_", " "), "text": named.get(rest, rest)}.get(kind, feature)


def _shown(
    case: Case, criterion: Criterion, look: Look, loaded: LoadedModel, judged: Judged
) -> tuple[tuple[Evidence, ...], Absence | None]:
    """Evidence for what was seen; the window searched with the nearest turn for what was not."""
    source = f"model:{loaded.id}"
    if judged.answer in loaded.model.seen and judged.places:
        telling = [place for place, sure in zip(judged.places, judged.telling, strict=True) if sure >= _TELLING]
        shown = sorted(telling[:_QUOTES]) or judged.places[:1]
        return tuple(_quote(case, look, place, source) for place in shown), None
    if judged.answer == look.rules.answer and (look.rules.evidence or look.rules.absence is not None):
        return look.rules.evidence, look.rules.absence
    if loaded.model.unit == "call":
        # The whole call was read: the turn with the words that weighed most stands for it.
        return (_quote(case, look, _place_of(look, judged), source),), None
    return (), _window(case, criterion, look, judged)


def _quote(case: Case, look: Look, place: int, source: str) -> Evidence:
    turn = case.turn(look.turns[place])
    return turn.evidence(0, len(turn.text), source)


def _place_of(look: Look, judged: Judged) -> int:
    """The turn that holds most of the words that weighed."""
    told = [said.name.casefold() for said in judged.words if said.weight > 0]
    counts = [sum(word in utterance.text.casefold() for word in told) for utterance in look.utterances]
    return counts.index(max(counts))


def _window(case: Case, criterion: Criterion, look: Look, judged: Judged) -> Absence:
    searched = case.absence(window_of(case, criterion), (), role_of(criterion))
    if not judged.places:
        return searched
    turn = case.turn(look.turns[judged.places[0]])
    found = turn.evidence(0, len(turn.text), "")
    return Absence(searched.start, searched.end, Nearest(found.quote, found.start, found.end))
