"""Agreement against published examples, and the properties any figure of agreement must have."""

from __future__ import annotations

import math

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from scoring.agreement import Scale, figures_of, figures_of_numbers, pooled, scale_of
from scoring.agreement_alpha import alpha_of_counts, alpha_of_draws, weights_of_draws
from scoring.agreement_benchmark import versus
from scoring.agreement_strictness import strictness_of
from scoring.agreement_words import meaning_of
from scoring.learning.agreement import weighted_kappa
from scoring.learning.measures import kappa
from scoring.standards import load_standard

N = None
# Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), part D: four observers, twelve units, gaps.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]
STEPS = {str(value): float(value) for value in range(1, 6)}

answers_of_people = st.lists(
    st.dictionaries(
        st.sampled_from(["ann", "ben", "cem", "dag"]), st.sampled_from(["1", "2", "3", "na", "cannot_judge"])
    ),
    min_size=1,
    max_size=8,
).map(lambda rows: {f"call {number}": row for number, row in enumerate(rows)})


def table() -> dict[str, dict[str, str]]:
    """The observers' table as calls and people."""
    return {
        f"unit {unit:02}": {f"observer {who}": str(row[unit]) for who, row in enumerate(OBSERVERS) if row[unit]}
        for unit in range(12)
    }


def counted(rows: dict[str, dict[str, str]]) -> np.ndarray:
    return np.array([[list(row.values()).count(str(v)) for v in range(1, 6)] for row in rows.values()], float)


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorffs_own_example(level: str, published: float) -> None:
    figures = figures_of(table(), Scale(level, STEPS, 1.0))  # type: ignore[arg-type]
    assert figures.alpha == pytest.approx(published, abs=5e-4)
    assert (figures.calls, figures.people) == (11, 4)
    assert figures.low is not None
    assert figures.high is not None
    assert figures.low <= figures.alpha <= figures.high


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_the_bootstrap_computes_what_the_library_does(level: str) -> None:
    counts, values = counted(table()), np.arange(1.0, 6.0)
    counts = counts[counts.sum(1) > 1]
    draws = weights_of_draws(len(counts), 7, 40)
    fast = alpha_of_draws(counts, values, level, draws)  # type: ignore[arg-type]
    for weights, quick in zip(draws, fast, strict=True):
        drawn = np.repeat(counts, weights.astype(int), axis=0)
        domain = list(range(5)) if level in ("nominal", "ordinal") else values
        slow = krippendorff.alpha(value_counts=drawn, value_domain=domain, level_of_measurement=level)  # type: ignore[arg-type]
        assert quick == pytest.approx(slow, abs=1e-12)


def test_a_published_kappa() -> None:
    """Cohen's kappa of 50 grant proposals read twice (the example of the encyclopedias): 0.40; and as scikit-learn."""
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert kappa(first, second) == pytest.approx(0.40, abs=1e-12)
    assert kappa(first, second) == pytest.approx(cohen_kappa_score(first, second))
    both = {f"p{n}": {"a": one, "b": other} for n, (one, other) in enumerate(zip(first, second, strict=True))}
    found = figures_of(both, Scale("nominal", {"no": 0.0, "yes": 1.0})).kappa
    assert found is not None
    assert found.kappa == pytest.approx(0.40, abs=1e-12)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
@given(st.lists(st.tuples(*[st.sampled_from("abcd")] * 2), min_size=2, max_size=40))
@settings(max_examples=60, deadline=None)
def test_weighted_kappa_is_scikit_learns(pairs: list[tuple[str, str]]) -> None:
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    theirs = cohen_kappa_score(first, second, labels=list("abcd"), weights="quadratic")
    if not math.isnan(theirs):
        assert weighted_kappa(first, second, "abcd") == pytest.approx(theirs, abs=1e-9)


@given(answers_of_people, st.sampled_from(["nominal", "ordinal", "interval"]))
@settings(max_examples=60, deadline=None)
def test_nobodys_place_at_the_table_matters(rows: dict[str, dict[str, str]], level: str) -> None:
    scale = Scale(level, STEPS, 1.0)  # type: ignore[arg-type]
    names = {"ann": "zoe", "ben": "ann", "cem": "yun", "dag": "ben"}
    moved = {call: {names[who]: said for who, said in reversed(row.items())} for call, row in reversed(rows.items())}
    one, other = figures_of(rows, scale), figures_of(moved, scale)
    assert (one.alpha, one.exact, one.within, one.applies, one.gaps, one.meaning) == (
        other.alpha,
        other.exact,
        other.within,
        other.applies,
        other.gaps,
        other.meaning,
    )


@given(st.lists(st.sampled_from(["1", "2", "3"]), min_size=2, max_size=12), st.integers(2, 4))
@settings(max_examples=60, deadline=None)
def test_perfect_agreement_is_one(said: list[str], people: int) -> None:
    rows = {f"call {n}": {f"p{who}": answer for who in range(people)} for n, answer in enumerate(said)}
    figures = figures_of(rows, Scale("ordinal", STEPS, 1.0))
    assert figures.exact.value == figures.within.value == 1.0
    assert figures.alpha == (None if len(set(said)) == 1 else pytest.approx(1.0))
    if len(said) >= 5:
        assert figures.meaning == ("same" if len(set(said)) == 1 else "reliable")


@given(answers_of_people)
@settings(max_examples=60, deadline=None)
def test_figures_stay_in_their_range(rows: dict[str, dict[str, str]]) -> None:
    figures = figures_of(rows, Scale("ordinal", STEPS, 1.0))
    assert figures.alpha is None or figures.alpha <= 1.0
    if figures.exact.value is not None and figures.within.value is not None:
        assert 0.0 <= figures.exact.value <= figures.within.value <= 1.0
        assert figures.exact.low is not None
        assert figures.exact.low <= figures.exact.value
    assert figures == figures_of(rows, Scale("ordinal", STEPS, 1.0))


def test_one_reviewer_and_gaps_give_no_figure() -> None:
    alone = figures_of({"a": {"ann": "1"}, "b": {"ann": "2", "ben": "cannot_judge"}}, Scale("nominal", STEPS))
    assert (alone.alpha, alone.exact.value, alone.kappa, alone.calls, alone.people, alone.gaps) == (
        None,
        None,
        None,
        0,
        1,
        1,
    )
    assert alone.meaning == "nothing"


def test_not_applicable_is_an_answer_but_has_no_place_on_a_scale() -> None:
    rows = {
        "a": {"x": "na", "y": "na"},
        "b": {"x": "na", "y": "3"},
        "c": {"x": "1", "y": "1"},
        "d": {"x": "3", "y": "3"},
    }
    figures = figures_of(rows, Scale("ordinal", STEPS, 1.0))
    assert figures.exact.value == figures.within.value == 0.75  # "na" against "3" is wholly different
    assert figures.applies is not None
    assert figures.applies.value == 0.75
    assert figures.alpha == pytest.approx(1.0)  # of the two calls both put on the scale
    nominal = figures_of(rows, Scale("nominal", STEPS))
    assert nominal.alpha is not None
    assert nominal.alpha < 1.0


def test_few_calls_are_too_few_to_say() -> None:
    rows = {f"c{n}": {"x": str(1 + n % 2), "y": str(1 + n % 2)} for n in range(4)}
    assert figures_of(rows, Scale("nominal", STEPS)).meaning == "too_few"


def test_pooled_counts_every_criterion_once_per_pair() -> None:
    one = ({"c": {"x": "1", "y": "1", "z": "2"}}, Scale("ordinal", STEPS, 1.0))
    two = ({"c": {"x": "1", "y": "3"}, "d": {"x": "1"}}, Scale("ordinal", STEPS, 1.0))
    exact, within = pooled([one, two])
    assert (exact.n, exact.value, within.value) == (4, 0.25, 0.75)


def test_scales_follow_the_options() -> None:
    kinds = set()
    for name in ("cold-call", "inbound-lead", "service-upsell"):
        sheet = load_standard(name)
        for section in sheet.sections:
            for criterion in section.criteria:
                scale = scale_of(criterion)
                points = [option.points for option in criterion.options]
                ranked = len(points) >= 3 and len(set(points)) == len(points)
                assert scale.level == ("ordinal" if ranked else "nominal")
                kinds.add(scale.level)
    assert "nominal" in kinds


def test_total_scores_are_alike_within_points() -> None:
    figures = figures_of_numbers({"a": {"x": 60.0, "y": 65.0}, "b": {"x": 20.0, "y": 40.0}}, alike=5.0)
    assert (figures.exact.value, figures.within.value, figures.level) == (0.0, 0.5, "interval")


def test_strictness_takes_the_difficulty_of_calls_out() -> None:
    """Ann heard only hard calls and gives no fewer points than the others there: she is not strict."""
    hard, easy = 30.0, 80.0
    scores = {
        **{f"hard {n}": {"ann": hard + n, "ben": hard + n} for n in range(4)},
        **{f"easy {n}": {"cem": easy + n - 10.0, "ben": easy + n} for n in range(4)},
    }
    by_name = {one.person: one for one in strictness_of(scores)}
    assert by_name["cem"].leaning == "strict"
    assert by_name["ann"].effect == pytest.approx(by_name["ben"].effect or 0.0)
    assert math.fsum(one.effect or 0.0 for one in by_name.values()) == pytest.approx(0.0, abs=1e-9)


@given(
    st.lists(st.floats(0, 100), min_size=4, max_size=8),
    st.lists(st.floats(-20, 20), min_size=2, max_size=4),
)
@settings(max_examples=50, deadline=None)
def test_strictness_finds_the_effects_that_were_put_in(calls: list[float], people: list[float]) -> None:
    scores = {f"c{n}": {f"p{who}": level + much for who, much in enumerate(people)} for n, level in enumerate(calls)}
    middle = math.fsum(people) / len(people)
    for one in strictness_of(scores):
        assert one.effect == pytest.approx(people[int(one.person[1:])] - middle, abs=1e-6)


def test_people_without_a_call_in_common_are_not_compared() -> None:
    apart = strictness_of({"a": {"w": 1.0, "x": 2.0}, "b": {"y": 1.0, "z": 2.0}})
    assert [one.effect for one in apart] == [None] * 4
    assert {one.leaning for one in apart} == {"too_few"}


def test_alpha_is_undefined_where_nobody_differs() -> None:
    assert alpha_of_counts(np.array([[2.0, 0.0], [3.0, 0.0]]), np.array([0.0, 1.0]), "nominal") is None
    assert alpha_of_counts(np.array([[1.0, 0.0]]), np.array([0.0, 1.0]), "nominal") is None


def test_the_benchmark_is_compared_answer_by_answer() -> None:
    scales = {"a": Scale("ordinal", STEPS, 1.0), "b": Scale("nominal", {"no": 0.0, "yes": 1.0})}
    own = {"c1": {"a": "1", "b": "yes"}, "c2": {"a": "5", "b": "cannot_judge"}, "c3": {"b": "na"}}
    right = {"c1": {"a": "2", "b": "yes"}, "c2": {"a": "5", "b": "yes"}, "c4": {"a": "1"}, "c3": {"b": "no"}}
    found = versus("ann", own, right, scales)
    assert (found.calls, found.answers) == (3, 4)  # a gap is not compared
    assert (found.exact.value, found.within.value) == (0.5, 0.75)
    assert found.lean == pytest.approx(-25.0 / 3)  # one step of four fewer on one of three answers with points
    nobody = versus("ben", {}, right, scales)
    assert (nobody.answers, nobody.exact.value, nobody.lean) == (0, None, None)


def test_words_need_calls_and_an_interval_that_bears_them() -> None:
    assert meaning_of(0.9, 0.7, 1.0, calls=5, same=False) == "reliable"
    assert meaning_of(0.7, 0.5, 0.9, calls=9, same=False) == "tentative"
    assert meaning_of(0.5, 0.3, 0.7, calls=9, same=False) == "unreliable"
    assert meaning_of(0.2, 0.0, 0.4, calls=9, same=False) == "wording"
    assert meaning_of(0.9, 0.1, 1.0, calls=9, same=False) == "too_few"
    assert meaning_of(0.9, 0.8, 1.0, calls=4, same=False) == "too_few"
    assert meaning_of(None, None, None, calls=9, same=True) == "same"
    assert meaning_of(None, None, None, calls=0, same=False) == "nothing"
