"""The stacked model of single utterances, and the words around a turn."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.learning.around import fit_around
from scoring.learning.stacked_text import train_stacked
from scoring.learning.utterances import Utterance, utterances_of

# The last letters alone tell what a Korean sentence is: told, asked, ordered.
STEMS = ("가", "오", "보내", "기다리", "만나", "쉬", "나누", "주")
ENDINGS = {"statement": "ㄴ다", "question": "니", "command": "라"}


def utterances() -> tuple[list[Utterance], list[str]]:
    texts, kinds = [], []
    for who in ("내일 거기", "지금 집에", "오늘 혼자"):
        for stem in STEMS:
            for kind, ending in ENDINGS.items():
                said = "".join((stem[:-1], chr(ord(stem[-1]) + 4), "다")) if kind == "statement" else stem + ending
                texts.append(Utterance(f"{who} {said}", language="ko"))
                kinds.append(kind)
    return texts, kinds


def test_endings_tell_the_kinds_the_same_every_time() -> None:
    texts, kinds = utterances()
    model = train_stacked(texts, kinds)
    asked = [Utterance(text, language="ko") for text in ("어제 거기 앉니", "어제 거기 앉아라", "어제 거기 잔다")]
    chances = model.probabilities(asked)
    assert np.allclose(chances.sum(axis=1), 1.0)
    assert [model.classes[n] for n in chances.argmax(axis=1)] == ["question", "command", "statement"]
    assert np.array_equal(chances, train_stacked(texts, kinds).probabilities(asked))


def test_too_few_kinds_or_texts_are_refused() -> None:
    texts, kinds = utterances()
    with pytest.raises(ValueError, match="three kinds"):
        train_stacked(texts[:2], kinds[:2])
    with pytest.raises(ValueError, match="three different texts"):
        train_stacked([texts[0]] * 3, kinds[:3])


def test_the_words_around_keep_figures_and_stay_inside_the_conversation() -> None:
    turns = utterances_of([("a", "would you take 400"), ("b", "no, 500 is fine"), ("a", "deal then")], "en")
    groups = [*["one"] * 3, *["two"] * 3, *["three"] * 3]
    words = fit_around(turns * 3, groups)
    assert words is not None
    own, others = set(words.own.get_feature_names_out()), set(words.others.get_feature_names_out())
    assert {"400", "take 400", "500 is fine"} <= own
    assert {"next_no,", "before0_would", "before1_400"} <= others
    assert "next_would" not in others  # the next conversation's first turn answers nobody here
    assert words.matrix(turns, ["one"] * 3).shape == (3, len(own) + len(others))
    assert fit_around(utterances_of([("a", "once")]), ["one"]) is None
