"""Whether promises were kept: pure judgement of what a rep said against what followed in the CRM and on the line.

A promise runs until the end of its local day. A day named that falls on a weekend runs until the end of the next
working day, unless the call itself was on that day; without a day it runs for the working days its rule allows, counted
from the next working day when the call came after hours. What is promised again in a later call is judged there: the
earlier promise says so and is no longer asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import takewhile
from typing import Final

from review.client_card.promise_rules import PromiseRule, PromiseRules, promise_rules

STATES: Final = ("kept", "kept_late", "open", "overdue", "cannot_tell")
_LAST: Final = 2**63  # behind every call's id
_CALL_TRACES: Final = frozenset({"call_out", "call_in"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A promise as it was said in a call; times are aware."""

    id: int
    call_id: int
    what: str
    due_on: date | None  # the day named, counted from the call's day in UTC as calls are scored
    began_at: datetime  # when its call began
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Something that may have kept a promise; `text` is its subject, body, title or stage.

    `kind`: email, note, task (done), task_open (`at`: when it is due), stage, call_out or call_in.
    """

    kind: str
    at: datetime
    id: int = 0
    text: str = ""
    reached: bool | None = None  # of a call: whether somebody answered; None when nobody knows


@dataclass(frozen=True, slots=True)
class Known:
    """What the CRM tells at all: without its e-mails, a missing e-mail proves nothing."""

    emails_since: datetime | None = None  # the oldest e-mail known of any client; None: it tells of none


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What became of a promise. `until` is the first moment after its time; `trace` what kept it."""

    said: Said
    state: str  # one of STATES
    due_on: date  # the local day it was to be done by at the latest
    until: datetime
    trace: Trace | None = None
    why: str = ""  # of cannot_tell: no_emails or no_trace
    again_in: int | None = None  # the later call that promises the same anew, while this one was not kept

    @property
    def asked_for(self) -> bool:
        """True while somebody still has to do it: open or overdue, and not promised anew since."""
        return self.state in ("open", "overdue") and self.again_in is None


def judge_promises(
    promises: Iterable[Said],
    traces: Sequence[Trace],
    known: Known,
    *,
    now: datetime,
    zone: tzinfo = UTC,
    rules: PromiseRules | None = None,
) -> tuple[Judged, ...]:
    """One client's promises, judged in the order given, by what followed with that client."""
    rules = rules or promise_rules()
    ordered = sorted(traces, key=lambda trace: (trace.at, trace.kind, trace.id))
    asked: dict[str, tuple[list[Trace], list[datetime]]] = {}  # what can keep one kind of promise, and when it was
    judged = []
    for said in promises:
        if said.what not in asked:
            kinds = {*rules.of(said.what).traces, "task_open"}
            mine = [trace for trace in ordered if trace.kind in kinds]
            asked[said.what] = (mine, [trace.at for trace in mine])
        mine, times = asked[said.what]
        since = mine[bisect_left(times, said.began_at) :]
        judged.append(judge_promise(said, since, known, now=now, zone=zone, rules=rules))
    calls: dict[str, list[tuple[datetime, int]]] = {}
    for one in judged:
        calls.setdefault(one.said.what, []).append((one.said.began_at, one.said.call_id))
    for later in calls.values():
        later.sort()
    return tuple(replace(one, again_in=_said_again(one, calls[one.said.what])) for one in judged)


def judge_promise(
    said: Said, traces: Sequence[Trace], known: Known, *, now: datetime, zone: tzinfo, rules: PromiseRules
) -> Judged:
    """One promise by itself; `traces` in order of time."""
    rule = rules.of(said.what)
    day = find_due_day(said, rule, rules, zone)
    until = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
    last = min(now, until + timedelta(days=rule.late_days))
    within = takewhile(lambda trace: trace.at <= last, traces)
    found = next((trace for trace in within if _keeps(trace, said, rule, rules, day, zone)), None)
    if found is not None:
        state = "kept" if found.at < until else "kept_late"
        return Judged(said=said, state=state, due_on=day, until=until, trace=found)
    if now < until:
        return Judged(said=said, state="open", due_on=day, until=until)
    if "email" in rule.traces and (known.emails_since is None or known.emails_since > said.began_at):
        return Judged(said=said, state="cannot_tell", due_on=day, until=until, why="no_emails")
    left = next(
        (
            t
            for t in traces
            if t.kind == "task_open" and said.began_at <= t.at < now and rule.topic.search(_fold(t.text))
        ),
        None,
    )
    if rule.silence == "overdue" or (left is not None and "task" in rule.traces):
        return Judged(said=said, state="overdue", due_on=day, until=until, trace=left)
    return Judged(said=said, state="cannot_tell", due_on=day, until=until, why="no_trace")


def find_due_day(said: Said, rule: PromiseRule, rules: PromiseRules, zone: tzinfo) -> date:
    """The local day by whose end the promise is to be kept."""
    local = said.began_at.astimezone(zone)
    if said.due_on is not None:
        # Scoring counts "today" from the day in UTC, which far from Greenwich is another day than the sellers'.
        shift = local.date() - said.began_at.astimezone(UTC).date()
        day = max(said.due_on + shift, local.date())
        return day if day == local.date() else _working(day, rules)
    late = said.ended_at.astimezone(zone).hour >= rules.working_day_ends
    day = _working(local.date() + timedelta(days=1) if late else local.date(), rules)
    for _ in range(rule.days):
        day = _working(day + timedelta(days=1), rules)
    return day


def _working(day: date, rules: PromiseRules) -> date:
    """The day, else the next one that is no weekend."""
    while day.weekday() in rules.weekend and len(rules.weekend) < 7:
        day += timedelta(days=1)
    return day


def _keeps(trace: Trace, said: Said, rule: PromiseRule, rules: PromiseRules, day: date, zone: tzinfo) -> bool:
    """Whether what followed is what was promised; when it came is asked elsewhere."""
    if trace.kind not in rule.traces:
        return False
    if trace.kind in _CALL_TRACES:
        if trace.at < said.ended_at or (trace.kind == "call_in" and not trace.reached):
            return False
        another_day = said.due_on is not None and day > said.ended_at.astimezone(zone).date()
        return not (another_day and trace.at - said.ended_at < timedelta(minutes=rules.redial_minutes))
    if trace.at < said.began_at:  # what was sent while they spoke counts
        return False
    text = _fold(trace.text)
    if trace.kind == "note":
        return bool(rule.done.search(text)) and not rules.denied.search(text)
    return trace.kind == "email" or bool(rule.topic.search(text))


def _said_again(one: Judged, later: Sequence[tuple[datetime, int]]) -> int | None:
    """The next later call of those that promise the same, by (began, call), unless this promise was kept before it."""
    place = bisect_right(later, (one.said.began_at, _LAST))
    if place == len(later):
        return None
    began_at, call_id = later[place]
    # A call back keeps what it repeats; what was kept before the next call was kept before every other one.
    kept_at = one.trace.at if one.trace is not None and one.state.startswith("kept") else None
    return call_id if kept_at is None or kept_at > began_at else None


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
