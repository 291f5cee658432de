"""Wrongly closed leads, promises with their due dates, stages, facts and the summary."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from scoring.assessment import Rejection
from scoring.engine import score
from scoring.facts import Attempt, Facts
from scoring.languages import language_of
from scoring.languages.english_dates import english_date as resolve
from scoring.standards import load_standard
from tests.unit.scoring.calls import GOOD, call, timed
from transcription.transcript import Transcript

STARTED = datetime(2026, 11, 17, 10, 42, tzinfo=UTC)  # a Tuesday
OPENING = "R: Hello, this is Ida Moss from Tallbridge Lifts. How many floors does your house have?\nC: Four floors.\n"


def rejected(text: str, **facts: object) -> Rejection:
    known = Facts(**{"started_at": STARTED, "disposition": "closed_lost", **facts})  # type: ignore[arg-type]
    found = score(call(OPENING + text), load_standard("cold-call"), known).rejection
    assert found is not None
    return found


def ids(found: Rejection) -> list[str]:
    return [reason.id for reason in found.reasons]


@pytest.mark.parametrize("disposition", ["open", "won", None])
def test_a_lead_that_is_not_closed_has_no_finding(disposition: str | None) -> None:
    known = Facts(disposition=disposition)
    assert score(call(GOOD), load_standard("cold-call"), known).rejection is None


@pytest.mark.parametrize("disposition", ["closed_lost", "unqualified"])
def test_a_closed_lead_always_has_one_even_without_a_word(disposition: str) -> None:
    for transcript in (Transcript(()), call("R: Добрый день.\nC: Нет.", language="ru")):
        found = score(transcript, load_standard("cold-call"), Facts(disposition=disposition)).rejection
        assert found is not None
        assert (found.reasons, found.against, found.band) == ((), (), "low")


def test_no_budget_although_money_never_came_up_is_a_contradiction() -> None:
    text = "C: When could you deliver? That's exactly what we need.\nR: I would have to look.\nC: Okay, bye.\n"
    found = rejected(text, loss_reason="no_budget")
    assert ids(found)[0] == "reason_contradicted"
    assert "buying_signal" in ids(found)
    assert found.band == "high"
    confirmed = rejected("C: That's too expensive for us.\nR: I see. Bye.\nC: Bye.\n", loss_reason="no budget")
    assert "reason_contradicted" not in ids(confirmed)
    assert "reason_confirmed" in [reason.id for reason in confirmed.against]


def test_unreachable_although_there_was_a_conversation() -> None:
    text = (
        "C: It is an old building with many stairs, the tenants are not young, we looked at lifts.\nR: Okay.\n"
        "C: Somebody came by once to measure it.\nR: I see.\n"
    )
    found = rejected(text, loss_reason="client unreachable")
    assert ids(found)[0] == "reason_contradicted"
    assert found.reasons[0].evidence is not None


def test_a_wish_to_be_called_again_counts_more_without_a_later_attempt() -> None:
    text = "C: Call me again in March, then we plan the year.\nR: Okay. Bye.\nC: Bye.\n"
    before = (Attempt(STARTED - timedelta(days=3), "not_reached"), Attempt(STARTED, "reached"))
    unknown = rejected(text)
    none_later = rejected(text, attempts=before)
    tried = rejected(text, attempts=(*before, Attempt(STARTED + timedelta(days=120), "reached")))
    assert "soft_no" in ids(unknown)
    assert "no_later_attempt" in ids(none_later)
    assert none_later.probability > unknown.probability > tried.probability
    assert "later_attempt" in [reason.id for reason in tried.against]


@pytest.mark.parametrize(
    ("text", "facts", "excluded"),
    [
        ("C: Please take me off your list.\nR: Okay.\n", {}, "do_not_call"),
        ("C: I'm not interested at all.\nR: Okay.\n", {}, "hard_no"),
        ("C: You have the wrong number.\nR: Sorry.\n", {}, "wrong_number"),
        ("C: Call me in March.\nR: Okay.\n", {"do_not_call": True}, "do_not_call"),
        ("C: Call me in March.\nR: Okay.\n", {"duplicate_of": 17}, "duplicate"),
        ("C: I'm not interested at all.\nR: I see.\nC: But call me in March, then we decide.\n", {}, None),
    ],
)
def test_what_excludes_a_wrong_rejection(text: str, facts: dict[str, object], excluded: str | None) -> None:
    found = rejected(text, **facts)
    assert found.excluded == excluded
    if excluded:
        assert found.band == "low"
        assert found.probability < 0.1


def test_a_call_the_rep_ends_with_the_door_open_was_not_lost_yet() -> None:
    end = "C: Hm.\nR: {}\nC: Okay. Bye.\n"
    call_back = "You'll have my direct number, so give me a call when you're ready, and I'll try you again in May."
    opened = rejected(end.format(call_back))
    mailed = rejected(end.format("I'll email this over to you."))
    closed = rejected(end.format("I see. Goodbye."))
    gave_up = rejected(end.format("That's the best I can do, I'd stay with what you have. Sorry to bother you."))
    assert "left_open" in ids(opened)
    assert "left_open" not in ids(closed)
    assert opened.probability > mailed.probability > closed.probability > gave_up.probability
    assert "gave_up" in [reason.id for reason in gave_up.against]
    later = (Attempt(STARTED + timedelta(days=9), "reached"),)
    assert "left_open" not in ids(rejected(end.format(call_back), attempts=later))


def test_at_most_three_reasons_strongest_first() -> None:
    text = (
        "C: When can you deliver? That would really help us. Do you have it in black?\nR: No idea.\n"
        "C: It's too expensive.\nR: That's not expensive. Everybody pays that.\nC: Call me again in March.\nR: No.\n"
    )
    found = rejected(text, loss_reason="other", closed_at=STARTED + timedelta(minutes=4), attempts=())
    assert len(found.reasons) == 3
    assert found.band == "high"


def test_times_with_and_without_zone_do_not_break_the_finding() -> None:
    naive = datetime(2026, 12, 1, 9, 0)
    attempts = (Attempt(naive, "reached"), Attempt(STARTED, "reached"), Attempt(naive, "busy"))
    assert rejected("C: Call me in March.\nR: Okay.\n", attempts=attempts, closed_at=naive).band in (
        "low",
        "middle",
        "high",
    )


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("today", date(2026, 11, 17)),
        ("this afternoon", date(2026, 11, 17)),
        ("by five", date(2026, 11, 17)),
        ("right away", date(2026, 11, 17)),
        ("within an hour", date(2026, 11, 17)),
        ("tomorrow morning", date(2026, 11, 18)),
        ("the day after tomorrow", date(2026, 11, 19)),
        ("on Thursday at ten", date(2026, 11, 19)),
        ("by Friday", date(2026, 11, 20)),
        ("next Friday", date(2026, 11, 27)),
        ("next Monday", date(2026, 11, 23)),
        ("on Tuesday", date(2026, 11, 24)),
        ("in two weeks", date(2026, 12, 1)),
        ("in a week", date(2026, 11, 24)),
        ("in three days", date(2026, 11, 20)),
        ("by the end of the week", date(2026, 11, 20)),
        ("by the end of the day", date(2026, 11, 17)),
        ("on the fourteenth of December", date(2026, 12, 14)),
        ("on January 4th", date(2027, 1, 4)),
        ("on the 3rd of March", date(2027, 3, 3)),
        ("on the 31st of February", None),
        ("next month", None),
        ("soon", None),
        ("I may call you", None),
    ],
)
def test_dates_are_resolved_against_the_day_of_the_call(text: str, due: date | None) -> None:
    words = [token.surface for token in language_of("en").tokens(text)]
    assert resolve(words, STARTED.date()) == due


def test_promises_of_both_sides_with_their_due_dates() -> None:
    text = (
        "R: I'll send you the offer today and I'll call you on Friday.\nC: Good. I'll send you the plan tomorrow.\n"
        "R: Shall I send you a sample?\nC: No.\nR: On Thursday I will call both of you.\nC: Fine.\n"
    )
    facts = Facts(started_at=STARTED)
    found = score(call(OPENING + text), load_standard("cold-call"), facts).promises
    assert [(p.by, p.what, p.due) for p in found] == [
        ("rep", "send_offer", "2026-11-17"),
        ("rep", "call_back", "2026-11-20"),
        ("client", "send_offer", "2026-11-18"),
        ("rep", "call_back", "2026-11-19"),
    ]
    undated = score(call(OPENING + text), load_standard("cold-call")).promises
    assert {p.due for p in undated} == {None}


def test_facts_the_client_states() -> None:
    text = (
        "C: Our budget is around five thousand euros.\nR: I see.\nC: We're moving in January. My boss decides that.\n"
        "R: Okay.\nC: We work with Baker at the moment. Call me on Thursday.\nR: I will.\n"
    )
    found = score(call(OPENING + text), load_standard("cold-call")).facts_found
    assert [fact.id for fact in found] == ["budget", "timing", "decision_maker", "competitor", "next_contact"]
    assert found[-1].value == "Thursday"


def test_the_summary_is_quoted_in_whole_sentences() -> None:
    transcript = timed(call(GOOD))
    found = score(transcript, load_standard("cold-call")).summary
    abouts = [line.about for line in found]
    assert abouts == sorted(abouts, key=["who", "why", "wants", "objections", "next"].index)
    assert {"who", "why", "objections", "next"} <= set(abouts)
    assert len(found) <= 5
    for line in found:
        assert line.evidence.quote in transcript.turns[line.evidence.turn or 0].text
    who = next(line for line in found if line.about == "who")
    assert who.evidence.quote == "Good morning, this is Nadia Ferris from Clearwater Coolers."


def test_stages_follow_the_script_and_do_not_overlap() -> None:
    found = score(timed(call(GOOD)), load_standard("cold-call")).stages
    names = [stage.stage for stage in found]
    assert names[0] == "opening"
    assert names[-1] == "close"
    assert "discovery" in names
    assert "objections" in names
    for before, after in pairwise(found):
        assert before.turns[1] < after.turns[0]
        assert before.end is not None
        assert after.start is not None
        assert before.end <= after.start


def test_no_stages_without_cues() -> None:
    assert score(call("R: Mm.\nC: Well.\nR: So.\nC: Yes.\n"), load_standard("cold-call")).stages == ()


def test_a_lead_that_needs_to_consider_was_not_closed_for_lack_of_need() -> None:
    text = "C: When could you deliver? That's exactly what we need.\nR: In May.\nC: Okay, bye.\n"
    assert "reason_contradicted" in ids(rejected(text, loss_reason="no need"))
    assert "reason_contradicted" not in ids(rejected(text, loss_reason="paused: customer needs to consider the offer"))
