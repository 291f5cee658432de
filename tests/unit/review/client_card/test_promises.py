"""Promises held against what followed: days, weekends, zones, hours, and what proves nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from review.client_card.promise_rules import BadPromiseRules, promise_rules, read_rules
from review.client_card.promises import Judged, Known, Said, Trace, judge_promises

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
EMAILS = Known(emails_since=datetime(2026, 1, 1, tzinfo=UTC))
MOSCOW = ZoneInfo("Europe/Moscow")
SEOUL = ZoneInfo("Asia/Seoul")
NEW_YORK = ZoneInfo("America/New_York")


def said(what: str = "send_offer", at: datetime = TUESDAY, due: date | None = None, **more: int) -> Said:
    """A promise of a five-minute call."""
    more = {"id": 1, "call_id": 1, **more}
    return Said(what=what, due_on=due, began_at=at, ended_at=at + timedelta(minutes=5), **more)


def judge(
    promise: Said, *traces: Trace, now: datetime | None = None, known: Known = EMAILS, zone: ZoneInfo | None = None
) -> Judged:
    """One promise, a fortnight later unless said otherwise."""
    now = now or promise.began_at + timedelta(days=14)
    return judge_promises([promise], traces, known, now=now, zone=zone or ZoneInfo("UTC"))[0]


def mail(at: datetime, text: str = "Our offer") -> Trace:
    return Trace(kind="email", at=at, id=7, text=text)


def local(zone: ZoneInfo, *when: int) -> datetime:
    return datetime(*when, tzinfo=zone).astimezone(UTC)  # type: ignore[arg-type,misc]


TODAY = TUESDAY.date()
SAME_EVENING = TUESDAY.replace(hour=23, minute=59)
NEXT_DAY = TUESDAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("trace", "state"),
    [
        (mail(SAME_EVENING), "kept"),
        (mail(NEXT_DAY), "kept_late"),
        (mail(TUESDAY + timedelta(minutes=2)), "kept"),  # sent while they spoke
        (mail(TUESDAY - timedelta(minutes=1)), "overdue"),
        (mail(TUESDAY + timedelta(days=31)), "overdue"),  # another matter by then
        (Trace(kind="note", at=SAME_EVENING, text="Отправила КП на почту"), "kept"),
        (Trace(kind="note", at=SAME_EVENING, text="Offer sent"), "kept"),
        (Trace(kind="note", at=SAME_EVENING, text="Wants an offer today"), "overdue"),
        (Trace(kind="note", at=SAME_EVENING, text="The offer has not been sent yet"), "overdue"),
        (Trace(kind="note", at=SAME_EVENING, text="КП ещё не отправлено"), "overdue"),
        (Trace(kind="note", at=SAME_EVENING, text="견적서 보냈습니다"), "kept"),
        (Trace(kind="note", at=SAME_EVENING, text="报价已发"), "kept"),
        (Trace(kind="note", at=SAME_EVENING, text="报价还没发送"), "overdue"),
        (Trace(kind="task", at=SAME_EVENING, text="Send the offer"), "kept"),
        (Trace(kind="task", at=SAME_EVENING, text="Call the fitter"), "overdue"),
        (Trace(kind="task_open", at=SAME_EVENING, text="Send the offer"), "overdue"),
        (Trace(kind="stage", at=SAME_EVENING, text="Offer sent"), "kept"),
        (Trace(kind="stage", at=SAME_EVENING, text="negotiation"), "overdue"),
        (Trace(kind="call_out", at=SAME_EVENING, reached=True), "overdue"),  # a call sends nothing
    ],
)
def test_an_offer_promised_for_today(trace: Trace, state: str) -> None:
    assert judge(said(due=TODAY), trace).state == state


def test_open_until_the_day_ends_and_overdue_from_then_on() -> None:
    assert judge(said(due=TODAY), now=SAME_EVENING).state == "open"
    assert judge(said(due=TODAY), now=NEXT_DAY.replace(hour=0, minute=0)).state == "overdue"


@pytest.mark.parametrize(
    ("zone", "began", "sent", "state"),
    [
        # 23:30 in New York is the next day in Greenwich.
        (NEW_YORK, local(NEW_YORK, 2026, 11, 17, 15, 0), local(NEW_YORK, 2026, 11, 17, 23, 30), "kept"),
        (NEW_YORK, local(NEW_YORK, 2026, 11, 17, 15, 0), local(NEW_YORK, 2026, 11, 18, 0, 30), "kept_late"),
        # 00:30 in Moscow is still the day before in Greenwich.
        (MOSCOW, local(MOSCOW, 2026, 11, 17, 12, 0), local(MOSCOW, 2026, 11, 18, 0, 30), "kept_late"),
    ],
)
def test_a_day_ends_where_the_sellers_are(zone: ZoneInfo, began: datetime, sent: datetime, state: str) -> None:
    assert judge(said(at=began, due=began.date()), mail(sent), zone=zone).state == state


def test_today_of_an_early_call_far_east_is_the_sellers_day() -> None:
    began = local(SEOUL, 2026, 11, 18, 8, 30)  # 17 November in Greenwich, by which scoring counts "today"
    judged = judge(said(at=began, due=date(2026, 11, 17)), mail(local(SEOUL, 2026, 11, 18, 17, 0)), zone=SEOUL)
    assert (judged.state, judged.due_on) == ("kept", date(2026, 11, 18))


def test_a_day_is_as_long_as_the_clocks_say() -> None:
    began = local(ZoneInfo("Europe/Berlin"), 2026, 10, 23, 12, 0)
    judged = judge(said("call_back", at=began, due=date(2026, 10, 26)), zone=ZoneInfo("Europe/Berlin"))
    assert judged.until == datetime(2026, 10, 26, 23, 0, tzinfo=UTC)  # winter time began on the 25th


@pytest.mark.parametrize(
    ("began", "due", "day"),
    [
        (TUESDAY, date(2026, 11, 20), date(2026, 11, 20)),  # by Friday: until the end of Friday
        (TUESDAY, date(2026, 11, 21), date(2026, 11, 23)),  # Saturday: until the end of Monday
        (datetime(2026, 11, 21, 10, tzinfo=UTC), date(2026, 11, 21), date(2026, 11, 21)),  # they work on that Saturday
        (TUESDAY, date(2026, 11, 16), TODAY),  # a day that had gone by is today
    ],
)
def test_days_named(began: datetime, due: date, day: date) -> None:
    assert judge(said(at=began, due=due)).due_on == day


@pytest.mark.parametrize(
    ("what", "began", "day"),
    [
        ("send_offer", TUESDAY, date(2026, 11, 19)),
        ("send_offer", TUESDAY.replace(hour=18, minute=30), date(2026, 11, 20)),  # after hours: counted from Wednesday
        ("send_offer", TUESDAY.replace(hour=17, minute=58), date(2026, 11, 20)),  # ends after hours
        ("send_offer", datetime(2026, 11, 20, 10, tzinfo=UTC), date(2026, 11, 24)),  # Friday: over the weekend
        ("send_offer", datetime(2026, 11, 20, 19, tzinfo=UTC), date(2026, 11, 25)),
        ("call_back", TUESDAY, date(2026, 11, 24)),
        ("what nobody knows", TUESDAY, date(2026, 11, 24)),
    ],
)
def test_without_a_day_it_may_take_its_working_days(what: str, began: datetime, day: date) -> None:
    assert judge(said(what, at=began)).due_on == day


def test_one_mail_keeps_several_promises() -> None:
    promises = [said(due=TODAY, id=1), said("contract", id=2), said("send_info", id=3)]
    judged = judge_promises(promises, [mail(SAME_EVENING)], EMAILS, now=NEXT_DAY)
    assert [one.state for one in judged] == ["kept", "kept", "kept"]
    assert {one.trace.id for one in judged if one.trace} == {7}


@pytest.mark.parametrize("known", [Known(), Known(emails_since=TUESDAY + timedelta(hours=1))])
def test_without_the_mails_of_that_time_nothing_can_be_told(known: Known) -> None:
    judged = judge(said(due=TODAY), known=known)
    assert (judged.state, judged.why) == ("cannot_tell", "no_emails")
    assert judge(said(due=TODAY), known=known, now=SAME_EVENING).state == "open"
    assert judge(said(due=TODAY), Trace(kind="note", at=SAME_EVENING, text="offer sent"), known=known).state == "kept"


FRIDAY = date(2026, 11, 20)
ON_FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("trace", "state"),
    [
        (Trace(kind="call_out", at=ON_FRIDAY, reached=True), "kept"),
        (Trace(kind="call_out", at=ON_FRIDAY, reached=False), "kept"),  # tried
        (Trace(kind="call_out", at=ON_FRIDAY), "kept"),
        (Trace(kind="call_out", at=TUESDAY + timedelta(minutes=9), reached=True), "overdue"),  # the line broke
        (Trace(kind="call_out", at=TUESDAY + timedelta(days=1), reached=True), "kept"),  # before its day
        (Trace(kind="call_out", at=ON_FRIDAY + timedelta(days=4)), "kept_late"),
        (Trace(kind="call_out", at=ON_FRIDAY + timedelta(days=40)), "overdue"),
        (Trace(kind="call_in", at=ON_FRIDAY, reached=True), "kept"),
        (Trace(kind="call_in", at=ON_FRIDAY, reached=False), "overdue"),
        (Trace(kind="call_in", at=ON_FRIDAY), "overdue"),
        (Trace(kind="task", at=ON_FRIDAY, text="Созвон с директором"), "kept"),
        (mail(ON_FRIDAY), "overdue"),
    ],
)
def test_a_call_promised_for_friday(trace: Trace, state: str) -> None:
    assert judge(said("call_back", due=FRIDAY), trace, now=TUESDAY + timedelta(days=90)).state == state


def test_called_back_within_minutes_where_no_other_day_was_named() -> None:
    soon = Trace(kind="call_out", at=TUESDAY + timedelta(minutes=10), reached=True)
    assert judge(said("call_back"), soon).state == "kept"
    assert judge(said("call_back", due=TODAY), soon).state == "kept"


@pytest.mark.parametrize(
    ("trace", "state", "why"),
    [
        (Trace(kind="task", at=ON_FRIDAY, text="Выезд на замер"), "kept", ""),
        (Trace(kind="note", at=ON_FRIDAY, text="Visited them, measured the third floor"), "kept", ""),
        (Trace(kind="task_open", at=ON_FRIDAY, text="Meeting at their office"), "overdue", ""),
        (Trace(kind="call_out", at=ON_FRIDAY, reached=True), "cannot_tell", "no_trace"),
    ],
)
def test_a_meeting_leaves_fewer_traces(trace: Trace, state: str, why: str) -> None:
    judged = judge(said("meeting", due=FRIDAY), trace)
    assert (judged.state, judged.why) == (state, why)


def test_what_nobody_can_see_done_is_not_held_against_anybody() -> None:
    assert judge(said("other", due=TODAY)).state == "cannot_tell"


def test_a_promise_repeated_is_asked_for_once() -> None:
    again = TUESDAY + timedelta(days=2)
    promises = [said(due=TODAY, id=1, call_id=1), said(at=again, due=again.date(), id=2, call_id=2)]
    first, second = judge_promises(promises, [], EMAILS, now=again + timedelta(days=3))
    assert (first.state, first.again_in, first.asked_for) == ("overdue", 2, False)
    assert (second.state, second.again_in, second.asked_for) == ("overdue", None, True)
    first, second = judge_promises(promises, [mail(again + timedelta(hours=1))], EMAILS, now=again + timedelta(days=3))
    assert [one.state for one in (first, second)] == ["kept_late", "kept"]


def test_a_call_that_keeps_a_promise_and_makes_the_next_repeats_nothing() -> None:
    second = said("call_back", at=ON_FRIDAY, due=date(2026, 11, 24), id=2, call_id=2)
    traces = [Trace(kind="call_out", at=ON_FRIDAY, id=2, reached=True)]
    first, later = judge_promises([said("call_back", due=FRIDAY), second], traces, EMAILS, now=ON_FRIDAY)
    assert (first.state, first.again_in) == ("kept", None)
    assert (later.state, later.asked_for) == ("open", True)


def test_what_came_after_now_is_not_known_yet() -> None:
    assert judge(said(due=TODAY), mail(SAME_EVENING), now=TUESDAY + timedelta(hours=1)).state == "open"


def test_the_order_of_traces_does_not_matter() -> None:
    traces = [mail(NEXT_DAY), mail(SAME_EVENING)]
    assert judge(said(due=TODAY), *traces) == judge(said(due=TODAY), *reversed(traces))


def test_every_kind_that_scoring_finds_has_a_rule() -> None:
    from scoring.promises import _KINDS

    assert set(_KINDS) <= set(promise_rules().rules)


def test_a_table_that_names_what_there_is_not_is_refused() -> None:
    words = {"offer": ["offer"], "denied": ["not"]}
    line = {"traces": ["pigeon"], "topic": "offer", "done": "offer", "days": 1, "late_days": 1, "silence": "overdue"}
    for change in ({}, {"traces": ["email"], "silence": "maybe"}, {"traces": ["email"], "topic": "nothing"}):
        with pytest.raises(BadPromiseRules):
            read_rules({"rules": {"other": {**line, **change}}, "words": words})
