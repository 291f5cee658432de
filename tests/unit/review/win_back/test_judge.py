"""A closed lead judged from its calls and the CRM's facts: what speaks for it, against it, and what shuts it out."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from review.win_back.findings import CallTry, Found, Heard, Judgement, LeadFacts, LeadTask
from review.win_back.judge import judge_lead

CLOSED = datetime(2026, 11, 12, 15, 0, tzinfo=UTC)
NOW = CLOSED + timedelta(days=9)
QUOTE = {"quote": "Call me on Thursday, please.", "start": 160.0, "end": 162.0, "turn": 9, "role": "client"}


def tried(call_id: int, at: datetime, **more: Any) -> CallTry:
    return CallTry(call_id=call_id, at=at, ended=at + timedelta(minutes=more.pop("minutes", 0)), **more)


def heard(call_id: int, *reasons: Found, against: tuple[Found, ...] = (), excluded: str | None = None) -> Heard:
    weight = sum(r.weight for r in reasons) - sum(r.weight for r in against)
    return Heard(
        call_id=call_id, key=str(call_id), log_odds=weight, reasons=reasons, against=against, excluded=excluded
    )


def spoke(call_id: int = 1, days: float = 2, **more: Any) -> CallTry:
    return tried(call_id, CLOSED - timedelta(days=days), minutes=4, conversation=True, recorded=True, **more)


def judge(**facts: Any) -> Judgement:
    given: dict[str, Any] = {"now": NOW, "closed_at": CLOSED, "opened_at": CLOSED - timedelta(days=20)}
    return judge_lead(LeadFacts(**{**given, "loss_reason": "no budget", **facts}))


def ids(found: tuple[Found, ...]) -> set[str]:
    return {item.id for item in found}


WISH = Found(id="no_later_attempt", weight=1.6, why="The client asked to be called again.", evidence=QUOTE, call_id=1)


def test_a_wish_nobody_met_is_a_high_band_with_its_quote() -> None:
    made = judge(tries=(spoke(),), heard=(heard(1, WISH, Found(id="buying_signal", weight=0.8, evidence=QUOTE)),))
    assert made.band == "high"
    assert made.reasons[0].evidence == QUOTE
    assert made.reasons[0].call_id == 1


def test_nothing_known_is_low() -> None:
    made = judge(tries=(spoke(),), heard=(heard(1),))
    assert (made.band, made.reasons) == ("low", ())


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([0], "few_attempts"),
        ([0, 5], "few_attempts"),
        ([0, 5, 400], "clustered_attempts"),
        ([0, 1445, 2890], "same_hour"),
    ],
)
def test_too_few_or_crowded_attempts(minutes: list[int], expected: str) -> None:
    begin = CLOSED - timedelta(days=8)
    tries = tuple(tried(n, begin + timedelta(minutes=m)) for n, m in enumerate(minutes, 1))
    assert expected in ids(judge(tries=tries, unreachable=True).reasons)


def test_attempts_do_not_count_once_somebody_spoke() -> None:
    assert not ids(judge(tries=(spoke(),), heard=(heard(1),)).reasons) & {"few_attempts", "clustered_attempts"}


def test_many_attempts_speak_against() -> None:
    tries = tuple(tried(n, CLOSED - timedelta(days=n, hours=n)) for n in range(7, 0, -1))
    made = judge(tries=tries, unreachable=True)
    assert ids(made.against) == {"tried_often"}
    assert made.band == "low"


def test_never_called_and_the_client_who_called_in_vain() -> None:
    assert ids(judge().reasons) == {"never_called"}
    missed = tried(3, CLOSED - timedelta(days=1), inbound=True)
    assert "client_called" in ids(judge(tries=(tried(1, CLOSED - timedelta(days=3)), missed)).reasons)
    back = tried(4, CLOSED - timedelta(hours=20))
    assert "client_called" not in ids(judge(tries=(missed, back)).reasons)


def test_closed_within_minutes_of_creation_or_of_the_call() -> None:
    assert "closed_on_creation" in ids(judge(opened_at=CLOSED - timedelta(minutes=7)).reasons)
    ended = tried(1, CLOSED - timedelta(minutes=9), minutes=4, conversation=True, recorded=True)
    made = judge(tries=(ended,), heard=(heard(1),))
    assert made.reasons[0].id == "closed_at_once"
    assert made.reasons[0].facts["minutes"] == 5


def test_a_task_never_done_and_an_empty_reason() -> None:
    task = LeadTask(title="Call again", due=CLOSED, done=None)
    found = judge(tries=(spoke(),), heard=(heard(1),), tasks=(task,), says_nothing=True, loss_reason="").reasons
    assert ids(found) == {"task_never_done", "reason_other"}
    done = dataclasses.replace(task, done=CLOSED)
    later = dataclasses.replace(task, due=NOW + timedelta(days=3))
    assert not ids(judge(tries=(spoke(),), heard=(heard(1),), tasks=(done, later)).reasons)


def test_a_reason_that_nobody_can_check() -> None:
    talked = dataclasses.replace(spoke(), recorded=False)
    assert "no_recording" in ids(judge(tries=(talked,)).reasons)
    assert "no_recording" not in ids(judge(tries=(talked,), unreachable=True).reasons)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"duplicate": True}, "duplicate"),
        ({"refused_number": True}, "do_not_call"),
        ({"other_deal": "Second floor"}, "other_deal"),
        ({"heard": (heard(2), heard(1, excluded="do_not_call"))}, "do_not_call"),
        ({"heard": (heard(2, excluded="wrong_number"),)}, "wrong_number"),
        ({"heard": (heard(2, WISH), heard(1, excluded="hard_no"))}, None),
    ],
)
def test_what_excludes(facts: dict[str, Any], expected: str | None) -> None:
    made = judge(tries=(spoke(),), **facts)
    assert made.excluded == expected
    if expected:
        assert (made.band, made.reasons) == ("low", ())


def test_earlier_conversations_add_what_lasts_and_nothing_else() -> None:
    buying = Found(id="buying_signal", weight=1.0, evidence=QUOTE, call_id=1)
    alone = judge(tries=(spoke(2, 1),), heard=(heard(2),))
    more = judge(tries=(spoke(1, 5), spoke(2, 1)), heard=(heard(2), heard(1, buying, WISH)))
    assert ids(more.reasons) == {"buying_signal"}
    assert more.probability > alone.probability


def test_what_was_never_said_must_be_missing_from_every_conversation() -> None:
    never = Found(id="reason_contradicted", weight=1.8, why="Closed for money, yet price never came up.")
    both = judge(tries=(spoke(1, 5), spoke(2, 1)), heard=(heard(2, never), heard(1, never)))
    one = judge(tries=(spoke(1, 5), spoke(2, 1)), heard=(heard(2, never), heard(1)))
    assert "reason_contradicted" in ids(both.reasons)
    assert "reason_contradicted" not in ids(one.reasons)
    assert one.probability < both.probability


def test_three_reasons_two_against_and_the_same_every_time() -> None:
    reasons = tuple(Found(id=f"r{n}", weight=0.5) for n in range(5))
    against = tuple(Found(id=f"a{n}", weight=0.1 * n) for n in range(4))
    made = judge(tries=(spoke(),), heard=(heard(1, *reasons, against=against),))
    turned = judge(tries=(spoke(),), heard=(heard(1, *reasons[::-1], against=against[::-1]),))
    assert [item.id for item in made.reasons] == ["r0", "r1", "r2"]
    assert [item.id for item in made.against] == ["a3", "a2"]
    assert made.to_json()["reasons"] == turned.to_json()["reasons"]


def test_a_wish_to_have_something_sent_is_met_by_a_mail() -> None:
    sent = Found(id="no_later_attempt", weight=1.6, evidence={**QUOTE, "source": "rule:send_info.attach"}, call_id=1)
    mails = (CLOSED - timedelta(days=1),)
    without = judge(tries=(spoke(),), heard=(heard(1, sent),))
    met = judge(tries=(spoke(),), heard=(heard(1, sent),), mails=mails)
    assert ids(without.reasons) == {"no_later_attempt"}
    assert ids(met.reasons) == set()
    assert ids(met.against) == {"mail_after"}
    called = judge(tries=(spoke(),), heard=(heard(1, WISH),), mails=mails)
    assert ids(called.reasons) == {"no_later_attempt"}  # a mail is no call


def test_what_is_stored_is_read_back() -> None:
    one = heard(1, WISH, against=(Found(id="hard_no", weight=1.2, facts={"x": 1}),), excluded="hard_no")
    assert Heard.from_json(one.to_json()) == one
