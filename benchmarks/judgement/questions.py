"""Questions in counselling sessions: present or not, with and without punctuation, and open or closed.

The truth of a turn is what most of its annotators say. People's own agreement is measured on the turns that several
annotated, every two of them compared. The probe is the text model alone: TF-IDF over words and characters of the turn
and the two before it, place and punctuation in figures, chi2 to 12,000 a block, one logistic regression.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from benchmarks.judgement.counselling import (
    KINDS,
    SessionTurn,
    annotator_pairs,
    bare_utterance,
    turns_of,
    without_marks,
)
from scoring.learning.call_model import CallSettings, stratified_folds, train_call_model
from scoring.learning.calls import CallView
from scoring.learning.measures import bootstrap_interval, kappa
from scoring.learning.question_view import OPEN, PRESENT, PRESENT_UNMARKED, rules_ask, view_open, view_question
from scoring.learning.text_model import TextSettings, train
from scoring.learning.utterances import Utterance
from scoring.packs import load_pack

Flags = np.ndarray[Any, np.dtype[np.bool_]]

_FOLDS: Final = 10
_SEED: Final = 0
_PROBE: Final = TextSettings(strength=4.0, weights={"role": 0.0}, cue_weight=0.5)
_EVEN: Final = 0.5
_LEAST_PRESENT: Final = 0.4  # the rarer answer; kappa hardly changes between 0.35 and 0.5
_LEAST_OPEN: Final = 0.5


def run(train: Sequence[Mapping[str, Any]], test: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    """The rows of the table: kappas of question present and of open against closed, people's own, and baselines."""
    known = turns_of(train, "rep")
    measured = None if test is None else turns_of(test, "rep")
    all_turns = known if measured is None else measured
    marked = _Task(known, measured, _present, PRESENT, bare=False)
    bare = _Task(known, measured, _present, PRESENT_UNMARKED, bare=True)
    kinds = _Task(_with_kind(known), None if measured is None else _with_kind(measured), _is_open, OPEN, bare=False)
    pairs = annotator_pairs(all_turns, "question_kind", KINDS)
    present_pairs = annotator_pairs(all_turns, "question", None)
    split = f"{_FOLDS}-fold by session" if test is None else "trained on --data, tested on --test"
    return {
        "n": len(all_turns),
        "n_open_closed": len(kinds.truth),
        "split": f"{split}; a turn's label is what most of its annotators say",
        **_measured("kappa", marked),
        **_measured("kappa_unpunctuated", bare),
        **_measured("open_closed_kappa", kinds),
        "human_kappa": _people(pairs),
        "human_kappa_interval": _people_interval(pairs),
        "human_present_kappa": _people(present_pairs),
        "where_several_annotated": {
            "present_with_each": marked.with_each(lambda a: a.get("question") == "True", lambda a: True),
            "open_closed_with_each": kinds.with_each(
                lambda a: a.get("question_kind") == "open", lambda a: a.get("question_kind") in KINDS
            ),
        },
        "baselines": {
            "rules_kappa": kappa(marked.truth, marked.rules),
            "rules_kappa_unpunctuated": kappa(bare.truth, bare.rules),
            "rules_open_closed_kappa": kappa(kinds.truth, kinds.rules),
            "probe_kappa": kappa(marked.truth, marked.probe()),
            "probe_kappa_unpunctuated": kappa(bare.truth, bare.probe()),
            "probe_open_closed_kappa": kappa(kinds.truth, kinds.probe()),
        },
    }


class _Task:
    """One yes/no question about turns: truth, the rules' answer and the model's, all held out."""

    def __init__(
        self,
        known: Sequence[SessionTurn],
        measured: Sequence[SessionTurn] | None,
        label: Callable[[SessionTurn], bool],
        settings: CallSettings,
        *,
        bare: bool,
    ) -> None:
        self._pack = load_pack("en")
        self._bare = bare
        self._opens = settings is OPEN
        self._known, self._measured = known, measured
        self._label, self._settings = label, settings
        turns = self._turns = known if measured is None else measured
        self.sessions = [turn.session for turn in turns]
        self.truth: Flags = np.array([label(turn) for turn in turns], bool)
        self.rules: Flags = np.array([self._by_rule(turn) for turn in turns], bool)
        self.said: Flags = self._held_out(self._learned)

    def with_each(
        self, says: Callable[[Mapping[str, str]], bool], counts: Callable[[Mapping[str, str]], bool]
    ) -> float | None:
        """Kappa with the single annotators of turns that several annotated: what people's own is compared with."""
        pairs = [
            (says(annotator), said)
            for turn, said in zip(self._turns, self.said.tolist(), strict=True)
            for annotator in turn.annotators
            if len(turn.annotators) > 1 and counts(annotator)
        ]
        return kappa([one for one, _ in pairs], [other for _, other in pairs]) if pairs else None

    def probe(self) -> Flags:
        """The probe's held-out answers."""
        return self._held_out(_probe)

    def _held_out(self, answer: Callable[[Sequence[Any], Flags, Sequence[Any]], Flags]) -> Flags:
        learned = answer == self._learned
        known = [self._view(turn) if learned else self._text(turn) for turn in self._known]
        labels: Flags = np.array([self._label(turn) for turn in self._known], bool)
        if self._measured is not None:
            rest = [self._view(turn) if learned else self._text(turn) for turn in self._measured]
            return answer(known, labels, rest)
        said = np.zeros(len(known), bool)
        for out in stratified_folds(labels, self.sessions, _FOLDS, _SEED):
            inside = np.flatnonzero(~out)
            held = [known[n] for n in np.flatnonzero(out)]
            said[out] = answer([known[n] for n in inside], labels[inside], held)
        return said

    def _learned(self, known: Sequence[CallView], labels: Flags, held: Sequence[CallView]) -> Flags:
        model = train_call_model(known, labels.tolist(), self._settings, calibrate=False)
        least = _LEAST_OPEN if self._opens else _LEAST_PRESENT
        return np.array([model.probability(view) >= least for view in held], bool)

    def _asked(self, turn: SessionTurn) -> Any:
        return without_marks(turn.asked) if self._bare else turn.asked

    def _view(self, turn: SessionTurn) -> CallView:
        view = view_open if self._opens else view_question
        return view(self._asked(turn), self._pack, punctuated=not self._bare)

    def _by_rule(self, turn: SessionTurn) -> bool:
        asks, openly = rules_ask(self._asked(turn), self._pack, punctuated=not self._bare)
        return openly if self._opens else asks

    def _text(self, turn: SessionTurn) -> Utterance:
        return bare_utterance(turn.utterance) if self._bare else turn.utterance


def _present(turn: SessionTurn) -> bool:
    return turn.most("question") == "True"


def _is_open(turn: SessionTurn) -> bool:
    return turn.most("question_kind", KINDS) == "open"


def _with_kind(turns: Sequence[SessionTurn]) -> list[SessionTurn]:
    return [turn for turn in turns if _present(turn) and turn.most("question_kind", KINDS) is not None]


def _measured(name: str, task: _Task) -> dict[str, Any]:
    def statistic(drawn: Any) -> float:
        return kappa(task.truth[drawn], task.said[drawn])

    return {name: kappa(task.truth, task.said), f"{name}_interval": bootstrap_interval(statistic, task.sessions)}


def _people(pairs: Sequence[tuple[str, str, str]]) -> float | None:
    """Cohen's kappa over all pairs, each counted both ways round, since neither annotator comes first."""
    if not pairs:
        return None
    one = [a for _, a, _ in pairs] + [b for _, _, b in pairs]
    other = [b for _, _, b in pairs] + [a for _, a, _ in pairs]
    return kappa(one, other)


def _people_interval(pairs: Sequence[tuple[str, str, str]]) -> tuple[float, float] | None:
    if not pairs:
        return None
    one, other = np.array([a for _, a, _ in pairs]), np.array([b for _, _, b in pairs])
    return bootstrap_interval(lambda drawn: kappa(one[drawn], other[drawn]), [s for s, _, _ in pairs], resamples=200)


def _probe(known: Sequence[Utterance], labels: Flags, held: Sequence[Utterance]) -> Flags:
    model = train(known, labels.tolist(), None, _PROBE)
    yes = list(model.classes).index(True)
    return np.asarray(model.probabilities(held)[:, yes] >= _EVEN, bool)
