"""The scorecard's arithmetic: the formulas by hand, and what must hold for every scorecard and every set of answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.assessment import CANNOT_JUDGE, NOT_APPLICABLE, NOT_SCORED, SCORED, UNANSWERED, CriterionResult
from scoring.scorecard import total
from scoring.standards import Criterion, Option, Section, Standard

BLANK = (NOT_APPLICABLE, CANNOT_JUDGE, UNANSWERED)


def criterion(
    name: str, *points: float, weight: float = 1, critical: bool = False, bonus: bool = False, fail: str | None = None
) -> Criterion:
    options = tuple(
        Option(str(n), p, {"en": str(p)}, auto_fail=fail if n == 0 else None) for n, p in enumerate(points or (0, 1))
    )
    return Criterion(name, {"en": name}, {}, "person", {}, options, 0 if bonus else weight, critical, bonus)


def standard(*sections: tuple[float, tuple[Criterion, ...]]) -> Standard:
    made = tuple(Section(f"s{n}", {"en": "s"}, weight, criteria) for n, (weight, criteria) in enumerate(sections))
    return Standard("test", 1, {"en": "Test"}, {}, made)


def answer(
    one: Criterion, option: int | None, *, blank: str = NOT_APPLICABLE, confidence: float = 0.9
) -> CriterionResult:
    chosen = None if option is None else one.options[option]
    return CriterionResult(
        id=one.id,
        section="",
        answer=blank if chosen is None else chosen.id,
        points=None if chosen is None else chosen.points,
        max=one.most,
        weight=one.weight,
        confidence=confidence,
    )


def test_section_is_the_weighted_mean_of_fractions_and_total_of_sections() -> None:
    a, b = criterion("a", 0, 1, 2, weight=3), criterion("b", 0, 4, weight=1)
    c = criterion("c", 1, 5, weight=7)
    score = total(standard((30, (a, b)), (70, (c,))), [answer(a, 1), answer(b, 1), answer(c, 0)])
    assert score.raw == pytest.approx(100 * (30 * (3 * 0.5 + 1) / 4 + 70 * 0) / 100)
    assert score.final == score.raw
    assert score.coverage == 1
    assert score.state == SCORED


def test_auto_fail_of_a_section_zeroes_it_in_final_only() -> None:
    a, b, c = criterion("a", fail="section"), criterion("b"), criterion("c")
    score = total(standard((1, (a, b)), (1, (c,))), [answer(a, 0), answer(b, 1), answer(c, 1)])
    assert score.raw == pytest.approx(75)
    assert score.final == pytest.approx(50)


def test_auto_fail_of_the_whole_zeroes_everything_bonus_included() -> None:
    a, b, extra = criterion("a", fail="whole"), criterion("b"), criterion("x", 0, 5, bonus=True)
    score = total(standard((1, (a, b, extra))), [answer(a, 0), answer(b, 1), answer(extra, 1)])
    assert score.raw == pytest.approx(55)
    assert score.final == 0


def test_bonus_lifts_above_a_hundred() -> None:
    a, extra = criterion("a"), criterion("x", 0, 5, bonus=True)
    score = total(standard((1, (a, extra))), [answer(a, 1), answer(extra, 1)])
    assert (score.raw, score.final) == (105, 105)
    assert score.interval is not None
    assert score.interval[1] <= 105


def test_points_come_from_the_option_not_from_the_result() -> None:
    a = criterion("a", 0, 1, 4)
    score = total(standard((1, (a,))), [replace(answer(a, 1), points=99)])
    assert score.raw == 25


def test_after_an_auto_fail_the_interval_reaches_up_to_raw() -> None:
    a, b = criterion("a", fail="whole"), criterion("b")
    score = total(standard((1, (a, b))), [answer(a, 0, confidence=1.0), answer(b, 1, confidence=1.0)])
    assert (score.final, score.raw) == (0, 50)
    assert score.interval == (0, 50)


def test_cannot_judge_and_unanswered_lower_coverage_and_na_does_not() -> None:
    a, b, c, d = (criterion(name, weight=w) for name, w in zip("abcd", (4, 3, 2, 1), strict=True))
    results = [
        answer(a, 1),
        answer(b, None, blank=CANNOT_JUDGE),
        answer(c, None, blank=UNANSWERED),
        answer(d, None),
    ]
    score = total(standard((1, (a, b, c, d))), results)
    assert score.raw == 100
    assert score.coverage == pytest.approx(4 / 9)


@pytest.mark.parametrize("blank", BLANK)
def test_nothing_judged_is_not_scored(blank: str) -> None:
    a, b = criterion("a", critical=True), criterion("b")
    score = total(standard((1, (a, b))), [answer(a, None, blank=blank), answer(b, None, blank=blank)])
    assert (score.raw, score.final, score.critical, score.interval) == (None, None, None, None)
    assert score.state == NOT_SCORED
    assert score.coverage == (None if blank == NOT_APPLICABLE else 0)


def test_a_bonus_alone_is_not_a_score() -> None:
    a, extra = criterion("a"), criterion("x", 0, 5, bonus=True)
    assert total(standard((1, (a, extra))), [answer(a, None), answer(extra, 1)]).state == NOT_SCORED


def test_critical_is_the_critical_criteria_alone() -> None:
    a, b = criterion("a", weight=3, critical=True), criterion("b", weight=1, critical=True)
    c = criterion("c", weight=9)
    score = total(standard((1, (a, b, c))), [answer(a, 1), answer(b, 0), answer(c, 0)])
    assert score.critical == pytest.approx(75)


def test_doubt_widens_the_interval_towards_the_other_options_only() -> None:
    a = criterion("a")
    sure = total(standard((1, (a,))), [answer(a, 1, confidence=1.0)]).interval
    unsure = total(standard((1, (a,))), [answer(a, 1, confidence=0.6)]).interval
    assert sure == (100, 100)
    assert unsure is not None
    assert unsure[0] < 100
    assert unsure[1] == 100


# --- properties -------------------------------------------------------------------------------------------------------

weights = st.floats(0.5, 50)
option_points = st.lists(st.integers(0, 10), min_size=2, max_size=4, unique=True)


@st.composite
def scorecards(draw: st.DrawFn) -> tuple[Standard, list[CriterionResult]]:
    sections = []
    results = []
    for s in range(draw(st.integers(1, 3))):
        criteria = []
        for n in range(draw(st.integers(1, 4))):
            bonus = draw(st.integers(0, 9)) == 0
            points = sorted(draw(option_points))
            if bonus:
                points = [0, *[p + 1 for p in points]]
            one = criterion(
                f"c{s}{n}",
                *points,
                weight=draw(weights),
                critical=draw(st.booleans()),
                bonus=bonus,
                fail=draw(st.sampled_from([None, None, None, "section", "whole"])),
            )
            criteria.append(one)
            option = draw(st.one_of(st.none(), st.integers(0, len(one.options) - 1)))
            results.append(
                answer(one, option, blank=draw(st.sampled_from(BLANK)), confidence=draw(st.floats(0.3, 1.0)))
            )
        sections.append((draw(weights), tuple(criteria)))
    return standard(*sections), results


def find(card: Standard, name: str) -> Criterion:
    return next(c for section in card.sections for c in section.criteria if c.id == name)


@settings(max_examples=200, deadline=None)
@given(scorecards())
def test_scores_stay_in_bounds(made: tuple[Standard, list[CriterionResult]]) -> None:
    card, results = made
    score = total(card, results)
    most = 100 + sum(c.most for section in card.sections for c in section.criteria if c.bonus)
    if score.final is None or score.raw is None or score.interval is None:
        assert score.state == NOT_SCORED
        return
    assert -1e-9 <= score.final <= score.raw + 1e-9 <= most + 1e-6
    assert score.coverage is not None
    assert 0 <= score.coverage <= 1 + 1e-9
    assert score.interval[0] <= score.final + 1e-6
    assert score.final <= score.interval[1] + 1e-6
    assert score.interval[0] - 1e-6 <= score.raw <= score.interval[1] + 1e-6
    assert score.interval[0] >= 0
    assert score.interval[1] <= most + 1e-6
    assert score.critical is None or -1e-9 <= score.critical <= 100 + 1e-9


@settings(max_examples=200, deadline=None)
@given(scorecards(), st.randoms())
def test_order_of_answers_does_not_matter(made: tuple[Standard, list[CriterionResult]], random: object) -> None:
    card, results = made
    shuffled = list(results)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert total(card, results) == total(card, shuffled)


@settings(max_examples=200, deadline=None)
@given(scorecards(), st.data())
def test_order_of_sections_and_criteria_does_not_matter(
    made: tuple[Standard, list[CriterionResult]], data: st.DataObject
) -> None:
    card, results = made
    sections = [
        replace(section, criteria=tuple(data.draw(st.permutations(section.criteria)))) for section in card.sections
    ]
    shuffled = replace(card, sections=tuple(data.draw(st.permutations(sections))))
    assert total(shuffled, results) == total(card, results)


@settings(max_examples=200, deadline=None)
@given(scorecards(), st.data())
def test_a_better_answer_never_lowers_raw_nor_final(
    made: tuple[Standard, list[CriterionResult]], data: st.DataObject
) -> None:
    card, results = made
    answered = [n for n, result in enumerate(results) if result.answered]
    if not answered:
        return
    n = data.draw(st.sampled_from(answered))
    one = find(card, results[n].id)
    better = [o for o in one.options if o.points >= (results[n].points or 0) and o.auto_fail is None]
    if not better:
        return
    option = data.draw(st.sampled_from(better))
    raised = [*results]
    raised[n] = replace(results[n], answer=option.id, points=option.points)
    before, after = total(card, results), total(card, raised)
    assert before.raw is None or (after.raw or 0) >= before.raw - 1e-9
    assert before.final is None or (after.final or 0) >= before.final - 1e-9


@settings(max_examples=200, deadline=None)
@given(scorecards(), st.data(), st.sampled_from([CANNOT_JUDGE, UNANSWERED]))
def test_an_answer_taken_back_lowers_coverage_and_scores_like_na(
    made: tuple[Standard, list[CriterionResult]], data: st.DataObject, blank: str
) -> None:
    card, results = made
    answered = [n for n, result in enumerate(results) if result.answered]
    if not answered:
        return
    n = data.draw(st.sampled_from(answered))
    taken, left_out = [*results], [*results]
    taken[n] = replace(results[n], answer=blank, points=None)
    left_out[n] = replace(results[n], answer=NOT_APPLICABLE, points=None)
    before, after, without = total(card, results), total(card, taken), total(card, left_out)
    assert (after.raw, after.final, after.critical) == (without.raw, without.final, without.critical)
    if before.coverage is not None:
        assert after.coverage is not None
        assert after.coverage < before.coverage or results[n].weight == 0


@settings(max_examples=100, deadline=None)
@given(scorecards(), st.data())
def test_an_answer_that_is_missing_is_unanswered_and_typed_text_too(
    made: tuple[Standard, list[CriterionResult]], data: st.DataObject
) -> None:
    card, results = made
    n = data.draw(st.integers(0, len(results) - 1))
    missing = [result for result in results if result is not results[n]]
    blank, typed = [*results], [*results]
    blank[n] = replace(results[n], answer=UNANSWERED, points=None)
    typed[n] = replace(results[n], answer="very good", points=results[n].max)
    assert total(card, missing) == total(card, blank) == total(card, typed)


@settings(max_examples=100, deadline=None)
@given(scorecards(), st.data())
def test_less_doubt_never_widens_the_interval(
    made: tuple[Standard, list[CriterionResult]], data: st.DataObject
) -> None:
    card, results = made
    n = data.draw(st.integers(0, len(results) - 1))
    surer = [*results]
    surer[n] = replace(results[n], confidence=min(1.0, (results[n].confidence or 0.0) + 0.2))
    before, after = total(card, results).interval, total(card, surer).interval
    if before is not None and after is not None:
        assert before[0] - 1e-9 <= after[0]
        assert after[1] <= before[1] + 1e-9


@settings(max_examples=200, deadline=None)
@given(scorecards())
def test_na_is_as_if_the_criterion_were_not_there(made: tuple[Standard, list[CriterionResult]]) -> None:
    card, results = made
    gone = {result.id for result in results if result.answer == NOT_APPLICABLE}
    sections = [(section.weight, tuple(c for c in section.criteria if c.id not in gone)) for section in card.sections]
    smaller = standard(*[(weight, criteria) for weight, criteria in sections if criteria])
    one, other = total(card, results), total(smaller, [r for r in results if r.id not in gone])
    assert (one.raw, one.final, one.critical) == (other.raw, other.final, other.critical)
    assert one.coverage == other.coverage or one.coverage == pytest.approx(other.coverage)


@settings(max_examples=200, deadline=None)
@given(scorecards())
def test_a_whole_auto_fail_gives_zero_and_leaves_raw_alone(made: tuple[Standard, list[CriterionResult]]) -> None:
    card, results = made
    score = total(card, results)
    failed = any(
        result.answered and find(card, result.id).option(result.answer).auto_fail == "whole" for result in results
    )
    if failed and score.state == SCORED:
        assert score.final == 0
    plain = standard(
        *[
            (
                section.weight,
                tuple(
                    replace(c, options=tuple(replace(o, auto_fail=None) for o in c.options)) for c in section.criteria
                ),
            )
            for section in card.sections
        ]
    )
    assert total(plain, results).raw == score.raw
