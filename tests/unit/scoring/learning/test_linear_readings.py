"""Linear judges over sparse signs, and the signs themselves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from scoring.learning.linear_readings import Reading, answers_of, train_judge
from scoring.learning.text_signs import fit_block
from scoring.learning.utterances import Utterance

ROWS = csr_matrix(np.array([[1, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 1]] * 3, float))
CODES = np.array([0, 0, 2, 2] * 3)


@pytest.mark.parametrize("how", ["margins", "telling", "bayes"])
def test_each_judge_tells_the_kinds_it_saw_and_never_names_one_it_did_not(how: str) -> None:
    judge = train_judge(Reading(("syllables",), how), ROWS, CODES, 3)
    answers = judge.answers(ROWS)
    assert answers.shape == (12, 3)
    assert np.array_equal(answers.argmax(axis=1), CODES)
    assert answers_of([judge, judge], [ROWS, ROWS]).shape == (12, 6)


def test_one_kind_alone_is_always_the_answer() -> None:
    judge = train_judge(Reading(("syllables",), "margins"), ROWS, np.full(12, 1), 3)
    assert set(judge.answers(ROWS).argmax(axis=1)) == {1}


def test_signs_held_twice_become_columns_of_unit_length() -> None:
    texts = [Utterance(text, language="ko") for text in ("집에 가", "집에 와", "")]
    block = fit_block("syllables", texts)
    assert list(block.columns) == sorted(block.columns)
    assert {"^집에 ", "집", "$"} <= set(block.columns)
    assert "가" not in block.columns
    matrix = block.matrix([*texts, Utterance("모름", language="ko")])
    assert matrix.shape == (4, len(block.rarity))
    assert np.allclose(matrix.multiply(matrix).sum(axis=1).ravel(), 1.0)  # "^" and "$" are held by all
    assert fit_block("syllables", []).matrix(texts).shape == (3, 0)
