"""Whole calls judged by what is said near their end: views, training, explanations, calibration, closed leads."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from scoring.case import Case
from scoring.conversation import prepare
from scoring.engine import open_case, score
from scoring.facts import Facts
from scoring.learning.call_model import (
    Block,
    CallSettings,
    OneSided,
    held_out_scores,
    read_call_model,
    stratified_folds,
    train_call_model,
)
from scoring.learning.calls import CallView, tail_weights, view_call
from scoring.learning.measures import auc
from scoring.learning.rejection_model import (
    FEWEST,
    ClosedLeads,
    RejectionModel,
    TooFewVerdicts,
    Verdict,
    may_judge,
    read_rejection_model,
    train_rejection,
    verdict_of,
    wrong_of,
)
from scoring.objections import find_objections
from scoring.packs import load_pack
from scoring.rejection import find_rejection, weigh
from scoring.standards import load_standard
from tests.unit.scoring.calls import call

np = pytest.importorskip("numpy")

CLOSED = Facts(disposition="closed_lost")

SOFT_ENDS = [
    ("Send me the offer and I will look at it.", "I'll send it today and call you on Friday."),
    ("Call me back in March, please.", "I will call you back in March then."),
    ("I need to think about it.", "Take your time, I'll get back to you next week."),
    ("Not right now, maybe later.", "I'll keep your quote on file and try again in the autumn."),
]
HARD_ENDS = [
    ("No, we are not interested at all.", "I understand, sorry to bother you."),
    ("We don't need anything like that.", "Okay, sorry I couldn't help you."),
    ("I'm happy with what I have, thank you.", "All right, I won't keep you then."),
    ("Please take me off your list.", "I will do that, have a good day."),
]


def lines(end: tuple[str, str], number: int) -> str:
    client, rep = end
    return (
        f"R: Good morning, this is Nadia from Clearwater. I call about coolers, offer {number}.\n"
        f"C: Yes, hello.\nR: What do you use at the moment?\nC: Bottles, about {number % 7 + 2} a week.\n"
        f"R: Ours costs forty nine euros a month.\nC: {client}\nR: {rep}\nC: Bye.\nR: Bye."
    )


def case_of(text: str) -> Case:
    transcript = call(text)
    return open_case(transcript, prepare(transcript), load_pack("en"), CLOSED)


def verdicts(count: int = 42) -> list[Verdict]:
    found = []
    for number in range(count):
        wrong = number % 2 == 0
        ends = SOFT_ENDS if wrong else HARD_ENDS
        case = case_of(lines(ends[(number // 2) % len(ends)], number))
        found.append(
            verdict_of(f"lead{number:03}", f"rep{number % 6}", case, CLOSED, find_objections(case), wrong=wrong)
        )
    return found


@pytest.fixture(scope="module")
def labelled() -> list[Verdict]:
    return verdicts()


@pytest.fixture(scope="module")
def trained(labelled: list[Verdict]) -> RejectionModel:
    return train_rejection(labelled, "rejection.en:1")[0]


def test_what_is_said_last_weighs_most() -> None:
    weights = tail_weights(case_of(lines(SOFT_ENDS[0], 1)).conversation.turns)
    assert weights == sorted(weights)
    assert weights[-1] == 1.0
    assert 0 < weights[0] < 1


def test_a_view_knows_where_each_feature_was_said() -> None:
    case = case_of(lines(SOFT_ENDS[1], 1))
    view = view_call(case, weigh(case, CLOSED, find_objections(case)))
    place = view.places["callback"]
    assert "back in March" in case.turn(place.turn).text
    assert set(view.blocks) == {"hits", "words", "rules", "facts"}
    assert all(name.startswith(("rep: ", "client: ")) for name in view.blocks["words"])


def test_an_empty_view_scores_the_offset(trained: RejectionModel) -> None:
    assert trained.model.score(CallView({})) == trained.model.offset


def test_the_shares_of_an_explanation_sum_to_the_score(trained: RejectionModel, labelled: list[Verdict]) -> None:
    view = labelled[0].view
    shares = [share for _, _, share in trained.model.explain(view)]
    assert sum(shares) + trained.model.offset == pytest.approx(trained.model.score(view))
    assert [abs(s) for s in shares] == sorted((abs(s) for s in shares), reverse=True)


def test_soft_ends_are_told_from_hard_ones_on_calls_not_seen(labelled: list[Verdict]) -> None:
    truth = [verdict.wrong for verdict in labelled]
    held = held_out_scores([v.view for v in labelled], truth, groups=[v.group for v in labelled], rounds=1)
    assert auc(truth, held[0]) > 0.9


def test_the_same_calls_in_any_order_give_the_same_model(labelled: list[Verdict]) -> None:
    mixed = list(labelled)
    random.Random(3).shuffle(mixed)
    one, figures = train_rejection(labelled, "v1")
    other, other_figures = train_rejection(mixed, "v1")
    assert json.dumps(one.to_json()) == json.dumps(other.to_json())
    assert figures == other_figures


def test_a_model_read_back_judges_alike(trained: RejectionModel, labelled: list[Verdict]) -> None:
    again = read_rejection_model(json.loads(json.dumps(trained.to_json())))
    assert again == trained
    assert again.model.probability(labelled[1].view) == trained.model.probability(labelled[1].view)
    assert read_call_model(trained.model.to_json()) == trained.model


def test_too_few_or_one_sided_verdicts_are_refused(labelled: list[Verdict]) -> None:
    with pytest.raises(TooFewVerdicts) as few:
        train_rejection(labelled[: FEWEST - 1], "v1")
    assert few.value.labels == FEWEST - 1
    with pytest.raises(TooFewVerdicts):
        train_rejection([replace(v, wrong=True) for v in labelled], "v1")
    with pytest.raises(TooFewVerdicts):
        train_rejection([replace(v, group="one" if v.wrong else v.group) for v in labelled], "v1")
    with pytest.raises(OneSided):
        train_call_model([v.view for v in labelled], [True] * len(labelled))


def test_folds_hold_out_whole_groups_with_both_labels() -> None:
    groups = [f"g{n % 9}" for n in range(60)]
    truth = np.array([n % 3 == 0 for n in range(60)])
    folds = stratified_folds(truth, groups, 5, 1)
    assert sum(fold.sum() for fold in folds) == 60
    for fold in folds:
        assert not {groups[n] for n in np.flatnonzero(fold)} & {groups[n] for n in np.flatnonzero(~fold)}


def test_rare_and_unknown_features_count_for_nothing() -> None:
    views = [CallView({"b": {"yes": 1.0} if n % 2 else {"no": 1.0, f"once{n}": 5.0}}) for n in range(20)]
    model = train_call_model(
        views, [bool(n % 2) for n in range(20)], CallSettings({"b": Block(unit=False)}), calibrate=False
    )
    assert model.blocks[0].names == ("no", "yes")
    assert model.score(CallView({"b": {"yes": 1.0, "other": 9.0}})) == model.score(CallView({"b": {"yes": 1.0}}))


def judged_by(text: str, head: RejectionModel | None) -> dict[str, object]:
    heads = None if head is None else ClosedLeads({"en": head})
    assessment = score(call(text), load_standard("cold-call"), CLOSED, closed_leads=heads)
    return assessment.to_json()


def test_without_a_model_the_rules_judge_as_before() -> None:
    case = case_of(lines(SOFT_ENDS[1], 1))
    objections = find_objections(case)
    assert find_rejection(case, CLOSED, objections) == find_rejection(case, CLOSED, objections, None)
    assert judged_by(lines(SOFT_ENDS[1], 1), None)["models"] == {}


def test_a_model_gives_the_chance_and_quotes_what_it_went_by(trained: RejectionModel) -> None:
    text = lines(SOFT_ENDS[1], 1)
    found = judged_by(text, trained)
    assert found["models"] == {"rejection": "rejection.en:1"}
    rejection = found["rejection"]
    assert isinstance(rejection, dict)
    assert rejection["probability"] > 0.5
    for side in ("reasons", "against"):
        for reason in rejection[side]:
            if reason["id"] == "heard_near_end":
                assert reason["source"] == "model:rejection.en:1"
                assert reason["quote"] in text
    soft = trained.judge(*pair(text))[1]
    assert any(item.reason.id == "heard_near_end" and item.weight > 0 for item in soft)


def pair(text: str):  # type: ignore[no-untyped-def]
    case = case_of(text)
    return case, weigh(case, CLOSED, find_objections(case))


def test_an_excluded_lead_stays_excluded_whatever_the_model_says(trained: RejectionModel) -> None:
    text = lines(SOFT_ENDS[1], 1)
    case = case_of(text)
    facts = Facts(disposition="closed_lost", do_not_call=True)
    found = find_rejection(case, facts, find_objections(case), trained)
    assert found is not None
    assert (found.excluded, found.band) == ("do_not_call", "low")
    assert found.probability < 0.1


def test_a_head_takes_over_only_with_leads_enough_and_better_than_the_rules() -> None:
    figures = {"n": 130, "positives": 60, "auc": 0.9, "rules_auc": 0.8}
    assert may_judge(figures)
    assert not may_judge({**figures, "auc": 0.8})
    assert not may_judge({**figures, "positives": 49})
    assert not may_judge({**figures, "positives": 90})


def test_not_sure_teaches_nothing() -> None:
    assert [wrong_of(answer) for answer in ("wrong", "right", "not_sure")] == [True, False, None]


def test_telling_features_weigh_by_how_much_oftener_a_yes_has_them() -> None:
    views = [CallView({"turn": {"all": 1.0, "yes": float(n % 2), "no": float(1 - n % 2)}}) for n in range(8)]
    labels = [n % 2 == 1 for n in range(8)]
    model = train_call_model(
        views, labels, CallSettings({"turn": Block(unit=False, telling=True)}, balanced=False), calibrate=False
    )
    (block,) = model.blocks
    # Of four yeses and four noes: log of (5 / 5) against (1 / 5), by hand.
    assert dict(zip(block.names, block.factors, strict=True)) == pytest.approx(
        {"all": 0.0, "no": -1.6094, "yes": 1.6094}, abs=1e-4
    )
    assert [model.probability(view) > 0.5 for view in views] == labels
