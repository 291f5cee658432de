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


@pytest.mark.parametrize("morphemes", [False, True])
def test_endings_tell_the_kinds_the_same_every_time(morphemes: bool) -> None:
    if morphemes:
        pytest.importorskip("kiwipiepy")
    texts, kinds = utterances()
    model = train_stacked(texts, kinds, morphemes)
    asked = [Utterance(text, language="ko") for text in ("어제 거기 앉니", "어제 거기 앉아라", "어제 거기 잔다")]
    chances = model.probabilities(asked)
    assert np.allclose(chances.sum(axis=1), 1.0)
    assert [model.classes[n] for n in chances.argmax(axis=1)] == ["question", "command", "statement"]
    assert np.array_equal(chances, train_stacked(texts, kinds, morphemes).probabilities(asked))


def test_a_kind_too_rare_to_be_held_out_and_texts_of_one_word_are_learned_from() -> None:
    texts, kinds = utterances()
    odd = [Utterance("아", language="ko"), Utterance("", language="ko"), Utterance("no", language="en")]
    model = train_stacked([*texts, *odd], [*kinds, "fragment", "fragment", "foreign"], morphemes=False)
    chances = model.probabilities([*odd, Utterance("처음 듣는 말")])
    assert chances.shape == (4, 5)
    assert np.allclose(chances.sum(axis=1), 1.0)


def test_morphemes_are_read_of_korean_alone() -> None:
    english = [Utterance(f"{who} {said}", language="en") for who in ("you", "they") for said in ("go", "ask", "stay")]
    model = train_stacked(english, ["question", "command", "statement"] * 2, morphemes=True)
    assert not {"morphemes", "pairs", "edges", "frames"} & {block.name for block in model.blocks}


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
