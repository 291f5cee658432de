"""Learned judges for measuring speed: one for each criterion of a standard, trained on made labels.

What they answer is of no interest here: the labels alternate. Their size and work are those of promoted models.
"""

from __future__ import annotations

from collections.abc import Sequence

from scoring.conversation import prepare
from scoring.engine import open_case
from scoring.facts import Facts
from scoring.judging import judge
from scoring.learning.criterion_training import train_criterion
from scoring.learning.examples import Example, look_at
from scoring.learning.judge import LearnedModels, LoadedModel
from scoring.learning.store import model_id
from scoring.learning.text_part import train_text_part
from scoring.objections import find_objections
from scoring.packs import load_pack
from scoring.standards import Standard
from transcription.transcript import Transcript

_LABELS = 60


def models_for(calls: Sequence[Transcript], standard: Standard) -> LearnedModels:
    """A judge for each criterion of the standard, in the language of the calls, with a text part."""
    language = calls[0].language or "en"
    cases = [open_case(call, prepare(call), load_pack(language), Facts()) for call in calls]
    answers = [{r.id: r for r in judge(case, standard, find_objections(case))} for case in cases]
    found: dict[str, LoadedModel] = {}
    for section in standard.sections:
        for criterion in section.criteria:
            looks = [look_at(case, criterion, said[criterion.id]) for case, said in zip(cases, answers, strict=True)]
            options = [option.id for option in criterion.options]
            examples = []
            for number in range(_LABELS):
                look, yes = looks[number % len(looks)], number % 2 == 0
                places = frozenset(range(0, len(look.turns), 7)) if yes else frozenset()
                answer = options[-1] if yes else options[0]
                examples.append(Example(f"call-{number}", f"rep-{number % 9}", answer, look, places))
            trained = train_criterion(criterion.id, language, options[-1], examples, train_text_part)
            found[model_id(criterion.id, language)] = LoadedModel(trained.model, 1)
    return LearnedModels(found)
