"""How good a whole session was, learned from labelled sessions: from what each turn does and how the talk runs.

Turn by turn a text model says what kind of thing is said (a question, a reflection, advice; the client leaning
towards the change or away from it). What shows in a session is the mix of these, beside the words themselves. The mix
of a training session comes from models that did not see it, so that the judge learns from mixes as uncertain as those
it will meet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from scoring.learning.call_model import Block, CallModel, CallSettings, stratified_folds, train_call_model
from scoring.learning.calls import CallView
from scoring.learning.curves import Numbers

MIX: Final = "mix"
WORDS: Final = "words"
SETTINGS: Final = CallSettings({MIX: Block(weight=0.5), WORDS: Block(rare=True)}, strength=1.0)

_INNER: Final = 3
_TURN_STRENGTH: Final = 2.0
_PIECES: Final = r"[\w'\[\]]+|[?.,!]"


@dataclass(frozen=True, slots=True)
class LabelledTurn:
    """One turn: who speaks, the words, and by kind of label what people said it is (kinds may be missing)."""

    role: str
    text: str
    labels: Mapping[str, str]


Session = Sequence[LabelledTurn]


@dataclass(frozen=True, slots=True)
class Facet:
    """One kind of label and whose turns carry it."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class TurnJudge:
    """A facet's trained text model: `classes` in order of its probabilities."""

    facet: Facet
    classes: tuple[str, ...]
    pieces: Any
    regression: Any

    def mix(self, session: Session) -> dict[str, float]:
        """The mean probability of each class over the session's turns of the facet's role, each about -1..1."""
        texts = [turn.text for turn in session if turn.role == self.facet.role]
        if not texts:
            return {}
        chances = self.regression.predict_proba(self.pieces.transform(texts)).mean(axis=0)
        return {f"{self.facet.name} {name}": float(c) * 2 - 1 for name, c in zip(self.classes, chances, strict=True)}


@dataclass(frozen=True, slots=True)
class SessionModel:
    """The trained judge of sessions."""

    judges: tuple[TurnJudge, ...]
    model: CallModel

    def view(self, session: Session) -> CallView:
        """What the judge sees of a session."""
        return view_session(session, self.judges)

    def score(self, session: Session) -> float:
        """The log-odds that the session is a good one."""
        return self.model.score(self.view(session))


def train_session_model(
    sessions: Sequence[Session], good: Sequence[bool], facets: Sequence[Facet], settings: CallSettings = SETTINGS
) -> SessionModel:
    """The judge of labelled sessions. Raises OneSided when all are good or none is."""
    model = train_call_model(held_out_views(sessions, good, facets), good, settings, calibrate=False)
    return SessionModel(train_judges(sessions, facets), model)


def held_out_views(sessions: Sequence[Session], good: Sequence[bool], facets: Sequence[Facet]) -> list[CallView]:
    """What the judge sees of each training session, by turn models that did not see it."""
    views: list[CallView] = [CallView({})] * len(sessions)
    for out in stratified_folds(np.asarray(good, bool), None, _INNER, 0):
        held = set(np.flatnonzero(out).tolist())
        judges = train_judges([session for n, session in enumerate(sessions) if n not in held], facets)
        for n in sorted(held):
            views[n] = view_session(sessions[n], judges)
    return views


def train_judges(sessions: Sequence[Session], facets: Sequence[Facet]) -> tuple[TurnJudge, ...]:
    """A judge for each facet that the sessions show more than one class of."""
    found = []
    for facet in facets:
        turns = [t for session in sessions for t in session if t.role == facet.role and facet.name in t.labels]
        classes = tuple(sorted({turn.labels[facet.name] for turn in turns}))
        if len(classes) > 1:
            found.append(_train_judge(facet, classes, turns))
    return tuple(found)


def _train_judge(facet: Facet, classes: tuple[str, ...], turns: Sequence[LabelledTurn]) -> TurnJudge:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    pieces = TfidfVectorizer(ngram_range=(1, 2), token_pattern=_PIECES, sublinear_tf=True, min_df=2)
    matrix = pieces.fit_transform([turn.text for turn in turns])
    regression = OneVsRestClassifier(
        LogisticRegression(C=_TURN_STRENGTH, solver="liblinear", max_iter=1000, random_state=0), n_jobs=1
    )
    answers = np.array([classes.index(turn.labels[facet.name]) for turn in turns])
    return TurnJudge(facet, classes, pieces, regression.fit(matrix, answers))


def view_session(session: Session, judges: Sequence[TurnJudge]) -> CallView:
    """The mix of what the turn judges hear, the rep's share of the talk, and the rep's words."""
    mix: dict[str, float] = {}
    for judge in judges:
        mix |= judge.mix(session)
    share = talk_share(session)
    if share is not None:
        mix["rep talks"] = share * 2 - 1
    return CallView({MIX: mix, WORDS: _words(session)})


def talk_share(session: Session) -> float | None:
    """The rep's share of all words, 0..1; None where nobody speaks."""
    said = {role: sum(len(t.text.split()) for t in session if t.role == role) for role in ("rep", "client")}
    total = said["rep"] + said["client"]
    return said["rep"] / total if total else None


def _words(session: Session) -> dict[str, float]:
    """The rep's words in ones and twos, each by the logarithm of how often it comes."""
    counts: dict[str, int] = {}
    for turn in session:
        if turn.role != "rep":
            continue
        words = re.findall(r"[^\W_]+(?:['’][^\W_]+)?", turn.text.lower())
        for place, word in enumerate(words):
            counts[word] = counts.get(word, 0) + 1
            if place + 1 < len(words):
                pair = f"{word} {words[place + 1]}"
                counts[pair] = counts.get(pair, 0) + 1
    logs: Numbers = 1 + np.log(np.array(list(counts.values()), float))
    return dict(zip(counts, map(float, logs), strict=True))
